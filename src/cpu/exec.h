/*
 * How an instruction is written: once, here, compiled twice.
 *
 *	EXEC(add_imm_x)			// named in a64.decode
 *	{
 *		X(d) = X(n) + op->imm;	// operands were extracted when the page was decoded
 *		NEXT;
 *	}
 *
 * The fast engine (ENGINE_STEP not defined) makes a chain of tail calls over decoded pages; the step engine
 * (ENGINE_STEP) executes one instruction and returns to its caller, which records events. The rules that keep both
 *true:
 *  - an EXEC ends with NEXT, FAULT, or one of the jump macros; every path does;
 *  - no address of a local variable may be taken in an EXEC (it would forbid the tail call): helpers return values;
 *  - memory is reached only within an EXEC_MEM, by LOAD, STORE, LOAD2, STORE2, ATOMIC or the mem_* functions within
 *SLOW();
 *  - whatever may change time, interrupts, the regime or PSTATE runs within SLOW() and ends with NEXT_CHECK.
 */
#ifndef CPU_EXEC_H
#define CPU_EXEC_H

#include "cpu/cpu.h"

#define X(f) (cpu->s.r.x[op->f])
#define W(f) ((u32)cpu->s.r.x[op->f])

/* ---- control ---- */
#ifdef ROW_COVERAGE
/* As below, but the instruction's row is noted first (coverage.c). */
#define EXEC_NOTED(type, name)                                                                                         \
	type name(struct cpu *cpu, const struct op *op);                                                               \
	static inline type noted_##name(struct cpu *cpu, const struct op *op);                                         \
	type name(struct cpu *cpu, const struct op *op)                                                                \
	{                                                                                                              \
		coverage_note(cpu, op);                                                                                \
		return noted_##name(cpu, op);                                                                          \
	}                                                                                                              \
	static inline type noted_##name(struct cpu *cpu, const struct op *op)
void coverage_note(const struct cpu *cpu, const struct op *op);
#else
#define EXEC_NOTED(type, name) type name(struct cpu *cpu, const struct op *op)
#endif
#ifdef ENGINE_STEP
#define EXEC(name) EXEC_NOTED(void, step_##name)
#define NEXT return
#define NEXT_CHECK                                                                                                     \
	do {                                                                                                           \
		cpu->boundary = true;                                                                                  \
		return;                                                                                                \
	} while (0)
#define FAULT return
#define PC (cpu->s.pc)
#define SLOW(statement)                                                                                                \
	do {                                                                                                           \
		statement;                                                                                             \
	} while (0)
/* Jump to an absolute VA (already validated for BTI etc.). */
#define JUMP(va)                                                                                                       \
	do {                                                                                                           \
		cpu->next_pc = (va);                                                                                   \
		cpu->boundary = true;                                                                                  \
		return;                                                                                                \
	} while (0)
#else
#ifdef ENGINE_LOOP
#define EXEC(name) EXEC_NOTED(const struct op *, fast_##name)
#define acc (cpu->acc)
#define GOTO(target) return (target)
const struct op *engine_check(struct cpu *cpu, const struct op *op);
const struct op *engine_fault(struct cpu *cpu, const struct op *op);
const struct op *engine_jump(struct cpu *cpu, const struct op *op, u64 va);
const struct op *engine_near_over(struct cpu *cpu, const struct op *op, const struct op *target);
#define CALL(f, ...) return f(cpu, op, ##__VA_ARGS__)
#else
#define EXEC(name) void fast_##name(struct cpu *cpu, const struct op *op, u64 acc)
#define GOTO(target)                                                                                                   \
	do {                                                                                                           \
		const struct op *t_ = (target);                                                                        \
		return t_->fn(cpu, t_, acc);                                                                           \
	} while (0)
void engine_check(struct cpu *cpu, const struct op *op, u64 acc);
void engine_fault(struct cpu *cpu, const struct op *op, u64 acc);
void engine_jump(struct cpu *cpu, const struct op *op, u64 acc, u64 va);
void engine_near_over(struct cpu *cpu, const struct op *op, u64 acc, const struct op *target);
#define CALL(f, ...) return f(cpu, op, acc, ##__VA_ARGS__)
#endif
#define NEXT GOTO(op + 1)
/* Like NEXT, but looks at interrupts and stop requests first (and refetches the context). */
#define NEXT_CHECK CALL(engine_check)
/* An exception was recorded: take it. */
#define FAULT CALL(engine_fault)
/* VA of this instruction. */
#define PC (cpu->cur_va + ((u64)(op - cpu->cur_ops) << 2))
#define JUMP(va) CALL(engine_jump, (va))
/* Run a statement with the core's time and PC published; time may have moved when it returns. */
#define SLOW(statement)                                                                                                \
	do {                                                                                                           \
		cpu->left = acc - op->cum;                                                                             \
		cpu->s.pc = PC;                                                                                        \
		statement;                                                                                             \
		acc = cpu->left + op->cum;                                                                             \
	} while (0)
#endif

#ifndef ENGINE_STEP
/* To an op of the same page. acc is left + cum; the jump moves both along. */
#define TARGET_AT(op_)                                                                                                 \
	do {                                                                                                           \
		const struct op *to_ = (op_);                                                                          \
		u64 left_ = acc - op[1].cum;                                                                           \
		if (unlikely((s64)left_ < 0 || cpu->refetch))                                                          \
			CALL(engine_near_over, to_);                                                                   \
		acc = left_ + to_->cum;                                                                                \
		GOTO(to_);                                                                                             \
	} while (0)
#define TARGET_NEAR TARGET_AT(op + (s64)op->imm)
#endif

/*
 * An instruction that reaches memory is an EXEC_MEM. Its fast form gives up at the first thing out of the ordinary
 * (before any effect) and its slow form, the same text, does everything; so the fast form needs no stack frame.
 */
#if defined(ENGINE_STEP) || defined(ENGINE_LOOP)
#define EXEC_MEM(name) EXEC(name)
#define GO_SLOW ((void)0)
#define slow_form false
#else
#define EXEC_MEM(name)                                                                                                 \
	static op_fn slow_##name;                                                                                      \
	static inline                                                                                                  \
		__attribute__((always_inline)) void body_##name(struct cpu *, const struct op *, u64, bool, op_fn *);  \
	void fast_##name(struct cpu *cpu, const struct op *op, u64 acc)                                                \
	{                                                                                                              \
		body_##name(cpu, op, acc, false, slow_##name);                                                         \
	}                                                                                                              \
	static __attribute__((noinline)) void slow_##name(struct cpu *cpu, const struct op *op, u64 acc)               \
	{                                                                                                              \
		body_##name(cpu, op, acc, true, NULL);                                                                 \
	}                                                                                                              \
	static inline __attribute__((always_inline)) void body_##name(struct cpu *cpu, const struct op *op, u64 acc,   \
								      bool slow_form, op_fn *slow)
#define GO_SLOW                                                                                                        \
	do {                                                                                                           \
		if (!slow_form)                                                                                        \
			return slow(cpu, op, acc);                                                                     \
	} while (0)
#endif

/* ---- flags ---- */
#define SET_FLAGS(nn, zz, cc, vv)                                                                                      \
	do {                                                                                                           \
		cpu->s.r.n = (s64)(nn);                                                                                \
		cpu->s.r.z = (u64)(zz);                                                                                \
		cpu->s.r.c = (cc);                                                                                     \
		cpu->s.r.v = (vv);                                                                                     \
	} while (0)

/* ConditionHolds(cond), cond 0..15 */
static inline bool condition_holds(const struct cpu *cpu, unsigned cond)
{
	const struct cpu_regs *r = &cpu->s.r;
	bool result;

	switch (cond >> 1) {
	case 0: result = r->z == 0; break;
	case 1: result = r->c; break;
	case 2: result = r->n < 0; break;
	case 3: result = r->v; break;
	case 4: result = r->c && r->z != 0; break;
	case 5: result = (r->n < 0) == (bool)r->v; break;
	case 6: result = r->z != 0 && (r->n < 0) == (bool)r->v; break;
	default: return true;
	}
	return result != (cond & 1);
}

/*
 * The conditions as expressions, for fast forms that know theirs: F(number, name, expression). AL and NV have none.
 */
#define FLAG_N (cpu->s.r.n < 0)
#define FLAG_Z (cpu->s.r.z == 0)
#define FLAG_C (cpu->s.r.c)
#define FLAG_V ((bool)cpu->s.r.v)
#define CONDITIONS(F, ...)                                                                                             \
	F(0, eq, FLAG_Z, ##__VA_ARGS__)                                                                                \
	F(1, ne, !FLAG_Z, ##__VA_ARGS__)                                                                               \
	F(2, hs, FLAG_C, ##__VA_ARGS__)                                                                                \
	F(3, lo, !FLAG_C, ##__VA_ARGS__)                                                                               \
	F(4, mi, FLAG_N, ##__VA_ARGS__)                                                                                \
	F(5, pl, !FLAG_N, ##__VA_ARGS__)                                                                               \
	F(6, vs, FLAG_V, ##__VA_ARGS__)                                                                                \
	F(7, vc, !FLAG_V, ##__VA_ARGS__)                                                                               \
	F(8, hi, FLAG_C && !FLAG_Z, ##__VA_ARGS__)                                                                     \
	F(9, ls, !FLAG_C || FLAG_Z, ##__VA_ARGS__)                                                                     \
	F(10, ge, FLAG_N == FLAG_V, ##__VA_ARGS__)                                                                     \
	F(11, lt, FLAG_N != FLAG_V, ##__VA_ARGS__)                                                                     \
	F(12, gt, !FLAG_Z && FLAG_N == FLAG_V, ##__VA_ARGS__)                                                          \
	F(13, le, FLAG_Z || FLAG_N != FLAG_V, ##__VA_ARGS__)

/* ---- memory ---- */
#define PAGE_MASK_4K (~0xfffull)
#ifdef ENGINE_STEP
#define SLOT_HIT(table, T, va) false
#define SLOT_HIT_LOW(table, low, va) false
#define SLOT_HIT2(table, T, va) false
#define SLOT_HIT_UNPRIV(table, T, va) false
#define SLOT_PTR(table, va) NULL
#define SLOT_PTR_UNPRIV(table, va) NULL
#else
/* slot_index() of engine.h, in bytes */
#define SLOT_IN(table, va, where)                                                                                      \
	((const struct host_slot *)((const char *)cpu->table +                                                         \
				    (((va) >> 8 ^ (where)) & (sizeof(cpu->table) - sizeof(struct host_slot)))))
#define SLOT(table, va) SLOT_IN(table, va, cpu->ctx_slot)
#define SLOT_UNPRIV(table, va) SLOT_IN(table, va, cpu->unpriv_slot)
/* low: the address bits below the page that must be zero */
#define SLOT_HIT_LOW(table, low, va)                                                                                   \
	(!slow_form && likely(SLOT(table, va)->tag == (((va) & (PAGE_MASK_4K | (low))) ^ cpu->ctx)))
#define SLOT_HIT(table, T, va) SLOT_HIT_LOW(table, sizeof(T) - 1, va)
#define SLOT_HIT2(table, T, va) (SLOT_HIT(table, T, va) && likely(((va)&0xfff) <= 0x1000 - 2 * sizeof(T)))
#define SLOT_HIT_UNPRIV(table, T, va)                                                                                  \
	(!slow_form &&                                                                                                 \
	 likely(SLOT_UNPRIV(table, va)->tag == (((va) & (PAGE_MASK_4K | (sizeof(T) - 1))) ^ cpu->unpriv_ctx)))
#define SLOT_PTR(table, va) ((void *)(uintptr_t)(SLOT(table, va)->addend + (va)))
#define SLOT_PTR_UNPRIV(table, va) ((void *)(uintptr_t)(SLOT_UNPRIV(table, va)->addend + (va)))
#endif

#ifdef ENGINE_STEP
#define MEM_READ mem_read
#define MEM_WRITE mem_write
#else
#define MEM_READ mem_read_miss
#define MEM_WRITE mem_write_miss
#endif

/* Load one element of type T (u8..u64) at va into dest. */
#define LOAD(T, va, dest) LOAD_FLAGS(T, va, dest, 0)
#define LOAD_FLAGS(T, va, dest, flags)                                                                                 \
	do {                                                                                                           \
		u64 va_ = (va);                                                                                        \
		if (!((flags)&MEM_UNPRIV) && SLOT_HIT(rd, T, va_)) {                                                   \
			(dest) = *(const T *)SLOT_PTR(rd, va_);                                                        \
		} else if ((flags)&MEM_UNPRIV && SLOT_HIT_UNPRIV(rd, T, va_)) {                                        \
			(dest) = *(const T *)SLOT_PTR_UNPRIV(rd, va_);                                                 \
		} else {                                                                                               \
			GO_SLOW;                                                                                       \
			bool ok_;                                                                                      \
			SLOW(ok_ = MEM_READ(cpu, op, va_, sizeof(T), (flags)));                                        \
			if (unlikely(!ok_))                                                                            \
				FAULT;                                                                                 \
			(dest) = (T)cpu->data[0];                                                                      \
		}                                                                                                      \
	} while (0)

/* Store one element. */
#define STORE(T, va, value) STORE_FLAGS(T, va, value, 0)
#define STORE_FLAGS(T, va, value, flags)                                                                               \
	do {                                                                                                           \
		u64 va_ = (va);                                                                                        \
		if (!((flags)&MEM_UNPRIV) && SLOT_HIT(wr, T, va_)) {                                                   \
			*(T *)SLOT_PTR(wr, va_) = (T)(value);                                                          \
		} else if ((flags)&MEM_UNPRIV && SLOT_HIT_UNPRIV(wr, T, va_)) {                                        \
			*(T *)SLOT_PTR_UNPRIV(wr, va_) = (T)(value);                                                   \
		} else {                                                                                               \
			GO_SLOW;                                                                                       \
			bool ok_;                                                                                      \
			cpu->data[0] = (u64)(T)(value);                                                                \
			SLOW(ok_ = MEM_WRITE(cpu, op, va_, sizeof(T), (flags)));                                       \
			if (unlikely(!ok_))                                                                            \
				FAULT;                                                                                 \
		}                                                                                                      \
	} while (0)

/* Two adjacent elements of type T. */
#define LOAD2(T, va, dest0, dest1)                                                                                     \
	do {                                                                                                           \
		u64 va_ = (va);                                                                                        \
		if (SLOT_HIT2(rd, T, va_)) {                                                                           \
			const T *p_ = SLOT_PTR(rd, va_);                                                               \
			T e0_ = p_[0], e1_ = p_[1];                                                                    \
			(dest0) = e0_;                                                                                 \
			(dest1) = e1_;                                                                                 \
		} else {                                                                                               \
			GO_SLOW;                                                                                       \
			bool ok_;                                                                                      \
			SLOW(ok_ = MEM_READ(cpu, op, va_, sizeof(T), MEM_PAIR));                                       \
			if (unlikely(!ok_))                                                                            \
				FAULT;                                                                                 \
			(dest0) = (T)cpu->data[0];                                                                     \
			(dest1) = (T)cpu->data[1];                                                                     \
		}                                                                                                      \
	} while (0)
#define STORE2(T, va, value0, value1)                                                                                  \
	do {                                                                                                           \
		u64 va_ = (va);                                                                                        \
		if (SLOT_HIT2(wr, T, va_)) {                                                                           \
			T *p_ = SLOT_PTR(wr, va_);                                                                     \
			p_[0] = (T)(value0);                                                                           \
			p_[1] = (T)(value1);                                                                           \
		} else {                                                                                               \
			GO_SLOW;                                                                                       \
			bool ok_;                                                                                      \
			cpu->data[0] = (u64)(T)(value0);                                                               \
			cpu->data[1] = (u64)(T)(value1);                                                               \
			SLOW(ok_ = MEM_WRITE(cpu, op, va_, sizeof(T), MEM_PAIR));                                      \
			if (unlikely(!ok_))                                                                            \
				FAULT;                                                                                 \
		}                                                                                                      \
	} while (0)

/* `T *p`: host pointer for a read-modify-write of sizeof(T) bytes at va (natural alignment is checked inside). */
#define ATOMIC(T, va, p)                                                                                               \
	do {                                                                                                           \
		u64 va_ = (va);                                                                                        \
		if (SLOT_HIT(wr, T, va_) && SLOT_HIT(rd, T, va_)) {                                                    \
			(p) = SLOT_PTR(wr, va_);                                                                       \
		} else {                                                                                               \
			GO_SLOW;                                                                                       \
			SLOW((p) = mem_atomic(cpu, op, va_, sizeof(T), MEM_ATOMIC));                                   \
			if (unlikely(!(p)))                                                                            \
				FAULT;                                                                                 \
		}                                                                                                      \
	} while (0)

/* Base register SP: AArch64.CheckSPAlignment when SCTLR_ELx.SA(0) is set. Place before the access. */
#define CHECK_SP                                                                                                       \
	do {                                                                                                           \
		if (op->n == REG_SP && unlikely(cpu->s.r.x[REG_SP] & 15)) {                                            \
			bool ok_;                                                                                      \
			GO_SLOW;                                                                                       \
			SLOW(ok_ = cpu_sp_check(cpu));                                                                 \
			if (!ok_)                                                                                      \
				FAULT;                                                                                 \
		}                                                                                                      \
	} while (0)

#endif
