// expect: list registers are not looked at
	.include "lab.inc"

func inject
	mov	w2, w0				// vINTID, with nothing above it
	orr	x2, x2, x1, lsl #48		// Priority
	orr	x2, x2, #1 << 60		// Group 1
	orr	x2, x2, #1 << 62		// Pending
	orr	x3, x3, #1			// En
	msr	ich_lr0_el2, x2
	isb
	ret
endfunc inject
