/* What the cryptographic instructions share. */
#ifndef CPU_CRYPTO_H
#define CPU_CRYPTO_H

#include "base/types.h"

/* Made by tools/gen_sboxes.py from their definitions */
extern const u8 aes_sbox[256], aes_inverse_sbox[256], sm4_sbox[256];

static inline u32 rol32(u32 x, unsigned by)
{
	return x << by | x >> (32 - by);
}

static inline u32 ror32(u32 x, unsigned by)
{
	return x >> by | x << (32 - by);
}

/* by: 0..63 */
static inline u64 ror64(u64 x, unsigned by)
{
	return x >> by | x << (-by & 63);
}

/*
 * EXEC(name) for an instruction that a function computes: name_of(d, n, m) takes its operands by value (any may be the
 * same register), and returns what Vd becomes.
 */
#define CRYPTO_2(name)                                                                                                 \
	EXEC_FP(name)                                                                                                  \
	{                                                                                                              \
		VREG(d) = name##_of(VREG_AT(d), VREG_AT(n));                                                           \
		NEXT;                                                                                                  \
	}
#define CRYPTO_3(name)                                                                                                 \
	EXEC_FP(name)                                                                                                  \
	{                                                                                                              \
		VREG(d) = name##_of(VREG_AT(d), VREG_AT(n), VREG_AT(m));                                               \
		NEXT;                                                                                                  \
	}
#define CRYPTO_3_LANE(name)                                                                                            \
	EXEC_FP(name)                                                                                                  \
	{                                                                                                              \
		VREG(d) = name##_of(VREG_AT(d), VREG_AT(n), VREG_AT(m).us[op->a]);                                     \
		NEXT;                                                                                                  \
	}
/* Not part of the EXEC, which has to stay free of a stack frame */
#define CRYPTO_FN static __attribute__((noinline)) v2u64

#endif
