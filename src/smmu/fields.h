/* Fields of the structures in memory by their names and bits in IHI 0070 (chapters 4, 5): [hi:lo] of the whole. */
#ifndef SMMU_FIELDS_H
#define SMMU_FIELDS_H

#include "base/bits.h"

#define SMMU_FIELD(words, hi, lo) bits((words)[(lo) / 64], (hi) % 64, (lo) % 64)
#define SMMU_ADDRESS(words, hi, lo) ((words)[(lo) / 64] & ones((hi) % 64 + 1) & ~ones((lo) % 64))

#define SMMU_ACCESSOR(function, what, hi, lo)                                                                          \
	static inline u64 function(const u64 *words)                                                                   \
	{                                                                                                              \
		return what(words, hi, lo);                                                                            \
	}

/* ---- stream table entry and context descriptor: STE_V(words)…, CD_V(words)… from the tables ---- */
#define FIELD(name, text, hi, lo, ...) SMMU_ACCESSOR(STE_##name, SMMU_FIELD, hi, lo)
#define ADDRESS(name, text, hi, lo) SMMU_ACCESSOR(STE_##name, SMMU_ADDRESS, hi, lo)
#include "smmu/ste.def"
#define FIELD(name, text, hi, lo, ...) SMMU_ACCESSOR(CD_##name, SMMU_FIELD, hi, lo)
#define ADDRESS(name, text, hi, lo) SMMU_ACCESSOR(CD_##name, SMMU_ADDRESS, hi, lo)
#include "smmu/cd.def"

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

/* ---- the halves of a context descriptor: for TTB0 and TTB1 ---- */
#define CD_TSZ(w, half) ((half) ? CD_T1SZ(w) : CD_T0SZ(w))
#define CD_TG(w, half) ((half) ? CD_TG1(w) : CD_TG0(w))
#define CD_IR(w, half) ((half) ? CD_IR1(w) : CD_IR0(w))
#define CD_OR(w, half) ((half) ? CD_OR1(w) : CD_OR0(w))
#define CD_SH(w, half) ((half) ? CD_SH1(w) : CD_SH0(w))
#define CD_EPD(w, half) ((half) ? CD_EPD1(w) : CD_EPD0(w))
#define CD_TBI(w, half) ((half) ? CD_TBI1(w) : CD_TBI0(w))
#define CD_HAD(w, half) ((half) ? CD_HAD1(w) : CD_HAD0(w))
#define CD_E0PD(w, half) ((half) ? CD_E0PD1(w) : CD_E0PD0(w))
#define CD_TTB(w, half) ((half) ? CD_TTB1(w) : CD_TTB0(w))

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
