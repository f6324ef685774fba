/*
 * The run loop: rounds (machine.h), waking, the end of runs. Nothing here depends on the host's time.
 */
#include <stdio.h>
#include <string.h>

#include "base/host_fp.h"
#include "cpu/exclusive.h"
#include "cpu/points.h"
#include "machine/history.h"
#include "machine/inputs.h"
#include "machine/map.h"

#define NO_BOUND (~0ull)
/* An instruction costs at least 1/16 cycle; a straight-line run has at most 1024 instructions. */
#define INSNS_PER_CYCLE_MAX 16
#define STRAIGHT_MAX 1024
/* Fewer instructions than this before the bound: one by one. */
#define NEAR_BOUND (2 * STRAIGHT_MAX)
/* Cycles after which a running core is left for a moment to see whether the host asked to stop: some milliseconds. */
#define STOP_POLL (1 << 22)
/* A straight-line run, and a walk, take fewer cycles than this. */
#define NEAR_CYCLE (1 << 16)

void machine_interrupt_slice(struct machine *m)
{
	if (!m->running)
		return;
	m->running->stop = true;
	cpu_kick(m->running);
}

void machine_end(struct machine *m, enum hyp_end end)
{
	m->end = end;
	machine_interrupt_slice(m);
}

/* A signal handler may call this, so it only sets flags; `where` (below) makes it quick for observers. */
void hyp_stop(struct machine *m)
{
	struct cpu *c = m->running;

	m->stop_asked = true;
	if (c)
		c->stop = true;
}

static u64 least(u64 a, u64 b)
{
	return a < b ? a : b;
}

u64 machine_insns(const struct machine *m)
{
	u64 n = 0;

	for (unsigned i = 0; i < m->smp; i++)
		n += m->core[i]->s.insns;
	return n;
}

u64 hyp_insns(struct machine *m)
{
	if (m->running)
		cpu_sync_time(m->running);
	return machine_insns(m);
}

/* ---- waiting and waking ---- */

static bool waits(const struct cpu *c)
{
	return c->s.halt == CORE_WFI || c->s.halt == CORE_WFE;
}

static void wake(struct machine *m, struct cpu *c)
{
	c->s.halt = CORE_RUNS;
	c->s.wake_at = CLOCK_NEVER;
	if (c->s.time >> 4 < m->time)
		c->s.time = m->time << 4;
}

/* Whether any core runs, after waking those that something woke. */
static bool wake_cores(struct machine *m)
{
	bool any = false;

	for (unsigned i = 0; i < m->smp; i++) {
		struct cpu *c = m->core[i];

		if (waits(c) && (cpu_can_wake(c) || c->s.wake_at <= m->time || (c->s.halt == CORE_WFE && c->s.event)))
			wake(m, c);
		any |= c->s.halt == CORE_RUNS;
	}
	return any;
}

/* The next cycle at which something happens by itself: a deadline, or the timeout of a WFIT or WFET. */
static u64 next_event(const struct machine *m)
{
	u64 at = m->clock.earliest;

	for (unsigned i = 0; i < m->smp; i++)
		if (waits(m->core[i]) && m->core[i]->s.wake_at < at)
			at = m->core[i]->s.wake_at;
	return at;
}

/* ---- why a machine is dead ---- */

static void say_core(char *why, size_t room, const struct cpu *c)
{
	static const char *const states[] = {
		[CORE_RUNS] = "runs", [CORE_WFI] = "waits (WFI)", [CORE_WFE] = "waits (WFE)", [CORE_OFF] = "is off"
	};
	size_t n = strlen(why);
	u8 daif = c->s.p.daif;

	if (c->s.halt == CORE_OFF)
		snprintf(why + n, room - n, " Core %u is off.", c->index);
	else
		snprintf(why + n, room - n, " Core %u %s at PC 0x%llx in EL%u; masked: %s%s%s%s%s.", c->index,
			 states[c->s.halt], (unsigned long long)c->s.pc, c->s.p.el, daif & 8 ? "D" : "",
			 daif & 4 ? "A" : "", daif & 2 ? "I" : "", daif & 1 ? "F" : "", daif ? "" : "nothing");
}

static void deadlock(struct machine *m)
{
	m->end = HYP_DEADLOCK;
	snprintf(m->why, sizeof(m->why), "Every core waits, no timer is set, and no interrupt is pending.");
	for (unsigned i = 0; i < m->smp; i++)
		say_core(m->why, sizeof(m->why), m->core[i]);
}

static void lockup(struct machine *m, struct cpu *c)
{
	static const enum sysreg esr[4] = { SR_ESR_EL1, SR_ESR_EL1, SR_ESR_EL2, SR_ESR_EL3 };
	static const enum sysreg elr[4] = { SR_ELR_EL1, SR_ELR_EL1, SR_ELR_EL2, SR_ELR_EL3 };
	static const enum sysreg vbar[4] = { SR_VBAR_EL1, SR_VBAR_EL1, SR_VBAR_EL2, SR_VBAR_EL3 };
	unsigned el = c->s.p.el;

	m->end = HYP_LOCKUP;
	snprintf(m->why, sizeof(m->why),
		 "Core %u takes synchronous exceptions to EL%u for ever: each one comes from EL%u's own vectors "
		 "(VBAR_EL%u "
		 "0x%llx). The last came from PC 0x%llx with ESR_EL%u 0x%llx.",
		 c->index, el, el, el, (unsigned long long)c->s.sr[vbar[el]], (unsigned long long)c->s.sr[elr[el]], el,
		 (unsigned long long)c->s.sr[esr[el]]);
}

/* ---- rounds ---- */

static u64 nanoseconds(const struct machine *m, u64 cycle)
{
	return (u64)((unsigned __int128)cycle * (1000000000 / CLOCK_CNTFRQ) / m->clock.per_tick);
}

/* Nothing runs: time moves on to the next event, at once unless the host wants it to pass. */
static void pass_idle_time(struct machine *m)
{
	u64 next = next_event(m);

	if (next > m->time && inputs_wait(m))
		return;
	if (next == CLOCK_NEVER)
		deadlock(m);
	else if (next <= m->time)
		return;
	else if (m->idle && !history_repeats(m) && m->inputs.mode != INPUTS_REPLAY &&
		 m->idle(m->host_ctx, nanoseconds(m, m->time), nanoseconds(m, next)))
		m->end = HYP_STOPPED;
	else {
		m->time = next;
		m->inputs.waits = false;
	}
}

/* What is due happens; then a round begins, or (nothing runs) time moves on to the next event. */
static void begin_round(struct machine *m)
{
	m->clock.now = m->time;
	clock_fire(&m->clock);
	if (!wake_cores(m)) {
		pass_idle_time(m);
		return;
	}
	m->round = (struct round){ .active = true,
				   .start = m->time,
				   .limit = m->smp > 1 ? m->time + MACHINE_QUANTUM : CLOCK_NEVER };
}

static u64 round_end(const struct machine *m)
{
	u64 next = next_event(m);

	return next < m->round.limit ? next : m->round.limit;
}

/* The machine has reached the round's end, or, when every core waits before it, the cycle at which the last one began
 * to. */
static void end_round(struct machine *m)
{
	u64 last = m->round.start;
	bool any = false;

	for (unsigned i = 0; i < m->smp; i++) {
		any |= m->core[i]->s.halt == CORE_RUNS;
		if (m->core[i]->s.time >> 4 > last)
			last = m->core[i]->s.time >> 4;
	}
	if (any || round_end(m) < last)
		last = round_end(m);
	if (last > m->time)
		m->time = last;
	m->clock.now = m->time;
	m->round.active = false;
}

/* Run one core until cycle `end`, and at most `bound` instructions (exactly, when so many come). */
static void run_core(struct machine *m, struct cpu *c, u64 end, u64 bound)
{
	bool traced = m->trace.mask & (1u << EV_INSN | 1u << EV_MEM);
	u64 safe;

	m->running = c;
	m->clock.now = c->s.time >> 4;
	if (m->stop_asked)
		c->stop = true;
	if (traced || bound <= NEAR_BOUND) {
		cpu_run_traced(c, end, bound);
	} else {
		safe = (c->s.time >> 4) + (bound - STRAIGHT_MAX) / INSNS_PER_CYCLE_MAX;
		cpu_run(c, bound != NO_BOUND && safe < end ? safe : end);
	}
	c->stop = false;
	m->running = NULL;
	if (unlikely(m->points.hit.any))
		m->end = HYP_POINT;
	if (c->s.halt == CORE_LOCKUP)
		lockup(m, c);
}

static void next_core(struct machine *m, struct cpu *c)
{
	if (m->smp > 1)
		exclusive_turn_ends(c);
	if (++m->round.core == m->smp)
		end_round(m);
}

/* When the core that a debugger steps, or waits for, is to stop: at once, or after how many instructions. */
static u64 bound_core(const struct machine *m, const struct cpu *c, u64 bound, u64 *end)
{
	const struct until *u = &m->until;

	if (m->step_core == (s32)c->index)
		return 1;
	if (u->core != (s32)c->index)
		return bound;
	if (u->insns - c->s.insns < bound)
		bound = u->insns - c->s.insns;
	if (u->cycle == CLOCK_NEVER)
		return bound;
	/* Near the cycle one by one, as a straight line is not left before its end. */
	if ((c->s.time >> 4) + NEAR_CYCLE >= u->cycle)
		return 1;
	*end = least(*end, u->cycle - NEAR_CYCLE);
	return bound;
}

/* Run the round's current core a piece further, or go on to the next core. */
static void continue_round(struct machine *m, u64 bound)
{
	struct cpu *c = m->core[m->round.core];
	u64 end;

	if (c->s.halt != CORE_RUNS) {
		next_core(m, c);
		return;
	}
	end = round_end(m);
	if (c->s.time >> 4 < m->round.start)
		c->s.time = m->round.start << 4; /* woken by another core's SEV */
	if (c->s.time >> 4 < end)
		bound = bound_core(m, c, bound, &end);
	if (c->s.time >> 4 < end)
		run_core(m, c, end - (c->s.time >> 4) > STOP_POLL ? (c->s.time >> 4) + STOP_POLL : end, bound);
	else
		next_core(m, c);
}

static bool take_stop(struct machine *m)
{
	bool asked = m->stop_asked;

	m->stop_asked = false;
	return asked;
}

/* What ended the last run, and is no obstacle to going on. */
static void begin_run(struct machine *m)
{
	if (m->end == HYP_DEADLOCK || m->end == HYP_LIMIT || m->end == HYP_STOPPED || m->end == HYP_POINT ||
	    m->end == HYP_BEGINNING || m->end == HYP_DIVERGED || m->end == HYP_REPLAYED) {
		m->end = HYP_RUNNING;
		m->why[0] = 0;
	}
	m->points.hit.any = false;
	inputs_begin_run(m);
}

struct hyp_status machine_status(const struct machine *m)
{
	struct hyp_status status = { 0 };

	status.end = m->end;
	status.exit_code = m->exit_code;
	memcpy(status.why, m->why, sizeof(status.why));
	status.insns = machine_insns(m);
	status.cycles = m->clock.now > m->time ? m->clock.now : m->time;
	return status;
}

/* A core that moved out of turn was not alone in between, after all. */
static void end_alone(struct machine *m)
{
	if (m->alone_core >= 0 && (unsigned)m->alone_core != m->round.core)
		exclusive_turn_ends(m->core[m->alone_core]);
	m->alone_core = -1;
}

static bool stepped(const struct machine *m, u64 insns)
{
	return m->step_core >= 0 && m->core[m->step_core]->s.insns != insns;
}

static bool is_until(const struct machine *m)
{
	const struct until *u = &m->until;
	const struct cpu *c;

	if (likely(u->core < 0))
		return false;
	c = m->core[u->core];
	return c->s.insns >= u->insns || m->time >= u->cycle || (c->s.halt == CORE_RUNS && c->s.time >> 4 >= u->cycle);
}

struct hyp_status hyp_run(struct machine *m, u64 max_insns)
{
	u64 begin = machine_insns(m), host_fp = host_fp_enter();
	u64 step_insns = m->step_core >= 0 ? m->core[m->step_core]->s.insns : 0;

	begin_run(m);
	end_alone(m);
	while (m->end == HYP_RUNNING || (m->end == HYP_RESET && machine_restart(m))) {
		u64 done = max_insns ? machine_insns(m) - begin : 0;

		if ((take_stop(m) && !inputs_settle(m)) ||
		    (unlikely(m->inputs.settle_at) && inputs_settled(m, machine_insns(m))))
			m->end = HYP_STOPPED;
		else if ((max_insns && done >= max_insns) || stepped(m, step_insns) || is_until(m))
			m->end = HYP_LIMIT;
		else if (unlikely(m->history) && history_turn(m))
			continue;
		else if (unlikely(m->inputs.mode) && inputs_turn(m))
			continue;
		else if (m->round.active)
			continue_round(m, least(max_insns ? max_insns - done : NO_BOUND,
						least(history_room(m), inputs_room(m))));
		else
			begin_round(m);
	}
	inputs_ended(m);
	host_fp_leave(host_fp);
	return machine_status(m);
}

/* The past is not changed by looking at what comes next in it; and one core has all turns. */
static bool may_take_turns(const struct machine *m, const struct cpu *c)
{
	return c->s.halt == CORE_RUNS && m->history && (history_repeats(m) || m->smp == 1);
}

static struct hyp_status step_alone(struct machine *m, struct cpu *c)
{
	u64 host_fp = host_fp_enter(), insns = c->s.insns;

	begin_run(m);
	if (c->s.halt == CORE_RUNS)
		history_step(m);
	if (m->alone_core != (s32)c->index)
		end_alone(m);
	m->alone_core = (s32)c->index;
	while (m->end == HYP_RUNNING && c->s.halt == CORE_RUNS && c->s.insns == insns && !take_stop(m))
		run_core(m, c, (c->s.time >> 4) + STOP_POLL, 1);
	if (m->end == HYP_RUNNING)
		m->end = c->s.insns != insns ? HYP_LIMIT : HYP_STOPPED;
	host_fp_leave(host_fp);
	return machine_status(m);
}

struct hyp_status hyp_step(struct machine *m, unsigned core, bool alone)
{
	struct hyp_status status;

	points_pass(m->core[core]);
	if (alone && !may_take_turns(m, m->core[core]))
		return step_alone(m, m->core[core]);
	m->step_core = (s32)core;
	status = hyp_run(m, 0);
	m->step_core = -1;
	return status;
}

void hyp_power_key(struct machine *m)
{
	if (m->inputs.mode == INPUTS_REPLAY)
		return;
	history_change(m);
	pl061_press(&m->gpio[0], MAP_POWER_KEY_PIN);
	inputs_took(m, INPUT_POWER_KEY, 0, NULL, 0);
}

bool machine_console_in(struct machine *m, unsigned uart, u8 byte)
{
	if (uart == HYP_VIRTIO_CONSOLE)
		return virtio_queue_runs(&m->console.device, 0) && virtio_console_receive(&m->console, byte);
	if (uart > 1 || (uart == 1 && !m->secure))
		return false;
	return pl011_receive(&m->uart[uart], byte);
}

bool hyp_console_in(struct machine *m, unsigned uart, u8 byte)
{
	if (history_repeats(m) || inputs_refuse(m) || !machine_console_in(m, uart, byte))
		return false;
	history_change(m);
	inputs_took(m, INPUT_CONSOLE, uart, &byte, 1);
	return true;
}
