// expect: more than 10% off what an exit took
	.include "lab.inc"
	.section .guest, "ax"
	.global	measure

measure:
	mov	x15, x0
	mov	x1, #1 << 27			// NSH: count at EL2
	msr	pmccfiltr_el0, x1
	mov	x1, #1 << 31
	msr	pmcntenset_el0, x1
	mov	x1, #0x45
	msr	pmcr_el0, x1
	isb
	mov	x2, x15
	mrs	x3, pmccntr_el0
	isb
1:	hvc	#0
	subs	x2, x2, #1
	b.ne	1b
	isb
	mrs	x4, pmccntr_el0
	sub	x4, x4, x3
	mov	x2, x15
	mrs	x3, pmccntr_el0
	isb
2:	nop
	subs	x2, x2, #1
	b.ne	2b
	isb
	mrs	x5, pmccntr_el0
	sub	x5, x5, x3
	sub	x4, x4, x5
	mov	x0, #60
	ret
