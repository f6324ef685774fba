// 15-demand: memory that is given when it is used. `hypscope lab show 15-demand` explains.
	.include "lab.inc"

// on_abort: a data abort of the guest. Out x0 = 0: the guest tries again, 1: it is stopped; may use x0 to x18.
func on_abort
	stp	x29, x30, [sp, #-16]!
	// YOUR TURN: is it a translation fault? If not, stop the guest.
	bl	new_page
	mov	x1, x0
	mrs	x0, far_el2			// YOUR TURN: is this the address that stage 2 did not find?
	bl	map_page
	mov	x0, #0
	ldp	x29, x30, [sp], #16
	ret
endfunc on_abort
