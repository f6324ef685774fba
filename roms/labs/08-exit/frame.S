// The frame of 08-exit: a guest that traps in each of the ways, and the vectors.
	.include "lab.inc"
	.include "start.inc"
	.equ	SEED,	0
	.equ	STEP,	1
	variable first_sp, 8
	variable last_sp, 8
	variable calls, 8
	variable steps, 8

func frame_main
	bl	map_guest
	ldr	x0, =HCR_EL2_RW | HCR_EL2_VM | HCR_EL2_TWI | HCR_EL2_TSC | HCR_EL2_TVM
	msr	hcr_el2, x0
	adr_l	x0, exit_vectors
	msr	vbar_el2, x0
	ldr	x0, =guest_start
	msr	elr_el2, x0
	mov	x0, #PSTATE_EL1H
	msr	spsr_el2, x0
	isb
	param	x0, SEED
	param	x1, STEP
	.irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	add	x0, x0, x1
	mov	x\n, x0
	.endr
	mov	x19, #0
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
	b	guest_sync
	.rept	7
	.balign	128
	b	lab_off
	.endr

// on_hypercall: in x0 = the guest's registers; uses x0 to x18
func on_hypercall
	mov	x1, sp
	adr_l	x2, calls
	ldr	x3, [x2]
	adr_l	x4, first_sp
	cbnz	x3, 1f
	str	x1, [x4]
1:	str	x1, [x4, #8]			// last_sp
	add	x3, x3, #1
	str	x3, [x2]
	ldr	x5, [x0, #152]			// the guest's x19
	adr_l	x6, steps
	str	x5, [x6]
	cmp	x3, #3				// the guest's last call
	b.eq	lab_off
	ldr	x5, [x0]
	add	x5, x5, #1
	str	x5, [x0]
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18
	mov	x\n, #-1
	.endr
	ret
endfunc on_hypercall

	.section .guest, "ax"
	.global	guest_start
guest_start:
	subs	x19, x19, x19			// Z and C; x19 counts what was executed
	hvc	#0
	b.ne	2f
	add	x19, x19, #1
	wfi
	add	x19, x19, #1
	smc	#0
	add	x19, x19, #1
	msr	contextidr_el1, x0
	add	x19, x19, #1
	hvc	#0
	add	x19, x19, #1
	hvc	#0
2:	b	.
