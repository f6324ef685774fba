// errata-s3-noram: S3 where PA 0x80000000 is not RAM. Article: "Stage-2 Page Table Walks", l.200-205 (listing L3).
	.include "errata/experiment.inc"
	experiment "S3", "l.200-205", "0x753 is a table at PA 0x80000000, where this machine has nothing"
	run	"as printed: external abort on the walk, level 2"
	with	guest_read, prepare=prepare_descriptor, a=0x10, b=S2DESC_PRINTED
	experiment_end
