/*
 * Which accesses to system registers and system instructions trap, and where: the rows of traps.def, the rules that
 * no row expresses, fine-grained traps. Arm ARM D1.3.6, D19 (accessibility of each register).
 */
#include "cpu/sysreg_row.h"

enum { E0 = 1, E1 = 2, E2 = 4, E3 = 8, E01 = E0 | E1, E12 = E1 | E2, E012 = E0 | E12, E0123 = E012 | E3 };
enum { R = 1, W = 2, RW = 3 };
/* One bit for each value of HCR_EL2.{E2H, TGE}. */
enum { HOST = 8, E2H1_GUEST = 4, E2H0 = 3, GUEST = 7, E2H1 = 12, ANY = 15 };

#define FIELD_MASK(reg, f) (ones_const(reg##_##f##_WIDTH) << reg##_##f##_LSB)
#define ones_const(width) (~0ull >> (64 - (width)))

struct trap_row {
	u8 from, access, when, target;
	u16 reg;	  /* enum sysreg */
	u64 mask, equals; /* the row holds when reg & mask == equals */
};

/* Markers divide the rows of one group from the next. */
static const struct trap_row trap_rows[] = {
#define GROUP(name) { 0 },
#define TRAP(from, access, when, target, reg, ...) { from, access, when, target, SR_##reg, __VA_ARGS__ },
#define RULE(name) { 0 },
#include "cpu/traps.def"
	{ 0 },
};

/* Where a group's marker stands: counted by letting every row take a number. */
#define NUMBERED(a, b) a##b
#define ROW_NUMBER(line) NUMBERED(ROW_, line)
enum {
#define GROUP(name) MARK_##name,
#define TRAP(from, access, when, target, reg, ...) ROW_NUMBER(__COUNTER__),
#define RULE(name) MARK_##name,
#include "cpu/traps.def"
	MARK_COUNT
};
static const u16 group_mark[T_COUNT] = {
#define GROUP(name) [T_##name] = MARK_##name,
#define TRAP(...)
#define RULE(name) [T_##name] = MARK_##name,
#include "cpu/traps.def"
};
_Static_assert(ARRAY_SIZE(trap_rows) == MARK_COUNT + 1, "one number for each row");

/* A verdict: 0 allowed, 1..3 the exception level that takes a trap, UNDEF above all of them. */
enum { ALLOWED = 0, UNDEF = 4 };

/* Of two verdicts, the one that comes first in the pseudocode: UNDEFINED by existence, then EL1, EL2, EL3. */
static unsigned first_of(unsigned a, unsigned b)
{
	if (a == UNDEF || b == UNDEF)
		return UNDEF;
	if (!a || !b)
		return a | b;
	return a < b ? a : b;
}

static unsigned e2h_tge(u64 hcr)
{
	return GET(hcr, HCR_EL2, E2H) << 1 | GET(hcr, HCR_EL2, TGE);
}

static bool target_exists(const struct cpu *cpu, unsigned target)
{
	return target == 1 || (target == 2 ? cpu_el2_enabled(cpu) : cpu->feat.el3);
}

static u64 control_value(const struct cpu *cpu, u16 reg)
{
	return reg == SR_HCR_EL2 ? cpu_hcr(cpu) : cpu->s.sr[reg];
}

static bool row_holds(const struct cpu *cpu, const struct trap_row *t, const struct access *a)
{
	return t->from >> cpu->s.p.el & 1 && t->access & (a->is_write ? W : R) &&
	       t->when >> e2h_tge(cpu_hcr(cpu)) & 1 && target_exists(cpu, t->target) &&
	       (control_value(cpu, t->reg) & t->mask) == t->equals;
}

/* ---- rules ---- */

static unsigned counter_verdict(const struct cpu *cpu, unsigned n)
{
	if (n >= SYSF(cpu, PMCR_EL0, N))
		return UNDEF;
	if (cpu->s.p.el >= 2 || !cpu_el2_enabled(cpu) || n < SYSF(cpu, MDCR_EL2, HPMN))
		return ALLOWED;
	return cpu->feat.fgt ? 2 : UNDEF;
}

static unsigned selected_counter_verdict(const struct cpu *cpu)
{
	unsigned n = SYSF(cpu, PMSELR_EL0, SEL);

	/* 31 names PMCCFILTR_EL0 (and is RES0 as a counter); beyond PMCR_EL0.N we read as zero, ignore writes. */
	if (n == 31 || n >= SYSF(cpu, PMCR_EL0, N))
		return ALLOWED;
	return counter_verdict(cpu, n);
}

/* CNTPS_*_EL1: Secure EL1 while no Secure EL2 is there, and EL3. */
static unsigned secure_timer_verdict(const struct cpu *cpu)
{
	unsigned el = cpu->s.p.el;

	if (el == 3)
		return ALLOWED;
	return el == 2 || !cpu_is_secure(cpu) || cpu_el2_enabled(cpu) ? UNDEF : ALLOWED;
}

/* traps.def lists the rules after all groups of rows. */
#define FIRST_RULE T_IDST

static unsigned rule_verdict(const struct cpu *cpu, enum trap_group rule, u32 key)
{
	unsigned crm = key >> 3 & 15, n = (crm & 3) << 3 | (key & 7);
	unsigned el = cpu->s.p.el;

	switch (rule) {
	case T_SECURE:
		return el == 3 ? (SYSF(cpu, SCR_EL3, EEL2) ? ALLOWED : UNDEF) : (cpu_is_secure(cpu) ? ALLOWED : UNDEF);
	case T_NONSECURE: return el < 3 && cpu_is_secure(cpu) ? UNDEF : ALLOWED;
	case T_SECURE_TIMER: return secure_timer_verdict(cpu);
	case T_EL2_ENABLED: return cpu_el2_enabled(cpu) ? ALLOWED : UNDEF;
	case T_SPSEL: return cpu->s.p.sp ? ALLOWED : UNDEF;
	case T_BRP: return crm < cpu->feat.breakpoints ? ALLOWED : UNDEF;
	case T_WRP: return crm < cpu->feat.watchpoints ? ALLOWED : UNDEF;
	case T_PM_N: return counter_verdict(cpu, n);
	case T_PM_SEL: return selected_counter_verdict(cpu);
	default: return ALLOWED;
	}
}

static unsigned group_verdict(const struct cpu *cpu, enum trap_group group, const struct access *a)
{
	unsigned verdict = ALLOWED;

	if (group >= FIRST_RULE)
		return rule_verdict(cpu, group, a->key);
	for (const struct trap_row *t = &trap_rows[group_mark[group] + 1]; t->from; t++) {
		if (row_holds(cpu, t, a))
			verdict = first_of(verdict, t->target);
	}
	return verdict;
}

/* ---- fine-grained traps: FEAT_FGT ---- */

static bool fgt_in_force(const struct cpu *cpu)
{
	unsigned el = cpu->s.p.el;

	return cpu->feat.fgt && el <= 1 && cpu_el2_enabled(cpu) && (!cpu->feat.el3 || SYSF(cpu, SCR_EL3, FGTEn)) &&
	       !(el == 0 && e2h_tge(cpu_hcr(cpu)) == 3);
}

/* HCRX_EL2.FGTnXS, when HCRX_EL2 is in force. */
static bool fgt_spares_nxs(const struct cpu *cpu)
{
	return cpu->feat.hcx && (!cpu->feat.el3 || SYSF(cpu, SCR_EL3, HXEn)) && SYSF(cpu, HCRX_EL2, FGTnXS);
}

static bool fgt_traps(const struct cpu *cpu, const struct fgt *f, bool is_write)
{
	static const u16 control[][2] = {
		[FGT_HFG] = { SR_HFGRTR_EL2, SR_HFGWTR_EL2 },
		[FGT_HDFG] = { SR_HDFGRTR_EL2, SR_HDFGWTR_EL2 },
		[FGT_HFGI] = { SR_HFGITR_EL2, SR_HFGITR_EL2 },
		[FGT_HFGI_XS] = { SR_HFGITR_EL2, SR_HFGITR_EL2 },
	};

	if (f->bank == FGT_NONE || !fgt_in_force(cpu) || (f->bank == FGT_HFGI_XS && fgt_spares_nxs(cpu)))
		return false;
	return bit(cpu->s.sr[control[f->bank][is_write]], f->bit);
}

/* ---- recording ---- */

void access_trap(struct cpu *cpu, unsigned target_el, const struct access *a)
{
	u32 op0 = a->key >> 14 & 3, op1 = a->key >> 11 & 7, crn = a->key >> 7 & 15, crm = a->key >> 3 & 15,
	    op2 = a->key & 7;
	u32 iss = op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | (u32)a->rt << 5 | crm << 1 | !a->is_write;

	/* AArch64.SystemAccessTrap, AArch64.SystemAccessTrapSyndrome */
	cpu_trap(cpu, target_el == 1 ? cpu_route_el1(cpu) : target_el, 0x18, iss);
}

/* AArch64.AdvSIMDFPAccessTrap: no EC 0x07 when HCR_EL2.TGE diverts the trap from EL1. */
static void fp_trap(struct cpu *cpu, unsigned target_el)
{
	if (target_el == 1 && cpu_route_el1(cpu) == 2)
		cpu_undefined(cpu);
	else
		cpu_trap(cpu, target_el, 0x07, 1u << 24 | 0xeu << 20);
}

static bool judge(struct cpu *cpu, unsigned verdict, bool is_fp, const struct access *a)
{
	if (verdict == ALLOWED)
		return true;
	if (verdict == UNDEF)
		cpu_undefined(cpu);
	else if (is_fp)
		fp_trap(cpu, verdict);
	else
		access_trap(cpu, verdict, a);
	return false;
}

bool access_allowed(struct cpu *cpu, const struct access_row *row, const struct access *a)
{
	unsigned verdict = fgt_traps(cpu, &row->fgt, a->is_write) ? 2 : ALLOWED;
	bool is_fp = false;

	for (const u8 *g = row->groups; *g != T_NONE; g++) {
		verdict = first_of(verdict, group_verdict(cpu, *g, a));
		is_fp |= *g == T_FP;
	}
	return judge(cpu, verdict, is_fp, a);
}

bool access_group_allowed(struct cpu *cpu, enum trap_group group, const struct access *a)
{
	return judge(cpu, group_verdict(cpu, group, a), group == T_FP, a);
}

/* CheckFPAdvSIMDEnabled64(): the same controls as for MRS of FPCR, the same syndrome. */
static const struct access fp_access = { 0 };

bool cpu_fp_enabled(const struct cpu *cpu)
{
	return group_verdict(cpu, T_FP, &fp_access) == ALLOWED;
}

void cpu_fp_trap(struct cpu *cpu)
{
	access_group_allowed(cpu, T_FP, &fp_access);
}

void access_unallocated(struct cpu *cpu, const struct access *a)
{
	unsigned op0 = a->key >> 14, crn = a->key >> 7 & 15;

	if ((op0 == 1 || op0 == 3) && (crn == 11 || crn == 15) && !access_group_allowed(cpu, T_TIDCP, a))
		return;
	cpu_undefined(cpu);
}
