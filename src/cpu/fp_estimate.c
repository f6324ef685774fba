/* Estimates of reciprocals and of reciprocal roots, to the bit. Arm ARM J1.3: RecipEstimate, RecipSqrtEstimate,
 * FPRecpX. */
#include "cpu/fp_soft.h"

/* RecipEstimate: a in 256..511 stands for [0.5, 1); the result, 256..511, for [1, 2). */
static unsigned recip_estimate(unsigned a)
{
	unsigned b = (1u << 19) / (a * 2 + 1);

	return (b + 1) / 2;
}

/* RecipSqrtEstimate: a in 128..511 stands for [0.25, 1); the result, 256..511, for [1, 2). */
static unsigned rsqrt_estimate(unsigned a)
{
	unsigned b = 512;

	a = a < 256 ? a * 2 + 1 : ((a | 1) * 2);
	while (a * (b + 1) * (b + 1) < 1u << 28)
		b++;
	return (b + 1) / 2;
}

u32 fp_u32_recip_estimate(u32 a)
{
	return a >> 31 ? (u32)recip_estimate(a >> 23) << 23 : ~0u;
}

u32 fp_u32_rsqrt_estimate(u32 a)
{
	return a >> 30 ? (u32)rsqrt_estimate(a >> 23) << 23 : ~0u;
}

/* ---- of floating-point numbers ---- */

/* Fraction and exponent fields, the fraction at bits 51:0; a denormal's leading one shifted out, its exponent 0 or
 * less. */
struct fields {
	u64 fraction;
	s32 exp;
};

static struct fields split(unsigned size, struct fp_num n)
{
	struct fp_format f = fp_format(size);
	unsigned up = (unsigned)__builtin_clzll(n.sig) - 11;

	return (struct fields){ (n.sig << up) & ones(52), n.exp - (s32)up + 52 + fp_bias(f) };
}

static u64 assemble(unsigned size, bool sign, s32 exp, u64 fraction)
{
	struct fp_format f = fp_format(size);

	return fp_signed(size, sign, (u64)exp << f.frac | fraction >> (52 - f.frac));
}

/* The reciprocal of a number below 2^-(bias + 1) is beyond the largest. */
static u64 recip_overflow(struct cpu *c, unsigned size, bool sign)
{
	enum fp_rounding rounding = fp_rmode(c);

	fp_raise(c, FP_OFC | FP_IXC);
	if (rounding == FP_TIEEVEN || rounding == (sign ? FP_NEGINF : FP_POSINF))
		return fp_infinity(size, sign);
	return fp_max_normal(size, sign);
}

static u64 recip_of_number(struct cpu *c, unsigned size, struct fp_num n)
{
	struct fields f = split(size, n);
	s32 bias = fp_bias(fp_format(size)), exp = 2 * bias - 1 - f.exp;
	u64 fraction;

	if (f.exp < -1)
		return recip_overflow(c, size, n.sign);
	if (exp <= 0 && fp_flushes(SYS(c, FPCR), size)) {
		fp_raise(c, FP_UFC);
		return fp_signed(size, n.sign, 0);
	}
	fraction = (u64)(recip_estimate(256 | (unsigned)(f.fraction >> 44)) & 0xff) << 44;
	if (exp <= 0) {
		/* a denormal result: exp is 0 or -1 */
		fraction = (1ull << 52 | fraction) >> (1 - exp);
		exp = 0;
	}
	return assemble(size, n.sign, exp, fraction);
}

u64 fp_recip_estimate(struct cpu *c, unsigned size, u64 a)
{
	struct fp_num n = fp_unpack(c, size, a);

	if (fp_is_nan(n))
		return fp_process_nan(c, size, n, a);
	if (n.class == FP_IS_INF)
		return fp_signed(size, n.sign, 0);
	if (n.class == FP_IS_ZERO) {
		fp_raise(c, FP_DZC);
		return fp_infinity(size, n.sign);
	}
	return recip_of_number(c, size, n);
}

static u64 rsqrt_of_number(unsigned size, struct fp_num n)
{
	struct fields f = split(size, n);
	s32 bias = fp_bias(fp_format(size));
	unsigned scaled = f.exp & 1 ? 128 | (unsigned)(f.fraction >> 45) : 256 | (unsigned)(f.fraction >> 44);

	return assemble(size, false, (3 * bias - 1 - f.exp) / 2, (u64)(rsqrt_estimate(scaled) & 0xff) << 44);
}

u64 fp_rsqrt_estimate(struct cpu *c, unsigned size, u64 a)
{
	struct fp_num n = fp_unpack(c, size, a);

	if (fp_is_nan(n))
		return fp_process_nan(c, size, n, a);
	if (n.class == FP_IS_ZERO) {
		fp_raise(c, FP_DZC);
		return fp_infinity(size, n.sign);
	}
	if (n.sign)
		return fp_invalid(c, size);
	if (n.class == FP_IS_INF)
		return 0;
	return rsqrt_of_number(size, n);
}

u64 fp_recpx(struct cpu *c, unsigned size, u64 a)
{
	struct fp_num n = fp_unpack(c, size, a);
	struct fp_format f = fp_format(size);
	u64 exp = a >> f.frac & ones(f.exp);

	if (fp_is_nan(n))
		return fp_process_nan(c, size, n, a);
	return fp_signed(size, n.sign, (exp ? ~exp & ones(f.exp) : ones(f.exp) - 1) << f.frac);
}
