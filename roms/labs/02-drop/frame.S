// The frame of 02-drop: reset at EL3; then EL2, which enters EL1, which calls EL2 by HVC.
	.include "lab.inc"

func _start
	ldr	x0, =stack_top
	mov	sp, x0
	msr	cptr_el3, xzr
	adr_l	x0, stuck			// any exception at EL3 is a mistake
	msr	vbar_el3, x0
	ldr	x0, =0x30c50830
	msr	sctlr_el2, x0
	isb
	adr_l	x0, el2_entry
	bl	el3_to_el2
	b	.
endfunc _start

func el2_entry
	adr_l	x0, el2_vectors
	msr	vbar_el2, x0
	adr_l	x0, stuck
	msr	vbar_el1, x0
	ldr	x0, =0x30d00800
	msr	sctlr_el1, x0
	mov	x0, #HCR_EL2_RW
	msr	hcr_el2, x0
	adr_l	x0, el1_entry
	msr	elr_el2, x0
	mov	x0, #PSTATE_EL1H
	msr	spsr_el2, x0
	isb
	eret
endfunc el2_entry

func el1_entry
	hvc	#0
	b	.
endfunc el1_entry

	.balign	2048
el2_vectors:
	.rept	8
	.balign	128
	b	.
	.endr
	.balign	128
	.global	hvc_came
hvc_came:
	wfi					// there is no firmware to switch the machine off: it waits for nothing
	b	hvc_came
	.balign	2048
stuck:
	.rept	16
	.balign	128
	wfi
	b	.-4
	.endr
