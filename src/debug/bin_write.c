/* The writer of the binary trace: an observer that codes every event into a chunk and writes full chunks. */
#include <stdlib.h>

#include "base/read_alone.h"
#include "debug/bin_format.h"
#include "debug/trace_bin.h"

#define NAME_BUCKETS 1024
#define QUICK_NAMES 256

struct name {
	struct name *next;
	u32 id; /* 0: not written yet */
	char text[];
};

struct bin_writer {
	struct observer observer;
	FILE *out;
	u8 *at, *full; /* in `chunk`: the next byte; where no event may begin any more */
	u64 events, written;
	bool failed;
	u32 names;
	struct name *bucket[NAME_BUCKETS], *quick[QUICK_NAMES];
	struct bin_model m;
	struct bin_core *core; /* of m.place */
	u8 chunk[sizeof(struct bin_chunk) + BIN_CHUNK_MAX];
};

/* ---- bytes ---- */

/* The number of trailing zeros of the first byte tells how many follow it. */
static inline u8 *put(u8 *p, u64 v)
{
	unsigned used = 64 - (unsigned)__builtin_clzll(v | 1), n = (used + 6) * 37 >> 8; /* by 7, up to 70 */

	if (n > 8) {
		*p = 0;
		memcpy(p + 1, &v, 8);
		return p + 9;
	}
	v = (v << 1 | 1) << (n - 1);
	memcpy(p, &v, 8);
	return p + n;
}

static inline u8 *put_delta(u8 *p, u64 v)
{
	return put(p, bin_zigzag(v));
}

static void flush(struct bin_writer *w)
{
	u8 *data = w->chunk + sizeof(struct bin_chunk);
	struct bin_chunk head = { .size = (u32)(w->at - data) };

	if (!head.size)
		return;
	head.check = bin_check(data, head.size);
	memcpy(w->chunk, &head, sizeof(head));
	if (fwrite(w->chunk, 1, sizeof(head) + head.size, w->out) != sizeof(head) + head.size)
		w->failed = true;
	w->written += sizeof(head) + head.size;
	w->at = data;
}

/* ---- names ---- */

static struct name *new_name(const char *text, size_t n)
{
	struct name *new = malloc(sizeof(*new) + n + 1);

	BUG_ON(!new);
	new->next = NULL;
	new->id = 0;
	memcpy(new->text, text, n);
	new->text[n] = 0;
	return new;
}

static struct name *find_name(struct bin_writer *w, const char *text)
{
	size_t n = strnlen(text, BIN_NAME_MAX);
	u32 hash = (u32)n;
	struct name **at;

	for (size_t i = 0; i < n; i++)
		hash = hash * 31 + (u8)text[i];
	at = &w->bucket[hash % NAME_BUCKETS];
	while (*at && (strncmp((*at)->text, text, n) || (*at)->text[n]))
		at = &(*at)->next;
	if (!*at)
		*at = new_name(text, n);
	return *at;
}

/* Most texts are constants: where they lie tells which they are, if they still say so. */
static struct name *name_of(struct bin_writer *w, const char *text)
{
	struct name **quick = &w->quick[((uintptr_t)text ^ (uintptr_t)text >> 8) % QUICK_NAMES];

	if (!*quick || strcmp((*quick)->text, text))
		*quick = find_name(w, text);
	return *quick;
}

/* Number 0 is NULL; a number that is new is followed by its text. *kept: the text as it is kept here. */
static u8 *put_name(struct bin_writer *w, u8 *p, const char *text, const char **kept)
{
	struct name *name;
	size_t n;

	*kept = NULL;
	if (!text)
		return put(p, 0);
	name = name_of(w, text);
	*kept = name->text;
	if (name->id)
		return put(p, name->id);
	name->id = ++w->names;
	n = strlen(name->text);
	p = put(put(p, name->id), n);
	memcpy(p, name->text, n);
	return p + n;
}

/* ---- events by table ---- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool is_name(const struct bin_field *f)
{
	return f->coding == FIELD_NAME || f->coding == FIELD_OPTIONAL;
}

/* Names in `last` are this file's own copies. */
static bool field_differs(const struct bin_field *f, const u8 *now, const u8 *last)
{
	if (is_name(f))
		return !same_text(*(const char *const *)(const void *)(now + f->offset),
				  *(const char *const *)(const void *)(last + f->offset));
	return bin_field_get(now + f->offset, f->size) != bin_field_get(last + f->offset, f->size);
}

static u8 *put_field(struct bin_writer *w, u8 *p, const struct bin_field *f, const u8 *now, u8 *last)
{
	u64 v;

	if (is_name(f))
		return put_name(w, p, *(const char *const *)(const void *)(now + f->offset),
				(const char **)(void *)(last + f->offset));
	v = bin_field_get(now + f->offset, f->size);
	p = f->coding == FIELD_DELTA ? put_delta(p, v - bin_field_get(last + f->offset, f->size)) : put(p, v);
	bin_field_set(last + f->offset, f->size, v);
	return p;
}

/* The set of fields that differ from the last, and those. */
static u8 *put_fields(struct bin_writer *w, u8 *p, const struct bin_fields *fields, const void *now, void *last)
{
	u32 differ = 0;

	for (unsigned i = 0; i < fields->count; i++)
		differ |= (u32)field_differs(&fields->field[i], now, last) << i;
	p = put(p, differ);
	for (; differ; differ &= differ - 1)
		p = put_field(w, p, &fields->field[__builtin_ctz(differ)], now, last);
	return p;
}

static bool step_is(const struct walk_step *s, const struct walk_step *last, u64 input)
{
	return !((s->at ^ last->at) | (s->desc ^ last->desc) | (s->output ^ last->output) | (s->at_ipa ^ last->at_ipa) |
		 (s->input ^ input) |
		 (u64)((s->stage ^ last->stage) | (s->level ^ last->level) | (s->kind ^ last->kind) |
		       (s->nested ^ last->nested) | (s->updated ^ last->updated) | (s->index_hi ^ last->index_hi) |
		       (s->index_lo ^ last->index_lo)));
}

/* A step that is not what came after the one before, the last time. */
static u8 *put_step(struct bin_writer *w, u8 *p, const struct walk_step *s, u32 guess)
{
	struct bin_model *m = &w->m;
	u32 at;

	p = put_delta(p, s->at - m->step[guess].s.at);
	at = bin_new_step(m, guess, s->at);
	return put_fields(w, p, &bin_step_fields, s, &m->step[at].s);
}

static u8 *put_walk(struct bin_writer *w, u8 *p, const struct walk *walk)
{
	struct bin_model *m = &w->m;
	u64 news = 0;
	u8 *set;

	p = put_fields(w, p, &bin_event_fields[EV_WALK], walk, &m->walk);
	set = p;
	p += bin_news_bytes(walk);
	for (unsigned i = 0; i < walk->count; i++) {
		const struct walk_step *s = &walk->step[i];
		u32 guess = m->step[m->last_step].next;

		if (!step_is(s, &m->step[guess].s, bin_guess_input(walk, &m->step[guess].s))) {
			news |= 1ull << i;
			p = put_step(w, p, s, guess);
			guess = m->step[m->last_step].next;
		}
		m->step[guess].s.input = s->input;
		m->last_step = guess;
	}
	memcpy(set, &news, bin_news_bytes(walk));
	return p;
}

static u8 *put_other(struct bin_writer *w, u8 *p, const struct event *e)
{
	if ((unsigned)e->kind >= TAG_PLACE)
		*p++ = TAG_PLACE | KIND_FOLLOWS;
	*p++ = (u8)e->kind;
	p = put_delta(p, e->cycle - w->m.cycle);
	if (e->kind == EV_WALK)
		return put_walk(w, p, e->walk);
	p = put_fields(w, p, &bin_event_fields[e->kind], e, &w->m.last[e->kind]);
	if (e->kind != EV_SMMU)
		return p;
	*p++ = e->smmu.words != NULL;
	if (e->smmu.words) {
		memcpy(p, e->smmu.words, 8u * e->smmu.word_count);
		p += 8 * e->smmu.word_count;
	}
	return p;
}

/* ---- instructions and memory ---- */

/* Each word as a difference of differences: often all lanes change alike. */
static u8 *put_vectors(u8 *p, struct bin_core *c, const struct ev_insn *i)
{
	for (u32 set = i->changed_v; set; set &= set - 1) {
		unsigned n = (unsigned)__builtin_ctz(set);
		u64 before = 0;

		_Static_assert(EV_INSN_V_WORDS <= ARRAY_SIZE(c->load), "a guess for each");
		for (unsigned w = 0; w < EV_INSN_V_WORDS; w++) {
			u64 v = i->z[n][w], d = v - bin_guess_v(c, i->word, n, w);

			p = put_delta(p, d - before);
			c->z[n][w] = v;
			before = d;
		}
	}
	return p;
}

static inline u8 *put_changed(u8 *p, struct bin_core *c, const struct ev_insn *i, u64 changed)
{
	for (u32 set = (u32)changed; set; set &= set - 1) {
		unsigned n = (unsigned)__builtin_ctz(set);
		u64 v = ev_insn_reg(i, n);

		p = put_delta(p, v - bin_guess_x(c, i->word, n));
		c->x[n] = v;
	}
	if (likely(!(changed >> 32)))
		return p;
	if (changed >> EV_INSN_NZCV & 1)
		*p++ = i->nzcv;
	if (changed >> BIN_HAS_V)
		p = put_vectors(p, c, i);
	if (changed >> EV_INSN_FPSR & 1)
		p = put(p, i->fpsr);
	if (changed >> EV_INSN_FPCR & 1)
		p = put(p, i->fpcr);
	return p;
}

static u8 *put_insn_place(u8 *p, struct bin_core *c, const struct ev_insn *i)
{
	*p++ = TAG_PLACE | PLACE_INSNS;
	*p++ = (u8)(i->el | i->secure << 2);
	p = put_delta(p, i->pa - i->pc - c->pa_offset);
	c->pa_offset = i->pa - i->pc;
	c->el = i->el;
	c->secure = i->secure;
	return p;
}

/* What is not as the last time at this PC. */
static u8 *put_news(u8 *p, u8 *flags, struct bin_insn *known, const struct ev_insn *i, u64 changed, u64 cycles)
{
	if (known->pc != i->pc || known->word != i->word) {
		*flags |= INSN_NEW;
		memcpy(p, &i->word, 4);
		p += 4;
		known->pc = i->pc;
		known->word = i->word;
	}
	if (known->changed != changed || known->changed_v != i->changed_v) {
		*flags |= INSN_CHANGED;
		p = put(p, changed);
		if (changed >> BIN_HAS_V)
			p = put(p, i->changed_v);
		known->changed = changed;
		known->changed_v = i->changed_v;
	}
	if (known->cycles != cycles) {
		*flags |= INSN_CYCLES;
		p = put_delta(p, cycles);
		known->cycles = (u32)cycles;
	}
	return p;
}

static inline u8 *put_insn(struct bin_writer *w, u8 *p, const struct event *e)
{
	const struct ev_insn *i = &e->insn;
	struct bin_insn *known = bin_insn_at(&w->m, i->pc);
	struct bin_core *c = w->core;
	u64 cycles = e->cycle - w->m.cycle, changed = i->changed | (u64)(i->changed_v != 0) << BIN_HAS_V;
	u8 *tag, flags = EV_INSN;

	if (unlikely(i->pa - i->pc != c->pa_offset || READ_ALONE(i->el) != c->el || READ_ALONE(i->secure) != c->secure))
		p = put_insn_place(p, c, i);
	tag = p++;
	if (i->pc != c->next_pc) {
		flags |= INSN_JUMP;
		p = put_delta(p, i->pc - c->next_pc);
	}
	if (unlikely(known->pc != i->pc || known->word != i->word || known->changed != changed ||
		     known->changed_v != i->changed_v || known->cycles != cycles))
		p = put_news(p, &flags, known, i, changed, cycles);
	*tag = flags;
	c->next_pc = i->pc + 4;
	p = put_changed(p, c, i, changed);
	c->loaded = 0;
	return p;
}

static u8 *put_page(struct bin_model *m, u8 *p, const struct ev_mem *i, unsigned page)
{
	u64 pa = i->pa - i->va, ipa = i->ipa - i->va;

	m->page[page].page = i->va >> 12;
	m->page[page].pa = pa;
	m->page[page].ipa = ipa;
	return put_delta(put_delta(p, pa), ipa);
}

static u8 *put_value(struct bin_model *m, u8 *p, const struct ev_mem *i, struct bin_core *c, unsigned at)
{
	u64 guess[2];

	if (i->is_write) {
		bin_guess_store(m, c, at, i->size, guess);
	} else {
		memcpy(guess, m->mem[at].value, sizeof(guess));
		c->loaded = i->size > 8 ? 2 : 1;
		memcpy(c->load, i->value, sizeof(c->load));
	}
	m->mem[at].value[0] = i->value[0];
	p = put_delta(p, i->value[0] - guess[0]);
	if (i->size <= 8)
		return p;
	m->mem[at].value[1] = i->value[1];
	return put_delta(p, i->value[1] - guess[1]);
}

static inline u8 *put_mem(struct bin_writer *w, u8 *p, const struct event *e)
{
	const struct ev_mem *i = &e->mem;
	struct bin_model *m = &w->m;
	unsigned at = bin_mem_index(w->core), page = bin_page_index(i->va);
	u8 *tag = p, flags = EV_MEM, more = i->size & MEM_SIZE;

	flags |= (u8)((i->has_ipa ? MEM_IPA : 0) | (i->is_write ? MEM_WRITE : 0) | (i->is_device ? MEM_DEVICE : 0));
	p = put_delta(p + 2, i->va - m->mem[at].va);
	m->mem[at].va = i->va;
	p = put_value(m, p, i, w->core, at);
	if (unlikely(m->page[page].page != i->va >> 12 || m->page[page].pa != i->pa - i->va ||
		     m->page[page].ipa != i->ipa - i->va)) {
		flags |= MEM_PAGE;
		p = put_page(m, p, i, page);
	}
	if (unlikely(e->cycle != m->cycle)) {
		more |= MEM_CYCLES;
		p = put_delta(p, e->cycle - m->cycle);
	}
	tag[0] = flags;
	tag[1] = more;
	return p;
}

/* ---- the observer ---- */

static u8 *put_place(struct bin_writer *w, u8 *p, const struct event *e)
{
	w->m.place = e->place;
	w->core = &w->m.core[e->core + 1];
	*p++ = TAG_PLACE | PLACE_EVENTS;
	*p++ = (u8)(e->core + 1);
	*p++ = (u8)(e->el | e->secure << 2);
	return put(put(p, e->vmid), e->asid);
}

static void on_event(void *ctx, const struct event *e)
{
	struct bin_writer *w = ctx;
	u8 *p = w->at;

	if (unlikely(e->place != w->m.place))
		p = put_place(w, p, e);
	if (e->kind == EV_INSN)
		p = put_insn(w, p, e);
	else if (e->kind == EV_MEM)
		p = put_mem(w, p, e);
	else
		p = put_other(w, p, e);
	w->m.cycle = e->cycle;
	w->events++;
	w->at = p;
	if (unlikely(p > w->full))
		flush(w);
}

struct bin_writer *bin_writer_start(struct tracer *tracer, FILE *out, u32 mask)
{
	struct bin_header head = {
		.magic = BIN_MAGIC, .version = BIN_VERSION, .mask = mask, .v_words = EV_INSN_V_WORDS
	};
	struct bin_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->out = out;
	w->core = &w->m.core[1]; /* place 0: core 0 */
	w->at = w->chunk + sizeof(struct bin_chunk);
	w->full = w->chunk + sizeof(w->chunk) - BIN_EVENT_MAX;
	w->observer = (struct observer){ .mask = mask, .event = on_event, .ctx = w };
	setvbuf(out, NULL, _IONBF, 0);
	w->failed = fwrite(&head, 1, sizeof(head), out) != sizeof(head);
	trace_attach(tracer, &w->observer);
	return w;
}

u64 bin_writer_bytes(const struct bin_writer *w)
{
	return sizeof(struct bin_header) + w->written + (u64)(w->at - w->chunk);
}

bool bin_writer_end(struct bin_writer *w, struct tracer *tracer)
{
	struct bin_chunk end = { .check = (u32)w->events };
	bool ok;

	trace_detach(tracer, &w->observer);
	flush(w);
	ok = fwrite(&end, 1, sizeof(end), w->out) == sizeof(end) && !fflush(w->out) && !w->failed;
	for (unsigned i = 0; i < NAME_BUCKETS; i++)
		while (w->bucket[i]) {
			struct name *next = w->bucket[i]->next;

			free(w->bucket[i]);
			w->bucket[i] = next;
		}
	free(w);
	return ok;
}
