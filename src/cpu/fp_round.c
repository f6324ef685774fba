/* Taking floating-point numbers apart, and rounding into a format. Arm ARM J1.3: FPUnpackBase, FPRoundBase,
 * FPProcessNaN. */
#include "cpu/fp_soft.h"

/* ---- unpacking ---- */

static struct fp_num unpack(struct cpu *c, u64 fpcr, unsigned size, u64 v)
{
	struct fp_format f = fp_format(size);
	u64 frac = v & ones(f.frac), exp = v >> f.frac & ones(f.exp);
	struct fp_num n = { .class = FP_IS_NUMBER, .sign = bit(v, FP_BITS(size) - 1) };

	if (exp == ones(f.exp) && !(size == FP_H && fpcr & FPCR_AHP)) {
		n.class = !frac ? FP_IS_INF : bit(frac, f.frac - 1u) ? FP_IS_QNAN : FP_IS_SNAN;
	} else if (exp) {
		n.exp = (s32)exp - fp_bias(f) - f.frac;
		n.sig = frac | 1ull << f.frac;
	} else if (!frac) {
		n.class = FP_IS_ZERO;
	} else if (fp_flushes(fpcr, size)) {
		n.class = FP_IS_ZERO;
		if (size != FP_H)
			fp_raise(c, FP_IDC);
	} else {
		n.exp = 1 - fp_bias(f) - f.frac;
		n.sig = frac;
	}
	return n;
}

struct fp_num fp_unpack(struct cpu *c, unsigned size, u64 v)
{
	return unpack(c, SYS(c, FPCR) & ~(u64)FPCR_AHP, size, v);
}

struct fp_num fp_unpack_convert(struct cpu *c, unsigned size, u64 v)
{
	return unpack(c, SYS(c, FPCR) & ~(u64)FPCR_FZ16, size, v);
}

/* ---- reals ---- */

struct fp_real fp_real(struct fp_num n)
{
	return (struct fp_real){ n.sign, n.exp, n.sig };
}

struct fp_real fp_product(struct fp_num x, struct fp_num y)
{
	return (struct fp_real){ x.sign ^ y.sign, x.exp + y.exp, (u128)x.sig * y.sig };
}

/* The leading one to bit 125: room for a carry. */
static struct fp_real left_aligned(struct fp_real r)
{
	unsigned by = fp_clz128(r.sig) - 2;

	return (struct fp_real){ r.sign, r.exp - (s32)by, r.sig << by };
}

/* No operand has more than 113 bits, so that jamming starts far below where rounding looks, and cancels only if exact.
 */
struct fp_real fp_sum(struct fp_real x, struct fp_real y)
{
	if (!x.sig || !y.sig)
		return x.sig ? x : y;
	x = left_aligned(x);
	y = left_aligned(y);
	if (x.exp < y.exp) {
		struct fp_real t = x;

		x = y;
		y = t;
	}
	y.sig = fp_shift_right_jam(y.sig, (u32)(x.exp - y.exp));
	if (x.sign == y.sign) {
		x.sig += y.sig;
	} else if (x.sig >= y.sig) {
		x.sig -= y.sig;
	} else {
		x.sig = y.sig - x.sig;
		x.sign = y.sign;
	}
	return x;
}

/* ---- rounding ---- */

/* Whether what was cut off, rest / 2^shift of a unit, takes the magnitude `kept` to the next one. */
static bool rounds_up(u64 kept, u64 rest, unsigned shift, bool sign, enum fp_rounding rounding)
{
	u64 half = 1ull << (shift - 1);

	switch (rounding) {
	case FP_TIEEVEN: return rest > half || (rest == half && (kept & 1));
	case FP_TIEAWAY: return rest >= half;
	case FP_POSINF: return rest && !sign;
	case FP_NEGINF: return rest && sign;
	default: return false;
	}
}

static bool overflows_to_infinity(bool sign, enum fp_rounding rounding)
{
	return rounding == FP_TIEEVEN || rounding == (sign ? FP_NEGINF : FP_POSINF);
}

/* What depends on the destination beside its shape. */
struct round_mode {
	bool flush, ahp;
	enum fp_rounding rounding;
};

/* The magnitude's bits, without the sign. FPRoundBase. */
static u64 round_to(struct cpu *c, struct fp_format f, struct round_mode mode, struct fp_real r)
{
	unsigned lead = fp_clz128(r.sig), shift = 63u - f.frac;
	s32 exp = r.exp + 127 - (s32)lead, min_exp = 1 - fp_bias(f), biased = exp - min_exp + 1;
	u64 sig = (u64)(r.sig << lead >> 64) | ((u64)(r.sig << lead) != 0), kept, rest, result;

	if (mode.flush && exp < min_exp) {
		fp_raise(c, FP_UFC);
		return 0;
	}
	if (biased <= 0) {
		shift += (unsigned)(1 - biased);
		biased = 0;
	}
	if (shift > 64) {
		sig = 1;
		shift = 64;
	}
	kept = shift == 64 ? 0 : sig >> shift;
	rest = sig & ones(shift);
	if (biased == 0 && rest)
		fp_raise(c, FP_UFC);
	if (rounds_up(kept, rest, shift, r.sign, mode.rounding))
		kept++;
	else if (mode.rounding == FP_ODD && rest)
		kept |= 1;
	/* The leading one, if there, adds to the exponent's field. */
	result = biased == 0 ? kept : ((u64)(biased - 1) << f.frac) + kept;
	if (mode.ahp) {
		if (result >> f.frac > ones(f.exp)) {
			fp_raise(c, FP_IOC);
			return ones(f.exp + f.frac);
		}
	} else if (result >> f.frac >= ones(f.exp)) {
		fp_raise(c, FP_OFC | FP_IXC);
		return (ones(f.exp) << f.frac) - !overflows_to_infinity(r.sign, mode.rounding);
	}
	if (rest)
		fp_raise(c, FP_IXC);
	return result;
}

u64 fp_round(struct cpu *c, unsigned size, struct fp_real r, enum fp_rounding rounding)
{
	struct round_mode mode = { fp_flushes(SYS(c, FPCR), size), false, rounding };

	return fp_signed(size, r.sign, round_to(c, fp_format(size), mode, r));
}

u64 fp_round_convert(struct cpu *c, unsigned size, struct fp_real r, enum fp_rounding rounding)
{
	u64 fpcr = SYS(c, FPCR);
	struct round_mode mode = { size != FP_H && fpcr & FPCR_FZ, size == FP_H && fpcr & FPCR_AHP, rounding };

	return fp_signed(size, r.sign, round_to(c, fp_format(size), mode, r));
}

u64 fp_round_bf16(struct cpu *c, struct fp_real r, enum fp_rounding rounding)
{
	struct round_mode mode = { SYS(c, FPCR) & FPCR_FZ, false, rounding };

	return fp_signed(FP_H, r.sign, round_to(c, (struct fp_format){ 7, 8 }, mode, r));
}

u64 fp_round_sum(struct cpu *c, unsigned size, struct fp_real r)
{
	enum fp_rounding rounding = fp_rmode(c);

	if (!r.sig)
		return fp_signed(size, rounding == FP_NEGINF, 0);
	return fp_round(c, size, r, rounding);
}

struct fp_integer fp_to_integer(struct fp_num n, s32 scale, enum fp_rounding rounding)
{
	s32 exp = n.exp + scale;
	unsigned shift;
	u64 rest;

	if (exp >= 0)
		return (struct fp_integer){ (u128)n.sig << (exp > 64 ? 64 : exp), false };
	if (!n.sig)
		return (struct fp_integer){ 0, false };
	/* At 2^-64 of a unit and below nothing is left but that it is not zero. */
	shift = exp < -64 ? 64 : (unsigned)-exp;
	rest = exp < -64 ? 1 : n.sig & ones(shift);
	n.sig = shift == 64 ? 0 : n.sig >> shift;
	return (struct fp_integer){ (u128)n.sig + rounds_up(n.sig, rest, shift, n.sign, rounding), rest != 0 };
}

/* ---- NaNs ---- */

u64 fp_process_nan(struct cpu *c, unsigned size, struct fp_num n, u64 v)
{
	if (n.class == FP_IS_SNAN) {
		fp_raise(c, FP_IOC);
		v |= 1ull << (fp_format(size).frac - 1);
	}
	return SYS(c, FPCR) & FPCR_DN ? fp_default_nan(size) : v;
}

bool fp_process_nans(struct cpu *c, unsigned size, struct fp_num x, u64 a, struct fp_num y, u64 b, u64 *result)
{
	if (!fp_is_nan(x) && !fp_is_nan(y))
		return false;
	/* A signalling one first; of equals the first operand. */
	if (y.class > x.class && fp_is_nan(y))
		*result = fp_process_nan(c, size, y, b);
	else
		*result = fp_process_nan(c, size, x, a);
	return true;
}

u64 fp_convert_nan(unsigned from, unsigned to, u64 v)
{
	struct fp_format f = fp_format(from), t = fp_format(to);
	u64 payload = (v & ones(f.frac - 1u)) << (52 - f.frac);

	return fp_infinity(to, bit(v, FP_BITS(from) - 1)) | 1ull << (t.frac - 1) | payload >> (52 - t.frac);
}
