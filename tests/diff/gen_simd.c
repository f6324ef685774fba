/*
 * What SIMD&FP registers, FPCR and FPSR hold before a random instruction: numbers that meet at the edges of the format
 * that the instruction works in, in all rounding and flushing modes, with flags clear and set.
 */
#include <string.h>

#include "../unit/fp_run.h"
#include "base/bits.h"
#include "diff.h"

#define FPEN(v) ((u64)(v) << 20)
#define CPTR_TFP (1ull << 10)
#define CPTR_TCPAC (1ull << 31)
#define CPTR_OWN 0x33ffull

bool is_simd_word(u32 w)
{
	unsigned op0 = w >> 25 & 15;

	return (op0 & 7) == 7 || ((op0 & 5) == 4 && bit(w, 26));
}

bool is_chosen(const struct batch *b, unsigned row)
{
	return !b->simd || (row && is_simd_word(insn_rows[row].value));
}

/* ---- formats ---- */

/* h, s, d: floating point; B, H, S, D: integers */
static unsigned lane_bytes(char format)
{
	switch (format) {
	case 'B': return 1;
	case 'h':
	case 'H': return 2;
	case 's':
	case 'S': return 4;
	default: return 8;
	}
}

static bool is_float_class(unsigned cls)
{
	return cls >= CLASS_fp && cls <= CLASS_simd_fp_div && cls != CLASS_crypto;
}

/* The format of most lanes: the instruction's, as far as its name and its size bits tell, or any. */
static char row_format(struct rng *r, const struct insn_row *row, u32 w)
{
	const char *suffix = strrchr(row->name, '_');

	if (!is_float_class(row->cls) || rng_rare(r, 6))
		return "hsdBHSD"[rng_below(r, 7)];
	if (strstr(row->name, "cvt") && rng_rare(r, 3))
		return "hsdHSD"[rng_below(r, 6)];
	if (row->feature == FEATURE_BASE || (suffix && strchr(suffix, 'h')) ||
	    !strncmp(row->name, "fmls", 4 + (w >> 31)))
		return 'h';
	if (!strncmp(row->name, "bf", 2))
		return 's';
	return bit(w, 22) ? 'd' : 's';
}

/* ---- floating-point numbers ---- */

struct shape {
	unsigned f, e;
	u64 sign, ulp, bias, max; /* ulp: one in the exponent's field */
};

static struct shape shape(char format)
{
	struct shape s = { .f = format == 'h'	? 10
				: format == 's' ? 23
						: 52,
			   .e = format == 'h'	? 5
				: format == 's' ? 8
						: 11 };

	s.sign = 1ull << (s.e + s.f);
	s.ulp = 1ull << s.f;
	s.max = ones(s.e);
	s.bias = s.max >> 1;
	return s;
}

/* A power of two where integers end, and its neighbours. */
static u64 near_integer_limit(struct rng *r, struct shape s)
{
	static const u8 powers[] = { 0, 1, 7, 8, 15, 16, 23, 24, 31, 32, 52, 53, 63, 64 };
	u64 exp = s.bias + powers[rng_below(r, ARRAY_SIZE(powers))];

	return (exp < s.max ? exp << s.f : s.max << s.f) + rng_below(r, 5) - 2;
}

/* A small number, with half of a unit or a quarter more. */
static u64 with_fraction(struct rng *r, struct shape s)
{
	u64 exp = rng_below(r, s.f < 11 ? 6 : 20), frac = rng_next(r) & ones(s.f);
	unsigned kept = (unsigned)exp + (unsigned)rng_below(r, 3);

	if (kept < s.f)
		frac &= ~ones(s.f - kept);
	return (s.bias - 1 + exp) << s.f | frac;
}

/* Where products overflow and underflow: the ends of the range, and their halves. */
static u64 far_out(struct rng *r, struct shape s)
{
	u64 middle = s.bias / 2, exp;

	switch (rng_below(r, 4)) {
	case 0: exp = rng_below(r, 4); break;
	case 1: exp = s.max - 1 - rng_below(r, 4); break;
	case 2: exp = middle - s.f / 2 + rng_below(r, s.f + 4); break;
	default: exp = s.bias + middle - 2 + rng_below(r, 5); break;
	}
	return (exp < s.max ? exp : 1) << s.f | (rng_next(r) & ones(s.f));
}

/* Related to a number before it: sums that cancel, tie, or lose all of one operand. */
static u64 near(struct rng *r, struct shape s, u64 before)
{
	u64 exp = (before & ~s.sign) >> s.f, by = rng_rare(r, 2) ? rng_below(r, 4) : s.f - 1 + rng_below(r, 4);

	if (rng_rare(r, 2))
		return (before + rng_below(r, 5) - 2) & ~s.sign;
	if (exp > by)
		exp -= by;
	return exp << s.f | (rng_rare(r, 2) ? 0 : before & ones(s.f));
}

static u64 float_value(struct rng *r, char format, u64 before)
{
	const struct shape s = shape(format);
	u64 sign = rng_rare(r, 2) ? s.sign : 0, frac = rng_next(r) & ones(s.f), seed = rng_next(r) | 1;

	switch (rng_below(r, 14)) {
	case 0:
	case 1:
	case 2: return fp_value(format, (unsigned)rng_below(r, FP_VALUES));
	case 3: return sign | s.max << s.f | (frac ? frac : 1);
	case 4: return sign | (frac & (rng_rare(r, 2) ? frac : ones((unsigned)rng_below(r, s.f) + 1)));
	case 5: return sign | near_integer_limit(r, s);
	case 6: return sign | with_fraction(r, s);
	case 7: return sign | far_out(r, s);
	case 8:
	case 9: return sign | near(r, s, before);
	case 10: return sign | rng_below(r, s.max) << s.f | frac;
	default: return fp_random(format, &seed);
	}
}

/* ---- integers ---- */

static u64 integer_value(struct rng *r, unsigned bits)
{
	u64 low = ones(bits - 1);

	switch (rng_below(r, 10)) {
	case 0: return 0;
	case 1: return ~0ull;
	case 2: return low;
	case 3: return low + 1;
	case 4: return low + rng_below(r, 5) - 2;
	case 5: return rng_below(r, 2 * bits + 3);
	case 6: return 0 - rng_below(r, 2 * bits + 3);
	case 7: return 1ull << rng_below(r, bits);
	default: return rng_next(r);
	}
}

/* ---- registers ---- */

static u64 lane_value(struct rng *r, char format, u64 before)
{
	return format >= 'a' ? float_value(r, format, before) : integer_value(r, 8 * lane_bytes(format));
}

/* Often one lane only is out of the ordinary, so that flags tell lanes apart. */
static void set_register(struct rng *r, u64 v[2], char format, u64 *before)
{
	unsigned bytes = lane_bytes(format), single = rng_rare(r, 4) ? (unsigned)rng_below(r, 16 / bytes) : 16;
	u64 one = format >= 'a' ? shape(format).bias << shape(format).f : 1;

	for (unsigned lane = 0; lane < 16 / bytes; lane++) {
		u64 value = single < 16 && lane != single ? one : lane_value(r, format, *before);

		memcpy((u8 *)v + lane * bytes, &value, bytes);
		if (value != one)
			*before = value;
	}
}

static u64 random_fpcr(struct rng *r)
{
	u64 fpcr = (rng_next(r) & 3) << 22;

	if (rng_rare(r, 3))
		return 0;
	for (unsigned i = 0; i < 4; i++) /* FZ16 FZ DN AHP */
		if (rng_rare(r, 4))
			fpcr |= 1ull << ((const u8[]){ 19, 24, 25, 26 })[i];
	return fpcr;
}

static u64 random_fpsr(struct rng *r)
{
	switch (rng_below(r, 4)) {
	case 0: return rng_next(r) & 0x0800009f;
	case 1: return 0x10; /* IXC: host arithmetic is tried */
	default: return 0;
	}
}

void set_simd_state(struct rng *r, struct test *t, const struct insn_row *row, u32 w)
{
	u64 before = 0;

	t->cpacr = FPEN(rng_rare(r, 24) ? rng_below(r, 4) : 3);
	t->cptr = CPTR_OWN | (rng_rare(r, 40) ? CPTR_TFP : 0) | (rng_rare(r, 40) ? CPTR_TCPAC : 0);
	t->fpcr = random_fpcr(r);
	t->fpsr = random_fpsr(r);
	for (unsigned i = 0; i < 32; i++)
		set_register(r, t->v[i], row_format(r, row, w), &before);
}
