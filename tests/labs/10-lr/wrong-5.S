// expect: The guest would see another interrupt
	.include "lab.inc"

func inject
	lsl	x2, x0, #32
	orr	x2, x2, x1, lsl #48		// Priority
	orr	x2, x2, #1 << 60		// Group 1
	orr	x2, x2, #1 << 62		// Pending
	mrs	x3, ich_hcr_el2
	orr	x3, x3, #1			// En
	msr	ich_hcr_el2, x3
	msr	ich_lr0_el2, x2
	isb
	ret
endfunc inject
