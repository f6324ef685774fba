// prepare.S: what the experiments change in a guest before it runs. in x0 = vcpu, x1 = vm, x2 = run; clobbers x0-x18.
	.include "errata/experiment.inc"

	.equ	OTHER_ROOT, S2_POOL_A + 0x10000	// a root with a page behind it that the experiment chooses
	.equ	TABLE_IPA, UART_BASE + PAGE_SIZE

// prepare_table_in_device: an IPA page of RAM that stage 2 maps as Device: the guest puts its stage-1 table there
// (H1, H2).
func prepare_table_in_device
	mov	x0, x1
	ldr	x1, =TABLE_IPA
	ldr	x2, =DEMAND_PA
	mov	x3, #PAGE_SIZE
	mov	x4, #S2_DEVICE
	b	s2_map
endfunc prepare_table_in_device

// prepare_descriptor: L1[0], the first gigabyte of IPA, is the descriptor run_b, like listing L3 (S1-S5).
func prepare_descriptor
	ldr	x0, [x1, #vm_vttbr]
	ubfx	x0, x0, #0, #48
	ldr	x2, [x2, #run_b]
	str	x2, [x0]
	dc	civac, x0
	dsb	ish
	isb
	ret
endfunc prepare_descriptor

// prepare_marked_ram: as above, and the first and the last bytes of the gigabyte behind the descriptor hold known
// values.
func prepare_marked_ram
	ldr	x3, =0x80000010
	ldr	x4, =0xb10c0001
	str	x4, [x3]
	ldr	x3, =0xbffffff0
	ldr	x4, =0xb10c0002
	str	x4, [x3]
	b	prepare_descriptor
endfunc prepare_marked_ram

// prepare_zero_table: the RAM that the descriptor names is zero.
func prepare_zero_table
	ldr	x3, =0x80000000
	mov	x4, #PAGE_SIZE
1:	str	xzr, [x3], #8
	subs	x4, x4, #8
	b.hi	1b
	b	prepare_descriptor
endfunc prepare_zero_table

// prepare_forged_table: somebody else wrote there what looks like a 2 MiB block of his choice.
func prepare_forged_table
	ldr	x3, =0x80000000
	ldr	x4, =GUEST_A_PA | S2_NORMAL | S2_BLOCK
	str	x4, [x3]
	ldr	x3, =GUEST_A_PA + 0x10
	ldr	x4, =0x5ca1ab1e
	str	x4, [x3]
	b	prepare_descriptor
endfunc prepare_forged_table

// prepare_gigabyte_blocks: exercise 3 as printed: identity, two 1 GB blocks; the guest runs where its RAM really is
// (P4).
func prepare_gigabyte_blocks
	ldr	x3, [x1, #vm_vttbr]
	ubfx	x3, x3, #0, #48
	mov	x4, #S2_NORMAL | S2_BLOCK
	str	x4, [x3]
	ldr	x5, =RAM_BASE
	orr	x4, x4, x5
	str	x4, [x3, #8]
	dc	civac, x3
	dsb	ish
	isb
	ldr	x3, =GUEST_A_PA
	str	x3, [x0, #vcpu_pc]
	ldr	x4, =GUEST_A_PA - GUEST_IPA
	ldr	x3, [x0, #vcpu_x + 8]
	add	x3, x3, x4
	str	x3, [x0, #vcpu_x + 8]
	ret
endfunc prepare_gigabyte_blocks

// prepare_other_root: OTHER_ROOT with the four entries of the old one; then comes a page of zeros: two concatenated
// tables.
func prepare_two_roots
	ldr	x3, [x1, #vm_vttbr]
	ubfx	x4, x3, #0, #48
	ldr	x5, =OTHER_ROOT
	ubfx	x6, x3, #48, #16
	orr	x6, x5, x6, lsl #48
	str	x6, [x1, #vm_vttbr]
	str	x6, [x0, #vcpu_vttbr]
	mov	x6, #2 * PAGE_SIZE
1:	sub	x6, x6, #8
	str	xzr, [x5, x6]
	cbnz	x6, 1b
	ldp	x7, x8, [x4]
	stp	x7, x8, [x5]
	ldp	x7, x8, [x4, #16]
	stp	x7, x8, [x5, #16]
	dsb	ish
	isb
	ret
endfunc prepare_two_roots

// prepare_one_root: the same, but what lies behind the root is a table of another level: that of the first gigabyte
// (P5).
func prepare_one_root
	stp	x29, x30, [sp, #-32]!
	stp	x0, x1, [sp, #16]
	bl	prepare_table_in_device		// gives that table one more page, of zeros
	ldp	x0, x1, [sp, #16]
	bl	prepare_two_roots
	ldr	x3, =OTHER_ROOT
	ldr	x4, [x3]
	and	x4, x4, #~0xfff			// the table of L1[0]
	and	x4, x4, #0xffffffffffff
	mov	x6, #PAGE_SIZE
	add	x3, x3, x6
1:	sub	x6, x6, #8
	ldr	x7, [x4, x6]
	str	x7, [x3, x6]
	cbnz	x6, 1b
	dsb	ish
	isb
	ldp	x29, x30, [sp], #32
	ret
endfunc prepare_one_root

// hook_raise_fiq: EL3 makes a Group 0 SGI pending.
func hook_raise_fiq
	ldr	x0, =FW_RAISE_FIQ
	smc	#0
	ret
endfunc hook_raise_fiq
