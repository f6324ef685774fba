// 03-hcr, the reference solution.
	.include "lab.inc"

	.equ	ROUTE,	HCR_EL2_AMO | HCR_EL2_IMO | HCR_EL2_FMO
	.equ	TRAP,	HCR_EL2_TWI | HCR_EL2_TWE | HCR_EL2_TVM | HCR_EL2_TSC | HCR_EL2_TSW
	.equ	STAGE2,	HCR_EL2_VM | HCR_EL2_SWIO | HCR_EL2_PTW

func set_hcr
	ldr	x0, =HCR_EL2_RW | ROUTE | TRAP | STAGE2
	msr	hcr_el2, x0
	isb
	ret
endfunc set_hcr
