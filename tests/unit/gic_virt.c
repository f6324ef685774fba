/* Virtual CPU interface: list-register states, priorities, maintenance interrupt, ICH_VMCR and the guest's registers.
 */

#include "gic_script.h"
#include "run_suite.h"

#define SGI 0x10000
#define HYP EL(2, 0)
#define GUEST EL(1, 0)
#define PENDING ICH_LR_PENDING
#define ACTIVE ICH_LR_ACTIVE
#define GROUP1 ICH_LR_GROUP
#define EOI ICH_LR_EOI
#define PRIO(p) ((u64)(p) << ICH_LR_PRIORITY_LSB)
#define HW(pintid) (ICH_LR_HW | (u64)(pintid) << ICH_LR_PINTID_LSB)
/* Group 1, priority 0xa0 */
#define VIRQ1(intid) (GROUP1 | PRIO(0xa0) | (intid))
#define VMCR_OPEN (0xf8u << 24 | ICH_VMCR_VENG0 | ICH_VMCR_VENG1)
#define VMCR_RESET (3u << ICH_VMCR_VBPR1_LSB | 2u << ICH_VMCR_VBPR0_LSB | ICH_VMCR_VFIQEN)
/* A hypervisor that has enabled the virtual interface, its guest all groups; at EL2. */
#define SET_UP HYP, HCR(HCR_IMO | HCR_FMO), WR(ICH_HCR_EL2, ICH_HCR_EN), WR(ICH_VMCR_EL2, VMCR_OPEN)
#define EOICOUNT(n) ((u64)(n) << ICH_HCR_EOICOUNT_LSB)
/* Physical SPI 40 (Group 1, priority 0x80) acknowledged and dropped by a hypervisor in EOImode 1. */
#define SPI40_ACTIVE                                                                                                   \
	DW(0, 2), DW(0x84, ~0u), DW(0x104, 0x100), DW8(0x428, 0x80), WR(ICC_PMR_EL1, 0xff), WR(ICC_CTLR_EL1, 2),       \
		WR(ICC_IGRPEN1_EL1, 1), SPI(40, 1), OUT(IRQ), RD(ICC_IAR1_EL1, 40), WR(ICC_EOIR1_EL1, 40),             \
		DR(0x304, 0x100)

static const struct script states[] = {
	{ "pending, active, invalid",
	  false,
	  { SET_UP,
	    WR(ICH_LR0_EL2, PENDING | VIRQ1(27)),
	    OUT(VIRQ),
	    GUEST,
	    RD(ICC_HPPIR1_EL1, 27),
	    RD(ICC_HPPIR0_EL1, 1023),
	    RD(ICC_IAR0_EL1, 1023),
	    RD(ICC_IAR1_EL1, 27),
	    OUT(0),
	    RD(ICC_RPR_EL1, 0xa0),
	    RD(ICC_IAR1_EL1, 1023),
	    HYP,
	    RD(ICH_LR0_EL2, ACTIVE | VIRQ1(27)),
	    RD(ICH_AP1R0_EL2, 1 << 20),
	    RD(ICH_ELRSR_EL2, 0xe),
	    GUEST,
	    WR(ICC_EOIR1_EL1, 27),
	    RD(ICC_RPR_EL1, 0xff),
	    HYP,
	    RD(ICH_LR0_EL2, VIRQ1(27)),
	    RD(ICH_AP1R0_EL2, 0),
	    RD(ICH_ELRSR_EL2, 0xf),
	    RD(ICH_EISR_EL2, 0),
	    RD(ICH_HCR_EL2, ICH_HCR_EN),
	    END } },
	{ "Group 0 is a virtual FIQ",
	  false,
	  { SET_UP, WR(ICH_LR1_EL2, PENDING | PRIO(0x20) | 40), OUT(VFIQ), GUEST, RD(ICC_IAR1_EL1, 1023),
	    RD(ICC_IAR0_EL1, 40), OUT(0), HYP, RD(ICH_AP0R0_EL2, 1 << 4), GUEST, RD(ICC_AP0R0_EL1, 1 << 4),
	    WR(ICC_EOIR0_EL1, 40), HYP, RD(ICH_LR1_EL2, PRIO(0x20) | 40), END } },
	{ "pended again while active",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), GUEST, RD(ICC_IAR1_EL1, 27), HYP,
	    WR(ICH_LR0_EL2, PENDING | ACTIVE | VIRQ1(27)), OUT(0), GUEST, RD(ICC_HPPIR1_EL1, 1023),
	    WR(ICC_EOIR1_EL1, 27), OUT(VIRQ), HYP, RD(ICH_LR0_EL2, PENDING | VIRQ1(27)), GUEST, RD(ICC_IAR1_EL1, 27),
	    WR(ICC_EOIR1_EL1, 27), OUT(0), END } },
	{ "EOImode 1: drop, then deactivate",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), GUEST, WR(ICC_CTLR_EL1, 2), RD(ICC_IAR1_EL1, 27),
	    WR(ICC_EOIR1_EL1, 27), RD(ICC_RPR_EL1, 0xff), HYP, RD(ICH_LR0_EL2, ACTIVE | VIRQ1(27)),
	    RD(ICH_HCR_EL2, ICH_HCR_EN), GUEST, WR(ICC_DIR_EL1, 27), HYP, RD(ICH_LR0_EL2, VIRQ1(27)), END } },
	{ "EOImode 0: ICV_DIR has no effect",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), GUEST, RD(ICC_IAR1_EL1, 27), WR(ICC_DIR_EL1, 27), HYP,
	    RD(ICH_LR0_EL2, ACTIVE | VIRQ1(27)), RD(ICH_HCR_EL2, ICH_HCR_EN), END } },
	{ "the wrong group's EOI drops but does not deactivate",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), GUEST, RD(ICC_IAR1_EL1, 27), WR(ICC_EOIR0_EL1, 27),
	    RD(ICC_RPR_EL1, 0xff), HYP, RD(ICH_LR0_EL2, ACTIVE | VIRQ1(27)), END } },
	{ "an EOI out of order drops but does not deactivate",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), GUEST, RD(ICC_IAR1_EL1, 27), HYP,
	    WR(ICH_LR1_EL2, PENDING | GROUP1 | PRIO(0x40) | 28), GUEST, RD(ICC_IAR1_EL1, 28), WR(ICC_EOIR1_EL1, 27),
	    RD(ICC_RPR_EL1, 0xa0), HYP, RD(ICH_LR0_EL2, ACTIVE | VIRQ1(27)),
	    RD(ICH_LR1_EL2, ACTIVE | GROUP1 | PRIO(0x40) | 28), END } },
	{ "HW: EOI deactivates the physical interrupt",
	  false,
	  { SET_UP, SPI40_ACTIVE, WR(ICH_LR0_EL2, PENDING | VIRQ1(27) | HW(40)), OUT(VIRQ), GUEST, RD(ICC_IAR1_EL1, 27),
	    DR(0x304, 0x100), WR(ICC_EOIR1_EL1, 27), DR(0x304, 0), OUT(IRQ), HYP, RD(ICH_LR0_EL2, VIRQ1(27) | HW(40)),
	    RD(ICH_ELRSR_EL2, 0xf), RD(ICC_IAR1_EL1, 40), END } },
	{ "HW: with EOImode 1 ICV_DIR does",
	  false,
	  { SET_UP, SPI40_ACTIVE, SPI(40, 0), WR(ICH_LR0_EL2, PENDING | VIRQ1(27) | HW(40)), GUEST, WR(ICC_CTLR_EL1, 2),
	    RD(ICC_IAR1_EL1, 27), WR(ICC_EOIR1_EL1, 27), DR(0x304, 0x100), WR(ICC_DIR_EL1, 27), DR(0x304, 0), OUT(0),
	    END } },
	{ "HW: of an interrupt that does not exist",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27) | HW(0x1fff)), GUEST, RD(ICC_IAR1_EL1, 27),
	    WR(ICC_EOIR1_EL1, 27), HYP, RD(ICH_LR0_EL2, VIRQ1(27) | HW(0x1fff)), END } },
	{ "LPIs have no active state",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(8192)), GUEST, RD(ICC_IAR1_EL1, 8192), HYP,
	    RD(ICH_LR0_EL2, VIRQ1(8192)), RD(ICH_AP1R0_EL2, 1 << 20), GUEST, WR(ICC_EOIR1_EL1, 8192),
	    RD(ICC_RPR_EL1, 0xff), HYP, RD(ICH_HCR_EL2, ICH_HCR_EN), END } },
	{ "a special INTID leaves with its acknowledgement",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(1022)), OUT(VIRQ), GUEST, RD(ICC_IAR1_EL1, 1022), OUT(0),
	    RD(ICC_RPR_EL1, 0xff), HYP, RD(ICH_LR0_EL2, VIRQ1(1022)), END } },
	{ "nothing is delivered while ICH_HCR.En is 0",
	  false,
	  { SET_UP, WR(ICH_HCR_EL2, 0), WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), OUT(0), GUEST, RD(ICC_IAR1_EL1, 1023),
	    RD(ICC_HPPIR1_EL1, 27), HYP, RD(ICH_ELRSR_EL2, 0xe), WR(ICH_HCR_EL2, ICH_HCR_EN), OUT(VIRQ), END } },
	{ "RES0 bits of a list register",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, ~0ull & ~ICH_LR_STATE), RD(ICH_LR0_EL2, 0x30f81fff00ffffff),
	    WR(ICH_LR0_EL2, ~0ull & ~(ICH_LR_STATE | ICH_LR_HW)), RD(ICH_LR0_EL2, 0x10f8020000ffffff),
	    WR(ICH_LR0_EL2, 0x4120002000000000), RD(ICH_LR0_EL2, 0x4020000000000000), OUT(VFIQ), GUEST,
	    RD(ICC_IAR1_EL1, 1023), RD(ICC_IAR0_EL1, 0), END } },
};

static const struct script priorities[] = {
	{ "highest priority, then lowest list register",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), WR(ICH_LR1_EL2, PENDING | GROUP1 | PRIO(0x40) | 28),
	    WR(ICH_LR2_EL2, PENDING | GROUP1 | PRIO(0x40) | 29), GUEST, RD(ICC_HPPIR1_EL1, 28), RD(ICC_IAR1_EL1, 28),
	    RD(ICC_IAR1_EL1, 1023), WR(ICC_EOIR1_EL1, 28), RD(ICC_IAR1_EL1, 29), WR(ICC_EOIR1_EL1, 29),
	    RD(ICC_IAR1_EL1, 27), END } },
	{ "preemption",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), GUEST, RD(ICC_IAR1_EL1, 27), HYP,
	    WR(ICH_LR1_EL2, PENDING | GROUP1 | PRIO(0xa0) | 28), OUT(0),
	    WR(ICH_LR1_EL2, PENDING | GROUP1 | PRIO(0x98) | 28), OUT(VIRQ), GUEST, RD(ICC_IAR1_EL1, 28),
	    RD(ICC_RPR_EL1, 0x98), RD(ICC_AP1R0_EL1, 3 << 19), WR(ICC_EOIR1_EL1, 28), RD(ICC_RPR_EL1, 0xa0),
	    WR(ICC_EOIR1_EL1, 27), RD(ICC_RPR_EL1, 0xff), END } },
	{ "a Group 0 interrupt preempts Group 1; EOI drops the more urgent",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), GUEST, RD(ICC_IAR1_EL1, 27), HYP,
	    WR(ICH_LR1_EL2, PENDING | PRIO(0x10) | 5), OUT(VFIQ), GUEST, RD(ICC_IAR0_EL1, 5), RD(ICC_RPR_EL1, 0x10),
	    WR(ICC_EOIR0_EL1, 5), RD(ICC_RPR_EL1, 0xa0), WR(ICC_EOIR1_EL1, 27), HYP, RD(ICH_ELRSR_EL2, 0xf), END } },
	{ "priority mask",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), GUEST, WR(ICC_PMR_EL1, 0xa0), OUT(0), RD(ICC_IAR1_EL1, 1023),
	    RD(ICC_HPPIR1_EL1, 27), WR(ICC_PMR_EL1, 0xa8), OUT(VIRQ), END } },
	{ "group enables",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), WR(ICH_LR1_EL2, PENDING | PRIO(0) | 5), OUT(VFIQ), GUEST,
	    WR(ICC_IGRPEN0_EL1, 0), OUT(VIRQ), RD(ICC_HPPIR1_EL1, 27), WR(ICC_IGRPEN1_EL1, 0), OUT(0),
	    RD(ICC_HPPIR1_EL1, 1023), WR(ICC_IGRPEN0_EL1, 1), OUT(VFIQ), RD(ICC_IGRPEN0_EL1, 1), RD(ICC_IGRPEN1_EL1, 0),
	    END } },
	{ "binary point",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), GUEST, WR(ICC_BPR1_EL1, 6), RD(ICC_IAR1_EL1, 27),
	    RD(ICC_RPR_EL1, 0x80), HYP, WR(ICH_LR1_EL2, PENDING | GROUP1 | PRIO(0x80) | 28), OUT(0),
	    WR(ICH_LR1_EL2, PENDING | GROUP1 | PRIO(0x78) | 28), OUT(VIRQ), GUEST, WR(ICC_EOIR1_EL1, 27), HYP,
	    RD(ICH_LR0_EL2, VIRQ1(27)), END } },
	{ "CBPR: Group 1 follows ICV_BPR0",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), GUEST, WR(ICC_CTLR_EL1, 1), WR(ICC_BPR0_EL1, 7),
	    RD(ICC_BPR1_EL1, 7), RD(ICC_IAR1_EL1, 27), RD(ICC_RPR_EL1, 0), HYP, WR(ICH_LR1_EL2, PENDING | GROUP1 | 28),
	    OUT(0), END } },
	{ "active priorities restored by the hypervisor",
	  false,
	  { SET_UP, WR(ICH_AP1R0_EL2, 1 << 20), WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), OUT(0), GUEST,
	    RD(ICC_RPR_EL1, 0xa0), HYP, WR(ICH_AP1R0_EL2, 0), OUT(VIRQ), GUEST, WR(ICC_AP0R0_EL1, 1), OUT(0),
	    RD(ICC_AP0R0_EL1, 1), END } },
};

static const struct script vmcr[] = {
	{ "reset and fixed bits",
	  false,
	  { HYP, RD(ICH_VMCR_EL2, VMCR_RESET), WR(ICH_VMCR_EL2, 0xffffffffffffffff), RD(ICH_VMCR_EL2, 0xf8fc021b),
	    WR(ICH_VMCR_EL2, 0), RD(ICH_VMCR_EL2, VMCR_RESET), END } },
	{ "the guest's registers are fields of ICH_VMCR",
	  false,
	  { HYP,
	    HCR(HCR_IMO | HCR_FMO),
	    GUEST,
	    WR(ICC_PMR_EL1, 0xf7),
	    RD(ICC_PMR_EL1, 0xf0),
	    WR(ICC_BPR0_EL1, 4),
	    WR(ICC_BPR1_EL1, 5),
	    WR(ICC_IGRPEN1_EL1, 1),
	    WR(ICC_CTLR_EL1, 2),
	    HYP,
	    RD(ICH_VMCR_EL2, 0xf0000000 | 4 << 21 | 5 << 18 | ICH_VMCR_VEOIM | ICH_VMCR_VFIQEN | ICH_VMCR_VENG1),
	    GUEST,
	    RD(ICC_BPR0_EL1, 4),
	    RD(ICC_BPR1_EL1, 5),
	    RD(ICC_CTLR_EL1, 2 | 4 << 8 | 1 << 11 | 1 << 15),
	    RD(ICC_IGRPEN1_EL1, 1),
	    RD(ICC_IGRPEN0_EL1, 0),
	    WR(ICC_CTLR_EL1, 1),
	    RD(ICC_CTLR_EL1, 1 | 4 << 8 | 1 << 11 | 1 << 15),
	    RD(ICC_BPR1_EL1, 5),
	    WR(ICC_BPR1_EL1, 7),
	    WR(ICC_CTLR_EL1, 0),
	    RD(ICC_BPR1_EL1, 5),
	    WR(ICC_BPR0_EL1, 0),
	    RD(ICC_BPR0_EL1, 2),
	    WR(ICC_BPR1_EL1, 0),
	    RD(ICC_BPR1_EL1, 3),
	    END } },
	{ "the physical registers are untouched",
	  false,
	  { HYP, HCR(HCR_IMO | HCR_FMO), WR(ICC_PMR_EL1, 0x50), GUEST, WR(ICC_PMR_EL1, 0xf0), WR(ICC_IGRPEN1_EL1, 1),
	    HYP, RD(ICC_PMR_EL1, 0x50), RD(ICC_IGRPEN1_EL1, 0), END } },
	{ "IMO alone redirects Group 1 and the common registers",
	  false,
	  { HYP, HCR(HCR_IMO), WR(ICC_PMR_EL1, 0x50), GUEST, WR(ICC_IGRPEN1_EL1, 1), WR(ICC_IGRPEN0_EL1, 1),
	    RD(ICC_PMR_EL1, 0), HYP, RD(ICH_VMCR_EL2, VMCR_RESET | ICH_VMCR_VENG1), RD(ICC_IGRPEN0_EL1, 1), END } },
	{ "FMO alone redirects Group 0 and the common registers",
	  false,
	  { HYP, HCR(HCR_FMO), WR(ICC_PMR_EL1, 0x50), GUEST, WR(ICC_IGRPEN1_EL1, 1), WR(ICC_IGRPEN0_EL1, 1),
	    RD(ICC_PMR_EL1, 0), HYP, RD(ICH_VMCR_EL2, VMCR_RESET | ICH_VMCR_VENG0), RD(ICC_IGRPEN1_EL1, 1), END } },
	{ "no redirection while EL2 is disabled",
	  false,
	  { HCR(HCR_FMO | HCR_IMO), EL2_ENABLED(0), WR(ICC_PMR_EL1, 0x50), EL2_ENABLED(1), RD(ICC_PMR_EL1, 0), END } },
	{ "ICH_VTR and the writable bits of ICH_HCR",
	  false,
	  { HYP, RD(ICH_VTR_EL2, 4u << 29 | 4 << 26 | 1 << 23 | 1 << 21 | 1 << 20 | 1 << 19 | 3),
	    WR(ICH_HCR_EL2, ~0ull), RD(ICH_HCR_EL2, 0xf8005cff), WR(ICH_HCR_EL2, 0), END } },
};

static const struct script maintenance[] = {
	{ "EOI of a list register that asks for it",
	  false,
	  { SET_UP, WR(ICH_LR1_EL2, PENDING | VIRQ1(27) | EOI), RR(SGI + 0x200, 0), GUEST, RD(ICC_IAR1_EL1, 27),
	    WR(ICC_EOIR1_EL1, 27), HYP, RD(ICH_EISR_EL2, 2), RD(ICH_MISR_EL2, ICH_MISR_EOI), RD(ICH_ELRSR_EL2, 0xd),
	    RR(SGI + 0x200, 1 << 25), WR(ICH_LR1_EL2, 0), RD(ICH_EISR_EL2, 0), RD(ICH_ELRSR_EL2, 0xf),
	    RR(SGI + 0x200, 0), END } },
	{ "underflow",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), WR(ICH_LR3_EL2, ACTIVE | VIRQ1(28)),
	    WR(ICH_HCR_EL2, ICH_HCR_EN | ICH_HCR_UIE), RD(ICH_MISR_EL2, 0), RR(SGI + 0x200, 0), GUEST,
	    RD(ICC_IAR1_EL1, 27), WR(ICC_EOIR1_EL1, 27), HYP, RD(ICH_MISR_EL2, ICH_MISR_U), RR(SGI + 0x200, 1 << 25),
	    WR(ICH_LR3_EL2, 0), RD(ICH_MISR_EL2, ICH_MISR_U), END } },
	{ "no pending list register",
	  false,
	  { SET_UP, WR(ICH_LR0_EL2, PENDING | VIRQ1(27)), WR(ICH_HCR_EL2, ICH_HCR_EN | ICH_HCR_NPIE),
	    RD(ICH_MISR_EL2, 0), GUEST, RD(ICC_IAR1_EL1, 27), HYP, RD(ICH_MISR_EL2, ICH_MISR_NP),
	    RR(SGI + 0x200, 1 << 25), WR(ICH_LR0_EL2, PENDING | ACTIVE | VIRQ1(27)), RD(ICH_MISR_EL2, ICH_MISR_NP),
	    WR(ICH_LR1_EL2, PENDING | VIRQ1(28)), RD(ICH_MISR_EL2, 0), RR(SGI + 0x200, 0), END } },
	{ "EOIcount: ends without a list register",
	  false,
	  { SET_UP, WR(ICH_HCR_EL2, ICH_HCR_EN | ICH_HCR_LRENPIE), WR(ICH_AP1R0_EL2, 3 << 20), GUEST,
	    WR(ICC_EOIR1_EL1, 1023), WR(ICC_EOIR1_EL1, 8192), WR(ICC_EOIR1_EL1, 50), RD(ICC_RPR_EL1, 0xff),
	    WR(ICC_EOIR1_EL1, 50), HYP, RD(ICH_HCR_EL2, ICH_HCR_EN | ICH_HCR_LRENPIE | EOICOUNT(1)),
	    RD(ICH_MISR_EL2, ICH_MISR_LRENP), RR(SGI + 0x200, 1 << 25), WR(ICH_HCR_EL2, ICH_HCR_EN | ICH_HCR_LRENPIE),
	    RR(SGI + 0x200, 0), END } },
	{ "EOIcount: with EOImode 1 ICV_DIR counts, ICV_EOIR does not; it wraps",
	  false,
	  { SET_UP, WR(ICH_HCR_EL2, ICH_HCR_EN | EOICOUNT(31)), WR(ICH_AP1R0_EL2, 1 << 20), GUEST, WR(ICC_CTLR_EL1, 2),
	    WR(ICC_EOIR1_EL1, 50), HYP, RD(ICH_HCR_EL2, ICH_HCR_EN | EOICOUNT(31)), GUEST, WR(ICC_DIR_EL1, 50), HYP,
	    RD(ICH_HCR_EL2, ICH_HCR_EN), GUEST, WR(ICC_DIR_EL1, 1020), WR(ICC_DIR_EL1, 8200), WR(ICC_DIR_EL1, 51), HYP,
	    RD(ICH_HCR_EL2, ICH_HCR_EN | EOICOUNT(1)), END } },
	{ "virtual group enables and disables",
	  false,
	  { SET_UP, WR(ICH_VMCR_EL2, ICH_VMCR_VENG1), WR(ICH_HCR_EL2, ICH_HCR_EN | 0xf0),
	    RD(ICH_MISR_EL2, ICH_MISR_VGRP0D | ICH_MISR_VGRP1E),
	    WR(ICH_HCR_EL2, ICH_HCR_EN | ICH_HCR_VGRP0EIE | ICH_HCR_VGRP1DIE), RD(ICH_MISR_EL2, 0), RR(SGI + 0x200, 0),
	    GUEST, WR(ICC_IGRPEN0_EL1, 1), RR(SGI + 0x200, 1 << 25), WR(ICC_IGRPEN1_EL1, 0), HYP,
	    RD(ICH_MISR_EL2, ICH_MISR_VGRP0E | ICH_MISR_VGRP1D), END } },
	{ "the interrupt needs ICH_HCR.En, ICH_MISR does not",
	  false,
	  { SET_UP, WR(ICH_HCR_EL2, ICH_HCR_UIE | ICH_HCR_NPIE), RD(ICH_MISR_EL2, ICH_MISR_U | ICH_MISR_NP),
	    RR(SGI + 0x200, 0), WR(ICH_HCR_EL2, ICH_HCR_EN | ICH_HCR_UIE), RR(SGI + 0x200, 1 << 25),
	    WR(ICH_HCR_EL2, ICH_HCR_UIE), RR(SGI + 0x200, 0), END } },
	{ "it is a physical interrupt of the core",
	  false,
	  { SET_UP, DW(0, 2), RW(SGI + 0x80, ~0u), RW(SGI + 0x100, 1 << 25), WR(ICC_PMR_EL1, 0xff),
	    WR(ICC_IGRPEN1_EL1, 1), WR(ICH_HCR_EL2, ICH_HCR_EN | ICH_HCR_UIE), OUT(IRQ), RD(ICC_IAR1_EL1, 25), OUT(0),
	    WR(ICH_HCR_EL2, ICH_HCR_EN), WR(ICC_EOIR1_EL1, 25), OUT(0), AT(1), HYP, RR(SGI + 0x200, 0), END } },
};

#define SCRIPT_TEST(set)                                                                                               \
	START_TEST(run_##set)                                                                                          \
	{                                                                                                              \
		run_script(&set[_i]);                                                                                  \
	}                                                                                                              \
	END_TEST

SCRIPT_TEST(states)
SCRIPT_TEST(priorities)
SCRIPT_TEST(vmcr)
SCRIPT_TEST(maintenance)

static struct ev_lr seen[8];
static unsigned seen_count;

static void on_event(void *ctx, const struct event *e)
{
	ck_assert_uint_lt(seen_count, ARRAY_SIZE(seen));
	seen[seen_count++] = e->lr;
}

/* Every change of a list register is one event that says why. */
START_TEST(events)
{
	static const struct script life = { "life",
					    false,
					    { SET_UP, WR(ICH_LR2_EL2, PENDING | VIRQ1(27)), GUEST, RD(ICC_IAR1_EL1, 27),
					      WR(ICC_EOIR1_EL1, 27), END } };
	static const struct {
		const char *why;
		u64 old, value;
	} want[] = {
		{ "write", 0, PENDING | VIRQ1(27) },
		{ "ack", PENDING | VIRQ1(27), ACTIVE | VIRQ1(27) },
		{ "eoi", ACTIVE | VIRQ1(27), VIRQ1(27) },
	};
	struct tracer t = { 0 };
	struct observer o = { .mask = 1u << EV_LR, .event = on_event };

	trace_attach(&t, &o);
	seen_count = 0;
	begin(false);
	gic.cfg.trace = &t;
	for (const struct step *s = life.steps; s->op != STEP_END; s++)
		perform(&life, s, 0);
	ck_assert_uint_eq(seen_count, ARRAY_SIZE(want));
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
		ck_assert_uint_eq(seen[i].n, 2);
		ck_assert_str_eq(seen[i].why, want[i].why);
		ck_assert_uint_eq(seen[i].old, want[i].old);
		ck_assert_uint_eq(seen[i].value, want[i].value);
	}
}
END_TEST

/* Without EL2 there are no list registers, and no maintenance interrupt. */
START_TEST(no_virtual_interface)
{
	struct gic_config c = test_config(false);
	u64 v = 1;

	c.list_registers = 0;
	gic_init(&gic, &c);
	gic.view[0].el = 3;
	ck_assert_int_eq(gic_sysreg_read(&gic, 0, GIC_ICH_VTR_EL2, &v), GIC_OK);
	ck_assert_uint_eq(v, 0);
	ck_assert_int_eq(gic_sysreg_write(&gic, 0, GIC_ICH_LR0_EL2, PENDING), GIC_UNDEF);
	ck_assert_int_eq(gic_sysreg_write(&gic, 0, GIC_ICH_HCR_EL2, ICH_HCR_EN | ICH_HCR_UIE), GIC_OK);
	ck_assert(!gic_irq_is_pending(&gic, 0, 25));
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("virt");
	Suite *s = suite_create("gic_virt");

	tcase_add_loop_test(c, run_states, 0, ARRAY_SIZE(states));
	tcase_add_loop_test(c, run_priorities, 0, ARRAY_SIZE(priorities));
	tcase_add_loop_test(c, run_vmcr, 0, ARRAY_SIZE(vmcr));
	tcase_add_loop_test(c, run_maintenance, 0, ARRAY_SIZE(maintenance));
	tcase_add_test(c, events);
	tcase_add_test(c, no_virtual_interface);
	suite_add_tcase(s, c);
	return run_suite(s);
}
