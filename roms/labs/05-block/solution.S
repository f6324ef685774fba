// 05-block, the reference solution.
	.include "lab.inc"

	.equ	BLOCK,		0b01
	.equ	WRITE_BACK,	0b1111 << 2	// MemAttr
	.equ	READ_WRITE,	0b11 << 6	// S2AP
	.equ	INNER,		0b11 << 8	// SH
	.equ	AF,		1 << 10

func make_block
	mov	x1, #AF | INNER | READ_WRITE | WRITE_BACK | BLOCK
	orr	x0, x0, x1
	ret
endfunc make_block
