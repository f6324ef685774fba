#include "trace/event.h"

#define STEP_KINDS (1u << EV_INSN | 1u << EV_MEM)

static void count_observers(struct tracer *t)
{
	t->mask = 0;
	t->stepper = NULL;
	t->stepper_alone = true;
	t->step.sync = SYNC_ALL;
	for (struct observer *o = t->quiet ? NULL : t->observers; o; o = o->next) {
		t->mask |= o->mask;
		if (!t->stepper && o->step && (o->mask & STEP_KINDS) == STEP_KINDS)
			t->stepper = o;
		else if (o->mask & STEP_KINDS)
			t->stepper_alone = false;
	}
}

void trace_attach(struct tracer *t, struct observer *o)
{
	o->next = t->observers;
	t->observers = o;
	count_observers(t);
}

void trace_detach(struct tracer *t, struct observer *o)
{
	for (struct observer **at = &t->observers; *at; at = &(*at)->next)
		if (*at == o) {
			*at = o->next;
			break;
		}
	count_observers(t);
}

void trace_quiet(struct tracer *t, bool quiet)
{
	if (t->quiet == quiet)
		return;
	t->quiet = quiet;
	count_observers(t);
}

static void hand_on(struct tracer *t, const struct event *e, const struct observer *but)
{
	for (struct observer *o = t->observers; o; o = o->next)
		if (o->mask >> e->kind & 1 && o != but)
			o->event(o->ctx, e);
}

void trace_emit(struct tracer *t, struct event *e)
{
	if (unlikely(t->step.count))
		trace_release(t, NULL);
	if (t->where)
		t->where(t->where_ctx, e);
	hand_on(t, e, NULL);
}

void trace_deliver(struct tracer *t, struct event *e, const struct observer *but)
{
	if (trace_needs_attention(t) && t->where)
		t->where(t->where_ctx, e);
	hand_on(t, e, but);
}

void trace_release(struct tracer *t, const struct observer *but)
{
	unsigned count = t->step.count;

	t->step.count = 0;
	t->step.released = true;
	for (unsigned i = 0; i < count; i++) {
		const struct trace_access *a = &t->step.access[i];
		struct event e = { .kind = EV_MEM, .cycle = a->time >> 4, .place = a->place, .mem = a->mem };

		trace_deliver(t, &e, but);
	}
}

void trace_pci(struct tracer *t, const struct ev_pci *what)
{
	struct event e = { .kind = EV_PCI };

	if (!t || !trace_wants(t, EV_PCI))
		return;
	e.pci = *what;
	trace_emit(t, &e);
}

void trace_its(struct tracer *t, const struct ev_its *what)
{
	struct event e = { .kind = EV_ITS };

	if (!t || !trace_wants(t, EV_ITS))
		return;
	e.its = *what;
	trace_emit(t, &e);
}
