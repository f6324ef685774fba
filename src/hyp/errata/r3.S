// errata-r3: R3. Article: "VM Entry / Exit Assembly", l.270-272 (listing L5).
	.include "errata/experiment.inc"
	experiment "R3", "l.270-272", "fields called ELR_EL1 and SPSR_EL1 are loaded into ELR_EL2 and SPSR_EL2"
	run	"as printed: the guest resumes where its own last exception return went"
	with	guest_with_elr, execute=execute_by_name
	run	"corrected: it resumes behind its HVC"
	with	guest_with_elr
	experiment_end

// execute_by_name: in x0 = vcpu: the fields hold what they are called.
func execute_by_name
	stp	x29, x30, [sp, #-32]!
	str	x0, [sp, #16]
	bl	vm_run
	ldr	x0, [sp, #16]
	mrs	x1, elr_el1
	str	x1, [x0, #vcpu_pc]
	mrs	x1, spsr_el1
	str	x1, [x0, #vcpu_pstate]
	ldp	x29, x30, [sp], #32
	b	vm_execute
endfunc execute_by_name

func guest_with_elr
	bl	guest_start
	adr_l	x0, guest_was_here
	msr	elr_el1, x0
	mov	x0, #SPSR_DAIF | SPSR_EL1H
	msr	spsr_el1, x0
	hvc	#HVC_NOTHING
	say	"guest: behind the HVC\n"
	b	guest_stop
endfunc guest_with_elr

func guest_was_here
	say	"guest: at the address of ELR_EL1, which I have left long ago\n"
	b	guest_stop
endfunc guest_was_here
