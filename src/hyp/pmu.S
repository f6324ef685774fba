// pmu.S: cycles and ticks of a loop, measured at EL1 (exercise 2 of the article).
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"

// measure_start: the cycle counter on. P2: without NSH it does not count what EL2 does, and the exit looks free.
//   in x0 = PMCCFILTR_EL0; clobbers x0
func measure_start
	msr	pmccfiltr_el0, x0
	ldr	x0, =PMCNTENSET_EL0_C
	msr	pmcntenset_el0, x0
	mov	x0, #PMCR_EL0_E | PMCR_EL0_C | PMCR_EL0_LC
	msr	pmcr_el0, x0
	isb
	ret
endfunc measure_start

// measure NAME, INSTRUCTION: a routine that runs INSTRUCTION in a loop.
//   in x0 = iterations; out x0 = cycles, x1 = ticks of CNTVCT_EL0; clobbers x2-x6
	.macro	measure name, instruction:vararg
func \name
	mov	x6, x0
	isb
	mrs	x2, pmccntr_el0
	mrs	x3, cntvct_el0
	isb
1:	\instruction
	subs	x6, x6, #1
	b.ne	1b
	isb
	mrs	x4, pmccntr_el0
	mrs	x5, cntvct_el0
	sub	x0, x4, x2
	sub	x1, x5, x3
	ret
endfunc \name
	.endm

	measure	measure_nop, nop
	measure	measure_hvc, hvc #HVC_NOTHING
