/* Going to where the machine was: by position, by cycle, by steps, to points. */
#include <string.h>

#include "machine/history.h"

/* Before the end of a long way a snapshot is left at these distances: who goes back once will do so again. */
static const u64 landing[] = { 1000000, 30000 };

#define NOWHERE (~0ull)

struct journey {
	struct machine *m;
	struct history *h;
	bool stop_asked; /* on the way */
};

static struct hyp_status ended(struct machine *m, enum hyp_end end)
{
	m->end = end;
	return machine_status(m);
}

/* One that cannot be made. */
static struct hyp_status no_history(struct machine *m)
{
	return ended(m, HYP_BEGINNING);
}

/* False: there is no way back. */
static bool depart(struct journey *j, struct machine *m)
{
	*j = (struct journey){ .m = m };
	if (!m->history || !history_settle(m))
		return false;
	j->h = m->history;
	machine_points_off(m, true);
	return true;
}

static struct hyp_status land(struct journey *j, enum hyp_end end)
{
	machine_points_off(j->m, false);
	j->m->until = (struct until){ .core = -1 };
	return ended(j->m, end);
}

/* Forward, to where the machine has executed so many instructions, or `until` holds. What stops it in the past does
 * not. */
static enum hyp_end advance(struct journey *j, u64 insns)
{
	enum hyp_end end = HYP_LIMIT;
	bool until = j->m->until.core >= 0;

	while (machine_insns(j->m) < insns) {
		end = hyp_run(j->m, insns == NOWHERE ? 0 : insns - machine_insns(j->m)).end;
		if (end == HYP_STOPPED && history_in_past(j->h)) {
			j->stop_asked = true;
			end = HYP_LIMIT;
			continue;
		}
		if (end != HYP_LIMIT || until)
			break;
	}
	return end;
}

/* To a position that is in the past, after the present one; leaves snapshots on the way. */
static enum hyp_end approach(struct journey *j, u64 insns)
{
	for (unsigned i = 0; i < ARRAY_SIZE(landing); i++) {
		u64 left = insns - machine_insns(j->m);

		if (!history_in_past(j->h) || left < 2 * landing[i])
			continue;
		advance(j, insns - landing[i]);
		if (history_in_past(j->h))
			history_insert(j->h);
	}
	return advance(j, insns);
}

/* To a position, from the snapshot before it, or from here if that is nearer. */
static enum hyp_end go(struct journey *j, u64 insns)
{
	int n = history_find(j->h, insns);

	if (n < 0) {
		history_go(j->h, 0);
		return HYP_BEGINNING;
	}
	if ((unsigned)n != j->h->current || insns < machine_insns(j->m))
		history_go(j->h, (unsigned)n);
	return approach(j, insns);
}

struct hyp_status hyp_goto(struct machine *m, u64 insns)
{
	struct journey j;

	if (!depart(&j, m))
		return no_history(m);
	return land(&j, go(&j, insns));
}

/* The last snapshot at which no core had reached `cycle`; -1: none. */
static int find_cycle(const struct history *h, u64 cycle)
{
	int n = (int)h->count - 1;

	while (n >= 0 && h->snap[n].at.cycles >= cycle)
		n--;
	return n;
}

struct hyp_status hyp_goto_cycle(struct machine *m, unsigned core, u64 cycle)
{
	struct journey j;
	int n;

	if (!depart(&j, m))
		return no_history(m);
	n = find_cycle(j.h, cycle);
	if (n < 0) {
		history_go(j.h, 0);
		return land(&j, cycle < j.h->snap[0].at.cycles ? HYP_BEGINNING : HYP_LIMIT);
	}
	if ((unsigned)n != j.h->current || hyp_position(m).cycles >= cycle)
		history_go(j.h, (unsigned)n);
	m->until = (struct until){ .core = (s32)core, .insns = NOWHERE, .cycle = cycle };
	return land(&j, advance(&j, NOWHERE));
}

/* ---- one step back ---- */

static u64 core_insns(const struct journey *j, unsigned core)
{
	return j->m->core[core]->s.insns;
}

/* To where `core` has executed so many, from a snapshot at which it has not. */
static void go_core(struct journey *j, unsigned core, u64 insns)
{
	unsigned n = j->h->current;

	while (n && j->h->snap[n].core_insns[core] >= insns)
		n--;
	history_go(j->h, n);
	for (unsigned i = 0; i < ARRAY_SIZE(landing); i++) {
		if (insns - core_insns(j, core) < 2 * landing[i])
			continue;
		j->m->until = (struct until){ .core = (s32)core, .insns = insns - landing[i], .cycle = NOWHERE };
		advance(j, NOWHERE);
		history_insert(j->h);
	}
	j->m->until = (struct until){ .core = (s32)core, .insns = insns, .cycle = NOWHERE };
	if (core_insns(j, core) < insns)
		advance(j, NOWHERE);
	j->m->until = (struct until){ .core = -1 };
}

/* Before the core's instruction number `insns`, which others may have gone before: just before, not just after the one
 * before it. */
static void go_before(struct journey *j, unsigned core, u64 insns)
{
	go_core(j, core, insns);
	go(j, machine_insns(j->m) - 1);
}

struct hyp_status hyp_reverse_step(struct machine *m, unsigned core)
{
	struct journey j;
	u64 insns, total;

	if (!depart(&j, m))
		return no_history(m);
	insns = core_insns(&j, core);
	total = machine_insns(m);
	if (insns <= j.h->snap[0].core_insns[core] || total <= j.h->snap[0].at.insns) {
		history_go(j.h, 0);
		return land(&j, HYP_BEGINNING);
	}
	go(&j, total - 1);
	if (core_insns(&j, core) == insns)
		go_before(&j, core, insns);
	return land(&j, HYP_LIMIT);
}

/* ---- back to a point ---- */

/* From the current snapshot, up to where so many instructions are executed: the number of points that are met; stops
 * at the one of number `at`. */
static u64 meet_points(struct journey *j, u64 insns, u64 at)
{
	u64 met = 0;

	while (met < at && machine_insns(j->m) < insns) {
		enum hyp_end end = hyp_run(j->m, insns - machine_insns(j->m)).end;

		met += end == HYP_POINT;
		j->stop_asked |= end == HYP_STOPPED;
		if (end != HYP_POINT && end != HYP_STOPPED)
			break;
	}
	return met;
}

static struct hyp_status arrive_at_point(struct journey *j, unsigned n, u64 insns, u64 number)
{
	struct point_hit hit;

	history_go(j->h, n);
	meet_points(j, insns, number);
	hit = j->m->points.hit;
	j->m->until = (struct until){ .core = -1 };
	j->m->points.hit = hit;
	return ended(j->m, HYP_POINT);
}

/* Snapshot by snapshot. */
struct hyp_status hyp_reverse_run(struct machine *m)
{
	struct journey j;
	u64 end, met;

	if (!depart(&j, m))
		return no_history(m);
	machine_points_off(m, false);
	end = machine_insns(m);
	for (unsigned n = j.h->current;; n--) {
		history_go(j.h, n);
		met = meet_points(&j, end, NOWHERE);
		if (met)
			return arrive_at_point(&j, n, end, met);
		if (!n || j.stop_asked)
			break;
		end = j.h->snap[n].at.insns;
	}
	history_go(j.h, j.h->current);
	return land(&j, j.stop_asked && j.h->current ? HYP_STOPPED : HYP_BEGINNING);
}
