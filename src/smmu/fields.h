/* Fields of the structures in memory by their names and bits in IHI 0070 (chapters 4, 5): [hi:lo] of the whole. */
#ifndef SMMU_FIELDS_H
#define SMMU_FIELDS_H

#include "base/bits.h"

#define SMMU_FIELD(words, hi, lo) bits((words)[(lo) / 64], (hi) % 64, (lo) % 64)
#define SMMU_ADDRESS(words, hi, lo) ((words)[(lo) / 64] & ones((hi) % 64 + 1) & ~ones((lo) % 64))

/* ---- stream table entry, 5.2 ---- */
#define STE_V(w) SMMU_FIELD(w, 0, 0)
#define STE_CONFIG(w) ((unsigned)SMMU_FIELD(w, 3, 1))
#define STE_S1FMT(w) ((unsigned)SMMU_FIELD(w, 5, 4))
#define STE_S1CONTEXTPTR(w) SMMU_ADDRESS(w, 55, 6)
#define STE_S1CDMAX(w) ((unsigned)SMMU_FIELD(w, 63, 59))
#define STE_S1DSS(w) ((unsigned)SMMU_FIELD(w, 65, 64))
#define STE_PPAR(w) SMMU_FIELD(w, 82, 82)
#define STE_S2FWB(w) SMMU_FIELD(w, 89, 89)
#define STE_S1STALLD(w) SMMU_FIELD(w, 91, 91)
#define STE_EATS(w) ((unsigned)SMMU_FIELD(w, 93, 92))
#define STE_STRW(w) ((unsigned)SMMU_FIELD(w, 95, 94))
#define STE_MEMATTR(w) ((unsigned)SMMU_FIELD(w, 99, 96))
#define STE_MTCFG(w) SMMU_FIELD(w, 100, 100)
#define STE_SHCFG(w) ((unsigned)SMMU_FIELD(w, 109, 108))
#define STE_PRIVCFG(w) ((unsigned)SMMU_FIELD(w, 113, 112))
#define STE_INSTCFG(w) ((unsigned)SMMU_FIELD(w, 115, 114))
#define STE_S2VMID(w) SMMU_FIELD(w, 143, 128)
#define STE_S2T0SZ(w) SMMU_FIELD(w, 165, 160)
#define STE_S2SL0(w) SMMU_FIELD(w, 167, 166)
#define STE_S2IR0(w) SMMU_FIELD(w, 169, 168)
#define STE_S2OR0(w) SMMU_FIELD(w, 171, 170)
#define STE_S2SH0(w) SMMU_FIELD(w, 173, 172)
#define STE_S2TG(w) SMMU_FIELD(w, 175, 174)
#define STE_S2PS(w) SMMU_FIELD(w, 178, 176)
#define STE_S2AA64(w) SMMU_FIELD(w, 179, 179)
#define STE_S2ENDI(w) SMMU_FIELD(w, 180, 180)
#define STE_S2AFFD(w) SMMU_FIELD(w, 181, 181)
#define STE_S2PTW(w) SMMU_FIELD(w, 182, 182)
#define STE_S2HD(w) SMMU_FIELD(w, 183, 183)
#define STE_S2HA(w) SMMU_FIELD(w, 184, 184)
#define STE_S2S(w) SMMU_FIELD(w, 185, 185)
#define STE_S2R(w) SMMU_FIELD(w, 186, 186)
#define STE_S2TTB(w) SMMU_ADDRESS(w, 243, 196)

/* STE.Config: 0b1xx passes traffic; bit 0 and 1: stage 1 and 2 translate. */
#define CONFIG_PASSES 4u
#define CONFIG_S1 1u
#define CONFIG_S2 2u
static inline bool ste_has_s1(const u64 *ste)
{
	return (STE_CONFIG(ste) & (CONFIG_PASSES | CONFIG_S1)) == (CONFIG_PASSES | CONFIG_S1);
}
static inline bool ste_has_s2(const u64 *ste)
{
	return (STE_CONFIG(ste) & (CONFIG_PASSES | CONFIG_S2)) == (CONFIG_PASSES | CONFIG_S2);
}

enum { DSS_TERMINATE = 0, DSS_BYPASS = 1, DSS_SUBSTREAM0 = 2 };
enum { EATS_NONE = 0, EATS_FULL = 1, EATS_SPLIT = 2 };
enum { STRW_EL1 = 0, STRW_EL2 = 2 };
/* PRIVCFG and INSTCFG: else the incoming attribute is used */
enum { OVERRIDE_CLEAR = 2, OVERRIDE_SET = 3 };

/* ---- level 1 descriptors, 5.1 and 5.3 ---- */
#define L1STD_SPAN(d) ((unsigned)bits(d, 4, 0))
#define L1STD_L2PTR(d) ((d)&ones(56) & ~ones(6))
#define L1CD_V(d) bit(d, 0)
#define L1CD_L2PTR(d) ((d)&ones(56) & ~ones(12))

/* ---- context descriptor, 5.4; T0SZ to EPD0 once more 16 bits higher for TTB1 ---- */
#define CD_TSZ(w, half) SMMU_FIELD(w, 5 + 16 * (half), 0 + 16 * (half))
#define CD_TG(w, half) SMMU_FIELD(w, 7 + 16 * (half), 6 + 16 * (half))
#define CD_IR(w, half) SMMU_FIELD(w, 9 + 16 * (half), 8 + 16 * (half))
#define CD_OR(w, half) SMMU_FIELD(w, 11 + 16 * (half), 10 + 16 * (half))
#define CD_SH(w, half) SMMU_FIELD(w, 13 + 16 * (half), 12 + 16 * (half))
#define CD_EPD(w, half) SMMU_FIELD(w, 14 + 16 * (half), 14 + 16 * (half))
#define CD_ENDI(w) SMMU_FIELD(w, 15, 15)
#define CD_V(w) SMMU_FIELD(w, 31, 31)
#define CD_IPS(w) SMMU_FIELD(w, 34, 32)
#define CD_AFFD(w) SMMU_FIELD(w, 35, 35)
#define CD_WXN(w) SMMU_FIELD(w, 36, 36)
#define CD_TBI(w, half) SMMU_FIELD(w, 38 + (half), 38 + (half))
#define CD_PAN(w) SMMU_FIELD(w, 40, 40)
#define CD_AA64(w) SMMU_FIELD(w, 41, 41)
#define CD_HD(w) SMMU_FIELD(w, 42, 42)
#define CD_HA(w) SMMU_FIELD(w, 43, 43)
#define CD_S(w) SMMU_FIELD(w, 44, 44)
#define CD_R(w) SMMU_FIELD(w, 45, 45)
#define CD_A(w) SMMU_FIELD(w, 46, 46)
#define CD_ASET(w) SMMU_FIELD(w, 47, 47)
#define CD_ASID(w) SMMU_FIELD(w, 63, 48)
#define CD_HAD(w, half) SMMU_FIELD(w, 65 + 64 * (half), 65 + 64 * (half))
#define CD_E0PD(w, half) SMMU_FIELD(w, 66 + 64 * (half), 66 + 64 * (half))
#define CD_TTB(w, half) SMMU_ADDRESS(w, 119 + 64 * (half), 68 + 64 * (half))
#define CD_MAIR(w) SMMU_FIELD(w, 255, 192)

/* ---- commands, chapter 4 ---- */
#define CMD_OPCODE(w) ((unsigned)SMMU_FIELD(w, 7, 0))
#define CMD_GLOBAL(w) SMMU_FIELD(w, 9, 9)
#define CMD_SSEC(w) SMMU_FIELD(w, 10, 10)
#define CMD_SSV(w) SMMU_FIELD(w, 11, 11)
#define CMD_SUBSTREAM(w) ((u32)SMMU_FIELD(w, 31, 12))
#define CMD_STREAM(w) ((u32)SMMU_FIELD(w, 63, 32))
#define CMD_VMID(w) ((u16)SMMU_FIELD(w, 47, 32))
#define CMD_ASID(w) ((u16)SMMU_FIELD(w, 63, 48))
#define CMD_NUM(w) SMMU_FIELD(w, 16, 12)
#define CMD_SCALE(w) ((unsigned)SMMU_FIELD(w, 24, 20))
#define CMD_LEAF(w) SMMU_FIELD(w, 64, 64)
#define CMD_RANGE(w) ((unsigned)SMMU_FIELD(w, 68, 64))
#define CMD_TTL(w) ((unsigned)SMMU_FIELD(w, 73, 72))
#define CMD_TG(w) ((unsigned)SMMU_FIELD(w, 75, 74))
#define CMD_ADDRESS(w) SMMU_ADDRESS(w, 127, 76)
#define CMD_ATC_SIZE(w) ((unsigned)SMMU_FIELD(w, 69, 64))
#define CMD_RETRY(w) SMMU_FIELD(w, 12, 12)
#define CMD_ABORT(w) SMMU_FIELD(w, 13, 13)
#define CMD_STAG(w) ((unsigned)SMMU_FIELD(w, 79, 64))
#define CMD_PRG_INDEX(w) ((u16)SMMU_FIELD(w, 72, 64))
#define CMD_RESP(w) ((unsigned)SMMU_FIELD(w, 77, 76))
#define CMD_CS(w) ((unsigned)SMMU_FIELD(w, 13, 12))
#define CMD_MSI_DATA(w) ((u32)SMMU_FIELD(w, 63, 32))
#define CMD_MSI_ADDRESS(w) SMMU_ADDRESS(w, 119, 66)

#endif
