/* Every trap control of system registers and system instructions: who takes the trap, with which syndrome. */
#include <check.h>
#include <string.h>

#include "cpu/sysreg_row.h"
#include "sysreg_rig.h"
#include "run_suite.h"

static struct sysreg_rig rig;
static struct cpu *c;

static void setup(void)
{
	rig_make(&rig, "max", true, true);
	c = rig.cpu;
	rig_open(c);
}

static void teardown(void)
{
	rig_free(&rig);
}

/* Expectations beside a target exception level 1..3. */
enum { PASS = 0, UND = 9 };
enum { R = 0, W = 1, X = 2 }; /* MRS, MSR, SYS */

#define BIT(reg, f) (1ull << reg##_##f##_LSB)
#define E2H (BIT(HCR_EL2, E2H))
#define TGE (BIT(HCR_EL2, TGE))
#define HOSTED (E2H | TGE)

/* What changes from rig_open(): bits set and cleared in a register; NOTHING for none. */
struct change {
	u16 reg; /* enum sysreg */
	u64 set, clear;
};
#define ON(reg, f)                                                                                                     \
	{                                                                                                              \
		SR_##reg, BIT(reg, f), 0                                                                               \
	}
#define OFF(reg, f)                                                                                                    \
	{                                                                                                              \
		SR_##reg, 0, BIT(reg, f)                                                                               \
	}
#define HCR(set)                                                                                                       \
	{                                                                                                              \
		SR_HCR_EL2, set, 0                                                                                     \
	}
#define SECURE                                                                                                         \
	{                                                                                                              \
		SR_SCR_EL3, 0, 1                                                                                       \
	}
#define NOTHING                                                                                                        \
	{                                                                                                              \
		SR_MIDR_EL1, 0, 0                                                                                      \
	}

static const struct trap_case {
	u8 el, kind;
	const char *name; /* a register, or a system instruction */
	u8 want;
	struct change change[3];
} cases[] = {
	/* ---- levels and existence ---- */
	{ 0, R, "SCTLR_EL1", UND, { NOTHING } },
	{ 1, R, "SCTLR_EL1", PASS, { NOTHING } },
	{ 1, R, "HCR_EL2", UND, { NOTHING } },
	{ 2, R, "SCR_EL3", UND, { NOTHING } },
	{ 1, W, "MIDR_EL1", UND, { NOTHING } },
	{ 0, W, "TPIDRRO_EL0", UND, { NOTHING } },
	{ 0, R, "TPIDRRO_EL0", PASS, { NOTHING } },
	{ 2, W, "CNTFRQ_EL0", UND, { NOTHING } },
	{ 3, W, "CNTFRQ_EL0", PASS, { NOTHING } },
	{ 2, R, "DACR32_EL2", UND, { NOTHING } },
	{ 1, R, "ICC_PMR_EL1", UND, { NOTHING } }, /* no GIC is wired to the rig */
	{ 2, R, "VSTTBR_EL2", UND, { NOTHING } },
	{ 2, R, "VSTTBR_EL2", PASS, { SECURE, ON(SCR_EL3, EEL2) } },
	{ 3, R, "VSTCR_EL2", UND, { NOTHING } },
	{ 3, R, "VSTCR_EL2", PASS, { ON(SCR_EL3, EEL2) } },
	{ 1, R, "DBGBCR1_EL1", PASS, { NOTHING } },
	{ 1, R, "DBGBCR5_EL1", PASS, { NOTHING } },
	{ 1, R, "DBGBCR6_EL1", UND, { NOTHING } },
	{ 1, R, "DBGWVR3_EL1", PASS, { NOTHING } },
	{ 1, R, "DBGWVR4_EL1", UND, { NOTHING } },

	/* ---- HCR_EL2 ---- */
	{ 1, W, "SCTLR_EL1", 2, { ON(HCR_EL2, TVM) } },
	{ 1, R, "SCTLR_EL1", PASS, { ON(HCR_EL2, TVM) } },
	{ 1, R, "SCTLR_EL1", 2, { ON(HCR_EL2, TRVM) } },
	{ 1, W, "SCTLR_EL1", PASS, { ON(HCR_EL2, TRVM) } },
	{ 2, W, "SCTLR_EL1", PASS, { ON(HCR_EL2, TVM) } },
	{ 1, W, "TTBR0_EL1", 2, { ON(HCR_EL2, TVM) } },
	{ 1, W, "TTBR1_EL1", 2, { ON(HCR_EL2, TVM) } },
	{ 1, W, "TCR_EL1", 2, { ON(HCR_EL2, TVM) } },
	{ 1, W, "ESR_EL1", 2, { ON(HCR_EL2, TVM) } },
	{ 1, W, "FAR_EL1", 2, { ON(HCR_EL2, TVM) } },
	{ 1, W, "AFSR0_EL1", 2, { ON(HCR_EL2, TVM) } },
	{ 1, W, "AFSR1_EL1", 2, { ON(HCR_EL2, TVM) } },
	{ 1, W, "MAIR_EL1", 2, { ON(HCR_EL2, TVM) } },
	{ 1, W, "AMAIR_EL1", 2, { ON(HCR_EL2, TVM) } },
	{ 1, W, "CONTEXTIDR_EL1", 2, { ON(HCR_EL2, TVM) } },
	{ 1, W, "VBAR_EL1", PASS, { ON(HCR_EL2, TVM) } },
	{ 1, R, "ACTLR_EL1", 2, { ON(HCR_EL2, TACR) } },
	{ 1, R, "REVIDR_EL1", 2, { ON(HCR_EL2, TID1) } },
	{ 1, R, "AIDR_EL1", 2, { ON(HCR_EL2, TID1) } },
	{ 1, R, "MIDR_EL1", PASS, { ON(HCR_EL2, TID1) } },
	{ 1, R, "CTR_EL0", 2, { ON(HCR_EL2, TID2) } },
	{ 0, R, "CTR_EL0", 2, { ON(HCR_EL2, TID2) } },
	{ 0, R, "CTR_EL0", PASS, { ON(HCR_EL2, TID2), HCR(HOSTED) } },
	{ 1, W, "CSSELR_EL1", 2, { ON(HCR_EL2, TID2) } },
	{ 1, R, "CLIDR_EL1", 2, { ON(HCR_EL2, TID2) } },
	{ 1, R, "CCSIDR_EL1", 2, { ON(HCR_EL2, TID4) } },
	{ 1, R, "CTR_EL0", PASS, { ON(HCR_EL2, TID4) } },
	{ 1, R, "ID_AA64PFR0_EL1", 2, { ON(HCR_EL2, TID3) } },
	{ 1, R, "ID_PFR0_EL1", 2, { ON(HCR_EL2, TID3) } },
	{ 1, R, "MVFR1_EL1", 2, { ON(HCR_EL2, TID3) } },
	{ 1, R, "ID_RESERVED", 2, { ON(HCR_EL2, TID3) } },
	{ 2, R, "ID_AA64PFR0_EL1", PASS, { ON(HCR_EL2, TID3) } },
	{ 1, R, "ID_AA64PFR0_EL1", PASS, { ON(HCR_EL2, TID3), SECURE } },
	{ 1, R, "ID_AA64PFR0_EL1", 2, { ON(HCR_EL2, TID3), SECURE, ON(SCR_EL3, EEL2) } },
	{ 1, R, "LORC_EL1", 2, { ON(HCR_EL2, TLOR) } },
	{ 1, R, "LORID_EL1", 2, { ON(HCR_EL2, TLOR) } },
	{ 1, R, "LORC_EL1", UND, { SECURE } },
	{ 1, R, "ERRIDR_EL1", 2, { ON(HCR_EL2, TERR) } },
	{ 1, R, "APIAKEYLO_EL1", 2, { OFF(HCR_EL2, APK) } },
	{ 1, W, "APGAKEYHI_EL1", 2, { OFF(HCR_EL2, APK) } },
	{ 0, R, "SCXTNUM_EL0", 2, { OFF(HCR_EL2, EnSCXT) } },
	{ 1, R, "SCXTNUM_EL1", 2, { OFF(HCR_EL2, EnSCXT) } },
	{ 0, R, "SCXTNUM_EL0", PASS, { OFF(HCR_EL2, EnSCXT), HCR(HOSTED) } },
	{ 1, X, "TLBI_VAE1", 2, { ON(HCR_EL2, TTLB) } },
	{ 1, X, "TLBI_VAE1IS", 2, { ON(HCR_EL2, TTLB) } },
	{ 1, X, "TLBI_RVAAE1OSNXS", 2, { ON(HCR_EL2, TTLB) } },
	{ 1, X, "TLBI_VMALLE1IS", 2, { ON(HCR_EL2, TTLBIS) } },
	{ 1, X, "TLBI_ASIDE1OS", 2, { ON(HCR_EL2, TTLBOS) } },
	{ 1, X, "TLBI_ALLE1", UND, { NOTHING } },
	{ 1, X, "TLBI_ALLE3", UND, { NOTHING } },
	{ 1, X, "DC_CISW", 2, { ON(HCR_EL2, TSW) } },
	{ 1, X, "DC_ISW", 2, { ON(HCR_EL2, TSW) } },
	{ 1, X, "DC_CIVAC", 2, { ON(HCR_EL2, TPC) } },
	{ 0, X, "DC_CVAC", 2, { ON(HCR_EL2, TPC) } },
	{ 1, X, "DC_IVAC", 2, { ON(HCR_EL2, TPC) } },
	{ 1, X, "DC_CVAP", 2, { ON(HCR_EL2, TPC) } },
	{ 1, X, "DC_CVAU", 2, { ON(HCR_EL2, TPU) } },
	{ 0, X, "IC_IVAU", 2, { ON(HCR_EL2, TPU) } },
	{ 1, X, "IC_IALLU", 2, { ON(HCR_EL2, TPU) } },
	{ 1, X, "IC_IALLU", 2, { ON(HCR_EL2, TOCU) } },
	{ 1, X, "DC_CVAU", 2, { ON(HCR_EL2, TOCU) } },
	{ 1, X, "IC_IALLUIS", 2, { ON(HCR_EL2, TICAB) } },
	{ 0, X, "DC_ZVA", 2, { ON(HCR_EL2, TDZ) } },
	{ 1, X, "DC_ZVA", 2, { ON(HCR_EL2, TDZ) } },

	/* ---- SCTLR_ELx, for EL0 ---- */
	{ 0, R, "CTR_EL0", 1, { OFF(SCTLR_EL1, UCT) } },
	{ 0, R, "CTR_EL0", 1, { OFF(SCTLR_EL1, UCT), ON(HCR_EL2, TID2) } },
	{ 0, R, "CTR_EL0", 2, { OFF(SCTLR_EL1, UCT), HCR(TGE) } },
	{ 0, R, "CTR_EL0", PASS, { OFF(SCTLR_EL1, UCT), HCR(HOSTED) } },
	{ 0, R, "CTR_EL0", 2, { OFF(SCTLR_EL2, UCT), HCR(HOSTED) } },
	{ 0, R, "CTR_EL0", PASS, { OFF(SCTLR_EL2, UCT) } },
	{ 0, R, "DAIF", 1, { OFF(SCTLR_EL1, UMA) } },
	{ 0, W, "DAIF", 2, { OFF(SCTLR_EL1, UMA), HCR(TGE) } },
	{ 0, W, "DAIF", 2, { HCR(HOSTED) } },
	{ 0, R, "DAIF", PASS, { NOTHING } },
	{ 0, X, "DC_CIVAC", 1, { OFF(SCTLR_EL1, UCI) } },
	{ 0, X, "IC_IVAU", 1, { OFF(SCTLR_EL1, UCI), ON(HCR_EL2, TPU) } },
	{ 0, X, "DC_CVAU", 2, { OFF(SCTLR_EL2, UCI), HCR(HOSTED) } },
	{ 0, X, "DC_ZVA", 1, { OFF(SCTLR_EL1, DZE) } },
	{ 0, X, "DC_ZVA", 2, { OFF(SCTLR_EL2, DZE), HCR(HOSTED) } },
	{ 0, X, "CFP_RCTX", 1, { OFF(SCTLR_EL1, EnRCTX) } },
	{ 0, X, "CPP_RCTX", 2, { OFF(SCTLR_EL2, EnRCTX), HCR(HOSTED) } },
	{ 0, X, "DVP_RCTX", PASS, { NOTHING } },
	{ 0, R, "SCXTNUM_EL0", 1, { ON(SCTLR_EL1, TSCXT) } },
	{ 0, R, "SCXTNUM_EL0", 2, { ON(SCTLR_EL2, TSCXT), HCR(HOSTED) } },
	{ 0, X, "DC_ISW", UND, { NOTHING } },
	{ 0, R, "ID_AA64PFR0_EL1", 1, { NOTHING } }, /* FEAT_IDST */
	{ 0, R, "MIDR_EL1", 2, { HCR(TGE) } },

	/* ---- CPACR, CPTR ---- */
	{ 1, W, "CPACR_EL1", 2, { ON(CPTR_EL2, TCPAC) } },
	{ 1, W, "CPACR_EL1", 3, { ON(CPTR_EL3, TCPAC) } },
	{ 2, W, "CPACR_EL1", 3, { ON(CPTR_EL3, TCPAC) } },
	{ 2, W, "CPTR_EL2", 3, { ON(CPTR_EL3, TCPAC) } },
	{ 2, W, "CPACR_EL12", 3, { ON(CPTR_EL3, TCPAC), HCR(E2H) } },
	{ 3, W, "CPTR_EL2", PASS, { ON(CPTR_EL3, TCPAC) } },

	/* ---- SCR_EL3 ---- */
	{ 1, R, "APIBKEYLO_EL1", 3, { OFF(SCR_EL3, APK) } },
	{ 2, R, "APIBKEYLO_EL1", 3, { OFF(SCR_EL3, APK) } },
	{ 1, R, "APIBKEYLO_EL1", 2, { OFF(SCR_EL3, APK), OFF(HCR_EL2, APK) } },
	{ 3, R, "APIBKEYLO_EL1", PASS, { OFF(SCR_EL3, APK) } },
	{ 2, R, "ERRIDR_EL1", 3, { ON(SCR_EL3, TERR) } },
	{ 1, R, "LORSA_EL1", 3, { ON(SCR_EL3, TLOR) } },
	{ 0, R, "SCXTNUM_EL0", 3, { OFF(SCR_EL3, EnSCXT) } },
	{ 2, R, "SCXTNUM_EL2", 3, { OFF(SCR_EL3, EnSCXT) } },
	{ 2, W, "HCRX_EL2", 3, { OFF(SCR_EL3, HXEn) } },
	{ 2, W, "HFGRTR_EL2", 3, { OFF(SCR_EL3, FGTEn) } },
	{ 2, W, "HDFGWTR_EL2", 3, { OFF(SCR_EL3, FGTEn) } },
	{ 2, W, "CNTPOFF_EL2", 3, { OFF(SCR_EL3, ECVEn) } },
	{ 3, W, "CNTPOFF_EL2", PASS, { OFF(SCR_EL3, ECVEn) } },
	{ 1, R, "CNTPS_CTL_EL1", UND, { NOTHING } },
	{ 1, R, "CNTPS_CTL_EL1", PASS, { SECURE } },
	{ 1, R, "CNTPS_CTL_EL1", 3, { SECURE, OFF(SCR_EL3, ST) } },
	{ 2, R, "CNTPS_CTL_EL1", UND, { SECURE, ON(SCR_EL3, EEL2) } },
	{ 3, R, "CNTPS_CTL_EL1", PASS, { OFF(SCR_EL3, ST) } },

	/* ---- debug ---- */
	{ 1, R, "MDSCR_EL1", 2, { ON(MDCR_EL2, TDA) } },
	{ 1, W, "DBGBVR0_EL1", 2, { ON(MDCR_EL2, TDE) } },
	{ 1, R, "MDSCR_EL1", 3, { ON(MDCR_EL3, TDA) } },
	{ 2, W, "DBGWCR0_EL1", 3, { ON(MDCR_EL3, TDA) } },
	{ 3, W, "DBGWCR0_EL1", PASS, { ON(MDCR_EL3, TDA) } },
	{ 1, W, "OSLAR_EL1", 2, { ON(MDCR_EL2, TDOSA) } },
	{ 1, R, "OSLSR_EL1", 2, { ON(MDCR_EL2, TDE) } },
	{ 2, W, "OSDLR_EL1", 3, { ON(MDCR_EL3, TDOSA) } },
	{ 1, R, "MDRAR_EL1", 2, { ON(MDCR_EL2, TDRA) } },
	{ 1, R, "MDRAR_EL1", 3, { ON(MDCR_EL3, TDA) } },
	{ 0, R, "MDCCSR_EL0", PASS, { NOTHING } },
	{ 0, R, "MDCCSR_EL0", 1, { ON(MDSCR_EL1, TDCC) } },
	{ 0, R, "MDCCSR_EL0", 2, { HCR(TGE) } },
	{ 0, R, "DBGDTR_EL0", 2, { ON(MDCR_EL2, TDA) } },
	{ 1, R, "DBGDTRRX_EL0", 2, { ON(MDCR_EL2, TDCC) } },
	{ 2, W, "MDCCINT_EL1", 3, { ON(MDCR_EL3, TDCC) } },

	/* ---- performance monitors ---- */
	{ 0, R, "PMCCNTR_EL0", PASS, { NOTHING } },
	{ 0, R, "PMCCNTR_EL0", 1, { OFF(PMUSERENR_EL0, EN) } },
	{ 0, R, "PMCCNTR_EL0", PASS, { OFF(PMUSERENR_EL0, EN), ON(PMUSERENR_EL0, CR) } },
	{ 0, W, "PMCCNTR_EL0", 1, { OFF(PMUSERENR_EL0, EN), ON(PMUSERENR_EL0, CR) } },
	{ 0, R, "PMCCNTR_EL0", 2, { OFF(PMUSERENR_EL0, EN), HCR(TGE) } },
	{ 0, R, "PMEVCNTR0_EL0", PASS, { OFF(PMUSERENR_EL0, EN), ON(PMUSERENR_EL0, ER), ON(MDCR_EL2, HPMN) } },
	{ 0, W, "PMEVCNTR0_EL0", 1, { OFF(PMUSERENR_EL0, EN), ON(PMUSERENR_EL0, ER) } },
	{ 0, W, "PMSELR_EL0", PASS, { OFF(PMUSERENR_EL0, EN), ON(PMUSERENR_EL0, ER) } },
	{ 0, W, "PMSWINC_EL0", PASS, { OFF(PMUSERENR_EL0, EN), ON(PMUSERENR_EL0, SW) } },
	{ 0, W, "PMCNTENSET_EL0", 1, { OFF(PMUSERENR_EL0, EN), ON(PMUSERENR_EL0, SW), ON(PMUSERENR_EL0, CR) } },
	{ 0, W, "PMUSERENR_EL0", UND, { NOTHING } },
	{ 0, R, "PMINTENSET_EL1", UND, { NOTHING } },
	{ 1, R, "PMCR_EL0", 2, { ON(MDCR_EL2, TPMCR) } },
	{ 1, R, "PMCCNTR_EL0", PASS, { ON(MDCR_EL2, TPMCR) } },
	{ 1, R, "PMCCNTR_EL0", 2, { ON(MDCR_EL2, TPM) } },
	{ 0, R, "PMCCNTR_EL0", 2, { ON(MDCR_EL2, TPM), HCR(HOSTED) } },
	{ 2, R, "PMCCNTR_EL0", 3, { ON(MDCR_EL3, TPM) } },
	{ 1, R, "PMEVCNTR5_EL0", PASS, { NOTHING } },
	{ 1, R, "PMEVCNTR6_EL0", UND, { NOTHING } },
	{ 3, R, "PMEVTYPER30_EL0", UND, { NOTHING } },
	{ 1, R, "PMEVCNTR1_EL0", PASS, { { SR_MDCR_EL2, 2, 7 } } },
	{ 1, R, "PMEVCNTR3_EL0", 2, { { SR_MDCR_EL2, 2, 7 } } },
	{ 2, R, "PMEVCNTR3_EL0", PASS, { { SR_MDCR_EL2, 2, 7 } } },
	{ 1, R, "PMEVTYPER2_EL0", 2, { { SR_MDCR_EL2, 2, 7 } } },
	{ 1, R, "PMXEVCNTR_EL0", 2, { { SR_MDCR_EL2, 2, 7 }, { SR_PMSELR_EL0, 2, 0 } } },
	{ 1, R, "PMXEVCNTR_EL0", PASS, { { SR_MDCR_EL2, 2, 7 }, { SR_PMSELR_EL0, 1, 0 } } },
	{ 1, R, "PMXEVTYPER_EL0", PASS, { { SR_MDCR_EL2, 2, 7 }, { SR_PMSELR_EL0, 31, 0 } } },

	/* ---- timers ---- */
	{ 0, R, "CNTFRQ_EL0", 1, { { SR_CNTKCTL_EL1, 0, 3 } } },
	{ 0, R, "CNTFRQ_EL0", PASS, { OFF(CNTKCTL_EL1, EL0PCTEN) } },
	{ 0, R, "CNTFRQ_EL0", 2, { { SR_CNTHCTL_EL2, 0, 3 }, HCR(HOSTED) } },
	{ 0, R, "CNTPCT_EL0", 1, { OFF(CNTKCTL_EL1, EL0PCTEN) } },
	{ 0, R, "CNTPCT_EL0", 2, { OFF(CNTHCTL_EL2, EL1PCTEN) } },
	{ 1, R, "CNTPCT_EL0", 2, { OFF(CNTHCTL_EL2, EL1PCTEN) } },
	{ 1, R, "CNTPCTSS_EL0", 2, { OFF(CNTHCTL_EL2, EL1PCTEN) } },
	{ 1, R, "CNTPCT_EL0", 2, { HCR(E2H) } },
	{ 1, R, "CNTPCT_EL0", PASS, { HCR(E2H), ON(CNTHCTL_EL2, EL1PCTEN_E2H) } },
	{ 0, R, "CNTPCT_EL0", PASS, { HCR(HOSTED) } },
	{ 0, R, "CNTPCT_EL0", 2, { HCR(HOSTED), OFF(CNTHCTL_EL2, EL0PCTEN) } },
	{ 0, R, "CNTVCT_EL0", 1, { OFF(CNTKCTL_EL1, EL0VCTEN) } },
	{ 0, R, "CNTVCT_EL0", PASS, { OFF(CNTKCTL_EL1, EL0VCTEN), HCR(HOSTED) } },
	{ 0, R, "CNTVCT_EL0", 2, { OFF(CNTHCTL_EL2, EL0VCTEN), HCR(HOSTED) } },
	{ 1, R, "CNTVCT_EL0", 2, { ON(CNTHCTL_EL2, EL1TVCT) } },
	{ 0, R, "CNTVCTSS_EL0", 2, { ON(CNTHCTL_EL2, EL1TVCT) } },
	{ 0, R, "CNTP_CTL_EL0", 1, { OFF(CNTKCTL_EL1, EL0PTEN) } },
	{ 1, W, "CNTP_CVAL_EL0", 2, { OFF(CNTHCTL_EL2, EL1PCEN) } },
	{ 1, W, "CNTP_TVAL_EL0", 2, { HCR(E2H) } },
	{ 1, W, "CNTP_TVAL_EL0", PASS, { HCR(E2H), ON(CNTHCTL_EL2, EL1PTEN) } },
	{ 0, R, "CNTP_CTL_EL0", 2, { HCR(HOSTED) } },
	{ 0, R, "CNTP_CTL_EL0", PASS, { HCR(HOSTED), ON(CNTHCTL_EL2, EL0PTEN) } },
	{ 0, R, "CNTV_CTL_EL0", 1, { OFF(CNTKCTL_EL1, EL0VTEN) } },
	{ 0, R, "CNTV_CTL_EL0", 2, { HCR(HOSTED) } },
	{ 0, R, "CNTV_CTL_EL0", PASS, { HCR(HOSTED), ON(CNTHCTL_EL2, EL0VTEN) } },
	{ 1, W, "CNTV_CVAL_EL0", 2, { ON(CNTHCTL_EL2, EL1TVT) } },
	{ 2, W, "CNTV_CVAL_EL0", PASS, { ON(CNTHCTL_EL2, EL1TVT) } },
	{ 2, R, "CNTHPS_CTL_EL2", UND, { NOTHING } },
	{ 2, R, "CNTHPS_CTL_EL2", PASS, { SECURE, ON(SCR_EL3, EEL2) } },

	/* ---- EL2 operations at EL3 need an EL2 that is enabled ---- */
	{ 3, X, "TLBI_ALLE2", UND, { SECURE } },
	{ 3, X, "AT_S1E2R", UND, { SECURE } },
};

/* The syndrome of AArch64.SystemAccessTrapSyndrome, from its definition. */
static u64 syndrome(u32 key, unsigned rt, bool is_read)
{
	return 0x18ull << 26 | 1u << 25 | (key >> 14) << 20 | (key & 7) << 17 | (key >> 11 & 7) << 14 |
	       (key >> 7 & 15) << 10 | rt << 5 | (key >> 3 & 15) << 1 | is_read;
}

static u32 key_of(const struct trap_case *t)
{
	if (t->kind != X)
		return sysreg_key(sysreg_find(t->name));
	for (u32 key = 0x4000; key < 0x8000; key++) {
		if (sysinsn_by_key(key) != SI_COUNT && !strcmp(sysinsn_name(sysinsn_by_key(key)), t->name))
			return key;
	}
	ck_abort_msg("no instruction %s", t->name);
	return 0;
}

static bool attempt(u8 kind, u32 key, unsigned rt)
{
	u64 value;

	c->s.exc.kind = EXC_NONE;
	if (kind == R)
		return sysreg_read(c, key, rt, &value);
	return kind == W ? sysreg_write(c, key, rt, 0) : sysinsn_execute(c, key, rt, 0);
}

START_TEST(trap_controls)
{
	const struct trap_case *t = &cases[_i];
	u32 key;
	bool ok;

	ck_assert_msg(t->kind == X || sysreg_find(t->name) != SR_COUNT, "no register %s", t->name);
	key = key_of(t);
	for (unsigned i = 0; i < ARRAY_SIZE(t->change); i++)
		c->s.sr[t->change[i].reg] = (c->s.sr[t->change[i].reg] & ~t->change[i].clear) | t->change[i].set;
	c->s.p.el = t->el;
	ok = attempt(t->kind, key, 7);
	if (t->want == PASS) {
		ck_assert_msg(ok, "%s at EL%u: esr %lx to EL%u", t->name, t->el, (long)c->s.exc.esr,
			      c->s.exc.target_el);
	} else if (t->want == UND) {
		ck_assert_msg(!ok && c->s.exc.esr == 1u << 25, "%s at EL%u: esr %lx, not UNDEFINED", t->name, t->el,
			      (long)c->s.exc.esr);
	} else {
		ck_assert_msg(!ok && c->s.exc.target_el == t->want && c->s.exc.esr == syndrome(key, 7, t->kind == R),
			      "%s at EL%u: esr %lx to EL%u, not %lx to EL%u", t->name, t->el, (long)c->s.exc.esr,
			      c->s.exc.target_el, (long)syndrome(key, 7, t->kind == R), t->want);
	}
}
END_TEST

/* Two syndromes by hand. */
START_TEST(syndromes)
{
	c->s.p.el = 1;
	SYS(c, HCR_EL2) |= BIT(HCR_EL2, TVM) | BIT(HCR_EL2, TID3);
	attempt(W, SYSREG_KEY(3, 0, 1, 0, 0), 3); /* MSR SCTLR_EL1, X3 */
	ck_assert_uint_eq(c->s.exc.esr, 0x62300460);
	attempt(R, SYSREG_KEY(3, 0, 0, 4, 0), 31); /* MRS XZR, ID_AA64PFR0_EL1 */
	ck_assert_uint_eq(c->s.exc.esr, 0x623003e9);
	ck_assert_uint_eq(c->s.exc.target_el, 2);
}
END_TEST

/* ---- fine-grained traps: each bit traps the register that it names, and no other bit does ---- */

/* "DBGBVRn_EL1" names DBGBVR0_EL1; "PMCNTEN" names PMCNTENSET_EL0; "APIAKey" the two halves of a key. */
static bool names(const char *field, const char *reg)
{
	size_t n = 0;

	while (field[n] && field[n] == reg[n])
		n++;
	if (!field[n])
		return true;
	if (field[n] == 'n')
		return true;
	return !strcmp(field + n, "ey") || !strcmp(field, "ICC_IGRPENn_EL1");
}

static const char *field_at(enum sysreg r, unsigned lsb)
{
	unsigned count;
	const struct sysreg_field *f = sysreg_fields(r, &count);

	for (unsigned i = 0; i < count; i++)
		if (f[i].lsb == lsb && f[i].name)
			return f[i].name;
	return NULL;
}

static enum sysreg fgt_register(u8 bank, bool is_write)
{
	return bank == FGT_HFG ? (is_write ? SR_HFGWTR_EL2 : SR_HFGRTR_EL2)
	       : is_write      ? SR_HDFGWTR_EL2
			       : SR_HDFGRTR_EL2;
}

/* One access at EL1 with exactly the bits `bits` of the register's fine-grained trap register. */
static bool fgt_attempt(enum sysreg r, bool is_write, u64 bits)
{
	const struct access_row *row = &sysreg_rows[r].a;

	rig_open(c);
	c->s.p.el = 1;
	c->s.p.sp = 1;
	SYS(c, HFGRTR_EL2) = SYS(c, HFGWTR_EL2) = SYS(c, HDFGRTR_EL2) = SYS(c, HDFGWTR_EL2) = 0;
	c->s.sr[fgt_register(row->fgt.bank, is_write)] = bits;
	return attempt(is_write ? W : R, row->key, 1);
}

static void check_fgt(enum sysreg r, bool is_write)
{
	const struct access_row *row = &sysreg_rows[r].a;
	const char *field = field_at(fgt_register(row->fgt.bank, is_write), row->fgt.bit);

	/* A register may have a bit for one direction only: PMCR_EL0 reads cannot be trapped this way. */
	if (!field)
		return;
	ck_assert_msg(names(field, row->name) || sysreg_rows[r].owner == OWNER_PMU, "%s is trapped by %s", row->name,
		      field);
	if (!fgt_attempt(r, is_write, 0))
		return; /* UNDEFINED on this rig: the GIC's, counters beyond N */
	ck_assert_msg(fgt_attempt(r, is_write, ~(1ull << row->fgt.bit)), "%s: trapped by another bit", row->name);
	ck_assert_msg(!fgt_attempt(r, is_write, 1ull << row->fgt.bit), "%s: not trapped by %s", row->name, field);
	ck_assert_uint_eq(c->s.exc.target_el, 2);
	ck_assert_uint_eq(c->s.exc.esr, syndrome(row->key, 1, !is_write));
}

START_TEST(fine_grained_register_traps)
{
	for (unsigned r = 0; r < SR_COUNT; r++) {
		const struct access_row *row = &sysreg_rows[r].a;

		if (row->fgt.bank == FGT_NONE)
			continue;
		if (row->read_el <= 1)
			check_fgt(r, false);
		if (row->write_el <= 1)
			check_fgt(r, true);
	}
}
END_TEST

/* Every named bit of the four registers is some register's, but for those of features that are never there. */
START_TEST(no_fine_grained_bit_is_forgotten)
{
	static const enum sysreg control[] = { SR_HFGRTR_EL2, SR_HFGWTR_EL2, SR_HDFGRTR_EL2, SR_HDFGWTR_EL2 };

	for (unsigned i = 0; i < ARRAY_SIZE(control); i++) {
		for (unsigned bit_no = 0; bit_no < 64; bit_no++) {
			unsigned users = 0;

			if (!(c->sr_writable[control[i]] >> bit_no & 1))
				continue;
			for (unsigned r = 0; r < SR_COUNT; r++) {
				const struct fgt *f = &sysreg_rows[r].a.fgt;

				users += f->bank != FGT_NONE && fgt_register(f->bank, i & 1) == control[i] &&
					 f->bit == bit_no;
			}
			ck_assert_msg(users, "%s bit %u (%s) traps nothing", sysreg_name(control[i]), bit_no,
				      field_at(control[i], bit_no));
		}
	}
}
END_TEST

static const struct fgt_case {
	const char *insn;
	u8 bit; /* of HFGITR_EL2 */
} insn_cases[] = {
	{ "IC_IALLUIS", 0 },	{ "IC_IALLU", 1 },	  { "IC_IVAU", 2 },	    { "DC_IVAC", 3 },
	{ "DC_ISW", 4 },	{ "DC_CSW", 5 },	  { "DC_CISW", 6 },	    { "DC_CVAU", 7 },
	{ "DC_CVAP", 8 },	{ "DC_CVADP", 9 },	  { "DC_CIVAC", 10 },	    { "DC_ZVA", 11 },
	{ "AT_S1E1R", 12 },	{ "AT_S1E1W", 13 },	  { "AT_S1E0R", 14 },	    { "AT_S1E0W", 15 },
	{ "AT_S1E1RP", 16 },	{ "AT_S1E1WP", 17 },	  { "TLBI_VMALLE1OS", 18 }, { "TLBI_VAALE1OS", 23 },
	{ "TLBI_RVAE1OS", 24 }, { "TLBI_RVAALE1OS", 27 }, { "TLBI_VMALLE1IS", 28 }, { "TLBI_VAE1IS", 29 },
	{ "TLBI_RVAE1IS", 34 }, { "TLBI_RVAE1", 38 },	  { "TLBI_VMALLE1", 42 },   { "TLBI_ASIDE1", 44 },
	{ "TLBI_VAALE1", 47 },	{ "CFP_RCTX", 48 },	  { "DVP_RCTX", 49 },	    { "CPP_RCTX", 50 },
	{ "DC_CVAC", 54 },	{ "TLBI_VAE1ISNXS", 29 },
};

START_TEST(fine_grained_instruction_traps)
{
	struct trap_case t = { .kind = X, .name = insn_cases[_i].insn };
	u32 key = key_of(&t);

	c->s.p.el = 1;
	SYS(c, HFGITR_EL2) = 1ull << insn_cases[_i].bit;
	ck_assert_msg(!attempt(X, key, 2), "%s", t.name);
	ck_assert_uint_eq(c->s.exc.target_el, 2);
	ck_assert_uint_eq(c->s.exc.esr, syndrome(key, 2, false));
}
END_TEST

START_TEST(fine_grained_traps_need_their_enable)
{
	u32 key = sysreg_key(SR_TTBR0_EL1), ctr = sysreg_key(SR_CTR_EL0);

	SYS(c, HFGRTR_EL2) = BIT(HFGRTR_EL2, TTBR0_EL1) | BIT(HFGRTR_EL2, CTR_EL0);
	c->s.p.el = 1;
	ck_assert(!attempt(R, key, 0));
	SYS(c, SCR_EL3) &= ~BIT(SCR_EL3, FGTEn);
	ck_assert(attempt(R, key, 0));
	SYS(c, SCR_EL3) |= BIT(SCR_EL3, FGTEn);
	c->s.p.el = 2;
	ck_assert(attempt(R, key, 0));
	c->s.p.el = 0;
	ck_assert(!attempt(R, ctr, 0));
	SYS(c, HCR_EL2) |= HOSTED;
	ck_assert(attempt(R, ctr, 0));
	SYS(c, HCR_EL2) &= ~HOSTED;
	SYS(c, SCR_EL3) &= ~1ull; /* Secure, no Secure EL2 */
	ck_assert(attempt(R, ctr, 0));
}
END_TEST

/* ---- IMPLEMENTATION DEFINED encodings ---- */

START_TEST(implementation_defined)
{
	u32 key = SYSREG_KEY(3, 0, 15, 2, 1), insn = SYSREG_KEY(1, 3, 11, 0, 0);

	c->s.p.el = 1;
	ck_assert(!attempt(R, key, 4));
	ck_assert_uint_eq(c->s.exc.esr >> 26, 0);
	SYS(c, HCR_EL2) |= BIT(HCR_EL2, TIDCP);
	ck_assert(!attempt(R, key, 4));
	ck_assert_uint_eq(c->s.exc.esr, syndrome(key, 4, true));
	ck_assert_uint_eq(c->s.exc.target_el, 2);
	ck_assert(!attempt(X, insn, 4));
	ck_assert_uint_eq(c->s.exc.esr, syndrome(insn, 4, false));
	c->s.p.el = 0;
	SYS(c, SCTLR_EL1) |= BIT(SCTLR_EL1, TIDCP);
	ck_assert(!attempt(R, key, 4));
	ck_assert_uint_eq(c->s.exc.target_el, 1);
	ck_assert_uint_eq(c->s.exc.esr, syndrome(key, 4, true));
}
END_TEST

/* MSR DAIFSet, #imm at EL0: the syndrome has Rt = 31 and the immediate in CRm. */
START_TEST(trapped_immediate)
{
	c->s.p.el = 0;
	SYS(c, SCTLR_EL1) &= ~BIT(SCTLR_EL1, UMA);
	ck_assert(!sysreg_write_immediate(c, 3, 6, 2));
	ck_assert_uint_eq(c->s.exc.target_el, 1);
	ck_assert_uint_eq(c->s.exc.esr, syndrome(SYSREG_KEY(0, 3, 4, 2, 6), 31, false));
	SYS(c, HCR_EL2) |= TGE;
	ck_assert(!sysreg_write_immediate(c, 3, 7, 2));
	ck_assert_uint_eq(c->s.exc.target_el, 2);
}
END_TEST

/* ---- floating point ---- */

static const struct fp_case {
	u8 el, cpacr, target; /* CPACR_EL1.FPEN */
	u64 hcr, cptr;
	u8 ec;
	bool el3_traps, secure; /* CPTR_EL3.TFP; Secure state without EL2 */
} fp_cases[] = {
	{ 1, 3, PASS, 0, 0, 0, false, false },
	{ 0, 3, PASS, 0, 0, 0, false, false },
	{ 1, 0, 1, 0, 0, 7, false, false },
	{ 0, 1, 1, 0, 0, 7, false, false },
	{ 1, 1, PASS, 0, 0, 0, false, false },
	{ 0, 2, 1, 0, 0, 7, false, false },
	{ 0, 0, 2, TGE, 0, 0, false, false }, /* diverted to EL2: EC 0x00 */
	{ 1, 3, 2, 0, 1u << 10, 7, false, false },
	{ 2, 3, 2, 0, 1u << 10, 7, false, false },
	{ 1, 0, 1, 0, 1u << 10, 7, false, false },
	{ 2, 3, 2, E2H, 0, 7, false, false },
	{ 2, 3, PASS, E2H, 3u << 20, 0, false, false },
	{ 1, 3, PASS, E2H, 1u << 20, 0, false, false },
	{ 0, 0, 2, HOSTED, 1u << 20, 7, false, false },
	{ 0, 0, PASS, HOSTED, 3u << 20, 0, false, false },
	{ 2, 3, PASS, HOSTED, 1u << 20, 0, false, false },
	{ 0, 3, PASS, E2H, 1u << 20, 0, false, false },
	{ 0, 0, 1, E2H, 3u << 20, 7, false, false },
	{ 1, 3, 2, E2H, 2u << 20, 7, false, false },
	{ 0, 3, 2, E2H, 0, 7, false, false },
	{ 0, 3, 2, HOSTED, 2u << 20, 7, false, false },
	{ 1, 0, 1, E2H, 0, 7, false, false },
	{ 1, 3, 3, 0, 0, 7, true, false },
	{ 0, 3, 3, 0, 0, 7, true, false },
	{ 2, 3, 3, 0, 0, 7, true, false },
	{ 3, 0, 3, TGE, 1u << 10, 7, true, false },
	{ 3, 0, PASS, TGE, 1u << 10, 0, false, false },
	{ 1, 0, 1, 0, 0, 7, true, false },
	{ 1, 3, 2, 0, 1u << 10, 7, true, false },
	{ 1, 3, PASS, 0, 1u << 10, 0, false, true },
	{ 1, 1, PASS, E2H, 0, 0, false, true },
	{ 0, 1, 1, TGE, 1u << 10, 7, false, true },
	{ 1, 3, 3, 0, 1u << 10, 7, true, true },
};

START_TEST(floating_point)
{
	const struct fp_case *t = &fp_cases[_i];

	c->s.p.el = t->el;
	SYS(c, CPACR_EL1) = (u64)t->cpacr << 20;
	SYS(c, CPTR_EL2) = t->cptr;
	SYS(c, CPTR_EL3) = t->el3_traps ? 1u << 10 : 0;
	if (t->secure)
		SYS(c, SCR_EL3) &= ~BIT(SCR_EL3, NS);
	SYS(c, HCR_EL2) |= t->hcr;
	ck_assert_uint_eq(attempt(R, sysreg_key(SR_FPCR), 0), t->target == PASS);
	/* Instructions are judged once for each EL, until a register changes. */
	cpu_context_changed(c);
	host_context(c);
	ck_assert_uint_eq(c->fp_on, t->target == PASS);
	if (t->target == PASS)
		return;
	ck_assert_uint_eq(c->s.exc.target_el, t->target);
	ck_assert_uint_eq(c->s.exc.esr, t->ec ? 0x1fe00000u : 1u << 25);
	c->s.exc = (struct exc){ 0 };
	cpu_fp_trap(c);
	ck_assert_uint_eq(c->s.exc.target_el, t->target);
	ck_assert_uint_eq(c->s.exc.esr, t->ec ? 0x1fe00000u : 1u << 25);
}
END_TEST

START_TEST(floating_point_follows_registers_and_level)
{
	u64 value = 3u << 20;

	c->s.p.el = 1;
	SYS(c, CPACR_EL1) = 0;
	cpu_context_changed(c);
	host_context(c);
	ck_assert(!c->fp_on);
	ck_assert(sysreg_write(c, sysreg_key(SR_CPACR_EL1), 0, value));
	ck_assert(c->context_stale);
	host_context(c);
	ck_assert(c->fp_on);
	cpu_set_el_sp(c, 2, 1);
	ck_assert(sysreg_write(c, sysreg_key(SR_CPTR_EL2), 0, 1u << 10));
	host_context(c);
	ck_assert(!c->fp_on);
	cpu_set_el_sp(c, 1, 1);
	host_context(c);
	ck_assert(!c->fp_on);
}
END_TEST

/* ---- the GIC's verdicts ---- */

static enum port_result refuse(void *ctx, unsigned core, enum sysreg r, u64 *value)
{
	*value = r;
	return *(const enum port_result *)ctx;
}

START_TEST(gic_verdicts)
{
	static const struct {
		enum port_result result;
		u8 target;
	} rows[] = { { PORT_TRAP_EL2, 2 }, { PORT_TRAP_EL3, 3 } };
	u32 key = sysreg_key(SR_ICC_PMR_EL1);
	enum port_result result = PORT_OK;
	u64 value;

	c->gic = (struct gic_port){ .ctx = &result, .read = refuse };
	c->s.p.el = 1;
	ck_assert(sysreg_read(c, key, 0, &value) && value == SR_ICC_PMR_EL1);
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		result = rows[i].result;
		ck_assert(!attempt(R, key, 9));
		ck_assert_uint_eq(c->s.exc.target_el, rows[i].target);
		ck_assert_uint_eq(c->s.exc.esr, syndrome(key, 9, true));
	}
	result = PORT_UNDEF;
	ck_assert(!attempt(R, key, 9));
	ck_assert_uint_eq(c->s.exc.esr >> 26, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_traps");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, trap_controls, 0, ARRAY_SIZE(cases));
	tcase_add_test(t, syndromes);
	tcase_add_test(t, fine_grained_register_traps);
	tcase_add_test(t, no_fine_grained_bit_is_forgotten);
	tcase_add_loop_test(t, fine_grained_instruction_traps, 0, ARRAY_SIZE(insn_cases));
	tcase_add_test(t, fine_grained_traps_need_their_enable);
	tcase_add_test(t, implementation_defined);
	tcase_add_test(t, trapped_immediate);
	tcase_add_loop_test(t, floating_point, 0, ARRAY_SIZE(fp_cases));
	tcase_add_test(t, floating_point_follows_registers_and_level);
	tcase_add_test(t, gic_verdicts);
	suite_add_tcase(s, t);
	return run_suite(s);
}
