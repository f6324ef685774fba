// enter.S: into a guest. Article: "VM Entry / Exit Assembly" (listing L5).
// Corrects R1 (all that is loaded through the base register is loaded before the guest's registers; the base register
// itself last), R2 (no scratch register after the guest's), R3 (ELR_EL2, SPSR_EL2 are the guest's PC and PSTATE), R4
// (DAIF is the guest's and stays as it was), R6 (EL1 state, interrupts and speculation).
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

	.macro	load_register reg
	ldr	x1, [x0, #vcpu_\reg]
	msr	\reg, x1
	.endm
	.macro	save_register reg
	mrs	x1, \reg
	str	x1, [x0, #vcpu_\reg]
	.endm

// vcpu_load: make this guest the one whose EL1 state and stage 2 the core holds. No TLBI: the VMID in VTTBR_EL2 keeps
// the translations of two guests apart (V6, V7).
//   in x0 = vcpu; clobbers x1
func vcpu_load
	msr	tpidr_el2, x0
	every_el1_register load_register
	every_vgic_register load_register
	ldr	x1, [x0, #vcpu_hcr]
	msr	hcr_el2, x1
	ldr	x1, [x0, #vcpu_vttbr]
	msr	vttbr_el2, x1
	ldr	x1, [x0, #vcpu_slices]
	add	x1, x1, #1
	str	x1, [x0, #vcpu_slices]
	isb					// for EL2's own next AT or ICH_*; ERET would do for the guest (R5)
	ret
endfunc vcpu_load

// vcpu_put: the reverse: take the guest's state out of the core.
//   in x0 = vcpu; clobbers x1
func vcpu_put
	every_el1_register save_register
	every_vgic_register save_register
	ret
endfunc vcpu_put

// vm_run: run the loaded guest until it exits.
//   in x0 = vcpu; out x0 = offset of the vector that it came back through; vcpu_* hold the guest; clobbers x1-x18
func vm_run
	stp	x29, x30, [sp, #-96]!		// a callee's duty; vm_exit takes them back
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	ldr	x1, [x0, #vcpu_pc]
	msr	elr_el2, x1
	ldr	x1, [x0, #vcpu_pstate]
	msr	spsr_el2, x1
	every_gpr_pair ldp, x0
	ldr	x30, [x0, #vcpu_x + 240]	// from here on no register is ours but x0, x1
	ldp	x0, x1, [x0, #vcpu_x]		// the base register last
	eret_sb
endfunc vm_run
