// expect: The address stands in VTTBR_EL2 unshifted
	.include "lab.inc"
func set_stage2
	ldr	x2, =0x800a3560
	msr	vtcr_el2, x2
	lsr	x0, x0, #1
	orr	x0, x0, x1, lsl #48
	msr	vttbr_el2, x0
	ret
endfunc set_stage2
