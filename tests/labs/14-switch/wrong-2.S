// expect: Guest A finds ELR_EL1 (where its own exception returns to)
	.include "lab.inc"

	.macro	every_register action
	.set	place, 0
	.irp	reg, sctlr_el1, cpacr_el1, ttbr0_el1, ttbr1_el1, tcr_el1, mair_el1, vbar_el1, contextidr_el1, tpidr_el1, tpidr_el0, tpidrro_el0, sp_el0, sp_el1, esr_el1, far_el1, par_el1
	\action \reg
	.set	place, place + 8
	.endr
	.endm
	.macro	save reg
	mrs	x1, \reg
	str	x1, [x0, #place]
	.endm
	.macro	load reg
	ldr	x1, [x0, #place]
	msr	\reg, x1
	.endm

func vcpu_put
	every_register save
	ret
endfunc vcpu_put

func vcpu_load
	every_register load
	isb
	ret
endfunc vcpu_load
