/*
 * Keys of the GIC's system registers: the encoding, op0<<14 | op1<<11 | CRn<<7 | CRm<<3 | op2. The machine layer
 * translates the core's register numbers into these.
 */
#ifndef GIC_GIC_REGS_H
#define GIC_GIC_REGS_H

#define GIC_SYSREG_KEY(op1, crn, crm, op2) (3 << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

enum gic_sysreg_key {
#define GIC_SYSREG(name, op1, crn, crm, op2, ...) GIC_##name = GIC_SYSREG_KEY(op1, crn, crm, op2),
#include "gic/sysregs.def"
#undef GIC_SYSREG
};

/* ICH_LR<n>_EL2. GICv3 IHI 0069 */
#define ICH_LR_VINTID 0x00000000ffffffffull
#define ICH_LR_PINTID_LSB 32
#define ICH_LR_PINTID (0x1fffull << ICH_LR_PINTID_LSB) /* HW == 1 */
#define ICH_LR_EOI (1ull << 41)			       /* HW == 0 */
#define ICH_LR_PRIORITY_LSB 48
#define ICH_LR_PRIORITY (0xffull << ICH_LR_PRIORITY_LSB)
#define ICH_LR_GROUP (1ull << 60)
#define ICH_LR_HW (1ull << 61)
#define ICH_LR_PENDING (1ull << 62)
#define ICH_LR_ACTIVE (1ull << 63)
#define ICH_LR_STATE (ICH_LR_PENDING | ICH_LR_ACTIVE)

#define ICH_HCR_EN (1u << 0)
#define ICH_HCR_UIE (1u << 1)
#define ICH_HCR_LRENPIE (1u << 2)
#define ICH_HCR_NPIE (1u << 3)
#define ICH_HCR_VGRP0EIE (1u << 4)
#define ICH_HCR_VGRP0DIE (1u << 5)
#define ICH_HCR_VGRP1EIE (1u << 6)
#define ICH_HCR_VGRP1DIE (1u << 7)
#define ICH_HCR_TC (1u << 10)
#define ICH_HCR_TALL0 (1u << 11)
#define ICH_HCR_TALL1 (1u << 12)
#define ICH_HCR_TDIR (1u << 14)
#define ICH_HCR_EOICOUNT_LSB 27
#define ICH_HCR_EOICOUNT (0x1fu << ICH_HCR_EOICOUNT_LSB)

#define ICH_MISR_EOI (1u << 0)
#define ICH_MISR_U (1u << 1)
#define ICH_MISR_LRENP (1u << 2)
#define ICH_MISR_NP (1u << 3)
#define ICH_MISR_VGRP0E (1u << 4)
#define ICH_MISR_VGRP0D (1u << 5)
#define ICH_MISR_VGRP1E (1u << 6)
#define ICH_MISR_VGRP1D (1u << 7)

#define ICH_VMCR_VENG0 (1u << 0)
#define ICH_VMCR_VENG1 (1u << 1)
#define ICH_VMCR_VFIQEN (1u << 3)
#define ICH_VMCR_VCBPR (1u << 4)
#define ICH_VMCR_VEOIM (1u << 9)
#define ICH_VMCR_VBPR1_LSB 18
#define ICH_VMCR_VBPR0_LSB 21
#define ICH_VMCR_VPMR_LSB 24

#define ICC_CTLR_CBPR (1u << 0)
#define ICC_CTLR_EOIMODE (1u << 1)
#define ICC_CTLR_PRIBITS_LSB 8
#define ICC_CTLR_IDBITS_LSB 11
#define ICC_CTLR_A3V (1u << 15)
#define ICC_CTLR_EL3_CBPR_EL1S (1u << 0)
#define ICC_CTLR_EL3_CBPR_EL1NS (1u << 1)
#define ICC_CTLR_EL3_EOIMODE_EL3 (1u << 2)
#define ICC_CTLR_EL3_EOIMODE_EL1S (1u << 3)
#define ICC_CTLR_EL3_EOIMODE_EL1NS (1u << 4)

#define ICC_SRE_SRE (1u << 0)
#define ICC_SRE_DFB (1u << 1)
#define ICC_SRE_DIB (1u << 2)
#define ICC_SRE_ENABLE (1u << 3)

#define GICD_CTLR_ENABLE_GRP0 (1u << 0)
#define GICD_CTLR_ENABLE_GRP1NS (1u << 1)
#define GICD_CTLR_ENABLE_GRP1S (1u << 2)
#define GICD_CTLR_ARE_S (1u << 4)
#define GICD_CTLR_ARE_NS (1u << 5)
#define GICD_CTLR_DS (1u << 6)

#define GICD_IROUTER_IRM (1ull << 31)

#define GICR_WAKER_PROCESSOR_SLEEP (1u << 1)
#define GICR_WAKER_CHILDREN_ASLEEP (1u << 2)

/* INTIDs that name no interrupt. */
#define GIC_INTID_SECURE 1020	 /* EL3 is told: a Secure Group 1 interrupt is pending */
#define GIC_INTID_NONSECURE 1021 /* EL3 is told: a Non-secure Group 1 interrupt is pending */
#define GIC_INTID_SPURIOUS 1023
#define GIC_INTID_LPI 8192 /* the first LPI */

static inline int gic_intid_is_special(unsigned long long intid)
{
	return intid >= 1020 && intid <= 1023;
}

#endif
