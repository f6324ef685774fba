// errata-s2-s3: S2, S3 with 2 GiB of RAM. Article: "Stage-2 Page Table Walks", l.197-205 (listing L3).
	.include "errata/experiment.inc"
	experiment "S2, S3", "l.197-205", "0x753 is called a block; [1:0]=11 at level 1 is a table, at PA 0x80000000"
	run	"as printed, zero RAM there: translation fault of level 2"
	with	guest_read, prepare=prepare_zero_table, a=0x10, b=S2DESC_PRINTED
	run	"as printed, somebody's data there: it is the guest's page table"
	with	guest_read, prepare=prepare_forged_table, a=0x10, b=S2DESC_PRINTED
	run	"corrected, 0x7fd: a block"
	with	guest_read, prepare=prepare_marked_ram, a=0x10, b=0x800007fd
	experiment_end
