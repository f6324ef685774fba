/*
 * One register: signs, roots and estimates, rounding, conversions. Arm ARM C7.2: FRINTX (vector), FCVTZS (vector,
 * fixed-point), FCVTL and so on.
 */
#include "cpu/simd_fp_lanes.h"

/* A function of fp.h as one of lanes: `value` may use cpu, size, n and fbits. */
#define ONE(name, value)                                                                                               \
	static inline u64 name(struct cpu *cpu, unsigned size, u64 n, u64 fbits)                                       \
	{                                                                                                              \
		return value;                                                                                          \
	}                                                                                                              \
	void simd_##name##_v(struct cpu *cpu, const struct op *op)                                                     \
	{                                                                                                              \
		map1(cpu, op, name);                                                                                   \
	}

ONE(fsqrt, fp_sqrt(cpu, size, n))
ONE(frecpe, fp_recip_estimate(cpu, size, n))
ONE(frsqrte, fp_rsqrt_estimate(cpu, size, n))
ONE(frecpx, fp_recpx(cpu, size, n))

ONE(frintn, fp_round_int(cpu, size, n, FP_TIEEVEN, false))
ONE(frintm, fp_round_int(cpu, size, n, FP_NEGINF, false))
ONE(frintp, fp_round_int(cpu, size, n, FP_POSINF, false))
ONE(frintz, fp_round_int(cpu, size, n, FP_TOZERO, false))
ONE(frinta, fp_round_int(cpu, size, n, FP_TIEAWAY, false))
ONE(frintx, fp_round_int(cpu, size, n, fp_rmode(cpu), true))
ONE(frinti, fp_round_int(cpu, size, n, fp_rmode(cpu), false))
ONE(frint32z, fp_round_int_n(cpu, size, n, FP_TOZERO, 32))
ONE(frint32x, fp_round_int_n(cpu, size, n, fp_rmode(cpu), 32))
ONE(frint64z, fp_round_int_n(cpu, size, n, FP_TOZERO, 64))
ONE(frint64x, fp_round_int_n(cpu, size, n, fp_rmode(cpu), 64))

ONE(fcvtns, fp_to_fixed(cpu, size, n, FP_BITS(size), 0, false, FP_TIEEVEN))
ONE(fcvtnu, fp_to_fixed(cpu, size, n, FP_BITS(size), 0, true, FP_TIEEVEN))
ONE(fcvtms, fp_to_fixed(cpu, size, n, FP_BITS(size), 0, false, FP_NEGINF))
ONE(fcvtmu, fp_to_fixed(cpu, size, n, FP_BITS(size), 0, true, FP_NEGINF))
ONE(fcvtps, fp_to_fixed(cpu, size, n, FP_BITS(size), 0, false, FP_POSINF))
ONE(fcvtpu, fp_to_fixed(cpu, size, n, FP_BITS(size), 0, true, FP_POSINF))
ONE(fcvtas, fp_to_fixed(cpu, size, n, FP_BITS(size), 0, false, FP_TIEAWAY))
ONE(fcvtau, fp_to_fixed(cpu, size, n, FP_BITS(size), 0, true, FP_TIEAWAY))
ONE(fcvtzs, fp_to_fixed(cpu, size, n, FP_BITS(size), (unsigned)fbits, false, FP_TOZERO))
ONE(fcvtzu, fp_to_fixed(cpu, size, n, FP_BITS(size), (unsigned)fbits, true, FP_TOZERO))
ONE(scvtf, fp_from_fixed(cpu, size, n, FP_BITS(size), (unsigned)fbits, false))
ONE(ucvtf, fp_from_fixed(cpu, size, n, FP_BITS(size), (unsigned)fbits, true))

/* ---- signs: all lanes at once; what is above them becomes zero ---- */
static v2u64 sign_bits(const struct op *op)
{
	static const u64 by_size[] = { [FP_H] = 0x8000800080008000, [FP_S] = 0x8000000080000000, [FP_D] = 1ull << 63 };
	u64 signs = by_size[op_size(op)];

	return (v2u64){ signs, signs };
}
static v2u64 kept_bits(const struct op *op)
{
	return vec_keep[op_lanes(op) << op_size(op) == 16 ? KEEP_128 : KEEP_64];
}

void simd_fabs_v(struct cpu *cpu, const struct op *op)
{
	VREG(d) = VREG(n) & ~sign_bits(op) & kept_bits(op);
}

void simd_fneg_v(struct cpu *cpu, const struct op *op)
{
	VREG(d) = (VREG(n) ^ sign_bits(op)) & kept_bits(op);
}

/* ---- to half the size: into the lower half of d, or the upper half (bit 30, Q) beside what the lower has ---- */
typedef u64 narrow_fn(struct cpu *cpu, unsigned size, u64 n);

static void narrow(struct cpu *cpu, const struct op *op, narrow_fn *f)
{
	union vreg n = VREG_AT(n), r = { .v = { 0, 0 } };
	bool upper = bit(op->insn, 30);
	unsigned size = op_size(op), i;

	for (i = 0; i < op_lanes(op); i++)
		set_lane(&r, size, i, f(cpu, size, lane(&n, size + 1, i)));
	VREG(d) = upper ? (v2u64){ VREG(d)[0], r.ud[0] } : r.v;
}

static u64 convert_down(struct cpu *cpu, unsigned size, u64 n)
{
	return fp_convert(cpu, size + 1, size, n);
}
static u64 convert_odd(struct cpu *cpu, unsigned size, u64 n)
{
	return fp_convert_odd(cpu, n);
}
static u64 convert_bf16(struct cpu *cpu, unsigned size, u64 n)
{
	return fp_to_bf16(cpu, n);
}

void simd_fcvtn(struct cpu *cpu, const struct op *op)
{
	narrow(cpu, op, convert_down);
}

void simd_fcvtxn(struct cpu *cpu, const struct op *op)
{
	narrow(cpu, op, convert_odd);
}

void simd_fcvtxn_s(struct cpu *cpu, const struct op *op)
{
	VREG(d) = (v2u64){ fp_convert_odd(cpu, VREG(n)[0]), 0 };
}

void simd_bfcvtn(struct cpu *cpu, const struct op *op)
{
	narrow(cpu, op, convert_bf16);
}

/* From the lower or (Q) upper half of n. */
void simd_fcvtl(struct cpu *cpu, const struct op *op)
{
	union vreg n = VREG_AT(n), r;
	unsigned size = op_size(op), from = bit(op->insn, 30) ? op_lanes(op) : 0, i;

	for (i = 0; i < op_lanes(op); i++)
		set_lane(&r, size + 1, i, fp_convert(cpu, size, size + 1, lane(&n, size, from + i)));
	VREG(d) = r.v;
}
