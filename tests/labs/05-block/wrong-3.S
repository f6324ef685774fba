// expect: the first access is an Access flag fault
	.include "lab.inc"
// S2AP put at [9:8].
func make_block
	mov	x1, #0x33d
	orr	x0, x0, x1
	ret
endfunc make_block
