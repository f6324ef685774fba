// errata-h3-h4: H3, H4. Article: "EL2 Entry & HCR_EL2 Controls", l.143-146.
	.include "errata/experiment.inc"
	experiment "H3, H4", "l.143-146", "IMO and FMO are written to bits 6 and 7, which are VF and VI"
	run	"as printed: VI=1 is a virtual IRQ that never ends, and WFI never traps"
	with	guest_lr, hcr=HCR_PRINTED, lr=LR_GOOD
	run	"corrected: one interrupt, acknowledged and ended; WFI traps"
	with	guest_lr, lr=LR_GOOD
	experiment_end
