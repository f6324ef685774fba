// exit.S: out of a guest: save it, find out why, act. Article: "VM Entry / Exit Assembly" (`guest_sync` of listing L4).
// Corrects X5 (everything is saved, handlers get their arguments in x0, x1), X6 and H6 (every exception class has a
// row), X7 (the return address depends on the class), X8 (a data abort is more than its class).
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

// vm_exit: the second half of vm_run.
//   in x0 = vector offset; guest x0, x1 on the stack; the rest = guest
//   out returns to vm_run's caller, x0 = vector offset
func vm_exit
	mrs	x1, tpidr_el2
	every_gpr_pair stp, x1
	str	x30, [x1, #vcpu_x + 240]
	pop	x2, x3
	stp	x2, x3, [x1, #vcpu_x]
	str	x0, [x1, #vcpu_vector]
	mrs	x2, elr_el2
	str	x2, [x1, #vcpu_pc]
	mrs	x2, spsr_el2
	str	x2, [x1, #vcpu_pstate]
	mrs	x2, esr_el2
	str	x2, [x1, #vcpu_esr]
	mrs	x2, far_el2
	str	x2, [x1, #vcpu_far]
	mrs	x2, hpfar_el2
	str	x2, [x1, #vcpu_hpfar]
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	ret
endfunc vm_exit

// vm_execute: run the loaded guest until an exit that is not settled here.
//   in x0 = vcpu; out x0 = EXIT_YIELD, EXIT_STOP or EXIT_TICK; clobbers x1-x18
func vm_execute
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	mov	x19, x0
1:	mov	x0, x19
	bl	vm_run
	mov	x1, x0
	mov	x0, x19
	bl	handle_exit
	cbz	x0, 1b				// EXIT_RESUME
	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc vm_execute

// handle_exit: dispatch by vector, and a synchronous exit by class.
//   in x0 = vcpu, x1 = vector offset; out x0 = verdict; clobbers x1-x18
func handle_exit
	cmp	x1, #VECTOR_LOWER_IRQ
	b.eq	exit_irq
	cmp	x1, #VECTOR_LOWER_SYNC
	b.ne	exit_unhandled			// FIQ, SError
	ldr	x1, [x0, #vcpu_esr]
	ubfx	x2, x1, #ESR_EL2_EC_LSB, #6
	adr_l	x3, exit_table
	ldr	x3, [x3, x2, lsl #3]
	br	x3				// in x0 = vcpu, x1 = ESR_EL2; out x0 = verdict
endfunc handle_exit

// A row says what answers a class; the gaps between rows are unhandled.
	.macro	exit_class ec, handler
	.rept	\ec - exit_next
	.quad	exit_unhandled
	.endr
	.quad	\handler
	.set	exit_next, \ec + 1
	.endm
	.section .rodata.exit_table, "a"
	.balign	8
	.global	exit_table
exit_table:
	.set	exit_next, 0
	exit_class EC_WFX,		exit_wfx
	exit_class EC_HVC64,		exit_hvc
	exit_class EC_SMC64,		exit_smc
	exit_class EC_SYSREG,		exit_sysreg
	exit_class EC_IABORT_LOWER,	exit_abort
	exit_class EC_DABORT_LOWER,	exit_abort
	exit_class 0x3f,		exit_unhandled

// exit_unhandled: report it; the guest cannot go on.
func exit_unhandled
	push	x29, x30
	bl	report_exit
	mov	x0, #EXIT_STOP
	pop	x29, x30
	ret
endfunc exit_unhandled

// skip_instruction: WFx, MSR/MRS and SMC trap with ELR_EL2 at the instruction itself; HVC has it behind (X7).
//   in x0 = vcpu; clobbers x2
	.macro	skip_instruction
	ldr	x2, [x0, #vcpu_pc]
	add	x2, x2, #4
	str	x2, [x0, #vcpu_pc]
	.endm

// exit_wfx: WFI, WFE. Both are hints. WFI with a timer running does wait, here, until an interrupt is pending.
func exit_wfx
	skip_instruction
	ldr	x2, [x0, #vcpu_wfx_count]
	add	x2, x2, #1
	str	x2, [x0, #vcpu_wfx_count]
	tbnz	x1, #0, 2f			// ISS.TI: WFE
	mrs	x2, cntv_ctl_el0
	mrs	x3, cnthp_ctl_el2
	orr	x2, x2, x3
	tbz	x2, #0, 2f			// no timer: nothing would end the wait
	mrs	x2, ich_elrsr_el2		// a virtual interrupt is waiting already
	mvn	x2, x2
	tst	x2, #(1 << VGIC_LRS) - 1
	b.ne	2f
	wfi
2:	mov	x0, #EXIT_RESUME
	ret
endfunc exit_wfx

// exit_hvc: the ROM answers its own hypercalls: rom_hypercall, in x0 = vcpu, x1 = immediate; out x0 = verdict.
func exit_hvc
	and	x1, x1, #0xffff
	cbnz	x1, rom_hypercall
	mov	x0, #EXIT_RESUME		// HVC_NOTHING
	ret
endfunc exit_hvc

// exit_smc: HCR_EL2.TSC: EL2 is the guest's firmware (H7). PSCI of a one-core guest.
func exit_smc
	push	x29, x30
	skip_instruction
	ldr	w1, [x0, #vcpu_x]
	ldr	w2, =PSCI_SYSTEM_OFF
	cmp	w1, w2
	b.eq	1f
	ldr	x3, =PSCI_1_1
	mov	x4, #SMCCC_UNKNOWN
	ldr	w2, =PSCI_VERSION
	cmp	w1, w2
	csel	x5, x3, x4, eq
	str	x5, [x0, #vcpu_x]
	ldr	x3, [x0, #vcpu_vm]
	ldr	x3, [x3, #vm_name]
	ldr	x4, [x0, #vcpu_esr]
	uxtw	x1, w1
	say	"[EL2] %s: SMC trapped (ESR_EL2=%x): function %x, result %x\n", x3, x4, x1, x5
	mov	x0, #EXIT_RESUME
	b	2f
1:	ldr	x1, [x0, #vcpu_esr]
	ldr	x2, [x0, #vcpu_vm]
	ldr	x2, [x2, #vm_name]
	say	"[EL2] %s: SMC trapped (ESR_EL2=%x): PSCI SYSTEM_OFF\n", x2, x1
	mov	x0, #EXIT_STOP
2:	pop	x29, x30
	ret
endfunc exit_smc

// exit_abort: instruction and data aborts of stage 2: populate on demand, emulate a device, or report.
func exit_abort
	stp	x29, x30, [sp, #-32]!
	stp	x19, x20, [sp, #16]
	mov	x19, x0
	and	x2, x1, #0b111100
	cmp	x2, #0b000100			// DFSC: translation fault, any level
	b.ne	1f
	tbnz	x1, #ISS_DABT_S1PTW_BIT, 1f	// a stage-1 table that is not there is the guest's fault
	bl	fault_ipa
	mov	x20, x0
	mov	x0, x19
	mov	x1, x20
	bl	demand_map			// out x0 = 1: done
	cbnz	x0, 2f
	mov	x0, x19
	mov	x1, x20
	bl	mmio_emulate			// out x0 = 1: done
	cbnz	x0, 2f
1:	mov	x0, x19
	bl	exit_unhandled
	b	3f
2:	mov	x0, #EXIT_RESUME
3:	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc exit_abort

// fault_ipa: the IPA of a stage-2 translation fault: HPFAR_EL2[43:4] = IPA[51:12], and the offset from FAR_EL2 (X8).
//   in x0 = vcpu; out x0 = IPA; clobbers x1
func fault_ipa
	ldr	x1, [x0, #vcpu_hpfar]
	ldr	x0, [x0, #vcpu_far]
	ubfx	x1, x1, #4, #40
	and	x0, x0, #PAGE_SIZE - 1
	orr	x0, x0, x1, lsl #12
	ret
endfunc fault_ipa

// demand_map: a page of the guest's demand range: map the next free page of RAM there.
//   in x0 = vcpu, x1 = IPA; out x0 = 1: mapped, 0: not in the range; clobbers x1-x18
func demand_map
	stp	x29, x30, [sp, #-48]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	mov	x22, x0
	ldr	x19, [x0, #vcpu_vm]
	ldr	x2, [x19, #vm_demand_ipa]
	ldr	x3, [x19, #vm_demand_size]
	sub	x2, x1, x2
	mov	x0, #0
	cmp	x2, x3
	b.hs	1f
	and	x20, x1, #~(PAGE_SIZE - 1)
	ldr	x21, [x19, #vm_demand_pa]
	add	x2, x21, #PAGE_SIZE
	str	x2, [x19, #vm_demand_pa]
	mov	x3, x21
2:	dc	civac, x3			// zeros: a guest must not find what another left
	stp	xzr, xzr, [x3], #16
	stp	xzr, xzr, [x3], #16
	stp	xzr, xzr, [x3], #16
	stp	xzr, xzr, [x3], #16
	cmp	x3, x2
	b.ne	2b
	mov	x0, x19
	mov	x1, x20
	mov	x2, x21
	mov	x3, #PAGE_SIZE
	mov	x4, #S2_NORMAL
	bl	s2_map
	ldr	x1, [x22, #vcpu_esr]
	and	x2, x1, #3			// DFSC[1:0]: the level
	ldr	x3, [x19, #vm_name]
	say	"[EL2] %s: stage-2 translation fault, level %d (ESR_EL2=%x): IPA %x -> PA %x mapped\n", x3, x2, x1, x20, x21
	mov	x0, #1
1:	ldp	x21, x22, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
endfunc demand_map
