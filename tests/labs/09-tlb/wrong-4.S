// expect: The guest still reads its page
	.include "lab.inc"

func make_vttbr
	add	x1, x1, #1
	orr	x0, x0, x1, lsl #48
	ret
endfunc make_vttbr

func switch_to
	msr	vttbr_el2, x0
	isb
	ret
endfunc switch_to

func unmap
	str	xzr, [x0]
	dsb	ishst
	lsr	x1, x1, #12
	tlbi	ipas2e1is, x1
	dsb	ish
	dsb	ish
	isb
	ret
endfunc unmap
