// errata-s1: S1. Article: "Stage-2 Page Table Walks", l.187-202.
	.include "errata/experiment.inc"
	experiment "S1", "l.187-202", "S2AP is put at [9:8], [10:9] and [11:10]; it is [7:6]"
	run	"S2AP=11 at [9:8], 0x33d: access flag fault"
	with	guest_write, prepare=prepare_descriptor, a=0x10, b=0x8000033d
	run	"S2AP=11 at [10:9], 0x63d: permission fault"
	with	guest_write, prepare=prepare_descriptor, a=0x10, b=0x8000063d
	run	"S2AP=11 at [11:10], 0xc3d: permission fault"
	with	guest_write, prepare=prepare_descriptor, a=0x10, b=0x80000c3d
	experiment_end
