// hcr.S: HCR_EL2 as the article means it, VTCR_EL2, and their values in words.
// Article: "EL2 Entry & HCR_EL2 Controls" (listing L1), "VMID, ASID & TLB Tagging" (L2). Corrects H1, H3, H4, H5, H7,
// V1.
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"
	.include "vcpu.inc"

// Each bit with what it is for; l.133-152 of the article in its true place.
//   route: physical SError, IRQ, FIQ to EL2, ICC_* become ICV_* (H3, H4)
//   trap:  WFI, WFE with EC 0x01; EL1 MMU registers with EC 0x18 (H6); SMC with EC 0x17 (H7);
//          DC by set/way with EC 0x18 (H5)
//   s2:    stage 2 on; DC ISW cleans too; no stage-1 tables in Device memory (H1, H2)
	.equ	HCR_ROUTE,	HCR_EL2_AMO | HCR_EL2_IMO | HCR_EL2_FMO
	.equ	HCR_TRAP,	HCR_EL2_TWI | HCR_EL2_TWE | HCR_EL2_TVM | HCR_EL2_TSC | HCR_EL2_TSW
	.equ	HCR_S2,		HCR_EL2_VM | HCR_EL2_SWIO | HCR_EL2_PTW
	.global	HCR_GOOD, VTCR_GOOD
	.equ	HCR_GOOD, HCR_S2 | HCR_ROUTE | HCR_TRAP | HCR_EL2_RW

// 4 KB granule, 32-bit IPA from level 1, 40-bit PA, table walks Inner Shareable Write-Back. 0x80023560; the article's
// 0x80023540 has T0SZ = 0 (V1). VS = 0: VMIDs have 8 bits (V2).
	.equ	VTCR_SIZE,  32 << VTCR_EL2_T0SZ_LSB | 1 << VTCR_EL2_SL0_LSB | 2 << VTCR_EL2_PS_LSB
	.equ	VTCR_CACHE, 1 << VTCR_EL2_IRGN0_LSB | 1 << VTCR_EL2_ORGN0_LSB | 3 << VTCR_EL2_SH0_LSB
	.equ	VTCR_GOOD,  VTCR_EL2_RES1 | VTCR_SIZE | VTCR_CACHE

// stage2_enable: stage 2 on for one guest, in the order of H9: size, root, TLB, and only then HCR_EL2.VM.
//   in x0 = vcpu; clobbers x1
func stage2_enable
	ldr	x1, [x0, #vcpu_vm]
	ldr	x1, [x1, #vm_vtcr]
	msr	vtcr_el2, x1
	ldr	x1, [x0, #vcpu_vttbr]
	msr	vttbr_el2, x1
	isb
	tlbi	alle1				// TLB contents are UNKNOWN at reset (V8)
	dsb	nsh
	isb
	ldr	x1, [x0, #vcpu_hcr]
	msr	hcr_el2, x1
	isb
	ret
endfunc stage2_enable

	.macro	hcr_name bit, name
	.byte	\bit
	.asciz	"\name"
	.endm
	.section .rodata.hcr_names, "a"
hcr_names:
	hcr_name 0, "VM"
	hcr_name 1, "SWIO"
	hcr_name 2, "PTW"
	hcr_name 3, "FMO"
	hcr_name 4, "IMO"
	hcr_name 5, "AMO"
	hcr_name 6, "VF"
	hcr_name 7, "VI"
	hcr_name 13, "TWI"
	hcr_name 14, "TWE"
	hcr_name 19, "TSC"
	hcr_name 22, "TSW"
	hcr_name 26, "TVM"
	hcr_name 31, "RW"
	.byte	64

// report_hcr: HCR_EL2 and the names of the bits that are set.
//   clobbers x0-x18
func report_hcr
	stp	x29, x30, [sp, #-48]!
	stp	x19, x20, [sp, #16]
	str	x21, [sp, #32]
	mrs	x19, hcr_el2
	say	"[EL2] HCR_EL2=%x:", x19
	adr_l	x20, hcr_names
1:	ldrb	w21, [x20], #1
	cmp	w21, #64
	b.eq	3f
	lsr	x21, x19, x21
	tbz	x21, #0, 2f
	say	" %s", x20
2:	ldrb	w21, [x20], #1			// to the end of the name
	cbnz	w21, 2b
	b	1b
3:	say	"\n"
	ldr	x21, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
endfunc report_hcr

// report_stage2: VTCR_EL2 and VTTBR_EL2 with their fields.
//   clobbers x0-x18
func report_stage2
	stp	x29, x30, [sp, #-48]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	mrs	x19, vtcr_el2
	ubfx	x20, x19, #VTCR_EL2_T0SZ_LSB, #6
	ubfx	x21, x19, #VTCR_EL2_SL0_LSB, #2
	mov	x22, #64
	sub	x22, x22, x20
	say	"[EL2] VTCR_EL2=%x: T0SZ=%d (IPA of %d bits) SL0=%d\n", x19, x20, x22, x21
	mrs	x19, vttbr_el2
	ubfx	x20, x19, #VTTBR_EL2_VMID_LSB, #8	// VS = 0: 8 bits
	ubfx	x21, x19, #0, #48
	say	"[EL2] VTTBR_EL2=%x: VMID=%d, table at %x\n", x19, x20, x21
	ldp	x21, x22, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #48
	ret
endfunc report_stage2
