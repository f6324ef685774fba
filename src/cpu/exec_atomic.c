/*
 * Atomic memory operations of FEAT_LSE. Arm ARM C6.2 (LDADD, LDCLR, LDEOR, LDSET, LDSMAX, LDSMIN, LDUMAX, LDUMIN, SWP,
 * CAS, CASP). Nothing else runs between the read and the write; acquire and release order nothing further.
 *
 * op->m is Xs, op->d is Xt. A comparison that fails writes nothing, though the location is always checked for writing.
 */
#include "cpu/exec.h"
#include "cpu/a64_rows.h"

/* FEAT_LSE2: a location within 16 aligned bytes need not be naturally aligned. */
typedef u8 any_u8;
typedef u16 any_u16 __attribute__((aligned(1)));
typedef u32 any_u32 __attribute__((aligned(1)));
typedef u64 any_u64 __attribute__((aligned(1)));

/* `old` is what was there, `arg` is Xs, both of the element's type */
#define ATOMIC_OP(name, T, result)                                                                                     \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		any_##T *p;                                                                                            \
		T old, arg = (T)X(m);                                                                                  \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		ATOMIC(T, X(n), p);                                                                                    \
		old = *p;                                                                                              \
		*p = (T)(result);                                                                                      \
		X(d) = old;                                                                                            \
		NEXT;                                                                                                  \
	}
#define ATOMIC_SIZES(name, result)                                                                                     \
	ATOMIC_OP(name##b, u8, result)                                                                                 \
	ATOMIC_OP(name##h, u16, result)                                                                                \
	ATOMIC_OP(name##_w, u32, result)                                                                               \
	ATOMIC_OP(name##_x, u64, result)
#define ATOMIC_SIGNED(name, relation)                                                                                  \
	ATOMIC_OP(name##b, u8, (s8)old relation(s8) arg ? old : arg)                                                   \
	ATOMIC_OP(name##h, u16, (s16)old relation(s16) arg ? old : arg)                                                \
	ATOMIC_OP(name##_w, u32, (s32)old relation(s32) arg ? old : arg)                                               \
	ATOMIC_OP(name##_x, u64, (s64)old relation(s64) arg ? old : arg)

ATOMIC_SIZES(ldadd, old + arg)
ATOMIC_SIZES(ldclr, old & ~arg)
ATOMIC_SIZES(ldeor, old ^ arg)
ATOMIC_SIZES(ldset, old | arg)
ATOMIC_SIGNED(ldsmax, >)
ATOMIC_SIGNED(ldsmin, <)
ATOMIC_SIZES(ldumax, old > arg ? old : arg)
ATOMIC_SIZES(ldumin, old < arg ? old : arg)
ATOMIC_SIZES(swp, arg)

/* op->m is Xs as the comparand, op->a the same register as the result */
#define COMPARE_AND_SWAP(name, T)                                                                                      \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		any_##T *p;                                                                                            \
		T old;                                                                                                 \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		ATOMIC(T, X(n), p);                                                                                    \
		old = *p;                                                                                              \
		if (old == (T)X(m))                                                                                    \
			*p = (T)X(d);                                                                                  \
		X(a) = old;                                                                                            \
		NEXT;                                                                                                  \
	}
COMPARE_AND_SWAP(casb, u8)
COMPARE_AND_SWAP(cash, u16)
COMPARE_AND_SWAP(cas_w, u32)
COMPARE_AND_SWAP(cas_x, u64)

struct pair_u32 {
	any_u32 e[2];
};
struct pair_u64 {
	any_u64 e[2];
};

/* Xs, Xs+1 are read as m, m + 1 and written as imm, a; Xt, Xt+1 are d, d + 1. */
#define COMPARE_AND_SWAP_PAIR(name, T)                                                                                 \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		const u64 *x = cpu->s.r.x;                                                                             \
		struct pair_##T *p;                                                                                    \
		T old0, old1;                                                                                          \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		ATOMIC(struct pair_##T, X(n), p);                                                                      \
		old0 = p->e[0];                                                                                        \
		old1 = p->e[1];                                                                                        \
		if (old0 == (T)x[op->m] && old1 == (T)x[op->m + 1]) {                                                  \
			p->e[0] = (T)x[op->d];                                                                         \
			p->e[1] = (T)x[op->d + 1];                                                                     \
		}                                                                                                      \
		X(imm) = old0;                                                                                         \
		X(a) = old1;                                                                                           \
		NEXT;                                                                                                  \
	}
COMPARE_AND_SWAP_PAIR(casp_w, u32)
COMPARE_AND_SWAP_PAIR(casp_x, u64)
