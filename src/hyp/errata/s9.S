// errata-s9: S9 (and Q1: QEMU 7.2 reports the stage-1 level). Article: "Stage-2 Page Table Walks", l.184.
	.include "errata/experiment.inc"
	experiment "S9", "l.184", "stage 2 does not come after stage 1: each stage-1 descriptor is itself read through stage 2"
	run	"the guest's stage-1 table lies in a hole of stage 2: S1PTW, HPFAR_EL2 = where the table is"
	with	guest_stage1_on, a=HOLE_IPA
	experiment_end
