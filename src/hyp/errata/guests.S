// guests.S: the guests of the experiments. All of this runs at EL1, in the guest's copy of the image.
	.include "errata/experiment.inc"

// guest_plain: prints and stops.
func guest_plain
	bl	guest_start
	say	"guest: running at EL1\n"
	b	guest_stop
endfunc guest_plain

// guest_read, guest_write: one access to x2, without printing: the UART may not be mapped in these runs.
func guest_read
	mov	x0, x2
	ldr	x2, [x0]
	hvc	#HVC_ACCESSED
endfunc guest_read
func guest_write
	mov	x0, x2
	mov	x1, x2
	str	x1, [x0]
	hvc	#HVC_ACCESSED
endfunc guest_write

// guest_ptw: stage 1 on, with its table in a page at x2: level 1, 1 GB blocks, identity for 2 GB.
func guest_ptw
	mov	x0, #0x401			// AF, block, AttrIndx 0
	str	x0, [x2]
	ldr	x0, =RAM_BASE | 0x405		// AttrIndx 1
	str	x0, [x2, #8]
	dsb	ish
	b	guest_stage1_on
endfunc guest_ptw

// guest_stage1_on: in x2 = address of the level-1 table: 39-bit VA, 4 KB, walks non-cacheable; MAIR 0: Device, 1:
// Normal NC.
func guest_stage1_on
	bl	guest_start
	mov	x0, #0x4400
	msr	mair_el1, x0
	ldr	x0, =25 << TCR_EL1_T0SZ_LSB | TCR_EL1_EPD1 | 2 << TCR_EL1_IPS_LSB
	msr	tcr_el1, x0
	msr	ttbr0_el1, x2
	isb
	ldr	x0, =SCTLR_EL1_OFF | SCTLR_EL1_M
	msr	sctlr_el1, x0
	isb
	mrs	x0, sctlr_el1
	and	x0, x0, #1
	say	"guest: stage 1 is on (SCTLR_EL1.M=%d), its table at IPA %x was walked\n", x0, x2
	b	guest_stop
endfunc guest_stage1_on

// guest_setway: DC ISW, by which a guest empties its caches before it turns them on (H5).
func guest_setway
	bl	guest_start
	dc	isw, xzr
	say	"guest: DC ISW completed\n"
	b	guest_stop
endfunc guest_setway

// guest_smc: a call that nobody knows (H7).
func guest_smc
	bl	guest_start
	mov	x0, #0x1234
	smc	#0
	say	"guest: SMC returned x0=%x\n", x0
	b	guest_stop
endfunc guest_smc

	.section .data.guest_interrupts, "aw"
	.balign	8
interrupts_taken:	.quad	0
spurious_taken:		.quad	0

// take_interrupts MASK: unmask those of DAIFClr's MASK for a while; out x0 = how many came; clobbers x1
	.macro	take_interrupts mask
	msr	daifclr, #\mask
	mov	x0, #200
1:	subs	x0, x0, #1
	b.ne	1b
	msr	daifset, #3
	adr_l	x0, interrupts_taken
	ldr	x0, [x0]
	.endm

// guest_lr: asks for an interrupt, takes what comes (H3, H4, G6, G9).
func guest_lr
	bl	guest_start
	bl	guest_handlers
	bl	guest_gic_on
	mov	x0, #1
	msr	icc_igrpen0_el1, x0
	isb
	wfi
	hvc	#HVC_INJECT
	take_interrupts 3			// I and F
	cbnz	x0, 2f
	say	"guest: no virtual interrupt arrived\n"
2:	hvc	#HVC_VGIC_REPORT
	b	guest_stop
endfunc guest_lr

// guest_pfiq: a physical FIQ is pending; who takes it? (H4c)
func guest_pfiq
	bl	guest_start
	bl	guest_handlers
	say	"guest: unmasks FIQ\n"
	take_interrupts 1			// F alone: the IRQ storm of H4 is another experiment
	b	guest_stop
endfunc guest_pfiq

func guest_handlers
	adr_l	x0, handle_irq
	adr_l	x1, guest_irq_handler
	str	x0, [x1]
	adr_l	x0, handle_fiq
	adr_l	x1, guest_fiq_handler
	str	x0, [x1]
	ret
endfunc guest_handlers

// handle_irq: acknowledge, tell, end; after three spurious ones give up and mask.
func handle_irq
	push	x29, x30
	mrs	x5, icc_iar1_el1
	bl	count_interrupt
	say	"guest: virtual IRQ taken, ICC_IAR1_EL1=%d\n", x5
	cmp	x5, #INTID_SPURIOUS
	b.eq	1f
	msr	icc_eoir1_el1, x5
	b	2f
1:	adr_l	x4, spurious_taken
	ldr	x5, [x4]
	add	x5, x5, #1
	str	x5, [x4]
	cmp	x5, #3
	b.lo	2f
	say	"guest: still pending after 3 spurious acknowledges (a storm): masks IRQ\n"
	mrs	x0, spsr_el1
	orr	x0, x0, #SPSR_EL2_I
	msr	spsr_el1, x0
2:	pop	x29, x30
	ret
endfunc handle_irq

// handle_fiq: Group 0; one that cannot be acknowledged is masked.
func handle_fiq
	push	x29, x30
	mrs	x5, icc_iar0_el1
	mrs	x6, icc_hppir1_el1
	bl	count_interrupt
	say	"guest: FIQ taken at EL1 (vector 0x300), ICC_IAR0_EL1=%d ICC_HPPIR1_EL1=%d\n", x5, x6
	cmp	x5, #INTID_SPURIOUS
	b.eq	1f
	msr	icc_eoir0_el1, x5
	b	2f
1:	say	"guest: cannot acknowledge it: masks FIQ\n"
	mrs	x0, spsr_el1
	orr	x0, x0, #SPSR_EL2_F
	msr	spsr_el1, x0
2:	pop	x29, x30
	ret
endfunc handle_fiq

func count_interrupt
	adr_l	x0, interrupts_taken
	ldr	x1, [x0]
	add	x1, x1, #1
	str	x1, [x0]
	ret
endfunc count_interrupt
