/* The system register tables: rows, fields, names, encodings, and what follows from them alone. Arm ARM D19. */
#include "cpu/sysreg.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cpu/models.h"
#include "cpu/sysreg_row.h"

const struct sysreg_row sysreg_rows[SR_COUNT] = {
#define SYSREG(name_, op0, op1, crn, crm, op2, access, owner_, gate_, reset_, fgt_, ...)                               \
	[SR_##name_] = { { #name_,                                                                                     \
			   SYSREG_KEY(op0, op1, crn, crm, op2),                                                        \
			   ACCESS_##access,                                                                            \
			   offsetof(struct cpu_features, gate_),                                                       \
			   fgt_,                                                                                       \
			   { __VA_ARGS__ } },                                                                          \
			 OWNER_##owner_,                                                                               \
			 reset_ },
#include "cpu/sysregs.def"
};

/* One array of all fields, in the table's order; each register's begins after its own marker. */
enum {
#define SYSREG(name, ...) AT_##name,
#define FIELD(reg, name, ...) AT_##reg##_##name,
#define RES0(reg, lsb, width) AT_##reg##_RES0_##lsb,
#define RES1(reg, lsb, width) AT_##reg##_RES1_##lsb,
#define RESX(reg, lsb, width) AT_##reg##_RESX_##lsb,
#define ALSO(reg, name, ...) AT_##reg##_##name,
#define END(reg) AT_##reg##_END,
#include "cpu/sysregs.def"
};

#define RO .read_only = true
#define ELSE(feature, value) .gated = true, .gate = offsetof(struct cpu_features, feature), .otherwise = (value)
#define IF(feature) ELSE(feature, 0)
#define IF1(feature) ELSE(feature, ~0ull)
static const struct sysreg_field all_fields[] = {
#define SYSREG(name, ...) { NULL, 0, 0, 0, 0, 0, 0, 0, 0 },
#define FIELD(reg, name_, lsb_, width_, ...)                                                                           \
	{ .name = #name_, .kind = FIELD_NAMED, .lsb = (lsb_), .width = (width_), ##__VA_ARGS__ },
#define RES0(reg, lsb_, width_) { .kind = FIELD_RES0, .lsb = (lsb_), .width = (width_) },
#define RES1(reg, lsb_, width_) { .kind = FIELD_RES1, .lsb = (lsb_), .width = (width_) },
#define RESX(reg, lsb_, width_) { .kind = FIELD_RESX, .lsb = (lsb_), .width = (width_) },
#define ALSO(reg, name_, lsb_, width_, when_, ...)                                                                     \
	{ .name = #name_, .kind = FIELD_ALSO, .lsb = (lsb_), .width = (width_), .when = (when_), ##__VA_ARGS__ },
#define END(reg) { NULL, 0, 0, 0, 0, 0, 0, 0, 0 },
#include "cpu/sysregs.def"
};

static const struct {
	u16 first, end;
} field_range[SR_COUNT] = {
#define SYSREG(name, ...) [SR_##name] = { AT_##name + 1, AT_##name##_END },
#include "cpu/sysregs.def"
};

/* The fields of a block cover 64 bits, each once: the union of their masks is full, and their widths add up to 64. */
#define SYSREG(name, ...) _Static_assert((0
#define FIELD(reg, name, lsb, width, ...) | (~0ull >> (64 - (width)) << (lsb))
#define RES0(reg, lsb, width) | (~0ull >> (64 - (width)) << (lsb))
#define RES1(reg, lsb, width) | (~0ull >> (64 - (width)) << (lsb))
#define RESX(reg, lsb, width) | (~0ull >> (64 - (width)) << (lsb))
#define END(reg) ) == ~0ull, "fields of " #reg " leave a gap");
#include "cpu/sysregs.def"
#define SYSREG(name, ...) _Static_assert((0
#define FIELD(reg, name, lsb, width, ...) +(width)
#define RES0(reg, lsb, width) +(width)
#define RES1(reg, lsb, width) +(width)
#define RESX(reg, lsb, width) +(width)
#define END(reg) ) == 64, "fields of " #reg " overlap");
#include "cpu/sysregs.def"

/* Encoding to register, plus one; two registers with one encoding do not compile (-Woverride-init). */
static const u16 row_of_key[1 << 16] = {
#define SYSREG(name, op0, op1, crn, crm, op2, ...) [SYSREG_KEY(op0, op1, crn, crm, op2)] = SR_##name + 1,
#include "cpu/sysregs.def"
};

/* The rest of the feature identification space, op0=3 op1=0 CRn=0 CRm=1..7, reads as zero (D19.1.2). */
static bool is_reserved_id(u32 key)
{
	return key >= SYSREG_KEY(3, 0, 0, 1, 0) && key <= SYSREG_KEY(3, 0, 0, 7, 7);
}

enum sysreg sysreg_by_key(u32 key)
{
	unsigned row = key < ARRAY_SIZE(row_of_key) ? row_of_key[key] : 0;

	if (row)
		return row - 1;
	return is_reserved_id(key) ? SR_ID_RESERVED : SR_COUNT;
}

const char *sysreg_name(enum sysreg r)
{
	return sysreg_rows[r].a.name;
}

u32 sysreg_key(enum sysreg r)
{
	return sysreg_rows[r].a.key;
}

static const u16 alias_target[SR_COUNT] = {
#define E2H(el1, el2, el12) [SR_##el12] = SR_##el1,
#define E2H_EL0(el0, el2, el2_secure, el02) [SR_##el02] = SR_##el0,
#include "cpu/e2h.def"
};

enum sysreg sysreg_alias_target(enum sysreg r)
{
	return alias_target[r] ? alias_target[r] : r;
}

const struct sysreg_field *sysreg_fields(enum sysreg r, unsigned *count)
{
	enum sysreg of = sysreg_alias_target(r);

	*count = field_range[of].end - field_range[of].first;
	return &all_fields[field_range[of].first];
}

static enum sysreg find_by_encoding(const char *name)
{
	unsigned op0, op1, crn, crm, op2;
	int end = 0;

	if (sscanf(name, "%*1[Ss]%1u_%1u_%*1[Cc]%2u_%*1[Cc]%2u_%1u%n", &op0, &op1, &crn, &crm, &op2, &end) < 5 ||
	    name[end] || op0 > 3 || op1 > 7 || crn > 15 || crm > 15 || op2 > 7)
		return SR_COUNT;
	return sysreg_by_key(SYSREG_KEY(op0, op1, crn, crm, op2));
}

enum sysreg sysreg_find(const char *name)
{
	for (unsigned r = 0; r < SR_COUNT; r++) {
		if (!strcasecmp(name, sysreg_rows[r].a.name))
			return r;
	}
	return find_by_encoding(name);
}

/* Add what one field says of its bits to a register's masks. */
static void add_field(struct cpu *cpu, enum sysreg r, const struct sysreg_field *f)
{
	u64 mask = ones(f->width) << f->lsb;
	bool there = !f->gated || has_feature(cpu, f->gate);

	if (f->kind == FIELD_RES1) {
		cpu->sr_ones[r] |= mask;
	} else if (f->kind != FIELD_RES0 && there && !f->read_only) {
		cpu->sr_writable[r] |= mask;
	} else if (!there) {
		cpu->sr_ones[r] |= f->otherwise << f->lsb & mask;
	}
}

void sysreg_build_masks(struct cpu *cpu)
{
	for (unsigned r = 0; r < SR_COUNT; r++) {
		unsigned count;
		const struct sysreg_field *f = sysreg_fields(r, &count);

		cpu->sr_writable[r] = 0;
		cpu->sr_ones[r] = 0;
		for (unsigned i = 0; i < count; i++)
			add_field(cpu, r, &f[i]);
		cpu->sr_ones[r] &= ~cpu->sr_writable[r];
	}
}

/* Identification that is neither in the table nor a constant of the preset. */
static void reset_identity(struct cpu *cpu)
{
	u64 pmcr = deposit(cpu->model->pmcr, PMCR_EL0_N_LSB, PMCR_EL0_N_WIDTH, cpu->model->pmu_counters);

	SYS(cpu, VPIDR_EL2) = SYS(cpu, MIDR_EL1);
	SYS(cpu, MPIDR_EL1) = SYS(cpu, VMPIDR_EL2) =
		(u64)(cpu->affinity >> 24) << 32 | 1ull << 31 | (cpu->affinity & 0xffffff);
	if (!cpu->feat.pmuv3)
		return;
	SYS(cpu, PMCR_EL0) |= pmcr;
	SYS(cpu, MDCR_EL2) |= cpu->model->pmu_counters;
}

void sysreg_reset(struct cpu *cpu)
{
	sysreg_build_masks(cpu);
	for (unsigned r = 0; r < SR_COUNT; r++) {
		const struct sysreg_row *row = &sysreg_rows[r];

		/* What only identifies the core was set by cpu_model_apply(). */
		if (row->owner != OWNER_CONST && !(row->owner == OWNER_FN && row->a.write_el == EL_NEVER))
			cpu->s.sr[r] = row->reset | cpu->sr_ones[r];
	}
	reset_identity(cpu);
}

enum sysreg sysreg_plain_at_el2(u32 key, bool is_write)
{
	enum sysreg r = sysreg_by_key(key);
	const struct sysreg_row *row = &sysreg_rows[r < SR_COUNT ? r : 0];

	if (r == SR_COUNT || (key >> 11 & 7) != 4 || row->a.gate != offsetof(struct cpu_features, always))
		return SR_COUNT;
	if ((is_write ? row->a.write_el : row->a.read_el) != 2 || row->a.groups[0] != T_NONE)
		return SR_COUNT;
	return row->owner == OWNER_PLAIN || (row->owner == OWNER_CONTEXT && !is_write) ? r : SR_COUNT;
}
