/* Sums, products, quotients and roots. Arm ARM J1.3: FPAdd, FPMul, FPMulAdd, FPDiv, FPSqrt, FPRecipStepFused and kin.
 */
#include "cpu/fp_soft.h"

static u64 add_sub(struct cpu *c, unsigned size, u64 a, u64 b, bool subtract)
{
	struct fp_num x = fp_unpack(c, size, a), y = fp_unpack(c, size, b);
	u64 result;

	if (fp_process_nans(c, size, x, a, y, b, &result))
		return result;
	y.sign ^= subtract;
	if (x.class == FP_IS_INF)
		return y.class == FP_IS_INF && x.sign != y.sign ? fp_invalid(c, size) : a;
	if (y.class == FP_IS_INF)
		return fp_infinity(size, y.sign);
	if (x.class == FP_IS_ZERO && y.class == FP_IS_ZERO && x.sign == y.sign)
		return fp_signed(size, x.sign, 0);
	return fp_round_sum(c, size, fp_sum(fp_real(x), fp_real(y)));
}

u64 fp_add_soft(struct cpu *c, unsigned size, u64 a, u64 b)
{
	return add_sub(c, size, a, b, false);
}

u64 fp_sub_soft(struct cpu *c, unsigned size, u64 a, u64 b)
{
	return add_sub(c, size, a, b, true);
}

u64 fp_abd(struct cpu *c, unsigned size, u64 a, u64 b)
{
	return fp_abs(size, fp_sub(c, size, a, b));
}

/* ---- products ---- */

static bool is_inf_by_zero(struct fp_num x, struct fp_num y)
{
	return (x.class == FP_IS_INF && y.class == FP_IS_ZERO) || (x.class == FP_IS_ZERO && y.class == FP_IS_INF);
}

/* FPMul, FPMulX: infinity by zero is invalid, or 2. */
static u64 multiply(struct cpu *c, unsigned size, u64 a, u64 b, bool extended)
{
	struct fp_num x = fp_unpack(c, size, a), y = fp_unpack(c, size, b);
	bool sign = x.sign ^ y.sign;
	u64 result;

	if (fp_process_nans(c, size, x, a, y, b, &result))
		return result;
	if (is_inf_by_zero(x, y))
		return extended ? fp_signed(size, sign, 1ull << (FP_BITS(size) - 2)) : fp_invalid(c, size);
	if (x.class == FP_IS_INF || y.class == FP_IS_INF)
		return fp_infinity(size, sign);
	if (x.class == FP_IS_ZERO || y.class == FP_IS_ZERO)
		return fp_signed(size, sign, 0);
	return fp_round(c, size, fp_product(x, y), fp_rmode(c));
}

u64 fp_mul_soft(struct cpu *c, unsigned size, u64 a, u64 b)
{
	return multiply(c, size, a, b, false);
}

u64 fp_mulx(struct cpu *c, unsigned size, u64 a, u64 b)
{
	FP_TRY(c, size, fp_as_double(a) * fp_as_double(b), fp_as_float(a) * fp_as_float(b));
	return multiply(c, size, a, b, true);
}

/* FPProcessNaNs3, FPProcessNaNs3H: addend first; factors of another size become NaNs of the addend's. */
static u64 process_nans3(struct cpu *c, unsigned size, unsigned factor_size, const struct fp_num n[3], const u64 v[3])
{
	unsigned which = 0;
	u64 nan;

	for (unsigned i = 1; i < 3; i++) {
		if (n[i].class > n[which].class)
			which = i;
	}
	if (which == 0)
		return fp_process_nan(c, size, n[0], v[0]);
	nan = fp_process_nan(c, factor_size, n[which], v[which]);
	return factor_size == size ? nan : fp_convert_nan(factor_size, size, nan);
}

static u64 multiply_add(struct cpu *c, unsigned size, unsigned factor_size, const u64 v[3])
{
	const struct fp_num n[3] = { fp_unpack(c, size, v[0]), fp_unpack(c, factor_size, v[1]),
				     fp_unpack(c, factor_size, v[2]) };
	bool sign = n[1].sign ^ n[2].sign, infinite = n[1].class == FP_IS_INF || n[2].class == FP_IS_INF;
	bool zero = n[1].class == FP_IS_ZERO || n[2].class == FP_IS_ZERO;

	if (n[0].class == FP_IS_QNAN && is_inf_by_zero(n[1], n[2]))
		return fp_invalid(c, size);
	if (fp_is_nan(n[0]) || fp_is_nan(n[1]) || fp_is_nan(n[2]))
		return process_nans3(c, size, factor_size, n, v);
	if (is_inf_by_zero(n[1], n[2]) || (n[0].class == FP_IS_INF && infinite && n[0].sign != sign))
		return fp_invalid(c, size);
	if (n[0].class == FP_IS_INF)
		return v[0];
	if (infinite)
		return fp_infinity(size, sign);
	if (n[0].class == FP_IS_ZERO && zero && n[0].sign == sign)
		return fp_signed(size, sign, 0);
	return fp_round_sum(c, size, fp_sum(fp_real(n[0]), fp_product(n[1], n[2])));
}

u64 fp_madd_soft(struct cpu *c, unsigned size, u64 addend, u64 a, u64 b)
{
	const u64 v[3] = { addend, a, b };

	return multiply_add(c, size, size, v);
}

u64 fp_madd_h(struct cpu *c, u64 addend_s, u64 a_h, u64 b_h)
{
	const u64 v[3] = { addend_s, a_h, b_h };

	return multiply_add(c, FP_S, FP_H, v);
}

/* (addend - a * b) * 2^scale, where infinity by zero counts as a product of 0. */
static u64 step(struct cpu *c, unsigned size, u64 a, u64 b, u64 addend, s32 scale)
{
	struct fp_num x = fp_unpack(c, size, fp_neg(size, a)), y = fp_unpack(c, size, b);
	struct fp_real sum = { false, 0, addend };
	u64 result;

	if (fp_process_nans(c, size, x, fp_neg(size, a), y, b, &result))
		return result;
	if (!is_inf_by_zero(x, y)) {
		if (x.class == FP_IS_INF || y.class == FP_IS_INF)
			return fp_infinity(size, x.sign ^ y.sign);
		sum = fp_sum(sum, fp_product(x, y));
	}
	sum.exp += scale;
	return fp_round_sum(c, size, sum);
}

u64 fp_recip_step(struct cpu *c, unsigned size, u64 a, u64 b)
{
	if (likely(fp_host_fuses()))
		FP_TRY(c, size, fp_fused_d(-fp_as_double(a), fp_as_double(b), 2.0),
		       fp_fused_s(-fp_as_float(a), fp_as_float(b), 2.0f));
	return step(c, size, a, b, 2, 0);
}

u64 fp_rsqrt_step(struct cpu *c, unsigned size, u64 a, u64 b)
{
	return step(c, size, a, b, 3, -1);
}

/* ---- quotients and roots ---- */

static struct fp_real quotient(struct fp_num x, struct fp_num y)
{
	unsigned up = (unsigned)__builtin_clzll(x.sig);
	u128 dividend = (u128)(x.sig << up) << 64, q = dividend / y.sig;

	q |= q * y.sig != dividend;
	return (struct fp_real){ x.sign ^ y.sign, x.exp - (s32)up - 64 - y.exp, q };
}

u64 fp_div_soft(struct cpu *c, unsigned size, u64 a, u64 b)
{
	struct fp_num x = fp_unpack(c, size, a), y = fp_unpack(c, size, b);
	bool sign = x.sign ^ y.sign;
	u64 result;

	if (fp_process_nans(c, size, x, a, y, b, &result))
		return result;
	if (x.class == y.class && x.class != FP_IS_NUMBER)
		return fp_invalid(c, size);
	if (x.class == FP_IS_INF)
		return fp_infinity(size, sign);
	if (y.class == FP_IS_ZERO) {
		fp_raise(c, FP_DZC);
		return fp_infinity(size, sign);
	}
	if (x.class == FP_IS_ZERO || y.class == FP_IS_INF)
		return fp_signed(size, sign, 0);
	return fp_round(c, size, quotient(x, y), fp_rmode(c));
}

/* The root of sig * 2^exp: 64 bits of it, jammed. */
static struct fp_real square_root(struct fp_num n)
{
	unsigned up = fp_clz128(n.sig);
	u128 rest, root = 0;

	if ((n.exp - (s32)up) & 1)
		up--;
	rest = (u128)n.sig << up;
	for (u128 one = (u128)1 << 126; one; one >>= 2) {
		bool take = rest >= root + one;

		if (take)
			rest -= root + one;
		root = root >> 1 | (take ? one : 0);
	}
	return (struct fp_real){ false, (n.exp - (s32)up) / 2, root << 1 | (rest != 0) };
}

u64 fp_sqrt_soft(struct cpu *c, unsigned size, u64 a)
{
	struct fp_num n = fp_unpack(c, size, a);
	struct fp_real root;

	if (fp_is_nan(n))
		return fp_process_nan(c, size, n, a);
	if (n.class == FP_IS_ZERO)
		return fp_signed(size, n.sign, 0);
	if (n.sign)
		return fp_invalid(c, size);
	if (n.class == FP_IS_INF)
		return a;
	root = square_root(n);
	root.exp--; /* its lowest bit is the jam */
	return fp_round(c, size, root, fp_rmode(c));
}
