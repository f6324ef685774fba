// gic.S: the physical GICv3: EL3 assigns the groups, EL2 runs the CPU interface.
// Article: "Virtual GICv3"; it leaves out ICC_SRE_EL3/EL2 and the groups, without which nothing of it works (G9, H10).
	.include "constants.inc"
	.include "sysreg.inc"
	.include "macros.inc"

	.equ	GICD_CTLR,		0x0000
	.equ	GICD_CTLR_RWP_BIT,	31
	.equ	GICD_CTLR_ENABLE,	0x37		// EnableGrp0, Grp1NS, Grp1S, ARE_S, ARE_NS (Secure view)
	.equ	GICD_IGROUPR,		0x0080
	.equ	GICR_WAKER,		0x0014
	.equ	GICR_WAKER_PSLEEP,	1 << 1
	.equ	GICR_WAKER_CASLEEP_BIT,	2
	.equ	GICR_ISENABLER0,	0x0100		// these four in the SGI_base frame
	.equ	GICR_ISACTIVER0,	0x0300
	.equ	GICR_IGROUPR0,		0x0080
	.equ	GICR_IPRIORITYR,	0x0400
	.equ	GIC_PRIORITY,		0x80

// gic_init_el3: Non-secure Group 1 for all but SGI 8, which is Group 0 (a physical FIQ for the H4 experiment).
//   clobbers x0-x2
func gic_init_el3
	mov	x0, #ICC_SRE_EL3_SRE | ICC_SRE_EL3_DFB | ICC_SRE_EL3_DIB | ICC_SRE_EL3_Enable
	msr	icc_sre_el3, x0
	isb
	ldr	x0, =GICD_BASE
	mov	w1, #GICD_CTLR_ENABLE
	str	w1, [x0, #GICD_CTLR]
1:	ldr	w1, [x0, #GICD_CTLR]
	tbnz	w1, #GICD_CTLR_RWP_BIT, 1b
	mov	w1, #-1
	add	x2, x0, #GICD_IGROUPR + 4	// SPIs 0-223
	.rept	7
	str	w1, [x2], #4
	.endr

	ldr	x0, =GICR_BASE			// wake this core's redistributor
	ldr	w1, [x0, #GICR_WAKER]
	bic	w1, w1, #GICR_WAKER_PSLEEP
	str	w1, [x0, #GICR_WAKER]
2:	ldr	w1, [x0, #GICR_WAKER]
	tbnz	w1, #GICR_WAKER_CASLEEP_BIT, 2b

	ldr	x0, =GICR_SGI_BASE
	mov	w1, #~(1 << 8)
	str	w1, [x0, #GICR_IGROUPR0]
	mov	w1, #1 << 8
	str	w1, [x0, #GICR_ISENABLER0]
	mov	x0, #0xff
	msr	icc_pmr_el1, x0
	mov	x0, #1
	msr	icc_igrpen0_el1, x0		// Group 0 belongs to EL3
	isb
	ret
endfunc gic_init_el3

// gic_init_el2: system registers for EL1 and EL2, Group 1 on, EOI drops priority only (EOImode 1): deactivation is a
// step of its own, which the guest makes for HW-linked interrupts.
//   clobbers x0
func gic_init_el2
	mov	x0, #ICC_SRE_EL3_SRE | ICC_SRE_EL3_DFB | ICC_SRE_EL3_DIB | ICC_SRE_EL3_Enable
	msr	icc_sre_el2, x0
	isb
	mov	x0, #0xff
	msr	icc_pmr_el1, x0
	mov	x0, #ICC_CTLR_EL1_EOImode
	msr	icc_ctlr_el1, x0
	mov	x0, #1
	msr	icc_igrpen1_el1, x0
	isb
	ret
endfunc gic_init_el2

// gic_enable_ppi: in w0 = INTID 16-31; clobbers x0-x3
func gic_enable_ppi
	ldr	x1, =GICR_SGI_BASE
	add	x2, x1, #GICR_IPRIORITYR
	mov	w3, #GIC_PRIORITY
	strb	w3, [x2, x0]
	mov	w3, #1
	lsl	w3, w3, w0
	str	w3, [x1, #GICR_ISENABLER0]
	ret
endfunc gic_enable_ppi

// gic_ppi_active: in w0 = INTID 16-31; out x0 = 1: acknowledged and not yet deactivated; clobbers x1
func gic_ppi_active
	ldr	x1, =GICR_SGI_BASE
	ldr	w1, [x1, #GICR_ISACTIVER0]
	lsr	w0, w1, w0
	and	x0, x0, #1
	ret
endfunc gic_ppi_active
