// expect: does it end with ret?
	.include "lab.inc"
// It never comes back.
func set_hcr
	ldr	x0, =HCR_EL2_VM
	msr	hcr_el2, x0
	b	.
endfunc set_hcr
