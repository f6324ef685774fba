/* For debuggers: points, registers, memory. Nothing here runs; the engine is told what it must know. */
#include <string.h>

#include "cpu/engine.h"
#include "cpu/outside.h"
#include "cpu/points.h"
#include "machine/history.h"

/* ---- points ---- */

static void count_points(struct machine *m)
{
	struct points *all = &m->points;

	all->end = all->watches = 0;
	for (unsigned i = 0; i < POINTS_MAX; i++) {
		if (!all->point[i].what)
			continue;
		all->end = i + 1;
		all->watches += all->point[i].what != POINT_EXECUTE;
	}
	machine_points_off(m, false);
}

void machine_points_off(struct machine *m, bool off)
{
	struct points *points = m->points.end && !off ? &m->points : NULL;

	for (unsigned i = 0; i < m->smp; i++) {
		/* Slots of watched pages may have come while nobody watched. */
		if (points && !m->core[i]->points && points->watches)
			host_flush_data(m->core[i]);
		m->core[i]->points = points;
	}
}

int hyp_point_add(struct machine *m, const struct point *p)
{
	for (unsigned i = 0; i < POINTS_MAX; i++) {
		if (m->points.point[i].what)
			continue;
		m->points.point[i] = *p;
		count_points(m);
		points_changed(m->core[0], p);
		return (int)i;
	}
	return -1;
}

void hyp_point_remove(struct machine *m, unsigned number)
{
	struct point was;

	if (!hyp_point(m, number))
		return;
	was = m->points.point[number];
	m->points.point[number].what = 0;
	count_points(m);
	points_changed(m->core[0], &was);
}

const struct point *hyp_point(const struct machine *m, unsigned number)
{
	return number < POINTS_MAX && m->points.point[number].what ? &m->points.point[number] : NULL;
}

const struct point_hit *hyp_hit(const struct machine *m)
{
	return &m->points.hit;
}

void hyp_pass(struct machine *m, unsigned core)
{
	points_pass(m->core[core]);
}

/* ---- registers ---- */

void hyp_core_set(struct machine *m, unsigned core, const struct hyp_core *from)
{
	struct cpu *c = m->core[core];

	history_change(m);
	memcpy(c->s.r.x, from->x, sizeof(from->x));
	c->s.r.x[REG_SP] = from->sp;
	c->s.pc = from->pc;
}

u64 hyp_pstate(const struct machine *m, unsigned core)
{
	return cpu_spsr(m->core[core]);
}

bool hyp_pstate_set(struct machine *m, unsigned core, u64 pstate)
{
	history_change(m);
	return outside_set_pstate(m->core[core], pstate);
}

void hyp_vector(const struct machine *m, unsigned core, unsigned n, u64 value[2])
{
	memcpy(value, m->core[core]->s.z[n], 2 * sizeof(u64));
}

void hyp_vector_set(struct machine *m, unsigned core, unsigned n, const u64 value[2])
{
	history_change(m);
	memcpy(m->core[core]->s.z[n], value, 2 * sizeof(u64));
}

bool hyp_sysreg_exists(struct machine *m, unsigned core, unsigned reg)
{
	return reg < SR_COUNT && outside_has(m->core[core], (enum sysreg)reg);
}

bool hyp_sysreg(struct machine *m, unsigned core, unsigned reg, u64 *value)
{
	return reg < SR_COUNT && outside_read(m->core[core], (enum sysreg)reg, value);
}

bool hyp_sysreg_set(struct machine *m, unsigned core, unsigned reg, u64 value)
{
	history_change(m);
	return reg < SR_COUNT && outside_write(m->core[core], (enum sysreg)reg, value);
}

/* ---- memory ---- */

/* What lies at the address, and how many bytes go on from there in the same page. */
static bool locate(struct machine *m, unsigned core, enum hyp_space space, u64 at, pa_t *pa)
{
	struct mmu_access a = { .va = at, .kind = ACCESS_READ, .privileged = true, .any_rights = true };
	struct cpu *c = m->core[core];
	struct regime r;
	struct walk w;

	switch (space) {
	case HYP_SPACE_PA: *pa = (pa_t){ at, !cpu_is_secure(c) }; return true;
	case HYP_SPACE_EL2: cpu_build_regime(c, 2, &r); break;
	case HYP_SPACE_VA: cpu_build_regime(c, c->s.p.el, &r); break;
	default: cpu_build_regime_el10(c, &r); break;
	}
	if (space == HYP_SPACE_IPA)
		r.s1.enabled = false; /* then an IPA is what a VA is */
	if (!hyp_walk(m, core, &r, &a, &w))
		return false;
	*pa = w.pa;
	return true;
}

static u64 move(struct machine *m, unsigned core, enum hyp_space space, u64 at, u8 *to, const u8 *from, u64 size)
{
	u64 done = 0;

	while (done < size) {
		u64 n = 4096 - ((at + done) & 4095);
		pa_t pa;

		n = n < size - done ? n : size - done;
		if (!locate(m, core, space, at + done, &pa))
			break;
		if (!(to ? bus_copy_out(&m->bus, pa, to + done, n) : bus_copy_in(&m->bus, pa, from + done, n)))
			break;
		done += n;
	}
	return done;
}

u64 hyp_memory_read(struct machine *m, unsigned core, enum hyp_space space, u64 at, void *to, u64 size)
{
	return move(m, core, space, at, to, NULL, size);
}

u64 hyp_memory_write(struct machine *m, unsigned core, enum hyp_space space, u64 at, const void *from, u64 size)
{
	history_change(m);
	return move(m, core, space, at, NULL, from, size);
}
