// 04-vttbr, the reference solution.
	.include "lab.inc"

	.equ	SIZES,	32 << VTCR_EL2_T0SZ_LSB | 1 << VTCR_EL2_SL0_LSB | 2 << VTCR_EL2_PS_LSB
	.equ	WALKS,	1 << VTCR_EL2_IRGN0_LSB | 1 << VTCR_EL2_ORGN0_LSB | 3 << VTCR_EL2_SH0_LSB

func set_stage2
	ldr	x2, =1 << 31 | VTCR_EL2_VS | SIZES | WALKS
	msr	vtcr_el2, x2
	orr	x0, x0, x1, lsl #48
	msr	vttbr_el2, x0
	isb
	ret
endfunc set_stage2
