// The frame of 11-cost: answers HVC #0 after some work, and takes the guest's result at HVC #1.
	.include "lab.inc"
	.include "start.inc"
	.equ	N,	0
	.equ	WORK,	1
	variable result, 8
	variable was_measured, 8

func frame_main
	bl	map_guest
	mrs	x0, pmcr_el0			// the event counters belong to the guest: MDCR_EL2.HPMN
	ubfx	x0, x0, #11, #5
	msr	mdcr_el2, x0
	ldr	x0, =HCR_EL2_RW | HCR_EL2_VM
	msr	hcr_el2, x0
	adr_l	x0, exit_vectors
	msr	vbar_el2, x0
	ldr	x0, =guest_start
	msr	elr_el2, x0
	mov	x0, #PSTATE_EL1H
	msr	spsr_el2, x0
	isb
	param	x0, N
	eret
endfunc frame_main

	.text
	.balign	2048
exit_vectors:
	.rept	8
	.balign	128
	b	lab_unexpected
	.endr
	.balign	128
	b	on_exit
	.rept	7
	.balign	128
	b	lab_off
	.endr

func on_exit
	stp	x0, x1, [sp, #-16]!
	mrs	x0, esr_el2
	ubfx	x1, x0, #26, #6
	cmp	x1, #EC_HVC
	b.ne	lab_off
	and	x0, x0, #0xffff
	cbnz	x0, 2f
	param	x0, WORK
1:	subs	x0, x0, #1
	b.hi	1b
	ldp	x0, x1, [sp], #16
	eret
2:	ldp	x0, x1, [sp], #16
	adr_l	x1, result
	str	x0, [x1]
	.global	measured
measured:
	b	lab_off
endfunc on_exit

	.section .guest, "ax"
	.global	guest_start
guest_start:
	bl	measure
	hvc	#1
	b	.
