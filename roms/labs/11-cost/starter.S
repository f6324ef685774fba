// 11-cost: what a VM exit costs. `hypscope lab show 11-cost` explains.
	.include "lab.inc"
	.section .guest, "ax"
	.global	measure

// measure: EL1. In x0 = iterations; out x0 = cycles of one HVC #0; may use x0 to x15
measure:
	mov	x15, x0
	mov	x1, #1 << 31
	msr	pmcntenset_el0, x1
	mov	x1, #0x45			// E, C, LC
	msr	pmcr_el0, x1
	isb
	mov	x2, x15				// the loop of HVC
	mrs	x3, pmccntr_el0
	isb
1:	hvc	#0
	subs	x2, x2, #1
	b.ne	1b
	isb
	mrs	x4, pmccntr_el0
	sub	x4, x4, x3
	// YOUR TURN: does the counter see EL2? And what would the loop cost without the HVC?
	udiv	x0, x4, x15
	ret
