/*
 * Load- and store-exclusive, and the ordered loads and stores. Arm ARM B2.9, C6.2 (LDXR, LDXP, STXR, STXP, LDAR, STLR,
 * LDLAR, STLLR, LDAPR). Cores run one after the other in program order, so acquire and release order nothing further.
 *
 * op->d is Rt, op->a is Rt2, op->m is the status register Ws. CONSTRAINED UNPREDICTABLE: Ws equal to Rt, Rt2 or Rn
 * stores (to) the original value and then writes the status; LDXP with Rt == Rt2 leaves the second element.
 */
#include "cpu/exec.h"
#include "cpu/a64_rows.h"
#include "cpu/exclusive.h"

#define LOAD_EXCLUSIVE(name, T)                                                                                        \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		u64 va = X(n);                                                                                         \
		const T *p = NULL;                                                                                     \
		bool ok;                                                                                               \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		if (SLOT_HIT(rd, T, va))                                                                               \
			p = SLOT_PTR(rd, va);                                                                          \
		if (p && exclusive_in_ram(cpu, p)) {                                                                   \
			exclusive_mark(cpu, exclusive_ram_pa(cpu, p), sizeof(T));                                      \
			X(d) = *p;                                                                                     \
			NEXT;                                                                                          \
		}                                                                                                      \
		GO_SLOW;                                                                                               \
		SLOW(ok = mem_exclusive_load(cpu, op, va, sizeof(T)));                                                 \
		if (unlikely(!ok))                                                                                     \
			FAULT;                                                                                         \
		X(d) = (T)cpu->data[0];                                                                                \
		NEXT;                                                                                                  \
	}

#define STORE_EXCLUSIVE(name, T)                                                                                       \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		u64 va = X(n);                                                                                         \
		T *p = NULL;                                                                                           \
		int status;                                                                                            \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		if (SLOT_HIT(wr, T, va))                                                                               \
			p = SLOT_PTR(wr, va);                                                                          \
		if (p && exclusive_in_ram(cpu, p)) {                                                                   \
			bool pass = exclusive_pass(cpu, exclusive_ram_pa(cpu, p), sizeof(T));                          \
                                                                                                                       \
			if (pass)                                                                                      \
				*p = (T)X(d);                                                                          \
			X(m) = !pass;                                                                                  \
			NEXT;                                                                                          \
		}                                                                                                      \
		GO_SLOW;                                                                                               \
		cpu->data[0] = (T)X(d);                                                                                \
		SLOW(status = mem_exclusive_store(cpu, op, va, sizeof(T)));                                            \
		if (unlikely(status == EXCLUSIVE_FAULT))                                                               \
			FAULT;                                                                                         \
		X(m) = (u64)status;                                                                                    \
		NEXT;                                                                                                  \
	}

#define ORDERED_LOAD(name, T)                                                                                          \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		T v;                                                                                                   \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		LOAD_FLAGS(T, X(n), v, MEM_ORDERED);                                                                   \
		X(d) = v;                                                                                              \
		NEXT;                                                                                                  \
	}
#define ORDERED_STORE(name, T)                                                                                         \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		CHECK_SP;                                                                                              \
		STORE_FLAGS(T, X(n), X(d), MEM_ORDERED);                                                               \
		NEXT;                                                                                                  \
	}

#define SIZES(F, name) F(name##b, u8) F(name##h, u16) F(name##_w, u32) F(name##_x, u64)

SIZES(LOAD_EXCLUSIVE, ldxr)
SIZES(STORE_EXCLUSIVE, stxr)
SIZES(ORDERED_LOAD, ldar)
SIZES(ORDERED_STORE, stlr)

/* Pairs are one access of twice the size, aligned and single-copy atomic as a whole. */
#define LOAD_EXCLUSIVE_PAIR(name, bytes, first, second)                                                                \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		bool ok;                                                                                               \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		SLOW(ok = mem_exclusive_load(cpu, op, X(n), bytes));                                                   \
		if (unlikely(!ok))                                                                                     \
			FAULT;                                                                                         \
		X(d) = (first);                                                                                        \
		X(a) = (second);                                                                                       \
		NEXT;                                                                                                  \
	}
#define STORE_EXCLUSIVE_PAIR(name, bytes, low, high)                                                                   \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		int status;                                                                                            \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		cpu->data[0] = (low);                                                                                  \
		cpu->data[1] = (high);                                                                                 \
		SLOW(status = mem_exclusive_store(cpu, op, X(n), bytes));                                              \
		if (unlikely(status == EXCLUSIVE_FAULT))                                                               \
			FAULT;                                                                                         \
		X(m) = (u64)status;                                                                                    \
		NEXT;                                                                                                  \
	}

LOAD_EXCLUSIVE_PAIR(ldxp_w, 8, (u32)cpu->data[0], cpu->data[0] >> 32)
LOAD_EXCLUSIVE_PAIR(ldxp_x, 16, cpu->data[0], cpu->data[1])
STORE_EXCLUSIVE_PAIR(stxp_w, 8, (u64)W(a) << 32 | W(d), 0)
STORE_EXCLUSIVE_PAIR(stxp_x, 16, X(d), X(a))
