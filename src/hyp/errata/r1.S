// errata-r1: R1. Article: "VM Entry / Exit Assembly", l.259-272 (listing L5).
	.include "errata/experiment.inc"
	.macro	restore_x4_to_x29		// with a base of their own, lost as the last
	mov	x29, x20
	every_gpr_pair ldp, x29
	.endm
	.include "errata/printed_enter.inc"
	experiment "R1", "l.259-272", "vm_enter loads the guest's x20 and then goes on to use x20 as its base"
	run	"as printed, the guest's x20 is 0: EL2 reads VTTBR from address 0x108"
	with	guest_x20_zero, execute=execute_printed
	experiment_end

func guest_x20_zero
	mov	x20, #0
	hvc	#HVC_NOTHING
	b	guest_plain
endfunc guest_x20_zero
