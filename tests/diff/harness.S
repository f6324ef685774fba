/*
 * The harness of the differential tests: the same image runs in hypscope and in QEMU, and leaves its results in RAM.
 *
 * It enters at EL2 and stores the ID registers. Then, for each test record, it sets the EL1 and stage-2 registers,
 * invalidates the TLB as the record asks, loads every SIMD&FP and general register, and returns by ERET to the record's
 * code. Every test ends in an exception: to EL1, whose vectors call up with HVC #0x77, or to EL2. The handler writes a
 * result record, sums and restores the memory window as the record asks, and goes on. The numbers are those of diff.h.
 */
	.arch	armv8.5-a
	.equ	HEAD, 0x40280000	/* count, -, left, test, result, 0...; ID registers at 128 */
	.equ	TESTS, 0x42000000
	.equ	RESULTS, 0x44000000
	.equ	PATTERN, 0x40400000
	.equ	WINDOW, 0x48000000
	.equ	WINDOW_END, WINDOW + 0x6000
	.equ	CPTR_OWN, 0x33ff	/* FP and SIMD do not trap */

	/* test record: 1024 bytes */
	.equ	T_X, 0			/* x0..x30 */
	.equ	T_SP_EL1, 248
	.equ	T_SP_EL0, 256
	.equ	T_PC, 264
	.equ	T_SPSR, 272
	.equ	T_SCTLR, 280
	.equ	T_TCR, 288
	.equ	T_TTBR0, 296
	.equ	T_TTBR1, 304
	.equ	T_MAIR, 312
	.equ	T_HCR, 320
	.equ	T_VTCR, 328
	.equ	T_VTTBR, 336
	.equ	T_FLAGS, 344		/* 0: TLBI first; 1: sum the window and fill it again, after */
	.equ	T_VBAR, 352
	.equ	T_SPSR_EL1, 360
	.equ	T_ELR_EL1, 368
	.equ	T_FPCR, 376
	.equ	T_FPSR, 384
	.equ	T_CPACR, 392
	.equ	T_CPTR, 400
	.equ	T_V, 512		/* v0..v31 */
	.equ	T_SIZE, 1024

	/* result record: 1024 bytes */
	.equ	R_X, 0
	.equ	R_SP_EL1, 248
	.equ	R_SP_EL0, 256
	.equ	R_SPSR, 264		/* of the test's own exception */
	.equ	R_ELR, 272
	.equ	R_ESR, 280
	.equ	R_FAR, 288
	.equ	R_HPFAR, 296
	.equ	R_SUM, 304
	.equ	R_VECTOR, 312		/* 1: to EL1; 2: to EL2; 3 and above: nothing that a test may do */
	.equ	R_PAR, 320
	.equ	R_FPCR, 328
	.equ	R_FPSR, 336
	.equ	R_V, 352
	.equ	R_SIZE, 1024

	.text
	.globl	_start
_start:
	ldr	x0, =vectors_el2
	msr	vbar_el2, x0
	mov	x0, #CPTR_OWN
	msr	cptr_el2, x0
	mov	x0, #3
	msr	cnthctl_el2, x0
	msr	mdcr_el2, xzr
	msr	tpidr_el2, xzr
	/* pointer authentication keys: any, the same on both sides */
	ldr	x0, =0x0123456789abcdef
	.irp	r, s3_0_c2_c1_0, s3_0_c2_c1_1, s3_0_c2_c1_2, s3_0_c2_c1_3, s3_0_c2_c2_0, s3_0_c2_c2_1, s3_0_c2_c2_2, s3_0_c2_c2_3, s3_0_c2_c3_0, s3_0_c2_c3_1
	msr	\r, x0
	ror	x0, x0, #7
	.endr
	ldr	x1, =HEAD
	add	x2, x1, #128
	.irp	r, id_aa64pfr0_el1, id_aa64pfr1_el1, id_aa64dfr0_el1, id_aa64isar0_el1, id_aa64isar1_el1, s3_0_c0_c6_2, id_aa64mmfr0_el1, id_aa64mmfr1_el1, id_aa64mmfr2_el1, ctr_el0, dczid_el0, midr_el1, revidr_el1, clidr_el1, mpidr_el1
	mrs	x0, \r
	str	x0, [x2], #8
	.endr
	isb
	ldr	x0, [x1]
	cbz	x0, finish
	ldr	x2, =TESTS
	ldr	x3, =RESULTS
	stp	x0, x2, [x1, #16]
	str	x3, [x1, #32]

next_test:
	ldr	x0, =HEAD
	ldr	x2, [x0, #24]		/* test record */
	.irp	r, cntkctl_el1, contextidr_el1, tpidr_el0, tpidrro_el0, tpidr_el1, par_el1, far_el1, far_el2, hpfar_el2, esr_el1, esr_el2, afsr0_el1, afsr1_el1, amair_el1, csselr_el1, mdscr_el1
	msr	\r, xzr
	.endr
	.macro	restore reg, at
	ldr	x3, [x2, #\at]
	msr	\reg, x3
	.endm
	restore	sctlr_el1, T_SCTLR
	restore	tcr_el1, T_TCR
	restore	ttbr0_el1, T_TTBR0
	restore	ttbr1_el1, T_TTBR1
	restore	mair_el1, T_MAIR
	restore	vtcr_el2, T_VTCR
	restore	vttbr_el2, T_VTTBR
	restore	hcr_el2, T_HCR
	restore	vbar_el1, T_VBAR
	restore	spsr_el1, T_SPSR_EL1
	restore	elr_el1, T_ELR_EL1
	restore	sp_el1, T_SP_EL1
	restore	sp_el0, T_SP_EL0
	isb
	ldr	x4, [x2, #T_FLAGS]
	tbz	x4, #0, 1f
	dsb	sy
	tlbi	alle1
	dsb	sy
	isb
1:	add	x4, x2, #T_V
	.irp	r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ldr	q\r, [x4, #16 * \r]
	.endr
	restore	fpcr, T_FPCR
	restore	fpsr, T_FPSR
	restore	cpacr_el1, T_CPACR
	restore	cptr_el2, T_CPTR
	restore	elr_el2, T_PC
	restore	spsr_el2, T_SPSR
	mov	x30, x2
	.irp	r, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26
	ldp	x\r, x28, [x30, #8 * \r]
	.endr
	.irp	r, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29
	ldr	x\r, [x30, #8 * \r]
	.endr
	ldr	x28, [x30, #8 * 28]
	ldr	x30, [x30, #8 * 30]
	clrex
	eret

/* in: X0 of the test in TPIDR_EL2; x0: as R_VECTOR */
ended:
	stp	x1, x2, [sp, #-16]!
	ldr	x1, =HEAD
	ldr	x2, [x1, #32]		/* result record */
	str	x0, [x2, #R_VECTOR]
	mrs	x0, tpidr_el2
	str	x0, [x2]
	mov	x0, x2
	ldp	x1, x2, [sp], #16
	stp	x1, x2, [x0, #8]
	stp	x3, x4, [x0, #24]
	stp	x5, x6, [x0, #40]
	stp	x7, x8, [x0, #56]
	stp	x9, x10, [x0, #72]
	stp	x11, x12, [x0, #88]
	stp	x13, x14, [x0, #104]
	stp	x15, x16, [x0, #120]
	stp	x17, x18, [x0, #136]
	stp	x19, x20, [x0, #152]
	stp	x21, x22, [x0, #168]
	stp	x23, x24, [x0, #184]
	stp	x25, x26, [x0, #200]
	stp	x27, x28, [x0, #216]
	stp	x29, x30, [x0, #232]
	mrs	x1, sp_el1
	mrs	x2, sp_el0
	str	x1, [x0, #R_SP_EL1]
	str	x2, [x0, #R_SP_EL0]
	ldr	x1, [x0, #R_VECTOR]
	mrs	x2, spsr_el2
	mrs	x3, elr_el2
	mrs	x4, esr_el2
	mrs	x5, far_el2
	cmp	x1, #1
	b.ne	1f
	mrs	x2, spsr_el1
	mrs	x3, elr_el1
	mrs	x4, esr_el1
	mrs	x5, far_el1
1:	str	x2, [x0, #R_SPSR]
	str	x3, [x0, #R_ELR]
	str	x4, [x0, #R_ESR]
	str	x5, [x0, #R_FAR]
	mrs	x2, hpfar_el2
	str	x2, [x0, #R_HPFAR]
	mrs	x2, par_el1
	str	x2, [x0, #R_PAR]
	mov	x2, #CPTR_OWN
	msr	cptr_el2, x2
	isb
	mrs	x2, fpcr
	mrs	x3, fpsr
	stp	x2, x3, [x0, #R_FPCR]
	add	x2, x0, #R_V
	.irp	r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	str	q\r, [x2, #16 * \r]
	.endr
	ldr	x1, =HEAD
	ldr	x2, [x1, #24]		/* test record */
	ldr	x4, [x2, #T_FLAGS]
	mov	x7, #0
	tbz	x4, #1, 3f
	ldr	x5, =WINDOW
	ldr	x6, =WINDOW_END
	ldr	x10, =PATTERN
2:	.rept	64
	ldp	x8, x9, [x5]
	eor	x7, x8, x7, ror #11
	eor	x7, x9, x7, ror #5
	ldp	x8, x9, [x10], #16
	stp	x8, x9, [x5], #16
	.endr
	cmp	x5, x6
	b.ne	2b
3:	str	x7, [x0, #R_SUM]
	ldr	x3, [x1, #16]
	add	x2, x2, #T_SIZE
	add	x0, x0, #R_SIZE
	sub	x3, x3, #1
	stp	x3, x2, [x1, #16]
	str	x0, [x1, #32]
	cbnz	x3, next_test
finish:
	msr	hcr_el2, xzr
	isb
	movz	w0, #0x8400, lsl #16	/* PSCI SYSTEM_OFF */
	movk	w0, #8
	smc	#0
	b	.
	.ltorg

	/* EL1 vectors at a fixed place: diff.h */
	.org	0x1000
vectors_el1:
	.rept	16
	.balign	0x80
	hvc	#0x77
	.endr

	.macro	to_el2 which
	.balign	0x80
	msr	tpidr_el2, x0
	ldr	x0, =stack
	mov	sp, x0
	mov	x0, #\which
	b	ended
	.endm

	.balign	0x800
vectors_el2:
	.rept	4
	to_el2	4
	.endr
	to_el2	3			/* of EL2 itself: an AT instruction */
	.rept	3
	to_el2	4
	.endr
	.balign	0x80			/* from below: the HVC of an EL1 vector, or the test's own exception */
	msr	tpidr_el2, x0
	ldr	x0, =stack
	mov	sp, x0
	stp	x1, x2, [sp, #-16]!
	mrs	x0, esr_el2
	ldr	x1, =0x5a000077
	cmp	x0, x1
	cset	w0, ne
	add	x0, x0, #1
	ldp	x1, x2, [sp], #16
	b	ended
	.rept	3
	to_el2	5
	.endr
	.rept	4
	to_el2	6
	.endr
	.ltorg
	.balign	16
	.skip	64
stack:
