/*
 * Advanced SIMD arithmetic that neither saturates nor changes the width: three registers, two registers, and by
 * element. Arm ARM C7: ADD (vector), MLA (by element) …
 */
#include "cpu/a64_rows.h"
#include "cpu/vec_lanes.h"

/* ---- logical ---- */
LEAN(and_v, v2u64, n &m)
LEAN(bic_v, v2u64, n & ~m)
LEAN(orr_v, v2u64, n | m)
LEAN(orn_v, v2u64, n | ~m)
LEAN(eor_v, v2u64, n ^ m)
LEAN(bsl_v, v2u64, m ^ ((m ^ n) & d))
LEAN(bit_v, v2u64, d ^ ((d ^ n) & m))
LEAN(bif_v, v2u64, d ^ ((d ^ n) & ~m))
LEAN(not_v, v2u64, ~n)

/* ---- add, subtract, multiply ---- */
LEAN_BHSD(add, n + m)
LEAN_BHSD(sub, n - m)
LEAN_BHSD(neg, -n)
LEAN_BHS(mul, n *m)
LEAN_BHS(mla, d + n * m)
LEAN_BHS(mls, d - n * m)

#define LEAN_ELEM(name, T, e, value)                                                                                   \
	EXEC_FP(name##_elem_##e)                                                                                       \
	{                                                                                                              \
		UNUSED T n = (T)VREG(n), m = (T){ 0 } + ELEMENT(T, e), d = (T)VREG(d);                                 \
                                                                                                                       \
		VREG(d) = (v2u64)(value)&vec_keep[op->a];                                                              \
		NEXT;                                                                                                  \
	}
LEAN_ELEM(mul, v8u16, h, n *m)
LEAN_ELEM(mul, v4u32, s, n *m)
LEAN_ELEM(mla, v8u16, h, d + n * m)
LEAN_ELEM(mla, v4u32, s, d + n * m)
LEAN_ELEM(mls, v8u16, h, d - n * m)
LEAN_ELEM(mls, v4u32, s, d - n * m)

/* ---- compare: all ones where it holds ---- */
LEAN_SIGNED_BHSD(cmgt, n > m)
LEAN_SIGNED_BHSD(cmge, n >= m)
LEAN_BHSD(cmhi, n > m)
LEAN_BHSD(cmhs, n >= m)
LEAN_BHSD(cmeq, n == m)
LEAN_BHSD(cmtst, (n & m) != 0)
LEAN_SIGNED_BHSD(cmgt_zero, n > 0)
LEAN_SIGNED_BHSD(cmge_zero, n >= 0)
LEAN_SIGNED_BHSD(cmeq_zero, n == 0)
LEAN_SIGNED_BHSD(cmle_zero, n <= 0)
LEAN_SIGNED_BHSD(cmlt_zero, n < 0)

/* ---- minimum, maximum, differences ---- */
LEAN_SIGNED_BHS(smax, m ^ ((n ^ m) & (V)(n > m)))
LEAN_BHS(umax, m ^ ((n ^ m) & (V)(n > m)))
LEAN_SIGNED_BHS(smin, m ^ ((n ^ m) & (V)(n < m)))
LEAN_BHS(umin, m ^ ((n ^ m) & (V)(n < m)))
FOR_BHS(LANES, sabd, sa > sb ? a - b : b - a)
FOR_BHS(LANES, uabd, a > b ? a - b : b - a)
FOR_BHS(LANES, saba, d + (sa > sb ? a - b : b - a))
FOR_BHS(LANES, uaba, d + (a > b ? a - b : b - a))
FOR_BHSD(LANES, abs, sa < 0 ? -a : a)

/* ---- halving: (a + b) >> 1 and its like, without the bit that would not fit ---- */
FOR_BHS(LANES, shadd, (sa >> 1) + (sb >> 1) + (sa & sb & 1))
FOR_BHS(LANES, uhadd, (a >> 1) + (b >> 1) + (a & b & 1))
FOR_BHS(LANES, srhadd, (sa >> 1) + (sb >> 1) + ((sa | sb) & 1))
FOR_BHS(LANES, urhadd, (a >> 1) + (b >> 1) + ((a | b) & 1))
FOR_BHS(LANES, shsub, (sa >> 1) - (sb >> 1) - (~sa & sb & 1))
FOR_BHS(LANES, uhsub, (a >> 1) - (b >> 1) - (~a & b & 1))

/* ---- pairwise: neighbours of the concatenation Vm:Vn, of which Q=0 uses the lower halves ---- */
#define PAIRWISE(name, e, value)                                                                                       \
	HELPER do_##name##_##e(struct cpu *cpu, const struct op *op)                                                   \
	{                                                                                                              \
		LANE_TYPES(e);                                                                                         \
		union vreg vn = VREG_AT(n), vm = VREG_AT(m), r = { 0 };                                                \
		unsigned pairs = (op->a == KEEP_128 ? 8 : 4) / sizeof(U);                                              \
                                                                                                                       \
		for (unsigned i = 0; i < 2 * pairs; i++) {                                                             \
			const union vreg *v = i < pairs ? &vn : &vm;                                                   \
			U a = v->u##e[2 * (i % pairs)], b = v->u##e[2 * (i % pairs) + 1];                              \
			UNUSED S sa = (S)a, sb = (S)b;                                                                 \
                                                                                                                       \
			r.u##e[i] = (U)(value);                                                                        \
		}                                                                                                      \
		VREG(d) = r.v;                                                                                         \
	}                                                                                                              \
	EXEC_V(name##_##e)
FOR_BHSD(PAIRWISE, addp, a + b)
FOR_BHS(PAIRWISE, smaxp, sa > sb ? a : b)
FOR_BHS(PAIRWISE, umaxp, a > b ? a : b)
FOR_BHS(PAIRWISE, sminp, sa < sb ? a : b)
FOR_BHS(PAIRWISE, uminp, a < b ? a : b)

EXEC_FP(addp_scalar)
{
	SET_V(d, V_LO(n) + V_HI(n));
	NEXT;
}

/* ---- polynomials over {0, 1} ---- */
static inline u16 carryless(u8 a, u8 b)
{
	unsigned product = 0;

	for (unsigned bit_ = 0; bit_ < 8; bit_++)
		product ^= (b >> bit_ & 1) * ((unsigned)a << bit_);
	return (u16)product;
}

LANES(pmul, b, carryless(a, b))

HELPER do_pmull_b(struct cpu *cpu, const struct op *op)
{
	union vreg vn = VREG_AT(n), vm = VREG_AT(m), r;

	for (unsigned i = 0; i < 8; i++)
		r.uh[i] = carryless(vn.ub[8 * HALF + i], vm.ub[8 * HALF + i]);
	VREG(d) = r.v;
}
EXEC_V(pmull_b)

/* ---- bits: CLS, CLZ, CNT, RBIT ---- */
FOR_BHS(LANES, clz, a ? __builtin_clz((u32)a) - (32 - BITS) : BITS)
FOR_BHS(LANES, cls, __builtin_clrsb(sa) - (32 - BITS))
LANES(cnt, b, __builtin_popcount(a))

/* Swap neighbouring groups of `by` bits, of which `mask` selects the lower. */
static inline u8 swap_bits(u8 v, unsigned by, u8 mask)
{
	return (u8)((v >> by & mask) | (v & mask) << by);
}

LANES(rbit, b, swap_bits(swap_bits(swap_bits(a, 1, 0x55), 2, 0x33), 4, 0x0f))

/* ---- estimates: UnsignedRecipEstimate, UnsignedRSqrtEstimate (J1.3) ---- */

/* RecipEstimate: of a 9-bit number 256..511 that stands for [0.5, 1), 1/a in 256ths */
static unsigned recip_estimate(unsigned a)
{
	unsigned b = (1u << 19) / (a * 2 + 1);

	return (b + 1) / 2;
}

/* RecipSqrtEstimate: of 128..511, [0.25, 1); the largest b with a * (b + 1)^2 < 2^28 */
static unsigned recip_sqrt_estimate(unsigned a)
{
	unsigned b = 512;

	a = a < 256 ? a * 2 + 1 : ((a >> 1 << 1) + 1) * 2;
	while (a * (b + 1) * (b + 1) < 1u << 28)
		b++;
	return (b + 1) / 2;
}

LANES(urecpe, s, a >> 31 ? recip_estimate(a >> 23) << 23 : ~0u)
LANES(ursqrte, s, a >> 30 ? recip_sqrt_estimate(a >> 23) << 23 : ~0u)
