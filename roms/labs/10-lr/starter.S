// 10-lr: find the mistakes. The fields are put where the article's listing has them.
	.include "lab.inc"

// inject: in w0 = INTID, w1 = priority; may use x0 to x18
func inject
	mov	w9, w0
	lsl	x2, x9, #32			// YOUR TURN: is this the interrupt that the guest sees?
	orr	x2, x2, #1 << 62		// State = Pending
	orr	x2, x2, #1 << 56		// YOUR TURN: HW? And should it be set?
	lsl	x3, x9, #48			// YOUR TURN: what is in [55:48]?
	orr	x2, x2, x3
	msr	ich_lr0_el2, x2
	isb
	ret
endfunc inject
