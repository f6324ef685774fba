// 05-block: find the mistakes. The attributes are those of the article's listing for one entry of a stage-2 table.
// `hypscope decode s2desc:1:4K=0x40000753` shows what they are.
	.include "lab.inc"

// make_block: a level-1 descriptor of stage 2, 4 KB granule.
//   in x0 = the physical address, aligned to 1 GB; out x0 = the descriptor; may use x1 to x18
func make_block
	// YOUR TURN: is this a block? Who may write it? What kind of memory is it?
	mov	x1, #0x753
	orr	x0, x0, x1
	ret
endfunc make_block
