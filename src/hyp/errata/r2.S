// errata-r2: R2. Article: "VM Entry / Exit Assembly", l.265-273 (listing L5).
	.include "errata/experiment.inc"
	.macro	restore_x4_to_x29		// all but x20, so that R1 does not hide R2
	mov	x29, x20
	every_gpr_pair ldp, x29
	mrs	x20, tpidr_el2
	.endm
	.include "errata/printed_enter.inc"
	experiment "R2", "l.265-273", "x21 and x22 serve as scratch after they were restored"
	run	"as printed, with x20 kept: the guest resumes with its PC and PSTATE in x21, x22"
	with	guest_x21_x22, execute=execute_printed
	run	"corrected"
	with	guest_x21_x22
	experiment_end

func guest_x21_x22
	bl	guest_start
	mov	x21, #0x21
	mov	x22, #0x22
	hvc	#HVC_NOTHING
	say	"guest: after a null HVC x21=%x x22=%x (were 0x21, 0x22)\n", x21, x22
	b	guest_stop
endfunc guest_x21_x22
