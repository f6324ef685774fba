// 02-drop: from EL3 to EL2. `hypscope lab show 02-drop` explains.
	.include "lab.inc"

// el3_to_el2: leave EL3 for EL2h, Non-secure, DAIF masked.
//   in x0 = where EL2 begins; does not come back
func el3_to_el2
	mov	x1, #0x30			// RES1
	msr	scr_el3, x1			// YOUR TURN: what else must SCR_EL3 say?
	// YOUR TURN: SPSR_EL3, ELR_EL3
	isb
	eret
endfunc el3_to_el2
