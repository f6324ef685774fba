// The frame of 10-lr: a guest with its virtual CPU interface on, and inject.
	.include "lab.inc"
	.include "start.inc"
	.equ	INTID,	0
	.equ	PRIO,	1
	variable guest_saw, 8

func frame_main
	mov	x0, #0xf
	msr	icc_sre_el2, x0
	isb
	bl	map_guest
	ldr	x0, =HCR_EL2_RW | HCR_EL2_VM | HCR_EL2_IMO | HCR_EL2_FMO | HCR_EL2_AMO
	msr	hcr_el2, x0
	isb
	ldr	x0, =guest_start
	mov	x1, #PSTATE_EL1H
	bl	run_guest
	param	x0, INTID
	param	x1, PRIO
	bl	inject
	isb
	.global	injected
injected:
	ldr	x0, =guest_waits
	mov	x1, #PSTATE_EL1H
	bl	run_guest
	adr_l	x0, guest_saw
	str	x2, [x0]
	b	lab_off
endfunc frame_main

	.section .guest, "ax"
	.global	guest_start, guest_waits
guest_start:
	adr	x0, guest_vectors
	msr	vbar_el1, x0
	mov	x0, #0xff
	msr	icc_pmr_el1, x0
	mov	x0, #1
	msr	icc_igrpen0_el1, x0
	msr	icc_igrpen1_el1, x0
	isb
	hvc	#0
guest_waits:
	mov	x0, #-1
	msr	daifclr, #3
	mov	x1, #200
1:	subs	x1, x1, #1
	b.ne	1b
	hvc	#1
	b	.
guest_irq:
	mrs	x0, icc_iar1_el1
	msr	icc_eoir1_el1, x0
	hvc	#2
	b	.
guest_fiq:
	mrs	x0, icc_iar0_el1
	hvc	#3
	b	.
	.balign	2048
guest_vectors:
	.rept	5
	.balign	128
	b	.
	.endr
	.balign	128
	b	guest_irq
	.balign	128
	b	guest_fiq
	.rept	9
	.balign	128
	b	.
	.endr
