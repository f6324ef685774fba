// expect: with 0b1000 EL2 would use SP_EL0
	.include "lab.inc"
func el3_to_el2
	ldr	x1, =0x531
	msr	scr_el3, x1
	msr	elr_el3, x0
	mov	x1, #0x3c8
	msr	spsr_el3, x1
	eret
endfunc el3_to_el2
