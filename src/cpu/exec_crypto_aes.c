/* AES rounds and the polynomial multiplication that GCM is made of. FIPS 197; Arm ARM C7.2 (AESE…, PMULL). */
#include "cpu/exec_fp.h"
#include "cpu/a64_rows.h"
#include "cpu/crypto.h"
#include "cpu/vec.h"

/* A state is a column of four bytes after the other: byte r of column c is x[4 * c + r]. */

/* AESSubBytes(AESShiftRows(state ^ key)), and the inverses */
CRYPTO_FN aese_of(union vreg d, union vreg n)
{
	union vreg x = { .v = d.v ^ n.v }, result;

	for (unsigned i = 0; i < 16; i++)
		result.ub[i] = aes_sbox[x.ub[(i + 4 * (i % 4)) % 16]];
	return result.v;
}

CRYPTO_FN aesd_of(union vreg d, union vreg n)
{
	union vreg x = { .v = d.v ^ n.v }, result;

	for (unsigned i = 0; i < 16; i++)
		result.ub[i] = aes_inverse_sbox[x.ub[(i + 12 * (i % 4)) % 16]];
	return result.v;
}

/* Each byte times x in GF(2^8): FFmul02 */
static inline v4u32 times_x(v4u32 a)
{
	return (a & 0x7f7f7f7f) << 1 ^ (a >> 7 & 0x01010101) * 0x1b;
}

/* Each column's bytes turned: byte r becomes what byte r + by was */
static inline v4u32 turned(v4u32 a, unsigned by)
{
	return a >> 8 * by | a << (32 - 8 * by);
}

static inline v4u32 mix_columns(v4u32 a)
{
	v4u32 doubled = times_x(a);

	return doubled ^ turned(doubled ^ a, 1) ^ turned(a, 2) ^ turned(a, 3);
}

CRYPTO_FN aesmc_of(union vreg d, union vreg n)
{
	return (v2u64)mix_columns((v4u32)n.v);
}

/* The inverse matrix is the matrix times circulant(5, 0, 4, 0). */
CRYPTO_FN aesimc_of(union vreg d, union vreg n)
{
	v4u32 a = (v4u32)n.v;

	return (v2u64)mix_columns(a ^ times_x(times_x(a ^ turned(a, 2))));
}

CRYPTO_2(aese)
CRYPTO_2(aesd)
CRYPTO_2(aesmc)
CRYPTO_2(aesimc)

/* PolynomialMult() of 64 by 64 bits, four bits of `a` at a time */
CRYPTO_FN polynomial_product(u64 a, u64 b)
{
	unsigned __int128 multiple[16] = { 0, b }, product = 0;

	for (unsigned i = 2; i < 16; i++)
		multiple[i] = multiple[i / 2] << 1 ^ (i & 1 ? b : 0);
	for (int at = 60; at >= 0; at -= 4)
		product = product << 4 ^ multiple[a >> at & 15];
	return (v2u64){ (u64)product, (u64)(product >> 64) };
}

EXEC_FP(pmull_1q)
{
	VREG(d) = polynomial_product(V_LO(n), V_LO(m));
	NEXT;
}

EXEC_FP(pmull2_1q)
{
	VREG(d) = polynomial_product(V_HI(n), V_HI(m));
	NEXT;
}
