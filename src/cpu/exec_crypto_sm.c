/* SM3 (GB/T 32905) and SM4 (GB/T 32907). Arm ARM C7.2. */
#include "cpu/exec_fp.h"
#include "cpu/a64_rows.h"
#include "cpu/crypto.h"
#include "cpu/vec.h"

/* ---- SM3 ---- */

/* The permutations P0 and P1 */
static inline u32 sm3_p0(u32 x)
{
	return x ^ rol32(x, 9) ^ rol32(x, 17);
}

static inline u32 sm3_p1(u32 x)
{
	return x ^ rol32(x, 15) ^ rol32(x, 23);
}

/* The top element alone */
EXEC_FP(sm3ss1)
{
	u32 sum = rol32((u32)(V_HI(n) >> 32), 12) + (u32)(V_HI(m) >> 32) + (u32)(V_HI(a) >> 32);

	VREG(d) = (v2u64){ 0, (u64)rol32(sum, 7) << 32 };
	NEXT;
}

/* d holds A, B, C, D (or E, F, G, H) from the top element down; what f makes of the first three is FF or GG. */
#define FF_OR_GG_XOR(x, y, z) ((x) ^ (y) ^ (z))
#define FF_MAJORITY(x, y, z) (((x) & (y)) | ((x) & (z)) | ((y) & (z)))
#define GG_CHOOSE(x, y, z) (((x) & (y)) | (~(x) & (z)))

#define SM3_TT1(name, f)                                                                                               \
	CRYPTO_FN name##_of(union vreg d, union vreg n, u32 w)                                                         \
	{                                                                                                              \
		u32 ss2 = n.us[3] ^ rol32(d.us[3], 12);                                                                \
		u32 tt1 = f(d.us[3], d.us[2], d.us[1]) + d.us[0] + ss2 + w;                                            \
                                                                                                                       \
		return (v2u64)(v4u32){ d.us[1], rol32(d.us[2], 9), d.us[3], tt1 };                                     \
	}                                                                                                              \
	CRYPTO_3_LANE(name)
SM3_TT1(sm3tt1a, FF_OR_GG_XOR)
SM3_TT1(sm3tt1b, FF_MAJORITY)

#define SM3_TT2(name, f)                                                                                               \
	CRYPTO_FN name##_of(union vreg d, union vreg n, u32 w)                                                         \
	{                                                                                                              \
		u32 tt2 = f(d.us[3], d.us[2], d.us[1]) + d.us[0] + n.us[3] + w;                                        \
                                                                                                                       \
		return (v2u64)(v4u32){ d.us[1], rol32(d.us[2], 19), d.us[3], sm3_p0(tt2) };                            \
	}                                                                                                              \
	CRYPTO_3_LANE(name)
SM3_TT2(sm3tt2a, FF_OR_GG_XOR)
SM3_TT2(sm3tt2b, GG_CHOOSE)

CRYPTO_FN sm3partw1_of(union vreg d, union vreg n, union vreg m)
{
	union vreg result = { .v = d.v ^ n.v };

	for (unsigned i = 0; i < 3; i++)
		result.us[i] = sm3_p1(result.us[i] ^ rol32(m.us[i + 1], 15));
	result.us[3] = sm3_p1(result.us[3] ^ rol32(result.us[0], 15));
	return result.v;
}
CRYPTO_3(sm3partw1)

CRYPTO_FN sm3partw2_of(union vreg d, union vreg n, union vreg m)
{
	union vreg t = { .v = n.v }, result;

	for (unsigned i = 0; i < 4; i++)
		t.us[i] ^= rol32(m.us[i], 7);
	result.v = d.v ^ t.v;
	result.us[3] ^= sm3_p1(rol32(t.us[0], 15));
	return result.v;
}
CRYPTO_3(sm3partw2)

/* ---- SM4 ---- */

static inline u32 sm4_substitute(u32 x)
{
	return sm4_sbox[x & 0xff] | (u32)sm4_sbox[x >> 8 & 0xff] << 8 | (u32)sm4_sbox[x >> 16 & 0xff] << 16 |
	       (u32)sm4_sbox[x >> 24] << 24;
}

/* L and L': the linear parts of a round and of the key schedule */
static inline u32 sm4_l(u32 x)
{
	return x ^ rol32(x, 2) ^ rol32(x, 10) ^ rol32(x, 18) ^ rol32(x, 24);
}

static inline u32 sm4_l_key(u32 x)
{
	return x ^ rol32(x, 13) ^ rol32(x, 23);
}

/* Four rounds of state x; the round keys, or the constants of the schedule, in k */
#define SM4_ROUNDS(x, k, l)                                                                                            \
	do {                                                                                                           \
		for (unsigned i = 0; i < 4; i++) {                                                                     \
			u32 t = (x).us[3] ^ (x).us[2] ^ (x).us[1] ^ (k).us[i];                                         \
                                                                                                                       \
			(x).v = (v2u64)(v4u32){ (x).us[1], (x).us[2], (x).us[3], (x).us[0] ^ l(sm4_substitute(t)) };   \
		}                                                                                                      \
	} while (0)

CRYPTO_FN sm4e_of(union vreg d, union vreg n)
{
	SM4_ROUNDS(d, n, sm4_l);
	return d.v;
}
CRYPTO_2(sm4e)

CRYPTO_FN sm4ekey_of(union vreg d, union vreg n, union vreg m)
{
	SM4_ROUNDS(n, m, sm4_l_key);
	return n.v;
}
CRYPTO_3(sm4ekey)
