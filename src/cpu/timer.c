/*
 * The generic timer: physical and virtual counts with their offsets, five timers a core, their lines and deadlines.
 * Arm ARM D12. Counts are in ticks of the system counter, time in cycles (bus/clock.h).
 */
#include "cpu/timer.h"

#include "cpu/cpu.h"
#include "cpu/features.h"
#include "cpu/models.h"

enum { CTL_ENABLE = 1, CTL_IMASK = 2, CTL_ISTATUS = 4 };

static const struct {
	enum sysreg ctl, cval, tval;
} timers[TIMER_COUNT] = {
	[TIMER_P] = { SR_CNTP_CTL_EL0, SR_CNTP_CVAL_EL0, SR_CNTP_TVAL_EL0 },
	[TIMER_V] = { SR_CNTV_CTL_EL0, SR_CNTV_CVAL_EL0, SR_CNTV_TVAL_EL0 },
	[TIMER_HP] = { SR_CNTHP_CTL_EL2, SR_CNTHP_CVAL_EL2, SR_CNTHP_TVAL_EL2 },
	[TIMER_HV] = { SR_CNTHV_CTL_EL2, SR_CNTHV_CVAL_EL2, SR_CNTHV_TVAL_EL2 },
	[TIMER_PS] = { SR_CNTPS_CTL_EL1, SR_CNTPS_CVAL_EL1, SR_CNTPS_TVAL_EL1 },
};

/* PhysicalOffsetIsValid, CNTPOFF_EL2 (FEAT_ECV) */
static u64 physical_offset(const struct cpu *c)
{
	if (!c->feat.ecv_poff || !cpu_el2_enabled(c) || cpu_el_is_in_host(c, 0))
		return 0;
	if (cpu_has_el(c, 3) && !SYSF(c, SCR_EL3, ECVEn))
		return 0;
	return SYSF(c, CNTHCTL_EL2, ECV) ? SYS(c, CNTPOFF_EL2) : 0;
}

static u64 virtual_offset(const struct cpu *c)
{
	return cpu_has_el(c, 2) ? SYS(c, CNTVOFF_EL2) : 0;
}

static u64 offset_of(const struct cpu *c, enum timer t)
{
	return t == TIMER_V ? virtual_offset(c) : t == TIMER_P ? physical_offset(c) : 0;
}

static bool condition(const struct cpu *c, enum timer t)
{
	return (clock_ticks(c->clock) - offset_of(c, t)) >= c->s.sr[timers[t].cval];
}

/* The cycle at which the count of timer t becomes `count`; CLOCK_NEVER when that is beyond reach. */
static u64 cycle_of(const struct cpu *c, enum timer t, u64 count)
{
	u64 ticks = count + offset_of(c, t);

	return ticks > (CLOCK_NEVER - 1) / c->clock->per_tick ? CLOCK_NEVER : ticks * c->clock->per_tick;
}

void timer_update(struct cpu *c, enum timer t)
{
	u64 ctl = c->s.sr[timers[t].ctl];
	bool on = ctl & CTL_ENABLE, met = on && condition(c, t);

	line_set(&c->timer_line[t], met && !(ctl & CTL_IMASK));
	if (c->timer_deadline[t] != TIMER_NO_DEADLINE)
		clock_set(c->clock, c->timer_deadline[t],
			  on && !met ? cycle_of(c, t, c->s.sr[timers[t].cval]) : CLOCK_NEVER);
}

void timer_update_all(struct cpu *c)
{
	for (unsigned t = 0; t < TIMER_COUNT; t++)
		timer_update(c, t);
}

void timer_fire(void *ctx)
{
	struct timer_ref *r = ctx;

	timer_update(r->cpu, r->timer);
}

u64 timer_virtual_count(struct cpu *c)
{
	cpu_sync_time(c);
	return clock_ticks(c->clock) - (cpu_el_is_in_host(c, c->s.p.el) ? 0 : virtual_offset(c));
}

u64 timer_cycle_of_virtual_count(const struct cpu *c, u64 count)
{
	return cycle_of(c, cpu_el_is_in_host(c, c->s.p.el) ? TIMER_HV : TIMER_V, count);
}

u64 timer_physical_count(struct cpu *c)
{
	cpu_sync_time(c);
	return clock_ticks(c->clock) - (c->s.p.el < 2 ? physical_offset(c) : 0);
}

static u64 read_ctl(const struct cpu *c, enum timer t)
{
	u64 ctl = c->s.sr[timers[t].ctl] & (CTL_ENABLE | CTL_IMASK);

	/* ISTATUS reads as 0 when the timer is off: UNKNOWN in the architecture. */
	return ctl & CTL_ENABLE && condition(c, t) ? ctl | CTL_ISTATUS : ctl;
}

u64 timer_read(struct cpu *c, enum sysreg r)
{
	cpu_sync_time(c);
	for (unsigned t = 0; t < TIMER_COUNT; t++) {
		if (r == timers[t].ctl)
			return read_ctl(c, t);
		if (r == timers[t].tval)
			return (u32)(c->s.sr[timers[t].cval] - (clock_ticks(c->clock) - offset_of(c, t)));
	}
	switch (r) {
	case SR_CNTPCT_EL0:
	case SR_CNTPCTSS_EL0: return timer_physical_count(c);
	case SR_CNTVCT_EL0:
	case SR_CNTVCTSS_EL0: return timer_virtual_count(c);
	default: return c->s.sr[r];
	}
}

void timer_write(struct cpu *c, enum sysreg r, u64 value)
{
	cpu_sync_time(c);
	for (unsigned t = 0; t < TIMER_COUNT; t++) {
		if (r == timers[t].ctl)
			c->s.sr[r] = value & (CTL_ENABLE | CTL_IMASK);
		else if (r == timers[t].cval)
			c->s.sr[r] = value;
		else if (r == timers[t].tval)
			c->s.sr[timers[t].cval] = clock_ticks(c->clock) - offset_of(c, t) + (u64)(s32)value;
		else
			continue;
		timer_update(c, t);
		return;
	}
	c->s.sr[r] = value;
	/* CNTVOFF, CNTPOFF, CNTHCTL.ECV move the counts of the timers. */
	timer_update_all(c);
}
