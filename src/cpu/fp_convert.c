/* Conversions and rounding to integral. Arm ARM J1.3: FPConvert, FPToFixed, FixedToFP, FPRoundInt, FPToFixedJS. */
#include "cpu/fp_soft.h"

/* ---- between floating-point formats ---- */

static u64 convert_nan(struct cpu *c, unsigned from, unsigned to, struct fp_num n, u64 a)
{
	bool ahp = to == FP_H && SYS(c, FPCR) & FPCR_AHP;

	if (n.class == FP_IS_SNAN || ahp)
		fp_raise(c, FP_IOC);
	if (ahp)
		return fp_signed(to, n.sign, 0);
	return SYS(c, FPCR) & FPCR_DN ? fp_default_nan(to) : fp_convert_nan(from, to, a);
}

static u64 convert(struct cpu *c, unsigned from, unsigned to, u64 a, enum fp_rounding rounding)
{
	struct fp_num n = fp_unpack_convert(c, from, a);

	if (fp_is_nan(n))
		return convert_nan(c, from, to, n, a);
	if (n.class == FP_IS_ZERO)
		return fp_signed(to, n.sign, 0);
	if (n.class == FP_IS_NUMBER)
		return fp_round_convert(c, to, fp_real(n), rounding);
	if (to == FP_H && SYS(c, FPCR) & FPCR_AHP) {
		/* The alternative format has no infinity. */
		fp_raise(c, FP_IOC);
		return fp_signed(to, n.sign, 0x7fff);
	}
	return fp_infinity(to, n.sign);
}

u64 fp_convert_soft(struct cpu *c, unsigned from, unsigned to, u64 a)
{
	return convert(c, from, to, a, fp_rmode(c));
}

u64 fp_convert_odd(struct cpu *c, u64 a_d)
{
	return convert(c, FP_D, FP_S, a_d, FP_ODD);
}

u64 fp_to_bf16(struct cpu *c, u64 a_s)
{
	struct fp_num n = fp_unpack(c, FP_S, a_s);

	if (fp_is_nan(n)) {
		if (n.class == FP_IS_SNAN)
			fp_raise(c, FP_IOC);
		return (SYS(c, FPCR) & FPCR_DN ? fp_default_nan(FP_S) : fp_convert_nan(FP_S, FP_S, a_s)) >> 16;
	}
	if (n.class == FP_IS_NUMBER)
		return fp_round_bf16(c, fp_real(n), fp_rmode(c));
	return (n.class == FP_IS_INF ? fp_infinity(FP_S, n.sign) : fp_signed(FP_S, n.sign, 0)) >> 16;
}

/* ---- rounding to integral ---- */

/* The integer as a number of the same size, which holds it exactly, with n's sign also when it is zero. */
static u64 integral(struct cpu *c, unsigned size, struct fp_num n, struct fp_integer i)
{
	if (!i.magnitude)
		return fp_signed(size, n.sign, 0);
	return fp_round(c, size, (struct fp_real){ n.sign, 0, i.magnitude }, FP_TOZERO);
}

u64 fp_round_int(struct cpu *c, unsigned size, u64 a, enum fp_rounding r, bool exact)
{
	struct fp_num n = fp_unpack(c, size, a);
	struct fp_integer i;

	if (fp_is_nan(n))
		return fp_process_nan(c, size, n, a);
	if (n.class == FP_IS_ZERO)
		return fp_signed(size, n.sign, 0);
	if (n.class == FP_IS_INF || n.exp >= 0)
		return a;
	i = fp_to_integer(n, 0, r);
	if (i.inexact && exact)
		fp_raise(c, FP_IXC);
	return integral(c, size, n, i);
}

/* Whether a magnitude is beyond a signed number of int_bits. */
static bool is_beyond(u128 magnitude, bool sign, unsigned int_bits)
{
	return magnitude > ((u128)1 << (int_bits - 1)) - !sign;
}

u64 fp_round_int_n(struct cpu *c, unsigned size, u64 a, enum fp_rounding r, unsigned int_bits)
{
	struct fp_num n = fp_unpack(c, size, a);
	struct fp_format f = fp_format(size);
	struct fp_integer i = fp_to_integer(n, 0, r);

	if (n.class == FP_IS_ZERO)
		return fp_signed(size, n.sign, 0);
	if (n.class != FP_IS_NUMBER || is_beyond(i.magnitude, n.sign, int_bits)) {
		fp_raise(c, FP_IOC);
		/* the least number: -2^(int_bits - 1) */
		return fp_signed(size, true, ((u64)fp_bias(f) + int_bits - 1) << f.frac);
	}
	if (i.inexact)
		fp_raise(c, FP_IXC);
	return integral(c, size, n, i);
}

/* ---- to and from integers and fixed point ---- */

/* SatQ: also of infinities. */
static u64 saturated(struct fp_num n, unsigned int_bits, bool is_unsigned)
{
	if (n.sign)
		return is_unsigned ? 0 : 1ull << (int_bits - 1);
	return ones(is_unsigned ? int_bits : int_bits - 1);
}

u64 fp_to_fixed_soft(struct cpu *c, unsigned size, u64 a, unsigned int_bits, unsigned fbits, bool is_unsigned,
		     enum fp_rounding r)
{
	struct fp_num n = fp_unpack(c, size, a);
	struct fp_integer i;
	bool overflow;

	if (fp_is_nan(n)) {
		fp_raise(c, FP_IOC);
		return 0;
	}
	i = fp_to_integer(n, (s32)fbits, r);
	overflow = n.class == FP_IS_INF;
	if (is_unsigned)
		overflow |= n.sign ? i.magnitude != 0 : i.magnitude >> int_bits != 0;
	else
		overflow |= is_beyond(i.magnitude, n.sign, int_bits);
	if (overflow) {
		fp_raise(c, FP_IOC);
		return saturated(n, int_bits, is_unsigned);
	}
	if (i.inexact)
		fp_raise(c, FP_IXC);
	return (n.sign ? -(u64)i.magnitude : (u64)i.magnitude) & ones(int_bits);
}

u64 fp_from_fixed_soft(struct cpu *c, unsigned size, u64 v, unsigned int_bits, unsigned fbits, bool is_unsigned)
{
	bool sign = !is_unsigned && bit(v, int_bits - 1);
	u64 magnitude = (sign ? -v : v) & ones(int_bits);

	if (!magnitude)
		return 0;
	return fp_round(c, size, (struct fp_real){ sign, -(s32)fbits, magnitude }, fp_rmode(c));
}

/* Modulo 2^32; PSTATE.Z says that the conversion was exact and not of -0. */
u64 fp_to_fixed_js(struct cpu *c, u64 a_d)
{
	struct fp_num n = fp_unpack(c, FP_D, a_d);
	struct fp_integer i = fp_to_integer(n, 0, FP_TOZERO);
	u32 result = n.sign ? -(u32)i.magnitude : (u32)i.magnitude;

	if (fp_is_nan(n) || n.class == FP_IS_INF || is_beyond(i.magnitude, n.sign, 32)) {
		fp_raise(c, FP_IOC);
		return result;
	}
	if (i.inexact) {
		fp_raise(c, FP_IXC);
		return result;
	}
	/* Neither -0 nor a denormal taken for 0 */
	return (u64)(n.class != FP_IS_ZERO || a_d == 0) << 32 | result;
}
