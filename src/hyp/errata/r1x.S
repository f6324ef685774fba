// errata-r1x: R1, exploited. Article: "VM Entry / Exit Assembly", l.259-272 (listing L5).
	.include "errata/experiment.inc"
	.macro	restore_x4_to_x29		// with a base of their own, lost as the last
	mov	x29, x20
	every_gpr_pair ldp, x29
	.endm
	.include "errata/printed_enter.inc"
	experiment "R1", "l.259-272", "the guest chooses x20, and with it VTTBR_EL2, ELR_EL2 and SPSR_EL2"
	run	"as printed, the guest's x20 is a forged vcpu: its code runs at EL2"
	with	guest_forges, execute=execute_printed
	experiment_end

	.section .data.forged, "aw"
	.balign	16
forged_vcpu:
	.skip	vcpu_size

// guest_forges: EL2's MMU is off: what it dereferences is a PA. The guest's RAM is at PA GUEST_A_PA.
func guest_forges
	ldr	x1, =GUEST_A_PA - GUEST_IPA
	adr_l	x20, forged_vcpu
	adr_l	x0, guest_code_at_el2
	add	x0, x0, x1
	str	x0, [x20, #vcpu_pc]
	mov	x0, #SPSR_DAIF | SPSR_EL2H
	str	x0, [x20, #vcpu_pstate]
	add	x20, x20, x1
	hvc	#HVC_NOTHING
	b	guest_plain
endfunc guest_forges

func guest_code_at_el2
	mrs	x4, currentel
	mrs	x5, hcr_el2
	say	"guest code: CurrentEL=%x, HCR_EL2=%x can be read: this is EL2\n", x4, x5
	b	power_off
endfunc guest_code_at_el2
