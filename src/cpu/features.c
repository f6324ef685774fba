/* Booleans of what a core has, from its ID registers. Arm ARM A2.2, D19.2 (ID_AA64*). */
#include "cpu/features.h"

#include "base/bits.h"
#include "cpu/sysreg.h"

#define ID(sr, reg, field)                                                                                             \
	((unsigned)bits((sr)[SR_##reg], reg##_##field##_LSB + reg##_##field##_WIDTH - 1, reg##_##field##_LSB))

static void set_levels(struct cpu_features *f)
{
	f->always = true;
	f->absent = false;
	f->el3_absent = !f->el3;
	f->el2_highest = f->el2 && !f->el3;
	f->el1_highest = !f->el2 && !f->el3;
}

/* FEAT_PAuth: one of three algorithms for addresses (APA: QARMA5, APA3: QARMA3, API: IMPLEMENTATION DEFINED). */
static void set_pauth(struct cpu_features *f, const u64 *sr)
{
	unsigned qarma5 = ID(sr, ID_AA64ISAR1_EL1, APA), impdef = ID(sr, ID_AA64ISAR1_EL1, API),
		 qarma3 = ID(sr, ID_AA64ISAR2_EL1, APA3), level = qarma5 | impdef | qarma3;

	f->pauth = level >= 1;
	f->epac = level == 2;
	f->pauth2 = level >= 3;
	f->fpac = level >= 4;
	f->fpaccombine = level >= 5;
	f->pauth_qarma3 = qarma3;
	f->pauth_impdef = impdef;
}

/* A stage-2 granule: 0 in its own field means "as stage 1", 1 none, 2 yes, 3 with 52 bits. */
static bool s2_has(unsigned own, bool stage1)
{
	return own == 0 ? stage1 : own >= 2;
}

static void set_granules(struct cpu_features *f, const u64 *sr)
{
	unsigned s1_4k = ID(sr, ID_AA64MMFR0_EL1, TGran4), s1_16k = ID(sr, ID_AA64MMFR0_EL1, TGran16);
	unsigned s2_4k = ID(sr, ID_AA64MMFR0_EL1, TGran4_2), s2_16k = ID(sr, ID_AA64MMFR0_EL1, TGran16_2);
	unsigned pa_range = ID(sr, ID_AA64MMFR0_EL1, PARange);

	static const u8 pa_bits[] = { 32, 36, 40, 42, 44, 48, 52, 56 };

	f->pa_bits = pa_bits[pa_range & 7];
	f->mixed_endian_el0 = f->mixed_endian || ID(sr, ID_AA64MMFR0_EL1, BigEndEL0);
	f->lpa = pa_range >= 6;
	f->lpa2_4k = s1_4k == 1;
	f->lpa2_16k = s1_16k == 2;
	f->granule_4k_s2 = s2_has(s2_4k, f->granule_4k);
	f->granule_16k_s2 = s2_has(s2_16k, f->granule_16k);
	f->granule_64k_s2 = s2_has(ID(sr, ID_AA64MMFR0_EL1, TGran64_2), f->granule_64k);
	f->lpa2_4k_s2 = s2_4k == 0 ? f->lpa2_4k : s2_4k == 3;
	f->lpa2_16k_s2 = s2_16k == 0 ? f->lpa2_16k : s2_16k == 3;
	f->lpa2 = f->lpa2_4k || f->lpa2_16k || f->lpa2_4k_s2 || f->lpa2_16k_s2;
}

/* PMUVer 0b1111 is an IMPLEMENTATION DEFINED PMU: none of ours. */
static void set_debug(struct cpu_features *f, const u64 *sr)
{
	unsigned version = ID(sr, ID_AA64DFR0_EL1, PMUVer), mtpmu = ID(sr, ID_AA64DFR0_EL1, MTPMU);

	if (version == 15)
		version = 0;
	f->pmuv3 = version >= 1;
	f->pmuv3p1 = version >= 4;
	f->pmuv3p4 = version >= 5;
	f->pmuv3p5 = version >= 6;
	f->pmuv3p7 = version >= 7;
	f->pmuv3p8 = version >= 8;
	f->mtpmu = mtpmu >= 1 && mtpmu < 15;
	f->contextidr_el2 = f->vhe || f->debug_v8p2;
	f->breakpoints = (u8)(ID(sr, ID_AA64DFR0_EL1, BRPs) + 1);
	f->watchpoints = (u8)(ID(sr, ID_AA64DFR0_EL1, WRPs) + 1);
}

void cpu_features_compute(struct cpu_features *f, const u64 *sr)
{
#define FEATURE(name, reg, field, least) f->name = ID(sr, reg, field) >= (least);
#define FEATURE_SIGNED(name, reg, field) f->name = ID(sr, reg, field) != 15;
#define FEATURE_RULE(name)
#include "cpu/features.def"
	f->fp16 = f->fp && ID(sr, ID_AA64PFR0_EL1, FP) >= 1;
	f->fcma_fp16 = f->fcma && f->fp16;
	set_levels(f);
	set_pauth(f, sr);
	set_granules(f, sr);
	set_debug(f, sr);
}

static const struct feature_info list[] = {
#define FEATURE(name_, ...) { #name_, offsetof(struct cpu_features, name_) },
#define FEATURE_SIGNED(name_, ...) { #name_, offsetof(struct cpu_features, name_) },
#define FEATURE_RULE(name_) { #name_, offsetof(struct cpu_features, name_) },
#include "cpu/features.def"
};

const struct feature_info *cpu_features_list(unsigned *count)
{
	*count = ARRAY_SIZE(list);
	return list;
}
