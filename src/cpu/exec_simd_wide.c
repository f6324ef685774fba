/*
 * Advanced SIMD arithmetic between widths: long (narrow sources), wide (one narrow source), narrow, pairwise long.
 * Arm ARM C7: SADDL, SADDW, ADDHN, SQDMLAL, SQXTN, SADDLP …
 */
#include "cpu/a64_rows.h"
#include "cpu/vec_lanes.h"

/* M(name, narrow size, wide size, …) */
#define FOR_LONG_HS(M, name, ...) M(name, h, s, __VA_ARGS__) M(name, s, d, __VA_ARGS__)
#define FOR_LONG(M, name, ...) M(name, b, h, __VA_ARGS__) FOR_LONG_HS(M, name, __VA_ARGS__)

/*
 * Every lane of the result: U r from a, b (U; sa, sb: S) narrow lanes extended to the wide type, of the half that Q
 * says; w and d wide lanes of Vn and Vd; `bool sat`.
 */
#define LONG(name, e, wide, ...)                                                                                       \
	HELPER do_##name##_##e(struct cpu *cpu, const struct op *op, v2u64 m)                                          \
	{                                                                                                              \
		LANE_TYPES(wide);                                                                                      \
		LANE_SOURCES;                                                                                          \
		union vreg res, saturated;                                                                             \
		unsigned base = HALF * (8 / sizeof(U_##e));                                                            \
                                                                                                                       \
		for (unsigned i = 0; i < 16 / sizeof(U); i++) {                                                        \
			UNUSED U a = vn.u##e[base + i], b = vm.u##e[base + i];                                         \
			UNUSED S sa = vn.s##e[base + i], sb = vm.s##e[base + i];                                       \
			UNUSED U w = vn.u##wide[i], d = vd.u##wide[i];                                                 \
			U r;                                                                                           \
			bool sat = false;                                                                              \
                                                                                                                       \
			__VA_ARGS__                                                                                    \
			res.u##wide[i] = r;                                                                            \
			saturated.u##wide[i] = sat ? U_MAX : 0;                                                        \
		}                                                                                                      \
		set_qc(cpu, saturated.v &KEEP_BITS);                                                                   \
		VREG(d) = res.v & KEEP_BITS;                                                                           \
	}                                                                                                              \
	EXEC_VM(name##_##e)
#define LONG_VALUE(name, e, wide, value) LONG(name, e, wide, { r = (U)(value); })

FOR_LONG(LONG_VALUE, saddl, sa + sb)
FOR_LONG(LONG_VALUE, uaddl, a + b)
FOR_LONG(LONG_VALUE, ssubl, sa - sb)
FOR_LONG(LONG_VALUE, usubl, a - b)
FOR_LONG(LONG_VALUE, saddw, w + (U)sb)
FOR_LONG(LONG_VALUE, uaddw, w + b)
FOR_LONG(LONG_VALUE, ssubw, w - (U)sb)
FOR_LONG(LONG_VALUE, usubw, w - b)
FOR_LONG(LONG_VALUE, sabdl, sa > sb ? sa - sb : sb - sa)
FOR_LONG(LONG_VALUE, uabdl, a > b ? a - b : b - a)
FOR_LONG(LONG_VALUE, sabal, d + (U)(sa > sb ? sa - sb : sb - sa))
FOR_LONG(LONG_VALUE, uabal, d + (a > b ? a - b : b - a))

FOR_LONG(LONG_VALUE, smull, sa *sb)
FOR_LONG(LONG_VALUE, umull, a *b)
FOR_LONG(LONG_VALUE, smlal, d + (U)(sa * sb))
FOR_LONG(LONG_VALUE, umlal, d + a * b)
FOR_LONG(LONG_VALUE, smlsl, d - (U)(sa * sb))
FOR_LONG(LONG_VALUE, umlsl, d - a * b)
FOR_HS(EXEC_ELEM, smull)
FOR_HS(EXEC_ELEM, umull)
FOR_HS(EXEC_ELEM, smlal)
FOR_HS(EXEC_ELEM, umlal)
FOR_HS(EXEC_ELEM, smlsl)
FOR_HS(EXEC_ELEM, umlsl)

/* Shifts left, long: op->m is the amount (a register's number is as good for VREG) */
FOR_LONG(LONG_VALUE, sshll, (U)sa << op->m)
FOR_LONG(LONG_VALUE, ushll, a << op->m)
FOR_LONG(LONG_VALUE, shll, a << BITS / 2)

/* ---- doubling, saturating: only the square of the smallest number does not fit ---- */
#define DOUBLED_PRODUCT                                                                                                \
	S product = sa * sb;                                                                                           \
                                                                                                                       \
	sat = product == (S)(1ull << (BITS - 2));                                                                      \
	product = sat ? S_MAX : product * 2
FOR_LONG_HS(LONG, sqdmull, {
	DOUBLED_PRODUCT;
	r = (U)product;
})
FOR_LONG_HS(LONG, sqdmlal, {
	DOUBLED_PRODUCT;
	r = d + (U)product;
	if (((d ^ r) & ((U)product ^ r)) >> (BITS - 1)) {
		sat = true;
		r = (U)S_MAX + (d >> (BITS - 1));
	}
})
FOR_LONG_HS(LONG, sqdmlsl, {
	DOUBLED_PRODUCT;
	r = d - (U)product;
	if (((d ^ (U)product) & (d ^ r)) >> (BITS - 1)) {
		sat = true;
		r = (U)S_MAX + (d >> (BITS - 1));
	}
})
FOR_HS(EXEC_ELEM, sqdmull)
FOR_HS(EXEC_ELEM, sqdmlal)
FOR_HS(EXEC_ELEM, sqdmlsl)

/* ---- narrow ---- */

/* The lower half clears the upper one, the upper leaves the lower alone. */
static inline void put_narrow(struct cpu *cpu, const struct op *op, u64 half)
{
	VREG(d) = HALF ? (v2u64){ V_LO(d), half } : (v2u64){ half, 0 } & KEEP_BITS;
}

/*
 * Every narrow lane: NU r from wide lanes w of Vn (sw: signed) and b of `second`; NU and NS are the narrow types, by
 * the shift amount; `bool sat`.
 */
#define NARROW_FROM(second, name, e, wide, ...)                                                                        \
	HELPER do_##name##_##e(struct cpu *cpu, const struct op *op)                                                   \
	{                                                                                                              \
		LANE_TYPES(wide);                                                                                      \
		typedef U_##e NU UNUSED;                                                                               \
		typedef S_##e NS UNUSED;                                                                               \
		union vreg vn = VREG_AT(n), vb = VREG_AT(second), res, saturated;                                      \
		UNUSED unsigned by = op->m;                                                                            \
                                                                                                                       \
		for (unsigned i = 0; i < 16 / sizeof(U); i++) {                                                        \
			UNUSED U w = vn.u##wide[i], b = vb.u##wide[i];                                                 \
			UNUSED S sw = (S)w;                                                                            \
			NU r;                                                                                          \
			bool sat = false;                                                                              \
                                                                                                                       \
			__VA_ARGS__                                                                                    \
			res.u##e[i] = r;                                                                               \
			saturated.u##e[i] = sat ? (NU) ~(NU)0 : 0;                                                     \
		}                                                                                                      \
		set_qc(cpu, (v2u64){ saturated.ud[0], 0 } & KEEP_BITS);                                                \
		put_narrow(cpu, op, res.ud[0]);                                                                        \
	}                                                                                                              \
	EXEC_V(name##_##e)
#define NARROW(name, e, wide, ...) NARROW_FROM(n, name, e, wide, __VA_ARGS__)
#define NARROW_VALUE(name, e, wide, value) NARROW(name, e, wide, { r = (NU)(value); })
#define HIGH_VALUE(name, e, wide, value) NARROW_FROM(m, name, e, wide, { r = (NU)((U)(value) >> BITS / 2); })

FOR_LONG(HIGH_VALUE, addhn, w + b)
FOR_LONG(HIGH_VALUE, subhn, w - b)
FOR_LONG(HIGH_VALUE, raddhn, w + b + ((U)1 << (BITS / 2 - 1)))
FOR_LONG(HIGH_VALUE, rsubhn, w - b + ((U)1 << (BITS / 2 - 1)))
FOR_LONG(NARROW_VALUE, xtn, w)
FOR_LONG(NARROW_VALUE, shrn, w >> by)
/* A rounded shift without the carry that the sum with the rounding constant could lose */
#define ROUNDED(v) (((v) >> by) + ((v) >> (by - 1) & 1))
FOR_LONG(NARROW_VALUE, rshrn, ROUNDED(w))

/* SignedSatQ, UnsignedSatQ of a signed number, UnsignedSatQ of an unsigned one */
#define NARROW_SS(name, e, wide, value)                                                                                \
	NARROW(name, e, wide, {                                                                                        \
		S v = (S)(value);                                                                                      \
                                                                                                                       \
		sat = v != (NS)v;                                                                                      \
		r = !sat ? (NU)v : (NU)(((NU) ~(NU)0 >> 1) + (v < 0));                                                 \
	})
#define NARROW_SU(name, e, wide, value)                                                                                \
	NARROW(name, e, wide, {                                                                                        \
		S v = (S)(value);                                                                                      \
                                                                                                                       \
		sat = v != (S)(NU)v;                                                                                   \
		r = !sat ? (NU)v : v < 0 ? 0 : (NU) ~(NU)0;                                                            \
	})
#define NARROW_UU(name, e, wide, value)                                                                                \
	NARROW(name, e, wide, {                                                                                        \
		U v = (U)(value);                                                                                      \
                                                                                                                       \
		sat = v != (NU)v;                                                                                      \
		r = !sat ? (NU)v : (NU) ~(NU)0;                                                                        \
	})
FOR_LONG(NARROW_SS, sqxtn, sw)
FOR_LONG(NARROW_SU, sqxtun, sw)
FOR_LONG(NARROW_UU, uqxtn, w)
FOR_LONG(NARROW_SS, sqshrn, sw >> by)
FOR_LONG(NARROW_SU, sqshrun, sw >> by)
FOR_LONG(NARROW_UU, uqshrn, w >> by)
FOR_LONG(NARROW_SS, sqrshrn, ROUNDED(sw))
FOR_LONG(NARROW_SU, sqrshrun, ROUNDED(sw))
FOR_LONG(NARROW_UU, uqrshrn, ROUNDED(w))

/* ---- sums of neighbours ---- */
#define PAIR_LONG(name, e, wide, value)                                                                                \
	HELPER do_##name##_##e(struct cpu *cpu, const struct op *op)                                                   \
	{                                                                                                              \
		LANE_TYPES(wide);                                                                                      \
		UNUSED union vreg vn = VREG_AT(n), vd = VREG_AT(d), r;                                                 \
                                                                                                                       \
		for (unsigned i = 0; i < 16 / sizeof(U); i++) {                                                        \
			UNUSED U a = vn.u##e[2 * i], b = vn.u##e[2 * i + 1], d = vd.u##wide[i];                        \
			UNUSED S sa = vn.s##e[2 * i], sb = vn.s##e[2 * i + 1];                                         \
                                                                                                                       \
			r.u##wide[i] = (U)(value);                                                                     \
		}                                                                                                      \
		VREG(d) = r.v & vec_keep[op->a];                                                                       \
	}                                                                                                              \
	EXEC_V(name##_##e)
FOR_LONG(PAIR_LONG, saddlp, sa + sb)
FOR_LONG(PAIR_LONG, uaddlp, a + b)
FOR_LONG(PAIR_LONG, sadalp, d + (U)(sa + sb))
FOR_LONG(PAIR_LONG, uadalp, d + a + b)

/* ---- across all lanes: `sum` starts as the first one ---- */
#define ACROSS(name, e, T, result, step)                                                                               \
	HELPER do_##name##_##e(struct cpu *cpu, const struct op *op)                                                   \
	{                                                                                                              \
		const T *lane = (const T *)(const void *)cpu->s.z[op->n];                                              \
		unsigned count = (op->a == KEEP_128 ? 16 : 8) / sizeof(T);                                             \
		s64 sum = lane[0];                                                                                     \
                                                                                                                       \
		for (unsigned i = 1; i < count; i++)                                                                   \
			sum = (step);                                                                                  \
		SET_V(d, (result)sum);                                                                                 \
	}                                                                                                              \
	EXEC_V(name##_##e)
#define SUM_LONG(name, e, wide, sign) ACROSS(name, e, sign##_##e, U_##wide, sum + lane[i])
FOR_LONG(SUM_LONG, saddlv, S)
FOR_LONG(SUM_LONG, uaddlv, U)
#define ACROSS_SAME(name, e, sign, step) ACROSS(name, e, sign##_##e, U_##e, step)
FOR_BHS(ACROSS_SAME, addv, U, sum + lane[i])
FOR_BHS(ACROSS_SAME, smaxv, S, lane[i] > sum ? lane[i] : sum)
FOR_BHS(ACROSS_SAME, umaxv, U, lane[i] > sum ? lane[i] : sum)
FOR_BHS(ACROSS_SAME, sminv, S, lane[i] < sum ? lane[i] : sum)
FOR_BHS(ACROSS_SAME, uminv, U, lane[i] < sum ? lane[i] : sum)

/* ---- dot products (FEAT_DotProd, FEAT_I8MM): four bytes a lane ---- */
#define DOT(name, n_type, m_type)                                                                                      \
	HELPER do_##name(struct cpu *cpu, const struct op *op, v2u64 m)                                                \
	{                                                                                                              \
		union vreg vn = VREG_AT(n), vm = { .v = m }, r = VREG_AT(d);                                           \
                                                                                                                       \
		for (unsigned i = 0; i < 16; i++)                                                                      \
			r.us[i / 4] += (u32)((n_type)vn.ub[i] * (m_type)vm.ub[i]);                                     \
		VREG(d) = r.v & vec_keep[op->a];                                                                       \
	}                                                                                                              \
	EXEC_FP(name##_elem)                                                                                           \
	{                                                                                                              \
		do_##name(cpu, op, SPLAT(s));                                                                          \
		NEXT;                                                                                                  \
	}
DOT(sdot, s8, s8)
DOT(udot, u8, u8)
DOT(usdot, u8, s8)
DOT(sudot, s8, u8)
EXEC_VM(sdot)
EXEC_VM(udot)
EXEC_VM(usdot)

/* MatMulAdd: 2x8 bytes by the transpose of 2x8 bytes, added to 2x2 words (FEAT_I8MM) */
#define MATRIX(name, n_type, m_type)                                                                                   \
	HELPER do_##name(struct cpu *cpu, const struct op *op, v2u64 m)                                                \
	{                                                                                                              \
		union vreg vn = VREG_AT(n), vm = { .v = m }, r = VREG_AT(d);                                           \
                                                                                                                       \
		for (unsigned i = 0; i < 32; i++) {                                                                    \
			unsigned row = i / 16, column = i / 8 % 2, k = i % 8;                                          \
                                                                                                                       \
			r.us[2 * row + column] += (u32)((n_type)vn.ub[8 * row + k] * (m_type)vm.ub[8 * column + k]);   \
		}                                                                                                      \
		VREG(d) = r.v;                                                                                         \
	}                                                                                                              \
	EXEC_VM(name)
MATRIX(smmla, s8, s8)
MATRIX(ummla, u8, u8)
MATRIX(usmmla, u8, s8)
