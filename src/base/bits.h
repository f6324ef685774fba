/* Bit-field helpers. All ranges are [hi:lo], inclusive, as the Arm ARM writes them. */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include "base/types.h"

/* n ones at the bottom; n in 0..64. */
static inline u64 ones(unsigned n)
{
	return n >= 64 ? ~0ull : (1ull << n) - 1;
}

/* v[hi:lo] */
static inline u64 bits(u64 v, unsigned hi, unsigned lo)
{
	return (v >> lo) & ones(hi - lo + 1);
}

/* v[n] */
static inline bool bit(u64 v, unsigned n)
{
	return (v >> n) & 1;
}

/* v with field [lo+width-1:lo] replaced by f */
static inline u64 deposit(u64 v, unsigned lo, unsigned width, u64 f)
{
	u64 mask = ones(width) << lo;

	return (v & ~mask) | ((f << lo) & mask);
}

/* The low `width` bits of v as a signed number; width in 1..64. */
static inline s64 sext(u64 v, unsigned width)
{
	return (s64)(v << (64 - width)) >> (64 - width);
}

static inline u64 align_down(u64 v, u64 size)
{
	return v & ~(size - 1);
}

static inline u64 align_up(u64 v, u64 size)
{
	return (v + size - 1) & ~(size - 1);
}

static inline bool is_aligned(u64 v, u64 size)
{
	return (v & (size - 1)) == 0;
}

#endif
