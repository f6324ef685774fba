// The frame of 15-demand: a guest with stage 1 on, whose data pages are given by on_abort.
	.include "lab.inc"
	.include "start.inc"
	.equ	IPA,	0
	.equ	COUNT,	1
	.equ	DATA_VA, 0xc0000000		// of the guest's data: IPA, by its own level-1 block
	variable level2_data, 4096, 4096
	variable level3_data, 4096, 4096
	variable pages, 8
	variable stopped, 8

func frame_main
	bl	map_guest
	adr_l	x0, guest_root			// IPA 0 to 1 GB, and there 2 MB of pages
	adr_l	x1, level2_data
	adr_l	x2, level3_data
	orr	x3, x1, #3
	str	x3, [x0]
	orr	x3, x2, #3
	param	x4, IPA
	ubfx	x5, x4, #21, #9
	str	x3, [x1, x5, lsl #3]
	ldr	x3, =FREE_PA + 0x100000 + 0x77f	// the last page of them: read-only
	str	x3, [x2, #8 * 511]
	dsb	ish
	ldr	x0, =HCR_EL2_RW | HCR_EL2_VM
	msr	hcr_el2, x0
	adr_l	x0, demand_vectors
	msr	vbar_el2, x0
	ldr	x0, =guest_start
	msr	elr_el2, x0
	mov	x0, #PSTATE_EL1H
	msr	spsr_el2, x0
	isb
	param	x0, IPA
	param	x1, COUNT
	eret
endfunc frame_main

	.text
	.balign	2048
demand_vectors:
	.rept	8
	.balign	128
	b	lab_unexpected
	.endr
	.balign	128
	b	demand_exit
	.rept	7
	.balign	128
	b	lab_off
	.endr

func demand_exit
	stp	x0, x1, [sp, #-160]!
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x30, [sp, #144]
	mrs	x0, esr_el2
	ubfx	x0, x0, #26, #6
	cmp	x0, #EC_DATA
	b.ne	lab_off
	bl	on_abort
	adr_l	x1, stopped
	str	x0, [x1]
	cbnz	x0, lab_off
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x30, [sp, #144]
	ldp	x0, x1, [sp], #160
	eret
endfunc demand_exit

// new_page: out x0 = PA; uses x1, x2
func new_page
	adr_l	x1, pages
	ldr	x2, [x1]
	ldr	x0, =FREE_PA
	add	x0, x0, x2, lsl #12
	add	x2, x2, #1
	str	x2, [x1]
	ret
endfunc new_page

// map_page: in x0 = IPA, x1 = PA; an IPA outside the 2 MB is not mapped; uses x2 to x4
func map_page
	param	x2, IPA
	eor	x3, x2, x0
	lsr	x3, x3, #21
	cbnz	x3, 1f
	adr_l	x2, level3_data
	ubfx	x3, x0, #12, #9
	ldr	x4, =0x7ff
	orr	x4, x4, x1
	str	x4, [x2, x3, lsl #3]
	dsb	ish
1:	ret
endfunc map_page

	.section .guest, "ax"
	.global	guest_start
guest_start:
	adr	x2, guest_table
	and	x3, x0, #0xffffffffc0000000	// VA 3 to 4 GB: the data's gigabyte
	ldr	x4, =0x721			// AF, Inner Shareable, AttrIndx 0, EL1 reads and writes
	orr	x3, x3, x4
	str	x3, [x2, #24]
	ldr	x3, =0x80000721			// VA 2 to 3 GB: this code, where it is
	str	x3, [x2, #16]
	mov	x3, #0xff
	msr	mair_el1, x3
	msr	ttbr0_el1, x2
	ldr	x3, =0x200003520		// 32-bit VA, 4 KB, 40-bit IPA, Write-Back
	msr	tcr_el1, x3
	dsb	ish
	isb
	tlbi	vmalle1
	dsb	ish
	mrs	x3, sctlr_el1
	orr	x3, x3, #1
	msr	sctlr_el1, x3
	isb
	and	x0, x0, #0x3fffffff
	ldr	x3, =DATA_VA
	orr	x0, x0, x3
	mov	x5, x0
	mov	x6, x1
1:	str	x6, [x5]			// each page once
	add	x5, x5, #PAGE_SIZE
	subs	x6, x6, #1
	b.ne	1b
	ldr	x7, [x0]			// and what is in them must stay
	cmp	x7, x1
	b.ne	2f
	orr	x0, x0, #0x1ff000		// the page that is read-only
	str	xzr, [x0]
2:	hvc	#0
	b	.
	.ltorg
	.balign	4096
guest_table:
	.skip	4096
