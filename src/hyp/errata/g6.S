// errata-g6: G1-G6. Article: "Virtual GICv3", l.282-300 (listing L6).
	.include "errata/experiment.inc"
	experiment "G6", "l.282-300", "ICH_LR0_EL2=0x4120002000000000 is not IRQ 32 but a Group 0 interrupt, INTID 0"
	run	"list register as printed: a virtual FIQ, INTID 0"
	with	guest_lr, lr=LR_PRINTED
	run	"list register and HCR_EL2 as printed: never delivered, only the storm of VI"
	with	guest_lr, lr=LR_PRINTED, hcr=HCR_PRINTED
	run	"the same without VI and VF: nothing at all"
	with	guest_lr, lr=LR_PRINTED, hcr=HCR_PRINTED - HCR_EL2_VI - HCR_EL2_VF
	run	"Group 0 otherwise right: a virtual FIQ, INTID 32"
	with	guest_lr, lr=LR_GOOD - ICH_LRn_EL2_Group
	run	"corrected: a virtual IRQ, INTID 32"
	with	guest_lr, lr=LR_GOOD
	experiment_end
