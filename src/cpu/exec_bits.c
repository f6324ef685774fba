/* Bits within a register: variable shifts, reversals, counts. Arm ARM C6: LSLV … CNT. */
#include "cpu/exec.h"

#include "cpu/a64_rows.h"

#define ONE(name, T, result)                                                                                           \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		T v = (T)X(n);                                                                                         \
		X(d) = (result);                                                                                       \
		NEXT;                                                                                                  \
	}
/* by = shift amount, modulo the register's size */
#define SHIFT(name, T, result)                                                                                         \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		T v = (T)X(n);                                                                                         \
		unsigned by = (unsigned)X(m) & (8 * sizeof(T) - 1);                                                    \
		X(d) = (result);                                                                                       \
		NEXT;                                                                                                  \
	}

SHIFT(lslv_x, u64, v << by)
SHIFT(lslv_w, u32, v << by)
SHIFT(lsrv_x, u64, v >> by)
SHIFT(lsrv_w, u32, v >> by)
SHIFT(asrv_x, s64, (u64)(v >> by))
SHIFT(asrv_w, s32, (u32)(v >> by))
SHIFT(rorv_x, u64, v >> by | v << (-by & 63))
SHIFT(rorv_w, u32, v >> by | v << (-by & 31))

/* Swap neighbouring groups of `by` bits, of which `mask` selects the lower. */
static inline u64 swap_groups(u64 v, unsigned by, u64 mask)
{
	return (v >> by & mask) | (v & mask) << by;
}

static inline u64 reverse_bits(u64 v)
{
	v = swap_groups(v, 1, 0x5555555555555555);
	v = swap_groups(v, 2, 0x3333333333333333);
	v = swap_groups(v, 4, 0x0f0f0f0f0f0f0f0f);
	return __builtin_bswap64(v);
}

ONE(rbit_x, u64, reverse_bits(v))
ONE(rbit_w, u64, reverse_bits(v) >> 32)
ONE(rev16_x, u64, swap_groups(v, 8, 0x00ff00ff00ff00ff))
ONE(rev16_w, u32, swap_groups(v, 8, 0x00ff00ff))
ONE(rev32, u64, __builtin_bswap64(v) >> 32 | __builtin_bswap64(v) << 32)
ONE(rev_x, u64, __builtin_bswap64(v))
ONE(rev_w, u32, __builtin_bswap32(v))

ONE(clz_x, u64, v ? (u64)__builtin_clzll(v) : 64)
ONE(clz_w, u32, v ? (u64)__builtin_clz(v) : 32)
ONE(cls_x, s64, (u64)__builtin_clrsbll(v))
ONE(cls_w, s32, (u64)__builtin_clrsb(v))
ONE(ctz_x, u64, v ? (u64)__builtin_ctzll(v) : 64)
ONE(ctz_w, u32, v ? (u64)__builtin_ctz(v) : 32)
ONE(cnt_x, u64, (u64)__builtin_popcountll(v))
ONE(cnt_w, u32, (u64)__builtin_popcount(v))
ONE(abs_x, u64, v >> 63 ? -v : v)
ONE(abs_w, u32, v >> 31 ? -v : v)
