/* Order: comparisons, minimum and maximum. Arm ARM J1.3: FPCompare, FPMax, FPMaxNum and kin. */
#include "cpu/fp_soft.h"

/* Monotonic in the number's value, from the bits of a number that is no NaN; zeros (also flushed ones) are equal. */
static s64 order_key(unsigned size, struct fp_num n, u64 v)
{
	s64 magnitude = n.class == FP_IS_ZERO ? 0 : (s64)fp_abs(size, v);

	return n.sign ? -magnitude : magnitude;
}

unsigned fp_compare_soft(struct cpu *c, unsigned size, u64 a, u64 b, bool signal)
{
	struct fp_num x = fp_unpack(c, size, a), y = fp_unpack(c, size, b);
	s64 first, second;

	if (fp_is_nan(x) || fp_is_nan(y)) {
		if (signal || x.class == FP_IS_SNAN || y.class == FP_IS_SNAN)
			fp_raise(c, FP_IOC);
		return FP_UNORDERED;
	}
	first = order_key(size, x, a);
	second = order_key(size, y, b);
	return first == second ? FP_EQUAL : first < second ? FP_LESS : FP_GREATER;
}

/* ---- FPMax, FPMin ---- */

static u64 extreme(struct cpu *c, unsigned size, u64 a, u64 b, bool max)
{
	struct fp_num x = fp_unpack(c, size, a), y = fp_unpack(c, size, b);
	s64 first, second;
	u64 result;

	if (fp_process_nans(c, size, x, a, y, b, &result))
		return result;
	first = order_key(size, x, a);
	second = order_key(size, y, b);
	/* Of zeros, the positive one is the greater. */
	if (first == 0 && second == 0)
		return fp_signed(size, max ? x.sign && y.sign : x.sign || y.sign, 0);
	if (max ? first > second : first < second)
		return x.class == FP_IS_ZERO ? fp_signed(size, x.sign, 0) : a;
	return y.class == FP_IS_ZERO ? fp_signed(size, y.sign, 0) : b;
}

u64 fp_max(struct cpu *c, unsigned size, u64 a, u64 b)
{
	return extreme(c, size, a, b, true);
}

u64 fp_min(struct cpu *c, unsigned size, u64 a, u64 b)
{
	return extreme(c, size, a, b, false);
}

/* ---- FPMaxNum, FPMinNum: a quiet NaN loses to a number ---- */

static bool is_quiet_nan(unsigned size, u64 v)
{
	u64 quiet = 1ull << (fp_format(size).frac - 1);

	return fp_abs(size, v) >= (fp_infinity(size, false) | quiet);
}

static u64 extreme_number(struct cpu *c, unsigned size, u64 a, u64 b, bool max)
{
	bool quiet_a = is_quiet_nan(size, a), quiet_b = is_quiet_nan(size, b);

	if (quiet_a && !quiet_b)
		a = fp_infinity(size, max);
	else if (quiet_b && !quiet_a)
		b = fp_infinity(size, max);
	return extreme(c, size, a, b, max);
}

u64 fp_maxnm(struct cpu *c, unsigned size, u64 a, u64 b)
{
	return extreme_number(c, size, a, b, true);
}

u64 fp_minnm(struct cpu *c, unsigned size, u64 a, u64 b)
{
	return extreme_number(c, size, a, b, false);
}
