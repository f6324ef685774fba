#include "machine/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

/* Instructions between two snapshots: with many cores a snapshot costs more, and so do steps back. How far apart they
 * may come to be when there is no room for more. */
#define INTERVAL 6000000ull
#define INTERVAL_CORE 2000000ull
#define INTERVAL_MAX 80000000ull
/* After so many changed pages the next interval is twice as long, and so on, up to 1 + LONGER_MAX times. */
#define PAGES_MANY 4096
#define LONGER_MAX 3
/* Of the limit, this part is for pages that are overwritten before the next snapshot. */
#define LIVE_PART 8

/* ---- sizes ---- */

/* What a snapshot takes beside its delta's bytes. */
static u64 overhead(const struct history *h)
{
	return sizeof(struct snapshot) + h->m->smp * sizeof(u64) + 64; /* the allocator's */
}

static u64 fixed(const struct history *h)
{
	return sizeof(*h) + delta_tools_size(h->tools) + live_pages_fixed(&h->live) + image_size(&h->image);
}

static u64 size_now(const struct history *h)
{
	return fixed(h) + h->live.bytes + h->deltas;
}

/* What deltas may take: an image may have to be there twice, for a moment. */
static u64 room_for_deltas(const struct history *h)
{
	u64 reserved = fixed(h) + image_size(&h->image) + h->limit / LIVE_PART;

	return reserved < h->limit ? h->limit - reserved : 0;
}

/* ---- the list ---- */

static struct hyp_position position(const struct machine *m)
{
	u64 cycles = m->clock.now > m->time ? m->clock.now : m->time;

	for (unsigned i = 0; i < m->smp; i++)
		if (m->core[i]->s.time >> 4 > cycles)
			cycles = m->core[i]->s.time >> 4;
	return (struct hyp_position){ machine_insns(m), cycles };
}

static void drop(struct history *h, struct snapshot *s)
{
	h->deltas -= s->delta.size + overhead(h);
	delta_free(&s->delta);
	free(s->core_insns);
}

/* Where the machine is, as number n; the others from there on move up. */
static bool put(struct history *h, unsigned n, bool is_joint)
{
	struct snapshot s = { .at = position(h->m), .is_joint = is_joint };

	if (h->count == h->room) {
		unsigned room = h->room ? 2 * h->room : 64;
		struct snapshot *more = realloc(h->snap, room * sizeof(*more));

		if (!more)
			return false;
		h->snap = more;
		h->room = room;
	}
	s.core_insns = calloc(h->m->smp, sizeof(u64));
	if (!s.core_insns)
		return false;
	for (unsigned i = 0; i < h->m->smp; i++)
		s.core_insns[i] = h->m->core[i]->s.insns;
	memmove(&h->snap[n + 1], &h->snap[n], (h->count - n) * sizeof(s));
	h->snap[n] = s;
	h->count++;
	h->deltas += overhead(h);
	return true;
}

/* From number n on. */
static void drop_from(struct history *h, unsigned n)
{
	while (h->count > n)
		drop(h, &h->snap[--h->count]);
	if (n) {
		h->deltas -= h->snap[n - 1].delta.size;
		delta_free(&h->snap[n - 1].delta);
	}
}

static void set_delta(struct history *h, unsigned n, const struct delta *d)
{
	h->deltas -= h->snap[n].delta.size;
	delta_free(&h->snap[n].delta);
	h->snap[n].delta = *d;
	h->deltas += d->size;
}

/* Output and events are for what is new. */
static void set_quiet(struct history *h)
{
	trace_quiet(&h->m->trace, history_in_past(h));
}

/* ---- beginning ---- */

static bool begin(struct history *h)
{
	drop_from(h, 0);
	h->current = 0;
	h->changed = h->forgotten = false;
	live_pages_clear(&h->live);
	h->next_at = machine_insns(h->m) + h->interval;
	set_quiet(h);
	return image_update(&h->image, h->m, NULL, NULL) && put(h, 0, false);
}

static void destroy(struct history *h)
{
	drop_from(h, 0);
	live_pages_stop(&h->live);
	image_free(&h->image);
	delta_tools_free(h->tools);
	free(h->snap);
	free(h);
}

/* How large the image may become: as yet the TLBs are empty. */
static u64 image_most(const struct history *h)
{
	u64 size = image_size(&h->image);

	for (unsigned i = 0; i < h->m->smp; i++) {
		const struct tlb *t = h->m->core[i]->tlb;

		size += ((u64)t->sets * t->ways + TLB_IPAS) * (sizeof(struct tlb_entry) + sizeof(struct tlb_tag));
	}
	return size;
}

/* What history needs at the least: room for the image twice, for some pages, and for something to remember. */
static bool fits(const struct history *h, struct error *e)
{
	u64 least = (fixed(h) + 2 * image_most(h)) * LIVE_PART / (LIVE_PART - 1) + (8ull << 20);

	return h->limit >= least ||
	       error_set(e, ERROR_USAGE, "history of this machine needs at least %llu MiB; give more, or 0 for none",
			 (unsigned long long)((least >> 20) + 1));
}

static bool no_memory(struct error *e)
{
	return error_set(e, ERROR_USAGE, "the host has not enough memory for a history");
}

bool hyp_history_start(struct machine *m, u64 bytes, struct error *e)
{
	struct history *h = calloc(1, sizeof(*h));

	hyp_history_stop(m);
	if (h)
		h->tools = delta_tools_new();
	if (!h || !h->tools ||
	    !live_pages_start(&h->live, m, bytes / LIVE_PART / (DELTA_PAGE + sizeof(struct live_page)))) {
		if (h)
			destroy(h);
		return no_memory(e);
	}
	h->m = m;
	h->limit = bytes;
	h->interval = INTERVAL + INTERVAL_CORE * (m->smp < 8 ? m->smp : 8);
	h->interval_max = INTERVAL_MAX;
	if (!begin(h) || !fits(h, e)) {
		destroy(h);
		return e->kind != ERROR_NONE ? false : no_memory(e);
	}
	m->history = h;
	return true;
}

void hyp_history_stop(struct machine *m)
{
	if (!m->history)
		return;
	destroy(m->history);
	m->history = NULL;
	trace_quiet(&m->trace, false);
}

/* ---- taking snapshots ---- */

static bool is_at_snapshot(const struct history *h)
{
	const struct hyp_position at = h->snap[h->current].at, now = position(h->m);

	return !h->changed && !h->live.count && now.insns == at.insns && now.cycles == at.cycles;
}

static void put_changed(void *ctx, u64 page, const u8 * xor)
{
	struct history *h = ctx;

	delta_put(h->tools, page_key(SPACE_IMAGE, page), xor);
}

/* What changed since the last snapshot: *out; and the image is of now. */
static bool close_interval(struct history *h, struct delta *out)
{
	u8 xor [DELTA_PAGE] __attribute__((aligned(8)));
	u64 i = 0;
	bool ok;

	delta_begin(h->tools);
	live_pages_sort(&h->live);
	for (; i < h->live.count && h->live.page[i].key < page_key(SPACE_IMAGE, 0); i++)
		if (live_page_changed(&h->live, &h->live.page[i], xor))
			delta_put(h->tools, h->live.page[i].key, xor);
	ok = image_update(&h->image, h->m, put_changed, h);
	for (; i < h->live.count; i++)
		if (live_page_changed(&h->live, &h->live.page[i], xor))
			delta_put(h->tools, h->live.page[i].key, xor);
	return delta_end(h->tools, out) && ok;
}

static void thin(struct history *h);

/* How long until the next snapshot: it costs what the pages cost that change meanwhile, which often are the same ones.
 */
static u64 interval_after(const struct history *h)
{
	u64 much = h->live.count / PAGES_MANY;

	return h->interval * (1 + (much < LONGER_MAX ? much : LONGER_MAX));
}

/* A snapshot of the present. */
static void append(struct history *h, bool is_joint)
{
	struct delta d;

	if (!close_interval(h, &d) || !put(h, h->count, is_joint)) {
		h->forgotten = true;
		return;
	}
	set_delta(h, h->current, &d);
	h->current++;
	h->changed = false;
	h->next_at = machine_insns(h->m) + interval_after(h);
	live_pages_clear(&h->live);
	thin(h);
}

void history_insert(struct history *h)
{
	unsigned n = h->current;
	struct delta first, rest;

	if (is_at_snapshot(h))
		return;
	if (!close_interval(h, &first) || !delta_join(h->tools, &first, &h->snap[n].delta, &rest) ||
	    !put(h, n + 1, false)) {
		h->forgotten = true;
		return;
	}
	set_delta(h, n, &first);
	set_delta(h, n + 1, &rest);
	h->current++;
	live_pages_clear(&h->live);
	thin(h);
}

/* ---- keeping to the limit ---- */

/* Snapshot n would not be missed: how little; or infinite. */
static double value_of(const struct history *h, unsigned n)
{
	const struct snapshot *s = &h->snap[n];
	u64 gap = s[1].at.insns - s[-1].at.insns, newest = h->snap[h->count - 1].at.insns;

	if (n == h->current || s->is_joint || gap > h->interval_max ||
	    s[-1].delta.pages + s->delta.pages > h->live.most)
		return __builtin_inf();
	return (double)gap / (double)(newest - s->at.insns + h->interval);
}

/* Make one of two intervals. */
static bool join_somewhere(struct history *h)
{
	double least = __builtin_inf();
	unsigned best = 0;
	struct delta d;

	for (unsigned n = 1; n + 1 < h->count; n++)
		if (value_of(h, n) < least) {
			least = value_of(h, n);
			best = n;
		}
	if (!best || !delta_join(h->tools, &h->snap[best - 1].delta, &h->snap[best].delta, &d))
		return false;
	set_delta(h, best - 1, &d);
	drop(h, &h->snap[best]);
	memmove(&h->snap[best], &h->snap[best + 1], (h->count - best - 1) * sizeof(*h->snap));
	h->count--;
	h->current -= h->current > best;
	return true;
}

static void drop_oldest(struct history *h)
{
	drop(h, &h->snap[0]);
	memmove(&h->snap[0], &h->snap[1], (h->count - 1) * sizeof(*h->snap));
	h->count--;
	h->current--;
}

/* Older snapshots come to lie farther apart, as long as a step back still is quick; then the oldest ones go. */
static void thin(struct history *h)
{
	while (h->deltas > room_for_deltas(h) && h->count > 1)
		if (join_somewhere(h))
			continue;
		else if (h->current)
			drop_oldest(h);
		else
			drop_from(h, h->count - 1);
	set_quiet(h);
}

/* ---- going to a snapshot ---- */

static void apply_page(void *ctx, u64 key, const u8 * xor)
{
	struct history *h = ctx;

	if (key >> KEY_SPACE == SPACE_IMAGE)
		image_apply(&h->image, key & ones(KEY_SPACE), xor);
	else
		live_pages_apply(&h->live, key, xor);
}

/* What ended a run then does not end one now, unless the machine itself ended. */
static void go_on(struct machine *m)
{
	if (m->end == HYP_POWER_OFF || m->end == HYP_EXIT || m->end == HYP_LOCKUP || m->end == HYP_RESET)
		return;
	m->end = HYP_RUNNING;
	m->why[0] = 0;
}

void history_go(struct history *h, unsigned n)
{
	live_pages_undo(&h->live);
	while (h->current > n)
		delta_each(h->tools, &h->snap[--h->current].delta, apply_page, h);
	while (h->current < n)
		delta_each(h->tools, &h->snap[h->current++].delta, apply_page, h);
	image_restore(&h->image, h->m);
	h->changed = false;
	go_on(h->m);
	set_quiet(h);
}

/* On to the next snapshot, within a run: what a debugger passed, and steps, stays so. */
static void arrive(struct history *h)
{
	struct {
		u64 insns, pc;
		bool watch;
	} passed[MACHINE_CORES];
	s32 step_core = h->m->step_core;

	for (unsigned i = 0; i < h->m->smp; i++) {
		const struct cpu *c = h->m->core[i];

		passed[i].insns = c->passed_insns;
		passed[i].pc = c->passed_pc;
		passed[i].watch = c->passed_watch;
	}
	history_go(h, h->current + 1);
	for (unsigned i = 0; i < h->m->smp; i++) {
		struct cpu *c = h->m->core[i];

		c->passed_insns = passed[i].insns;
		c->passed_pc = passed[i].pc;
		c->passed_watch = passed[i].watch;
	}
	h->m->step_core = step_core;
}

int history_find(const struct history *h, u64 insns)
{
	int n = (int)h->count - 1;

	while (n >= 0 && h->snap[n].at.insns > insns)
		n--;
	return n;
}

/* What was done cannot be undone: here history begins, if there is to be one. */
static void begin_anew(struct machine *m)
{
	if (!begin(m->history))
		hyp_history_stop(m);
}

bool history_settle(struct machine *m)
{
	struct history *h = m->history;

	if (!h->forgotten && !h->live.lost && !history_in_past(h) && !is_at_snapshot(h))
		append(h, h->changed);
	if (h->forgotten || h->live.lost)
		begin_anew(m);
	return m->history;
}

/* ---- the run loop ---- */

u64 history_room(const struct machine *m)
{
	const struct history *h = m->history;

	if (!h || !history_in_past(h))
		return ~0ull;
	return h->snap[h->current + 1].at.insns - machine_insns(m);
}

bool history_turn(struct machine *m)
{
	struct history *h = m->history;

	if (unlikely(h->forgotten || h->live.lost)) {
		begin_anew(m);
	} else if (history_in_past(h) && h->live.full) {
		history_insert(h);
	} else if (history_in_past(h)) {
		if (machine_insns(m) < h->snap[h->current + 1].at.insns)
			return false;
		arrive(h);
	} else if (h->changed) {
		append(h, true);
	} else if (machine_insns(m) >= h->next_at || h->live.full) {
		append(h, false);
	} else {
		return false;
	}
	return true;
}

bool history_repeats(const struct machine *m)
{
	return m->history && history_in_past(m->history);
}

void history_change(struct machine *m)
{
	struct history *h = m->history;

	if (!h)
		return;
	drop_from(h, h->current + 1);
	set_quiet(h);
	h->changed = true;
}

void history_step(struct machine *m)
{
	struct history *h = m->history;

	if (!h)
		return;
	if (h->changed)
		append(h, true);
	history_change(m);
}

void history_forget(struct machine *m)
{
	if (m->history)
		m->history->forgotten = true;
}

/* ---- looking ---- */

bool hyp_history(const struct machine *m, struct hyp_history *out)
{
	const struct history *h = m->history;

	if (!h)
		return false;
	*out = (struct hyp_history){ .bytes = size_now(h),
				     .limit = h->limit,
				     .oldest = h->snap[0].at,
				     .newest = history_in_past(h) ? h->snap[h->count - 1].at : position(m),
				     .snapshots = h->count,
				     .in_past = history_in_past(h) };
	return true;
}

struct hyp_position hyp_history_snapshot(const struct machine *m, unsigned n)
{
	const struct history *h = m->history;

	return h && n < h->count ? h->snap[n].at : (struct hyp_position){ 0 };
}

struct hyp_position hyp_position(const struct machine *m)
{
	return position(m);
}
