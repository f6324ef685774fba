// 09-tlb: two guests, one TLB. `hypscope lab show 09-tlb` explains.
	.include "lab.inc"

// make_vttbr: in x0 = root, x1 = number of the guest; out x0 = its VTTBR_EL2
func make_vttbr
	ret					// YOUR TURN: whose is it?
endfunc make_vttbr

// switch_to: in x0 = VTTBR_EL2
func switch_to
	msr	vttbr_el2, x0
	isb
	ret
endfunc switch_to

// unmap: in x0 = the descriptor's address, x1 = IPA
func unmap
	str	xzr, [x0]			// YOUR TURN: who still believes in the old one?
	ret
endfunc unmap
