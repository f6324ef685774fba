// vgic.S: virtual interrupts by list register. Article: "Virtual GICv3" (listing L6).
// Corrects G1-G5 (the fields' places: State [63:62], HW 61, Group 60, Priority [55:48], pINTID [44:32], vINTID
// [31:0]), G6 (Group 1: a virtual IRQ; Group 0 is a virtual FIQ), G8 (HW = 1 only for an interrupt that EL2 has
// acknowledged), G9 (ICH_HCR_EL2.En; see also gic.S).
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

// vgic_inject: a software interrupt, Pending, Group 1. The guest's EOI ends it here, no physical interrupt is touched.
//   in w0 = vINTID; out x0 = the list register's value, or 0: none is free; clobbers x1-x3
func vgic_inject
	ldr	x1, =ICH_LR_PENDING | ICH_LRn_EL2_Group | VIRQ_PRIORITY << ICH_LRn_EL2_Priority_LSB
	orr	x0, x1, x0
	b	vgic_queue
endfunc vgic_inject

// vgic_inject_hw: tied to a physical interrupt that EL2 acknowledged: the guest's deactivation deactivates that one
// too.
//   in w0 = vINTID, w1 = pINTID; out x0 = as above; clobbers x1-x3
func vgic_inject_hw
	ldr	x2, =ICH_LR_PENDING | ICH_LRn_EL2_HW | ICH_LRn_EL2_Group | VIRQ_PRIORITY << ICH_LRn_EL2_Priority_LSB
	orr	x0, x2, x0
	orr	x0, x0, x1, lsl #ICH_LRn_EL2_pINTID_LSB
	b	vgic_queue
endfunc vgic_inject_hw

// vgic_queue: put a value into the first empty list register.
//   in x0 = value; out x0 = value, or 0; clobbers x1
func vgic_queue
	mrs	x1, ich_elrsr_el2		// a bit for each empty list register
	tbnz	x1, #0, 10f
	tbnz	x1, #1, 11f
	tbnz	x1, #2, 12f
	tbnz	x1, #3, 13f
	mov	x0, #0
	ret
10:	msr	ich_lr0_el2, x0
	b	1f
11:	msr	ich_lr1_el2, x0
	b	1f
12:	msr	ich_lr2_el2, x0
	b	1f
13:	msr	ich_lr3_el2, x0
1:	isb
	ret
endfunc vgic_queue

// vgic_report: how many list registers there are: ICH_VTR_EL2.ListRegs + 1; clobbers x0-x18
func vgic_report
	push	x29, x30
	mrs	x1, ich_vtr_el2
	and	x1, x1, #0x1f
	add	x1, x1, #1
	cmp	x1, #VGIC_LRS
	b.lo	1f
	mov	x2, #VGIC_LRS
	say	"[EL2] virtual GIC: %d list registers in use\n", x2
	b	2f
1:	say	"[EL2] virtual GIC: only %d list registers\n", x1
2:	pop	x29, x30
	ret
endfunc vgic_report

// exit_irq: a physical IRQ while the guest ran. Acknowledge; then by INTID: the hypervisor's tick, the guest's timer,
// or nothing of ours.
//   in x0 = vcpu; out x0 = EXIT_RESUME, EXIT_TICK
func exit_irq
	stp	x29, x30, [sp, #-32]!
	str	x19, [sp, #16]
	mrs	x19, icc_iar1_el1
	isb
	cmp	w19, #INTID_SPURIOUS - 3	// 1020-1023: nothing to acknowledge
	b.hs	3f
	msr	icc_eoir1_el1, x19		// priority drop only (EOImode 1)
	cmp	w19, #INTID_CNTV
	b.ne	1f
	bl	inject_timer
	mov	x0, #EXIT_RESUME
	b	9f
1:	cmp	w19, #INTID_CNTHP
	b.ne	2f
	bl	tick_rearm			// the level goes away before the interrupt is deactivated
	msr	icc_dir_el1, x19
	isb
	mov	x0, #EXIT_TICK
	b	9f
2:	msr	icc_dir_el1, x19
	isb
3:	mov	x0, #EXIT_RESUME
9:	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc exit_irq

// inject_timer: the guest's timer: the physical interrupt stays active until the guest ends the virtual one.
//   in x0 = vcpu, x19 = INTID; clobbers x0-x18
func inject_timer
	stp	x29, x30, [sp, #-32]!
	stp	x20, x21, [sp, #16]
	ldr	x20, [x0, #vcpu_vm]
	mov	w0, w19
	mov	w1, w19
	bl	vgic_inject_hw
	mov	x21, x0
	mov	w0, w19
	bl	gic_ppi_active
	mov	x5, x0
	ldr	x4, [x20, #vm_name]
	say	"[EL2] %s: physical IRQ %d acknowledged (active=%d); list register %x: HW=1, pINTID=vINTID=%d\n", x4, x19, x5, x21, x19
	ldp	x20, x21, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc inject_timer
