// guest.S: what every guest needs: to be loaded, and inside, its vectors and first instruction.
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

// guest_reset: the first instruction of a guest, copied to the start of its RAM: there x1 = where to go.
	.section .rodata.guest_reset, "a"
	.balign	4
guest_reset:
	br	x1

// guest_create: a guest with its own RAM, tables and VMID, ready to run at GUEST_IPA.
//   in x0 = vcpu, x1 = vm, x2 = name, x3 = VMID, x4 = PA of its RAM, x5 = PA of its table pool,
//   x6 = where it starts, in its copy of the image; clobbers x0-x18
func guest_create
	stp	x29, x30, [sp, #-32]!
	stp	x19, x20, [sp, #16]
	mov	x19, x0
	mov	x20, x1
	str	x2, [x20, #vm_name]
	str	x3, [x20, #vm_vmid]
	str	x4, [x20, #vm_ram_pa]
	str	x5, [x20, #vm_pool]
	ldr	x0, =VTCR_GOOD
	str	x0, [x20, #vm_vtcr]
	str	x20, [x19, #vcpu_vm]
	bl	vcpu_reset
	str	x6, [x19, #vcpu_x + 8]
	mov	x0, x20
	bl	guest_load
	mov	x0, x20
	bl	s2_alloc_table			// the root: with T0SZ = 32 only its first 4 entries are used (V3)
	ldr	x1, [x20, #vm_vmid]
	orr	x0, x0, x1, lsl #VTTBR_EL2_VMID_LSB
	str	x0, [x20, #vm_vttbr]
	str	x0, [x19, #vcpu_vttbr]
	mov	x0, x20
	mov	x1, #GUEST_IPA
	ldr	x2, [x20, #vm_ram_pa]
	mov	x3, #GUEST_RAM_SIZE
	ldr	x4, =S2_NORMAL
	bl	s2_map
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc guest_create

// vcpu_reset: a core as after a reset: EL1h, interrupts masked, MMU off; the virtual CPU interface on (G9).
//   in x19 = vcpu; clobbers x0
func vcpu_reset
	mov	x0, #GUEST_IPA
	str	x0, [x19, #vcpu_pc]
	mov	x0, #SPSR_DAIF | SPSR_EL1H
	str	x0, [x19, #vcpu_pstate]
	ldr	x0, =SCTLR_EL1_OFF
	str	x0, [x19, #vcpu_sctlr_el1]
	ldr	x0, =HCR_GOOD
	str	x0, [x19, #vcpu_hcr]
	mov	x0, #ICH_HCR_EL2_En
	str	x0, [x19, #vcpu_ich_hcr_el2]
	ret
endfunc vcpu_reset

// guest_load: the guest's RAM: its first instruction, and its copy of the image.
//   in x0 = vm; clobbers x0-x4
func guest_load
	ldr	x0, [x0, #vm_ram_pa]
	adr_l	x1, guest_reset
	ldr	w1, [x1]
	str	w1, [x0]
	add	x0, x0, #IMAGE_BASE - GUEST_IPA
	adr_l	x1, __image_start
	adr_l	x2, __image_end
1:	ldp	x3, x4, [x1], #16
	stp	x3, x4, [x0], #16
	cmp	x1, x2
	b.lo	1b
	dsb	ish
	ic	ialluis				// what was data are instructions now
	dsb	ish
	isb
	ret
endfunc guest_load

// --- from here on: code that runs at EL1, in the guest's copy of the image ---

// A slot that only reports its offset.
	.macro	guest_unexpected
	mov	x19, #vector_offset
	b	guest_report
	.endm
// A slot that goes to a handler with x0-x3, x16-x18, x29, x30 saved; the handler returns.
	.macro	guest_interrupt variable
	push	x29, x30
	push	x0, x1
	adr_l	x0, \variable
	b	guest_call_handler
	.endm

vectors guest_vectors
	.rept	4
	vector	guest_unexpected
	.endr
	vector	guest_unexpected		// 0x200: synchronous, from EL1
	vector	guest_interrupt, guest_irq_handler
	vector	guest_interrupt, guest_fiq_handler
	vector	guest_unexpected
	.rept	8				// 0x400: from EL0
	vector	guest_unexpected
	.endr

	.section .data.guest, "aw"
	.balign	8
	.global	guest_irq_handler, guest_fiq_handler
guest_irq_handler: .quad guest_no_handler	// each guest writes its own copy
guest_fiq_handler: .quad guest_no_handler

// guest_call_handler: in x0 = address of the handler's address; x0, x1, x29, x30 on the stack
func guest_call_handler
	push	x2, x3
	push	x4, x5
	push	x6, x7
	push	x8, x9
	push	x16, x17
	push	x18, x19
	ldr	x0, [x0]
	blr	x0
	pop	x18, x19
	pop	x16, x17
	pop	x8, x9
	pop	x6, x7
	pop	x4, x5
	pop	x2, x3
	pop	x0, x1
	pop	x29, x30
	eret_sb
endfunc guest_call_handler

func guest_no_handler
	say	"guest: an interrupt that nobody asked for\n"
	b	guest_stop
endfunc guest_no_handler

// guest_report: in x19 = vector offset; no return
func guest_report
	mrs	x20, esr_el1
	mrs	x21, elr_el1
	say	"guest: unexpected exception at EL1, vector %x: ESR_EL1=%x ELR_EL1=%x\n", x19, x20, x21
	b	guest_stop
endfunc guest_report

// guest_start: stack and vectors; clobbers x0
func guest_start
	ldr	x0, =GUEST_STACK
	mov	sp, x0
	adr_l	x0, guest_vectors
	msr	vbar_el1, x0
	isb
	ret
endfunc guest_start

// guest_off: PSCI SYSTEM_OFF; no return
func guest_off
	ldr	x0, =PSCI_SYSTEM_OFF
	smc	#0
	b	.
endfunc guest_off

// guest_gic_on: the guest's own (virtual) CPU interface: all priorities, both groups (G9).
//   clobbers x0
func guest_gic_on
	mov	x0, #0xff
	msr	icc_pmr_el1, x0
	mov	x0, #1
	msr	icc_igrpen1_el1, x0
	isb
	ret
endfunc guest_gic_on

// guest_stop: HVC_YIELD; the hypervisor does not come back.
func guest_stop
	hvc	#HVC_YIELD
	b	guest_stop
endfunc guest_stop
