/*
 * Arithmetic and comparison, lane by lane. Arm ARM C7.2: FADD (vector), FMLA (by element), FMAXP (vector) and so on.
 */
#include "cpu/simd_fp_lanes.h"

/* ---- what a lane computes, where it is not a function of fp.h ---- */

static inline u64 fmls(struct cpu *cpu, unsigned size, u64 d, u64 n, u64 m)
{
	return fp_madd(cpu, size, d, fp_neg(size, n), m);
}
static inline u64 fmul3(struct cpu *cpu, unsigned size, u64 d, u64 n, u64 m)
{
	return fp_mul(cpu, size, n, m);
}
static inline u64 fmulx3(struct cpu *cpu, unsigned size, u64 d, u64 n, u64 m)
{
	return fp_mulx(cpu, size, n, m);
}

/* A comparison gives all ones or zero. */
static inline u64 fcmeq(struct cpu *cpu, unsigned size, u64 n, u64 m)
{
	return -(u64)fp_cmpeq(cpu, size, n, m);
}
static inline u64 fcmge(struct cpu *cpu, unsigned size, u64 n, u64 m)
{
	return -(u64)fp_cmpge(cpu, size, n, m);
}
static inline u64 fcmgt(struct cpu *cpu, unsigned size, u64 n, u64 m)
{
	return -(u64)fp_cmpgt(cpu, size, n, m);
}
static inline u64 facge(struct cpu *cpu, unsigned size, u64 n, u64 m)
{
	return fcmge(cpu, size, fp_abs(size, n), fp_abs(size, m));
}
static inline u64 facgt(struct cpu *cpu, unsigned size, u64 n, u64 m)
{
	return fcmgt(cpu, size, fp_abs(size, n), fp_abs(size, m));
}
static inline u64 fcmeq0(struct cpu *cpu, unsigned size, u64 n, u64 unused)
{
	return fcmeq(cpu, size, n, 0);
}
static inline u64 fcmge0(struct cpu *cpu, unsigned size, u64 n, u64 unused)
{
	return fcmge(cpu, size, n, 0);
}
static inline u64 fcmgt0(struct cpu *cpu, unsigned size, u64 n, u64 unused)
{
	return fcmgt(cpu, size, n, 0);
}
static inline u64 fcmle0(struct cpu *cpu, unsigned size, u64 n, u64 unused)
{
	return fcmge(cpu, size, 0, n);
}
static inline u64 fcmlt0(struct cpu *cpu, unsigned size, u64 n, u64 unused)
{
	return fcmgt(cpu, size, 0, n);
}

/* ---- by lane ---- */
#define MAP(kind, name, function)                                                                                      \
	void simd_##name(struct cpu *cpu, const struct op *op)                                                         \
	{                                                                                                              \
		kind(cpu, op, function);                                                                               \
	}
MAP(map2, fadd_v, fp_add)
MAP(map2, fsub_v, fp_sub)
MAP(map2, fmul_v, fp_mul)
MAP(map2, fdiv_v, fp_div)
MAP(map2, fmulx_v, fp_mulx)
MAP(map2, fabd_v, fp_abd)
MAP(map2, frecps_v, fp_recip_step)
MAP(map2, frsqrts_v, fp_rsqrt_step)
MAP(map2, fmax_v, fp_max)
MAP(map2, fmin_v, fp_min)
MAP(map2, fmaxnm_v, fp_maxnm)
MAP(map2, fminnm_v, fp_minnm)
MAP(map3, fmla_v, fp_madd)
MAP(map3, fmls_v, fmls)
MAP(by_element, fmla_e, fp_madd)
MAP(by_element, fmls_e, fmls)
MAP(by_element, fmul_e, fmul3)
MAP(by_element, fmulx_e, fmulx3)
MAP(map2, fcmeq_v, fcmeq)
MAP(map2, fcmge_v, fcmge)
MAP(map2, fcmgt_v, fcmgt)
MAP(map2, facge_v, facge)
MAP(map2, facgt_v, facgt)
MAP(map1, fcmeq_v0, fcmeq0)
MAP(map1, fcmge_v0, fcmge0)
MAP(map1, fcmgt_v0, fcmgt0)
MAP(map1, fcmle_v0, fcmle0)
MAP(map1, fcmlt_v0, fcmlt0)

/* ---- pairs of lanes: of n, then of m ---- */
ALWAYS_INLINE void pairwise_size(struct cpu *cpu, const struct op *op, lane2_fn *f, unsigned size)
{
	union vreg n = VREG_AT(n), m = VREG_AT(m), r = { .v = { 0, 0 } };
	unsigned half = op_lanes(op) / 2, i;

	for (i = 0; i < half; i++) {
		set_lane(&r, size, i, f(cpu, size, lane(&n, size, 2 * i), lane(&n, size, 2 * i + 1)));
		set_lane(&r, size, half + i, f(cpu, size, lane(&m, size, 2 * i), lane(&m, size, 2 * i + 1)));
	}
	VREG(d) = r.v;
}
ALWAYS_INLINE void pairwise(struct cpu *cpu, const struct op *op, lane2_fn *f)
{
	FOR_EACH_SIZE(op, pairwise_size, cpu, op, f);
}
MAP(pairwise, faddp_v, fp_add)
MAP(pairwise, fmaxp_v, fp_max)
MAP(pairwise, fminp_v, fp_min)
MAP(pairwise, fmaxnmp_v, fp_maxnm)
MAP(pairwise, fminnmp_v, fp_minnm)

/* ---- Reduce(): halves first, so neighbours meet at the bottom; also the scalar pairwise forms, of two lanes ---- */
static void across(struct cpu *cpu, const struct op *op, lane2_fn *f)
{
	union vreg r = VREG_AT(n);
	unsigned size = op_size(op), lanes, i;

	for (lanes = op_lanes(op); lanes > 1; lanes /= 2) {
		for (i = 0; i < lanes / 2; i++)
			set_lane(&r, size, i, f(cpu, size, lane(&r, size, 2 * i), lane(&r, size, 2 * i + 1)));
	}
	VREG(d) = (v2u64){ lane(&r, size, 0), 0 };
}
MAP(across, across_fmax, fp_max)
MAP(across, across_fmin, fp_min)
MAP(across, across_fmaxnm, fp_maxnm)
MAP(across, across_fminnm, fp_minnm)
MAP(across, across_fadd, fp_add)
