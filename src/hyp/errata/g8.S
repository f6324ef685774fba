// errata-g8: G8. Article: "Virtual GICv3", l.296-299 (listing L6).
	.include "errata/experiment.inc"
	.equ	LR_LINKED, LR_GOOD | ICH_LRn_EL2_HW | INTID_SPI0 << ICH_LRn_EL2_pINTID_LSB
	.equ	GICD_ISACTIVER1, GICD_BASE + 0x304	// INTIDs 32-63
	experiment "G8", "l.296-299", "HW=1 is asked for a software injection; it ties the guest's EOI to physical INTID 32"
	run	"as meant, HW=1 with pINTID 32: the guest ends a physical interrupt that it never had"
	with	guest_lr, lr=LR_LINKED, hook=hook_activate, execute=execute_show_active
	run	"corrected, HW=0"
	with	guest_lr, lr=LR_GOOD, hook=hook_activate, execute=execute_show_active
	experiment_end

// hook_activate: physical INTID 32 is active: some driver of the host is at it.
func hook_activate
	ldr	x0, =GICD_ISACTIVER1
	mov	w1, #1
	str	w1, [x0]
	ret
endfunc hook_activate

func execute_show_active
	push	x29, x30
	bl	vm_execute
	ldr	x3, =GICD_ISACTIVER1
	ldr	w4, [x3]
	and	x4, x4, #1
	say	"[EL2] physical INTID 32 active: %d (was 1)\n", x4
	pop	x29, x30
	ret
endfunc execute_show_active
