// trap.S: trapped MSR and system instructions, EC 0x18 (H5, H6): decode the ISS, find the row, do what the guest meant.
// Article: "EL2 Entry & HCR_EL2 Controls" sets TVM (l.150), and no printed handler answers it.
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

	.equ	ISS_NAME_MASK, 0x3ffc1e		// Op0, Op2, Op1, CRn, CRm: the ISS without Rt and direction

// A row: the encoding as it stands in the ISS, the name, and the instruction that does it.
	.macro	trap_row op0, op1, crn, crm, op2, name, instruction:vararg
	.quad	(\op0 << 20) | (\op2 << 17) | (\op1 << 14) | (\crn << 10) | (\crm << 1)
	string_ptr "\name"
	.pushsection .text.trap_stubs, "ax", %progbits
.Lstub\@:
	\instruction
	ret
	.popsection
	.quad	.Lstub\@
	.endm
	.section .rodata.trap_table, "a"
	.balign	8
trap_table:					// TVM: writes; in x0 = value
	trap_row 3, 0, 1, 0, 0,		"SCTLR_EL1",		msr sctlr_el1, x0
	trap_row 3, 0, 2, 0, 0,		"TTBR0_EL1",		msr ttbr0_el1, x0
	trap_row 3, 0, 2, 0, 1,		"TTBR1_EL1",		msr ttbr1_el1, x0
	trap_row 3, 0, 2, 0, 2,		"TCR_EL1",		msr tcr_el1, x0
	trap_row 3, 0, 5, 1, 0,		"AFSR0_EL1",		msr afsr0_el1, x0
	trap_row 3, 0, 5, 1, 1,		"AFSR1_EL1",		msr afsr1_el1, x0
	trap_row 3, 0, 5, 2, 0,		"ESR_EL1",		msr esr_el1, x0
	trap_row 3, 0, 6, 0, 0,		"FAR_EL1",		msr far_el1, x0
	trap_row 3, 0, 10, 2, 0,	"MAIR_EL1",		msr mair_el1, x0
	trap_row 3, 0, 10, 3, 0,	"AMAIR_EL1",		msr amair_el1, x0
	trap_row 3, 0, 13, 0, 1,	"CONTEXTIDR_EL1",	msr contextidr_el1, x0
	// TSW: by set and way; a guest that asks to invalidate gets clean and invalidate, as with SWIO
	trap_row 1, 0, 7, 6, 2,		"DC ISW",		dc cisw, x0
	trap_row 1, 0, 7, 10, 2,	"DC CSW",		dc csw, x0
	trap_row 1, 0, 7, 14, 2,	"DC CISW",		dc cisw, x0
	.quad	0

// exit_sysreg: one trapped MSR or SYS; reads and unknown registers are reported and stop the guest.
//   in x0 = vcpu, x1 = ESR_EL2; out x0 = verdict
func exit_sysreg
	stp	x29, x30, [sp, #-48]!
	stp	x19, x20, [sp, #16]
	str	x21, [sp, #32]
	mov	x19, x0
	ldr	x2, [x0, #vcpu_trap_count]
	add	x2, x2, #1
	str	x2, [x0, #vcpu_trap_count]
	tbnz	x1, #0, 8f			// direction: a read
	ldr	w2, =ISS_NAME_MASK
	and	w2, w1, w2
	adr_l	x20, trap_table
1:	ldr	x3, [x20], #24
	cbz	x3, 8f
	cmp	x3, x2
	b.ne	1b
	ubfx	x2, x1, #5, #5			// Rt; 31 is XZR
	mov	x21, #0
	cmp	x2, #31
	b.eq	2f
	add	x3, x0, #vcpu_x
	ldr	x21, [x3, x2, lsl #3]
2:	ldr	x3, [x0, #vcpu_pc]		// a trapped instruction returns to itself (X7)
	add	x3, x3, #4
	str	x3, [x0, #vcpu_pc]
	ldr	x4, [x20, #-16]			// name
	ldr	x5, [x0, #vcpu_vm]
	ldr	x5, [x5, #vm_name]
	say	"[EL2] %s: trapped (ESR_EL2=%x): %s, %x\n", x5, x1, x4, x21
	ldr	x1, [x20, #-8]
	mov	x0, x21
	blr	x1
	isb
	mov	x0, #EXIT_RESUME
	b	9f
8:	mov	x0, x19
	bl	exit_unhandled
9:	ldr	x21, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
endfunc exit_sysreg
