/*
 * Instructions on the lanes of vectors, by element size e = b, h, s, d.
 *
 *	LANES(name, e, value)		EXEC name_e: every lane becomes `value`, an expression of
 *					U a, b, d (lanes of Vn, Vm, and Vd before) and S sa, sb, sd (the same, signed)
 *	SAT_LANES(name, e, { … })	the statement sets U r, and `bool sat` where it saturates: FPSR.QC
 *
 * Within both, U and S are the lane's types, BITS its width, and op the operands. The work is done in functions of
 * their own, since an EXEC must not have locals in memory; the compiler makes vector code of most of them.
 */
#ifndef CPU_VEC_LANES_H
#define CPU_VEC_LANES_H

#include "cpu/exec_fp.h"
#include "cpu/vec.h"

#define UNUSED __attribute__((unused))
#define HELPER static __attribute__((noinline)) void

#define U_b u8
#define U_h u16
#define U_s u32
#define U_d u64
#define S_b s8
#define S_h s16
#define S_s s32
#define S_d s64
#define LANE_TYPES(e)                                                                                                  \
	typedef U_##e U UNUSED;                                                                                        \
	typedef S_##e S UNUSED;                                                                                        \
	enum { BITS = 8 * sizeof(U) }
/* Largest and smallest of S, largest of U */
#define S_MAX ((S)((1ull << (BITS - 1)) - 1))
#define S_MIN ((S)(1ull << (BITS - 1)))
#define U_MAX ((U) ~(U)0)

/* Element sizes */
#define FOR_HS(M, name, ...) M(name, h, __VA_ARGS__) M(name, s, __VA_ARGS__)
#define FOR_BHS(M, name, ...) M(name, b, __VA_ARGS__) FOR_HS(M, name, __VA_ARGS__)
#define FOR_BHSD(M, name, ...) FOR_BHS(M, name, __VA_ARGS__) M(name, d, __VA_ARGS__)

/* The value of Vm as the exec function passes it: as it is, or one element of it in all lanes. */
#define ELEMENT(T, e) (*((const U_##e *)(const void *)cpu->s.z[op->m] + op->imm))
#define SPLAT_h ((v2u64)((v8u16){ 0 } + ELEMENT(v8u16, h)))
#define SPLAT_s ((v2u64)((v4u32){ 0 } + ELEMENT(v4u32, s)))
#define SPLAT(e) SPLAT_##e

/* An EXEC whose work is done by do_NAME(cpu, op, Vm) */
#define EXEC_VM(name)                                                                                                  \
	EXEC_FP(name)                                                                                                  \
	{                                                                                                              \
		do_##name(cpu, op, VREG(m));                                                                           \
		NEXT;                                                                                                  \
	}
/* and its form by element */
#define EXEC_ELEM(name, e, ...)                                                                                        \
	EXEC_FP(name##_elem_##e)                                                                                       \
	{                                                                                                              \
		do_##name##_##e(cpu, op, SPLAT(e));                                                                    \
		NEXT;                                                                                                  \
	}
/* An EXEC whose work is done by do_NAME(cpu, op) */
#define EXEC_V(name)                                                                                                   \
	EXEC_FP(name)                                                                                                  \
	{                                                                                                              \
		do_##name(cpu, op);                                                                                    \
		NEXT;                                                                                                  \
	}

#define LANE_VALUES(e)                                                                                                 \
	UNUSED U a = vn.u##e[i], b = vm.u##e[i], d = vd.u##e[i];                                                       \
	UNUSED S sa = (S)a, sb = (S)b, sd = (S)d
#define LANE_SOURCES UNUSED union vreg vn = VREG_AT(n), vm = { .v = m }, vd = VREG_AT(d)

#define LANES(name, e, value)                                                                                          \
	HELPER do_##name##_##e(struct cpu *cpu, const struct op *op, v2u64 m)                                          \
	{                                                                                                              \
		LANE_TYPES(e);                                                                                         \
		LANE_SOURCES;                                                                                          \
		union vreg r;                                                                                          \
                                                                                                                       \
		for (unsigned i = 0; i < 16 / sizeof(U); i++) {                                                        \
			LANE_VALUES(e);                                                                                \
			r.u##e[i] = (U)(value);                                                                        \
		}                                                                                                      \
		VREG(d) = r.v & vec_keep[op->a];                                                                       \
	}                                                                                                              \
	EXEC_VM(name##_##e)

/* Some kept lane saturated? */
static inline void set_qc(struct cpu *cpu, v2u64 saturated)
{
	if (saturated[0] | saturated[1])
		fp_raise(cpu, FP_QC);
}

#define SAT_LANES(name, e, ...)                                                                                        \
	HELPER do_##name##_##e(struct cpu *cpu, const struct op *op, v2u64 m)                                          \
	{                                                                                                              \
		LANE_TYPES(e);                                                                                         \
		LANE_SOURCES;                                                                                          \
		union vreg res, saturated;                                                                             \
                                                                                                                       \
		for (unsigned i = 0; i < 16 / sizeof(U); i++) {                                                        \
			LANE_VALUES(e);                                                                                \
			U r;                                                                                           \
			bool sat = false;                                                                              \
                                                                                                                       \
			__VA_ARGS__                                                                                    \
			res.u##e[i] = r;                                                                               \
			saturated.u##e[i] = sat ? U_MAX : 0;                                                           \
		}                                                                                                      \
		set_qc(cpu, saturated.v &vec_keep[op->a]);                                                             \
		VREG(d) = res.v & vec_keep[op->a];                                                                     \
	}                                                                                                              \
	EXEC_VM(name##_##e)

/* The same with gcc vectors and no call: n, m, d are values of vector type T (V in `value`). For what programs use
 * most. */
#define LEAN(name, T, value)                                                                                           \
	EXEC_FP(name)                                                                                                  \
	{                                                                                                              \
		typedef T V UNUSED;                                                                                    \
		UNUSED T n = (T)VREG(n), m = (T)VREG(m), d = (T)VREG(d);                                               \
                                                                                                                       \
		VREG(d) = (v2u64)(value)&vec_keep[op->a];                                                              \
		NEXT;                                                                                                  \
	}
#define LEAN_BHS(name, value) LEAN(name##_b, v16u8, value) LEAN(name##_h, v8u16, value) LEAN(name##_s, v4u32, value)
#define LEAN_BHSD(name, value) LEAN_BHS(name, value) LEAN(name##_d, v2u64, value)
#define LEAN_SIGNED_BHS(name, value)                                                                                   \
	LEAN(name##_b, v16s8, value) LEAN(name##_h, v8s16, value) LEAN(name##_s, v4s32, value)
#define LEAN_SIGNED_BHSD(name, value) LEAN_SIGNED_BHS(name, value) LEAN(name##_d, v2s64, value)

/* op->a of wide and narrow instructions (forms_simd.c) */
#define HALF (op->a & 1)
#define KEEP_BITS (vec_keep[op->a >> 1])

#endif
