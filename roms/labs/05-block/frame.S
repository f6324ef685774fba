// The frame of 05-block: puts the student's descriptor into the root, for IPA 0xc0000000, and lets the guest use it.
	.include "lab.inc"
	.include "start.inc"
	.equ	PA,	0			// parameter: where the block is
	.equ	BLOCK_IPA, 0xc0000000
	variable guest_done, 8

func frame_main
	bl	map_guest
	param	x0, PA
	bl	make_block
	adr_l	x1, guest_root
	str	x0, [x1, #24]			// IPA[31:30] = 3
	dsb	ish
	ldr	x0, =HCR_EL2_RW | HCR_EL2_VM
	msr	hcr_el2, x0
	isb
	.global	block_is_there
block_is_there:
	param	x0, PA
	mov	x1, #0x40000000
	cmp	x0, x1				// elsewhere is no RAM
	b.ne	1f
	ldr	x0, =guest_start
	mov	x1, #PSTATE_EL1H
	bl	run_guest
	lsr	x0, x0, #26
	cmp	x0, #EC_HVC
	cset	x0, eq
	adr_l	x1, guest_done
	str	x0, [x1]
1:	b	lab_off
endfunc frame_main

	.section .guest, "ax"
	.global	guest_start
guest_start:
	ldr	x0, =BLOCK_IPA + FREE_PA - 0x40000000
	ldr	x1, [x0]
	mov	x1, #0x55
	str	x1, [x0]
	hvc	#0
	b	.
