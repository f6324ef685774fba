/*
 * The performance monitors: PMCCNTR_EL0 and the event counters, with their filters by exception level. Arm ARM D13.
 *
 * Counters are brought up to date lazily: pmu_sync() is called before anything changes that decides what they count
 * (exception level, filters, enables), so what passed since the last call all counts by the same rule. Overflow is
 * noticed at those points.
 */
#include "cpu/pmu.h"

#include "cpu/cpu.h"
#include "cpu/features.h"
#include "cpu/models.h"

#define CYCLE_COUNTER 31

enum pmu_event { EVENT_SW_INCR = 0x00, EVENT_INST_RETIRED = 0x08, EVENT_CPU_CYCLES = 0x11, EVENT_CHAIN = 0x1e };

static unsigned counters(const struct cpu *c)
{
	return (unsigned)SYSF(c, PMCR_EL0, N);
}

/* Counters from HPMN up belong to EL2. */
static bool is_el2s(const struct cpu *c, unsigned n)
{
	return n != CYCLE_COUNTER && cpu_el2_enabled(c) && n >= SYSF(c, MDCR_EL2, HPMN);
}

/* CountPMUEvents: filters by EL and security state. Bits as in PMCCFILTR_EL0 and PMEVTYPERn_EL0. */
static bool filter_allows(const struct cpu *c, u64 filter)
{
	bool p = bit(filter, 31), u = bit(filter, 30), nsk = bit(filter, 29), nsu = bit(filter, 28),
	     nsh = bit(filter, 27), m = bit(filter, 26), sh = bit(filter, 24), secure = cpu_is_secure(c),
	     el3 = cpu_has_el(c, 3);

	switch (c->s.p.el) {
	case 0: return el3 && !secure ? u == nsu : !u;
	case 1: return el3 && !secure ? p == nsk : !p;
	case 2: return secure ? nsh != sh : nsh;
	default: return m == p;
	}
}

/* AArch64.CountPMUEvents: prohibited in Secure state (MDCR_EL3.SPME) and at EL2 (MDCR_EL2.HPMD, HCCD). */
static bool is_prohibited(const struct cpu *c, unsigned n)
{
	bool no = cpu_has_el(c, 3) && cpu_is_secure(c) && !SYSF(c, MDCR_EL3, SPME);

	if (c->s.p.el == 2 && !is_el2s(c, n) && n != CYCLE_COUNTER)
		no |= SYSF(c, MDCR_EL2, HPMD);
	if (n != CYCLE_COUNTER)
		return no;
	return (no && SYSF(c, PMCR_EL0, DP)) || (c->s.p.el == 2 && SYSF(c, MDCR_EL2, HCCD)) ||
	       (cpu_is_secure(c) && cpu_has_el(c, 3) && SYSF(c, MDCR_EL3, SCCD));
}

static u64 filter_of(const struct cpu *c, unsigned n)
{
	return n == CYCLE_COUNTER ? SYS(c, PMCCFILTR_EL0) : c->s.sr[SR_PMEVTYPER0_EL0 + n];
}

static bool counts(const struct cpu *c, unsigned n)
{
	bool enabled = is_el2s(c, n) ? SYSF(c, MDCR_EL2, HPME) : SYSF(c, PMCR_EL0, E);

	return enabled && bit(SYS(c, PMCNTENSET_EL0), n) && !is_prohibited(c, n) && filter_allows(c, filter_of(c, n));
}

static void update_line(struct cpu *c)
{
	u64 pending = SYS(c, PMOVSSET_EL0) & SYS(c, PMINTENSET_EL1);

	line_set(&c->pmu_line, pending && SYSF(c, PMCR_EL0, E));
}

/* 64-bit counters: the cycle counter with PMCR_EL0.LC, the others with PMCR_EL0.LP (FEAT_PMUv3p5). */
static bool is_long(const struct cpu *c, unsigned n)
{
	if (n == CYCLE_COUNTER)
		return SYSF(c, PMCR_EL0, LC);
	return c->feat.pmuv3p5 && (is_el2s(c, n) ? SYSF(c, MDCR_EL2, HLP) : SYSF(c, PMCR_EL0, LP));
}

/* Add to a counter; true: it overflowed. */
static bool add(struct cpu *c, unsigned n, u64 amount)
{
	u64 *counter = n == CYCLE_COUNTER ? &c->s.pmu.ccntr : &c->s.pmu.evcntr[n];
	u64 before = *counter, after = before + amount;
	bool over = is_long(c, n) ? after < before : (after >> 32) != (before >> 32);

	*counter = n == CYCLE_COUNTER || c->feat.pmuv3p5 ? after : (u32)after;
	if (over)
		SYS(c, PMOVSSET_EL0) |= 1ull << n;
	return over;
}

static void count_event(struct cpu *c, unsigned n, u64 cycles, u64 insns)
{
	u64 event = filter_of(c, n) & 0xffff;
	bool over;

	if (!counts(c, n) || event == EVENT_SW_INCR || event == EVENT_CHAIN)
		return;
	over = add(c, n, event == EVENT_CPU_CYCLES ? cycles : event == EVENT_INST_RETIRED ? insns : 0);
	/* CHAIN: an odd counter counts the overflows of the even one below it. */
	if (over && !(n & 1) && n + 1 < counters(c) && (filter_of(c, n + 1) & 0xffff) == EVENT_CHAIN &&
	    counts(c, n + 1))
		add(c, n + 1, 1);
}

void pmu_sync(struct cpu *c)
{
	u64 cycles, insns, was = SYS(c, PMOVSSET_EL0);

	cpu_sync_time(c);
	cycles = cpu_cycles(c) - c->s.pmu.synced_cycles;
	insns = c->s.insns - c->s.pmu.synced_insns;
	c->s.pmu.synced_cycles += cycles;
	c->s.pmu.synced_insns += insns;
	if (!SYS(c, PMCNTENSET_EL0))
		return;
	if (counts(c, CYCLE_COUNTER))
		add(c, CYCLE_COUNTER, cycles);
	for (unsigned n = 0; n < counters(c); n++)
		if (bit(SYS(c, PMCNTENSET_EL0), n))
			count_event(c, n, cycles, insns);
	if (SYS(c, PMOVSSET_EL0) != was)
		update_line(c);
}

/* Which counters software at this EL may see: EL1 and EL0 only those below HPMN. */
static u64 visible(const struct cpu *c)
{
	unsigned n = counters(c);

	if (c->s.p.el < 2 && cpu_el2_enabled(c) && SYSF(c, MDCR_EL2, HPMN) < n)
		n = (unsigned)SYSF(c, MDCR_EL2, HPMN);
	return ones(n) | 1ull << CYCLE_COUNTER;
}

static unsigned selected(const struct cpu *c)
{
	return (unsigned)SYS(c, PMSELR_EL0) & 31;
}

static bool is_event_counter(const struct cpu *c, unsigned n)
{
	return n < 31 && (visible(c) >> n & 1);
}

u64 pmu_read(struct cpu *c, enum sysreg r)
{
	pmu_sync(c);
	if (r >= SR_PMEVCNTR0_EL0 && r <= SR_PMEVCNTR30_EL0)
		return is_event_counter(c, r - SR_PMEVCNTR0_EL0) ? c->s.pmu.evcntr[r - SR_PMEVCNTR0_EL0] : 0;
	if (r >= SR_PMEVTYPER0_EL0 && r <= SR_PMEVTYPER30_EL0)
		return is_event_counter(c, r - SR_PMEVTYPER0_EL0) ? c->s.sr[r] : 0;
	switch (r) {
	case SR_PMCCNTR_EL0: return c->s.pmu.ccntr;
	case SR_PMXEVCNTR_EL0: return is_event_counter(c, selected(c)) ? c->s.pmu.evcntr[selected(c)] : 0;
	case SR_PMXEVTYPER_EL0:
		if (selected(c) == CYCLE_COUNTER)
			return SYS(c, PMCCFILTR_EL0);
		return is_event_counter(c, selected(c)) ? filter_of(c, selected(c)) : 0;
	case SR_PMCNTENSET_EL0:
	case SR_PMCNTENCLR_EL0: return SYS(c, PMCNTENSET_EL0) & visible(c);
	case SR_PMINTENSET_EL1:
	case SR_PMINTENCLR_EL1: return SYS(c, PMINTENSET_EL1) & visible(c);
	case SR_PMOVSSET_EL0:
	case SR_PMOVSCLR_EL0: return SYS(c, PMOVSSET_EL0) & visible(c);
	case SR_PMSWINC_EL0: return 0;
	default: return c->s.sr[r];
	}
}

static void write_pmcr(struct cpu *c, u64 value)
{
	/* E, DP, X, LC, LP, FZO are kept; P and C act; D (divide by 64) reads as zero, as it may when LC is set. */
	u64 keep = 1ull << 0 | 1ull << 4 | 1ull << 5 | 1ull << 6 | (c->feat.pmuv3p5 ? 1ull << 7 : 0);

	if (value & 2)
		for (unsigned n = 0; n < counters(c); n++)
			if (visible(c) >> n & 1)
				c->s.pmu.evcntr[n] = 0;
	if (value & 4)
		c->s.pmu.ccntr = 0;
	SYS(c, PMCR_EL0) = (SYS(c, PMCR_EL0) & ~keep) | (value & keep);
}

static void software_increment(struct cpu *c, u64 mask)
{
	for (unsigned n = 0; n < counters(c); n++)
		if ((mask & visible(c)) >> n & 1 && counts(c, n) && (filter_of(c, n) & 0xffff) == EVENT_SW_INCR)
			add(c, n, 1);
}

static void write_selected(struct cpu *c, unsigned n, bool is_type, u64 value)
{
	if (is_type && n == CYCLE_COUNTER)
		SYS(c, PMCCFILTR_EL0) = value & 0xff000000;
	else if (is_event_counter(c, n) && is_type)
		c->s.sr[SR_PMEVTYPER0_EL0 + n] = value & 0xff00ffff;
	else if (is_event_counter(c, n))
		c->s.pmu.evcntr[n] = c->feat.pmuv3p5 ? value : (u32)value;
}

void pmu_write(struct cpu *c, enum sysreg r, u64 value)
{
	pmu_sync(c);
	if (r >= SR_PMEVCNTR0_EL0 && r <= SR_PMEVCNTR30_EL0)
		write_selected(c, r - SR_PMEVCNTR0_EL0, false, value);
	else if (r >= SR_PMEVTYPER0_EL0 && r <= SR_PMEVTYPER30_EL0)
		write_selected(c, r - SR_PMEVTYPER0_EL0, true, value);
	else
		switch (r) {
		case SR_PMCR_EL0: write_pmcr(c, value); break;
		case SR_PMCCNTR_EL0: c->s.pmu.ccntr = value; break;
		case SR_PMXEVCNTR_EL0: write_selected(c, selected(c), false, value); break;
		case SR_PMXEVTYPER_EL0: write_selected(c, selected(c), true, value); break;
		case SR_PMCCFILTR_EL0: write_selected(c, CYCLE_COUNTER, true, value); break;
		case SR_PMCNTENSET_EL0: SYS(c, PMCNTENSET_EL0) |= value & visible(c); break;
		case SR_PMCNTENCLR_EL0: SYS(c, PMCNTENSET_EL0) &= ~(value & visible(c)); break;
		case SR_PMINTENSET_EL1: SYS(c, PMINTENSET_EL1) |= value & visible(c); break;
		case SR_PMINTENCLR_EL1: SYS(c, PMINTENSET_EL1) &= ~(value & visible(c)); break;
		case SR_PMOVSSET_EL0: SYS(c, PMOVSSET_EL0) |= value & visible(c); break;
		case SR_PMOVSCLR_EL0: SYS(c, PMOVSSET_EL0) &= ~(value & visible(c)); break;
		case SR_PMSWINC_EL0: software_increment(c, value); break;
		default: c->s.sr[r] = value; break;
		}
	update_line(c);
}
