// errata-h5: H5. Article: "EL2 Entry & HCR_EL2 Controls", l.137-138.
	.include "errata/experiment.inc"
	experiment "H5", "l.137-138", "SWIO does not trap set/way operations; TSW, bit 22, does"
	run	"as printed: DC ISW runs untrapped"
	with	guest_setway, hcr=HCR_GOOD - HCR_EL2_TSW
	run	"corrected: TSW traps it, EC 0x18"
	with	guest_setway
	experiment_end
