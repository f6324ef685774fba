// 04-vttbr: find the mistakes. The values are those of the article's listing.
	.include "lab.inc"

// set_stage2: in x0 = the root table's address, x1 = VMID (16 bits); may use x0 to x18
func set_stage2
	// YOUR TURN: what does this value say? `hypscope decode VTCR_EL2=0x80023540` knows.
	ldr	x2, =0x80023540
	msr	vtcr_el2, x2
	orr	x0, x0, x1, lsl #48
	msr	vttbr_el2, x0
	isb
	ret
endfunc set_stage2
