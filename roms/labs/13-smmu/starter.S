// 13-smmu: stage 2 for a device. `hypscope lab show 13-smmu` explains.
	.include "lab.inc"

// make_ste: in x0 = the STE's address, x1 = the VM's VTTBR_EL2, x2 = its VTCR_EL2; may use x0 to x18
func make_ste
	// YOUR TURN: this lets the device reach all of memory. Make it stage 2, by the VM's tables.
	mov	x3, #1 | 0b100 << 1		// V, Config = bypass
	str	x3, [x0]
	ret
endfunc make_ste
