/*
 * Cryptographic instructions: each row by vectors recorded from QEMU, in both engines, and whole algorithms made of
 * them by the examples of their standards.
 */
#include "cpu/crypto.h"
#include "cpu/decode.h"
#include "cpu/a64_rows.h"
#include "simd_rig.h"
#include "run_suite.h"

static const struct crypto_case {
	u32 insn;
	const char *text;
	u8 variant, reg;
	u64 result[2];
} cases[] = {
#define CASE(...) { __VA_ARGS__ },
#include "cpu_crypto_cases.def"
#undef CASE
};

START_TEST(instruction)
{
	const struct crypto_case *t = &cases[_i];

	for (enum engine e = STEP; e < FAST_WARM; e++) {
		const u64 *z = g.cpu->s.z[t->reg];

		set_up(t->insn, 0, t->variant);
		ck_assert_uint_eq(execute(BASE, e), 0);
		ck_assert_msg(z[0] == t->result[0] && z[1] == t->result[1], "%s (%s): %016lx_%016lx", t->text,
			      engine_names[e], z[1], z[0]);
		check_other_registers(1u << t->reg, t->variant, t->text);
	}
}
END_TEST

START_TEST(trapped)
{
	const struct crypto_case *t = &cases[_i];

	for (enum engine e = STEP; e < FAST_WARM; e++) {
		set_up(t->insn, 0, 0);
		SYS(g.cpu, CPACR_EL1) = 0;
		ck_assert_msg(execute(BASE, e) == (7ull << 26 | 1 << 25 | 0x1e << 20), "%s (%s)", t->text,
			      engine_names[e]);
		check_other_registers(0, 0, t->text);
	}
}
END_TEST

#define FIRST_ROW ROW_aese
#define LAST_ROW ROW_sm4e

START_TEST(every_row_has_a_case)
{
	bool seen[ROW_COUNT] = { false };
	struct op op;

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++)
		seen[decode(&g.cpu->feat, cases[i].insn, &op)] = true;
	for (unsigned i = FIRST_ROW; i <= LAST_ROW; i++)
		ck_assert_msg(seen[i], "no case for row %s", insn_rows[i].name);
}
END_TEST

/* Each row has its own feature, and no other lets it in. */
START_TEST(features_gate)
{
	static const struct {
		const char *prefix;
		size_t feature;
	} gates[] = {
		{ "aes", offsetof(struct cpu_features, aes) },	     { "pmull", offsetof(struct cpu_features, pmull) },
		{ "sha1", offsetof(struct cpu_features, sha1) },     { "sha256", offsetof(struct cpu_features, sha2) },
		{ "sha512", offsetof(struct cpu_features, sha512) }, { "eor3", offsetof(struct cpu_features, sha3) },
		{ "bcax", offsetof(struct cpu_features, sha3) },     { "rax1", offsetof(struct cpu_features, sha3) },
		{ "xar", offsetof(struct cpu_features, sha3) },	     { "sm3", offsetof(struct cpu_features, sm3) },
		{ "sm4", offsetof(struct cpu_features, sm4) },
	};
	struct op op;
	unsigned found = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		for (unsigned k = 0; k < ARRAY_SIZE(gates); k++) {
			struct cpu_features without = g.cpu->feat;

			if (strncmp(cases[i].text, gates[k].prefix, strlen(gates[k].prefix)) != 0)
				continue;
			((bool *)&without)[gates[k].feature] = false;
			ck_assert_msg(decode(&without, cases[i].insn, &op) == ROW_unallocated, "%s", cases[i].text);
			found++;
		}
	}
	ck_assert_uint_eq(found, ARRAY_SIZE(cases));
}
END_TEST

/* ---- algorithms, made of single instructions ---- */

/* One instruction on registers by number */
static void run(u32 insn, unsigned d, unsigned n, unsigned m)
{
	struct op op;
	unsigned row;

	g.cpu->fp_on = true;
	row = decode(&g.cpu->feat, insn | m << 16 | n << 5 | d, &op);
	ck_assert_uint_ne(row, ROW_unallocated);
	insn_rows[row].step(g.cpu, &op);
}

static u32 *words(unsigned reg)
{
	return (u32 *)g.cpu->s.z[reg];
}

static u64 *doubles(unsigned reg)
{
	return g.cpu->s.z[reg];
}

static void set_bytes(unsigned reg, const u8 *bytes)
{
	memcpy(g.cpu->s.z[reg], bytes, 16);
}

static void set_words(unsigned reg, u32 w0, u32 w1, u32 w2, u32 w3)
{
	u32 *w = words(reg);

	w[0] = w0;
	w[1] = w1;
	w[2] = w2;
	w[3] = w3;
}

static void copy(unsigned to, unsigned from)
{
	memcpy(g.cpu->s.z[to], g.cpu->s.z[from], 16);
}

enum {
	AESE = 0x4e284800,
	AESD = 0x4e285800,
	AESMC = 0x4e286800,
	AESIMC = 0x4e287800,
	PMULL = 0x0ee0e000,
	PMULL2 = 0x4ee0e000,
	SHA1C = 0x5e000000,
	SHA1P = 0x5e001000,
	SHA1M = 0x5e002000,
	SHA1SU0 = 0x5e003000,
	SHA1H = 0x5e280800,
	SHA1SU1 = 0x5e281800,
	SHA256H = 0x5e004000,
	SHA256H2 = 0x5e005000,
	SHA256SU0 = 0x5e282800,
	SHA256SU1 = 0x5e006000,
};
#define SHA512H 0xce608000
#define SHA512H2 0xce608400
#define SHA512SU0 0xcec08000
#define SHA512SU1 0xce608800
#define SM3SS1 0xce400000
#define SM3TT1 0xce408000 /* A; B is 0x400 more */
#define SM3TT2 0xce408800
#define SM3PARTW1 0xce60c000
#define SM3PARTW2 0xce60c400
#define SM4E 0xcec08400
#define SM4EKEY 0xce60c800

/* FIPS 197, 5.2: SubWord by AESE, whose ShiftRows does nothing to equal columns */
static u32 sub_word(u32 w)
{
	set_words(0, w, w, w, w);
	set_words(1, 0, 0, 0, 0);
	run(AESE, 0, 1, 0);
	return words(0)[0];
}

static void expand_key(const u8 key[16], u32 w[44])
{
	u32 rcon = 1;

	memcpy(w, key, 16);
	for (unsigned i = 4; i < 44; i++) {
		u32 t = w[i - 1];

		if (i % 4 == 0) {
			t = sub_word(ror32(t, 8)) ^ rcon;
			rcon = rcon << 1 ^ (rcon & 0x80 ? 0x11b : 0);
		}
		w[i] = w[i - 4] ^ t;
	}
}

static void round_key(const u32 *w, unsigned round)
{
	set_words(1, w[4 * round], w[4 * round + 1], w[4 * round + 2], w[4 * round + 3]);
}

/* FIPS 197, appendix B and C.1 */
START_TEST(aes_128)
{
	static const struct {
		u8 key[16], plain[16], cipher[16];
	} t[] = {
		{ { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c },
		  { 0x32, 0x43, 0xf6, 0xa8, 0x88, 0x5a, 0x30, 0x8d, 0x31, 0x31, 0x98, 0xa2, 0xe0, 0x37, 0x07, 0x34 },
		  { 0x39, 0x25, 0x84, 0x1d, 0x02, 0xdc, 0x09, 0xfb, 0xdc, 0x11, 0x85, 0x97, 0x19, 0x6a, 0x0b, 0x32 } },
		{ { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f },
		  { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff },
		  { 0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30, 0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a } },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		u32 w[44];

		expand_key(t[i].key, w);
		set_bytes(0, t[i].plain);
		for (unsigned r = 0; r < 10; r++) {
			round_key(w, r);
			run(AESE, 0, 1, 0);
			if (r < 9)
				run(AESMC, 0, 0, 0);
		}
		for (unsigned k = 0; k < 4; k++)
			words(0)[k] ^= w[40 + k];
		ck_assert_mem_eq(words(0), t[i].cipher, 16);
		for (unsigned r = 10; r > 0; r--) {
			round_key(w, r);
			if (r < 10)
				run(AESIMC, 1, 1, 0);
			run(AESD, 0, 1, 0);
			if (r > 1)
				run(AESIMC, 0, 0, 0);
		}
		for (unsigned k = 0; k < 4; k++)
			words(0)[k] ^= w[k];
		ck_assert_mem_eq(words(0), t[i].plain, 16);
	}
}
END_TEST

/* The example of Gueron and Kounavis, "Intel Carry-Less Multiplication Instruction and its Usage for GCM" */
START_TEST(polynomial_product)
{
	doubles(1)[0] = 0x63746f725d53475d;
	doubles(1)[1] = 0x7b5b546573745665;
	doubles(2)[0] = 0x5b477565726f6e5d;
	doubles(2)[1] = 0x4869285368617929;
	run(PMULL, 0, 1, 2);
	ck_assert_uint_eq(doubles(0)[1], 0x1d4d84c85c3440c0);
	ck_assert_uint_eq(doubles(0)[0], 0x929633d5d36f0451);
	run(PMULL2, 0, 1, 2);
	ck_assert_uint_eq(doubles(0)[1], 0x1d1e1f2c592e7c45);
	ck_assert_uint_eq(doubles(0)[0], 0xd66ee03e410fd4ed);
}
END_TEST

/* The one block of the message "abc": the words, the end mark, the length. */
static u32 abc_word(unsigned i)
{
	return i == 0 ? 0x61626380 : i == 15 ? 24 : 0;
}

/* The first message registers are V16-V19; those of four words more each follow, round and round. */
static void set_abc(void)
{
	for (unsigned i = 0; i < 16; i++)
		words(16 + i / 4)[i % 4] = abc_word(i);
}

/* FIPS 180-4, 6.1 and the example "abc" */
START_TEST(sha_1)
{
	static const u32 k[4] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
	static const u32 h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	static const u32 digest[5] = { 0xa9993e36, 0x4706816a, 0xba3e2571, 0x7850c26c, 0x9cd0d89d };
	static const u32 rounds[4] = { SHA1C, SHA1P, SHA1M, SHA1P };

	set_abc();
	set_words(0, h[0], h[1], h[2], h[3]);
	set_words(1, h[4], 0, 0, 0);
	for (unsigned i = 0; i < 20; i++) {
		unsigned w = 16 + i % 4;

		for (unsigned j = 0; j < 4; j++)
			words(3)[j] = words(w)[j] + k[i / 5];
		run(SHA1H, 2, 0, 0);
		run(rounds[i / 5], 0, 1, 3);
		copy(1, 2);
		run(SHA1SU0, w, 16 + (i + 1) % 4, 16 + (i + 2) % 4);
		run(SHA1SU1, w, 16 + (i + 3) % 4, 0);
	}
	for (unsigned i = 0; i < 4; i++)
		ck_assert_uint_eq(words(0)[i] + h[i], digest[i]);
	ck_assert_uint_eq(words(1)[0] + h[4], digest[4]);
}
END_TEST

/* The constants of SHA-2 are the first bits of the fractions of primes' roots; SHA-256's are SHA-512's upper halves. */
static const u64 sha512_k[80] = {
	0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
	0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
	0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
	0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
	0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
	0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
	0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
	0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
	0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
	0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
	0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
	0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
	0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
	0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
	0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
	0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};
static const u64 sha512_h[8] = { 0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
				 0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179 };

/* FIPS 180-4, 6.2 and the example "abc" */
START_TEST(sha_256)
{
	static const u32 digest[8] = { 0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
				       0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad };

	set_abc();
	for (unsigned i = 0; i < 8; i++)
		words(i / 4)[i % 4] = (u32)(sha512_h[i] >> 32);
	for (unsigned i = 0; i < 16; i++) {
		unsigned w = 16 + i % 4;

		for (unsigned j = 0; j < 4; j++)
			words(3)[j] = words(w)[j] + (u32)(sha512_k[4 * i + j] >> 32);
		copy(2, 0);
		run(SHA256H, 0, 1, 3);
		run(SHA256H2, 1, 2, 3);
		run(SHA256SU0, w, 16 + (i + 1) % 4, 0);
		run(SHA256SU1, w, 16 + (i + 2) % 4, 16 + (i + 3) % 4);
	}
	for (unsigned i = 0; i < 8; i++)
		ck_assert_uint_eq(words(i / 4)[i % 4] + (u32)(sha512_h[i] >> 32), digest[i]);
}
END_TEST

static void set_doubles(unsigned reg, u64 lo, u64 hi)
{
	doubles(reg)[0] = lo;
	doubles(reg)[1] = hi;
}

/* Two rounds: V0-V3 are (a, b), (c, d), (e, f), (g, h), lower half first; w is the message register. */
static void sha512_rounds(unsigned w, const u64 *k)
{
	set_doubles(4, doubles(3)[0] + doubles(w)[1] + k[1], doubles(3)[1] + doubles(w)[0] + k[0]);
	set_doubles(5, doubles(2)[1], doubles(3)[0]);
	set_doubles(6, doubles(1)[1], doubles(2)[0]);
	run(SHA512H, 4, 5, 6); /* the two T1, upper half first */
	copy(3, 2);
	set_doubles(2, doubles(1)[0] + doubles(4)[0], doubles(1)[1] + doubles(4)[1]);
	run(SHA512H2, 4, 1, 0);
	copy(1, 0);
	copy(0, 4);
}

/* FIPS 180-4, 6.4 and the example "abc" */
START_TEST(sha_512)
{
	static const u64 digest[8] = { 0xddaf35a193617aba, 0xcc417349ae204131, 0x12e6fa4e89a97ea2, 0x0a9eeee64b55d39a,
				       0x2192992a274fc1a8, 0x36ba3c23a3feebbd, 0x454d4423643ce80e, 0x2a9ac94fa54ca49f };

	for (unsigned i = 0; i < 16; i++)
		doubles(16 + i / 2)[i % 2] = i == 0 ? 0x6162638000000000 : i == 15 ? 24 : 0;
	for (unsigned i = 0; i < 8; i++)
		doubles(i / 2)[i % 2] = sha512_h[i];
	for (unsigned i = 0; i < 40; i++) {
		unsigned w = 16 + i % 8;

		sha512_rounds(w, &sha512_k[2 * i]);
		set_doubles(7, doubles(16 + (i + 4) % 8)[1], doubles(16 + (i + 5) % 8)[0]);
		run(SHA512SU0, w, 16 + (i + 1) % 8, 0);
		run(SHA512SU1, w, 16 + (i + 7) % 8, 7);
	}
	for (unsigned i = 0; i < 8; i++)
		ck_assert_uint_eq(doubles(i / 2)[i % 2] + sha512_h[i], digest[i]);
}
END_TEST

/* W(4i + 16..19) into V(16 + i % 4), from W(4i..4i+15) in V16-V19. GB/T 32905, 5.3.2 */
static void sm3_expand(unsigned i)
{
	const u32 *w[4];

	for (unsigned k = 0; k < 4; k++)
		w[k] = words(16 + (i + k) % 4);
	set_words(5, w[1][3], w[2][0], w[2][1], w[2][2]);
	set_words(6, w[0][3], w[1][0], w[1][1], w[1][2]);
	set_words(7, w[2][2], w[2][3], w[3][0], w[3][1]);
	run(SM3PARTW1, 16 + i % 4, 5, 16 + (i + 3) % 4);
	run(SM3PARTW2, 16 + i % 4, 7, 6);
}

/* GB/T 32905, appendix A.1: "abc" */
START_TEST(sm_3)
{
	static const u32 iv[8] = { 0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600,
				   0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e };
	static const u32 digest[8] = { 0x66c7f0f4, 0x62eeedd9, 0xd1f2d46b, 0xdc10e4e2,
				       0x4167c487, 0x5cf2f7a2, 0x297da02b, 0x8f4ba8e0 };

	set_abc();
	for (unsigned i = 0; i < 8; i++)
		words(i / 4)[3 - i % 4] = iv[i];
	for (unsigned j = 0; j < 64; j++) {
		unsigned w = 16 + j / 4 % 4, lane = j % 4, b = j < 16 ? 0 : 0x400;
		u32 t = j < 16 ? 0x79cc4519 : 0x7a879d8a;

		for (unsigned k = 0; k < 4; k++) /* W' of these four rounds */
			words(4)[k] = words(w)[k] ^ words(16 + (j / 4 + 1) % 4)[k];
		set_words(2, 0, 0, 0, j % 32 ? rol32(t, j % 32) : t);
		run(SM3SS1 | 2 << 10, 3, 0, 1);
		run(SM3TT1 | b | lane << 12, 0, 3, 4);
		run(SM3TT2 | b | lane << 12, 1, 3, w);
		if (lane == 3)
			sm3_expand(j / 4);
	}
	for (unsigned i = 0; i < 8; i++)
		ck_assert_uint_eq(words(i / 4)[3 - i % 4] ^ iv[i], digest[i]);
}
END_TEST

/* GB/T 32907, appendix A.1 */
START_TEST(sm_4)
{
	static const u32 text[4] = { 0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210 };
	static const u32 fk[4] = { 0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc };
	static const u32 cipher[4] = { 0x681edf34, 0xd206965e, 0x86b3e94f, 0x536e4246 };

	set_words(0, text[0], text[1], text[2], text[3]);
	set_words(1, text[0] ^ fk[0], text[1] ^ fk[1], text[2] ^ fk[2], text[3] ^ fk[3]);
	for (unsigned i = 0; i < 8; i++) {
		for (unsigned k = 0; k < 4; k++) {
			unsigned first = 4 * (4 * i + k);

			words(2)[k] = (first * 7 & 0xff) << 24 | ((first + 1) * 7 & 0xff) << 16 |
				      ((first + 2) * 7 & 0xff) << 8 | ((first + 3) * 7 & 0xff);
		}
		run(SM4EKEY, 1, 1, 2);
		run(SM4E, 0, 1, 0);
	}
	for (unsigned i = 0; i < 4; i++)
		ck_assert_uint_eq(words(0)[3 - i], cipher[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cpu_crypto");
	TCase *tc = tcase_create("crypto");

	tcase_add_unchecked_fixture(tc, rig_create_simd, rig_destroy_simd);
	tcase_add_loop_test(tc, instruction, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tc, trapped, 0, ARRAY_SIZE(cases));
	tcase_add_test(tc, every_row_has_a_case);
	tcase_add_test(tc, features_gate);
	tcase_add_test(tc, aes_128);
	tcase_add_test(tc, polynomial_product);
	tcase_add_test(tc, sha_1);
	tcase_add_test(tc, sha_256);
	tcase_add_test(tc, sha_512);
	tcase_add_test(tc, sm_3);
	tcase_add_test(tc, sm_4);
	suite_add_tcase(suite, tc);
	return run_suite_here(suite);
}
