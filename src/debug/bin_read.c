/*
 * The reader of the binary trace: rebuilds every event as it was and hands it on. The file may be anything: whatever it
 * says is checked before it is used.
 */
#include <errno.h>
#include <stdlib.h>

#include "debug/bin_read.h"
#include "debug/trace_bin.h"
#include "debug/trace_text.h"

/* ---- names ---- */

static void new_name(struct bin_reader *r)
{
	u64 n = get(r);
	const u8 *p;

	if (n > BIN_NAME_MAX || r->names == BIN_NAMES_MAX) {
		r->bad = true;
		return;
	}
	p = take(r, n);
	if (r->bad)
		return;
	r->text[++r->names] = strndup((const char *)p, n);
	r->bad = !r->text[r->names];
}

static const char *get_name(struct bin_reader *r, bool optional)
{
	u64 id = get(r);

	if (id == r->names + 1ull)
		new_name(r);
	if (id > r->names || (!id && !optional))
		r->bad = true;
	return r->bad ? "" : r->text[id];
}

/* ---- events by table ---- */

static void get_field(struct bin_reader *r, const struct bin_field *f, void *at)
{
	const char *text;
	u64 v;

	if (f->coding == FIELD_NAME || f->coding == FIELD_OPTIONAL) {
		text = get_name(r, f->coding == FIELD_OPTIONAL);
		memcpy(at, &text, sizeof(text));
		return;
	}
	v = f->coding == FIELD_DELTA ? bin_field_get(at, f->size) + get_delta(r) : get(r);
	if (f->coding == FIELD_SMALL && v > f->max) {
		r->bad = true;
		v = 0;
	}
	bin_field_set(at, f->size, v);
}

static const char *text_at(const void *field)
{
	const char *text;

	memcpy(&text, field, sizeof(text));
	return text;
}

static void get_fields(struct bin_reader *r, const struct bin_fields *fields, void *last)
{
	u64 differ = get(r);

	if (differ >> fields->count) {
		r->bad = true;
		return;
	}
	for (; differ; differ &= differ - 1) {
		const struct bin_field *f = &fields->field[__builtin_ctzll(differ)];

		get_field(r, f, (u8 *)last + f->offset);
	}
	for (unsigned i = 0; i < fields->count; i++)
		if (fields->field[i].coding == FIELD_NAME && !text_at((const u8 *)last + fields->field[i].offset))
			r->bad = true; /* "as before", and there was none */
}

/* Step i of a walk: the one that came next the last time, or another. */
static void get_step(struct bin_reader *r, struct walk *w, unsigned i, bool is_new)
{
	struct bin_model *m = &r->m;
	u32 at = m->step[m->last_step].next;
	struct walk_step *s;

	if (is_new) {
		at = bin_new_step(m, at, m->step[at].s.at + get_delta(r));
		get_fields(r, &bin_step_fields, &m->step[at].s);
	} else {
		m->step[at].s.input = bin_guess_input(w, &m->step[at].s);
	}
	m->last_step = at;
	s = &m->step[at].s;
	if (s->index_hi < s->index_lo || s->level < -1 || s->level > 3 || s->stage < 1)
		r->bad = true;
	w->step[i] = *s;
}

static void get_walk(struct bin_reader *r, struct event *e)
{
	struct walk *w = &r->m.walk;
	u64 news;

	get_fields(r, &bin_event_fields[EV_WALK], w);
	news = bin_load(take(r, bin_news_bytes(w)), r->bad ? 0 : bin_news_bytes(w));
	for (unsigned i = 0; i < w->count && !r->bad; i++)
		get_step(r, w, i, news >> i & 1);
	if (w->fault.level < -1 || w->fault.level > 3)
		r->bad = true;
	e->walk = w;
}

static void get_other(struct bin_reader *r, struct event *e)
{
	struct event *last = &r->m.last[e->kind < EV_KINDS ? e->kind : 0];
	struct event place = *e;

	if (e->kind >= EV_KINDS) {
		r->bad = true;
		return;
	}
	place.cycle = r->m.cycle + get_delta(r);
	if (e->kind == EV_WALK) {
		*e = place;
		get_walk(r, e);
		return;
	}
	get_fields(r, &bin_event_fields[e->kind], last);
	*e = *last;
	e->kind = place.kind;
	e->cycle = place.cycle;
	e->place = place.place;
	if (e->kind == EV_SMMU && get_byte(r)) {
		memcpy(r->words, take(r, 8u * e->smmu.word_count), r->bad ? 0 : 8u * e->smmu.word_count);
		e->smmu.words = r->words;
	}
}

/* ---- chunks ---- */

static void get_place(struct bin_reader *r)
{
	struct event at = { .place = r->m.place };
	unsigned what = get_byte(r);

	at.el = what & 3;
	at.secure = what >> 2 & 1;
	if (what & PLACE_CORE)
		at.core = (s16)(get_byte(r) - 1);
	if (what & PLACE_VMID)
		at.vmid = (u16)get(r);
	if (what & PLACE_ASID)
		at.asid = (u16)get(r);
	if (at.core >= BIN_CORES)
		r->bad = true;
	else
		bin_set_place(&r->m, at.place);
}

static void get_state(struct bin_reader *r, unsigned tag, struct tracer *to)
{
	if (tag & RUN)
		bin_get_run(r, tag, to);
	else if ((tag & 0xf0) == STATE_PLACE)
		get_place(r);
	else
		bin_get_state(r, tag);
}

static void get_event(struct bin_reader *r, struct tracer *to)
{
	u8 tag = get_byte(r);
	struct event e = { .place = r->m.place };

	switch (tag & 15) {
	case TAG_INSN:
		e.kind = EV_INSN;
		bin_get_insn(r, &e, tag);
		break;
	case TAG_MEM:
		e.kind = EV_MEM;
		bin_get_mem(r, &e, tag);
		break;
	case TAG_EVENT:
	case TAG_MORE:
		e.kind = EV_EXC + (tag >> 4) + ((tag & 15) == TAG_MORE ? 16 : 0);
		get_other(r, &e);
		break;
	case TAG_STATE: get_state(r, tag, to); return;
	default: r->bad = true;
	}
	if (r->bad)
		return;
	bin_bank_sp(&r->m.core[e.core + 1], &e);
	bin_set_cycle(&r->m, e.cycle);
	r->events++;
	trace_emit(to, &e);
}

static bool damaged(const struct bin_reader *r, const char *why, struct error *e)
{
	return error_set(e, ERROR_FILE, "%s: %s after %llu events; record the trace again", r->name, why,
			 (unsigned long long)r->events);
}

static bool run_chunk(struct bin_reader *r, const struct bin_chunk *head, struct tracer *to, struct error *e)
{
	if (head->size > BIN_CHUNK_MAX)
		return damaged(r, "the trace is damaged", e);
	if (fread(r->chunk, 1, head->size, r->in) != head->size)
		return damaged(r, "the trace ends too early", e);
	if (bin_check(r->chunk, head->size) != head->check)
		return damaged(r, "the trace is damaged", e);
	memset(r->chunk + head->size, 0, SLACK);
	r->at = r->chunk;
	r->end = r->chunk + head->size;
	while (r->at < r->end && !r->bad)
		get_event(r, to);
	return !r->bad || damaged(r, "the trace is damaged", e);
}

bool bin_reader_run(struct bin_reader *r, struct tracer *to, struct error *e)
{
	struct bin_chunk head;

	for (;;) {
		if (fread(&head, 1, sizeof(head), r->in) != sizeof(head))
			return damaged(r, "the trace ends too early", e);
		if (!head.size)
			break;
		if (!run_chunk(r, &head, to, e))
			return false;
	}
	if (head.check != (u32)r->events || fgetc(r->in) != EOF)
		return damaged(r, "the trace is damaged", e);
	return true;
}

struct bin_reader *bin_reader_open(FILE *in, const char *name, struct error *e)
{
	struct bin_header head;
	struct bin_reader *r;

	if (fread(&head, 1, sizeof(head), in) != sizeof(head) || memcmp(head.magic, BIN_MAGIC, sizeof(head.magic))) {
		error_set(e, ERROR_FILE, "%s: not a binary trace; record one by --trace-format bin --trace-file FILE",
			  name);
		return NULL;
	}
	if (head.version != BIN_VERSION) {
		error_set(e, ERROR_FILE, "%s: a trace of version %u, and this build reads version %u; record it again",
			  name, head.version, BIN_VERSION);
		return NULL;
	}
	if (!head.cycles_per_tick || !head.v_words || head.v_words > EV_INSN_Z_WORDS ||
	    (head.mask & ~TRACE_EL0) >> EV_KINDS) {
		error_set(e, ERROR_FILE, "%s: the trace is damaged in its header; record it again", name);
		return NULL;
	}
	r = calloc(1, sizeof(*r));
	if (!r) {
		error_set(e, ERROR_FILE, "%s: %s", name, strerror(ENOMEM));
		return NULL;
	}
	r->in = in;
	r->name = name;
	r->mask = head.mask;
	r->v_words = head.v_words;
	r->cycles_per_tick = head.cycles_per_tick;
	return r;
}

u16 bin_reader_cycles_per_tick(const struct bin_reader *r)
{
	return r->cycles_per_tick;
}

u32 bin_reader_mask(const struct bin_reader *r)
{
	return r->mask;
}

void bin_reader_close(struct bin_reader *r)
{
	for (u32 i = 1; i <= r->names; i++)
		free(r->text[i]);
	replay_destroy(&r->replay);
	free(r);
}
