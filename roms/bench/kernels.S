/* Start, vectors and inner loops of the benchmark image. */
	.arch	armv8.2-a
	.section .text.start, "ax"
	.globl	_start
_start:
	b	start
	.balign	8
	.ascii	"HYPBENCH"		// the runner writes the two words after this mark
	.globl	bench_scale, bench_mask
bench_scale:	.quad	0		// iterations >> scale
bench_mask:	.quad	-1		// bit n: run row n

start:	mrs	x0, mpidr_el1
	and	x0, x0, #0xff
	cbnz	x0, park
	adrp	x1, hyp_stack
	add	sp, x1, :lo12:hyp_stack
	adrp	x0, bss_start
	add	x0, x0, :lo12:bss_start
1:	cmp	x0, x1
	b.hs	2f
	stp	xzr, xzr, [x0], #16
	b	1b
2:	mov	x0, #0x33ff		// CPTR_EL2: nothing traps
	msr	cptr_el2, x0
	adrp	x0, hyp_vectors
	add	x0, x0, :lo12:hyp_vectors
	msr	vbar_el2, x0
	isb
	bl	hyp_main
	b	guest_resume
park:	wfi
	b	park

	.text
	.altmacro
	.macro	vector target
	.balign	0x80
	b	\target
	.endm

	// pairs OPERATION, BASE, 2: x2 to x29, to or from the struct vcpu at BASE
	.macro	pairs op, base, n
	pair	\op, \base, \n, %(\n + 1)
	.if	\n < 28
	pairs	\op, \base, %(\n + 2)
	.endif
	.endm
	.macro	pair op, base, n, next
	\op	x\n, x\next, [\base, #(8 * \n)]
	.endm

	.balign	0x800
	.globl	hyp_vectors
hyp_vectors:
	.rept	8
	vector	unexpected
	.endr
	vector	guest_sync
	.rept	7
	vector	unexpected
	.endr
unexpected:
	mrs	x0, esr_el2
	b	panic

// One synchronous exit of the guest. TPIDR_EL2 points to its struct vcpu, SP is the hypervisor's stack, empty.
guest_sync:
	stp	x0, x1, [sp, #-16]!
	mrs	x0, tpidr_el2
	pairs	stp, x0, 2
	str	x30, [x0, #240]
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x0]
	mrs	x1, esr_el2
	mov	w2, #0x5a000000		// HVC #0
	cmp	x1, x2
	b.eq	guest_resume
	bl	guest_exit
	msr	tpidr_el2, x0
guest_resume:
	mrs	x30, tpidr_el2
	pairs	ldp, x30, 2
	ldp	x0, x1, [x30]
	ldr	x30, [x30, #240]
	eret

	.balign	0x800
	.globl	guest_vectors
guest_vectors:
	.rept	4
	vector	guest_bad
	.endr
	vector	guest_svc
	vector	guest_irq
	.rept	10
	vector	guest_bad
	.endr
guest_svc:
	stp	x0, x1, [sp, #-16]!
	mrs	x0, esr_el1
	lsr	x0, x0, #26
	cmp	x0, #0x15
	b.ne	guest_bad
	ldp	x0, x1, [sp], #16
	eret
guest_irq:
	stp	x0, x1, [sp, #-16]!
	mrs	x0, s3_0_c12_c12_0	// ICC_IAR1_EL1
	msr	s3_0_c12_c12_1, x0	// ICC_EOIR1_EL1
	adrp	x0, irq_count
	ldr	x1, [x0, :lo12:irq_count]
	add	x1, x1, #1
	str	x1, [x0, :lo12:irq_count]
	ldp	x0, x1, [sp], #16
	eret
guest_bad:
	hvc	#0xff

	.macro	kernel name
	.balign	64
	.globl	kernel_\name
kernel_\name:
	.endm
	.macro	again			// the end of every loop: two instructions
	subs	x0, x0, #1
	b.ne	1b
	.endm

kernel alu
	mov	x1, #0x4321
	mov	x2, #99
	mov	x3, #7
1:	.rept	4
	add	x1, x1, x2
	eor	x1, x1, x3
	add	x1, x1, x1, lsl #5
	sub	x1, x1, #13
	.endr
	again
	mov	x0, x1
	ret

kernel nop
1:	.rept	16
	nop
	.endr
	again
	ret

kernel loop
1:	again
	ret

kernel call
	mov	x9, x30
	mov	x1, #0
1:	bl	2f
	again
	mov	x0, x1
	ret	x9
2:	add	x1, x1, #1
	ret

kernel indirect
	adr	x2, 2f
	mov	x1, #0
1:	and	x3, x1, #7
	add	x3, x2, x3, lsl #3
	br	x3
2:	.rept	8
	add	x1, x1, #1
	b	3f
	.endr
3:	again
	mov	x0, x1
	ret

kernel load
	mov	x3, #0
1:	.irp	at, 0, 64, 128, 192, 256, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960
	ldr	x2, [x1, #\at]
	.endr
	again
	mov	x0, x2
	ret

kernel store
1:	.irp	at, 0, 64, 128, 192, 256, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960
	str	x0, [x1, #\at]
	.endr
	again
	ldr	x0, [x1, #960]
	ret

kernel copy			// to, from, bytes (a multiple of 64)
1:	ldp	x3, x4, [x1]
	ldp	x5, x6, [x1, #16]
	ldp	x7, x8, [x1, #32]
	ldp	x9, x10, [x1, #48]
	stp	x3, x4, [x0]
	stp	x5, x6, [x0, #16]
	stp	x7, x8, [x0, #32]
	stp	x9, x10, [x0, #48]
	add	x1, x1, #64
	add	x0, x0, #64
	subs	x2, x2, #64
	b.ne	1b
	ldr	x0, [x0, #-8]
	ret

kernel stride			// pages, base
	mov	x2, #4096
1:	ldr	x3, [x1]
	add	x1, x1, x2
	again
	mov	x0, x1
	ret

kernel hvc
1:	hvc	#0
	again
	ret

kernel svc
1:	svc	#0
	again
	ret

	.globl	switch_guest
switch_guest:			// x19: pages at DATA that it reads before it gives way
	movz	x0, #0x4300, lsl #16
	mov	x1, x19
1:	ldr	x2, [x0]
	add	x0, x0, #4096
	subs	x1, x1, #1
	b.ne	1b
	hvc	#6			// CALL_SWITCH
	b	switch_guest

kernel asid			// n, root, mask of ASIDs, base
	mov	x5, #0
1:	and	x6, x5, x2
	add	x6, x6, #1
	orr	x6, x1, x6, lsl #48
	msr	ttbr0_el1, x6
	isb
	mov	x7, x3
	mov	x8, #32
2:	ldr	x9, [x7]
	add	x7, x7, #4096
	subs	x8, x8, #1
	b.ne	2b
	add	x5, x5, #1
	again
	mov	x0, x5
	ret

kernel tlbi_va			// n, base
1:	and	x6, x0, #63
	add	x6, x1, x6, lsl #12
	lsr	x7, x6, #12
	tlbi	vae1is, x7
	dsb	ish
	isb
	ldr	x8, [x6]
	again
	mov	x0, x6
	ret

kernel tlbi_ipa			// n, base
	mov	x9, x0
1:	and	x6, x9, #63
	add	x6, x1, x6, lsl #12
	mov	x0, x6
	hvc	#2			// CALL_FORGET_IPA
	ldr	x8, [x6]
	subs	x9, x9, #1
	b.ne	1b
	mov	x0, x6
	ret

kernel inject
1:	hvc	#4			// CALL_INJECT
	again
	ret

kernel trap
1:	msr	contextidr_el1, x0
	again
	ret

kernel exclusive		// n, address
1:	.rept	4
2:	ldxr	x2, [x1]
	add	x2, x2, #1
	stxr	w3, x2, [x1]
	cbnz	w3, 2b
	.endr
	again
	ldr	x0, [x1]
	ret

kernel lse			// n, address
	mov	x4, #1
	mov	x3, #0
1:	.rept	4
	ldadd	x4, x2, [x1]
	ldaddal	x4, x2, [x1]
	swp	x2, x3, [x1]
	cas	x3, x4, [x1]
	.endr
	again
	ldr	x0, [x1]
	ret

kernel acqrel			// n, address
1:	.rept	8
	ldar	x2, [x1]
	stlr	x2, [x1]
	.endr
	again
	ldr	x0, [x1]
	ret

kernel rewrite			// n, code: writes MOVZ X2, #n; RET there, and calls it
	mov	x9, x30
	movz	w4, #0x03c0
	movk	w4, #0xd65f, lsl #16
	movz	w5, #0x0002
	movk	w5, #0xd280, lsl #16
	mov	x6, #0
1:	and	w3, w0, #0xffff
	orr	w3, w5, w3, lsl #5
	stp	w3, w4, [x1]
	dc	cvau, x1
	dsb	ish
	ic	ivau, x1
	dsb	ish
	isb
	blr	x1
	add	x6, x6, x2
	again
	mov	x0, x6
	ret	x9

kernel cold			// n, code: calls functions of 64 bytes among 2 MiB at random; they work on x2-x7
	mov	x15, x30
	mov	x8, #1
	movz	x9, #0x4c95, lsl #16
	movk	x9, #0x7f2d
	.irp	r, x2, x3, x4, x5, x6, x7
	mov	\r, #5
	.endr
1:	madd	x8, x8, x9, x9
	ubfx	x10, x8, #24, #15
	add	x10, x1, x10, lsl #6
	blr	x10
	again
	eor	x0, x2, x3
	eor	x4, x4, x5
	eor	x6, x6, x7
	eor	x0, x0, x4
	eor	x0, x0, x6
	ret	x15

kernel fmadd
	.irp	r, d0, d1, d2, d3
	fmov	\r, #1.0
	.endr
	fmov	d4, #0.5
	fmov	d5, #0.75
1:	.rept	4
	fmadd	d0, d0, d4, d5
	fmadd	d1, d1, d4, d5
	fmadd	d2, d2, d4, d5
	fmadd	d3, d3, d4, d5
	.endr
	again
	fmov	x0, d3
	ret

kernel fadd
	fmov	d0, #1.0
	fmov	d1, #1.0
	fmov	d4, #0.5
	fmov	d5, #0.75
1:	.rept	4
	fmul	d0, d0, d4
	fmul	d1, d1, d4
	fadd	d0, d0, d5
	fadd	d1, d1, d5
	.endr
	again
	fmov	x0, d1
	ret

kernel fmla4s
	.irp	r, v0, v1, v2, v3
	fmov	\r\().4s, #1.0
	.endr
	fmov	v4.4s, #0.5
	fmov	v5.4s, #-0.75
1:	.rept	4
	fmla	v0.4s, v4.4s, v5.4s
	fmla	v1.4s, v4.4s, v5.4s
	fmls	v2.4s, v4.4s, v5.4s
	fmls	v3.4s, v4.4s, v5.4s
	.endr
	again
	fmov	x0, d3
	ret

kernel simdint
	movi	v0.4s, #1
	movi	v1.4s, #2
	movi	v2.4s, #3
	movi	v3.4s, #5
1:	.rept	4
	add	v0.4s, v0.4s, v1.4s
	eor	v1.16b, v1.16b, v2.16b
	mul	v2.4s, v2.4s, v3.4s
	umin	v3.16b, v3.16b, v0.16b
	.endr
	again
	fmov	x0, d1
	ret
