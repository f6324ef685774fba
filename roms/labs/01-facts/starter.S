// 01-facts: what can this core do? `hypscope lab show 01-facts` explains.
	.include "lab.inc"

// read_facts: fill five 64-bit numbers.
//   in x0 = their address; may use x0 to x18
func read_facts
	mrs	x1, id_aa64mmfr0_el1
	and	x1, x1, #0xf
	str	x1, [x0]			// YOUR TURN: this is PARange, a code: how many bits does it stand for?
	str	xzr, [x0, #8]			// YOUR TURN: bits of a VMID
	str	xzr, [x0, #16]			// YOUR TURN: is there VHE?
	str	xzr, [x0, #24]			// YOUR TURN: list registers
	str	xzr, [x0, #32]			// YOUR TURN: bits of a virtual priority
	ret
endfunc read_facts
