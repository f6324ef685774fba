// errata-v1: V1. Article: "VMID, ASID & TLB Tagging", l.175-178.
	.include "errata/experiment.inc"
	experiment "V1", "l.175-178", "VTCR_EL2=0x80023540 has T0SZ=0, not 32: no IPA size that level 1 could start with"
	run	"as printed: not one instruction of the guest runs, translation fault of level 0"
	with	guest_plain, vtcr=VTCR_PRINTED
	run	"corrected"
	with	guest_plain
	experiment_end
