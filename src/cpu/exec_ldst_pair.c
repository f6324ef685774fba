/*
 * Loads and stores of two general-purpose registers: op->d and op->a. Arm ARM C6.2 (LDP, LDPSW, LDNP, STP, STNP); the
 * non-temporal hint changes nothing here.
 *
 * Registers are written only after both elements were read, the base after that. CONSTRAINED UNPREDICTABLE: Rt == Rt2
 * leaves the second element; with writeback and a loaded register equal to the base, the base wins; a store stores the
 * original base.
 */
#include "cpu/exec.h"
#include "cpu/a64_rows.h"
#include "cpu/specialise.h"

/* The access, written for an address `va`, then the writeback */
#define PAIR_OFFSET(name, ...)                                                                                         \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		u64 va = X(n) + op->imm;                                                                               \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		__VA_ARGS__;                                                                                           \
		NEXT;                                                                                                  \
	}
#define PAIR_PRE(name, ...)                                                                                            \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		u64 va = X(n) + op->imm;                                                                               \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		__VA_ARGS__;                                                                                           \
		X(n) = va;                                                                                             \
		NEXT;                                                                                                  \
	}
#define PAIR_POST(name, ...)                                                                                           \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		u64 va = X(n);                                                                                         \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		__VA_ARGS__;                                                                                           \
		X(n) = va + op->imm;                                                                                   \
		NEXT;                                                                                                  \
	}

#define LOAD_PAIR(T) LOAD2(T, va, X(d), X(a))
#define STORE_PAIR(T) STORE2(T, va, X(d), X(a))

#define PAIR_MODES(name, ...)                                                                                          \
	PAIR_OFFSET(name##_imm, __VA_ARGS__)                                                                           \
	PAIR_PRE(name##_pre, __VA_ARGS__)                                                                              \
	PAIR_POST(name##_post, __VA_ARGS__)

PAIR_MODES(ldp_w, LOAD_PAIR(u32))
PAIR_MODES(ldp_x, LOAD_PAIR(u64))
PAIR_MODES(ldpsw, LOAD_PAIR(s32))
PAIR_MODES(stp_w, STORE_PAIR(u32))
PAIR_MODES(stp_x, STORE_PAIR(u64))

#ifndef ENGINE_STEP
/*
 * Runs: LDP or STP of X registers at addresses that follow one another, as prologues and contexts have them, as one op
 * of the fast engine: op->m pairs. Each keeps its own op, so that a jump into the run works as ever; without a slot for
 * all of it, this op does its own pair alone.
 */
#define RUN(name, table, ...)                                                                                          \
	EXEC(name##_run)                                                                                               \
	{                                                                                                              \
		const u64 va = X(n) + op->imm;                                                                         \
		const struct op *end = op + op->m;                                                                     \
		u64 *at;                                                                                               \
                                                                                                                       \
		if (unlikely(SLOT(table, va)->tag != ((va & (PAGE_MASK_4K | 7)) ^ cpu->ctx) ||                         \
			     (va & 0xfff) > 0x1000 - 16ull * op->m || (op->n == REG_SP && (cpu->s.r.x[REG_SP] & 15)))) \
			CALL(fast_##name);                                                                             \
		for (at = SLOT_PTR(table, va); op != end; op++, at += 2) {                                             \
			__VA_ARGS__;                                                                                   \
		}                                                                                                      \
		GOTO(op);                                                                                              \
	}

RUN(stp_x_imm, wr, at[0] = X(d); at[1] = X(a))
RUN(ldp_x_imm, rd, X(d) = at[0]; X(a) = at[1])
#endif
