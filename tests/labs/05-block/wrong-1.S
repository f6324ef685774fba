// expect: the walker would take the block's address for that of a level-2 table
	.include "lab.inc"
// The rights mended, the type not.
func make_block
	mov	x1, #0x7ff
	orr	x0, x0, x1
	ret
endfunc make_block
