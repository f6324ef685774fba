// demo_guests.S: the two guests of the demo. EL1 code, in each guest's copy of the image; they print on a UART that
// EL2 emulates.
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "demo.inc"

	.macro	yield
	hvc	#HVC_YIELD
	.endm

func guest_a
	bl	guest_start
	ldr	x19, =MARK_A
	mov	x0, #41
	hvc	#HVC_ARTICLE
	mov	x20, x0
	yield
	bl	tell_hello
	yield
	bl	tell_mark
	yield
	bl	use_stage1
	yield
	bl	use_demand
	yield
	bl	use_slices
	yield
	bl	tell_slices
	yield
	bl	use_virq
	yield
	bl	use_dma
	yield
	b	guest_off
endfunc guest_a

func guest_b
	bl	guest_start
	ldr	x19, =MARK_B
	mov	x20, #0
	bl	tell_hello
	yield
	bl	tell_mark
	yield
	bl	use_demand
	yield
	bl	use_slices
	yield
	bl	tell_slices
	yield
	bl	use_timer
	yield
	b	guest_off
endfunc guest_b

// tell_hello: in x20 = answer of the hypercall, or 0.
func tell_hello
	push	x29, x30
	adr	x4, .
	say	"hello, running at %x\n", x4
	cbz	x20, 1f
	say	"the hypercall gave me %d\n", x20
1:	pop	x29, x30
	ret
endfunc tell_hello

// tell_mark: in x19 = this guest's mark.
func tell_mark
	push	x29, x30
	ldr	x4, =WORD_IPA
	str	x19, [x4]
	say	"I wrote %x to %x\n", x19, x4
	pop	x29, x30
	ret
endfunc tell_mark

// use_stage1: 39-bit VA, 1 GB blocks: devices and RAM where they are, and RAM once more at 0x80000000; ASID 5. RAM is
// Normal Non-cacheable, as EL2 accesses it with its MMU off. Each MSR traps (HCR_EL2.TVM).
func use_stage1
	push	x29, x30
	ldr	x4, =TABLE_IPA
	mov	x0, #0x401			// AF, block, AttrIndx 0
	ldr	x1, =RAM_BASE | 0xc05		// nG, AF, AttrIndx 1
	stp	x0, x1, [x4]
	stp	x1, xzr, [x4, #16]
	dsb	ish
	mov	x0, #0x4400			// 0: Device-nGnRnE, 1: Normal Non-cacheable
	msr	mair_el1, x0
	ldr	x0, =25 << TCR_EL1_T0SZ_LSB | TCR_EL1_EPD1 | 2 << TCR_EL1_IPS_LSB
	msr	tcr_el1, x0
	mov	x0, #5				// the ASID
	orr	x0, x4, x0, lsl #48
	msr	ttbr0_el1, x0
	isb
	ldr	x0, =SCTLR_EL1_OFF | SCTLR_EL1_M
	msr	sctlr_el1, x0
	isb
	ldr	x4, =WORD_VA
	ldr	x5, [x4]
	say	"stage 1 is on, ASID 5: VA %x reads %x\n", x4, x5
	pop	x29, x30
	ret
endfunc use_stage1

// use_demand: two pages that nobody gave us yet.
func use_demand
	push	x29, x30
	ldr	x4, =DEMAND_IPA
	ldr	x5, [x4]
	str	x19, [x4]
	ldr	x6, =DEMAND_IPA + PAGE_SIZE
	str	x19, [x6]
	ldr	x7, [x4]
	say	"%x held %x at first, now it holds %x\n", x4, x5, x7
	pop	x29, x30
	ret
endfunc use_demand

// use_slices: read the mark again and again, over five time slices; another guest's mark would be a stale translation.
//   in x19 = mark; out x21 = wrong reads; clobbers x0, x4-x6, x20
func use_slices
	hvc	#HVC_GET_TIME_SLICES
	add	x20, x0, #4			// four more after this one
	mov	x21, #0
	ldr	x4, =WORD_IPA
1:	mov	x5, #200
2:	ldr	x6, [x4]
	cmp	x6, x19
	cinc	x21, x21, ne
	subs	x5, x5, #1
	b.ne	2b
	hvc	#HVC_GET_TIME_SLICES
	cmp	x0, x20
	b.lo	1b
	ret
endfunc use_slices

// tell_slices: in x21 = wrong reads. After the race, since printing on an emulated UART takes longer than a slice.
func tell_slices
	push	x29, x30
	ldr	x4, =WORD_IPA
	say	"five slices long I read my mark at %x; wrong reads: %d\n", x4, x21
	pop	x29, x30
	ret
endfunc tell_slices

	.section .data.demo_guests, "aw"
	.balign	8
irq_taken:	.quad	0			// INTID + 1 of the last interrupt

// on_irq: acknowledge; the timer is switched off at its source; end.
func on_irq
	mrs	x2, icc_iar1_el1
	cmp	x2, #INTID_CNTV
	b.ne	1f
	msr	cntv_ctl_el0, xzr
	isb
1:	msr	icc_eoir1_el1, x2		// EOImode 0: drops priority and deactivates
	add	x2, x2, #1
	adr_l	x3, irq_taken
	str	x2, [x3]
	ret
endfunc on_irq

// irq_on: handler, CPU interface, PSTATE.I; clobbers x0, x1
func irq_on
	push	x29, x30
	adr_l	x0, on_irq
	adr_l	x1, guest_irq_handler
	str	x0, [x1]
	bl	guest_gic_on
	msr	daifclr, #2
	pop	x29, x30
	ret
endfunc irq_on

// wait_irq: sleep until one came; out x4 = INTID; clobbers x3
func wait_irq
	adr_l	x3, irq_taken
1:	ldr	x4, [x3]
	cbnz	x4, 2f
	wfi
	b	1b
2:	sub	x4, x4, #1
	ret
endfunc wait_irq

// use_virq: ask EL2 for INTID 32.
func use_virq
	push	x29, x30
	bl	irq_on
	mov	x0, #INTID_SPI0
	hvc	#HVC_INJECT
	bl	wait_irq
	say	"IRQ taken: ICC_IAR1_EL1 gave %d\n", x4
	hvc	#HVC_VGIC_REPORT
	pop	x29, x30
	ret
endfunc use_virq

// use_timer: CNTV, 100 microseconds from now.
func use_timer
	push	x29, x30
	bl	irq_on
	ldr	x0, =TIMER_HZ / 10000
	msr	cntv_tval_el0, x0
	mov	x0, #CNTHP_CTL_EL2_ENABLE	// the same bit in CNTV_CTL_EL0
	msr	cntv_ctl_el0, x0
	isb
	bl	wait_irq
	say	"timer IRQ taken: ICC_IAR1_EL1 gave %d\n", x4
	hvc	#HVC_VGIC_REPORT
	pop	x29, x30
	ret
endfunc use_timer

// use_dma: a copy within our RAM; then one to the PA where guest B's mark is: the device sees IPAs, and that one is
// not ours.
func use_dma
	stp	x29, x30, [sp, #-32]!
	stp	x20, x21, [sp, #16]
	hvc	#HVC_DMA_THERE
	cbz	x0, 3f
	ldr	x4, =DMA_SRC_IPA
	mov	x5, #DMA_BYTES
1:	sub	x5, x5, #8
	str	x5, [x4, x5]
	cbnz	x5, 1b
	ldr	x0, =DMA_SRC_IPA
	ldr	x1, =DMA_DST_IPA
	mov	w2, #DMA_BYTES
	bl	dma_copy
	mov	x20, x0
	ldr	x4, =DMA_DST_IPA
	mov	x5, #DMA_BYTES
	mov	x21, #0
2:	sub	x5, x5, #8
	ldr	x6, [x4, x5]
	cmp	x6, x5
	cinc	x21, x21, ne
	cbnz	x5, 2b
	ldr	x5, =DMA_SRC_IPA
	say	"DMA %x -> %x: STATUS=%x, wrong words: %d\n", x5, x4, x20, x21
	ldr	x0, =DMA_SRC_IPA
	ldr	x1, =GUEST_B_PA + (WORD_IPA - GUEST_IPA)
	mov	w2, #DMA_BYTES
	bl	dma_copy
	mov	x20, x0
	mov	x21, x1
	ldr	x4, =DMA_SRC_IPA
	ldr	x5, =GUEST_B_PA + (WORD_IPA - GUEST_IPA)
	say	"DMA %x -> %x: STATUS=%x, FAULT_ADDR=%x\n", x4, x5, x20, x21
3:	ldp	x20, x21, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
endfunc use_dma
