#include "ui/record.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"
#include "debug/exit_reason.h"
#include "ui/model.h"

#define NO_REASON ~0ull

static void add_span(struct record *r, struct world_span s)
{
	/* Only a change begins a new one. */
	for (u64 i = 0; i < r->spans && i < RECORD_SPANS; i++) {
		const struct world_span *last = record_span(r, i);

		if (last->core != s.core)
			continue;
		if (last->kind == s.kind && last->vmid == s.vmid && last->secure == s.secure)
			return;
		break;
	}
	r->span[r->spans++ % RECORD_SPANS] = s;
}

static enum exc_kind kind_of(const char *vector)
{
	static const char *const words[] = { [EXC_SYNC] = "sync", [EXC_IRQ] = "irq", [EXC_FIQ] = "fiq" };

	for (unsigned i = EXC_SYNC; i <= EXC_FIQ; i++)
		if (!strcmp(vector, words[i]))
			return (enum exc_kind)i;
	return EXC_SERROR;
}

static void note_exc(struct record *r, const struct event *e)
{
	struct world_span s = { .cycle = e->cycle, .core = e->core, .secure = e->secure, .reason = NO_REASON };

	if (e->exc.crossing == CROSS_VM)
		s.reason = exit_reason(kind_of(e->exc.vector), e->exc.has_esr ? e->exc.esr : 0);
	if (e->exc.to_el < 2)
		return;
	s.kind = e->exc.to_el == 3 ? WORLD_FIRMWARE : WORLD_HYP;
	add_span(r, s);
}

static void note_eret(struct record *r, const struct event *e)
{
	struct world_span s = { .cycle = e->cycle, .core = e->core, .secure = e->secure, .reason = NO_REASON };

	if (e->eret.crossing == CROSS_KERNEL || (e->eret.from_el < 2 && e->eret.to_el < 2))
		return;
	if (e->eret.to_el >= 2)
		s.kind = e->eret.to_el == 3 ? WORLD_FIRMWARE : WORLD_HYP;
	else if (e->eret.crossing == CROSS_VM) {
		s.kind = WORLD_VM;
		s.vmid = e->vmid;
	} else
		s.kind = WORLD_HOST;
	add_span(r, s);
}

static void on_event(void *ctx, const struct event *e)
{
	struct record *r = ctx;
	bool is_exc = e->kind == EV_EXC;

	if (e->core < 0)
		return;
	r->event[r->events++ % RECORD_EVENTS] = *e;
	if (is_exc)
		note_exc(r, e);
	else
		note_eret(r, e);
}

struct record *record_start(struct machine *m)
{
	struct record *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->m = m;
	r->observer = (struct observer){ .mask = 1u << EV_EXC | 1u << EV_ERET, .event = on_event, .ctx = r };
	trace_attach(hyp_tracer(m), &r->observer);
	return r;
}

void record_stop(struct record *r)
{
	if (!r)
		return;
	trace_detach(hyp_tracer(r->m), &r->observer);
	free(r);
}

void record_back_to(struct record *r, u64 cycle)
{
	while (r->events && r->event[(r->events - 1) % RECORD_EVENTS].cycle > cycle)
		r->events--;
	while (r->spans && r->span[(r->spans - 1) % RECORD_SPANS].cycle > cycle)
		r->spans--;
}

const struct world_span *record_span(const struct record *r, u64 back)
{
	return back < r->spans && back < RECORD_SPANS ? &r->span[(r->spans - 1 - back) % RECORD_SPANS] : NULL;
}

u64 record_end(const struct record *r)
{
	return r->spans ? record_span(r, 0)->cycle : 0;
}

const struct event *record_event(const struct record *r, u64 back)
{
	return back < r->events && back < RECORD_EVENTS ? &r->event[(r->events - 1 - back) % RECORD_EVENTS] : NULL;
}

void world_words(FILE *out, const struct world_span *s)
{
	static const char *const words[] = { "EL3", "EL2", "VM", "host" };

	fprintf(out, "%s%s", s->secure && s->kind != WORLD_FIRMWARE ? "Secure " : "", words[s->kind]);
	if (s->kind == WORLD_VM)
		fprintf(out, " %u", s->vmid);
}

unsigned world_tone(const struct world_span *s)
{
	switch (s->kind) {
	case WORLD_FIRMWARE: return TONE_EL3;
	case WORLD_HYP: return TONE_EL2;
	case WORLD_HOST: return TONE_EL1;
	default: return TONE_WORLD + s->vmid % WORLD_TONES;
	}
}
