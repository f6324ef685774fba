// expect: Without HCE an HVC is UNDEFINED, even at EL1.
	.include "lab.inc"
func el3_to_el2
	ldr	x1, =0x431
	msr	scr_el3, x1
	msr	elr_el3, x0
	mov	x1, #PSTATE_EL2H
	msr	spsr_el3, x1
	eret
endfunc el3_to_el2
