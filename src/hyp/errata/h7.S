// errata-h7: H7. Article: "VM Entry / Exit Assembly", l.248.
	.include "errata/experiment.inc"
	experiment "H7", "l.248", "SMC of the guest is said to trap; that needs TSC, bit 19, which is not set"
	run	"as printed: the SMC reaches EL3"
	with	guest_smc, hcr=HCR_GOOD - HCR_EL2_TSC
	run	"corrected: EL2 answers it"
	with	guest_smc
	experiment_end
