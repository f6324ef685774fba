/*
 * Advanced SIMD arithmetic that saturates, in the same width: FPSR.QC is set when a lane does (SignedSatQ,
 * UnsignedSatQ). Shifts are in exec_simd_shift.c, long and narrow forms in exec_simd_wide.c.
 */
#include "cpu/a64_rows.h"
#include "cpu/vec_lanes.h"

/* ---- add and subtract ---- */
FOR_BHSD(SAT_LANES, sqadd, {
	r = (U)(a + b);
	sat = ((a ^ r) & (b ^ r)) >> (BITS - 1);
	r = sat ? (U)((U)S_MAX + (a >> (BITS - 1))) : r;
})
FOR_BHSD(SAT_LANES, uqadd, {
	r = (U)(a + b);
	sat = r < a;
	r = sat ? U_MAX : r;
})
FOR_BHSD(SAT_LANES, sqsub, {
	r = (U)(a - b);
	sat = ((a ^ b) & (a ^ r)) >> (BITS - 1);
	r = sat ? (U)((U)S_MAX + (a >> (BITS - 1))) : r;
})
FOR_BHSD(SAT_LANES, uqsub, {
	sat = a < b;
	r = sat ? 0 : (U)(a - b);
})
/* The accumulator is signed, what is added unsigned; and the other way round. */
FOR_BHSD(SAT_LANES, suqadd, {
	sat = a > (U)((U)S_MAX - d);
	r = sat ? (U)S_MAX : (U)(a + d);
})
FOR_BHSD(SAT_LANES, usqadd, {
	r = (U)(d + a);
	sat = sa < 0 ? r > d : r < d;
	r = !sat ? r : sa < 0 ? 0 : U_MAX;
})

/* ---- the smallest number has no opposite ---- */
FOR_BHSD(SAT_LANES, sqabs, {
	sat = sa == S_MIN;
	r = sat ? (U)S_MAX : sa < 0 ? (U)-a : a;
})
FOR_BHSD(SAT_LANES, sqneg, {
	sat = sa == S_MIN;
	r = sat ? (U)S_MAX : (U)-a;
})

/* ---- upper half of the doubled product; only the square of the smallest number does not fit ---- */
FOR_HS(SAT_LANES, sqdmulh, {
	sat = sa == S_MIN && sb == S_MIN;
	r = sat ? (U)S_MAX : (U)((s64)sa * sb >> (BITS - 1));
})
FOR_HS(SAT_LANES, sqrdmulh, {
	sat = sa == S_MIN && sb == S_MIN;
	r = sat ? (U)S_MAX : (U)(((s64)sa * sb + (1ll << (BITS - 2))) >> (BITS - 1));
})
FOR_HS(EXEC_ELEM, sqdmulh)
FOR_HS(EXEC_ELEM, sqrdmulh)

/* FEAT_RDM: the accumulator takes part before rounding. Half of the pseudocode's sum, which fits in 64 bits. */
#define RDM(name, e, sign)                                                                                             \
	SAT_LANES(name, e, {                                                                                           \
		s64 half = (s64)sd * (1ll << (BITS - 1)) sign(s64) sa * sb + (1ll << (BITS - 2));                      \
		s64 v = half >> (BITS - 1);                                                                            \
                                                                                                                       \
		sat = v != (S)v;                                                                                       \
		r = !sat ? (U)v : v < 0 ? (U)S_MIN : (U)S_MAX;                                                         \
	})
FOR_HS(RDM, sqrdmlah, +)
FOR_HS(RDM, sqrdmlsh, -)
FOR_HS(EXEC_ELEM, sqrdmlah)
FOR_HS(EXEC_ELEM, sqrdmlsh)
