/*
 * CPU presets. ID registers are those of the parts (Technical Reference Manuals, and what silicon was seen to report);
 * implemented.def then takes away what is not modelled. What the AArch32 ID registers say is left out: they read as
 * zero, because no exception level uses AArch32.
 */
#include "cpu/models.h"

#include <string.h>

#include "cpu/cpu.h"
#include "cpu/decode.h"

/* The costs of each preset: one column of timing.def. */
#define COLUMN_max(a, b, c, d, e) a
#define COLUMN_cortex_a72(a, b, c, d, e) b
#define COLUMN_neoverse_n1(a, b, c, d, e) c
/* Cores without a column take that of the part that is nearest in kind. */
#define COLUMN_cortex_a53 COLUMN_cortex_a72
#define COLUMN_cortex_a57 COLUMN_cortex_a72
#define COLUMN_cortex_a76 COLUMN_neoverse_n1
#define COLUMN_neoverse_v1(a, b, c, d, e) d
#define COLUMN_neoverse_v2(a, b, c, d, e) e

/* Timing classes have the numbers that the decoder gives them. */
#define TIMING(name, ...) _Static_assert((int)TIMING_##name == (int)CLASS_##name, "order of timing.def: " #name);
#include "cpu/timing.def"

static const struct id_value max_ids[] = {
	{ SR_MIDR_EL1, 0x000f0510 },
	{ SR_CTR_EL0, 0xb444c004 },
	{ SR_DCZID_EL0, 4 },
	{ SR_CLIDR_EL1, 0x82000023 },
	{ SR_ID_AA64PFR0_EL1, 0x1201001121112222 },
	{ SR_ID_AA64PFR1_EL1, 0x0000000000000021 },
	{ SR_ID_AA64DFR0_EL1, 0x000000001030560a },
	{ SR_ID_AA64ISAR0_EL1, 0x1221111110312120 },
	{ SR_ID_AA64ISAR1_EL1, 0x0111111101211052 },
	{ SR_ID_AA64ISAR2_EL1, 0x0010000000110012 },
	{ SR_ID_AA64MMFR0_EL1, 0x2100032310201126 },
	{ SR_ID_AA64MMFR1_EL1, 0x0110112010312122 },
	{ SR_ID_AA64MMFR2_EL1, 0x1221011112011011 },
	{ SR_COUNT, 0 },
};

static const struct id_value cortex_a53_ids[] = {
	{ SR_MIDR_EL1, 0x410fd034 },
	{ SR_CTR_EL0, 0x84448004 },
	{ SR_DCZID_EL0, 4 },
	{ SR_CLIDR_EL1, 0x0a200023 },
	{ SR_ID_AA64PFR0_EL1, 0x0000000001002222 },
	{ SR_ID_AA64DFR0_EL1, 0x0000000010305106 },
	{ SR_ID_AA64ISAR0_EL1, 0x0000000000011120 },
	{ SR_ID_AA64MMFR0_EL1, 0x0000000000001122 },
	{ SR_COUNT, 0 },
};

static const struct id_value cortex_a57_ids[] = {
	{ SR_MIDR_EL1, 0x411fd070 },
	{ SR_CTR_EL0, 0x8444c004 },
	{ SR_DCZID_EL0, 4 },
	{ SR_CLIDR_EL1, 0x0a200023 },
	{ SR_ID_AA64PFR0_EL1, 0x0000000001002222 },
	{ SR_ID_AA64DFR0_EL1, 0x0000000010305106 },
	{ SR_ID_AA64ISAR0_EL1, 0x0000000000011120 },
	{ SR_ID_AA64MMFR0_EL1, 0x0000000000001124 },
	{ SR_COUNT, 0 },
};

static const struct id_value cortex_a72_ids[] = {
	{ SR_MIDR_EL1, 0x410fd083 },
	{ SR_CTR_EL0, 0x8444c004 },
	{ SR_DCZID_EL0, 4 },
	{ SR_CLIDR_EL1, 0x0a200023 },
	{ SR_ID_AA64PFR0_EL1, 0x0000000001002222 },
	{ SR_ID_AA64DFR0_EL1, 0x0000000010305106 },
	{ SR_ID_AA64ISAR0_EL1, 0x0000000000011120 },
	{ SR_ID_AA64MMFR0_EL1, 0x0000000000001124 },
	{ SR_COUNT, 0 },
};

static const struct id_value cortex_a76_ids[] = {
	{ SR_MIDR_EL1, 0x414fd0b1 },
	{ SR_CTR_EL0, 0x8444c004 },
	{ SR_DCZID_EL0, 4 },
	{ SR_CLIDR_EL1, 0x82000023 },
	{ SR_ID_AA64PFR0_EL1, 0x1100000011111112 },
	{ SR_ID_AA64PFR1_EL1, 0x0000000000000010 },
	{ SR_ID_AA64DFR0_EL1, 0x0000000010305408 },
	{ SR_ID_AA64ISAR0_EL1, 0x0000100010211120 },
	{ SR_ID_AA64ISAR1_EL1, 0x0000000000100001 },
	{ SR_ID_AA64MMFR0_EL1, 0x0000000000101122 },
	{ SR_ID_AA64MMFR1_EL1, 0x0000000010212122 },
	{ SR_ID_AA64MMFR2_EL1, 0x0000000000001011 },
	{ SR_COUNT, 0 },
};

static const struct id_value neoverse_n1_ids[] = {
	{ SR_MIDR_EL1, 0x413fd0c1 },
	{ SR_REVIDR_EL1, 0xff },
	{ SR_CTR_EL0, 0xb444c004 },
	{ SR_DCZID_EL0, 4 },
	{ SR_CLIDR_EL1, 0x82000023 },
	{ SR_ID_AA64PFR0_EL1, 0x1100000011111112 },
	{ SR_ID_AA64PFR1_EL1, 0x0000000000000020 },
	{ SR_ID_AA64DFR0_EL1, 0x0000000110305408 },
	{ SR_ID_AA64ISAR0_EL1, 0x0000100010211120 },
	{ SR_ID_AA64ISAR1_EL1, 0x0000000000100001 },
	{ SR_ID_AA64MMFR0_EL1, 0x0000000000101125 },
	{ SR_ID_AA64MMFR1_EL1, 0x0000000010212122 },
	{ SR_ID_AA64MMFR2_EL1, 0x0000000000001011 },
	{ SR_COUNT, 0 },
};

static const struct id_value neoverse_v1_ids[] = {
	{ SR_MIDR_EL1, 0x411fd401 },
	{ SR_REVIDR_EL1, 1 },
	{ SR_CTR_EL0, 0xb444c004 },
	{ SR_DCZID_EL0, 4 },
	{ SR_CLIDR_EL1, 0x82000023 },
	{ SR_ID_AA64PFR0_EL1, 0x1101110123111112 },
	{ SR_ID_AA64PFR1_EL1, 0x0000000000000020 },
	{ SR_ID_AA64DFR0_EL1, 0x000001f210305519 },
	{ SR_ID_AA64ISAR0_EL1, 0x1011111110212120 },
	{ SR_ID_AA64ISAR1_EL1, 0x0011100001211032 },
	{ SR_ID_AA64MMFR0_EL1, 0x0000000000101125 },
	{ SR_ID_AA64MMFR1_EL1, 0x0000000010212122 },
	{ SR_ID_AA64MMFR2_EL1, 0x0220011102101011 },
	{ SR_COUNT, 0 },
};

static const struct id_value neoverse_v2_ids[] = {
	{ SR_MIDR_EL1, 0x410fd4f1 },
	{ SR_REVIDR_EL1, 0x17 },
	{ SR_CTR_EL0, 0xb444c004 },
	{ SR_DCZID_EL0, 4 },
	{ SR_CLIDR_EL1, 0x82000023 },
	{ SR_ID_AA64PFR0_EL1, 0x1201111123111111 },
	{ SR_ID_AA64PFR1_EL1, 0x0000000000000021 },
	{ SR_ID_AA64DFR0_EL1, 0x000011f210305619 },
	{ SR_ID_AA64ISAR0_EL1, 0x1221100110212120 },
	{ SR_ID_AA64ISAR1_EL1, 0x0011111101211052 },
	{ SR_ID_AA64MMFR0_EL1, 0x0000022200101125 },
	{ SR_ID_AA64MMFR1_EL1, 0x1000000010312122 },
	{ SR_ID_AA64MMFR2_EL1, 0x1221011112101011 },
	{ SR_COUNT, 0 },
};

static const struct cpu_model models[] = {
	{
		.name = "max",
		.summary = "every modelled feature, Armv8.0 to Armv8.9",
		.tlb_sets = 16384,
		.tlb_ways = 4,
		.cycles_per_tick = 16,
		.list_registers = 16,
		.pmu_counters = 6,
		.gic_priority_bits = 5,
		.pmcr = 0x41010000,
		.ccsidr = { 0x701fe00a, 0x201fe012, 0x70ffe07a },
		.cost = {
#define TIMING(name, ...) COLUMN_max(__VA_ARGS__),
#define EVENT(name, ...) COLUMN_max(__VA_ARGS__),
#include "cpu/timing.def"
		},
		.ids = max_ids,
	},
	{
		.name = "cortex-a53",
		.summary = "Armv8.0: no VHE, 40-bit physical addresses",
		.tlb_sets = 128,
		.tlb_ways = 4,
		.cycles_per_tick = 24,
		.list_registers = 4,
		.pmu_counters = 6,
		.gic_priority_bits = 5,
		.pmcr = 0x41030000,
		.ccsidr = { 0x700fe01a, 0x201fe00a, 0x707fe07a },
		.cost = {
#define TIMING(name, ...) COLUMN_cortex_a53(__VA_ARGS__),
#define EVENT(name, ...) COLUMN_cortex_a53(__VA_ARGS__),
#include "cpu/timing.def"
		},
		.ids = cortex_a53_ids,
	},
	{
		.name = "cortex-a57",
		.summary = "Armv8.0: no VHE, 44-bit physical addresses",
		.tlb_sets = 256,
		.tlb_ways = 4,
		.cycles_per_tick = 32,
		.list_registers = 4,
		.pmu_counters = 6,
		.gic_priority_bits = 5,
		.pmcr = 0x41010000,
		.ccsidr = { 0x701fe00a, 0x201fe012, 0x70ffe07a },
		.cost = {
#define TIMING(name, ...) COLUMN_cortex_a57(__VA_ARGS__),
#define EVENT(name, ...) COLUMN_cortex_a57(__VA_ARGS__),
#include "cpu/timing.def"
		},
		.ids = cortex_a57_ids,
	},
	{
		.name = "cortex-a72",
		.summary = "Armv8.0: no VHE, 44-bit physical addresses",
		.tlb_sets = 256,
		.tlb_ways = 4,
		.cycles_per_tick = 32,
		.list_registers = 4,
		.pmu_counters = 6,
		.gic_priority_bits = 5,
		.pmcr = 0x41020000,
		.ccsidr = { 0x701fe00a, 0x201fe012, 0x707fe07a },
		.cost = {
#define TIMING(name, ...) COLUMN_cortex_a72(__VA_ARGS__),
#define EVENT(name, ...) COLUMN_cortex_a72(__VA_ARGS__),
#include "cpu/timing.def"
		},
		.ids = cortex_a72_ids,
	},
	{
		.name = "cortex-a76",
		.summary = "Armv8.2 with VHE, 40-bit physical addresses",
		.tlb_sets = 256,
		.tlb_ways = 5,
		.cycles_per_tick = 40,
		.list_registers = 4,
		.pmu_counters = 6,
		.gic_priority_bits = 5,
		.pmcr = 0x410b0000,
		.ccsidr = { 0x701fe01a, 0x201fe01a, 0x707fe03a },
		.cost = {
#define TIMING(name, ...) COLUMN_cortex_a76(__VA_ARGS__),
#define EVENT(name, ...) COLUMN_cortex_a76(__VA_ARGS__),
#include "cpu/timing.def"
		},
		.ids = cortex_a76_ids,
	},
	{
		.name = "neoverse-n1",
		.summary = "Armv8.2 with VHE: Graviton 2, Altra",
		.tlb_sets = 256,
		.tlb_ways = 5,
		.cycles_per_tick = 40,
		.list_registers = 4,
		.pmu_counters = 6,
		.gic_priority_bits = 5,
		.pmcr = 0x410c0000,
		.ccsidr = { 0x701fe01a, 0x201fe01a, 0x70ffe03a },
		.cost = {
#define TIMING(name, ...) COLUMN_neoverse_n1(__VA_ARGS__),
#define EVENT(name, ...) COLUMN_neoverse_n1(__VA_ARGS__),
#include "cpu/timing.def"
		},
		.ids = neoverse_n1_ids,
	},
	{
		.name = "neoverse-v1",
		.summary = "Armv8.4 with pointer authentication: Graviton 3",
		.tlb_sets = 256,
		.tlb_ways = 8,
		.cycles_per_tick = 40,
		.list_registers = 4,
		.pmu_counters = 6,
		.gic_priority_bits = 5,
		.pmcr = 0x41210000,
		.ccsidr = { 0x000000ff0000001a, 0x000000ff0000001a, 0x000007ff0000003a },
		.cost = {
#define TIMING(name, ...) COLUMN_neoverse_v1(__VA_ARGS__),
#define EVENT(name, ...) COLUMN_neoverse_v1(__VA_ARGS__),
#include "cpu/timing.def"
		},
		.ids = neoverse_v1_ids,
	},
	{
		.name = "neoverse-v2",
		.summary = "Armv9.0 without its vector extensions: Graviton 4",
		.tlb_sets = 256,
		.tlb_ways = 8,
		.cycles_per_tick = 44,
		.list_registers = 4,
		.pmu_counters = 6,
		.gic_priority_bits = 5,
		.pmcr = 0,
		.ccsidr = { 0x000000ff0000001a, 0x000000ff0000001a, 0x00000fff0000003a },
		.cost = {
#define TIMING(name, ...) COLUMN_neoverse_v2(__VA_ARGS__),
#define EVENT(name, ...) COLUMN_neoverse_v2(__VA_ARGS__),
#include "cpu/timing.def"
		},
		.ids = neoverse_v2_ids,
	},
};

const struct cpu_model *cpu_model_list(unsigned *count)
{
	*count = ARRAY_SIZE(models);
	return models;
}

const struct cpu_model *cpu_model_find(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(models); i++) {
		if (!strcmp(name, models[i].name))
			return &models[i];
	}
	return NULL;
}

enum limit_kind { LIMIT_MOST, LIMIT_KEEP, LIMIT_FORCE };

static const struct limit {
	u16 reg; /* enum sysreg */
	u8 kind, lsb, width, value;
} limits[] = {
#define LIMIT(reg, f, most) { SR_##reg, LIMIT_MOST, reg##_##f##_LSB, reg##_##f##_WIDTH, most },
#define KEEP(reg, f) { SR_##reg, LIMIT_KEEP, reg##_##f##_LSB, reg##_##f##_WIDTH, 0 },
#define FORCE(reg, f, v) { SR_##reg, LIMIT_FORCE, reg##_##f##_LSB, reg##_##f##_WIDTH, v },
#include "cpu/implemented.def"
};

static u64 limited(const struct limit *l, u64 preset)
{
	switch (l->kind) {
	case LIMIT_FORCE: return l->value;
	case LIMIT_MOST: return preset < l->value ? preset : l->value;
	default: return preset;
	}
}

/* The ID_AA64* registers: only what implemented.def names remains. */
static void apply_limits(u64 *sr)
{
	u64 preset[SR_COUNT];

	memcpy(preset, sr, sizeof(preset));
	for (unsigned i = 0; i < ARRAY_SIZE(limits); i++)
		sr[limits[i].reg] = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(limits); i++) {
		const struct limit *l = &limits[i];
		u64 value = bits(preset[l->reg], l->lsb + l->width - 1, l->lsb);

		sr[l->reg] = deposit(sr[l->reg], l->lsb, l->width, limited(l, value));
	}
}

#define CLEAR_FIELD(sr, reg, f) ((sr)[SR_##reg] = deposit((sr)[SR_##reg], reg##_##f##_LSB, reg##_##f##_WIDTH, 0))

/* A machine without EL2 or EL3 does not advertise what belongs to them. */
static void apply_levels(u64 *sr, bool has_el2, bool has_el3)
{
	if (!has_el2) {
		CLEAR_FIELD(sr, ID_AA64PFR0_EL1, EL2);
		CLEAR_FIELD(sr, ID_AA64MMFR1_EL1, VH);
	}
	if (!has_el3)
		CLEAR_FIELD(sr, ID_AA64PFR0_EL1, EL3);
	if (!has_el2 || !has_el3)
		CLEAR_FIELD(sr, ID_AA64PFR0_EL1, SEL2);
}

/* The same extent of pointer authentication, by the other algorithm. */
static void sign_impdef(u64 *sr)
{
	u64 isar1 = sr[SR_ID_AA64ISAR1_EL1];

	isar1 = deposit(isar1, ID_AA64ISAR1_EL1_API_LSB, 4, GET(isar1, ID_AA64ISAR1_EL1, APA));
	isar1 = deposit(isar1, ID_AA64ISAR1_EL1_GPI_LSB, 4, GET(isar1, ID_AA64ISAR1_EL1, GPA));
	sr[SR_ID_AA64ISAR1_EL1] = isar1;
	CLEAR_FIELD(sr, ID_AA64ISAR1_EL1, APA);
	CLEAR_FIELD(sr, ID_AA64ISAR1_EL1, GPA);
}

bool cpu_model_has_pauth(const struct cpu_model *m)
{
	for (const struct id_value *id = m->ids; id->reg != SR_COUNT; id++)
		if (id->reg == SR_ID_AA64ISAR1_EL1)
			return GET(id->value, ID_AA64ISAR1_EL1, APA);
	return false;
}

void cpu_model_apply(struct cpu *cpu, const struct cpu_model *m, bool has_el2, bool has_el3)
{
	u64 *sr = cpu->s.sr;

	cpu->model = m;
	for (unsigned r = 0; r < SR_COUNT; r++)
		sr[r] = 0;
	for (const struct id_value *id = m->ids; id->reg != SR_COUNT; id++)
		sr[id->reg] = id->value;
	apply_limits(sr);
	if (m->pauth_impdef)
		sign_impdef(sr);
	apply_levels(sr, has_el2, has_el3);
	/* Neither external debug nor invasive debug below EL3 is there: "implemented, disabled". */
	SYS(cpu, DBGAUTHSTATUS_EL1) = 0xaa;
	cpu_features_compute(&cpu->feat, sr);
}
