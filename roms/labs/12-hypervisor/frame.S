// The frame of 12-hypervisor: a stack, the MMU off, and the end.
	.include "lab.inc"

func _start
	ldr	x0, =stack_top
	mov	sp, x0
	ldr	x0, =0x30c50830
	msr	sctlr_el2, x0
	ldr	x0, =0x30d00800
	msr	sctlr_el1, x0
	mov	x0, #0x33ff
	msr	cptr_el2, x0
	isb
	bl	hyp_main
	b	lab_off
endfunc _start

// lab_off: PSCI SYSTEM_OFF, from EL2.
func lab_off
	ldr	x0, =0x84000008
	smc	#0
	b	.
endfunc lab_off
