// sched.S: two guests on one core: switching, and round robin by EL2's timer.
// Article: "VMID, ASID & TLB Tagging", l.159-163: a switch of VTTBR_EL2 flushes nothing (V6, V7, V8).
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

	bss	loaded_vcpu, 8
	bss	switch_count, 8

// switch_to: make this guest the loaded one.
//   in x0 = vcpu; clobbers x0-x3
func switch_to
	push	x29, x30
	adr_l	x2, loaded_vcpu
	ldr	x1, [x2]
	cmp	x1, x0
	b.eq	2f
	str	x0, [x2]
	adr_l	x2, switch_count
	ldr	x3, [x2]
	add	x3, x3, #1
	str	x3, [x2]
	mov	x3, x0
	cbz	x1, 1f
	mov	x0, x1
	bl	vcpu_put
1:	mov	x0, x3
	bl	vcpu_load
2:	pop	x29, x30
	ret
endfunc switch_to

// run_guest: one guest alone, until it yields or stops.
//   in x0 = vcpu; out x0 = verdict; clobbers x1-x18
func run_guest
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	mov	x19, x0
	bl	switch_to
	mov	x0, x19
	bl	vm_execute
	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc run_guest

// run_round_robin: two guests in turns, a slice each, until both have yielded.
//   in x0, x1 = vcpus; out x0 = ticks; clobbers x1-x18
func run_round_robin
	stp	x29, x30, [sp, #-48]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	mov	x19, x0				// whose turn it is
	mov	x20, x1				// the other; 0: it has yielded
	mov	x21, #0
	bl	tick_start
1:	mov	x0, x19
	bl	switch_to
	bl	tick_rearm			// a whole slice, whatever was printed before
	mov	x0, x19
	bl	vm_execute
	cmp	x0, #EXIT_TICK
	b.ne	2f
	add	x21, x21, #1
	cbz	x20, 1b
	mov	x22, x19
	mov	x19, x20
	mov	x20, x22
	bl	report_switch
	b	1b
2:	mov	x19, x20
	mov	x20, #0
	cbnz	x19, 1b
	bl	tick_stop
	mov	x0, x21
	ldp	x21, x22, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
endfunc run_round_robin

// report_switch: in x20 = from, x19 = to, x21 = tick; clobbers x0-x18
func report_switch
	push	x29, x30
	ldr	x4, [x20, #vcpu_vm]
	ldr	x5, [x19, #vcpu_vm]
	ldr	x6, [x4, #vm_name]
	ldr	x7, [x5, #vm_name]
	ldr	x8, [x5, #vm_vttbr]
	say	"[EL2] tick %d: %s -> %s, VTTBR_EL2=%x\n", x21, x6, x7, x8
	pop	x29, x30
	ret
endfunc report_switch
