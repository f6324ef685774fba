// expect: An exception could be taken before EL2 has vectors.
	.include "lab.inc"
func el3_to_el2
	ldr	x1, =0x531
	msr	scr_el3, x1
	msr	elr_el3, x0
	mov	x1, #9
	msr	spsr_el3, x1
	eret
endfunc el3_to_el2
