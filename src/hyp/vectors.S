// vectors.S: EL2's vector table. Article: "VM Entry / Exit Assembly" (listing L4).
// Corrects X1 (the last group is for a 32-bit EL1; a 32-bit EL0 under a 64-bit EL1 comes through 0x400), X2 (0x400 is
// EL1 and EL0), X4 (FIQ and SError of the guest have handlers that save the guest), X5 (all is saved, nothing is left
// on the stack).
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"

// A guest was left: save its x0, x1 and say which vector it was; vm_exit saves the rest.
	.macro	guest_exit
	push	x0, x1
	mov	x0, #vector_offset
	b	vm_exit
	.endm
// EL2's own exception: a probe that failed, or an error of this firmware.
	.macro	own_exception
	push	x0, x1
	mov	x0, #vector_offset
	b	el2_own_exception
	.endm

vectors el2_vectors
	.rept	4				// 0x000: EL2 with SP_EL0, which it never uses
	vector	own_exception
	.endr
	.rept	4				// 0x200: EL2 with SP_EL2
	vector	own_exception
	.endr
	vector	guest_exit			// 0x400 synchronous, from EL1 or EL0 (AArch64; also AArch32 EL0)
	vector	guest_exit			// 0x480 physical IRQ while the guest ran
	vector	guest_exit			// 0x500 physical FIQ
	vector	guest_exit			// 0x580 physical SError
	.rept	4				// 0x600: EL1 is AArch32; HCR_EL2.RW = 1 forbids it
	vector	own_exception
	.endr

	bss	probe_resume, 8

// el2_own_exception: resume a failed probe; else report and go off: EL2 cannot trust itself any more.
//   in x0 = vector offset; x0, x1 of EL2 on the stack
func el2_own_exception
	adr_l	x1, probe_resume
	ldr	x1, [x1]
	cbz	x1, 1f
	msr	elr_el2, x1
	pop	x0, x1
	eret_sb
1:	adr_l	x1, el2_stack + 16384		// the old stack may be what failed
	mov	sp, x1
	mov	x19, x0
	mrs	x20, esr_el2
	mrs	x21, elr_el2
	mrs	x22, spsr_el2
	mrs	x23, far_el2
	say	"[EL2] exception of EL2 itself, vector %x: ESR_EL2=%x FAR_EL2=%x SPSR_EL2=%x\n", x19, x20, x23, x22
	ubfx	x0, x20, #ESR_EL2_EC_LSB, #6
	bl	report_ec
	mov	x0, x20
	bl	report_abort_status
	say	"\n"
	b	power_off
endfunc el2_own_exception

// probe_read32: read a device register that may not exist (external abort).
//   in x0 = address; out x0 = value, or -1; clobbers x1-x3
func probe_read32
	adr_l	x1, probe_resume
	adr	x2, 1f
	str	x2, [x1]
	mov	x2, x0
	mov	x0, #-1
	ldr	w3, [x2]
	mov	w0, w3
	dsb	sy				// an abort that arrives late arrives here
1:	str	xzr, [x1]
	ret
endfunc probe_read32
