/* The last events, while a debugger is connected: those that are few and say much. */
#include <string.h>

#include "debug/event_words.h"
#include "debug/gdb_internal.h"

#define KEPT                                                                                                           \
	(1u << EV_EXC | 1u << EV_ERET | 1u << EV_HYP | 1u << EV_TLBI | 1u << EV_LR | 1u << EV_GIC | 1u << EV_SMMU |    \
	 1u << EV_GUEST_ERROR)

static void keep(void *ctx, const struct event *e)
{
	struct gdb *g = ctx;
	struct gdb_event *to = &g->event[g->events++ % GDB_EVENTS];

	to->e = *e;
	if (e->kind != EV_SMMU || !e->smmu.words)
		return;
	if (to->e.smmu.word_count > GDB_EVENT_WORDS)
		to->e.smmu.word_count = GDB_EVENT_WORDS;
	memcpy(to->words, e->smmu.words, to->e.smmu.word_count * sizeof(u64));
	to->e.smmu.words = to->words;
}

void gdb_events_begin(struct gdb *g)
{
	g->events = 0;
	g->observer = (struct observer){ .mask = KEPT, .event = keep, .ctx = g };
	trace_attach(hyp_tracer(g->m), &g->observer);
}

void gdb_events_end(struct gdb *g)
{
	trace_detach(hyp_tracer(g->m), &g->observer);
}

void gdb_events_words(FILE *out, struct gdb *g, u64 count)
{
	u64 there = g->events < GDB_EVENTS ? g->events : GDB_EVENTS;

	if (count > there)
		count = there;
	if (!count)
		fputs("no event since the debugger connected\n", out);
	for (u64 i = g->events - count; i < g->events; i++)
		event_words(out, &g->event[i % GDB_EVENTS].e, NULL);
}
