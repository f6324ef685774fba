/* The writer of the binary trace: an observer that codes every event into a chunk and writes full chunks. */
#include <stdlib.h>

#include "debug/bin_write.h"
#include "debug/trace_bin.h"

struct name {
	struct name *next;
	u32 id; /* 0: not written yet */
	char text[];
};

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

static unsigned width_of(const struct bin_field *f)
{
	return is_name(f) ? WIDTHS - 1 : (unsigned)__builtin_ctz(f->size);
}

static void sort_fields(struct by_width *b, const struct bin_fields *fields)
{
	unsigned n = 0;

	b->fields = fields;
	for (unsigned width = 0; width < WIDTHS; width++) {
		for (unsigned i = 0; i < fields->count; i++) {
			if (width_of(&fields->field[i]) != width)
				continue;
			b->at[n].offset = fields->field[i].offset;
			b->at[n++].number = (u8)i;
		}
		b->end[width] = n;
	}
}

#define COMPARE(type, width)                                                                                           \
	for (; i < b->end[width]; i++)                                                                                 \
	differ |= (u32)(*(const type *)(const void *)(now + b->at[i].offset) !=                                        \
			*(const type *)(const void *)(last + b->at[i].offset))                                         \
		  << b->at[i].number

/* The set of fields that differ. Names in `last` are this file's own copies. */
static u32 differing(const struct by_width *b, const u8 *now, const u8 *last)
{
	u32 differ = 0;
	unsigned i = 0;

	COMPARE(u8, 0);
	COMPARE(u16, 1);
	COMPARE(u32, 2);
	COMPARE(u64, 3);
	for (; i < b->end[4]; i++)
		differ |= (u32)!same_text(*(const char *const *)(const void *)(now + b->at[i].offset),
					  *(const char *const *)(const void *)(last + b->at[i].offset))
			  << b->at[i].number;
	return differ;
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
static u8 *put_fields(struct bin_writer *w, u8 *p, const struct by_width *b, const void *now, void *last)
{
	u32 differ = differing(b, now, last);

	p = put(p, differ);
	for (; differ; differ &= differ - 1)
		p = put_field(w, p, &b->fields->field[__builtin_ctz(differ)], now, last);
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
	return put_fields(w, p, &w->step_fields, s, &m->step[at].s);
}

static u8 *put_walk(struct bin_writer *w, u8 *p, const struct walk *walk)
{
	struct bin_model *m = &w->m;
	u64 news = 0;
	u8 *set;

	p = put_fields(w, p, &w->event_fields[EV_WALK], walk, &m->walk);
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
	unsigned kind = e->kind - EV_EXC;

	*p++ = (u8)((kind & 15) << 4 | (kind >> 4 ? TAG_MORE : TAG_EVENT));
	p = put_delta(p, e->cycle - w->m.cycle);
	if (e->kind == EV_WALK)
		return put_walk(w, p, e->walk);
	p = put_fields(w, p, &w->event_fields[e->kind], e, &w->m.last[e->kind]);
	if (e->kind != EV_SMMU)
		return p;
	*p++ = e->smmu.words != NULL;
	if (e->smmu.words) {
		memcpy(p, e->smmu.words, 8u * e->smmu.word_count);
		p += 8 * e->smmu.word_count;
	}
	return p;
}

/* ---- the observer ---- */

u8 *bin_put_place(struct bin_writer *w, u8 *p, u64 place)
{
	const struct event now = { .place = place }, last = { .place = w->m.place };
	u8 *what = p + 1;

	*p = TAG_STATE | STATE_PLACE;
	*what = (u8)(now.el | now.secure << 2);
	p += 2;
	if (now.core != last.core) {
		*what |= PLACE_CORE;
		*p++ = (u8)(now.core + 1);
	}
	if (now.vmid != last.vmid) {
		*what |= PLACE_VMID;
		p = put(p, now.vmid);
	}
	if (now.asid != last.asid) {
		*what |= PLACE_ASID;
		p = put(p, now.asid);
	}
	bin_set_place(&w->m, place);
	w->core = &w->m.core[now.core + 1];
	return p;
}

void bin_write_chunk(struct bin_writer *w)
{
	if (likely(w->at <= w->full))
		return;
	bin_end_run(w);
	flush(w);
}

static void on_event(void *ctx, const struct event *e)
{
	struct bin_writer *w = ctx;
	u8 *p;

	bin_end_run(w);
	p = w->at;
	if (unlikely(e->place != w->m.place))
		p = bin_put_place(w, p, e->place);
	if (e->kind == EV_INSN)
		p = bin_put_insn(w, p, e);
	else if (e->kind == EV_MEM)
		p = bin_put_mem(w, p, e);
	else
		p = put_other(w, p, e);
	if (e->kind == EV_EXC || e->kind == EV_ERET) {
		bin_bank_sp(w->core, e);
		if (!w->tracer->step.sync)
			w->tracer->step.sync = SYNC_SP;
	}
	bin_set_cycle(&w->m, e->cycle);
	w->events++;
	w->at = p;
	bin_write_chunk(w);
}

struct bin_writer *bin_writer_start(struct tracer *tracer, FILE *out, u32 mask)
{
	struct bin_header head = { .magic = BIN_MAGIC,
				   .version = BIN_VERSION,
				   .mask = mask,
				   .v_words = EV_INSN_V_WORDS,
				   .cycles_per_tick = tracer->cycles_per_tick };
	struct bin_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->out = out;
	for (unsigned i = 0; i < EV_KINDS; i++)
		sort_fields(&w->event_fields[i], &bin_event_fields[i]);
	sort_fields(&w->step_fields, &bin_step_fields);
	bin_set_place(&w->m, 0);
	w->core = &w->m.core[1]; /* place 0: core 0 */
	w->at = w->chunk + sizeof(struct bin_chunk);
	w->full = w->chunk + sizeof(w->chunk) - BIN_EVENT_MAX;
	w->tracer = tracer;
	w->observer = (struct observer){ .mask = mask,
					 .event = on_event,
					 .ctx = w,
					 .step = bin_on_step,
					 .begins = bin_on_begins,
					 .pauses = bin_on_pauses };
	if ((mask & BIN_RUN_KINDS) != BIN_RUN_KINDS)
		w->observer.step = NULL;
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
	bin_end_run(w);
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
