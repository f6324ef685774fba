// 06-map: a page in stage 2. `hypscope lab show 06-map` explains.
	.include "lab.inc"

// next_table: the table that an entry leads to; if it is invalid, a new one.
//   in x0 = the entry's address; out x0 = the next table; uses x1 to x3 and x9
next_table:
	ldr	x1, [x0]
	tbz	x1, #0, 1f
	and	x0, x1, #0x0000fffffffff000
	ret
1:	mov	x9, x30
	mov	x3, x0
	bl	new_table
	// YOUR TURN: write a table descriptor to [x3]
	mov	x30, x9
	ret

// map_page: in x0 = root, x1 = IPA, x2 = PA, x3 = 0: memory, 1: device; may use x0 to x18
func map_page
	mov	x10, x30
	mov	x11, x1
	mov	x12, x2
	mov	x13, x3
	ubfx	x4, x11, #30, #2		// level 1
	add	x0, x0, x4, lsl #3
	bl	next_table
	// YOUR TURN: level 2, by IPA[29:21]
	// YOUR TURN: level 3, by IPA[20:12]: the page
	mov	x30, x10
	ret
endfunc map_page
