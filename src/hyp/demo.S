// demo.S: ROM `demo`: the tour of the article: EL2's side. The guests' side is demo_guests.S.
// Article: all sections; P4, P5 (pages and one root), V7 (what separates two VMs is their tables).
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"
	.include "demo.inc"

	bss	vcpu_a, vcpu_size, 16
	bss	vm_a, vm_size, 16
	bss	vcpu_b, vcpu_size, 16
	bss	vm_b, vm_size, 16
	bss	dma_there, 8

	.macro	act title
	say	"\n== \title\n"
	.endm
	.macro	run_a
	adr_l	x0, vcpu_a
	bl	run_guest
	.endm
	.macro	run_b
	adr_l	x0, vcpu_b
	bl	run_guest
	.endm

// rom_main: one act after the other; in each a guest runs until it yields.
func rom_main
	push	x29, x30
	act	"1. EL2 takes over: two guests, one address"
	bl	demo_set_up

	act	"2. A hypercall"
	run_a

	act	"3. A UART that is not there: emulated MMIO"
	run_a
	run_b

	act	"4. The same IPA, two PAs"
	run_a
	bl	report_word
	run_b
	bl	report_word

	act	"5. Stage 1 over stage 2"
	run_a
	bl	report_two_stages

	act	"6. Memory on demand: stage-2 faults"
	run_a
	run_b

	act	"7. Round robin by CNTHP: VMIDs instead of TLB flushes"
	bl	demo_slices
	run_a
	run_b

	act	"8. A virtual interrupt by list register"
	run_a

	act	"9. A virtual interrupt linked to a physical one: the virtual timer"
	mov	w0, #INTID_CNTV
	bl	gic_enable_ppi
	run_b

	act	"10. DMA of a guest, stopped by stage 2 of the SMMU"
	bl	demo_dma

	act	"11. Power off"
	run_a
	run_b
	pop	x29, x30
	ret
endfunc rom_main

// demo_set_up: both guests, their UART emulated, four pages of theirs on demand.
func demo_set_up
	push	x29, x30
	adr_l	x0, vcpu_a
	adr_l	x1, vm_a
	string	x2, "guest A"
	mov	x3, #1
	ldr	x4, =GUEST_A_PA
	ldr	x5, =S2_POOL_A
	adr_l	x6, guest_a
	bl	guest_create
	adr_l	x0, vcpu_b
	adr_l	x1, vm_b
	string	x2, "guest B"
	mov	x3, #2
	ldr	x4, =GUEST_B_PA
	ldr	x5, =S2_POOL_B
	adr_l	x6, guest_b
	bl	guest_create
	adr_l	x0, vm_a
	ldr	x1, =DEMAND_PA
	bl	demo_devices
	adr_l	x0, vm_b
	ldr	x1, =DEMAND_PA + BLOCK_2M
	bl	demo_devices
	mov	x2, #2				// narrate two accesses of guest A
	adr_l	x0, vm_a
	str	x2, [x0, #vm_mmio_trace]
	adr_l	x0, vcpu_a
	bl	stage2_enable
	bl	report_hcr
	bl	report_stage2
	bl	vgic_report
	adr_l	x0, vm_a
	bl	report_vm
	adr_l	x0, vm_b
	bl	report_vm
	pop	x29, x30
	ret
endfunc demo_set_up

// demo_devices: in x0 = vm, x1 = PA of its pages on demand; clobbers x2
func demo_devices
	ldr	x2, =UART_BASE
	str	x2, [x0, #vm_uart_ipa]
	ldr	x2, =DEMAND_IPA
	str	x2, [x0, #vm_demand_ipa]
	ldr	x2, =4 * PAGE_SIZE
	str	x2, [x0, #vm_demand_size]
	str	x1, [x0, #vm_demand_pa]
	ret
endfunc demo_devices

// report_vm: in x0 = vm; clobbers x0-x18
func report_vm
	push	x29, x30
	ldr	x4, [x0, #vm_name]
	ldr	x5, [x0, #vm_vmid]
	ldr	x6, [x0, #vm_ram_pa]
	ldr	x7, [x0, #vm_vttbr]
	ldr	x8, =GUEST_IPA
	say	"[EL2] %s: VMID %d, VTTBR_EL2=%x, RAM: IPA %x -> PA %x\n", x4, x5, x7, x8, x6
	pop	x29, x30
	ret
endfunc report_vm

// report_word: where WORD_IPA of the loaded guest is, and what is there; clobbers x0-x18
func report_word
	push	x29, x30
	ldr	x0, =WORD_IPA
	bl	ipa_to_pa
	ldr	x4, [x0]
	ldr	x5, =WORD_IPA
	mov	x6, x0
	say	"[EL2] AT S12E1R: IPA %x is PA %x, which holds %x\n", x5, x6, x4
	pop	x29, x30
	ret
endfunc report_word

// report_two_stages: the guest's VA, by stage 1 alone and by both stages; clobbers x0-x18
func report_two_stages
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	ldr	x0, =WORD_VA
	bl	va_to_ipa
	mov	x19, x0
	ldr	x0, =WORD_VA
	bl	ipa_to_pa
	mov	x6, x0
	ldr	x4, =WORD_VA
	say	"[EL2] AT S1E1R: VA %x -> IPA page %x; AT S12E1R: -> PA %x\n", x4, x19, x6
	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc report_two_stages

// demo_slices: act 7; clobbers x0-x18
func demo_slices
	stp	x29, x30, [sp, #-32]!
	stp	x19, x20, [sp, #16]
	adr_l	x19, switch_count
	ldr	x20, [x19]
	adr_l	x0, vcpu_a
	adr_l	x1, vcpu_b
	bl	run_round_robin
	mov	x4, x0
	ldr	x5, [x19]
	sub	x5, x5, x20
	say	"[EL2] %d ticks, %d writes of VTTBR_EL2, no TLBI\n", x4, x5
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc demo_slices

// demo_dma: act 10: the engine becomes guest A's: its registers by stage 2 of the CPU, its accesses by stage 2 of the
// SMMU.
func demo_dma
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	bl	dma_present
	cbz	x0, 1f
	bl	smmu_has_stage2
	cbz	x0, 1f
	adr_l	x1, dma_there
	str	x0, [x1]
	bl	smmu_init
	bl	dma_stream
	mov	w19, w0
	adr_l	x1, vm_a
	bl	smmu_attach
	adr_l	x0, vm_a
	ldr	x1, =DMA_BASE
	mov	x2, x1
	mov	x3, #PAGE_SIZE
	mov	x4, #S2_DEVICE
	bl	s2_map
	adr_l	x0, vm_a
	ldr	x4, [x0, #vm_vmid]
	ldr	x5, [x0, #vm_vttbr]
	ubfx	x5, x5, #0, #48
	say	"[EL2] DMA engine given to guest A; STE of stream %x: stage 2, S2VMID=%d, S2TTB=%x\n", x19, x4, x5
	run_a
	bl	smmu_report_events
	ldr	x4, =GUEST_B_PA + (WORD_IPA - GUEST_IPA)
	ldr	x5, [x4]
	say	"[EL2] guest B's word at PA %x is still %x\n", x4, x5
	b	2f
1:	say	"[EL2] no DMA engine behind an SMMU with stage 2: this act is left out\n"
	run_a
2:	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc demo_dma

// rom_hypercall: in x0 = vcpu, x1 = immediate; out x0 = verdict
func rom_hypercall
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	mov	x19, x0
	cmp	x1, #HVC_YIELD
	b.eq	1f
	cmp	x1, #HVC_GET_TIME_SLICES
	b.eq	2f
	cmp	x1, #HVC_INJECT
	b.eq	3f
	cmp	x1, #HVC_VGIC_REPORT
	b.eq	4f
	cmp	x1, #HVC_DMA_THERE
	b.eq	5f
	cmp	x1, #HVC_ARTICLE
	b.eq	6f
	bl	exit_unhandled
	b	9f
1:	mov	x0, #EXIT_YIELD
	b	9f
2:	ldr	x0, [x19, #vcpu_slices]
	str	x0, [x19, #vcpu_x]
	b	8f
3:	ldr	w0, [x19, #vcpu_x]
	bl	vgic_inject
	ubfx	x4, x0, #ICH_LRn_EL2_vINTID_LSB, #32
	mov	x5, x0
	say	"[EL2] ICH_LR0_EL2=%x: Pending, Group 1, HW=0, vINTID=%d\n", x5, x4
	b	8f
4:	mrs	x4, ich_lr0_el2
	mov	w0, #INTID_CNTV
	bl	gic_ppi_active
	mov	x5, x0
	lsr	x6, x4, #ICH_LRn_EL2_State_LSB
	say	"[EL2] after the guest's EOI: ICH_LR0_EL2=%x (State=%d), physical PPI 27 active=%d\n", x4, x6, x5
	b	8f
5:	adr_l	x0, dma_there
	ldr	x0, [x0]
	str	x0, [x19, #vcpu_x]
	b	8f
6:	ldr	x4, [x19, #vcpu_esr]
	ubfx	x5, x4, #ESR_EL2_EC_LSB, #6
	and	x6, x4, #0xffff
	ldr	x7, [x19, #vcpu_x]
	ldr	x8, [x19, #vcpu_pc]
	say	"[EL2] ESR_EL2=%x: EC=%x (HVC), ISS=%d; the guest's x0=%x; ELR_EL2=%x is the instruction behind it\n", x4, x5, x6, x7, x8
	ldr	x0, [x19, #vcpu_x]
	add	x0, x0, #1
	str	x0, [x19, #vcpu_x]
8:	mov	x0, #EXIT_RESUME
9:	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc rom_hypercall
