// Entry at EL2, a stack, vectors that record an exception of AT and step over it, and power-off by PSCI.
	.section .text.start, "ax"
	.global _start
_start:	ldr	x0, =stack_top
	mov	sp, x0
	adr	x0, vectors
	msr	vbar_el2, x0
	isb
	bl	run
	movz	w0, #0x0008		// PSCI SYSTEM_OFF
	movk	w0, #0x8400, lsl #16
	smc	#0
0:	wfi
	b	0b

	.balign	2048
vectors:
	.rept	16
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
	.endr

	.bss
	.balign	16
	.skip	65536
stack_top:
	.global	trapped
trapped: .skip	8
