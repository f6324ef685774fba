// expect: SWIO changes what DC ISW does, but traps nothing.
	.include "lab.inc"
// SWIO taken for the trap.
func set_hcr
	ldr	x0, =HCR_EL2_VM | HCR_EL2_SWIO | HCR_EL2_PTW | 7 << 3 | HCR_EL2_TWI | HCR_EL2_TWE | HCR_EL2_TVM | HCR_EL2_TSC | HCR_EL2_RW
	msr	hcr_el2, x0
	isb
	ret
endfunc set_hcr
