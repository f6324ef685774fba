// errata-x7: X7. Article: "VM Entry / Exit Assembly", l.241-253, which does not mention the return address.
	.include "errata/experiment.inc"
	experiment "X7", "l.241-253", "ELR_EL2 is behind an HVC, but at a trapped instruction itself"
	run	"4 added after HVC: an instruction is skipped"
	with	guest_counts, execute=execute_add_4
	run	"nothing added after HVC: right"
	with	guest_counts
	run	"nothing added after a trapped MSR: it traps for ever"
	with	guest_msr, execute=execute_add_nothing
	run	"4 added after a trapped MSR: right"
	with	guest_msr
	experiment_end

func execute_add_4
	stp	x29, x30, [sp, #-32]!
	str	x0, [sp, #16]
	bl	vm_run
	ldr	x0, [sp, #16]
	ldr	x1, [x0, #vcpu_pc]
	add	x1, x1, #4
	str	x1, [x0, #vcpu_pc]
	ldp	x29, x30, [sp], #32
	b	vm_execute
endfunc execute_add_4

// execute_add_nothing: the trapped write is done, but not stepped over; three times are enough.
func execute_add_nothing
	stp	x29, x30, [sp, #-32]!
	stp	x19, x20, [sp, #16]
	mov	x19, x0
	mov	x20, #0
1:	mov	x0, x19
	bl	vm_run
	ldr	x0, [x19, #vcpu_x]
	msr	contextidr_el1, x0
	ldr	x4, [x19, #vcpu_esr]
	ldr	x5, [x19, #vcpu_pc]
	say	"[EL2] trapped: ESR_EL2=%x ELR_EL2=%x\n", x4, x5
	add	x20, x20, #1
	cmp	x20, #3
	b.lo	1b
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc execute_add_nothing

func guest_counts
	bl	guest_start
	mov	x4, #1
	hvc	#HVC_NOTHING
	mov	x4, #2
	say	"guest: after HVC and MOV x4, #2 x4 is %d\n", x4
	b	guest_stop
endfunc guest_counts

func guest_msr
	bl	guest_start
	mov	x0, #3
	msr	contextidr_el1, x0
	say	"guest: behind the MSR\n"
	b	guest_stop
endfunc guest_msr
