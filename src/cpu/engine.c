/*
 * The fast engine: chains of decoded ops, slices of time, boundaries. See engine.h for the accounting.
 *
 * A boundary is a taken branch, the end of a page, an exception, or an instruction that ends with NEXT_CHECK. Events
 * (interrupts, stop requests, the slice's end) are looked at there and nowhere else, by this engine and by the step
 * engine alike, so that tracing changes nothing.
 */
#include "cpu/engine.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/exec_fp.h"
#include "cpu/debug.h"
#include "cpu/models.h"
#include "cpu/pmu.h"

/* ---- time ---- */

void engine_begin(struct cpu *c, u64 until)
{
	u64 cost = until > c->s.time ? until - c->s.time : 0;

	if (cost > SLICE_COST_MAX)
		cost = SLICE_COST_MAX;
	c->slice = cost;
	c->slice_cost = c->s.cost;
	c->slice_insns = c->s.insns;
	c->slice_time = c->s.time;
	c->left = cost << 32 | ENGINE_COUNT0;
	c->btype_left = (u32)ENGINE_COUNT0;
	if (c->s.kicked && c->s.mid_run)
		cpu_kick(c);
}

void engine_publish(struct cpu *c)
{
	u64 spent = c->slice - (u64)((s64)c->left >> 32);

	c->s.cost = c->slice_cost + spent;
	c->s.insns = c->slice_insns + (ENGINE_COUNT0 - (u32)c->left);
	c->s.time = c->slice_time + spent;
	c->s.p.btype = (u8)engine_btype(c);
	c->clock->now = c->s.time >> 4;
}

void cpu_sync_time(struct cpu *c)
{
	engine_publish(c);
}

void cpu_kick(struct cpu *c)
{
	s64 left = (s64)c->left >> 32;

	c->s.kicked = true;
	if (left < 0)
		return;
	c->left -= (u64)(left + 1) << 32;
	c->slice -= (u64)(left + 1);
}

/* ---- fetching ---- */

bool engine_fetch_translate(struct cpu *c, u64 va, struct translation *t)
{
	struct mmu_access a = { .va = va, .kind = ACCESS_FETCH, .privileged = c->s.p.el != 0, .pan = c->s.p.pan };
	struct fault f;

	if (va & 3) {
		cpu_pc_alignment(c, va);
		return false;
	}
	if (mmu_translate(c->tlb, c->regime, &a, &c->memory, t, &f)) {
		engine_charge(c, (u64)t->walk_reads * c->model->cost[TIMING_walk_read]);
		return true;
	}
	cpu_fetch_abort(c, &f);
	return false;
}

static inline const struct host_slot *ex_slot(const struct cpu *cpu, u64 va)
{
	return SLOT(ex, va);
}

static inline const struct op *enter_page(struct cpu *c, u64 va, const struct op *ops)
{
	c->cur_va = va & ~0xfffull;
	c->cur_ops = ops;
	c->cur_gone = false;
	return (const struct op *)((const u8 *)ops + (va & 0xffc) * (sizeof(struct op) / 4));
}

static inline const struct op *enter_slot(struct cpu *c, u64 va, const struct host_slot *s)
{
	const struct op *ops = (const struct op *)(uintptr_t)(s->addend & ~1ull);

	c->refetch = false;
	return enter_page(c, va, ops);
}

static const struct op *fetch_slow(struct cpu *c, u64 va)
{
	struct translation t;
	struct code_page *p;

	c->s.pc = va;
	if (!engine_fetch_translate(c, va, &t))
		return NULL;
	p = code_page_get(c, (pa_t){ t.pa.v & ~0xfffull, t.pa.ns });
	if (!p) {
		struct fault f = { .kind = FAULT_SYNC_EXTERNAL, .va = va };

		cpu_fetch_abort(c, &f);
		return NULL;
	}
	if (t.entry >= 0 && t.log2 >= 12)
		host_fill(c, SLOT_EX, va, (u64)(uintptr_t)p->ops | t.perms.s1.guarded, t.entry);
	return enter_page(c, va, p->ops);
}

static const struct op *fetch_checked(struct cpu *c, u64 va, const struct op *op)
{
	const struct code_page *p =
		(const struct code_page *)((const u8 *)c->cur_ops - offsetof(struct code_page, ops));
	u32 word;

	if (!op)
		return NULL;
	memcpy(&word, p->host + (va & 0xffc), sizeof(word));
	return engine_bti_allows(c, va, word) ? op : NULL;
}

static inline bool is_for(const struct cpu *c, u64 va, const struct host_slot *s)
{
	return s->tag == ((va & (~0xfffull | 3)) ^ c->ctx);
}

/* A guarded page after an indirect branch (perhaps): BTYPE is to be looked at. */
static inline bool is_to_check(const struct cpu *c, const struct host_slot *s)
{
	return (s->addend & 1) && c->s.p.btype;
}

static __attribute__((noinline)) const struct op *fetch_otherwise(struct cpu *c, u64 va)
{
	const struct host_slot *s = ex_slot(c, va);
	const struct op *op = is_for(c, va, s) ? enter_slot(c, va, s) : fetch_slow(c, va);

	return c->s.p.btype ? fetch_checked(c, va, op) : op;
}

static inline const struct op *fetch(struct cpu *c, u64 va)
{
	const struct host_slot *s = ex_slot(c, va);

	return likely(is_for(c, va, s) && !is_to_check(c, s)) ? enter_slot(c, va, s) : fetch_otherwise(c, va);
}

const struct op *engine_fetch(struct cpu *c)
{
	if (unlikely(c->debugging) && debug_step_is_due(c))
		return NULL;
	c->refetch = false;
	return fetch(c, c->s.pc);
}

/* BTI: whether the page of `va` is guarded, from its ex slot. */
bool engine_page_guarded(struct cpu *c, u64 va)
{
	const struct host_slot *s = ex_slot(c, va);

	return s->tag == ((va & ~0xfffull) ^ c->ctx) && (s->addend & 1);
}

/* ---- boundaries ---- */

bool engine_boundary(struct cpu *c)
{
	c->s.mid_run = false;
	c->s.kicked = false;
	if (c->s.halt != CORE_RUNS)
		return false;
	if (cpu_pending_interrupt(c))
		cpu_take_exception(c);
	if (c->context_stale)
		host_context(c);
	return true;
}

const struct op *engine_resume(struct cpu *c)
{
	const struct op *op;

	for (;;) {
		if (c->context_stale)
			host_context(c);
		if (engine_over(c) || c->s.halt != CORE_RUNS)
			return NULL;
		op = engine_fetch(c);
		if (op)
			return op;
		cpu_take_exception(c);
	}
}

const struct op *engine_go(struct cpu *c, u64 va)
{
	const struct op *op;

	if (unlikely(engine_over(c) || c->context_stale)) {
		c->s.pc = va;
		return engine_resume(c);
	}
	c->refetch = false;
	op = fetch(c, va);
	if (likely(op))
		return op;
	cpu_take_exception(c);
	return engine_resume(c);
}

#ifdef ENGINE_LOOP
#define RUN_FROM(op_)                                                                                                  \
	do {                                                                                                           \
		acc = c->left + (op_)->cum;                                                                            \
		return (op_);                                                                                          \
	} while (0)
#define STOP_HERE return NULL
#undef acc
#define acc (c->acc)
#define ENGINE_FN(name, ...) const struct op *name(struct cpu *c, const struct op *op, ##__VA_ARGS__)
#else
#define RUN_FROM(op_)                                                                                                  \
	do {                                                                                                           \
		const struct op *o_ = (op_);                                                                           \
		return o_->fn(c, o_, c->left + o_->cum);                                                               \
	} while (0)
#define STOP_HERE return
#define ENGINE_FN(name, ...) void name(struct cpu *c, const struct op *op, u64 acc, ##__VA_ARGS__)
#endif

ENGINE_FN(engine_fault)
{
	const struct op *next;

	if (unlikely(c->s.exc.kind == EXC_STOP)) {
		c->s.exc.kind = EXC_NONE;
		c->left = acc - op->cum;
		STOP_HERE;
	}
	c->left = acc - op[1].cum;
	cpu_take_exception(c);
	next = engine_resume(c);
	if (!next)
		STOP_HERE;
	RUN_FROM(next);
}

/* The instruction uses the SIMD&FP registers, and may not. */
ENGINE_FN(engine_fp_off)
{
	c->left = acc - op->cum;
	c->s.pc = c->cur_va + ((u64)(op - c->cur_ops) << 2);
	cpu_fp_trap(c);
	acc = c->left + op->cum;
#ifdef ENGINE_LOOP
	return engine_fault(c, op);
#else
	engine_fault(c, op, acc);
#endif
}

ENGINE_FN(engine_check)
{
	const struct op *next;

	c->left = acc - op[1].cum;
	if (likely(!engine_over(c) && !c->context_stale && !c->refetch && c->s.halt == CORE_RUNS))
		RUN_FROM(op + 1);
	c->s.pc = c->cur_va + ((u64)(op + 1 - c->cur_ops) << 2);
	next = engine_resume(c);
	if (!next)
		STOP_HERE;
	RUN_FROM(next);
}

/* A jump out of the ordinary: the slice ends, the page was not met in this context, or is guarded and BTYPE may be set.
 */
static __attribute__((noinline)) ENGINE_FN(jump_slow, u64 va)
{
	const struct op *next;

	c->left = acc - op[1].cum;
	c->s.p.btype = (u8)engine_btype(c);
	next = engine_go(c, va);
	if (!next)
		STOP_HERE;
	RUN_FROM(next);
}

ENGINE_FN(engine_jump, u64 va)
{
	const struct host_slot *s = ex_slot(c, va);
	u64 left = acc - op[1].cum;
	const struct op *to;

	if (unlikely((s64)left < 0 || !is_for(c, va, s) || c->context_stale || is_to_check(c, s))) {
#ifdef ENGINE_LOOP
		return jump_slow(c, op, va);
#else
		jump_slow(c, op, acc, va);
		return;
#endif
	}
	to = enter_slot(c, va, s);
	acc = left + to->cum;
#ifdef ENGINE_LOOP
	return to;
#else
	to->fn(c, to, acc);
#endif
}

/* A near branch at the end of the slice (or with a page to look at again). */
ENGINE_FN(engine_near_over, const struct op *target)
{
	u64 va = c->cur_va + ((u64)(target - c->cur_ops) << 2);
	const struct op *next;

	c->left = acc - op[1].cum;
	c->s.pc = va;
	next = engine_resume(c);
	if (!next)
		STOP_HERE;
	RUN_FROM(next);
}

/* ---- running ---- */

static void run_chain(struct cpu *c, const struct op *op)
{
#ifdef ENGINE_LOOP
	acc = c->left + op->cum;
	while (op)
		op = op->fn(c, op);
#else
	op->fn(c, op, c->left + op->cum);
#endif
}

/* Where to go on: the place itself when a straight-line run was interrupted, else by fetching. */
static const struct op *restart(struct cpu *c, bool mid)
{
	const struct op *op;

	if (c->context_stale)
		host_context(c);
	/* As if it had not stopped: a page whose translation went meanwhile is looked at again at the next boundary. */
	if (mid && c->cur_ops && c->cur_va == (c->s.pc & ~0xfffull) && !c->cur_gone)
		return &c->cur_ops[(c->s.pc >> 2) & (CODE_PAGE_OPS - 1)];
	op = engine_fetch(c);
	if (op)
		return op;
	cpu_take_exception(c);
	return engine_resume(c);
}

bool engine_enter(struct cpu *c, u64 end, const struct op **op, enum cpu_stop *stop)
{
	bool mid = c->s.mid_run;

	engine_begin(c, end);
	if (c->stop) {
		*stop = STOP_REQUEST;
		return false;
	}
	c->s.mid_run = false;
	if (!mid) {
		if (!engine_boundary(c)) {
			*stop = STOP_HALT;
			return false;
		}
		engine_publish(c); /* what an interrupt taken just now cost */
		if (c->s.time >= end) {
			*stop = STOP_SLICE;
			return false;
		}
	}
	*op = restart(c, mid);
	return true;
}

enum cpu_stop cpu_run(struct cpu *c, u64 until)
{
	const struct op *op;
	enum cpu_stop stop;

	while (engine_enter(c, until << 4, &op, &stop)) {
		if (op && unlikely(c->debugging))
			engine_step_slice(c, op);
		else if (op)
			run_chain(c, op);
		engine_publish(c);
	}
	return stop;
}
