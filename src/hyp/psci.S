// psci.S: EL3 at run time: the vectors and the SMC services. Article: l.119 "EL3 - Secure monitor".
// This EL3 is the lowest firmware there is: no PSCI lies below it, so it switches off by the machine's semihosting.
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"

	.equ	SEMIHOST_EXIT,		0x18
	.equ	ADP_APPLICATION_EXIT,	0x20026

// A slot that only reports its offset.
	.macro	el3_unexpected
	mov	x19, #vector_offset
	b	el3_report
	.endm
	.macro	el3_lower_sync
	push	x29, x30
	mrs	x29, esr_el3
	ubfx	x30, x29, #ESR_EL2_EC_LSB, #6
	cmp	x30, #EC_SMC64
	b.eq	smc_entry
	mov	x19, #vector_offset
	b	el3_report
	.endm

vectors el3_vectors
	.rept	8				// from EL3 itself
	vector	el3_unexpected
	.endr
	vector	el3_lower_sync			// from AArch64 below
	.rept	7
	vector	el3_unexpected
	.endr

// smc_entry: one SMC. SMCCC: x0 = function; x0 = result; x1-x17 and above preserved.
//   in the caller's x29, x30 on the stack
func smc_entry
	push	x17, x18
	push	x15, x16
	push	x13, x14
	push	x11, x12
	push	x9, x10
	push	x7, x8
	push	x5, x6
	push	x3, x4
	push	x1, x2
	bl	smc_dispatch
	pop	x1, x2
	pop	x3, x4
	pop	x5, x6
	pop	x7, x8
	pop	x9, x10
	pop	x11, x12
	pop	x13, x14
	pop	x15, x16
	pop	x17, x18
	pop	x29, x30
	eret_sb
endfunc smc_entry

// smc_dispatch: the service.
//   in x0 = function; out x0 = result; clobbers x1-x18
func smc_dispatch
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	mov	x19, x0
	mrs	x1, spsr_el3
	and	x0, x1, #0xf
	cmp	x0, #SPSR_EL2H
	b.eq	1f
	say	"[EL3] SMC %x came from EL1 past EL2: SPSR_EL3=%x\n", x19, x1	// H7: HCR_EL2.TSC = 0
1:	ldr	w1, =PSCI_SYSTEM_OFF
	cmp	w19, w1
	b.eq	system_off
	ldr	w1, =FW_RAISE_FIQ
	cmp	w19, w1
	b.eq	2f
	ldr	x0, =PSCI_1_1
	ldr	w1, =PSCI_VERSION
	cmp	w19, w1
	b.eq	3f
	mov	x0, #SMCCC_UNKNOWN
	b	3f
2:	ldr	x0, =8 << 24 | 1		// SGI 8, Group 0 (gic_init_el3), to core 0 of cluster 0
	msr	icc_sgi0r_el1, x0
	isb
	mov	x0, #0
3:	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc smc_dispatch

// system_off: PSCI SYSTEM_OFF; no return.
func system_off
	say	"[EL3] PSCI SYSTEM_OFF\n"
	mov	x19, #0
	b	machine_exit
endfunc system_off

// el3_report: an exception that this firmware does not expect at EL3; no return.
//   in x19 = vector offset
func el3_report
	adr_l	x0, el3_stack + 4096
	mov	sp, x0
	mrs	x20, esr_el3
	mrs	x21, elr_el3
	mrs	x22, spsr_el3
	mrs	x23, far_el3
	say	"[EL3] unexpected exception, vector %x: ESR_EL3=%x ELR_EL3=%x SPSR_EL3=%x FAR_EL3=%x\n", x19, x20, x21, x22, x23
	mov	x19, #1
	b	machine_exit
endfunc el3_report

// machine_exit: semihosting SYS_EXIT; the machine stops with this status.
//   in x19 = exit status
func machine_exit
	ldr	x1, =ADP_APPLICATION_EXIT
	push	x1, x19				// the parameter block: reason, status
	mov	x1, sp
	mov	x0, #SEMIHOST_EXIT
	hlt	#0xf000
	b	.
endfunc machine_exit
