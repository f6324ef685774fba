// timer.S: EL2's own timer, the time slice of the guests. CNTHP is EL2's; the guests have CNTV, with their own offset.
// Article: "Virtual GICv3" needs a source of interrupts and names none; H10 (CNTHCTL_EL2, CNTVOFF_EL2 are set in
// start.S).
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"

	.equ	SLICE, TIMER_HZ / 50000		// 20 microseconds, in counter ticks

// tick_start: the first slice begins; clobbers x0-x3
func tick_start
	push	x29, x30
	mov	w0, #INTID_CNTHP
	bl	gic_enable_ppi
	bl	tick_rearm
	mov	x0, #CNTHP_CTL_EL2_ENABLE
	msr	cnthp_ctl_el2, x0
	isb
	pop	x29, x30
	ret
endfunc tick_start

// tick_rearm: the next slice; the condition, and with it the level of the PPI, goes away; clobbers x0
func tick_rearm
	ldr	x0, =SLICE
	msr	cnthp_tval_el2, x0
	isb
	ret
endfunc tick_rearm

// tick_stop: clobbers nothing
func tick_stop
	msr	cnthp_ctl_el2, xzr
	isb
	ret
endfunc tick_stop
