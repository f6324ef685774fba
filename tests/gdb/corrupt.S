/*
 * A hypervisor with a bug, on four cores. Each runs a guest that counts in a page of its own, and says so by HVC. The
 * hypervisor writes every call into a log, which is meant to be a ring; but the index is masked as if the log were
 * twice as long. Behind the log is the last level of stage 2: call 512 + COUNTER overwrites the descriptor of the
 * guests' page. Nobody notices, as the TLBs know it, until the hypervisor invalidates them; then a guest's access ends
 * in stage2_abort, perhaps on another core.
 */
	.equ	LOG_ENTRIES, 512
	.equ	COUNTER, 3			/* the guests' page, as an entry of stage2_l3 */
	.equ	RAM, 0x40000000
	.equ	PAGES, RAM + 0x200000		/* what stage2_l3 maps */
	.equ	NORMAL, 1 << 10 | 3 << 8 | 3 << 6 | 0xf << 2
	.equ	VTCR, 1 << 31 | 2 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 1 << 6 | 25	/* 39 bits from level 1 */
	.equ	HCR, 1 << 31 | 1			/* RW, VM */
	.equ	CPU_ON, 0xc4000003

	.global	_start, stage2_abort, log_call, the_store, log, stage2_l3
_start:
	mov	x21, #1
1:	ldr	x0, =CPU_ON
	mov	x1, x21
	adr	x2, begin
	smc	#0
	add	x21, x21, #1
	cmp	x21, #4
	b.lo	1b
begin:
	mrs	x19, mpidr_el1
	and	x19, x19, #0xff
	adr	x0, vectors
	msr	vbar_el2, x0
	ldr	x0, =VTCR
	msr	vtcr_el2, x0
	adr	x0, stage2_l1
	msr	vttbr_el2, x0
	ldr	x0, =HCR
	msr	hcr_el2, x0
	mov	x0, #0x3c5
	msr	spsr_el2, x0
	adr	x0, guest
	msr	elr_el2, x0
	isb
	eret

guest:						/* x19: its core */
	ldr	x20, =PAGES + COUNTER * 4096
	add	x20, x20, x19, lsl #6
1:	mov	x22, #1000
2:	ldr	x1, [x20]
	add	x1, x1, #1
	str	x1, [x20]
	subs	x22, x22, #1
	b.ne	2b
	hvc	#0
	b	1b

/* x2: the call's number */
log_call:
	adr	x1, calls
	ldr	x2, [x1]
	add	x3, x2, #1
	str	x3, [x1]
	and	x3, x2, #2 * LOG_ENTRIES - 1	/* the bug */
	adr	x1, log
	lsl	x4, x19, #8
the_store:
	str	x4, [x1, x3, lsl #3]
	ret

exit:
	mrs	x0, esr_el2
	lsr	x0, x0, #26
	cmp	x0, #0x16			/* HVC */
	b.ne	stage2_abort
	bl	log_call
	mvn	x2, x2
	tst	x2, #127			/* now and then */
	b.ne	1f
	dsb	ish
	tlbi	vmalls12e1is
	dsb	ish
1:	eret

stage2_abort:
	wfi
	b	stage2_abort

	.ltorg
	.balign	2048
vectors:
	.org	vectors + 0x400			/* synchronous, from a lower EL */
	b	exit
	.org	vectors + 0x800

	.balign	4096
stage2_l1:
	.quad	0, stage2_l2 + 3
	.balign	4096
stage2_l2:
	.quad	RAM + NORMAL + 1, stage2_l3 + 3
	.balign	4096
calls:	.quad	0
	.balign	4096
log:	.fill	LOG_ENTRIES, 8, 0
stage2_l3:
	.set	page, PAGES
	.rept	512
	.quad	page + NORMAL + 3
	.set	page, page + 0x1000
	.endr
