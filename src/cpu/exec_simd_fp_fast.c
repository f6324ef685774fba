/*
 * Four singles or two doubles at once by the host's vectors, where the bits and FPSR are the same as lane by lane
 * (cpu/fp.h): rounding to nearest, no flushing, IXC already set, and every lane's result normal and above the smallest
 * normal number, or else known to be exact. All other cases go lane by lane.
 */
#include "cpu/exec_fp.h"

#include <float.h>

#include "cpu/a64_rows.h"
#include "cpu/vec.h"

typedef float v4f32 __attribute__((vector_size(16)));
typedef double v2f64 __attribute__((vector_size(16)));

/* ---- by type: T is 4s or 2d ---- */
static inline v4f32 abs_4s(v4f32 v)
{
	return (v4f32)((v4u32)v & 0x7fffffff);
}
static inline v2f64 abs_2d(v2f64 v)
{
	return (v2f64)((v2u64)v & ~(1ull << 63));
}
static inline bool all(v2u64 mask)
{
	return (mask[0] & mask[1]) == ~0ull;
}

#define LANE_TYPE_4s v4f32
#define LANE_TYPE_2d v2f64
#define LANES(T, f) ((LANE_TYPE_##T)VREG(f))
#define SET_LANES(T, f, value) (VREG(f) = (v2u64)(value))
/* Lane op->imm of a register in every lane */
#define ELEMENT_4s(f) fp_as_float(VREG_AT(f).us[op->imm])
#define ELEMENT_2d(f) fp_as_double(VREG_AT(f).ud[op->imm])
#define BROADCAST_4s(x) ((v4f32){ x, x, x, x })
#define BROADCAST_2d(x) ((v2f64){ x, x })
#define BROADCAST(T, f) BROADCAST_##T(ELEMENT_##T(f))
#define MIN_4s BROADCAST_4s(FLT_MIN)
#define MIN_2d BROADCAST_2d(DBL_MIN)
#define INF_4s BROADCAST_4s(__builtin_inff())
#define INF_2d BROADCAST_2d(__builtin_inf())

#define FINITE(T, r) ((v2u64)(abs_##T(r) < INF_##T))
#define ABOVE_MIN(T, r) ((v2u64)(abs_##T(r) > MIN_##T))
#define IS_ZERO(T, r) ((v2u64)((r) == (LANE_TYPE_##T){ 0 }))

/* Results that came by a multiplication: tininess counts, unless a factor was zero. */
#define PRODUCT_OK(T, r, n, m)                                                                                         \
	(likely(all(FINITE(T, r) & ABOVE_MIN(T, r))) ||                                                                \
	 all(FINITE(T, r) & (ABOVE_MIN(T, r) | IS_ZERO(T, n) | IS_ZERO(T, m))))
/* A quotient: exact when the dividend is zero. */
#define QUOTIENT_OK(T, r, n, m)                                                                                        \
	(likely(all(FINITE(T, r) & ABOVE_MIN(T, r))) || all(FINITE(T, r) & (ABOVE_MIN(T, r) | IS_ZERO(T, n))))
/* Sums that are not normal are exact. */
#define SUM_OK(T, r, n, m) likely(all(FINITE(T, r)))

/* If it may, do it and go to the next instruction. `ok` is one of the above. */
#define TRY(T, ok, result, nn, mm)                                                                                     \
	do {                                                                                                           \
		if (fp_fast(cpu)) {                                                                                    \
			LANE_TYPE_##T n_ = (nn), m_ = (mm), r_ = (result);                                             \
			if (ok(T, r_, n_, m_)) {                                                                       \
				SET_LANES(T, d, r_);                                                                   \
				NEXT;                                                                                  \
			}                                                                                              \
		}                                                                                                      \
	} while (0)

/* The general form of the same instruction, as a tail call: so this one needs no frame. */
#ifdef ENGINE_STEP
#define LANE_BY_LANE(name) return step_##name(cpu, op)
#elif defined(ENGINE_LOOP)
#define LANE_BY_LANE(name) return fast_##name(cpu, op)
#else
#define LANE_BY_LANE(name) return fast_##name(cpu, op, acc)
#endif

#define TWO(name, T, operator, ok)                                                                                     \
	EXEC_FP(name##_##T)                                                                                            \
	{                                                                                                              \
		TRY(T, ok, n_ operator m_, LANES(T, n), LANES(T, m));                                                  \
		LANE_BY_LANE(name##_v);                                                                                \
	}
TWO(fadd, 4s, +, SUM_OK)
TWO(fadd, 2d, +, SUM_OK)
TWO(fsub, 4s, -, SUM_OK)
TWO(fsub, 2d, -, SUM_OK)
TWO(fmul, 4s, *, PRODUCT_OK)
TWO(fmul, 2d, *, PRODUCT_OK)
TWO(fdiv, 4s, /, QUOTIENT_OK)
TWO(fdiv, 2d, /, QUOTIENT_OK)

#define FMUL_ELEMENT(T)                                                                                                \
	EXEC_FP(fmul_e##T)                                                                                             \
	{                                                                                                              \
		TRY(T, PRODUCT_OK, n_ *m_, LANES(T, n), BROADCAST(T, m));                                              \
		LANE_BY_LANE(fmul_e);                                                                                  \
	}
FMUL_ELEMENT(4s)
FMUL_ELEMENT(2d)

/* ---- multiplied and added, rounded once: d + n * m and d - n * m, where the host has an instruction for it ---- */
#if defined(__x86_64__)
#define FUSED(name, type, insn)                                                                                        \
	static inline type name(type d, type n, type m)                                                                \
	{                                                                                                              \
		__asm__(insn " %2, %1, %0" : "+x"(d) : "x"(n), "x"(m));                                                \
		return d;                                                                                              \
	}
FUSED(fmla_4s, v4f32, "vfmadd231ps")
FUSED(fmls_4s, v4f32, "vfnmadd231ps")
FUSED(fmla_2d, v2f64, "vfmadd231pd")
FUSED(fmls_2d, v2f64, "vfnmadd231pd")
#else
#define FUSED(name, type, count, fma, sign)                                                                            \
	static inline type name(type d, type n, type m)                                                                \
	{                                                                                                              \
		for (unsigned i = 0; i < (count); i++)                                                                 \
			d[i] = fma(sign n[i], m[i], d[i]);                                                             \
		return d;                                                                                              \
	}
FUSED(fmla_4s, v4f32, 4, __builtin_fmaf, +)
FUSED(fmls_4s, v4f32, 4, __builtin_fmaf, -)
FUSED(fmla_2d, v2f64, 2, __builtin_fma, +)
FUSED(fmls_2d, v2f64, 2, __builtin_fma, -)
#endif

#define MULTIPLY_ADD(name, T)                                                                                          \
	EXEC_FP(name##_##T)                                                                                            \
	{                                                                                                              \
		if (likely(fp_host_fuses()))                                                                           \
			TRY(T, PRODUCT_OK, name##_##T(LANES(T, d), n_, m_), LANES(T, n), LANES(T, m));                 \
		LANE_BY_LANE(name##_v);                                                                                \
	}                                                                                                              \
	EXEC_FP(name##_e##T)                                                                                           \
	{                                                                                                              \
		if (likely(fp_host_fuses()))                                                                           \
			TRY(T, PRODUCT_OK, name##_##T(LANES(T, d), n_, m_), LANES(T, n), BROADCAST(T, m));             \
		LANE_BY_LANE(name##_e);                                                                                \
	}
MULTIPLY_ADD(fmla, 4s)
MULTIPLY_ADD(fmla, 2d)
MULTIPLY_ADD(fmls, 4s)
MULTIPLY_ADD(fmls, 2d)
