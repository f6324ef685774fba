// errata-h6: H6, X5, X6. Article: "VM Entry / Exit Assembly", listing L4, whose 13 undefined symbols are given bodies
// here.
	.include "errata/experiment.inc"
	experiment "H6, X5, X6", "l.147-150, l.241-253", "TVM and TWI are set, but guest_sync answers neither; it saves x0, x1 only, and nothing pops them"
	run	"corrected: the write of SCTLR_EL1 is done for the guest"
	with	guest_sysreg
	run	"as printed: two hypercalls and a write of SCTLR_EL1 through the article's vectors"
	with	guest_sysreg, hook=use_printed_vectors
	experiment_end

	.section .text.hyp_vectors, "ax", %progbits
	.include "errata/article_l4.inc"

	bss	stack_at_first, 8

func use_printed_vectors
	adr_l	x0, hyp_vectors
	msr	vbar_el2, x0
	isb
	ret
endfunc use_printed_vectors

// handle_hvc_el1: what the printed guest_sync hands over: x0 = ESR_EL2, x1 = EC, the guest's x0 and x1 on the stack
// for ever.
func handle_hvc_el1
	mov	x5, sp
	adr_l	x6, stack_at_first
	ldr	x7, [x6]
	cbnz	x7, 1f
	str	x5, [x6]
	mov	x7, x5
1:	sub	x7, x7, x5
	ldr	x8, [sp]
	say	"[EL2] handle_hvc_el1: x0=%x is ESR_EL2; the guest's argument %x is on the stack; SP_EL2 has sunk by %d bytes\n", x0, x8, x7
	ldr	x0, [sp]
	eret_sb
endfunc handle_hvc_el1

func unhandled_trap
	mrs	x4, esr_el2
	mrs	x6, elr_el2
	ubfx	x5, x4, #ESR_EL2_EC_LSB, #6
	say	"[EL2] unhandled_trap: ESR_EL2=%x EC=%x: the guest cannot go on\n", x4, x5
	b	power_off
endfunc unhandled_trap

// The other symbols that the listing leaves undefined; not reached here.
	.irp	name, hyp_sync_sp0, hyp_irq_sp0, hyp_fiq_sp0, hyp_serr_sp0, hyp_sync_spx, hyp_irq_spx
	.equ	\name, unhandled_trap
	.endr
	.irp	name, hyp_fiq_spx, hyp_serr_spx, guest_irq, unhandled, handle_data_abort
	.equ	\name, unhandled_trap
	.endr

func guest_sysreg
	mov	x0, #0x1111
	hvc	#HVC_NOTHING
	mov	x0, #0x2222
	hvc	#HVC_NOTHING
	ldr	x0, =SCTLR_EL1_OFF
	msr	sctlr_el1, x0
	bl	guest_start
	say	"guest: SCTLR_EL1 is written\n"
	b	guest_stop
endfunc guest_sysreg
