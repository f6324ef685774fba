// expect: SL0 is [7:6].
	.include "lab.inc"
func set_stage2
	ldr	x2, =0x800a3520
	msr	vtcr_el2, x2
	orr	x0, x0, x1, lsl #48
	msr	vttbr_el2, x0
	ret
endfunc set_stage2
