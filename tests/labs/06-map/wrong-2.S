// expect: a block descriptor is reserved at this level
	.include "lab.inc"

	.equ	MEMORY,	1 << 10 | 3 << 8 | 3 << 6 | 0b1111 << 2 | 1
	.equ	DEVICE,	1 << 54 | 1 << 10 | 3 << 6 | 0b0001 << 2 | 3

next_table:
	ldr	x1, [x0]
	tbz	x1, #0, 1f
	and	x0, x1, #0x0000fffffffff000
	ret
1:	mov	x9, x30
	mov	x3, x0
	bl	new_table
	orr	x1, x0, #3
	str	x1, [x3]
	mov	x30, x9
	ret

func map_page
	mov	x10, x30
	mov	x11, x1
	mov	x12, x2
	mov	x13, x3
	ubfx	x4, x11, #30, #2
	add	x0, x0, x4, lsl #3
	bl	next_table
	ubfx	x4, x11, #21, #9
	add	x0, x0, x4, lsl #3
	bl	next_table
	ubfx	x4, x11, #12, #9
	ldr	x5, =MEMORY
	ldr	x6, =DEVICE
	cmp	x13, #0
	csel	x5, x5, x6, eq
	orr	x5, x5, x12
	str	x5, [x0, x4, lsl #3]
	dsb	ishst
	isb
	mov	x30, x10
	ret
endfunc map_page
