/* The reader of the binary trace: instructions and their accesses, told one by one or repeated. */
#include "base/error.h"
#include "debug/bin_read.h"

/* ---- as events ---- */

static void get_vectors(struct bin_reader *r, struct bin_core *c, u32 word, u32 changed)
{
	for (u32 set = changed; set; set &= set - 1) {
		unsigned n = (unsigned)__builtin_ctz(set);
		u64 d = 0;

		for (unsigned w = 0; w < r->v_words; w++) {
			u64 guess = w < ARRAY_SIZE(c->load) ? bin_guess_v(c, word, n, w) : c->said.z[n][w];

			d += get_delta(r);
			c->said.z[n][w] = c->are.z[n][w] = guess + d;
		}
	}
}

static void get_changed(struct bin_reader *r, struct ev_insn *i, struct bin_core *c)
{
	for (u32 set = (u32)i->changed; set; set &= set - 1) {
		unsigned n = (unsigned)__builtin_ctz(set);

		c->said.x[n] = c->are.x[n] = bin_guess_x(c, i->word, n) + get_delta(r);
	}
	if (i->changed >> EV_INSN_SP & 1)
		c->sp = c->said.x[EV_INSN_SP];
	if (i->changed >> EV_INSN_NZCV & 1)
		c->are.nzcv = get_byte(r) & 15;
	if (i->changed_v)
		get_vectors(r, c, i->word, i->changed_v);
	if (i->changed >> EV_INSN_FPSR & 1)
		c->are.fpsr = get(r);
	if (i->changed >> EV_INSN_FPCR & 1)
		c->are.fpcr = get(r);
	i->x = c->are.x;
	i->z = (const u64(*)[EV_INSN_Z_WORDS])c->are.z;
	i->sp = c->sp;
	i->nzcv = c->are.nzcv;
	i->fpsr = c->are.fpsr;
	i->fpcr = c->are.fpcr;
}

/* Which registers it changes; cycles since the last event. */
static u64 get_news(struct bin_reader *r, struct bin_insn *known, unsigned flags, u64 pc)
{
	u64 cycles;

	if (flags & INSN_NEW) {
		bin_new_insn(known, pc, (u32)bin_load(take(r, 4), 4));
	}
	if (known->pc != pc)
		r->bad = true;
	if (flags & INSN_CHANGED) {
		known->changed = get(r);
		known->changed_v = known->changed >> BIN_HAS_V ? (u32)get(r) : 0;
		if (known->changed & ~BIN_CHANGED)
			r->bad = true;
	}
	cycles = known->cycles;
	if (flags & INSN_CYCLES) {
		cycles = get_delta(r);
		known->cycles = (u32)cycles;
	}
	return cycles;
}

void bin_get_insn(struct bin_reader *r, struct event *e, unsigned flags)
{
	struct bin_core *c = &r->m.core[e->core + 1];
	u64 pc = c->next_pc + (flags & INSN_JUMP ? get_delta(r) : 0);
	struct bin_insn *known = bin_insn_at(&r->m, pc);

	e->cycle = r->m.cycle + get_news(r, known, flags, pc);
	e->insn = (struct ev_insn){
		.pc = pc, .word = known->word, .el = c->el, .secure = c->secure, .pa = pc + c->pa_offset
	};
	c->next_pc = pc + 4;
	e->insn.changed = known->changed & ~(1ull << BIN_HAS_V);
	e->insn.changed_v = known->changed_v;
	get_changed(r, &e->insn, c);
	c->loaded = 0;
}

static void get_page(struct bin_reader *r, struct bin_page *page, u64 key)
{
	struct bin_page *last = &r->m.last_page;
	u64 ipa;

	page->key = key;
	page->pa = last->pa + (get_delta(r) << 12);
	ipa = get(r);
	page->ipa = last->ipa + (bin_unzigzag(ipa >> 1) << 12);
	page->has_ipa = ipa & 1;
	*last = *page;
}

/* Where an access is in memory. */
static void get_place_of(struct bin_reader *r, struct ev_mem *i, bool is_new)
{
	u64 key = bin_page_key(&r->m, i->va);
	struct bin_page *page = bin_page_at(&r->m, key);

	if (is_new)
		get_page(r, page, key);
	i->pa = i->va + page->pa;
	i->ipa = i->va + page->ipa;
	i->has_ipa = page->has_ipa;
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

void bin_get_mem(struct bin_reader *r, struct event *e, unsigned flags)
{
	unsigned more = get_byte(r), at = bin_mem_index(&r->m.core[e->core + 1], 0);
	u64 va = r->m.mem[at].va += get_delta(r);

	e->mem = (struct ev_mem){
		.va = va, .is_write = flags & MEM_WRITE, .is_device = flags & MEM_DEVICE, .size = more & MEM_SIZE
	};
	get_value(r, &e->mem, &r->m.core[e->core + 1], at);
	get_place_of(r, &e->mem, flags & MEM_PAGE);
	e->cycle = r->m.cycle + (more & MEM_CYCLES ? get_delta(r) : 0);
}

/* ---- what runs build upon ---- */

static void get_insn_place(struct bin_reader *r, struct bin_core *c)
{
	unsigned el = get_byte(r);

	c->el = el & 3;
	c->secure = el >> 2 & 1;
	c->pa_offset += get_delta(r);
}

static void get_registers(struct bin_reader *r, struct bin_core *c)
{
	struct ev_insn i = { .changed = get(r) };

	if (i.changed & ~BIN_CHANGED)
		r->bad = true;
	i.changed_v = i.changed >> BIN_HAS_V ? (u32)get(r) : 0;
	i.changed &= ~(1ull << BIN_HAS_V);
	c->loaded = 0;
	get_changed(r, &i, c);
}

static void get_costs(struct bin_reader *r, u16 cost[TIMING_COUNT])
{
	for (unsigned i = 0; i < TIMING_COUNT; i++)
		cost[i] = (u16)get(r);
}

static bool on_access(void *ctx, u64 va, unsigned size, bool is_write, u8 *data);

/* The core whose instructions are repeated. */
static void get_core(struct bin_reader *r)
{
	const struct cpu_feed feed = { .access = on_access, .ctx = r };
	struct cpu_features feat = { 0 };
	u16 cost[TIMING_COUNT];
	unsigned count;
	const struct feature_info *list = cpu_features_list(&count);

	if (r->replay.core || get(r) != count) {
		r->bad = true;
		return;
	}
	for (unsigned i = 0; i < count; i++)
		*((u8 *)&feat + list[i].offset) = get_byte(r) & 1;
	if (get(r) != TIMING_COUNT) {
		r->bad = true;
		return;
	}
	get_costs(r, cost);
	r->bad |= !replay_init(&r->replay, &feat, cost, &feed);
}

void bin_get_state(struct bin_reader *r, unsigned tag)
{
	struct bin_core *c = &r->m.core[((struct event){ .place = r->m.place }).core + 1];
	struct bin_insn *known;
	u64 at;

	switch (tag & 0xf0) {
	case STATE_INSNS: get_insn_place(r, c); break;
	case STATE_REGISTERS: get_registers(r, c); break;
	case STATE_CORE: get_core(r); break;
	case STATE_PAGE:
		at = bin_page_key(&r->m, get(r) << 12);
		get_page(r, bin_page_at(&r->m, at), at);
		break;
	case STATE_WORD:
		at = get(r);
		known = bin_insn_at(&r->m, at);
		bin_new_insn(known, at, (u32)bin_load(take(r, 4), 4));
		break;
	case STATE_SP: c->sp += get_delta(r); break;
	case STATE_CHECK:
		if (get(r) !=
		    bin_registers_check(c->are.x, (const u64(*)[EV_INSN_Z_WORDS])c->are.z, c->are.nzcv, c->are.fpsr))
			r->bad = true;
		break;
	default: r->bad = true;
	}
}

/* ---- runs ---- */

static void enter(struct cpu *c, const struct bin_core *from)
{
	memcpy(c->s.r.x, from->are.x, 31 * sizeof(u64));
	c->s.r.x[REG_SP] = from->sp;
	cpu_set_nzcv(c, (u32)from->are.nzcv << 28);
	memcpy(c->s.z, from->are.z, sizeof(c->s.z));
	SYS(c, FPSR) = from->are.fpsr;
	SYS(c, FPCR) = from->are.fpcr;
}

static void leave(const struct cpu *c, struct bin_core *to)
{
	memcpy(to->are.x, c->s.r.x, 31 * sizeof(u64));
	to->sp = c->s.r.x[REG_SP];
	to->are.nzcv = (u8)(cpu_nzcv(c) >> 28);
	memcpy(to->are.z, c->s.z, sizeof(to->are.z));
	to->are.fpsr = SYS(c, FPSR);
}

static void hand_on(struct bin_reader *r, struct event *e)
{
	e->cycle = r->m.time >> 4;
	e->place = r->m.place;
	r->events++;
	trace_emit(r->run.to, e);
}

/* What the file says of an access, which the instruction has chosen. */
static bool on_access(void *ctx, u64 va, unsigned size, bool is_write, u8 *data)
{
	struct bin_reader *r = ctx;
	unsigned at = (r->run.mem + r->run.next++) & (BIN_MEMS - 1);
	struct event e = { .kind = EV_MEM };
	struct ev_mem *i = &e.mem;
	u64 key = bin_page_key(&r->m, va);

	i->va = va;
	i->size = (u8)size;
	i->is_write = is_write;
	get_place_of(r, i, bin_page_at(&r->m, key)->key != key);
	if (is_write) {
		memcpy(i->value, data, size);
	} else {
		i->value[0] = r->m.mem[at].value[0] += get_delta(r);
		if (size > 8)
			i->value[1] = r->m.mem[at].value[1] += get_delta(r);
		memcpy(data, i->value, size);
	}
	if (!r->bad)
		hand_on(r, &e);
	return !r->bad;
}

static void repeat(struct bin_reader *r, struct bin_core *c)
{
	struct bin_insn *known = bin_insn_at(&r->m, c->next_pc);
	struct event e = { .kind = EV_INSN };
	struct ev_insn *i = &e.insn;

	if (known->pc != c->next_pc)
		bin_new_insn(known, c->next_pc, (u32)bin_load(take(r, 4), 4));
	r->run.mem = bin_mem_index(c, 0);
	r->run.next = 0;
	if (r->bad || !replay_insn(&r->replay, c->next_pc, known->word, i)) {
		r->bad = true;
		return;
	}
	i->el = c->el;
	i->secure = c->secure;
	i->pa = i->pc + c->pa_offset;
	c->next_pc = r->replay.core->next_pc;
	r->m.time += replay_cost(&r->replay, known->word);
	hand_on(r, &e);
}

void bin_get_run(struct bin_reader *r, unsigned flags, struct tracer *to)
{
	struct bin_core *c = &r->m.core[((struct event){ .place = r->m.place }).core + 1];
	unsigned count = get_byte(r);

	if (flags & RUN_JUMP)
		c->next_pc += get_delta(r);
	if (flags & RUN_TIME)
		r->m.time += get_delta(r);
	if (!r->replay.core || r->bad) {
		r->bad = true;
		return;
	}
	c->loaded = 0;
	r->run.to = to;
	enter(r->replay.core, c);
	while (count-- && !r->bad)
		repeat(r, c);
	leave(r->replay.core, c);
	r->m.cycle = r->m.time >> 4;
}
