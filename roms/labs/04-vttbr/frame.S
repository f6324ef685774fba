// The frame of 04-vttbr: tables for a guest, set_stage2, and the guest.
	.include "lab.inc"
	.include "start.inc"
	.equ	VMID,	0

func frame_main
	bl	map_guest
	msr	vtcr_el2, xzr
	msr	vttbr_el2, xzr
	adr_l	x0, guest_root
	param	x1, VMID
	bl	set_stage2
	isb
	tlbi	alle1
	dsb	ish
	ldr	x0, =HCR_EL2_RW | HCR_EL2_VM
	msr	hcr_el2, x0
	isb
	.global	stage2_is_set
stage2_is_set:
	ldr	x0, =guest_start
	mov	x1, #PSTATE_EL1H
	bl	run_guest
	b	lab_off
endfunc frame_main

	.section .guest, "ax"
	.global	guest_start
guest_start:
	hvc	#0
	b	.
