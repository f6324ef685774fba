/*
 * Dot products of BFloat16 numbers without FEAT_EBF16: rounded to odd, denormals are zeros, every NaN is the default
 * one, no flags. Arm ARM J1.3: BFDotAdd, BFMulH, FPAdd_BF16, BFRound. A BFloat16 is the upper half of a single.
 */
#include "cpu/fp_soft.h"

#define NAN_S 0x7fc00000u
#define INF_S 0x7f800000u
#define SIGN_S 0x80000000u

/* BFUnpack */
static struct fp_num unpack(u32 v)
{
	u32 exp = v >> 23 & 0xff, frac = v & 0x7fffff;
	struct fp_num n = { .class = FP_IS_NUMBER, .sign = v >> 31, .exp = (s32)exp - 150, .sig = frac | 1u << 23 };

	if (exp == 0)
		n = (struct fp_num){ .class = FP_IS_ZERO, .sign = v >> 31 };
	else if (exp == 0xff)
		n.class = frac ? FP_IS_QNAN : FP_IS_INF;
	return n;
}

/* BFRound: to odd, but beyond the largest is infinity. */
static u32 round_odd(struct fp_real r)
{
	unsigned lead = fp_clz128(r.sig);
	s32 exp = r.exp + 127 - (s32)lead;
	u128 sig = r.sig << lead;
	u32 kept = (u32)(sig >> 104) | ((sig << 24) != 0), sign = r.sign ? SIGN_S : 0;

	if (exp < -126)
		return sign;
	if (exp > 127)
		return sign | INF_S;
	return sign | (u32)(exp + 127) << 23 | (kept & 0x7fffff);
}

/* BFMulH */
static u32 multiply(u32 a, u32 b)
{
	struct fp_num x = unpack(a), y = unpack(b);
	u32 sign = (a ^ b) & SIGN_S;

	if (fp_is_nan(x) || fp_is_nan(y))
		return NAN_S;
	if (x.class == FP_IS_INF || y.class == FP_IS_INF)
		return x.class == FP_IS_ZERO || y.class == FP_IS_ZERO ? NAN_S : sign | INF_S;
	if (x.class == FP_IS_ZERO || y.class == FP_IS_ZERO)
		return sign;
	return round_odd(fp_product(x, y));
}

/* FPAdd_BF16 */
static u32 add(u32 a, u32 b)
{
	struct fp_num x = unpack(a), y = unpack(b);
	struct fp_real sum;

	if (fp_is_nan(x) || fp_is_nan(y))
		return NAN_S;
	if (x.class == FP_IS_INF)
		return y.class == FP_IS_INF && x.sign != y.sign ? NAN_S : a;
	if (y.class == FP_IS_INF)
		return b;
	sum = fp_sum(fp_real(x), fp_real(y));
	if (!sum.sig)
		return x.sign && y.sign ? SIGN_S : 0;
	return round_odd(sum);
}

u32 fp_bf_dot(u32 addend, u32 a, u32 b)
{
	u32 low = multiply(a << 16, b << 16), high = multiply(a & 0xffff0000, b & 0xffff0000);

	return add(addend, add(low, high));
}
