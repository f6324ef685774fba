/* Arithmetic that sets flags: AddWithCarry() by width and carry. Flags are kept as exec.h says: Z is z == 0. */
#ifndef CPU_EXEC_ALU_H
#define CPU_EXEC_ALU_H

#include "cpu/exec.h"

static inline u64 adds64(struct cpu *cpu, u64 a, u64 b)
{
	u64 r = a + b;

	SET_FLAGS(r, r, r < a, ((a ^ r) & (b ^ r)) >> 63);
	return r;
}

static inline u32 adds32(struct cpu *cpu, u32 a, u32 b)
{
	u32 r = a + b;

	SET_FLAGS((s32)r, r, r < a, ((a ^ r) & (b ^ r)) >> 31);
	return r;
}

/* A subtraction's C is "no borrow". */
static inline u64 subs64(struct cpu *cpu, u64 a, u64 b)
{
	u64 r = a - b;

	SET_FLAGS(r, r, a >= b, ((a ^ b) & (a ^ r)) >> 63);
	return r;
}

static inline u32 subs32(struct cpu *cpu, u32 a, u32 b)
{
	u32 r = a - b;

	SET_FLAGS((s32)r, r, a >= b, ((a ^ b) & (a ^ r)) >> 31);
	return r;
}

static inline u64 adcs64(struct cpu *cpu, u64 a, u64 b)
{
	unsigned __int128 wide = (unsigned __int128)a + b + cpu->s.r.c;
	u64 r = (u64)wide;

	SET_FLAGS(r, r, (u8)(wide >> 64), ((a ^ r) & (b ^ r)) >> 63);
	return r;
}

static inline u32 adcs32(struct cpu *cpu, u32 a, u32 b)
{
	u64 wide = (u64)a + b + cpu->s.r.c;
	u32 r = (u32)wide;

	SET_FLAGS((s32)r, r, (u8)(wide >> 32), ((a ^ r) & (b ^ r)) >> 31);
	return r;
}

/* ANDS, BICS: C and V are cleared. */
static inline u64 logic64(struct cpu *cpu, u64 r)
{
	SET_FLAGS(r, r, 0, 0);
	return r;
}

static inline u32 logic32(struct cpu *cpu, u32 r)
{
	SET_FLAGS((s32)r, r, 0, 0);
	return r;
}

#endif
