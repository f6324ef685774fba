/*
 * The step engine: the same semantics, one instruction at a time, with every instruction and access as an event. It
 * looks at interrupts and at the slice's end exactly where the fast engine does, and fetches pages anew exactly when
 * the fast engine would, so that a run is the same by either, or by both in turns.
 */
#include "cpu/engine.h"

#include <string.h>

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
	u64 place; /* before it */
	bool kept; /* `before` has the registers that it may change */
	struct before before;
	struct event insn;
};

static const struct code_page *page_of(const struct cpu *c)
{
	return (const struct code_page *)((const u8 *)c->cur_ops - offsetof(struct code_page, ops));
}

/* The part that is known before it executes, and which that may change. */
static inline void begin_insn(const struct cpu *c, struct stepped *s)
{
	struct tracer *t = c->trace;

	t->step.released = false;
	if (unlikely(t->step.sync) && t->stepper) {
		t->stepper->begins(t->stepper->ctx, &t->step);
		t->step.sync = SYNC_NONE;
	}
	s->place = c->place;
	s->kept = s->what->keeps || !t->stepper_alone || !t->stepper;
	if (s->kept)
		changes_before(c, &s->what->changes, &s->before);
}

void step_keep(struct cpu *c)
{
	struct stepped *s = c->stepped;

	if (s->kept)
		return;
	s->kept = true;
	changes_before(c, &s->what->changes, &s->before);
}

/* Whether an observer takes it as a step; others may want the events nevertheless. */
static bool take_step(struct cpu *c, const struct stepped *s)
{
	struct tracer *t = c->trace;
	struct trace_step *step = &t->step;

	if (!t->stepper || !s->what->follows || step->released || c->s.exc.kind != EXC_NONE)
		return false;
	/* A tag byte was dropped, or the target overwritten: the registers do not tell. */
	if (s->what->keeps && s->what->branches && c->s.r.x[s->what->op.n] != c->next_pc)
		return false;
	if (trace_needs_attention(t) && t->where)
		t->where(t->where_ctx, &(struct event){ 0 });
	step->pc = s->pc;
	step->pa = page_of(c)->pa + 4 * s->index;
	step->word = s->what->op.insn;
	step->place = c->place;
	step->el = (u8)(s->place >> 16);
	step->secure = s->place >> 24 & 1;
	step->time = engine_time(c);
	step->cost = s->what->cost >> 32;
	return t->stepper->step(t->stepper->ctx, step);
}

static void emit_insn(struct cpu *c, struct stepped *s)
{
	struct tracer *t = c->trace;
	struct ev_insn *i = &s->insn.insn;
	bool taken = take_step(c, s);

	if (likely(taken && t->stepper_alone)) {
		t->step.count = 0;
		return;
	}
	trace_release(t, taken ? t->stepper : NULL);
	engine_event(c, &s->insn, EV_INSN);
	i->pc = s->pc;
	i->word = s->what->op.insn;
	i->pa = page_of(c)->pa + 4 * s->index;
	i->el = (u8)(s->place >> 16);
	i->secure = s->place >> 24 & 1;
	i->changed = 0;
	i->changed_v = 0;
	if (s->kept)
		changes_after(c, &s->what->changes, &s->before, i);
	trace_deliver(t, &s->insn, taken ? t->stepper : NULL);
}

static inline enum flow flow_of(const struct cpu *c, const struct stepped *s)
{
	if (unlikely(c->s.exc.kind != EXC_NONE))
		return FLOW_EXCEPTION;
	if (likely(!c->boundary))
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

/* The instruction itself; a software step that it ends is done. False: it was stopped before it did anything. */
static inline bool execute(struct cpu *c, const struct code_word *what)
{
	bool stepping = unlikely(c->debugging) && debug_is_stepping(c);

	c->boundary = false;
	c->rmw.host = NULL;
	what->step(c, &what->op);
	if (unlikely(c->s.exc.kind == EXC_STOP)) {
		c->s.exc.kind = EXC_NONE;
		trace_release(c->trace, NULL);
		return false;
	}
	if (unlikely(stepping) && c->s.exc.kind == EXC_NONE)
		debug_advance(c, what->op.insn);
	if (unlikely(c->rmw.host))
		mem_emit_rmw(c);
	c->left -= what->cost;
	return true;
}

/* Execute the instruction at `at` (an op of the current page). */
static enum flow step_one(struct cpu *c, const struct op *at, struct stepped *s)
{
	bool wants = trace_wants(c->trace, EV_INSN);
	unsigned index = (unsigned)(at - c->cur_ops);
	u64 pc = c->cur_va + 4ull * index;
	const struct code_word *what;
	enum flow flow;
	u32 word;

	memcpy(&word, page_of(c)->host + 4ull * index, 4);
	s->what = what = code_word(c, word);
	s->index = index;
	s->pc = c->s.pc = pc;
	c->next_pc = pc + 4;
	c->stepped = NULL;
	if (likely(wants)) {
		c->stepped = s;
		begin_insn(c, s);
	}
	if (unlikely(!execute(c, what)))
		return FLOW_STOP;
	flow = flow_of(c, s);
	if (unlikely(flow == FLOW_CHECK))
		c->place = cpu_place(c);
	else
		follow_el(c);
	if (likely(wants))
		emit_insn(c, s);
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
static bool run_steps(struct cpu *c, const struct op *op, u64 *max)
{
	struct stepped s;
	enum flow flow;

	s.insn.insn.x = c->s.r.x;
	s.insn.insn.z = c->s.z;
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

static bool step_chain(struct cpu *c, const struct op *op, u64 *max)
{
	struct tracer *t = c->trace;
	bool more;

	c->place = cpu_place(c);
	t->step.core = c;
	t->step.sync = SYNC_ALL;
	more = run_steps(c, op, max);
	c->stepped = NULL;
	if (t->stepper)
		t->stepper->pauses(t->stepper->ctx, &t->step);
	return more;
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
