// The frame of 09-tlb: two guests with the same IPAs, other pages.
	.include "lab.inc"
	.include "start.inc"
	.equ	DATA_IPA, 0x90000000
	.equ	A,	0
	.equ	B,	1
	variable root_b, 4096, 4096
	variable level2_b, 4096, 4096
	variable vttbr_a, 8
	variable vttbr_b, 8
	variable seen, 64

func frame_main
	bl	map_guest
	adr_l	x0, guest_level2		// IPA 0x90000000: a block of each guest's own
	ldr	x1, =FREE_PA + 0x7fd
	str	x1, [x0, #8 * 128]
	adr_l	x2, level2_b
	ldr	x1, =FREE_PA + 0x400000 + 0x7fd
	str	x1, [x2, #8 * 128]
	ldr	x1, =GUEST_PA + 0x7fd		// the same code for both
	str	x1, [x2]
	orr	x2, x2, #3
	adr_l	x0, root_b
	str	x2, [x0, #16]
	ldr	x0, =FREE_PA
	param	x1, A
	str	x1, [x0]
	add	x0, x0, #0x400000
	param	x1, B
	str	x1, [x0]
	dsb	ish
	adr_l	x0, guest_root
	mov	x1, #0
	bl	make_vttbr
	adr_l	x1, vttbr_a
	str	x0, [x1]
	adr_l	x0, root_b
	mov	x1, #1
	bl	make_vttbr
	adr_l	x1, vttbr_b
	str	x0, [x1]
	msr	vttbr_el2, xzr
	tlbi	alle1
	dsb	ish
	ldr	x0, =HCR_EL2_RW | HCR_EL2_VM
	msr	hcr_el2, x0
	isb
	.global	guests_are_made, in_a, in_b, rounds_done
guests_are_made:
	mov	x19, #4
1:	adr_l	x0, vttbr_a
	ldr	x0, [x0]
	bl	switch_to
in_a:	mov	x0, #0
	bl	look
	adr_l	x0, vttbr_b
	ldr	x0, [x0]
	bl	switch_to
in_b:	mov	x0, #1
	bl	look
	subs	x19, x19, #1
	b.ne	1b
rounds_done:
	adr_l	x0, level2_b + 8 * 128
	ldr	x1, =DATA_IPA
	bl	unmap
	mov	x0, #2
	bl	look
	b	lab_off
endfunc frame_main

// look: the guest reads; in x0 = where in `seen`
func look
	stp	x29, x30, [sp, #-32]!
	str	x0, [sp, #16]
	ldr	x0, =guest_start
	mov	x1, #PSTATE_EL1H
	ldr	x2, =DATA_IPA
	bl	run_guest
	ldr	x1, [sp, #16]
	adr_l	x3, seen
	str	x2, [x3, x1, lsl #3]
	ldp	x29, x30, [sp], #32
	ret
endfunc look

	.section .guest, "ax"
	.global	guest_start
guest_start:
	ldr	x0, [x0]
	hvc	#0
	b	.
