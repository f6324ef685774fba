#include "trace/event.h"

static void remask(struct tracer *t)
{
	t->mask = 0;
	for (struct observer *o = t->observers; o; o = o->next)
		t->mask |= o->mask;
}

void trace_attach(struct tracer *t, struct observer *o)
{
	o->next = t->observers;
	t->observers = o;
	remask(t);
}

void trace_detach(struct tracer *t, struct observer *o)
{
	for (struct observer **at = &t->observers; *at; at = &(*at)->next)
		if (*at == o) {
			*at = o->next;
			break;
		}
	remask(t);
}

void trace_emit(struct tracer *t, struct event *e)
{
	if (t->where)
		t->where(t->where_ctx, e);
	for (struct observer *o = t->observers; o; o = o->next)
		if (o->mask >> e->kind & 1)
			o->event(o->ctx, e);
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
