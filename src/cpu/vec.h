/*
 * The SIMD&FP registers as vectors of lanes, for instructions written with the compiler's vector types.
 * Lane 0 is the least significant, as on the (little-endian) hosts that this runs on.
 */
#ifndef CPU_VEC_H
#define CPU_VEC_H

#include "cpu/cpu.h"

#define VEC(T, bytes) typedef T __attribute__((vector_size(bytes)))
/* 128 bits, by lane: unsigned and signed */
VEC(u8, 16) v16u8;
VEC(u16, 16) v8u16;
VEC(u32, 16) v4u32;
VEC(u64, 16) v2u64;
VEC(s8, 16) v16s8;
VEC(s16, 16) v8s16;
VEC(s32, 16) v4s32;
VEC(s64, 16) v2s64;
#undef VEC

/* The same, lane by lane. */
union vreg {
	v2u64 v;
	u8 ub[16];
	u16 uh[8];
	u32 us[4];
	u64 ud[2];
	s8 sb[16];
	s16 sh[8];
	s32 ss[4];
	s64 sd[2];
};

/* What is kept of 128 bits: index 0 (Q=0) and 1 (Q=1) for vectors, 2, 3, 4 for a scalar B, H, S; a D is index 0. */
enum vec_keep { KEEP_64, KEEP_128, KEEP_B, KEEP_H, KEEP_S, KEEP_COUNT };
static const v2u64 vec_keep[KEEP_COUNT] = {
	[KEEP_64] = { ~0ull, 0 }, [KEEP_128] = { ~0ull, ~0ull }, [KEEP_B] = { 0xff, 0 },
	[KEEP_H] = { 0xffff, 0 }, [KEEP_S] = { 0xffffffff, 0 },
};

/* V0-V31 as one value; the bits above 127 of a Z register are zero as long as nothing writes them. */
#define VREG(f) (*(v2u64 *)(void *)cpu->s.z[op->f])
/* The same as union vreg, for helpers: not in an EXEC itself (no local of it may have its address taken). */
#define VREG_AT(f) (*(const union vreg *)(const void *)cpu->s.z[op->f])

#endif
