#include "machine/inputs.h"

#include <stdio.h>
#include <string.h>

#include "machine/history.h"
#include "machine/identity.h"
#include "machine/map.h"

#define NO_BOUND (~0ull)

/* ---- recording ---- */

static struct input here(struct machine *m, enum input_kind kind, unsigned detail, u32 size)
{
	return (struct input){ .kind = (u8)kind,
			       .detail = (u8)detail,
			       .waits = m->inputs.waits,
			       .size = size,
			       .insns = machine_insns(m),
			       .cycle = m->inputs.waits ? m->time : m->clock.now };
}

void inputs_took(struct machine *m, enum input_kind kind, unsigned detail, const void *bytes, u32 size)
{
	struct input i;

	if (m->inputs.mode != INPUTS_RECORD)
		return;
	i = here(m, kind, detail, size);
	i.check = machine_check(m);
	input_log_add(&m->inputs.log, &i, bytes);
}

bool inputs_refuse(const struct machine *m)
{
	switch (m->inputs.mode) {
	case INPUTS_REPLAY: return true;
	case INPUTS_RECORD: return m->end == HYP_POINT || m->alone_core >= 0; /* no place that can be found again */
	default: return false;
	}
}

void inputs_begin_run(struct machine *m)
{
	m->inputs.settle_at = 0;
	m->inputs.waits = false;
}

bool inputs_settle(struct machine *m)
{
	if (m->inputs.mode != INPUTS_RECORD)
		return false;
	if (!m->inputs.settle_at)
		m->inputs.settle_at = machine_insns(m) + 1;
	return true;
}

bool hyp_record(struct machine *m, struct error *e)
{
	struct input_log log = { .start_insns = machine_insns(m), .identity = identity_of(m, e) };

	if (!log.identity)
		return false;
	log.start_hash = hyp_state_hash(m);
	input_log_clear(&m->inputs.log);
	m->inputs = (struct inputs){ .mode = INPUTS_RECORD, .log = log };
	return true;
}

bool hyp_record_end(struct machine *m, const char *path, struct error *e)
{
	struct input i = here(m, INPUT_END, m->end, 0);
	bool ok;

	i.check = hyp_state_hash(m);
	input_log_add(&m->inputs.log, &i, NULL);
	ok = input_log_write(&m->inputs.log, path, e);
	input_log_clear(&m->inputs.log);
	m->inputs = (struct inputs){ 0 };
	return ok;
}

/* ---- replaying ---- */

bool hyp_replay(struct machine *m, const char *path, struct error *e)
{
	struct input_log log;

	if (!input_log_read(&log, path, e))
		return false;
	if (!identity_check(m, log.identity, path, e) ||
	    ((log.start_insns != machine_insns(m) || log.start_hash != hyp_state_hash(m)) &&
	     !error_set(
		     e, ERROR_FILE,
		     "%s: begins in another state of the machine than this one; give what the recorded run was given, "
		     "--load too",
		     path))) {
		input_log_clear(&log);
		return false;
	}
	input_log_clear(&m->inputs.log);
	m->inputs = (struct inputs){ .mode = INPUTS_REPLAY, .log = log, .agreed = log.start_insns };
	return true;
}

/* The next input; NULL: nothing is replayed, or not here. */
static const struct input *next_input(const struct machine *m)
{
	const struct inputs *in = &m->inputs;

	if (in->mode != INPUTS_REPLAY || in->next == in->log.count || history_repeats(m))
		return NULL;
	return &in->log.input[in->next];
}

static void diverged(struct machine *m, const char *how)
{
	const struct input *i = &m->inputs.log.input[m->inputs.next];

	snprintf(m->why, sizeof(m->why),
		 "The replay departs from the recording after instruction %llu (all was equal there), and before "
		 "instruction %llu, cycle %llu, input %zu of %zu: %s.",
		 (unsigned long long)m->inputs.agreed, (unsigned long long)i->insns, (unsigned long long)i->cycle,
		 m->inputs.next + 1, m->inputs.log.count - 1, how);
	m->inputs.next = m->inputs.log.count;
	m->end = HYP_DIVERGED;
}

static bool give(struct machine *m, const struct input *i)
{
	const u8 *bytes = m->inputs.log.bytes + i->at;

	switch (i->kind) {
	case INPUT_CONSOLE: return i->size == 1 && machine_console_in(m, i->detail, *bytes);
	case INPUT_NET: return machine_net_in(m, bytes, i->size);
	default: pl061_press(&m->gpio[0], MAP_POWER_KEY_PIN); return true;
	}
}

/* The recorded run was left here. */
static void end_here(struct machine *m, const struct input *i)
{
	if (i->check != hyp_state_hash(m)) {
		diverged(m, "the state at the end is another");
		return;
	}
	m->inputs.agreed = i->insns;
	m->inputs.next++;
	m->end = HYP_REPLAYED;
	snprintf(m->why, sizeof(m->why), "The recording ends here.");
}

static void take(struct machine *m, const struct input *i)
{
	if (i->kind == INPUT_END) {
		end_here(m, i);
		return;
	}
	history_change(m);
	if (!give(m, i))
		diverged(m, "the machine does not take the input");
	else if (i->check != machine_check(m))
		diverged(m, "the registers are others");
	else {
		m->inputs.agreed = i->insns;
		m->inputs.next++;
	}
}

/* An end that the machine comes to by itself. */
static bool is_final(unsigned end)
{
	return end != HYP_LIMIT && end != HYP_STOPPED && end != HYP_RUNNING;
}

static bool ends_by_itself(const struct input *i)
{
	return i->kind == INPUT_END && is_final(i->detail);
}

bool inputs_turn(struct machine *m)
{
	const struct input *i = next_input(m);
	u64 insns;

	if (!i)
		return false;
	insns = machine_insns(m);
	if (insns < i->insns || (insns == i->insns && (i->waits ? m->time <= i->cycle : ends_by_itself(i))))
		return false;
	if (insns > i->insns || i->waits)
		diverged(m, "the machine went past it");
	else if (m->clock.now != i->cycle)
		diverged(m, "it is another cycle");
	else
		take(m, i);
	return true;
}

static bool is_here(struct machine *m, const struct input *i)
{
	return i && i->waits && !ends_by_itself(i) && i->insns == machine_insns(m) && i->cycle == m->time;
}

bool inputs_wait(struct machine *m)
{
	const struct input *i = next_input(m);
	bool any = is_here(m, i);

	m->inputs.waits = true;
	if (m->inputs.settle_at) {
		m->end = HYP_STOPPED;
		return true;
	}
	for (; is_here(m, i); i = next_input(m))
		take(m, i);
	return any;
}

u64 inputs_room(const struct machine *m)
{
	const struct input *i = next_input(m);
	u64 insns;

	if (likely(!i && !m->inputs.settle_at))
		return NO_BOUND;
	insns = machine_insns(m);
	if (!i)
		return m->inputs.settle_at > insns ? m->inputs.settle_at - insns : 1;
	return i->insns > insns ? i->insns - insns : 1;
}

void inputs_ended(struct machine *m)
{
	const struct input *i = next_input(m);

	if (!i || !is_final(m->end) || m->end == HYP_POINT || m->end >= HYP_BEGINNING)
		return;
	if (i->kind == INPUT_END && i->detail == m->end && i->insns == machine_insns(m) &&
	    i->check == hyp_state_hash(m)) {
		m->inputs.next++;
		return;
	}
	diverged(m, i->kind == INPUT_END ? "it ends in another state" : "the machine ended before");
}
