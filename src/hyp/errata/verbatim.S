// errata-verbatim: listings L1, L2 and L6 of the article, as printed, on a guest whose tables and code are right.
// H1, H3, H4 (HCR_EL2 0x840060f3), V1 (VTCR_EL2 0x80023540), G2-G4 (ICH_LR0_EL2 0x4120002000000000).
	.include "errata/experiment.inc"
	.include "errata/article_l1.inc"

	experiment "H1, H3, H4, V1, G6", "listings L1, L2, L6", "all together, as printed"
	run	"as printed: HCR_EL2, VTCR_EL2, VTTBR_EL2 and ICH_LR0_EL2 by the article's own code"
	with	guest_plain, hook=run_listings
	experiment_end

// run_listings: clobbers x0-x18
func run_listings
	push	x29, x30
	set_hcr_el2
	.include "errata/article_l2.inc"
	.include "errata/article_l6.inc"
	mrs	x4, ich_lr0_el2
	ubfx	x5, x4, #0, #32
	ubfx	x6, x4, #60, #1
	ubfx	x7, x4, #61, #1
	ubfx	x8, x4, #48, #8
	say	"[EL2] ICH_LR0_EL2: vINTID=%d Group=%d HW=%d Priority=%x\n", x5, x6, x7, x8
	pop	x29, x30
	ret
endfunc run_listings
