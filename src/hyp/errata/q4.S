// errata-q4: Q4 and the last line of section 11. Article: "VMID, ASID & TLB Tagging", l.174-178, other sizes.
	.include "errata/experiment.inc"
	experiment "Q4", "l.174-178", "which start levels fit which IPA sizes"
	run	"T0SZ=24 SL0=2, PS=40 bits: level 0 fits (the test is on PAMax); the root is read as a level-0 table, and the fault is of level 1"
	with	guest_plain, vtcr=0x80023598
	run	"the same with PS=44 bits"
	with	guest_plain, vtcr=0x80043598
	run	"SL0=3 is reserved: level 0"
	with	guest_plain, vtcr=0x800235e0
	run	"IPA beyond T0SZ: level 0"
	with	guest_read, a=0x100000000
	run	"a hole in level 1"
	with	guest_read, a=0x80000000
	run	"a hole in level 2"
	with	guest_read, a=HOLE_IPA
	run	"a hole in level 3"
	with	guest_read, a=0x09001000
	experiment_end
