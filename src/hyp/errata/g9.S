// errata-g9: G9. Article: "Virtual GICv3" (listing L6).
	.include "errata/experiment.inc"
	experiment "G9", "listing L6", "ICH_HCR_EL2.En is never set"
	run	"as printed, En=0: nothing is delivered"
	with	guest_lr, lr=LR_GOOD, ich_hcr=0
	run	"corrected, En=1"
	with	guest_lr, lr=LR_GOOD
	experiment_end
