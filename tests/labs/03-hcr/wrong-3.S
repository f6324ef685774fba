// expect: The guest took an interrupt that nobody had sent.
	.include "lab.inc"
// VI left set beside the right bits.
func set_hcr
	ldr	x0, =HCR_EL2_VM | HCR_EL2_SWIO | HCR_EL2_PTW | 7 << 3 | HCR_EL2_VI | HCR_EL2_TWI | HCR_EL2_TWE | HCR_EL2_TVM | HCR_EL2_TSC | HCR_EL2_TSW | HCR_EL2_RW
	msr	hcr_el2, x0
	isb
	ret
endfunc set_hcr
