// The frame of 03-hcr: calls set_hcr, then runs a guest that tries what the bits are about.
	.include "lab.inc"
	.include "start.inc"

func frame_main
	bl	map_guest
	bl	set_hcr
	.global	hcr_is_set
hcr_is_set:
	ldr	x0, =guest_start
	mov	x1, #PSTATE_EL1H
	bl	run_guest
	b	lab_off
endfunc frame_main

	.section .guest, "ax"
	.global	guest_start, guest_irq
guest_start:
	adr	x0, guest_vectors
	msr	vbar_el1, x0
	isb
	mov	x0, #0
	dc	isw, x0				// set/way 0
	ldr	x0, =0x84000000			// PSCI_VERSION
	smc	#0
	mrs	x0, sctlr_el1
	msr	sctlr_el1, x0
	msr	daifclr, #2			// a pending virtual IRQ would be taken here
	nop
	msr	daifset, #2
	wfi
	hvc	#0
	b	.
guest_irq:
	hvc	#1
	b	.
	.balign	2048
guest_vectors:
	.rept	16
	.balign	128
	b	guest_irq
	.endr
