// Entry at EL3, a stack, excursions to lower levels and back by SMC, power-off by the Secure GPIO.
	.arch	armv8.2-a
	.section .text.start, "ax"
	.global	_start
_start:	ldr	x0, =stack_top
	mov	sp, x0
	adr	x0, vectors
	msr	vbar_el3, x0
	adr	x0, lower_vectors
	msr	vbar_el2, x0
	msr	vbar_el1, x0
	isb
	bl	run
	ldr	x0, =0x090b0000		// PL061: pin 0, an output, high
	mov	w1, #1
	str	w1, [x0, #0x400]
	str	w1, [x0, #4]
0:	wfi
	b	0b

// u64 excursion(u64 (*fn)(u64), u64 arg, u64 scr_el3, u64 spsr): fn(arg) there; 0xdead0000 | EC when it trapped here,
// 0xbad when an exception was taken there. fn must not need more stack than a few words.
	.global	excursion
excursion:
	stp	x29, x30, [sp, #-96]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	msr	elr_el3, x0
	msr	scr_el3, x2
	msr	spsr_el3, x3
	isb
	mov	x0, x1
	adr	x30, done
	ldr	x2, =lower_stack_top
	msr	sp_el1, x2
	tbz	x3, #3, 1f
	msr	sp_el2, x2
1:	eret
done:	smc	#0

back:	mrs	x1, esr_el3
	lsr	x1, x1, #26
	cmp	x1, #0x17
	b.eq	2f
	mov	x0, #0xdead0000
	orr	x0, x0, x1
2:	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	ret
	.ltorg

	.macro	entry target
	.balign	128
	b	\target
	.endm

	.balign	2048
vectors:
	.rept	8
	entry	lost
	.endr
	entry	back
	.rept	7
	entry	lost
	.endr
lost:	mrs	x0, esr_el3
	mrs	x1, elr_el3
	bl	lost_at
0:	wfi
	b	0b

	.balign	2048
lower_vectors:
	.rept	16
	.balign	128
	mov	x0, #0xbad
	smc	#0
	.endr

	.bss
	.balign	16
	.skip	65536
stack_top:
	.skip	16384
lower_stack_top:
