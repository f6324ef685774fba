// 14-switch: what a world switch has to move. `hypscope lab show 14-switch` has the list.
	.include "lab.inc"

// vcpu_put: in x0 = 32 doublewords; may use x1 to x18
func vcpu_put
	mrs	x1, ttbr0_el1
	mrs	x2, ttbr1_el1
	stp	x1, x2, [x0]
	// YOUR TURN: which others?
	ret
endfunc vcpu_put

// vcpu_load: in x0 = 32 doublewords; may use x1 to x18
func vcpu_load
	ldp	x1, x2, [x0]
	msr	ttbr0_el1, x1
	msr	ttbr1_el1, x2
	// YOUR TURN: the same ones
	isb
	ret
endfunc vcpu_load
