/*
 * Fused pairs: a comparison and the B.cond behind it, whose target lies in the same page, as one op of the fast engine.
 * Both keep their own ops, so that a jump to the second works as ever; the first does the work of both.
 */
#ifndef ENGINE_STEP
#include "cpu/exec_alu.h"
#include "cpu/specialise.h"

/* The condition on the flags just computed; the compiler sees their values. acc and cum as in TARGET_NEAR. */
#define FUSED(number, cc, holds, name, COMPARISON)                                                                     \
	static EXEC(name##_b_##cc)                                                                                     \
	{                                                                                                              \
		COMPARISON;                                                                                            \
		op++;                                                                                                  \
		if (holds)                                                                                             \
			TARGET_NEAR;                                                                                   \
		NEXT;                                                                                                  \
	}
#define FUSED_ENTRY(number, cc, holds, name) [number] = fast_##name##_b_##cc,
#define FUSE(name, COMPARISON)                                                                                         \
	CONDITIONS(FUSED, name, COMPARISON)                                                                            \
	op_fn *const name##_b_forms[16] = { CONDITIONS(FUSED_ENTRY, name) };

FUSE(subs_imm_x, X(d) = subs64(cpu, X(n), op->imm))
FUSE(subs_imm_w, X(d) = subs32(cpu, W(n), (u32)op->imm))
FUSE(subs_x, X(d) = subs64(cpu, X(n), X(m)))
FUSE(subs_w, X(d) = subs32(cpu, W(n), W(m)))
FUSE(ands_imm_x, X(d) = logic64(cpu, X(n) & op->imm))
FUSE(ands_imm_w, X(d) = logic32(cpu, W(n) & (u32)op->imm))
#endif
