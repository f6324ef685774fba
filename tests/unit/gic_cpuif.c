/* Physical CPU interface: acknowledge, preemption, end of interrupt, groups and security states, SGIs, traps. */

#include "gic_script.h"
#include "run_suite.h"

#define SGI 0x10000
#define SECURE_EL1 EL(1, 1)
#define NONSECURE_EL1 EL(1, 0)
#define EL3 EL(3, 1)

/* One security state: SPIs 32-63 in Group 1 and enabled, with priorities 32: 0xa0, 33: 0x80, 34: 0x60, 35: 0x20. */
#define FOUR_SPIS                                                                                                      \
	DW(0, 3), DW(0x84, ~0u), DW(0x104, ~0u), DW(0x420, 0x206080a0), WR(ICC_PMR_EL1, 0xff), WR(ICC_IGRPEN1_EL1, 1), \
		WR(ICC_IGRPEN0_EL1, 1)
/* Two: 32 is Group 0, 33 Secure Group 1, 34 Non-secure Group 1; everything enabled; ends at Secure EL1. */
#define THREE_GROUPS                                                                                                   \
	SECURE_EL1, DW(0, 7), DW(0x84, 4), DW(0xd04, 2), DW(0x104, 7), DW(0x420, 0xa04020), WR(ICC_PMR_EL1, 0xff),     \
		EL3, WR(ICC_IGRPEN1_EL3, 3), WR(ICC_IGRPEN0_EL1, 1), SECURE_EL1

static const struct script one_state[] = {
	{ "nothing pending",
	  false,
	  { FOUR_SPIS, OUT(0), RD(ICC_IAR1_EL1, 1023), RD(ICC_IAR0_EL1, 1023), RD(ICC_HPPIR1_EL1, 1023),
	    RD(ICC_RPR_EL1, 0xff), END } },
	{ "acknowledge, end",
	  false,
	  { FOUR_SPIS,
	    SPI(33, 1),
	    OUT(IRQ),
	    RD(ICC_HPPIR1_EL1, 33),
	    RD(ICC_HPPIR0_EL1, 1023),
	    RD(ICC_IAR0_EL1, 1023),
	    RD(ICC_IAR1_EL1, 33),
	    OUT(0),
	    DR(0x304, 2),
	    RD(ICC_RPR_EL1, 0x80),
	    RD(ICC_AP1R0_EL1, 1 << 16),
	    RD(ICC_AP0R0_EL1, 0),
	    RD(ICC_IAR1_EL1, 1023),
	    SPI(33, 0),
	    WR(ICC_EOIR1_EL1, 33),
	    DR(0x304, 0),
	    OUT(0),
	    RD(ICC_RPR_EL1, 0xff),
	    RD(ICC_AP1R0_EL1, 0),
	    END } },
	{ "a level that stays asserted is taken again",
	  false,
	  { FOUR_SPIS, SPI(33, 1), RD(ICC_IAR1_EL1, 33), DR(0x204, 2), OUT(0), WR(ICC_EOIR1_EL1, 33), OUT(IRQ),
	    RD(ICC_IAR1_EL1, 33), END } },
	{ "an edge while active is taken afterwards",
	  false,
	  { FOUR_SPIS, DW(0xc08, 8), SPI(33, 1), RD(ICC_IAR1_EL1, 33), DR(0x204, 0), SPI(33, 0), SPI(33, 1),
	    DR(0x204, 2), OUT(0), WR(ICC_EOIR1_EL1, 33), OUT(IRQ), RD(ICC_IAR1_EL1, 33), WR(ICC_EOIR1_EL1, 33), OUT(0),
	    END } },
	{ "software-pended level is consumed by the acknowledgement",
	  false,
	  { FOUR_SPIS, DW(0x204, 2), RD(ICC_IAR1_EL1, 33), DR(0x204, 0), WR(ICC_EOIR1_EL1, 33), OUT(0), END } },
	{ "highest priority first, then lowest INTID",
	  false,
	  { FOUR_SPIS, SPI(32, 1), RD(ICC_HPPIR1_EL1, 32), SPI(34, 1), RD(ICC_HPPIR1_EL1, 34), SPI(35, 1),
	    RD(ICC_HPPIR1_EL1, 35), DW(0x420, 0x80808080), RD(ICC_HPPIR1_EL1, 32), DW8(0x423, 0x78),
	    RD(ICC_HPPIR1_EL1, 35), END } },
	{ "a PPI beats an SPI of the same priority",
	  false,
	  { FOUR_SPIS, RW(SGI + 0x80, ~0u), RW(SGI + 0x100, ~0u), RW(SGI + 0x418, 0x00000080), SPI(33, 1), PPI(24, 1),
	    RD(ICC_HPPIR1_EL1, 24), RW8(SGI + 0x418, 0x88), RD(ICC_HPPIR1_EL1, 33), END } },
	{ "preemption and nesting",
	  false,
	  { FOUR_SPIS,
	    SPI(33, 1),
	    RD(ICC_IAR1_EL1, 33),
	    SPI(32, 1),
	    OUT(0),
	    RD(ICC_IAR1_EL1, 1023),
	    SPI(35, 1),
	    OUT(IRQ),
	    RD(ICC_IAR1_EL1, 35),
	    RD(ICC_RPR_EL1, 0x20),
	    RD(ICC_AP1R0_EL1, 1 << 16 | 1 << 4),
	    SPI(35, 0),
	    SPI(34, 1),
	    OUT(0),
	    WR(ICC_EOIR1_EL1, 35),
	    RD(ICC_RPR_EL1, 0x80),
	    OUT(IRQ),
	    RD(ICC_IAR1_EL1, 34),
	    SPI(34, 0),
	    SPI(33, 0),
	    WR(ICC_EOIR1_EL1, 34),
	    WR(ICC_EOIR1_EL1, 33),
	    RD(ICC_RPR_EL1, 0xff),
	    RD(ICC_IAR1_EL1, 32),
	    END } },
	{ "priority mask",
	  false,
	  { FOUR_SPIS, WR(ICC_PMR_EL1, 0x80), RD(ICC_PMR_EL1, 0x80), SPI(33, 1), OUT(0), RD(ICC_IAR1_EL1, 1023),
	    RD(ICC_HPPIR1_EL1, 33), WR(ICC_PMR_EL1, 0x88), OUT(IRQ), WR(ICC_PMR_EL1, 0x87), RD(ICC_PMR_EL1, 0x80),
	    OUT(0), WR(ICC_PMR_EL1, 0x1ff), RD(ICC_PMR_EL1, 0xf8), OUT(IRQ), END } },
	{ "binary point: no preemption within a group priority",
	  false,
	  { FOUR_SPIS, WR(ICC_BPR1_EL1, 7), RD(ICC_BPR1_EL1, 7), SPI(33, 1), RD(ICC_IAR1_EL1, 33),
	    RD(ICC_RPR_EL1, 0x80), SPI(34, 1), OUT(IRQ), WR(ICC_EOIR1_EL1, 33), SPI(33, 0), RD(ICC_IAR1_EL1, 34),
	    RD(ICC_RPR_EL1, 0), SPI(35, 1), OUT(0), WR(ICC_EOIR1_EL1, 34), RD(ICC_IAR1_EL1, 35), END } },
	{ "binary points: minima",
	  false,
	  { WR(ICC_BPR0_EL1, 0), RD(ICC_BPR0_EL1, 2), WR(ICC_BPR1_EL1, 0), RD(ICC_BPR1_EL1, 3), WR(ICC_BPR1_EL1, 0xfe),
	    RD(ICC_BPR1_EL1, 6), END } },
	{ "CBPR: Group 1 follows ICC_BPR0",
	  false,
	  { FOUR_SPIS, RD(ICC_CTLR_EL1, 4 << 8 | 1 << 15), WR(ICC_CTLR_EL1, 1), RD(ICC_CTLR_EL1, 4 << 8 | 1 << 15 | 1),
	    WR(ICC_BPR0_EL1, 6), RD(ICC_BPR1_EL1, 7), WR(ICC_BPR1_EL1, 3), RD(ICC_BPR1_EL1, 7), WR(ICC_BPR0_EL1, 7),
	    RD(ICC_BPR1_EL1, 7), SPI(33, 1), RD(ICC_IAR1_EL1, 33), RD(ICC_RPR_EL1, 0), SPI(35, 1), OUT(0),
	    WR(ICC_CTLR_EL1, 0), RD(ICC_BPR1_EL1, 3), END } },
	{ "EOImode 1: priority drop, then deactivation",
	  false,
	  { FOUR_SPIS,
	    WR(ICC_CTLR_EL1, 2),
	    SPI(33, 1),
	    RD(ICC_IAR1_EL1, 33),
	    WR(ICC_EOIR1_EL1, 33),
	    RD(ICC_RPR_EL1, 0xff),
	    DR(0x304, 2),
	    OUT(0),
	    SPI(32, 1),
	    OUT(IRQ),
	    RD(ICC_IAR1_EL1, 32),
	    DR(0x304, 3),
	    WR(ICC_DIR_EL1, 33),
	    DR(0x304, 1),
	    OUT(IRQ),
	    WR(ICC_EOIR1_EL1, 32),
	    OUT(IRQ),
	    WR(ICC_DIR_EL1, 32),
	    DR(0x304, 0),
	    END } },
	{ "ICC_DIR has no effect with EOImode 0",
	  false,
	  { FOUR_SPIS, SPI(33, 1), RD(ICC_IAR1_EL1, 33), WR(ICC_DIR_EL1, 33), DR(0x304, 2), END } },
	{ "ends that end nothing",
	  false,
	  { FOUR_SPIS, WR(ICC_EOIR1_EL1, 33), SPI(33, 1), RD(ICC_IAR1_EL1, 33), WR(ICC_EOIR1_EL1, 1023),
	    WR(ICC_EOIR0_EL1, 33), WR(ICC_EOIR1_EL1, 0x500), RD(ICC_RPR_EL1, 0x80), DR(0x304, 2),
	    WR(ICC_DIR_EL1, 0x500), END } },
	{ "Group 0 is FIQ and has its own registers",
	  false,
	  { FOUR_SPIS, DW(0x84, ~2u), SPI(33, 1), OUT(FIQ), RD(ICC_IAR1_EL1, 1023), RD(ICC_HPPIR0_EL1, 33),
	    RD(ICC_IAR0_EL1, 33), RD(ICC_AP0R0_EL1, 1 << 16), OUT(0), SPI(34, 1), OUT(IRQ), SPI(33, 0),
	    WR(ICC_EOIR1_EL1, 33), RD(ICC_RPR_EL1, 0x80), WR(ICC_EOIR0_EL1, 33), RD(ICC_RPR_EL1, 0xff), END } },
	{ "a disabled group is passed over",
	  false,
	  { FOUR_SPIS, DW(0x84, ~8u), SPI(35, 1), SPI(32, 1), OUT(FIQ), WR(ICC_IGRPEN0_EL1, 0), OUT(IRQ),
	    RD(ICC_IAR1_EL1, 32), RD(ICC_IGRPEN0_EL1, 0), RD(ICC_IGRPEN1_EL1, 1), END } },
	{ "active priorities restored by software",
	  false,
	  { FOUR_SPIS, WR(ICC_AP1R0_EL1, 1 << 8), RD(ICC_RPR_EL1, 0x40), SPI(34, 1), OUT(0), SPI(35, 1), OUT(IRQ),
	    WR(ICC_AP1R0_EL1, 0), SPI(35, 0), OUT(IRQ), END } },
};

static const struct script two_states[] = {
	{ "IRQ or FIQ: Group 0",
	  true,
	  { THREE_GROUPS, SPI(32, 1), OUT(FIQ), NONSECURE_EL1, OUT(FIQ), EL3, OUT(FIQ), END } },
	{ "IRQ or FIQ: Secure Group 1",
	  true,
	  { THREE_GROUPS, SPI(33, 1), OUT(IRQ), NONSECURE_EL1, OUT(FIQ), EL3, OUT(FIQ), EL(0, 1), OUT(IRQ), END } },
	{ "IRQ or FIQ: Non-secure Group 1",
	  true,
	  { THREE_GROUPS, SPI(34, 1), OUT(FIQ), NONSECURE_EL1, OUT(IRQ), EL3, OUT(FIQ), EL(2, 0), OUT(IRQ), END } },
	{ "Secure EL1 does not see a Non-secure interrupt",
	  true,
	  { THREE_GROUPS, SPI(34, 1), RD(ICC_IAR1_EL1, 1023), RD(ICC_IAR0_EL1, 1023), RD(ICC_HPPIR1_EL1, 1023),
	    NONSECURE_EL1, RD(ICC_IAR1_EL1, 34), RD(ICC_RPR_EL1, 0xa0), SECURE_EL1, WR(ICC_EOIR1_EL1, 34), DR(0x304, 4),
	    NONSECURE_EL1, WR(ICC_EOIR1_EL1, 34), SECURE_EL1, DR(0x304, 0), END } },
	{ "Non-secure software does not see a Secure interrupt",
	  true,
	  { THREE_GROUPS, NONSECURE_EL1, SPI(33, 1), RD(ICC_IAR1_EL1, 1023), RD(ICC_HPPIR1_EL1, 1023),
	    RD(ICC_IAR0_EL1, 1023), SPI(32, 1), RD(ICC_IAR0_EL1, 1023), SECURE_EL1, RD(ICC_IAR0_EL1, 32), NONSECURE_EL1,
	    WR(ICC_EOIR0_EL1, 32), SECURE_EL1, DR(0x304, 1), WR(ICC_EOIR0_EL1, 32), DR(0x304, 0), END } },
	{ "EL3 is told whose Group 1 interrupt is pending",
	  true,
	  { THREE_GROUPS, EL3, SPI(34, 1), RD(ICC_IAR0_EL1, 1021), RD(ICC_HPPIR0_EL1, 1021), SPI(33, 1),
	    RD(ICC_IAR0_EL1, 1020), RD(ICC_RPR_EL1, 0xff), RD(ICC_IAR1_EL1, 33), WR(ICC_EOIR1_EL1, 33), SPI(33, 0),
	    RD(ICC_IAR1_EL1, 34), WR(ICC_EOIR1_EL1, 34), RD(ICC_RPR_EL1, 0xff), END } },
	{ "Non-secure software cannot deactivate a Secure interrupt",
	  true,
	  { THREE_GROUPS, SPI(33, 1), RD(ICC_IAR1_EL1, 33), NONSECURE_EL1, WR(ICC_CTLR_EL1, 2), WR(ICC_DIR_EL1, 33),
	    SECURE_EL1, DR(0x304, 2), NONSECURE_EL1, WR(ICC_CTLR_EL1, 0), SPI(34, 1), WR(ICC_EOIR1_EL1, 33), SECURE_EL1,
	    DR(0x304, 2), END } },
	{ "EOImode of each level",
	  true,
	  { THREE_GROUPS, EL3, WR(ICC_CTLR_EL3, 1 << 3), SPI(33, 1), RD(ICC_IAR1_EL1, 33), WR(ICC_EOIR1_EL1, 33),
	    DR(0x304, 0), SECURE_EL1, RD(ICC_IAR1_EL1, 33), WR(ICC_EOIR1_EL1, 33), DR(0x304, 2), EL3,
	    WR(ICC_CTLR_EL3, 1 << 2), WR(ICC_DIR_EL1, 33), DR(0x304, 0), RD(ICC_IAR1_EL1, 33), WR(ICC_EOIR1_EL1, 33),
	    DR(0x304, 2), END } },
	{ "ICC_CTLR_EL3 aliases ICC_CTLR_EL1; CBPR is EL3's",
	  true,
	  { EL3, WR(ICC_CTLR_EL3, ~0ull), RD(ICC_CTLR_EL3, 0x1f | 4 << 8 | 1 << 15), SECURE_EL1,
	    RD(ICC_CTLR_EL1, 3 | 4 << 8 | 1 << 15), WR(ICC_CTLR_EL1, 0), RD(ICC_CTLR_EL1, 1 | 4 << 8 | 1 << 15),
	    NONSECURE_EL1, RD(ICC_CTLR_EL1, 3 | 4 << 8 | 1 << 15), EL3, RD(ICC_CTLR_EL3, 0x17 | 4 << 8 | 1 << 15),
	    END } },
	{ "CBPR: Secure ICC_BPR1 is ICC_BPR0",
	  true,
	  { EL3, WR(ICC_CTLR_EL3, 3), SECURE_EL1, WR(ICC_BPR1_EL1, 5), RD(ICC_BPR0_EL1, 5), RD(ICC_BPR1_EL1, 5),
	    NONSECURE_EL1, WR(ICC_BPR1_EL1, 3), RD(ICC_BPR1_EL1, 6), SCR(0), EL3, RD(ICC_BPR1_EL1, 2), SCR(SCR_NS),
	    RD(ICC_BPR1_EL1, 3), END } },
	{ "banked registers follow SCR_EL3.NS at EL3",
	  true,
	  { EL3, SCR(0), WR(ICC_IGRPEN1_EL1, 1), RD(ICC_IGRPEN1_EL3, 2), SCR(SCR_NS), RD(ICC_IGRPEN1_EL1, 0),
	    WR(ICC_IGRPEN1_EL1, 1), RD(ICC_IGRPEN1_EL3, 3), WR(ICC_AP1R0_EL1, 4), SCR(0), RD(ICC_AP1R0_EL1, 0), END } },
	{ "Non-secure software claims active priorities of its half only",
	  true,
	  { NONSECURE_EL1, WR(ICC_AP1R0_EL1, ~0u), RD(ICC_AP1R0_EL1, 0xffff0000), EL3, WR(ICC_AP1R0_EL1, 3),
	    NONSECURE_EL1, WR(ICC_AP1R0_EL1, 1 << 20), RD(ICC_AP1R0_EL1, 1 << 20 | 3), SECURE_EL1,
	    WR(ICC_AP1R0_EL1, ~0u), RD(ICC_AP1R0_EL1, 0xffffffff), END } },
	{ "the Non-secure view of ICC_PMR and ICC_RPR",
	  true,
	  { THREE_GROUPS,
	    WR(ICC_PMR_EL1, 0x40),
	    NONSECURE_EL1,
	    RD(ICC_PMR_EL1, 0x40),
	    SCR(SCR_NS | SCR_FIQ),
	    RD(ICC_PMR_EL1, 0),
	    WR(ICC_PMR_EL1, 0xf0),
	    SECURE_EL1,
	    RD(ICC_PMR_EL1, 0x40),
	    WR(ICC_PMR_EL1, 0xf0),
	    NONSECURE_EL1,
	    RD(ICC_PMR_EL1, 0xe0),
	    WR(ICC_PMR_EL1, 0x80),
	    RD(ICC_PMR_EL1, 0x80),
	    SPI(34, 1),
	    RD(ICC_RPR_EL1, 0xff),
	    RD(ICC_IAR1_EL1, 34),
	    RD(ICC_RPR_EL1, 0x40),
	    SECURE_EL1,
	    RD(ICC_PMR_EL1, 0xc0),
	    RD(ICC_RPR_EL1, 0xa0),
	    SPI(32, 1),
	    EL3,
	    RD(ICC_IAR0_EL1, 32),
	    NONSECURE_EL1,
	    RD(ICC_RPR_EL1, 0),
	    END } },
};

/* Cores 0-3 have the affinities 0.0.0.0, 0.0.1.0, 0.0.0.1, 0.0.1.1. */
static const struct script sgis[] = {
	{ "target list in a cluster",
	  false,
	  { AT(0),
	    RW(SGI + 0x80, ~0u),
	    AT(1),
	    RW(SGI + 0x80, ~0u),
	    AT(2),
	    RW(SGI + 0x80, ~0u),
	    AT(3),
	    RW(SGI + 0x80, ~0u),
	    AT(0),
	    WR(ICC_SGI1R_EL1, 5ull << 24 | 3),
	    RR(SGI + 0x200, 0x20),
	    AT(2),
	    RR(SGI + 0x200, 0x20),
	    AT(1),
	    RR(SGI + 0x200, 0),
	    AT(3),
	    RR(SGI + 0x200, 0),
	    WR(ICC_SGI1R_EL1, 6ull << 24 | 1 << 16 | 2),
	    RR(SGI + 0x200, 0x40),
	    AT(1),
	    RR(SGI + 0x200, 0),
	    WR(ICC_SGI1R_EL1, 6ull << 24 | 1ull << 32 | 0xffff),
	    WR(ICC_SGI1R_EL1, 1ull << 48 | 0xffff),
	    RR(SGI + 0x200, 0),
	    END } },
	{ "all but oneself",
	  false,
	  { AT(0), RW(SGI + 0x80, ~0u), AT(1), RW(SGI + 0x80, ~0u), AT(3), RW(SGI + 0x80, ~0u), AT(1),
	    WR(ICC_SGI1R_EL1, 1ull << 40 | 15ull << 24), RR(SGI + 0x200, 0), AT(0), RR(SGI + 0x200, 0x8000), AT(3),
	    RR(SGI + 0x200, 0x8000), END } },
	{ "delivery and acknowledgement",
	  false,
	  { AT(2), RW(SGI + 0x80, ~0u), RW(SGI + 0x100, ~0u), DW(0, 3), WR(ICC_PMR_EL1, 0xff), WR(ICC_IGRPEN1_EL1, 1),
	    AT(0), WR(ICC_SGI1R_EL1, 3ull << 24 | 2), AT(2), OUT(IRQ), RD(ICC_IAR1_EL1, 3), OUT(0),
	    WR(ICC_EOIR1_EL1, 3), OUT(0), RR(SGI + 0x300, 0), END } },
	{ "the group must match",
	  false,
	  { RW(SGI + 0x80, 1), WR(ICC_SGI1R_EL1, 1ull << 24 | 1), RR(SGI + 0x200, 0), WR(ICC_SGI0R_EL1, 1),
	    RR(SGI + 0x200, 0), WR(ICC_SGI0R_EL1, 1ull << 24 | 1), RR(SGI + 0x200, 2), WR(ICC_ASGI1R_EL1, 1),
	    RR(SGI + 0x200, 3), END } },
	/* SGI 0: Group 0, 1: Secure Group 1, 2: Non-secure Group 1 */
	{ "from the Secure state",
	  true,
	  { SECURE_EL1, RW(SGI + 0x80, 4), RW(SGI + 0xd00, 2), WR(ICC_SGI1R_EL1, 2ull << 24 | 1), RR(SGI + 0x200, 0),
	    WR(ICC_SGI1R_EL1, 1ull << 24 | 1), WR(ICC_SGI1R_EL1, 1), RR(SGI + 0x200, 3),
	    WR(ICC_ASGI1R_EL1, 2ull << 24 | 1), RR(SGI + 0x200, 7), RW(SGI + 0x280, 7),
	    WR(ICC_SGI0R_EL1, 1ull << 24 | 1), RR(SGI + 0x200, 0), WR(ICC_SGI0R_EL1, 1), RR(SGI + 0x200, 1), END } },
	{ "from the Non-secure state, by GICR_NSACR",
	  true,
	  { SECURE_EL1,
	    RW(SGI + 0x80, 4),
	    RW(SGI + 0xd00, 2),
	    NONSECURE_EL1,
	    WR(ICC_SGI1R_EL1, 2ull << 24 | 1),
	    WR(ICC_SGI0R_EL1, 1),
	    WR(ICC_ASGI1R_EL1, 1ull << 24 | 1),
	    WR(ICC_ASGI1R_EL1, 1),
	    SECURE_EL1,
	    RR(SGI + 0x200, 4),
	    RW(SGI + 0xe00, 1 | 1 << 2),
	    NONSECURE_EL1,
	    WR(ICC_SGI0R_EL1, 1),
	    WR(ICC_ASGI1R_EL1, 1ull << 24 | 1),
	    SECURE_EL1,
	    RR(SGI + 0x200, 5),
	    RW(SGI + 0xe00, 2 << 2),
	    NONSECURE_EL1,
	    WR(ICC_ASGI1R_EL1, 1ull << 24 | 1),
	    SECURE_EL1,
	    RR(SGI + 0x200, 7),
	    END } },
};

static const struct script access_rules[] = {
	{ "directions",
	  false,
	  { WRITES_AS(ICC_IAR0_EL1, UNDEF), READS_AS(ICC_EOIR1_EL1, UNDEF), READS_AS(ICC_SGI1R_EL1, UNDEF),
	    WRITES_AS(ICC_RPR_EL1, UNDEF), READS_AS(ICC_DIR_EL1, UNDEF), EL(2, 0), WRITES_AS(ICH_VTR_EL2, UNDEF),
	    WRITES_AS(ICH_MISR_EL2, UNDEF), WRITES_AS(ICH_ELRSR_EL2, UNDEF), END } },
	{ "EL0 has none of them",
	  false,
	  { EL(0, 0), READS_AS(ICC_PMR_EL1, UNDEF), READS_AS(ICC_SRE_EL1, UNDEF), END } },
	{ "registers of higher levels",
	  true,
	  { READS_AS(ICH_HCR_EL2, UNDEF), READS_AS(ICC_SRE_EL2, UNDEF), READS_AS(ICC_CTLR_EL3, UNDEF), EL(2, 0),
	    READS_AS(ICC_SRE_EL3, UNDEF), READS_AS(ICC_IGRPEN1_EL3, UNDEF), READS_AS(ICH_HCR_EL2, OK), EL3,
	    READS_AS(ICC_SRE_EL3, OK), READS_AS(ICC_SRE_EL2, OK), EL2_ENABLED(0), READS_AS(ICC_SRE_EL2, UNDEF),
	    READS_AS(ICH_HCR_EL2, OK), END } },
	{ "unimplemented APRs and list registers",
	  false,
	  { READS_AS(ICC_AP0R0_EL1, OK), READS_AS(ICC_AP0R1_EL1, UNDEF), READS_AS(ICC_AP1R3_EL1, UNDEF), EL(2, 0),
	    READS_AS(ICH_AP1R0_EL2, OK), READS_AS(ICH_AP1R1_EL2, UNDEF), READS_AS(ICH_LR3_EL2, OK),
	    READS_AS(ICH_LR4_EL2, UNDEF), READS_AS(ICH_LR15_EL2, UNDEF), END } },
	{ "ICC_SRE: SRE, DFB, DIB are RAO/WI, Enable is real",
	  true,
	  { EL3, RD(ICC_SRE_EL3, 7), WR(ICC_SRE_EL3, 0x8), RD(ICC_SRE_EL3, 0xf), WR(ICC_SRE_EL2, 8),
	    RD(ICC_SRE_EL2, 0xf), WR(ICC_SRE_EL1, 0), RD(ICC_SRE_EL1, 7), END } },
	{ "ICC_SRE.Enable guards the level below",
	  true,
	  { EL(2, 0), READS_AS(ICC_SRE_EL2, TRAP_EL3), READS_AS(ICC_SRE_EL1, TRAP_EL3), EL(1, 0),
	    READS_AS(ICC_SRE_EL1, TRAP_EL2), EL2_ENABLED(0), READS_AS(ICC_SRE_EL1, TRAP_EL3), EL3, WR(ICC_SRE_EL3, 8),
	    EL(1, 0), READS_AS(ICC_SRE_EL1, OK), EL2_ENABLED(1), READS_AS(ICC_SRE_EL1, TRAP_EL2), EL(2, 0),
	    WR(ICC_SRE_EL2, 8), EL(1, 0), RD(ICC_SRE_EL1, 7), END } },
	{ "SCR_EL3.FIQ traps Group 0",
	  true,
	  { SCR(SCR_NS | SCR_FIQ), READS_AS(ICC_IAR0_EL1, TRAP_EL3), WRITES_AS(ICC_EOIR0_EL1, TRAP_EL3),
	    READS_AS(ICC_BPR0_EL1, TRAP_EL3), READS_AS(ICC_AP0R0_EL1, TRAP_EL3), READS_AS(ICC_IGRPEN0_EL1, TRAP_EL3),
	    READS_AS(ICC_IAR1_EL1, OK), READS_AS(ICC_PMR_EL1, OK), EL(2, 0), READS_AS(ICC_HPPIR0_EL1, TRAP_EL3), EL3,
	    READS_AS(ICC_HPPIR0_EL1, OK), END } },
	{ "SCR_EL3.IRQ traps Group 1",
	  true,
	  { SCR(SCR_NS | SCR_IRQ), READS_AS(ICC_IAR1_EL1, TRAP_EL3), READS_AS(ICC_BPR1_EL1, TRAP_EL3),
	    READS_AS(ICC_AP1R0_EL1, TRAP_EL3), READS_AS(ICC_IGRPEN1_EL1, TRAP_EL3), READS_AS(ICC_IAR0_EL1, OK),
	    READS_AS(ICC_CTLR_EL1, OK), WRITES_AS(ICC_SGI1R_EL1, OK), END } },
	{ "both trap the common registers",
	  true,
	  { SCR(SCR_NS | SCR_IRQ | SCR_FIQ), READS_AS(ICC_PMR_EL1, TRAP_EL3), READS_AS(ICC_RPR_EL1, TRAP_EL3),
	    READS_AS(ICC_CTLR_EL1, TRAP_EL3), WRITES_AS(ICC_DIR_EL1, TRAP_EL3), WRITES_AS(ICC_SGI1R_EL1, TRAP_EL3),
	    WRITES_AS(ICC_SGI0R_EL1, TRAP_EL3), WRITES_AS(ICC_ASGI1R_EL1, TRAP_EL3), EL(2, 0),
	    WRITES_AS(ICC_SGI1R_EL1, TRAP_EL3), END } },
	{ "SCR_EL3 means nothing without EL3",
	  false,
	  { SCR(SCR_NS | SCR_IRQ | SCR_FIQ), READS_AS(ICC_PMR_EL1, OK), READS_AS(ICC_IAR0_EL1, OK),
	    READS_AS(ICC_SRE_EL1, TRAP_EL2), EL2_ENABLED(0), READS_AS(ICC_SRE_EL1, OK), END } },
	{ "a guest's SGIs trap",
	  false,
	  { HCR(HCR_IMO), WRITES_AS(ICC_SGI1R_EL1, TRAP_EL2), HCR(HCR_FMO), WRITES_AS(ICC_SGI0R_EL1, TRAP_EL2),
	    WRITES_AS(ICC_ASGI1R_EL1, TRAP_EL2), HCR(0), WRITES_AS(ICC_SGI1R_EL1, OK), EL(2, 0),
	    WR(ICH_HCR_EL2, ICH_HCR_TC), EL(1, 0), WRITES_AS(ICC_SGI1R_EL1, TRAP_EL2), EL2_ENABLED(0),
	    WRITES_AS(ICC_SGI1R_EL1, OK), END } },
	{ "ICH_HCR.TALL0, TALL1",
	  false,
	  { EL(2, 0), WR(ICH_HCR_EL2, ICH_HCR_TALL0), EL(1, 0), READS_AS(ICC_IAR0_EL1, TRAP_EL2),
	    READS_AS(ICC_IAR1_EL1, OK), HCR(HCR_FMO | HCR_IMO), READS_AS(ICC_IAR0_EL1, TRAP_EL2),
	    READS_AS(ICC_PMR_EL1, OK), EL(2, 0), WR(ICH_HCR_EL2, ICH_HCR_TALL1), READS_AS(ICC_IAR1_EL1, OK), EL(1, 0),
	    READS_AS(ICC_IAR0_EL1, OK), READS_AS(ICC_AP1R0_EL1, TRAP_EL2), READS_AS(ICC_AP1R1_EL1, UNDEF), END } },
	{ "ICH_HCR.TC, TDIR",
	  false,
	  { EL(2, 0), WR(ICH_HCR_EL2, ICH_HCR_TDIR), EL(1, 0), WRITES_AS(ICC_DIR_EL1, TRAP_EL2),
	    READS_AS(ICC_PMR_EL1, OK), EL(2, 0), WR(ICH_HCR_EL2, ICH_HCR_TC), EL(1, 0),
	    WRITES_AS(ICC_DIR_EL1, TRAP_EL2), READS_AS(ICC_PMR_EL1, TRAP_EL2), READS_AS(ICC_RPR_EL1, TRAP_EL2),
	    READS_AS(ICC_CTLR_EL1, TRAP_EL2), READS_AS(ICC_IAR1_EL1, OK), END } },
};

#define SCRIPT_TEST(set)                                                                                               \
	START_TEST(run_##set)                                                                                          \
	{                                                                                                              \
		run_script(&set[_i]);                                                                                  \
	}                                                                                                              \
	END_TEST

SCRIPT_TEST(one_state)
SCRIPT_TEST(two_states)
SCRIPT_TEST(sgis)
SCRIPT_TEST(access_rules)

/* Encodings that are not the GIC's, near ones among them, are UNDEFINED. */
START_TEST(unknown_keys)
{
	static const u16 keys[] = { 0,
				    0xffff,
				    GIC_SYSREG_KEY(0, 12, 8, 0) & 0x3fff,
				    GIC_SYSREG_KEY(0, 12, 4, 6),
				    GIC_SYSREG_KEY(0, 12, 12, 4) ^ 0x80,
				    GIC_SYSREG_KEY(4, 12, 11, 4) };
	u64 v = 0;

	begin(false);
	gic.view[0].el = 3;
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++) {
		ck_assert_int_eq(gic_sysreg_read(&gic, 0, keys[i], &v), GIC_UNDEF);
		ck_assert_int_eq(gic_sysreg_write(&gic, 0, keys[i], 0), GIC_UNDEF);
	}
}
END_TEST

/* With eight priority bits there are 128 preemption levels in four registers. */
START_TEST(eight_priority_bits)
{
	struct gic_config c = test_config(false);
	struct line line;
	u64 v;

	c.pri_bits = 8;
	gic_init(&gic, &c);
	gic.view[0] = (struct gic_view){ .el = 1, .scr_el3 = SCR_NS };
	gic.s.core[0].asleep = false;
	gic.s.ctlr |= GICD_CTLR_ENABLE_GRP1NS;
	gic.s.spi[0].group = gic.s.spi[0].enable = ~0u;
	gic.s.spi[0].priority[0] = 0xe3;
	gic_refresh(&gic);
	gic_sysreg_write(&gic, 0, GIC_ICC_PMR_EL1, 0xff);
	gic_sysreg_write(&gic, 0, GIC_ICC_IGRPEN1_EL1, 1);
	line = gic_spi(&gic, 32);
	line_set(&line, true);
	gic_sysreg_read(&gic, 0, GIC_ICC_IAR1_EL1, &v);
	ck_assert_uint_eq(v, 32);
	gic_sysreg_read(&gic, 0, GIC_ICC_AP1R3_EL1, &v);
	ck_assert_uint_eq(v, 1u << ((0xe3 >> 1) - 96));
	gic_sysreg_read(&gic, 0, GIC_ICC_RPR_EL1, &v);
	ck_assert_uint_eq(v, 0xe2);
	gic_sysreg_read(&gic, 0, GIC_ICC_BPR1_EL1, &v);
	ck_assert_uint_eq(v, 1);
	gic_sysreg_write(&gic, 0, GIC_ICC_EOIR1_EL1, 32);
	gic_sysreg_read(&gic, 0, GIC_ICC_RPR_EL1, &v);
	ck_assert_uint_eq(v, 0xff);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("cpuif");
	Suite *s = suite_create("gic_cpuif");

	tcase_add_loop_test(c, run_one_state, 0, ARRAY_SIZE(one_state));
	tcase_add_loop_test(c, run_two_states, 0, ARRAY_SIZE(two_states));
	tcase_add_loop_test(c, run_sgis, 0, ARRAY_SIZE(sgis));
	tcase_add_loop_test(c, run_access_rules, 0, ARRAY_SIZE(access_rules));
	tcase_add_test(c, unknown_keys);
	tcase_add_test(c, eight_priority_bits);
	suite_add_tcase(s, c);
	return run_suite(s);
}
