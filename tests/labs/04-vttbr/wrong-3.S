// expect: T0SZ is not 32, whatever a comment says
	.include "lab.inc"
// The number of bits itself, for a 40-bit IPA.
func set_stage2
	ldr	x2, =0x800a3568
	msr	vtcr_el2, x2
	orr	x0, x0, x1, lsl #48
	msr	vttbr_el2, x0
	ret
endfunc set_stage2
