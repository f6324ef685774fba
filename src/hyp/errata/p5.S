// errata-p5: P5. Article: "Hands-On Exercises", l.416.
	.include "errata/experiment.inc"
	experiment "P5", "l.416", "40-bit IPA from level 1 needs two concatenated root tables, 8 KB aligned"
	run	"one table: beyond 512 GB the walk goes on in the page behind it, here for three levels"
	with	guest_read, vtcr=0x80023558, prepare=prepare_one_root, a=0x9200200000
	run	"corrected, two tables: translation fault of level 1"
	with	guest_read, vtcr=0x80023558, prepare=prepare_two_roots, a=0x9200200000
	experiment_end
