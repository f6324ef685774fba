// errata-s5: S5. Article: "Stage-2 Page Table Walks", l.192.
	.include "errata/experiment.inc"
	experiment "S5", "l.192", "a block in the level-1 table is called 2 MB; it is 1 GB"
	run	"IPA 0x3ffffff0 is inside the block"
	with	guest_read, prepare=prepare_marked_ram, a=0x3ffffff0, b=0x800007fd
	run	"IPA 0x80000000 is behind it, in L1[2]"
	with	guest_read, prepare=prepare_marked_ram, a=0x80000000, b=0x800007fd
	experiment_end
