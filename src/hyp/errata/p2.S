// errata-p2: P2. Article: "Hands-On Exercises", l.401-403.
	.include "errata/experiment.inc"
	experiment "P2", "l.401-403", "the cycle counter, as it comes, does not count at EL2: the cost of an exit is not in it"
	run	"PMCCFILTR_EL0.NSH=0, as it comes, then NSH=1"
	with	guest_exit_cost
	experiment_end

	.equ	ITERATIONS, 10000

// guest_exit_cost: ten thousand times HVC against NOP, with both settings.
func guest_exit_cost
	bl	guest_start
	mov	x19, #0
	bl	exit_cost
	mov	x20, x0
	ldr	x19, =PMCCFILTR_EL0_NSH
	bl	exit_cost
	string	x4, "ok"
	string	x5, "WRONG"
	cmp	x0, x20, lsl #1			// the way in and out may count as EL1's; EL2's work is more
	csel	x4, x4, x5, hi
	say	"guest: most of an exit is counted with NSH=1 only: %s\n", x4
	b	guest_stop
endfunc guest_exit_cost

// exit_cost: in x19 = PMCCFILTR_EL0; out x0 = cycles of an exit; clobbers x1-x18, x21-x23
func exit_cost
	mov	x23, x30
	mov	x0, x19
	bl	measure_start
	ldr	x0, =ITERATIONS
	bl	measure_nop
	mov	x21, x0
	ldr	x0, =ITERATIONS
	bl	measure_hvc
	mov	x22, x0
	ldr	x5, =ITERATIONS
	udiv	x3, x21, x5
	udiv	x4, x22, x5
	ubfx	x6, x19, #27, #1
	say	"guest: NSH=%d: cycles per iteration: NOP %d, HVC %d\n", x6, x3, x4
	subs	x0, x22, x21
	csel	x0, x0, xzr, hs
	mov	x30, x23
	ret
endfunc exit_cost
