/* SHA-1, SHA-256, SHA-512 and SHA-3 (FIPS 180-4, 202). Arm ARM C7.2. */
#include "cpu/exec_fp.h"
#include "cpu/a64_rows.h"
#include "cpu/crypto.h"
#include "cpu/vec.h"

/* ---- SHA-1 ---- */

/* SHAchoose, SHAmajority, SHAparity, for words of any size */
#define CHOOSE(x, y, z) ((((y) ^ (z)) & (x)) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | (((x) | (y)) & (z)))
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))

/* Four rounds: d is a, b, c, d; the first element of n is e; m is the message with the constant added. */
#define SHA1_ROUNDS(name, f)                                                                                           \
	CRYPTO_FN name##_of(union vreg d, union vreg n, union vreg m)                                                  \
	{                                                                                                              \
		u32 a = d.us[0], b = d.us[1], c = d.us[2], dd = d.us[3], e = n.us[0];                                  \
                                                                                                                       \
		for (unsigned i = 0; i < 4; i++) {                                                                     \
			u32 t = e + rol32(a, 5) + f(b, c, dd) + m.us[i];                                               \
                                                                                                                       \
			e = dd;                                                                                        \
			dd = c;                                                                                        \
			c = rol32(b, 30);                                                                              \
			b = a;                                                                                         \
			a = t;                                                                                         \
		}                                                                                                      \
		return (v2u64)(v4u32){ a, b, c, dd };                                                                  \
	}                                                                                                              \
	CRYPTO_3(name)
SHA1_ROUNDS(sha1c, CHOOSE)
SHA1_ROUNDS(sha1m, MAJORITY)
SHA1_ROUNDS(sha1p, PARITY)

EXEC_FP(sha1h)
{
	SET_V(d, rol32((u32)V_LO(n), 30));
	NEXT;
}

CRYPTO_FN sha1su0_of(union vreg d, union vreg n, union vreg m)
{
	return (v2u64){ d.ud[1], n.ud[0] } ^ d.v ^ m.v;
}
CRYPTO_3(sha1su0)

CRYPTO_FN sha1su1_of(union vreg d, union vreg n)
{
	u32 t0 = d.us[0] ^ n.us[1], t1 = d.us[1] ^ n.us[2], t2 = d.us[2] ^ n.us[3], t3 = d.us[3];

	return (v2u64)(v4u32){ rol32(t0, 1), rol32(t1, 1), rol32(t2, 1), rol32(t3, 1) ^ rol32(t0, 2) };
}
CRYPTO_2(sha1su1)

/* ---- SHA-256 ---- */

static inline u32 sigma32(u32 x, unsigned r0, unsigned r1, unsigned r2)
{
	return ror32(x, r0) ^ ror32(x, r1) ^ ror32(x, r2);
}

static inline u32 schedule32(u32 x, unsigned r0, unsigned r1, unsigned shift)
{
	return ror32(x, r0) ^ ror32(x, r1) ^ x >> shift;
}

/* SHA256hash: four rounds; x is a, b, c, d and y is e, f, g, h. Returns x or y. */
static inline v2u64 sha256_rounds(union vreg x, union vreg y, union vreg w, bool part1)
{
	for (unsigned i = 0; i < 4; i++) {
		u32 t = y.us[3] + sigma32(y.us[0], 6, 11, 25) + CHOOSE(y.us[0], y.us[1], y.us[2]) + w.us[i];
		u32 a = t + sigma32(x.us[0], 2, 13, 22) + MAJORITY(x.us[0], x.us[1], x.us[2]);
		u32 e = t + x.us[3];

		x.v = (v2u64)(v4u32){ a, x.us[0], x.us[1], x.us[2] };
		y.v = (v2u64)(v4u32){ e, y.us[0], y.us[1], y.us[2] };
	}
	return part1 ? x.v : y.v;
}

CRYPTO_FN sha256h_of(union vreg d, union vreg n, union vreg m)
{
	return sha256_rounds(d, n, m, true);
}
CRYPTO_3(sha256h)

CRYPTO_FN sha256h2_of(union vreg d, union vreg n, union vreg m)
{
	return sha256_rounds(n, d, m, false);
}
CRYPTO_3(sha256h2)

CRYPTO_FN sha256su0_of(union vreg d, union vreg n)
{
	union vreg result;

	for (unsigned i = 0; i < 4; i++)
		result.us[i] = d.us[i] + schedule32(i < 3 ? d.us[i + 1] : n.us[0], 7, 18, 3);
	return result.v;
}
CRYPTO_2(sha256su0)

/* The last two words need the first two. */
CRYPTO_FN sha256su1_of(union vreg d, union vreg n, union vreg m)
{
	union vreg result;

	for (unsigned i = 0; i < 4; i++)
		result.us[i] = d.us[i] + (i < 3 ? n.us[i + 1] : m.us[0]) +
			       schedule32(i < 2 ? m.us[i + 2] : result.us[i - 2], 17, 19, 10);
	return result.v;
}
CRYPTO_3(sha256su1)

/* ---- SHA-512 ---- */

static inline u64 sigma64(u64 x, unsigned r0, unsigned r1, unsigned r2)
{
	return ror64(x, r0) ^ ror64(x, r1) ^ ror64(x, r2);
}

static inline u64 schedule64(u64 x, unsigned r0, unsigned r1, unsigned shift)
{
	return ror64(x, r0) ^ ror64(x, r1) ^ x >> shift;
}

CRYPTO_FN sha512h_of(union vreg w, union vreg x, union vreg y)
{
	u64 high = w.ud[1] + sigma64(y.ud[1], 14, 18, 41) + CHOOSE(y.ud[1], x.ud[0], x.ud[1]);
	u64 t = high + y.ud[0];

	return (v2u64){ w.ud[0] + sigma64(t, 14, 18, 41) + CHOOSE(t, y.ud[1], x.ud[0]), high };
}
CRYPTO_3(sha512h)

CRYPTO_FN sha512h2_of(union vreg w, union vreg x, union vreg y)
{
	u64 high = w.ud[1] + sigma64(y.ud[0], 28, 34, 39) + MAJORITY(x.ud[0], y.ud[1], y.ud[0]);

	return (v2u64){ w.ud[0] + sigma64(high, 28, 34, 39) + MAJORITY(high, y.ud[0], y.ud[1]), high };
}
CRYPTO_3(sha512h2)

CRYPTO_FN sha512su0_of(union vreg w, union vreg x)
{
	return w.v + (v2u64){ schedule64(w.ud[1], 1, 8, 7), schedule64(x.ud[0], 1, 8, 7) };
}
CRYPTO_2(sha512su0)

CRYPTO_FN sha512su1_of(union vreg w, union vreg x, union vreg y)
{
	return w.v + y.v + (v2u64){ schedule64(x.ud[0], 19, 61, 6), schedule64(x.ud[1], 19, 61, 6) };
}
CRYPTO_3(sha512su1)

/* ---- SHA-3 ---- */

EXEC_FP(eor3)
{
	VREG(d) = VREG(n) ^ VREG(m) ^ VREG(a);
	NEXT;
}

EXEC_FP(bcax)
{
	VREG(d) = VREG(n) ^ (VREG(m) & ~VREG(a));
	NEXT;
}

EXEC_FP(rax1)
{
	VREG(d) = VREG(n) ^ (VREG(m) << 1 | VREG(m) >> 63);
	NEXT;
}

/* op->a: 0..63 */
EXEC_FP(xar)
{
	v2u64 x = VREG(n) ^ VREG(m);

	VREG(d) = x >> op->a | x << (-(unsigned)op->a & 63);
	NEXT;
}
