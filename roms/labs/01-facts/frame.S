// The frame of 01-facts: calls read_facts.
	.include "lab.inc"
	.include "start.inc"
	variable facts, 64

func frame_main
	mov	x0, #0xf			// system registers of the GIC, for EL2 and EL1
	msr	icc_sre_el2, x0
	isb
	adr_l	x0, facts
	bl	read_facts
	.global	facts_are_read
facts_are_read:
	b	lab_off
endfunc frame_main
