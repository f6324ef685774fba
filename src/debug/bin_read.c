/*
 * The reader of the binary trace: rebuilds every event as it was and hands it on. The file may be anything: whatever it
 * says is checked before it is used.
 */
#include <errno.h>
#include <stdlib.h>

#include "debug/bin_format.h"
#include "debug/trace_bin.h"
#include "debug/trace_text.h"

#define SLACK 16 /* readable bytes after a chunk, so that a number is one load */

struct bin_reader {
	FILE *in;
	const char *name;
	u32 mask, v_words;
	u64 events;
	const u8 *at, *end;
	bool bad; /* the chunk says what no writer says */
	u32 names;
	char *text[BIN_NAMES_MAX + 1]; /* by number, from 1 */
	u64 words[255];
	struct bin_model m;
	u8 chunk[BIN_CHUNK_MAX + SLACK];
};

/* ---- bytes ---- */

static const u8 *take(struct bin_reader *r, size_t n)
{
	const u8 *p = r->at;

	if ((size_t)(r->end - p) < n) {
		r->bad = true;
		r->at = r->end;
		return r->end; /* and the slack behind it */
	}
	r->at += n;
	return p;
}

static u8 get_byte(struct bin_reader *r)
{
	return *take(r, 1);
}

static u64 get(struct bin_reader *r)
{
	unsigned first = r->at < r->end ? *r->at : 1;
	unsigned n = first ? (unsigned)__builtin_ctz(first) + 1 : 9;
	const u8 *p = take(r, n);

	if (r->bad)
		return 0;
	if (n == 9)
		return bin_load(p + 1, 8);
	return bin_load(p, 8) >> n & (~0ull >> (64 - 7 * n));
}

static u64 get_delta(struct bin_reader *r)
{
	return bin_unzigzag(get(r));
}

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
	struct event *last = &r->m.last[e->kind];
	struct event place = *e;

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

/* ---- instructions and memory ---- */

static void get_vectors(struct bin_reader *r, struct bin_core *c, u32 word, u32 changed)
{
	for (u32 set = changed; set; set &= set - 1) {
		unsigned n = (unsigned)__builtin_ctz(set);
		u64 d = 0;

		for (unsigned w = 0; w < r->v_words; w++) {
			u64 guess = w < ARRAY_SIZE(c->load) ? bin_guess_v(c, word, n, w) : c->z[n][w];

			d += get_delta(r);
			c->z[n][w] = guess + d;
		}
	}
}

static void get_changed(struct bin_reader *r, struct ev_insn *i, struct bin_core *c, const struct bin_insn *known)
{
	i->changed = known->changed & ~(1ull << BIN_HAS_V);
	i->changed_v = known->changed_v;
	for (u32 set = (u32)i->changed; set; set &= set - 1) {
		unsigned n = (unsigned)__builtin_ctz(set);

		c->x[n] = bin_guess_x(c, i->word, n) + get_delta(r);
	}
	if (i->changed >> EV_INSN_NZCV & 1)
		i->nzcv = get_byte(r) & 15;
	if (i->changed_v)
		get_vectors(r, c, i->word, i->changed_v);
	if (i->changed >> EV_INSN_FPSR & 1)
		c->fpsr = get(r);
	if (i->changed >> EV_INSN_FPCR & 1)
		c->fpcr = get(r);
	i->x = c->x;
	i->z = (const u64(*)[EV_INSN_Z_WORDS])c->z;
	i->sp = c->x[EV_INSN_SP];
	i->fpsr = c->fpsr;
	i->fpcr = c->fpcr;
}

/* Which registers it changes; cycles since the last event. */
static u64 get_news(struct bin_reader *r, struct bin_insn *known, unsigned flags, u64 pc)
{
	u64 cycles = known->cycles;

	if (flags & INSN_NEW) {
		known->pc = pc;
		known->word = (u32)bin_load(take(r, 4), 4);
	}
	if (known->pc != pc)
		r->bad = true;
	if (flags & INSN_CHANGED) {
		known->changed = get(r);
		known->changed_v = known->changed >> BIN_HAS_V ? (u32)get(r) : 0;
		if (known->changed & ~BIN_CHANGED)
			r->bad = true;
	}
	if (flags & INSN_CYCLES) {
		cycles = get_delta(r);
		known->cycles = (u32)cycles;
	}
	return cycles;
}

static void get_insn(struct bin_reader *r, struct event *e, unsigned flags)
{
	struct bin_core *c = &r->m.core[e->core + 1];
	u64 pc = c->next_pc + (flags & INSN_JUMP ? get_delta(r) : 0);
	struct bin_insn *known = bin_insn_at(&r->m, pc);

	e->cycle = r->m.cycle + get_news(r, known, flags, pc);
	e->insn = (struct ev_insn){
		.pc = pc, .word = known->word, .el = c->el, .secure = c->secure, .pa = pc + c->pa_offset
	};
	c->next_pc = pc + 4;
	get_changed(r, &e->insn, c, known);
	c->loaded = 0;
}

static void get_value(struct bin_reader *r, struct ev_mem *i, struct bin_core *c, unsigned at)
{
	u64 guess[2];

	if (i->is_write)
		bin_guess_store(&r->m, c, at, i->size, guess);
	else
		memcpy(guess, r->m.mem[at].value, sizeof(guess));
	i->value[0] = r->m.mem[at].value[0] = guess[0] + get_delta(r);
	if (i->size > 8)
		i->value[1] = r->m.mem[at].value[1] = guess[1] + get_delta(r);
	if (i->is_write)
		return;
	c->loaded = i->size > 8 ? 2 : 1;
	memcpy(c->load, i->value, sizeof(c->load));
}

static void get_mem(struct bin_reader *r, struct event *e, unsigned flags)
{
	unsigned more = get_byte(r), at = bin_mem_index(&r->m.core[e->core + 1]), page;
	u64 va = r->m.mem[at].va += get_delta(r);

	e->mem = (struct ev_mem){ .va = va,
				  .has_ipa = flags & MEM_IPA,
				  .is_write = flags & MEM_WRITE,
				  .is_device = flags & MEM_DEVICE,
				  .size = more & MEM_SIZE };
	get_value(r, &e->mem, &r->m.core[e->core + 1], at);
	page = bin_page_index(va);
	if (flags & MEM_PAGE) {
		r->m.page[page].page = va >> 12;
		r->m.page[page].pa = get_delta(r);
		r->m.page[page].ipa = get_delta(r);
	}
	e->mem.pa = va + r->m.page[page].pa;
	e->mem.ipa = va + r->m.page[page].ipa;
	e->cycle = r->m.cycle + (more & MEM_CYCLES ? get_delta(r) : 0);
}

/* ---- chunks ---- */

static void get_place(struct bin_reader *r)
{
	unsigned core = get_byte(r), el = get_byte(r);
	struct event at = { .core = (s16)(core - 1), .el = el & 3, .secure = el >> 2 & 1 };

	at.vmid = (u16)get(r);
	at.asid = (u16)get(r);
	if (core > BIN_CORES)
		r->bad = true;
	else
		r->m.place = at.place;
}

static void get_insn_place(struct bin_reader *r, s16 core)
{
	struct bin_core *c = &r->m.core[core + 1];
	unsigned el = get_byte(r);

	c->el = el & 3;
	c->secure = el >> 2 & 1;
	c->pa_offset += get_delta(r);
}

/* Of an event whose kind has no room in the first byte. */
static enum event_kind get_late_kind(struct bin_reader *r)
{
	u8 kind = get_byte(r);

	if (kind >= TAG_PLACE && kind < EV_KINDS)
		return kind;
	r->bad = true;
	return EV_GUEST_ERROR;
}

static void get_event(struct bin_reader *r, struct tracer *to)
{
	u8 tag = get_byte(r);
	struct event e = { .kind = tag & 15, .place = r->m.place };

	if (tag == (TAG_PLACE | PLACE_INSNS)) {
		get_insn_place(r, e.core);
		return;
	}
	if (tag == (TAG_PLACE | KIND_FOLLOWS)) {
		e.kind = get_late_kind(r);
	} else if ((tag & 15) == TAG_PLACE) {
		get_place(r);
		return;
	}
	if (e.kind == EV_INSN)
		get_insn(r, &e, tag);
	else if (e.kind == EV_MEM)
		get_mem(r, &e, tag);
	else
		get_other(r, &e);
	if (r->bad)
		return;
	r->m.cycle = e.cycle;
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
	if (!head.v_words || head.v_words > EV_INSN_Z_WORDS || (head.mask & ~TRACE_EL0) >> EV_KINDS) {
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
	return r;
}

u32 bin_reader_mask(const struct bin_reader *r)
{
	return r->mask;
}

void bin_reader_close(struct bin_reader *r)
{
	for (u32 i = 1; i <= r->names; i++)
		free(r->text[i]);
	free(r);
}
