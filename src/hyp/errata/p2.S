// errata-p2: P2. Article: "Hands-On Exercises", l.401-403.
	.include "errata/experiment.inc"
	experiment "P2", "l.401-403", "the cycle counter, as it comes, does not count at EL2: the cost of an exit is not in it"
	run	"as printed, PMCCFILTR_EL0.NSH=0", guest_exit_cost, a=0
	run	"corrected, NSH=1", guest_exit_cost, a=PMCCFILTR_EL0_NSH
	experiment_end

	.equ	ITERATIONS, 10000

// guest_exit_cost: in x2 = PMCCFILTR_EL0. Ten thousand times HVC against NOP; an exit is some 70 instructions at EL2.
func guest_exit_cost
	bl	guest_start
	mov	x0, x2
	bl	measure_start
	ldr	x0, =ITERATIONS
	bl	measure_nop
	mov	x19, x0
	ldr	x0, =ITERATIONS
	bl	measure_hvc
	mov	x20, x0
	ldr	x5, =ITERATIONS
	udiv	x3, x19, x5
	udiv	x4, x20, x5
	sub	x20, x20, x19
	udiv	x5, x20, x5
	say	"guest: cycles per iteration: NOP %d, HVC %d\n", x3, x4
	string	x6, "at least 30 cycles: EL2 was counted"
	string	x7, "less than 30 cycles: EL2 was not counted"
	cmp	x5, #30
	csel	x6, x6, x7, hs
	say	"guest: the difference is %s\n", x6
	b	guest_stop
endfunc guest_exit_cost
