/*
 * MRS and MSR: which register a name reaches, whether this exception level may, reserved bits, who holds the value.
 * Arm ARM D19.1, D8.9.2 (E2H redirection), AArch64.SysRegRead, AArch64.SysRegWrite.
 */
#include "cpu/engine.h"
#include "cpu/models.h"
#include "cpu/pmu.h"
#include "cpu/sysreg_row.h"
#include "cpu/timer.h"

enum { KEY_CNTPCT_EL0 = SYSREG_KEY(3, 3, 14, 0, 1), KEY_CNTVCT_EL0 = SYSREG_KEY(3, 3, 14, 0, 2) };

/* What an access comes down to. */
struct target {
	const struct access_row *checks; /* the row whose access rule and traps apply */
	enum sysreg reg;		 /* the register that is read or written; SR_COUNT: reads as zero */
};

/* The EL2 register that an EL1 name reaches at EL2 with E2H; 0: none (nothing leads to SR_MIDR_EL1). */
static const u16 host_el1[SR_COUNT] = {
#define E2H(el1, el2, el12) [SR_##el1] = SR_##el2,
#include "cpu/e2h.def"
};

/* The EL2 timer that an EL0 timer name reaches at EL2 with E2H, and at EL0 under it; in Secure state. */
static const u16 host_el0[2][SR_COUNT] = {
#define E2H(...)
#define E2H_EL0(el0, el2, el2_secure, el02) [0][SR_##el0] = SR_##el2, [1][SR_##el0] = SR_##el2_secure,
#include "cpu/e2h.def"
};

static enum sysreg redirect(const struct cpu *cpu, enum sysreg r)
{
	u64 hcr = cpu_hcr(cpu);
	unsigned el = cpu->s.p.el;
	bool e2h = GET(hcr, HCR_EL2, E2H);

	if (!e2h || (el != 2 && !(el == 0 && GET(hcr, HCR_EL2, TGE))))
		return r;
	if (el == 2 && host_el1[r])
		return host_el1[r];
	return host_el0[cpu_is_secure(cpu)][r] ? host_el0[cpu_is_secure(cpu)][r] : r;
}

static unsigned lowest_el(const struct cpu *cpu, const struct access_row *row, bool is_write)
{
	unsigned el = is_write ? row->write_el : row->read_el;

	if (el != EL_HIGHEST)
		return el;
	return cpu->feat.el3 ? 3 : cpu->feat.el2 ? 2 : 1;
}

static bool has_group(const struct access_row *row, enum trap_group group)
{
	for (const u8 *g = row->groups; *g != T_NONE; g++) {
		if (*g == group)
			return true;
	}
	return false;
}

/*
 * UNDEFINED; but with FEAT_IDST every exception of a read of the feature ID space (op0 3; op1 0, 1, 3; CRn 0; CRm 0-7),
 * whether a register is there or not, has EC 0x18 (ID_AA64MMFR2_EL1.IDS).
 */
static void refuse(struct cpu *cpu, const struct access *a)
{
	unsigned op1 = a->key >> 11 & 7, el = cpu->s.p.el;
	bool is_id_space = a->key >> 14 == 3 && op1 <= 3 && op1 != 2 && (a->key & 0x7c0) == 0;

	if (cpu->feat.ids && is_id_space && !a->is_write)
		access_trap(cpu, el ? el : 1, a);
	else
		cpu_undefined(cpu);
}

/* The exception level is too low: UNDEFINED, but for the identification registers at EL0 with FEAT_IDST. */
static bool refuse_level(struct cpu *cpu, const struct access_row *row, const struct access *a)
{
	if (cpu->s.p.el == 0 && !a->is_write && row->read_el == 1 && cpu->feat.ids && has_group(row, T_IDST))
		access_trap(cpu, 1, a);
	else
		cpu_undefined(cpu);
	return false;
}

/* An _EL12 or _EL02 name: exists at EL2 and EL3 while HCR_EL2.E2H is 1. */
static bool alias_exists(const struct cpu *cpu, enum sysreg r)
{
	return has_feature(cpu, sysreg_rows[r].a.gate) && cpu->s.p.el >= 2 && GET(cpu_hcr(cpu), HCR_EL2, E2H);
}

/* Find the register and do all checks. False: an exception was recorded. */
static bool resolve(struct cpu *cpu, const struct access *a, struct target *t)
{
	enum sysreg r = sysreg_by_key(a->key);
	unsigned el = cpu->s.p.el;

	if (r == SR_COUNT) {
		if ((a->key & 0x780) == 0)
			refuse(cpu, a);
		else
			access_unallocated(cpu, a);
		return false;
	}
	t->reg = redirect(cpu, r);
	if (sysreg_rows[r].owner == OWNER_ALIAS) {
		if (!alias_exists(cpu, r)) {
			cpu_undefined(cpu);
			return false;
		}
		t->reg = r = sysreg_alias_target(r);
	}
	t->checks = &sysreg_rows[r].a;
	if (!has_feature(cpu, t->checks->gate)) {
		refuse(cpu, a);
		return false;
	}
	if (el < lowest_el(cpu, t->checks, a->is_write))
		return refuse_level(cpu, t->checks, a);
	/* D1.3.2: without EL2, its registers are RES0 at EL3. */
	if (!cpu->feat.el2 && (t->checks->key >> 11 & 7) == 4 && t->checks->read_el == 2)
		t->reg = SR_COUNT;
	return access_allowed(cpu, t->checks, a);
}

static void emit(struct cpu *cpu, enum sysreg r, bool is_write, u64 old, u64 value)
{
	struct event e = { .kind = EV_SYSREG };

	e.sysreg = (struct ev_sysreg){ sysreg_rows[r].a.name, is_write, old, value };
	trace_emit(cpu->trace, &e);
}

/* A guest is entered or left for another when VTTBR_EL2 changes. */
static void emit_world_switch(struct cpu *cpu, u64 old, u64 value)
{
	struct event e = { .kind = EV_HYP };

	e.hyp = (struct ev_hyp){ "world-switch", { old, value } };
	trace_emit(cpu->trace, &e);
}

/* The GIC's verdict on an access to one of its registers. */
static bool port_verdict(struct cpu *cpu, enum port_result result, const struct access *a)
{
	switch (result) {
	case PORT_OK: return true;
	case PORT_TRAP_EL2: access_trap(cpu, 2, a); return false;
	case PORT_TRAP_EL3: access_trap(cpu, 3, a); return false;
	default: cpu_undefined(cpu); return false;
	}
}

static u64 read_value(struct cpu *cpu, enum sysreg r)
{
	switch (sysreg_rows[r].owner) {
	case OWNER_FN: return sysreg_fn_read(cpu, r);
	case OWNER_TIMER: return timer_read(cpu, r);
	case OWNER_PMU: return pmu_read(cpu, r);
	default: return cpu->s.sr[r];
	}
}

static void write_context(struct cpu *cpu, enum sysreg r, u64 value)
{
	if (cpu->s.sr[r] == value)
		return;
	/* What the counters have counted so far, they counted under the old filters. */
	if (r == SR_MDCR_EL2 || r == SR_MDCR_EL3)
		pmu_sync(cpu);
	cpu->s.sr[r] = value;
	cpu_context_register(cpu, r);
	/* CNTPOFF_EL2 applies or not, by E2H and TGE, NS and ECVEn. */
	if ((r == SR_HCR_EL2 || r == SR_SCR_EL3) && SYSF(cpu, CNTHCTL_EL2, ECV)) {
		cpu_sync_time(cpu);
		timer_update_all(cpu);
	}
	if (cpu_can_wake(cpu))
		cpu_kick(cpu);
}

static void write_value(struct cpu *cpu, enum sysreg r, u64 value)
{
	u64 masked = (value & cpu->sr_writable[r]) | cpu->sr_ones[r];

	switch (sysreg_rows[r].owner) {
	case OWNER_FN: sysreg_fn_write(cpu, r, masked); break;
	case OWNER_TIMER: timer_write(cpu, r, masked); break;
	case OWNER_PMU: pmu_write(cpu, r, masked); break;
	case OWNER_CONTEXT: write_context(cpu, r, masked); break;
	default: cpu->s.sr[r] = masked | (cpu->s.sr[r] & ~cpu->sr_writable[r]); break;
	}
}

static bool gic_read(struct cpu *cpu, enum sysreg r, const struct access *a, u64 *value)
{
	if (!cpu->gic.read)
		return port_verdict(cpu, PORT_UNDEF, a);
	return port_verdict(cpu, cpu->gic.read(cpu->gic.ctx, cpu->index, r, value), a);
}

static bool gic_write(struct cpu *cpu, enum sysreg r, const struct access *a, u64 value)
{
	if (!cpu->gic.write)
		return port_verdict(cpu, PORT_UNDEF, a);
	return port_verdict(cpu, cpu->gic.write(cpu->gic.ctx, cpu->index, r, value), a);
}

/* Time must be exact for the GIC and for an event; the timer and the counters see to it themselves. */
static void publish_time(struct cpu *cpu, enum sysreg r)
{
	if (sysreg_rows[r].owner == OWNER_GIC || unlikely(cpu->trace->mask & (1u << EV_SYSREG | 1u << EV_HYP)))
		cpu_sync_time(cpu);
}

/* Programs that wait for a time do nothing but read a count: the two that nothing traps or redirects at EL2 and EL3. */
static bool read_count(struct cpu *cpu, u32 key, u64 *value)
{
	if (key != KEY_CNTVCT_EL0 && key != KEY_CNTPCT_EL0)
		return false;
	if (cpu->s.p.el < 2 || unlikely(cpu->trace->mask & (1u << EV_SYSREG | 1u << EV_HYP)))
		return false;
	*value = key == KEY_CNTVCT_EL0 ? timer_virtual_count(cpu) : timer_physical_count(cpu);
	return true;
}

static bool is_count(enum sysreg r)
{
	return r == SR_CNTVCT_EL0 || r == SR_CNTPCT_EL0 || r == SR_CNTVCTSS_EL0 || r == SR_CNTPCTSS_EL0;
}

bool sysreg_read(struct cpu *cpu, u32 key, unsigned rt, u64 *value)
{
	struct access a = { key, rt, false };
	struct target t;

	if (read_count(cpu, key, value)) {
		engine_charge(cpu, cpu->model->cost[TIMING_counter_read]);
		return true;
	}
	*value = 0;
	if (!resolve(cpu, &a, &t))
		return false;
	if (t.reg == SR_COUNT)
		return true;
	publish_time(cpu, t.reg);
	if (sysreg_rows[t.reg].owner != OWNER_GIC)
		*value = read_value(cpu, t.reg);
	else if (!gic_read(cpu, t.reg, &a, value))
		return false;
	if (is_count(t.reg))
		engine_charge(cpu, cpu->model->cost[TIMING_counter_read]);
	if (trace_wants(cpu->trace, EV_SYSREG))
		emit(cpu, t.reg, false, *value, *value);
	return true;
}

bool sysreg_write(struct cpu *cpu, u32 key, unsigned rt, u64 value)
{
	struct access a = { key, rt, true };
	struct target t;
	u64 old;

	if (!resolve(cpu, &a, &t))
		return false;
	if (t.reg == SR_COUNT)
		return true;
	publish_time(cpu, t.reg);
	old = trace_wants(cpu->trace, EV_SYSREG) ? sysreg_peek(cpu, t.reg) : cpu->s.sr[t.reg];
	if (sysreg_rows[t.reg].owner != OWNER_GIC)
		write_value(cpu, t.reg, value);
	else if (!gic_write(cpu, t.reg, &a, value))
		return false;
	if (trace_wants(cpu->trace, EV_SYSREG))
		emit(cpu, t.reg, true, old, sysreg_rows[t.reg].owner == OWNER_GIC ? value : sysreg_peek(cpu, t.reg));
	if (t.reg == SR_VTTBR_EL2 && old != cpu->s.sr[t.reg] && trace_wants(cpu->trace, EV_HYP))
		emit_world_switch(cpu, old, cpu->s.sr[t.reg]);
	return true;
}

/* Reading has no side effect, so that anyone may look. */
static bool can_look(enum sysreg r)
{
	const struct sysreg_row *row = &sysreg_rows[r];

	return r != SR_RNDR && r != SR_RNDRRS && row->a.read_el != EL_NEVER &&
	       (row->owner != OWNER_GIC || row->a.write_el != EL_NEVER);
}

u64 sysreg_peek(struct cpu *cpu, enum sysreg r)
{
	u64 value = 0;

	r = sysreg_alias_target(r);
	if (!can_look(r))
		return 0;
	if (sysreg_rows[r].owner != OWNER_GIC)
		return read_value(cpu, r);
	if (cpu->gic.read)
		cpu->gic.read(cpu->gic.ctx, cpu->index, r, &value);
	return value;
}

void sysreg_poke(struct cpu *cpu, enum sysreg r, u64 value)
{
	r = sysreg_alias_target(r);
	if (sysreg_rows[r].owner == OWNER_GIC) {
		if (cpu->gic.write)
			cpu->gic.write(cpu->gic.ctx, cpu->index, r, value);
	} else if (sysreg_rows[r].owner != OWNER_CONST) {
		write_value(cpu, r, value);
	}
}
