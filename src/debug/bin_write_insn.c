/* The writer of the binary trace: instructions and their accesses, as runs and as events. */
#include "base/read_alone.h"
#include "cpu/changes.h"
#include "cpu/models.h"
#include "debug/bin_write.h"

/* ---- as events ---- */

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
			c->said.z[n][w] = v;
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
		c->said.x[n] = v;
	}
	if (changed >> EV_INSN_SP & 1)
		c->sp = i->sp;
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

static u8 *put_insn_place(u8 *p, struct bin_core *c, u64 pa_offset, u8 el, bool secure)
{
	*p++ = TAG_STATE | STATE_INSNS;
	*p++ = (u8)(el | secure << 2);
	p = put_delta(p, pa_offset - c->pa_offset);
	c->pa_offset = pa_offset;
	c->el = el;
	c->secure = secure;
	return p;
}

/* What is not as the last time at this PC. */
static u8 *put_news(u8 *p, u8 *flags, struct bin_insn *known, const struct ev_insn *i, u64 changed, u64 cycles)
{
	if (known->pc != i->pc || known->word != i->word) {
		*flags |= INSN_NEW;
		memcpy(p, &i->word, 4);
		p += 4;
		bin_new_insn(known, i->pc, i->word);
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

u8 *bin_put_insn(struct bin_writer *w, u8 *p, const struct event *e)
{
	const struct ev_insn *i = &e->insn;
	struct bin_insn *known = bin_insn_at(&w->m, i->pc);
	struct bin_core *c = w->core;
	u64 cycles = e->cycle - w->m.cycle, changed = i->changed | (u64)(i->changed_v != 0) << BIN_HAS_V;
	u8 *tag, flags = TAG_INSN;

	if (unlikely(i->pa - i->pc != c->pa_offset || READ_ALONE(i->el) != c->el || READ_ALONE(i->secure) != c->secure))
		p = put_insn_place(p, c, i->pa - i->pc, i->el, i->secure);
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

/* Where the page of an access is, as a difference to the last such page. */
static u8 *put_page(struct bin_model *m, u8 *p, const struct ev_mem *i, struct bin_page *page, u64 key)
{
	*page = (struct bin_page){ key, i->pa - i->va, i->has_ipa ? i->ipa - i->va : m->last_page.ipa, i->has_ipa };
	p = put_delta(p, (u64)((s64)(page->pa - m->last_page.pa) >> 12));
	p = put(p, bin_zigzag((u64)((s64)(page->ipa - m->last_page.ipa) >> 12)) << 1 | page->has_ipa);
	m->last_page = *page;
	return p;
}

static bool page_is(const struct bin_page *page, const struct ev_mem *i)
{
	return page->pa == i->pa - i->va && page->has_ipa == i->has_ipa && (!i->has_ipa || page->ipa == i->ipa - i->va);
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

u8 *bin_put_mem(struct bin_writer *w, u8 *p, const struct event *e)
{
	const struct ev_mem *i = &e->mem;
	struct bin_model *m = &w->m;
	struct bin_page *page = bin_page_at(m, bin_page_key(m, i->va));
	unsigned at = bin_mem_index(w->core, 0);
	u8 *tag = p, flags = TAG_MEM, more = i->size & MEM_SIZE;

	flags |= (u8)((i->is_write ? MEM_WRITE : 0) | (i->is_device ? MEM_DEVICE : 0));
	p = put_delta(p + 2, i->va - m->mem[at].va);
	m->mem[at].va = i->va;
	p = put_value(m, p, i, w->core, at);
	if (unlikely(page->key != bin_page_key(m, i->va) || !page_is(page, i))) {
		flags |= MEM_PAGE;
		p = put_page(m, p, i, page, bin_page_key(m, i->va));
	}
	if (unlikely(e->cycle != m->cycle)) {
		more |= MEM_CYCLES;
		p = put_delta(p, e->cycle - m->cycle);
	}
	tag[0] = flags;
	tag[1] = more;
	return p;
}

/* ---- as runs ---- */

void bin_end_run(struct bin_writer *w)
{
	if (!w->run)
		return;
	w->run = NULL;
	w->m.cycle = w->m.time >> 4;
}

/* The features and costs, on which it depends what instructions do. */
static u8 *put_core(u8 *p, const struct cpu *c)
{
	unsigned count;
	const struct feature_info *list = cpu_features_list(&count);

	*p++ = TAG_STATE | STATE_CORE;
	p = put(p, count);
	for (unsigned i = 0; i < count; i++)
		*p++ = *((const u8 *)&c->feat + list[i].offset);
	p = put(p, TIMING_COUNT);
	for (unsigned i = 0; i < TIMING_COUNT; i++)
		p = put(p, c->model->cost[i]);
	return p;
}

/* Which registers are not as they were when the core paused. */
static void compare(const struct bin_core *known, struct ev_insn *i)
{
	const struct bin_registers *were = &known->are;

	for (unsigned n = 0; n < 31; n++)
		i->changed |= (u64)(were->x[n] != i->x[n]) << n;
	for (unsigned n = 0; n < 32; n++)
		if (memcmp(were->z[n], i->z[n], EV_INSN_V_WORDS * sizeof(u64)))
			i->changed_v |= 1u << n;
	i->changed |= (u64)(known->sp != i->sp) << EV_INSN_SP | (u64)(were->nzcv != i->nzcv) << EV_INSN_NZCV |
		      (u64)(were->fpsr != i->fpsr) << EV_INSN_FPSR | (u64)(were->fpcr != i->fpcr) << EV_INSN_FPCR;
}

static struct ev_insn registers_of(const struct cpu *c)
{
	return (struct ev_insn){ .x = c->s.r.x,
				 .z = c->s.z,
				 .sp = c->s.r.x[REG_SP],
				 .nzcv = changes_nzcv(&c->s.r),
				 .fpsr = SYS(c, FPSR),
				 .fpcr = SYS(c, FPCR) };
}

/* Registers that no instruction changed. */
static u8 *put_registers(u8 *p, struct bin_core *known, const struct cpu *c)
{
	struct ev_insn i = registers_of(c);
	u64 changed;

	compare(known, &i);
	changed = i.changed | (u64)(i.changed_v != 0) << BIN_HAS_V;
	if (!changed)
		return p;
	*p++ = TAG_STATE | STATE_REGISTERS;
	p = put(p, changed);
	if (i.changed_v)
		p = put(p, i.changed_v);
	known->loaded = 0;
	return put_changed(p, known, &i, changed);
}

static u8 *put_sp(u8 *p, struct bin_core *known, u64 sp)
{
	*p++ = TAG_STATE | STATE_SP;
	p = put_delta(p, sp - known->sp);
	known->sp = sp;
	return p;
}

void bin_on_begins(void *ctx, struct trace_step *s)
{
	struct bin_writer *w = ctx;
	u64 sp = s->core->s.r.x[REG_SP], place;
	u8 *p = w->at;

	bin_end_run(w);
	if (s->sync == SYNC_SP) {
		if (w->core->sp != sp)
			w->at = put_sp(p, w->core, sp);
		return;
	}
	if (!w->core_described) {
		p = put_core(p, s->core);
		w->core_described = true;
	}
	place = cpu_place(s->core);
	if (place != w->m.place)
		p = bin_put_place(w, p, place);
	w->at = put_registers(p, w->core, s->core);
}

void bin_on_pauses(void *ctx, struct trace_step *s)
{
	struct bin_writer *w = ctx;
	const struct ev_insn i = registers_of(s->core);
	struct bin_registers *are = &w->m.core[s->core->index + 1].are;

	bin_end_run(w);
	memcpy(are->x, i.x, 31 * sizeof(u64));
	memcpy(are->z, i.z, sizeof(are->z));
	are->nzcv = i.nzcv;
	are->fpsr = i.fpsr;
	are->fpcr = i.fpcr;
}

/* A run with nothing in it yet. */
static u8 *begin_run(struct bin_writer *w, u8 *p, const struct trace_step *s, u64 began)
{
	struct bin_core *c = w->core;
	u64 jump = s->pc - c->next_pc, time = began - w->m.time;
	u8 *tag;

	bin_end_run(w);
	if (s->pa - s->pc != c->pa_offset || s->el != c->el || s->secure != c->secure)
		p = put_insn_place(p, c, s->pa - s->pc, s->el, s->secure);
	tag = p;
	tag[0] = TAG_STATE | RUN;
	tag[1] = 0;
	p += 2;
	if (jump) {
		tag[0] |= RUN_JUMP;
		p = put_delta(p, jump);
	}
	if (time) {
		tag[0] |= RUN_TIME;
		p = put_delta(p, time);
	}
	c->next_pc = s->pc;
	c->loaded = 0;
	w->run = tag;
	return p;
}

/* Another word at a PC than the last time: the reader would take it for the same. */
static u8 *put_word(u8 *p, struct bin_insn *known, const struct trace_step *s)
{
	*p++ = TAG_STATE | STATE_WORD;
	p = put(p, s->pc);
	memcpy(p, &s->word, 4);
	bin_new_insn(known, s->pc, s->word);
	return p + 4;
}

/* A page that is elsewhere than the last time. */
static u8 *put_moved(struct bin_model *m, u8 *p, const struct ev_mem *i)
{
	u64 key = bin_page_key(m, i->va);
	struct bin_page *page = bin_page_at(m, key);

	if (page->key != key || page_is(page, i))
		return p;
	*p++ = TAG_STATE | STATE_PAGE;
	p = put(p, i->va >> 12);
	return put_page(m, p, i, page, key);
}

/* What the reader remembers is wrong from here on. */
static u8 *correct(struct bin_writer *w, u8 *p, const struct trace_step *s)
{
	struct bin_insn *known = bin_insn_at(&w->m, s->pc);

	bin_end_run(w);
	if (s->place != w->m.place)
		p = bin_put_place(w, p, s->place);
	if (known->pc == s->pc && known->word != s->word)
		p = put_word(p, known, s);
	for (unsigned n = 0; n < s->count; n++)
		p = put_moved(&w->m, p, &s->access[n].mem);
	return p;
}

/* Whether an access is to memory, at the instruction's time and place, so that it can be repeated. */
static inline bool is_plain(const struct trace_access *a, u64 place, u64 began)
{
	return a->time == began && a->place == place && !READ_ALONE(a->mem.is_device);
}

static inline bool is_moved(const struct bin_page *page, u64 key, const struct ev_mem *i)
{
	return page->key == key && !page_is(page, i);
}

static inline u8 *put_access(struct bin_model *m, u8 *p, const struct ev_mem *i, unsigned at)
{
	u64 key = bin_page_key(m, i->va);
	struct bin_page *page = bin_page_at(m, key);

	if (unlikely(page->key != key))
		p = put_page(m, p, i, page, key);
	if (READ_ALONE(i->is_write))
		return p;
	p = put_delta(p, i->value[0] - m->mem[at].value[0]);
	m->mem[at].value[0] = i->value[0];
	if (likely(READ_ALONE(i->size) <= 8))
		return p;
	p = put_delta(p, i->value[1] - m->mem[at].value[1]);
	m->mem[at].value[1] = i->value[1];
	return p;
}

static void end_chunk(struct bin_writer *w, const struct cpu *c)
{
	u8 *p = w->at;

	bin_end_run(w);
	*p++ = TAG_STATE | STATE_CHECK;
	w->at = put(p, bin_registers_check(c->s.r.x, c->s.z, changes_nzcv(&c->s.r), SYS(c, FPSR)));
	bin_write_chunk(w);
}

bool bin_on_step(void *ctx, struct trace_step *s)
{
	struct bin_writer *w = ctx;
	struct bin_insn *known = bin_insn_at(&w->m, s->pc);
	u64 began = s->time - s->cost;
	bool wrong = s->place != w->m.place || (known->pc == s->pc && known->word != s->word);
	const struct trace_access *end = s->access + s->count;
	struct bin_core *c;
	u8 *p = w->at;

	for (const struct trace_access *a = s->access; a < end; a++) {
		if (!is_plain(a, s->place, began))
			return false;
		wrong |= is_moved(bin_page_at(&w->m, bin_page_key(&w->m, a->mem.va)), bin_page_key(&w->m, a->mem.va),
				  &a->mem);
	}
	if (unlikely(wrong))
		p = correct(w, p, s);
	c = w->core;
	if (unlikely(!w->run || w->run[1] == RUN_MAX || s->pc != c->next_pc || began != w->m.time ||
		     s->pa - s->pc != c->pa_offset || READ_ALONE(s->el) != c->el || READ_ALONE(s->secure) != c->secure))
		p = begin_run(w, p, s, began);
	if (unlikely(known->pc != s->pc)) {
		bin_new_insn(known, s->pc, s->word);
		memcpy(p, &s->word, 4);
		p += 4;
	}
	for (const struct trace_access *a = s->access; a < end; a++)
		p = put_access(&w->m, p, &a->mem, bin_mem_index(c, (unsigned)(a - s->access)));
	w->run[1]++;
	w->m.time = s->time;
	c->next_pc = s->core->next_pc;
	c->sp = s->core->s.r.x[REG_SP];
	w->events += 1 + s->count;
	w->at = p;
	if (unlikely(p > w->full))
		end_chunk(w, s->core);
	return true;
}
