/* Back in time: bs and bc, `monitor goto`, `monitor history`. */
#include <string.h>

#include "debug/gdb_internal.h"

enum { SIGNAL_TRAP = 5 };
typedef unsigned long long ull;

/* bc, bs: the debugger sends them only to who offered them. */
void gdb_backward(struct gdb *g, const char *at)
{
	struct hyp_history h;

	if ((*at != 'c' && *at != 's') || at[1] || !hyp_history(g->m, &h)) {
		g->out_size = 0;
		gdb_put(g, at[0] && at[1] ? "E22" : "E01");
		gdb_send(g);
		return;
	}
	g->mode = *at == 'c' ? MODE_RUN_BACK : MODE_STEP_BACK;
	g->core = g->run_core;
}

static bool is_watched(const struct gdb *g, const struct point_hit *hit)
{
	return hit->size && g->point[hit->number].owner == OWNER_GDB;
}

static struct hyp_status step(struct gdb *g, unsigned core)
{
	struct hyp_status s;

	do
		s = hyp_step(g->m, core, false);
	while (s.end == HYP_STOPPED);
	return s;
}

static bool has_watchpoints(const struct gdb *g)
{
	for (unsigned i = 0; i < POINTS_MAX; i++)
		if (hyp_point(g->m, i) && hyp_point(g->m, i)->what != POINT_EXECUTE)
			return true;
	return false;
}

/* HYP_POINT: the step would undo a watched access, to which *hit belongs; it was not made. */
static struct hyp_status step_back(struct gdb *g, struct point_hit *hit)
{
	struct hyp_status s = hyp_reverse_step(g->m, g->core);

	if (s.end != HYP_LIMIT || !has_watchpoints(g))
		return s;
	s = step(g, g->core);
	*hit = *hyp_hit(g->m);
	if (s.end != HYP_POINT || !is_watched(g, hit))
		return hyp_reverse_step(g->m, g->core);
	step(g, g->core);
	return s;
}

static struct hyp_status run_back(struct gdb *g, struct point_hit *hit)
{
	struct hyp_status s = hyp_reverse_run(g->m);

	*hit = *hyp_hit(g->m);
	if (s.end == HYP_POINT && is_watched(g, hit))
		step(g, hit->core);
	return s;
}

/*
 * The debugger takes it that an access that a watchpoint stopped is still to be made, steps over it (back, that is),
 * and looks at what changed. So it hears of it with the access made, and steps back to before it.
 */
struct hyp_status gdb_run_back(struct gdb *g)
{
	struct point_hit hit;
	struct hyp_status s = g->mode == MODE_RUN_BACK ? run_back(g, &hit) : step_back(g, &hit);

	switch (s.end) {
	case HYP_STOPPED: return s; /* it goes on */
	case HYP_BEGINNING: gdb_report(g, SIGNAL_TRAP, "replaylog:begin;"); break;
	case HYP_POINT: gdb_report_hit(g, &hit); break;
	default: gdb_report(g, SIGNAL_TRAP, NULL); break;
	}
	s.end = HYP_STOPPED;
	return s;
}

/* ---- monitor ---- */

static bool has_history(const struct gdb_words *w, struct hyp_history *h)
{
	if (hyp_history(w->g->m, h))
		return true;
	fputs("no history is kept: start with --history SIZE\n", w->out);
	return false;
}

static void where(const struct gdb_words *w)
{
	struct hyp_position at = hyp_position(w->g->m);
	struct hyp_history h;

	fprintf(w->out, "at instruction %llu, cycle %llu: %s\n", (ull)at.insns, (ull)at.cycles,
		hyp_history(w->g->m, &h) && h.in_past ? "in the past" : "the present");
}

/* To a place that was given as "CYCLE", "insn N", "first" or "last". False: it is none. */
static bool travel(const struct gdb_words *w, const struct hyp_history *h, struct hyp_status *s)
{
	struct gdb *g = w->g;
	u64 value;

	if (w->count == 1 && !strcmp(w->word[0], "first"))
		*s = hyp_goto(g->m, h->oldest.insns);
	else if (w->count == 1 && !strcmp(w->word[0], "last"))
		*s = hyp_goto(g->m, h->newest.insns);
	else if (w->count == 2 && !strcmp(w->word[0], "insn") && gdb_value(w, w->word[1], &value))
		*s = hyp_goto(g->m, value < h->newest.insns ? value : h->newest.insns);
	else if (w->count == 1 && gdb_value(w, w->word[0], &value))
		*s = value < h->newest.cycles ? hyp_goto_cycle(g->m, g->core, value) : hyp_goto(g->m, h->newest.insns);
	else
		return false;
	return true;
}

void gdb_monitor_goto(const struct gdb_words *w)
{
	struct hyp_history h;
	struct hyp_status s;

	if (!has_history(w, &h))
		return;
	if (!travel(w, &h, &s)) {
		fputs("goto knows CYCLE, insn N, first and last\n", w->out);
		return;
	}
	w->g->moves++;
	if (s.end == HYP_BEGINNING)
		fputs("the history begins here\n", w->out);
	where(w);
	fputs("say `maintenance flush register-cache`: gdb does not know that the cores moved\n", w->out);
}

void gdb_monitor_history(const struct gdb_words *w)
{
	struct hyp_history h;

	if (!has_history(w, &h))
		return;
	where(w);
	fprintf(w->out,
		"from instruction %llu, cycle %llu\n  to instruction %llu, cycle %llu\n%u snapshots, %llu.%llu of %llu "
		"MiB\n",
		(ull)h.oldest.insns, (ull)h.oldest.cycles, (ull)h.newest.insns, (ull)h.newest.cycles, h.snapshots,
		(ull)(h.bytes >> 20), (ull)(h.bytes >> 10 & 1023) * 10 / 1024, (ull)(h.limit >> 20));
}
