// stage2.S: stage-2 tables: 4 KB granule, root at level 1, 2 MiB blocks at level 2, pages at level 3. No 1 GB blocks:
// with those a guest owns whatever else lies in that gigabyte (P4). Article: "Stage-2 Page Table Walks" (listing L3).
// Corrects S1-S6, S10, V9, P4.
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

	.equ	DESCRIPTOR_OA_MASK, 0x0000fffffffff000	// bits [47:12] stay in their natural place (S6)

// s2_alloc_table: a zeroed page of the guest's pool.
//   in x0 = vm; out x0 = page; clobbers x1, x2
func s2_alloc_table
	mov	x2, x0
	ldr	x0, [x2, #vm_pool]
	add	x1, x0, #PAGE_SIZE
	str	x1, [x2, #vm_pool]
	mov	x2, x0
1:	dc	civac, x2			// no stale line may be written back over what follows
	stp	xzr, xzr, [x2], #16
	stp	xzr, xzr, [x2], #16
	stp	xzr, xzr, [x2], #16
	stp	xzr, xzr, [x2], #16
	cmp	x2, x1
	b.ne	1b
	ret
endfunc s2_alloc_table

// s2_next_table: the table that an entry points to; made first when the entry is invalid.
//   in x0 = vm, x1 = address of the entry; out x0 = next table; clobbers x1-x3
func s2_next_table
	ldr	x2, [x1]
	tbz	x2, #0, 1f
	and	x0, x2, #DESCRIPTOR_OA_MASK
	ret
1:	push	x29, x30
	mov	x3, x1
	bl	s2_alloc_table
	orr	x2, x0, #S2_TABLE
	str	x2, [x3]
	dc	civac, x3			// past the caches, where the walker looks too (S10)
	pop	x29, x30
	ret
endfunc s2_next_table

// s2_map: map a range; addresses and size in whole pages, tables made as needed. Only ever turns invalid entries into
// valid ones, so no TLB entry can be stale.
//   in x0 = vm, x1 = IPA, x2 = PA, x3 = size, x4 = attributes (S2_NORMAL, S2_DEVICE); clobbers x0-x8
func s2_map
	stp	x29, x30, [sp, #-64]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	mov	x19, x0
	mov	x20, x1
	mov	x21, x2
	mov	x22, x3
	mov	x23, x4
1:	ldr	x1, [x19, #vm_vttbr]
	and	x1, x1, #DESCRIPTOR_OA_MASK
	ubfx	x2, x20, #30, #9		// level 1: IPA[38:30]
	add	x1, x1, x2, lsl #3
	mov	x0, x19
	bl	s2_next_table
	ubfx	x2, x20, #21, #9		// level 2: IPA[29:21]
	add	x1, x0, x2, lsl #3
	orr	x5, x20, x21			// a block needs both addresses aligned and 2 MiB left
	tst	x5, #BLOCK_2M - 1
	b.ne	2f
	cmp	x22, #BLOCK_2M
	b.lo	2f
	orr	x4, x23, #S2_BLOCK
	mov	x24, #BLOCK_2M
	b	3f
2:	mov	x0, x19
	bl	s2_next_table
	ubfx	x2, x20, #12, #9		// level 3: IPA[20:12]
	add	x1, x0, x2, lsl #3
	orr	x4, x23, #S2_PAGE
	mov	x24, #PAGE_SIZE
3:	orr	x4, x4, x21
	str	x4, [x1]
	dc	civac, x1
	add	x20, x20, x24
	add	x21, x21, x24
	subs	x22, x22, x24
	b.hi	1b
	dsb	ishst				// the walker sees the entries before anything after this (S10)
	isb
	ldp	x23, x24, [sp, #48]
	ldp	x21, x22, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #64
	ret
endfunc s2_map

// ipa_to_pa: what the tables of the current VMID say, asked of the hardware itself.
//   in x0 = VA of the guest; out x0 = PA (or PAR_EL1 with bit 0 set: a fault); clobbers x1
func ipa_to_pa
	mrs	x1, par_el1			// PAR_EL1 belongs to the guest
	at	s12e1r, x0
	and	x2, x0, #PAGE_SIZE - 1
	isb
	mrs	x0, par_el1
	msr	par_el1, x1
	tbnz	x0, #PAR_EL1_F_BIT, 1f
	and	x0, x0, #DESCRIPTOR_OA_MASK
	orr	x0, x0, x2
1:	ret
endfunc ipa_to_pa

// va_to_ipa: stage 1 alone. HPFAR_EL2 is not valid for a stage-2 permission fault (X8).
//   in x0 = VA; out x0 = IPA page (or PAR_EL1 with bit 0 set); clobbers x1
func va_to_ipa
	mrs	x1, par_el1
	at	s1e1r, x0
	isb
	mrs	x0, par_el1
	msr	par_el1, x1
	tbnz	x0, #PAR_EL1_F_BIT, 1f
	and	x0, x0, #DESCRIPTOR_OA_MASK
1:	ret
endfunc va_to_ipa
