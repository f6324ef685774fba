// errata-x2-x3: X2, X3. Article: "VM Entry / Exit Assembly", l.228-229.
	.include "errata/experiment.inc"
	experiment "X2, X3", "l.228-229", "vector 0x400 is called 'from EL1', for 'SVC escalated' among others"
	run	"a stage-2 abort at EL0 comes through 0x400 too: SPSR_EL2.M=0"
	with	guest_el0, a=el0_load
	run	"SVC at EL0 goes to EL1, with TGE=0 never to EL2"
	with	guest_el0, a=el0_svc
	experiment_end

// guest_el0: at EL1: go to x2 at EL0.
func guest_el0
	bl	guest_start
	msr	elr_el1, x2
	mov	x0, #SPSR_DAIF | SPSR_EL0T
	msr	spsr_el1, x0
	eret_sb
endfunc guest_el0

func el0_load
	ldr	x0, =HOLE_IPA
	ldr	x1, [x0]
	b	.
endfunc el0_load

func el0_svc
	svc	#0
	b	.
endfunc el0_svc
