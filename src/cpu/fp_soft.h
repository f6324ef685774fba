/*
 * Inside the fp_*.c files: numbers taken apart, and rounded into a format again. Real numbers of the pseudocode are
 * exact or "jammed": bits below those kept are or-ed into the lowest, which is far enough down to decide only exactness
 * and ties.
 */
#ifndef CPU_FP_SOFT_H
#define CPU_FP_SOFT_H

#include "cpu/fp.h"

typedef unsigned __int128 u128;

enum fp_class { FP_IS_ZERO, FP_IS_NUMBER, FP_IS_INF, FP_IS_QNAN, FP_IS_SNAN };

/* FPUnpack(): a number is sig * 2^exp, sig not 0; a zero has sig 0. */
struct fp_num {
	u8 class; /* enum fp_class */
	bool sign;
	s32 exp;
	u64 sig;
};

/* sig * 2^exp */
struct fp_real {
	bool sign;
	s32 exp;
	u128 sig;
};

struct fp_format {
	u8 frac, exp; /* bits */
};

static inline struct fp_format fp_format(unsigned size)
{
	static const struct fp_format formats[] = { [FP_H] = { 10, 5 }, [FP_S] = { 23, 8 }, [FP_D] = { 52, 11 } };

	return formats[size];
}
static inline s32 fp_bias(struct fp_format f)
{
	return (1 << (f.exp - 1)) - 1;
}
static inline bool fp_is_nan(struct fp_num n)
{
	return n.class >= FP_IS_QNAN;
}
static inline u64 fp_signed(unsigned size, bool sign, u64 magnitude)
{
	return (u64)sign << (FP_BITS(size) - 1) | magnitude;
}
/* FPInfinity */
static inline u64 fp_infinity(unsigned size, bool sign)
{
	struct fp_format f = fp_format(size);

	return fp_signed(size, sign, ones(f.exp) << f.frac);
}
static inline u64 fp_max_normal(unsigned size, bool sign)
{
	return fp_infinity(size, sign) - 1;
}
static inline u64 fp_invalid(struct cpu *c, unsigned size)
{
	fp_raise(c, FP_IOC);
	return fp_default_nan(size);
}
/* Whether denormals of this size are zeros: FPCR.FZ, FPCR.FZ16 */
static inline bool fp_flushes(u64 fpcr, unsigned size)
{
	return fpcr & (size == FP_H ? FPCR_FZ16 : FPCR_FZ);
}

static inline unsigned fp_clz128(u128 v)
{
	u64 hi = (u64)(v >> 64);

	return hi ? (unsigned)__builtin_clzll(hi) : 64 + (unsigned)__builtin_clzll((u64)v);
}
static inline u128 fp_shift_right_jam(u128 v, u32 by)
{
	if (by == 0)
		return v;
	if (by > 127)
		return v != 0;
	return v >> by | ((v << (128 - by)) != 0);
}

/* FPUnpack: no alternative half precision */
struct fp_num fp_unpack(struct cpu *c, unsigned size, u64 v);
/* FPUnpackCV: alternative half precision by FPCR, no FZ16 */
struct fp_num fp_unpack_convert(struct cpu *c, unsigned size, u64 v);
struct fp_real fp_real(struct fp_num n);
struct fp_real fp_product(struct fp_num x, struct fp_num y);
/* x + y; the sign of an exact zero is meaningless */
struct fp_real fp_sum(struct fp_real x, struct fp_real y);
/* FPRound: r is not zero */
u64 fp_round(struct cpu *c, unsigned size, struct fp_real r, enum fp_rounding rounding);
/* FPRoundCV: alternative half precision by FPCR, no FZ16 */
u64 fp_round_convert(struct cpu *c, unsigned size, struct fp_real r, enum fp_rounding rounding);
/* FPRoundBF: the result's 16 bits */
u64 fp_round_bf16(struct cpu *c, struct fp_real r, enum fp_rounding rounding);
/* FPRound, or the zero that a sum is when its operands cancel */
u64 fp_round_sum(struct cpu *c, unsigned size, struct fp_real r);
/* FPProcessNaN: v is a NaN */
u64 fp_process_nan(struct cpu *c, unsigned size, struct fp_num n, u64 v);
/* FPProcessNaNs: true: *result is what becomes of the NaNs among the operands */
bool fp_process_nans(struct cpu *c, unsigned size, struct fp_num x, u64 a, struct fp_num y, u64 b, u64 *result);
/* FPConvertNaN: quiet, of another size */
u64 fp_convert_nan(unsigned from, unsigned to, u64 v);
/* The integer nearest to n * 2^scale in the sense of `rounding`, as sign and magnitude; more than 65 bits: 2^64 and up.
 */
struct fp_integer {
	u128 magnitude;
	bool inexact;
};
struct fp_integer fp_to_integer(struct fp_num n, s32 scale, enum fp_rounding rounding);

#endif
