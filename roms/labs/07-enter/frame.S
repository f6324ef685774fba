// The frame of 07-enter: the state of a guest, and vm_enter.
	.include "lab.inc"
	.include "start.inc"
	.equ	SEED,	0
	.equ	STEP,	1
	variable vcpu, 280, 16

func frame_main
	bl	map_guest
	mrs	x3, vttbr_el2
	msr	vttbr_el2, xzr
	ldr	x0, =HCR_EL2_RW | HCR_EL2_VM
	msr	hcr_el2, x0
	isb
	adr_l	x20, vcpu
	param	x0, SEED
	param	x1, STEP
	mov	x2, #0
1:	str	x0, [x20, x2, lsl #3]
	add	x0, x0, x1
	add	x2, x2, #1
	cmp	x2, #31
	b.ne	1b
	ldr	x0, =guest_start
	str	x0, [x20, #256]
	ldr	x0, =0x600003c5			// Z and C; EL1h, all masked
	str	x0, [x20, #264]
	str	x3, [x20, #272]
	b	vm_enter
endfunc frame_main

	.section .guest, "ax"
	.global	guest_start
guest_start:
	hvc	#0
	b	.
