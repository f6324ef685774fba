// expect: VS is 0: only VTTBR_EL2[55:48] count
	.include "lab.inc"
func set_stage2
	ldr	x2, =0x80023560
	msr	vtcr_el2, x2
	orr	x0, x0, x1, lsl #48
	msr	vttbr_el2, x0
	ret
endfunc set_stage2
