// expect: each core has its own
	.include "lab.inc"
// The values of one core written down.
func read_facts
	mov	x1, #52
	mov	x2, #16
	stp	x1, x2, [x0]
	mov	x1, #1
	mov	x2, #4
	stp	x1, x2, [x0, #16]
	mov	x1, #5
	str	x1, [x0, #32]
	ret
endfunc read_facts
