// errata-p4: P4. Article: "Hands-On Exercises", l.415.
	.include "errata/experiment.inc"
	experiment "P4", "l.415", "1 GB blocks for UART and RAM give the guest the GIC, its own stage-2 tables and the hypervisor"
	run	"as printed: identity, two blocks"
	with	guest_gigabyte, prepare=prepare_gigabyte_blocks
	experiment_end

	.equ	GICD_PIDR2, GICD_BASE + 0xffe8

// guest_gigabyte: runs at GUEST_A_PA.
func guest_gigabyte
	bl	guest_start
	ldr	x0, =GUEST_A_PA + (GUEST_STACK - GUEST_IPA)
	mov	sp, x0
	ldr	x4, =S2_POOL_A
	ldr	x5, [x4, #8]
	say	"guest: reads its own stage-2 L1[1]=%x\n", x5
	str	x5, [x4, #24]			// L1[3]: IPA 0xc0000000 is RAM_BASE once more
	dsb	ish
	adr_l	x5, el2_vectors			// in the guest's copy; the hypervisor's is GUEST_A_PA - GUEST_IPA below
	ldr	x6, =GUEST_A_PA - GUEST_IPA
	sub	x5, x5, x6
	ldr	x7, =0x80000000
	ldr	w6, [x5, x7]
	say	"guest: forged L1[3]; through it the hypervisor's vectors at PA %x read %x\n", x5, x6
	ldr	x4, =GICD_PIDR2
	ldr	w5, [x4]
	and	x5, x5, #0xf0
	say	"guest: the physical distributor answers, GICD_PIDR2.ArchRev=%x\n", x5
	b	guest_stop
endfunc guest_gigabyte
