#include "ui/drive.h"

#include <stdio.h>
#include <string.h>

#include "cli/session.h"
#include "cpu/sysreg.h"
#include "ui/clock.h"
#include "ui/console.h"
#include "ui/debugger.h"
#include "ui/record.h"

#define SLICE_FIRST 100000
#define SLICE_MIN 1000
#define SLICE_MAX 20000000
#define STEPS_AT_ONCE 256

typedef unsigned long long ull;

static void remove_temporary(struct ui *ui)
{
	if (ui->run.temporary >= 0)
		hyp_point_remove(ui->m, (unsigned)ui->run.temporary);
	ui->run.temporary = -1;
}

/* What the values shown are compared with: those of now, before the machine moves. */
static void keep_values(struct ui *ui)
{
	struct compare *c = &ui->compare;
	struct hyp_core core;

	hyp_core_view(ui->m, ui->core, &core);
	memcpy(c->x, core.x, sizeof(c->x));
	c->sp = core.sp;
	c->pc = core.pc;
	c->pstate = hyp_pstate(ui->m, ui->core);
	c->core = ui->core;
	c->any = true;
	if (c->sysreg)
		for (unsigned r = 0; r < SR_COUNT; r++)
			c->sysreg[r] = ui_sysreg(ui, r);
}

/* ---- bounds ---- */

static bool is_out_of_time(const struct ui *ui)
{
	const struct bound *b = &ui->bound;
	double runs = ui->run.mode == RUN_PAUSED ? 0 : clock_now() - b->since;

	return b->seconds && b->ran + runs >= (double)b->seconds;
}

static bool is_beyond(const struct ui *ui)
{
	return ui->bound.insns && hyp_insns(ui->m) >= ui->bound.insns;
}

/* Nobody said that it may go on. */
static bool is_bound(struct ui *ui)
{
	bool time = is_out_of_time(ui);

	if (!ui->bound.final || !(time || is_beyond(ui)))
		return false;
	ui_say(ui, true, "%s is reached: nothing runs beyond it", time ? "--timeout" : "--max-insns");
	return true;
}

/* ---- starting and stopping ---- */

static bool begin(struct ui *ui, enum run_mode mode, u64 insns)
{
	if (mode != RUN_DEBUGGER && debugger_refuses(ui))
		return false;
	if (ui->run.over) {
		ui_say(ui, true, "the run is over: `reset` begins anew");
		return false;
	}
	if (is_bound(ui))
		return false;
	remove_temporary(ui);
	keep_values(ui);
	if (ui->run.mode == RUN_PAUSED)
		ui->bound.since = clock_now();
	ui->run.mode = (u8)mode;
	ui->run.insns_left = insns;
	ui->run.core = ui->core;
	ui->disasm.pinned = false;
	if (!ui->run.slice)
		ui->run.slice = SLICE_FIRST;
	ui_say(ui, false, "%s", "");
	return true;
}

void drive_stop(struct ui *ui)
{
	remove_temporary(ui);
	if (ui->run.mode != RUN_PAUSED)
		ui->bound.ran += clock_now() - ui->bound.since;
	if (ui->run.mode == RUN_DEBUGGER) {
		ui->debugger.stops++;
		ui->core = gdb_server_core(ui->debugger.server);
	}
	ui->run.mode = RUN_PAUSED;
	ui->run.epoch++;
}

void drive_pause(struct ui *ui)
{
	if (ui->run.mode == RUN_DEBUGGER)
		debugger_stop(ui, "the window paused it");
	drive_stop(ui);
	ui_say(ui, false, "%s", "");
}

void drive_run(struct ui *ui, u64 insns)
{
	begin(ui, RUN_FREE, insns);
}

bool drive_debugged(struct ui *ui)
{
	return begin(ui, RUN_DEBUGGER, 0);
}

void drive_steps(struct ui *ui, u64 count)
{
	begin(ui, RUN_STEPS, count);
}

void drive_until(struct ui *ui, enum run_mode mode)
{
	struct hyp_core core;

	hyp_core_view(ui->m, ui->core, &core);
	if (!begin(ui, mode, 0))
		return;
	ui->run.el = core.el;
}

void drive_to(struct ui *ui, u64 pc, bool same_el)
{
	struct hyp_core core;
	struct point p = { .what = POINT_EXECUTE, .space = POINT_VA, .at = pc, .core = (s32)ui->core };

	hyp_core_view(ui->m, ui->core, &core);
	p.el = same_el ? core.el : POINT_ANY;
	p.vmid = p.asid = POINT_ANY;
	if (!begin(ui, RUN_OVER, 0))
		return;
	ui->run.temporary = hyp_point_add(ui->m, &p);
	if (ui->run.temporary < 0) {
		drive_stop(ui);
		ui_say(ui, true, "there is no breakpoint left for that: delete one");
	}
}

/* Does the instruction lead away and come back: BL, BLR (with their authenticated forms), SVC, HVC, SMC? */
static bool returns_here(u32 word)
{
	return word >> 26 == 0x25 || (word & 0xfefff000) == 0xd63f0000 || (word & 0xffe0001c) == 0xd4000000 ||
	       ((word & 0xffe0001f) >= 0xd4000001 && (word & 0xffe0001f) <= 0xd4000003);
}

void drive_over(struct ui *ui)
{
	struct hyp_core core;
	u32 word = 0;

	hyp_core_view(ui->m, ui->core, &core);
	hyp_memory_read(ui->m, ui->core, HYP_SPACE_VA, core.pc, &word, sizeof(word));
	if (returns_here(word))
		drive_to(ui, core.pc + 4, true);
	else
		drive_steps(ui, 1);
}

/* ---- why it stopped ---- */

static void say_point(struct ui *ui)
{
	const struct point_hit *hit = hyp_hit(ui->m);
	char symbol[128];

	if (hit->core < hyp_core_count(ui->m))
		ui->core = hit->core;
	if ((s32)hit->number == ui->run.temporary)
		return;
	if (hit->size)
		ui_say(ui, false, "watchpoint %u: %s of %u bytes at 0x%llx", hit->number,
		       hit->is_write ? "write" : "read", hit->size, (ull)hit->va);
	else
		ui_say(ui, false, "breakpoint %u %s", hit->number, ui_symbol(ui, hit->pc, symbol));
}

/* The end of a slice; `insns` it took. */
static void ended(struct ui *ui, const struct hyp_status *s)
{
	bool over = true;

	switch (s->end) {
	case HYP_RUNNING:
	case HYP_STOPPED:
	case HYP_LIMIT: return;
	case HYP_POINT:
		say_point(ui);
		over = false;
		break;
	case HYP_BEGINNING:
		ui_say(ui, false, "the history begins here");
		over = false;
		break;
	case HYP_DEADLOCK:
		over = !hyp_console_listens(ui->m, 0);
		if (!over && !ui->session->frontend.real_time)
			ui_say(ui, false, "the guest waits for a key");
		else if (!over)
			return;
		else
			ui_say(ui, true, "%s", s->why);
		break;
	case HYP_REPLAYED:
	case HYP_DIVERGED:
	case HYP_LOCKUP: ui_say(ui, true, "%s", s->why); break;
	case HYP_POWER_OFF: ui_say(ui, false, "the guest powered the machine off"); break;
	case HYP_RESET: ui_say(ui, false, "the guest asked for a reset"); break;
	case HYP_EXIT: ui_say(ui, false, "the guest ended the run with code %d", s->exit_code); break;
	}
	if (ui->run.mode == RUN_DEBUGGER)
		over &= !debugger_keeps(ui, s);
	drive_stop(ui);
	ui->run.over = over;
}

/* After a slice that began at `before`. What stopped it there has been said. */
static void check_bound(struct ui *ui, u64 before)
{
	struct bound *b = &ui->bound;
	bool insns = before < b->insns && is_beyond(ui), time = ui->run.mode != RUN_PAUSED && is_out_of_time(ui);

	if (ui->run.over || (!insns && !time))
		return;
	if (ui->run.mode == RUN_DEBUGGER)
		debugger_stop(ui, insns ? "--max-insns is reached" : "--timeout is reached");
	drive_stop(ui);
	b->reached = true;
	if (time && !b->final)
		b->seconds = 0;
	if (!ui->message[0])
		ui_say(ui, false, "%s%s", insns ? "--max-insns is reached" : "--timeout is reached",
		       b->final ? "" : "; F5 goes on");
}

/* ---- slices ---- */

static void feed(struct ui *ui)
{
	int byte;

	while ((byte = console_typed(ui->console)) >= 0 && hyp_console_in(ui->m, ui->session->typed_at, (u8)byte))
		console_taken(ui->console);
	session_net(ui->session);
}

/* Keep a slice at about `seconds`. */
static void adapt(struct run_state *r, double took, double seconds)
{
	if (took < seconds / 2 && r->slice < SLICE_MAX)
		r->slice *= 2;
	else if (took > seconds && r->slice > SLICE_MIN)
		r->slice /= 2;
}

static void run_free(struct ui *ui, double seconds)
{
	struct run_state *r = &ui->run;
	u64 before = hyp_insns(ui->m), bound = r->slice;
	double start = clock_now();
	struct hyp_status s;

	if (r->insns_left && r->insns_left < bound)
		bound = r->insns_left;
	if (before < ui->bound.insns && ui->bound.insns - before < bound)
		bound = ui->bound.insns - before;
	s = r->mode == RUN_DEBUGGER ? gdb_server_run(ui->debugger.server, bound) : hyp_run(ui->m, bound);
	if (s.end == HYP_LIMIT && bound == r->slice)
		adapt(r, clock_now() - start, seconds);
	r->idle = s.insns == before;
	if (r->insns_left) {
		u64 done = s.insns - before;

		r->insns_left -= done < r->insns_left ? done : r->insns_left;
		if (!r->insns_left && (s.end == HYP_LIMIT || s.end == HYP_STOPPED)) {
			drive_stop(ui);
			return;
		}
	}
	ended(ui, &s);
	if (r->mode == RUN_DEBUGGER && !gdb_server_runs(ui->debugger.server))
		drive_stop(ui);
}

static bool step_is_last(struct ui *ui)
{
	struct run_state *r = &ui->run;
	struct hyp_core core;
	u8 before = r->el;

	if (r->mode == RUN_STEPS)
		return !r->insns_left || !--r->insns_left;
	hyp_core_view(ui->m, r->core, &core);
	r->el = core.el;
	return r->mode == RUN_LEVEL ? core.el != before : before < 2 && core.el == 2;
}

static void run_steps(struct ui *ui, double seconds)
{
	bool bounded = ui->bound.insns && !is_beyond(ui);
	double start = clock_now();

	do {
		for (unsigned i = 0; i < STEPS_AT_ONCE && ui->run.mode != RUN_PAUSED; i++) {
			struct hyp_status s = hyp_step(ui->m, ui->run.core, false);

			ended(ui, &s);
			if (s.end == HYP_STOPPED || ui->run.mode == RUN_PAUSED || (bounded && is_beyond(ui)))
				return;
			if (step_is_last(ui))
				drive_stop(ui);
		}
	} while (ui->run.mode != RUN_PAUSED && clock_now() - start < seconds);
}

static void run_slice(struct ui *ui, double seconds)
{
	u64 before = hyp_insns(ui->m);

	feed(ui);
	if (ui->run.mode == RUN_FREE || ui->run.mode == RUN_OVER || ui->run.mode == RUN_DEBUGGER)
		run_free(ui, seconds);
	else
		run_steps(ui, seconds);
	check_bound(ui, before);
	ui->run.epoch++;
}

/* A debugger may make many small steps in that time. */
bool ui_run_slice(struct ui *ui, double seconds)
{
	double until = clock_now() + seconds, left = seconds;
	bool ran = false;

	do {
		debugger_hear(ui, ui->debugger.has || ui->bound.final ? left : 0);
		if (ui->run.mode == RUN_PAUSED || ui->quit)
			break;
		run_slice(ui, seconds);
		ran = true;
		left = until - clock_now();
	} while (ui->debugger.has && !ui->run.idle && left > 0);
	return ran;
}

/* ---- the past ---- */

static bool begin_travel(struct ui *ui)
{
	struct hyp_history h;

	if (debugger_refuses(ui))
		return false;
	if (!hyp_history(ui->m, &h)) {
		ui_say(ui, true, "no history is kept");
		return false;
	}
	if (ui->run.mode != RUN_PAUSED)
		drive_stop(ui);
	keep_values(ui);
	ui->disasm.pinned = false;
	ui_say(ui, false, "%s", "");
	return true;
}

static void end_travel(struct ui *ui, struct hyp_status s)
{
	ui->run.epoch++;
	ui->run.over = false;
	if (s.end == HYP_BEGINNING)
		ui_say(ui, true, "the history begins here");
	else if (s.end == HYP_POINT)
		say_point(ui);
}

void drive_back(struct ui *ui, u64 count)
{
	struct hyp_status s = { .end = HYP_LIMIT };

	if (!begin_travel(ui))
		return;
	while (count-- && s.end == HYP_LIMIT)
		s = hyp_reverse_step(ui->m, ui->core);
	end_travel(ui, s);
}

void drive_reverse(struct ui *ui)
{
	if (begin_travel(ui))
		end_travel(ui, hyp_reverse_run(ui->m));
}

void drive_cycle(struct ui *ui, unsigned core, u64 cycle)
{
	if (!begin_travel(ui))
		return;
	ui->core = core;
	end_travel(ui, hyp_goto_cycle(ui->m, core, cycle));
}

void drive_present(struct ui *ui)
{
	struct hyp_history h;

	if (begin_travel(ui) && hyp_history(ui->m, &h))
		end_travel(ui, hyp_goto(ui->m, h.newest.insns));
}

/* ---- --at ---- */

#define AT_SLICE 1.0

static void run_to_stop(struct ui *ui)
{
	while (ui_run_slice(ui, AT_SLICE))
		;
}

static u64 cycles(struct ui *ui)
{
	struct hyp_stall stall;

	hyp_core_stall(ui->m, 0, &stall);
	return stall.now;
}

/* The first instruction boundary at or after it. An instruction takes no more than a few hundred cycles; only an idle
 * machine's jump can lead beyond it at once. */
static void run_to_cycle(struct ui *ui, u64 cycle)
{
	while (!ui->run.over && !ui->bound.reached && cycles(ui) < cycle) {
		u64 left = (cycle - cycles(ui)) / 512;

		drive_run(ui, left ? left : 1);
		run_to_stop(ui);
	}
}

static bool number_after(const char *spec, const char *word, u64 *n)
{
	size_t length = strlen(word);

	return !strncmp(spec, word, length) && spec[length] && strchr(" :=", spec[length]) &&
	       parse_number(spec + length + 1, n);
}

bool drive_at(struct ui *ui, const char *spec, struct error *e)
{
	u64 n;

	if (number_after(spec, "insn", &n)) {
		if (n)
			drive_run(ui, n);
	} else if (number_after(spec, "cycle", &n)) {
		run_to_cycle(ui, n);
	} else if (!strcmp(spec, "end")) {
		drive_run(ui, 0);
	} else if (ui_value(ui, spec, &n)) {
		drive_to(ui, n, false);
	} else {
		return error_set(e, ERROR_USAGE,
				 "--at '%s' is no symbol of the image: give insn N, cycle N, a symbol, an address or "
				 "end",
				 spec);
	}
	run_to_stop(ui);
	return true;
}
