// expect: Permission fault, level 1 on a write
	.include "lab.inc"
// A block, read-only.
func make_block
	mov	x1, #0x77d
	orr	x0, x0, x1
	ret
endfunc make_block
