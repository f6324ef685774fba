// expect: The guest's first instruction was never reached.
	.include "lab.inc"

	.equ	MEMORY,	1 << 10 | 3 << 8 | 3 << 6 | 0b1111 << 2
	.equ	DEVICE,	1 << 54 | 1 << 10 | 3 << 6 | 0b0001 << 2

	variable root, 4096, 4096
	variable level2_low, 4096, 4096
	variable level3_uart, 4096, 4096
	variable level2_ram, 4096, 4096

func hyp_main
	adr_l	x0, vectors
	msr	vbar_el2, x0
	adr_l	x0, root
	adr_l	x1, level2_low
	adr_l	x2, level3_uart
	adr_l	x3, level2_ram
	orr	x4, x1, #3
	str	x4, [x0]			// IPA 0 to 1 GB
	orr	x4, x3, #3
	str	x4, [x0, #16]			// IPA 2 to 3 GB
	orr	x4, x2, #3
	str	x4, [x1, #8 * 72]		// 0x09000000 >> 21
	ldr	x4, =UART_BASE | DEVICE | 3
	str	x4, [x2]
	ldr	x4, =GUEST_PA | MEMORY | 1
	str	x4, [x3]
	dsb	ish
	ldr	x4, =0x80023560
	msr	vtcr_el2, x4
	mov	x4, #1
	orr	x0, x0, x4, lsl #48
	msr	vttbr_el2, x0
	isb
	tlbi	alle1
	dsb	ish
	ldr	x0, =HCR_EL2_VM | HCR_EL2_IMO | HCR_EL2_RW
	msr	hcr_el2, x0
	ldr	x0, =guest_start
	msr	elr_el2, x0
	mov	x0, #PSTATE_EL2H
	msr	spsr_el2, x0
	isb
	eret
endfunc hyp_main

func puts
1:	ldrb	w2, [x0], #1
	cbz	w2, 2f
	str	w2, [x1]
	b	1b
2:	ret
endfunc puts

func on_sync
	stp	x0, x1, [sp, #-32]!
	stp	x2, x30, [sp, #16]
	mrs	x0, esr_el2
	ubfx	x1, x0, #26, #6
	cmp	x1, #EC_HVC
	b.ne	lab_off
	and	x0, x0, #0xffff
	cmp	x0, #42
	b.ne	lab_off
	adr_l	x0, received
	ldr	x1, =UART_BASE
	bl	puts
	ldp	x2, x30, [sp, #16]
	ldp	x0, x1, [sp], #32
	eret					// ELR_EL2 is behind the HVC already
endfunc on_sync

received: .asciz "Hypercall received!\n"
	.balign	2048
vectors:
	.rept	8
	.balign	128
	b	lab_off
	.endr
	.balign	128
	b	on_sync
	.rept	7
	.balign	128
	b	lab_off
	.endr

	.section .guest, "ax"
	.global	guest_start
guest_start:
	adr	x0, hello
	ldr	x1, =UART_BASE
1:	ldrb	w2, [x0], #1
	cbz	w2, 2f
	str	w2, [x1]
	b	1b
2:	hvc	#42
	hvc	#0
	b	.
hello:	.asciz "Hello from EL1!\n"
	.balign	8
	.ltorg
