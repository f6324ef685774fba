/* Running and stopping: c, s, vCont, Ctrl-C, stop replies. */
#include <stdlib.h>
#include <string.h>

#include "debug/gdb_internal.h"

#define STEPS 4096 /* of a range, until the debugger is listened to again */
enum { SIGNAL_NONE = 0, SIGNAL_INT = 2, SIGNAL_TRAP = 5 };

static void put_stop(struct gdb *g)
{
	g->out_size = 0;
	gdb_put(g, g->stop);
	gdb_put(g, "thread:");
	gdb_put_thread(g, g->core);
	gdb_put(g, ";");
	gdb_send(g);
}

/* Signal 0: what was reported last, once more. */
void gdb_report(struct gdb *g, unsigned signal, const char *detail)
{
	if (signal)
		snprintf(g->stop, sizeof(g->stop), "T%02x%s", signal, detail ? detail : "");
	g->mode = MODE_STOPPED;
	g->run_core = g->core;
	put_stop(g);
}

/* Of the cores, one that executes; else the one that stopped last. */
static unsigned interrupted_core(struct gdb *g)
{
	struct hyp_core c;

	for (unsigned i = 0; i < g->cores; i++) {
		unsigned core = (g->core + i) % g->cores;

		hyp_core_view(g->m, core, &c);
		if (!c.halted)
			return core;
	}
	return g->core;
}

void gdb_interrupt(struct gdb *g)
{
	if (g->mode == MODE_STOPPED)
		return;
	g->core = interrupted_core(g);
	gdb_report(g, SIGNAL_INT, NULL);
}

static void say_why(struct gdb *g, const char *before, const char *why)
{
	gdb_say(g, before, strlen(before));
	gdb_say(g, why, strlen(why));
	gdb_say(g, "\n", 1);
}

void gdb_stop(struct gdb *g, const char *why)
{
	if (g->mode == MODE_STOPPED || !g->connected)
		return;
	say_why(g, "the machine was stopped: ", why);
	gdb_interrupt(g);
}

/* ---- what the debugger asks for ---- */

static void begin(struct gdb *g, enum gdb_mode mode, unsigned core, bool alone)
{
	g->mode = (u8)mode;
	g->alone = alone;
	g->range_from = g->range_end = 0;
	g->core = core;
	hyp_pass(g->m, core);
}

static bool set_pc(struct gdb *g, u64 pc)
{
	struct hyp_core c;

	hyp_core_view(g->m, g->run_core, &c);
	c.pc = pc;
	hyp_core_set(g->m, g->run_core, &c);
	return true;
}

static void refuse(struct gdb *g)
{
	g->out_size = 0;
	gdb_put(g, "E22");
	gdb_send(g);
}

/* c[addr], s[addr], Csig[;addr], Ssig[;addr]: signals mean nothing to a machine. */
void gdb_continue(struct gdb *g, const char *at, bool step, bool signal)
{
	u64 value;

	if (signal && (!gdb_hex_number(&at, &value) || (*at && !gdb_char(&at, ';')))) {
		refuse(g);
		return;
	}
	if (*at && (!gdb_hex_number(&at, &value) || *at || !set_pc(g, value))) {
		refuse(g);
		return;
	}
	begin(g, step ? MODE_STEP : MODE_RUN, g->run_core, false);
}

/* One action of vCont, for the cores it names. */
struct action {
	char what; /* c, s, r, t */
	u64 from, end;
	int core; /* or GDB_ALL */
};

static bool parse_action(const struct gdb *g, const char **at, struct action *a)
{
	u64 unused;

	*a = (struct action){ .what = *(*at)++, .core = GDB_ALL };
	if (a->what == 'C' || a->what == 'S') {
		if (!gdb_hex_number(at, &unused))
			return false;
		a->what |= 0x20;
	}
	if (a->what == 'r' && !(gdb_hex_number(at, &a->from) && gdb_char(at, ',') && gdb_hex_number(at, &a->end)))
		return false;
	if (!memchr("csrt", a->what, 4))
		return false;
	if (gdb_char(at, ':') && !gdb_thread(g, at, &a->core))
		return false;
	if (a->core == GDB_ANY)
		a->core = (int)g->run_core;
	return !**at || **at == ';';
}

/*
 * Of the actions, the leftmost that fits a core counts. Cores step one at a time: the first that is to step does, and
 * the others go on with it, in their turns, when they are to go on; else it is alone.
 */
void gdb_vcont(struct gdb *g, const char *at)
{
	struct action a, step = { 0 };
	bool others = false, steps = false, runs = false;

	while (gdb_char(&at, ';')) {
		if (!*at || !parse_action(g, &at, &a)) {
			refuse(g);
			return;
		}
		if ((a.what == 's' || a.what == 'r') && !steps) {
			step = a;
			steps = true;
		}
		runs |= a.what == 'c';
		others |= a.what == 'c' && (a.core == GDB_ALL || !steps || a.core != step.core);
	}
	if (steps) {
		begin(g, MODE_STEP, step.core >= 0 ? (unsigned)step.core : g->core, !others && step.core >= 0);
		g->range_from = step.from;
		g->range_end = step.end;
	} else if (runs) {
		begin(g, MODE_RUN, g->core, false);
	} else {
		gdb_report(g, SIGNAL_TRAP, NULL);
	}
}

/* ---- doing it ---- */

static bool in_range(struct gdb *g)
{
	struct hyp_core c;

	hyp_core_view(g->m, g->core, &c);
	return c.pc >= g->range_from && c.pc < g->range_end;
}

static struct hyp_status step(struct gdb *g)
{
	struct hyp_status s = { .end = HYP_STOPPED };
	struct hyp_core c;

	for (unsigned i = 0; i < STEPS; i++) {
		s = hyp_step(g->m, g->core, g->alone);
		hyp_core_view(g->m, g->core, &c);
		if (s.end == HYP_STOPPED && g->alone && c.halted)
			s.end = HYP_LIMIT; /* it waits: there is no step to make */
		else if (s.end == HYP_LIMIT && in_range(g))
			continue;
		if (s.end != HYP_LIMIT)
			return s;
		hyp_pass(g->m, g->core);
		gdb_report(g, SIGNAL_TRAP, NULL);
		break;
	}
	s.end = HYP_STOPPED;
	return s;
}

struct hyp_status gdb_run(struct gdb *g, u64 max_insns)
{
	struct hyp_status s;

	if (g->mode == MODE_RUN_BACK || g->mode == MODE_STEP_BACK)
		return gdb_run_back(g);
	s = g->mode == MODE_STEP ? step(g) : hyp_run(g->m, max_insns);
	if (s.end != HYP_POINT)
		return s;
	gdb_report_point(g);
	s.end = HYP_STOPPED;
	return s;
}

bool gdb_died(struct gdb *g, const char *why)
{
	if (!g->connected || g->detached)
		return false;
	say_why(g, "the machine cannot go on: ", why);
	gdb_report(g, SIGNAL_TRAP, NULL);
	return true;
}
