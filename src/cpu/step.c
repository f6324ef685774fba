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
#include "cpu/specialise.h"

/* What happened to control flow, and so what the fast engine would do next. */
enum flow { FLOW_NEXT, FLOW_CHECK, FLOW_NEAR, FLOW_FAR, FLOW_EXCEPTION };

struct stepped {
	const struct code_word *what;
	unsigned index;
	u64 pc;
	u8 el;
	bool secure;
	/* As the last instruction left them. */
	u64 known[REG_COUNT];
	u8 known_nzcv;
};

/* Compare eight registers at a time: few change. */
static u32 take_changed(u64 *known, const u64 *now)
{
	u32 changed = 0;

	for (unsigned g = 0; g < 32; g += 8) {
		u64 any = 0;

		for (unsigned i = g; i < g + 8; i++)
			any |= known[i] ^ now[i];
		if (likely(!any))
			continue;
		for (unsigned i = g; i < g + 8; i++) {
			changed |= (u32)(known[i] != now[i]) << i;
			known[i] = now[i];
		}
	}
	return changed & ~(1u << REG_ZERO);
}

static u8 nzcv_of(const struct cpu_regs *r)
{
	return (u8)((r->n < 0) << 3 | (r->z == 0) << 2 | (READ_ALONE(r->c) & 1) << 1 | (READ_ALONE(r->v) & 1));
}

static void know_all(const struct cpu *c, struct stepped *s)
{
	memcpy(s->known, c->s.r.x, sizeof(s->known));
	s->known_nzcv = nzcv_of(&c->s.r);
}

static void emit_insn(struct cpu *c, struct stepped *s)
{
	const struct code_page *p =
		(const struct code_page *)((const u8 *)c->cur_ops - offsetof(struct code_page, ops));
	u64 sp = c->s.r.x[REG_SP];
	struct event e;

	engine_event(&e, EV_INSN);
	e.insn = (struct ev_insn){ .pc = s->pc,
				   .word = s->what->op.insn,
				   .pa = p->pa + 4 * s->index,
				   .el = READ_ALONE(s->el),
				   .secure = READ_ALONE(s->secure),
				   .changed = take_changed(s->known, c->s.r.x),
				   .nzcv = nzcv_of(&c->s.r),
				   .sp = sp,
				   .x = c->s.r.x };
	e.insn.changed |= (u32)(sp != s->known[REG_SP]) << EV_INSN_SP;
	e.insn.changed_nzcv = e.insn.nzcv != s->known_nzcv;
	s->known_nzcv = e.insn.nzcv;
	trace_emit(c->trace, &e);
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
	s->what = code_word_get(c, word);
	c->s.pc = s->pc;
	c->next_pc = s->pc + 4;
	c->boundary = false;
	if (wants) {
		s->known[REG_SP] = c->s.r.x[REG_SP]; /* an exception in between may have selected another */
		s->el = c->s.p.el;
		s->secure = cpu_is_secure(c);
	}
	c->rmw.host = NULL;
	stepping = unlikely(c->debugging) && debug_is_stepping(c);
	insn_rows[s->what->row].step(c, &s->what->op);
	if (stepping && c->s.exc.kind == EXC_NONE)
		debug_advance(c, word);
	if (c->rmw.host)
		mem_emit_rmw(c);
	c->left -= s->what->cost;
	flow = flow_of(c, s);
	if (wants)
		emit_insn(c, s);
	else
		know_all(c, s);
	return flow;
}

/* The next op as the fast engine would find it; NULL: back to the run loop. */
static const struct op *follow(struct cpu *c, const struct stepped *s, enum flow flow)
{
	const struct op *next = &c->cur_ops[s->index + 1];

	switch (flow) {
	case FLOW_NEXT:
		if (s->index + 1 < CODE_PAGE_OPS)
			return next;
		return engine_go(c, c->cur_va + 0x1000);
	case FLOW_CHECK:
		if (!engine_over(c) && !c->context_stale && !c->refetch && c->s.halt == CORE_RUNS)
			return s->index + 1 < CODE_PAGE_OPS ? next : engine_go(c, c->cur_va + 0x1000);
		c->s.pc = s->pc + 4;
		return engine_resume(c);
	case FLOW_NEAR:
		if (!engine_over(c) && !c->refetch)
			return &c->cur_ops[(c->next_pc >> 2) & (CODE_PAGE_OPS - 1)];
		c->s.pc = c->next_pc;
		return engine_resume(c);
	case FLOW_FAR: return engine_go(c, c->next_pc);
	default: cpu_take_exception(c); return engine_resume(c);
	}
}

/* Whether a debug exception takes the place of the instruction at `op`. */
static bool debug_intercepts(struct cpu *c, const struct op *op)
{
	c->s.pc = c->cur_va + ((u64)(op - c->cur_ops) << 2);
	return debug_step_is_due(c) || debug_breakpoint(c);
}

/* Returns false when max instructions were executed. */
static bool step_chain(struct cpu *c, const struct op *op, u64 *max)
{
	struct stepped s;

	know_all(c, &s);
	while (op) {
		if (unlikely(c->debugging) && debug_intercepts(c, op)) {
			cpu_take_exception(c);
			op = engine_resume(c);
			continue;
		}
		op = follow(c, &s, step_one(c, op, &s));
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
