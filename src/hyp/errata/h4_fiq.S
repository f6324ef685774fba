// errata-h4-fiq: H4 (c). Article: "EL2 Entry & HCR_EL2 Controls", l.145-146.
	.include "errata/experiment.inc"
	experiment "H4", "l.145-146", "with FMO=0 a physical FIQ goes to the guest, which cannot acknowledge it"
	run	"as printed: the guest takes the FIQ"
	with	guest_pfiq, hcr=HCR_PRINTED, hook=hook_raise_fiq
	run	"corrected: EL2 takes it"
	with	guest_pfiq, hook=hook_raise_fiq
	experiment_end
