/*
 * The step engine: the same semantics, one instruction at a time, with every instruction and access as an event. It
 * looks at interrupts and at the slice's end exactly where the fast engine does, and fetches pages anew exactly when
 * the fast engine would, so that a run is the same by either, or by both in turns.
 */
#include "cpu/engine.h"

#include <string.h>

#include "base/read_alone.h"
#include "cpu/debug.h"
#include "cpu/decode.h"
#include "cpu/points.h"
#include "cpu/specialise.h"

/* What happened to control flow, and so what the fast engine would do next. */
enum flow { FLOW_NEXT, FLOW_CHECK, FLOW_NEAR, FLOW_FAR, FLOW_EXCEPTION, FLOW_STOP };

struct stepped {
	const struct code_word *what;
	unsigned index;
	u64 pc;
	/* The registers as the last instruction left them. */
	bool knows;
	u8 known_nzcv;
	u64 known[REG_COUNT], known_fpsr, known_fpcr;
	u64 known_v[32][EV_INSN_V_WORDS];
	struct event insn;
};

static u8 nzcv_of(const struct cpu_regs *r)
{
	return (u8)((r->n < 0) << 3 | (r->z == 0) << 2 | (READ_ALONE(r->c) & 1) << 1 | (READ_ALONE(r->v) & 1));
}

static void know_all(const struct cpu *c, struct stepped *s)
{
	memcpy(s->known, c->s.r.x, sizeof(s->known));
	for (unsigned i = 0; i < 32; i++)
		memcpy(s->known_v[i], c->s.z[i], sizeof(s->known_v[i]));
	s->known_nzcv = nzcv_of(&c->s.r);
	s->known_fpsr = SYS(c, FPSR);
	s->known_fpcr = SYS(c, FPCR);
	s->knows = true;
}

/* Bit for whether a value differs from what is known, which follows. */
static inline u64 take(u64 *known, u64 now, unsigned bit)
{
	u64 differs = *known != now;

	*known = now;
	return differs << bit;
}

static u64 take_x(const struct cpu *c, struct stepped *s, u32 may)
{
	u64 changed = 0;

	for (; may & ~(1u << EV_INSN_SP); may &= may - 1) {
		unsigned i = (unsigned)__builtin_ctz(may);

		changed |= take(&s->known[i], c->s.r.x[i], i);
	}
	return may ? changed | take(&s->known[REG_SP], c->s.r.x[REG_SP], EV_INSN_SP) : changed;
}

static u32 take_v(const struct cpu *c, struct stepped *s, u32 may)
{
	u32 changed = 0;

	for (; may; may &= may - 1) {
		unsigned i = (unsigned)__builtin_ctz(may);
		u64 differs = take(&s->known_v[i][0], c->s.z[i][0], 0) | take(&s->known_v[i][1], c->s.z[i][1], 0);

		changed |= (u32)differs << i;
	}
	return changed;
}

static u64 take_nzcv(const struct cpu *c, struct stepped *s)
{
	u8 now = nzcv_of(&c->s.r);
	u64 differs = now != s->known_nzcv;

	s->known_nzcv = now;
	return differs << EV_INSN_NZCV;
}

/* What comes with the registers that few instructions may change. */
static void take_others(const struct cpu *c, struct stepped *s, const struct changes *may, struct ev_insn *i)
{
	if (may->fp_status) {
		i->changed |= take(&s->known_fpsr, SYS(c, FPSR), EV_INSN_FPSR);
		i->changed |= take(&s->known_fpcr, SYS(c, FPCR), EV_INSN_FPCR);
		i->fpsr = s->known_fpsr;
		i->fpcr = s->known_fpcr;
	}
	if (may->v)
		i->changed_v = take_v(c, s, may->v);
}

/* The part that is known before it executes, and which that may change. */
static void begin_insn(const struct cpu *c, struct stepped *s, const struct code_page *p)
{
	struct ev_insn *i = &s->insn.insn;

	if (unlikely(!s->knows))
		know_all(c, s);
	s->known[REG_SP] = c->s.r.x[REG_SP]; /* an exception in between may have selected another */
	i->pc = s->pc;
	i->word = s->what->op.insn;
	i->pa = p->pa + 4 * s->index;
	s->insn.place = c->place;
	i->el = s->insn.el;
	i->secure = s->insn.secure;
}

static void emit_insn(struct cpu *c, struct stepped *s)
{
	const struct changes *may = &s->what->changes;
	struct ev_insn *i = &s->insn.insn;

	engine_event(c, &s->insn, EV_INSN);
	i->changed = take_x(c, s, may->x);
	i->changed_v = 0;
	if (may->nzcv) {
		i->changed |= take_nzcv(c, s);
		i->nzcv = s->known_nzcv;
	}
	if (unlikely(may->fp_status || may->v))
		take_others(c, s, may, i);
	i->sp = s->known[REG_SP];
	trace_deliver(c->trace, &s->insn);
}

static enum flow flow_of(const struct cpu *c, const struct stepped *s)
{
	if (c->s.exc.kind != EXC_NONE)
		return FLOW_EXCEPTION;
	if (!c->boundary)
		return FLOW_NEXT;
	if (c->next_pc == s->pc + 4 && !s->what->branches)
		return FLOW_CHECK;
	return specialise_is_near(&s->what->op, s->what->row, s->index) ? FLOW_NEAR : FLOW_FAR;
}

/* Exceptions and their returns move events to another EL. What else makes up the place is written by NEXT_CHECK. */
static inline void follow_el(struct cpu *c)
{
	if (unlikely((u8)(c->place >> 16) != c->s.p.el))
		c->place = cpu_place(c);
}

/* Execute the instruction at `at` (an op of the current page). */
static enum flow step_one(struct cpu *c, const struct op *at, struct stepped *s)
{
	const struct code_page *p =
		(const struct code_page *)((const u8 *)c->cur_ops - offsetof(struct code_page, ops));
	bool wants = trace_wants(c->trace, EV_INSN);
	bool stepping;
	enum flow flow;
	u32 word;

	s->index = (unsigned)(at - c->cur_ops);
	s->pc = c->cur_va + 4ull * s->index;
	memcpy(&word, p->host + 4 * s->index, 4);
	s->what = code_word(c, word);
	c->s.pc = s->pc;
	c->next_pc = s->pc + 4;
	c->boundary = false;
	if (wants)
		begin_insn(c, s, p);
	c->rmw.host = NULL;
	stepping = unlikely(c->debugging) && debug_is_stepping(c);
	insn_rows[s->what->row].step(c, &s->what->op);
	if (unlikely(c->s.exc.kind == EXC_STOP)) {
		c->s.exc.kind = EXC_NONE;
		return FLOW_STOP;
	}
	if (stepping && c->s.exc.kind == EXC_NONE)
		debug_advance(c, word);
	if (c->rmw.host)
		mem_emit_rmw(c);
	c->left -= s->what->cost;
	flow = flow_of(c, s);
	if (unlikely(flow == FLOW_CHECK))
		c->place = cpu_place(c);
	else
		follow_el(c);
	if (wants)
		emit_insn(c, s);
	s->knows = wants;
	return flow;
}

static const struct op *resume(struct cpu *c)
{
	const struct op *next = engine_resume(c);

	follow_el(c);
	return next;
}

static const struct op *go(struct cpu *c, u64 va)
{
	const struct op *next = engine_go(c, va);

	follow_el(c);
	return next;
}

/* The next op as the fast engine would find it; NULL: back to the run loop. */
static const struct op *follow(struct cpu *c, const struct stepped *s, enum flow flow)
{
	const struct op *next = &c->cur_ops[s->index + 1];

	switch (flow) {
	case FLOW_NEXT:
		if (s->index + 1 < CODE_PAGE_OPS)
			return next;
		return go(c, c->cur_va + 0x1000);
	case FLOW_CHECK:
		if (!engine_over(c) && !c->context_stale && !c->refetch && c->s.halt == CORE_RUNS)
			return s->index + 1 < CODE_PAGE_OPS ? next : go(c, c->cur_va + 0x1000);
		c->s.pc = s->pc + 4;
		return resume(c);
	case FLOW_NEAR:
		if (!engine_over(c) && !c->refetch)
			return &c->cur_ops[(c->next_pc >> 2) & (CODE_PAGE_OPS - 1)];
		c->s.pc = c->next_pc;
		return resume(c);
	case FLOW_FAR: return go(c, c->next_pc);
	default: cpu_take_exception(c); return resume(c);
	}
}

/* Whether a debug exception takes the place of the instruction at `op`. */
static bool debug_intercepts(struct cpu *c, const struct op *op)
{
	c->s.pc = c->cur_va + ((u64)(op - c->cur_ops) << 2);
	return debug_step_is_due(c) || debug_breakpoint(c);
}

static bool points_break_at(struct cpu *c, const struct op *op)
{
	c->s.pc = c->cur_va + ((u64)(op - c->cur_ops) << 2);
	return points_break(c);
}

/* Returns false when max instructions were executed. */
static bool step_chain(struct cpu *c, const struct op *op, u64 *max)
{
	struct stepped s;
	enum flow flow;

	s.knows = false;
	s.insn.insn.x = c->s.r.x;
	s.insn.insn.z = c->s.z;
	c->place = cpu_place(c);
	while (op) {
		if (unlikely(c->debugging) && debug_intercepts(c, op)) {
			cpu_take_exception(c);
			op = resume(c);
			continue;
		}
		if (unlikely(c->points) && points_break_at(c, op))
			return true;
		flow = step_one(c, op, &s);
		if (flow == FLOW_STOP)
			return true;
		op = follow(c, &s, flow);
		if (--*max)
			continue;
		if (op) {
			c->s.pc = c->cur_va + ((u64)(op - c->cur_ops) << 2);
			c->s.mid_run = true;
		}
		return false;
	}
	return true;
}

void engine_step_slice(struct cpu *c, const struct op *op)
{
	u64 max = ~0ull;

	step_chain(c, op, &max);
}

enum cpu_stop cpu_run_traced(struct cpu *c, u64 until, u64 max_insns)
{
	const struct op *op;
	enum cpu_stop stop;

	while (engine_enter(c, until << 4, &op, &stop)) {
		bool more = !op || step_chain(c, op, &max_insns);

		engine_publish(c);
		if (!more)
			return STOP_REQUEST;
	}
	return stop;
}
