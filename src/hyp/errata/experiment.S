// experiment.S: carry out an experiment: a fresh guest for every run, with that run's settings, until it stops.
	.include "errata/experiment.inc"

	bss	experiment_vcpu, vcpu_size, 16
	bss	experiment_vm, vm_size, 16
	bss	current_run, 8

func rom_main
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	adr_l	x19, the_experiment
	ldp	x4, x5, [x19], #16
	ldr	x6, [x19], #8
	say	"errata %s (article %s): %s\n", x4, x5, x6
1:	ldr	x4, [x19]
	cbz	x4, 2f
	say	"--- %s\n", x4
	mov	x0, x19
	bl	run_one
	add	x19, x19, #run_size
	b	1b
2:	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc rom_main

// run_one: in x0 = run; clobbers x0-x18
func run_one
	stp	x29, x30, [sp, #-48]!
	stp	x19, x20, [sp, #16]
	str	x21, [sp, #32]
	mov	x19, x0
	adr_l	x0, current_run
	str	x19, [x0]
	bl	run_create
	mov	x0, x20
	bl	stage2_enable
	mov	x0, x20
	bl	vcpu_load
	ldr	x3, [x19, #run_hook]
	bl	run_call
	bl	report_hcr
	bl	report_stage2
	mov	x0, x20
	ldr	x3, [x19, #run_execute]
	blr	x3
	ldr	x21, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
endfunc run_one

// run_create: the guest: RAM at GUEST_IPA, the UART, VMID 7, tables from 0x50000000 (the article's values, l.169).
//   in x19 = run; out x20 = vcpu, x21 = vm; clobbers x0-x18
func run_create
	push	x29, x30
	adr_l	x20, experiment_vcpu
	adr_l	x21, experiment_vm
	mov	x0, x20
	mov	x1, #vcpu_size
	bl	clear
	mov	x0, x21
	mov	x1, #vm_size
	bl	clear
	mov	x0, x20
	mov	x1, x21
	string	x2, "guest"
	mov	x3, #7
	ldr	x4, =GUEST_A_PA
	ldr	x5, =S2_POOL_A
	ldr	x6, [x19, #run_guest]
	bl	guest_create
	mov	x0, x21
	ldr	x1, =UART_BASE
	mov	x2, x1
	mov	x3, #PAGE_SIZE
	mov	x4, #S2_DEVICE
	bl	s2_map
	ldr	x0, [x19, #run_hcr]
	str	x0, [x20, #vcpu_hcr]
	ldr	x0, [x19, #run_vtcr]
	str	x0, [x21, #vm_vtcr]
	ldr	x0, [x19, #run_ich_hcr]
	str	x0, [x20, #vcpu_ich_hcr_el2]
	ldp	x0, x1, [x19, #run_a]
	stp	x0, x1, [x20, #vcpu_x + 16]
	ldr	x3, [x19, #run_prepare]
	bl	run_call
	pop	x29, x30
	ret
endfunc run_create

// run_call: in x3 = routine or 0, x19 = run, x20 = vcpu, x21 = vm
func run_call
	cbz	x3, 1f
	mov	x0, x20
	mov	x1, x21
	mov	x2, x19
	br	x3
1:	ret
endfunc run_call

// clear: in x0 = address, x1 = bytes, a multiple of 8; clobbers x0, x1
func clear
1:	str	xzr, [x0], #8
	subs	x1, x1, #8
	b.hi	1b
	ret
endfunc clear

// rom_hypercall: in x0 = vcpu, x1 = immediate; out x0 = verdict
func rom_hypercall
	push	x29, x30
	cmp	x1, #HVC_ARTICLE
	b.eq	1f
	cmp	x1, #HVC_INJECT
	b.eq	2f
	cmp	x1, #HVC_VGIC_REPORT
	b.eq	3f
	cmp	x1, #HVC_ACCESSED
	b.eq	4f
	mov	x0, #EXIT_STOP			// HVC_YIELD: the run is over
	b	9f
1:	mrs	x2, esr_el2
	say	"[EL2] hypercall, ESR_EL2=%x\n", x2
	b	8f
2:	adr_l	x2, current_run
	ldr	x2, [x2]
	ldr	x2, [x2, #run_lr]
	msr	ich_lr0_el2, x2
	isb
	say	"[EL2] ICH_LR0_EL2=%x written\n", x2
	b	8f
3:	mrs	x2, ich_lr0_el2
	mrs	x3, ich_elrsr_el2
	and	x3, x3, #1
	ldr	x4, [x0, #vcpu_wfx_count]
	say	"[EL2] ICH_LR0_EL2=%x, ICH_ELRSR_EL2 bit 0=%d; WFI traps: %d\n", x2, x3, x4
	b	8f
4:	ldr	x2, [x0, #vcpu_x]
	ldr	x3, [x0, #vcpu_x + 16]
	say	"[EL2] the guest's access to IPA %x completed, value %x\n", x2, x3
	mov	x0, #EXIT_STOP
	b	9f
8:	mov	x0, #EXIT_RESUME
9:	pop	x29, x30
	ret
endfunc rom_hypercall
