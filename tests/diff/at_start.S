// Entry at EL2, a stack, power-off by PSCI; vectors that step over an AT that traps; and EL1, to make one access there:
// enter_el1 goes, whatever exception comes to EL2 brings it back.
	.arch	armv8.2-a
	.section .text.start, "ax"
	.global _start
_start:	ldr	x0, =stack_top
	mov	sp, x0
	adr	x0, vectors
	msr	vbar_el2, x0
	adr	x0, el1_vectors
	msr	vbar_el1, x0
	isb
	bl	run
	movz	w0, #0x0008		// PSCI SYSTEM_OFF
	movk	w0, #0x8400, lsl #16
	smc	#0
0:	wfi
	b	0b

// One exception of EL2's own code: its ESR into `trapped`, then on with the next instruction.
	.macro	own
	.balign	128
	stp	x0, x1, [sp, #-16]!
	mrs	x0, esr_el2
	ldr	x1, =trapped
	str	x0, [x1]
	mrs	x0, elr_el2
	add	x0, x0, #4
	msr	elr_el2, x0
	ldp	x0, x1, [sp], #16
	eret
	.endm

// One from EL1: back to enter_el1's caller.
	.macro	lower kind
	.balign	128
	mov	x0, #\kind
	b	leave_el1
	.endm

	.balign	2048
vectors:
	.rept	8
	own
	.endr
	lower	0			// synchronous
	lower	1			// IRQ: the timer, EL1 is lost
	.rept	6
	lower	2
	.endr
	.ltorg

// u64 enter_el1(u64 code, u64 va): 0 a synchronous exception came to EL2, else what did.
	.global	enter_el1
enter_el1:
	stp	x19, x20, [sp, #-96]!
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	mov	x2, #0x3c5		// EL1h, all masked but the route to EL2
	msr	elr_el2, x0
	msr	spsr_el2, x2
	mov	x0, x1
	eret
leave_el1:
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldp	x19, x20, [sp], #96
	ret

// What runs at EL1, in its own 4 KiB. HVC #1: EL1 took an exception; HVC #0: the access was fine.
	.balign	4096
	.global	el1_code
el1_code:
el1_vectors:
	.rept	16
	.balign	128
	hvc	#1
	.endr
	.balign	128
	.global	el1_ldr, el1_str, el1_ldtr, el1_ldadd, el1_unaligned, el1_br
el1_ldr:
	ldr	x1, [x0]
	hvc	#0
el1_str:				// memory stays as it is
	ldr	x1, [x0]
	str	x1, [x0]
	hvc	#0
el1_ldtr:
	ldtr	w1, [x0]
	hvc	#0
el1_ldadd:				// adds 0
	ldadd	xzr, x1, [x0]
	hvc	#0
el1_unaligned:
	ldr	w1, [x0, #1]
	hvc	#0
el1_br:
	br	x0
	.balign	4096

	.bss
	.balign	16
	.skip	65536
stack_top:
	.global	trapped
trapped: .skip	8
