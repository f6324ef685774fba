/* The observer of a lab's run: it counts what the check asks for, and compares registers across VM exits. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "debug/event_words.h"
#include "debug/symbols.h"
#include "lab/run.h"

bool lab_symbol(const struct lab_watch *w, const char *name, u64 *value)
{
	return symbol_find(w->elf, w->elf_size, name, value);
}

/* The first line of what the trace would say. */
static void first_line(char to[LAB_WORDS_MAX], const struct event *e)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	event_body_words(out, e);
	fclose(out);
	snprintf(to, LAB_WORDS_MAX, "%.*s", (int)strcspn(text, "\n"), text);
	free(text);
}

/* ---- counting ---- */

static bool filter_passes(const struct lab_watch *w, const struct lab_filter *f, const struct lab_seen *seen)
{
	u64 wanted;

	if (f->word)
		return seen->text && !fnmatch(f->word, seen->text, 0);
	return !seen->text && lab_value(w, f->value, &wanted, NULL) && seen->number == wanted;
}

static bool passes(const struct lab_watch *w, const struct lab_counter *c, const struct event *e)
{
	const struct lab_event_type *t = lab_event_type(c->event);
	struct lab_seen seen[LAB_KEYS_MAX] = { 0 };

	if (t->kind != e->kind || !t->see(e, seen))
		return false;
	for (unsigned i = 0; i < c->filters; i++)
		if (!filter_passes(w, &c->filter[i], &seen[c->filter[i].key]))
			return false;
	return true;
}

static void count(struct lab_watch *w, const struct event *e)
{
	for (unsigned i = 0; i < w->c->counters; i++) {
		struct lab_count *n = &w->count[i];

		if (!passes(w, &w->c->counter[i], e))
			continue;
		if (n->total < LAB_SEEN_MAX)
			first_line(n->words[n->total], e);
		n->total++;
	}
}

/* ---- registers across exits ---- */

static struct lab_registers *guest_of(struct lab_watch *w, u16 vmid)
{
	for (unsigned i = 0; i < LAB_VMIDS; i++)
		if (w->guest[i].left && w->guest[i].vmid == vmid)
			return &w->guest[i];
	for (unsigned i = 0; i < LAB_VMIDS; i++)
		if (!w->guest[i].left)
			return &w->guest[i];
	return NULL;
}

static void guest_left(struct lab_watch *w, const struct event *e)
{
	struct lab_registers *g = guest_of(w, e->vmid);
	struct hyp_core core;

	w->in_exit = true;
	w->exit_at = hyp_core_work(w->m, 0).cycles16;
	if (w->in_guest && (!w->shortest16 || w->exit_at - w->entered_at < w->shortest16))
		w->shortest16 = w->exit_at - w->entered_at;
	w->in_guest = false;
	if (!g)
		return;
	hyp_core_view(w->m, 0, &core);
	g->left = true;
	g->vmid = e->vmid;
	memcpy(g->x, core.x, sizeof(g->x));
}

static void guest_entered(struct lab_watch *w, const struct event *e)
{
	struct lab_registers *g = guest_of(w, e->vmid);
	struct hyp_core core;

	if (w->in_exit) {
		w->exits++;
		w->exit_cycles16 += hyp_core_work(w->m, 0).cycles16 - w->exit_at;
		w->in_exit = false;
	}
	w->in_guest = true;
	w->entered_at = hyp_core_work(w->m, 0).cycles16;
	if (!g || !g->left)
		return;
	hyp_core_view(w->m, 0, &core);
	for (unsigned i = 0; i < 31; i++)
		if (core.x[i] != g->x[i] && !w->change[i].any)
			w->change[i] = (struct lab_change){ true, g->x[i], core.x[i], e->eret.new_pc };
	g->left = false;
}

static void on_event(void *ctx, const struct event *e)
{
	struct lab_watch *w = ctx;

	count(w, e);
	if (e->kind == EV_EXC)
		first_line(w->last_exception, e);
	if (e->kind == EV_EXC && e->exc.crossing == CROSS_VM)
		guest_left(w, e);
	else if (e->kind == EV_ERET && e->eret.crossing == CROSS_VM)
		guest_entered(w, e);
}

void lab_watch_start(struct lab_watch *w)
{
	u32 mask = 1u << EV_EXC | 1u << EV_ERET;

	for (unsigned i = 0; i < w->c->counters; i++)
		mask |= 1u << lab_event_type(w->c->counter[i].event)->kind;
	w->observer = (struct observer){ .mask = mask, .event = on_event, .ctx = w };
	trace_attach(hyp_tracer(w->m), &w->observer);
}

void lab_watch_stop(struct lab_watch *w)
{
	trace_detach(hyp_tracer(w->m), &w->observer);
}
