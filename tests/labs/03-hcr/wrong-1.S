// expect: PTW is still 0
	.include "lab.inc"
// Bits by their places, PTW where the listing has it.
func set_hcr
	ldr	x0, =1 << 0 | 1 << 1 | 1 << 4 | 1 << 5 | 1 << 3 | 3 << 13 | 1 << 19 | 1 << 22 | 1 << 26 | 1 << 31
	msr	hcr_el2, x0
	isb
	ret
endfunc set_hcr
