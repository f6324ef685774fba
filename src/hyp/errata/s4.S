// errata-s4: S4. Article: "Stage-2 Page Table Walks", l.197-204.
	.include "errata/experiment.inc"
	experiment "S4", "l.197-204", "0x753 with [1:0] mended, 0x751, has S2AP=01: read-only"
	run	"0x751, a read: completes"
	with	guest_read, prepare=prepare_marked_ram, a=0x10, b=0x80000751
	run	"0x751, a write: permission fault of level 1"
	with	guest_write, prepare=prepare_marked_ram, a=0x10, b=0x80000751
	run	"corrected, 0x7fd, a write: completes"
	with	guest_write, prepare=prepare_marked_ram, a=0x10, b=0x800007fd
	experiment_end
