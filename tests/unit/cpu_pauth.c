/* Pointer authentication: the cipher, what each extension makes of a code, enables, traps and failures. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"
#include "cpu/pauth.h"
#include "cpu/qarma.h"
#include "run_suite.h"

static struct cpu *cpu;

static void setup(void)
{
	cpu = calloc(1, sizeof(*cpu));
	cpu->feat.pauth = cpu->feat.el2 = cpu->feat.el3 = cpu->feat.vhe = true;
	cpu->s.p.el = 1;
	SYS(cpu, SCTLR_EL1) = SYS(cpu, SCTLR_EL2) = SYS(cpu, SCTLR_EL3) = 0xc8002000;
	SYS(cpu, TCR_EL1) = 25 | 25 << 16;
	SYS(cpu, TCR_EL2) = SYS(cpu, TCR_EL3) = 25;
	SYS(cpu, HCR_EL2) = 1ull << HCR_EL2_API_LSB;
	SYS(cpu, SCR_EL3) = 1ull << SCR_EL3_API_LSB | 1;
	SYS(cpu, APIAKEYLO_EL1) = 0xec2802d4e0a488e9;
	SYS(cpu, APIAKEYHI_EL1) = 0x84be85ce9804e94b;
}

static void teardown(void)
{
	free(cpu);
}

/* R. Avanzi, "The QARMA Block Cipher Family", test vectors: QARMA-64, sigma-1, r = 5. */
START_TEST(cipher)
{
	ck_assert_uint_eq(qarma5(0xfb623599da6e8127, 0x477d469dec0b8762, 0x84be85ce9804e94b, 0xec2802d4e0a488e9),
			  0xc003b93999b33765);
}
END_TEST

#define LOWER 0x0000000040081234ull
#define UPPER 0xffffff8040081234ull
#define TBI0 (1ull << TCR_EL1_TBI0_LSB)
#define TBID0 (1ull << TCR_EL1_TBID0_LSB)

/* Where a code may differ from the pointer, by configuration. */
static const struct field_case {
	const char *name;
	u64 tcr, ptr, field;
	enum pauth_key key;
} field_cases[] = {
	{ "39 bits, lower", 25 | 25 << 16, LOWER, 0xff7fff8000000000, PAUTH_IA },
	{ "39 bits, upper", 25 | 25 << 16, UPPER, 0xff7fff8000000000, PAUTH_IA },
	{ "48 bits", 16 | 16 << 16, LOWER, 0xff7f000000000000, PAUTH_IA },
	{ "tag ignored", 25 | 25 << 16 | TBI0, LOWER, 0x007fff8000000000, PAUTH_IA },
	{ "tag ignored for data only, instruction", 25 | 25 << 16 | TBI0 | TBID0, LOWER, 0xff7fff8000000000, PAUTH_IA },
	{ "tag ignored for data only, data", 25 | 25 << 16 | TBI0 | TBID0, LOWER, 0x007fff8000000000, PAUTH_DA },
	{ "TxSZ above the largest", 63 | 63 << 16, 0x81234, 0xff7ffffffe000000, PAUTH_IA },
};

static const u8 levels_of_pauth[] = { 0, 1, 2, 3 }; /* basic, EPAC, PAuth2, FPAC + FPACCOMBINE */

static void choose_extension(unsigned which)
{
	cpu->feat.epac = which == 1;
	cpu->feat.pauth2 = which >= 2;
	cpu->feat.fpac = cpu->feat.fpaccombine = which == 3;
}

START_TEST(signs_and_authenticates)
{
	const struct field_case *c = &field_cases[_i / ARRAY_SIZE(levels_of_pauth)];
	u64 changed = 0, out = 0, back = 0, modifier;

	choose_extension(levels_of_pauth[_i % ARRAY_SIZE(levels_of_pauth)]);
	SYS(cpu, TCR_EL1) = c->tcr;
	for (modifier = 0; modifier < 100; modifier++) {
		ck_assert(pauth_sign(cpu, c->ptr, modifier, c->key, &out));
		changed |= out ^ c->ptr;
		ck_assert(pauth_auth(cpu, out, modifier, c->key, &back));
		ck_assert_uint_eq(back, c->ptr);
		ck_assert_uint_eq(pauth_strip(cpu, out, c->key == PAUTH_DA), c->ptr);
	}
	ck_assert_msg(changed == c->field, "%s: code in 0x%llx", c->name, (unsigned long long)changed);
}
END_TEST

/* The other algorithm: another code in the same place, which depends on pointer, modifier and both halves of the key.
 */
START_TEST(implementation_defined)
{
	static const enum sysreg keys[] = { SR_APIAKEYLO_EL1, SR_APIAKEYHI_EL1 };
	u64 qarma = 0, code = 0, other = 0, back = 0;

	cpu->feat.pauth2 = true;
	ck_assert(pauth_sign(cpu, LOWER, 7, PAUTH_IA, &qarma));
	cpu->feat.pauth_impdef = true;
	memset(cpu->pauth_cache, 0, sizeof(cpu->pauth_cache)); /* the algorithm never changes in a machine */
	ck_assert(pauth_sign(cpu, LOWER, 7, PAUTH_IA, &code));
	ck_assert_uint_ne(code, qarma);
	ck_assert_uint_eq(pauth_strip(cpu, code, false), LOWER);
	ck_assert(pauth_auth(cpu, code, 7, PAUTH_IA, &back));
	ck_assert_uint_eq(back, LOWER);
	ck_assert(pauth_sign(cpu, LOWER, 8, PAUTH_IA, &other));
	ck_assert_uint_ne(code, other);
	ck_assert(pauth_sign(cpu, LOWER + 4, 7, PAUTH_IA, &other));
	ck_assert_uint_ne(code, other - 4);
	for (unsigned i = 0; i < 2; i++) {
		cpu->s.sr[keys[i]] ^= 1;
		ck_assert(pauth_sign(cpu, LOWER, 7, PAUTH_IA, &other));
		ck_assert_uint_ne(code, other);
		cpu->s.sr[keys[i]] ^= 1;
	}
}
END_TEST

/* What authentication with the wrong modifier leaves. */
START_TEST(wrong_code)
{
	u64 out = 0, back = 0;

	ck_assert(pauth_sign(cpu, LOWER, 1, PAUTH_IA, &out));
	ck_assert(pauth_auth(cpu, out, 2, PAUTH_IA, &back));
	ck_assert_uint_eq(back, LOWER | 1ull << 61);
	ck_assert(pauth_auth(cpu, out, 2, PAUTH_IB, &back));
	ck_assert_uint_eq(back, LOWER | 2ull << 61);
	SYS(cpu, TCR_EL1) |= TBI0;
	ck_assert(pauth_sign(cpu, LOWER, 1, PAUTH_DA, &out));
	ck_assert(pauth_auth(cpu, out, 2, PAUTH_DA, &back));
	ck_assert_uint_eq(back, LOWER | 1ull << 53);
	choose_extension(2);
	ck_assert(pauth_auth(cpu, out, 2, PAUTH_DA, &back));
	ck_assert(back != LOWER && (back & ~0x007fff8000000000ull) == LOWER);
}
END_TEST

/* A pointer that was not canonical: basic code with one bit wrong, none with EPAC. */
START_TEST(bad_pointer)
{
	u64 bad = LOWER | 1ull << 50, good_code = 0, out = 0;

	ck_assert(pauth_sign(cpu, LOWER, 7, PAUTH_IA, &good_code));
	ck_assert(pauth_sign(cpu, bad, 7, PAUTH_IA, &out));
	ck_assert_uint_eq(out, good_code ^ 1ull << 62);
	choose_extension(1);
	ck_assert(pauth_sign(cpu, bad, 7, PAUTH_IA, &out));
	ck_assert_uint_eq(out, LOWER);
	choose_extension(2);
	ck_assert(pauth_sign(cpu, bad, 7, PAUTH_IA, &out));
	ck_assert_uint_eq(out, good_code ^ 1ull << 50);
}
END_TEST

static const struct trap_case {
	const char *name;
	u8 el;
	u64 hcr, scr, sctlr;
	bool generic, ok;
	u8 target;
	u32 ec;
} trap_cases[] = {
#define API (1ull << HCR_EL2_API_LSB)
#define HOST (1ull << HCR_EL2_TGE_LSB | 1ull << HCR_EL2_E2H_LSB)
#define EL3API (1ull << SCR_EL3_API_LSB | 1)
	{ "EL1 allowed", 1, API, EL3API, 0xc8002000, false, true, 0, 0 },
	{ "EL1 trapped to EL2", 1, 0, EL3API, 0xc8002000, false, false, 2, 0x09 },
	{ "EL1 trapped to EL3", 1, API, 1, 0xc8002000, false, false, 3, 0x09 },
	{ "EL2 first", 1, 0, 1, 0xc8002000, false, false, 2, 0x09 },
	{ "disabled comes before the trap", 1, 0, 1, 0, false, true, 0, 0 },
	{ "PACGA has no enable", 1, 0, EL3API, 0, true, false, 2, 0x09 },
	{ "EL0 trapped", 0, 0, EL3API, 0xc8002000, false, false, 2, 0x09 },
	{ "EL0 of a host", 0, HOST, EL3API, 0xc8002000, false, true, 0, 0 },
	{ "EL2 ignores HCR", 2, 0, EL3API, 0xc8002000, false, true, 0, 0 },
	{ "EL2 trapped to EL3", 2, API, 1, 0xc8002000, false, false, 3, 0x09 },
	{ "EL3 is never trapped", 3, 0, 1, 0xc8002000, false, true, 0, 0 },
};

START_TEST(traps)
{
	const struct trap_case *c = &trap_cases[_i];
	u64 out = 0;
	bool ok;

	cpu->s.p.el = c->el;
	SYS(cpu, HCR_EL2) = c->hcr;
	SYS(cpu, SCR_EL3) = c->scr;
	SYS(cpu, SCTLR_EL1) = SYS(cpu, SCTLR_EL2) = SYS(cpu, SCTLR_EL3) = c->sctlr;
	ok = c->generic ? pauth_generic(cpu, 1, 2, &out) : pauth_sign(cpu, LOWER, 1, PAUTH_IA, &out);
	ck_assert_msg(ok == c->ok, "%s", c->name);
	ck_assert_msg(cpu->s.exc.kind == (ok ? EXC_NONE : EXC_SYNC), "%s", c->name);
	if (ok) {
		ck_assert_msg((out == LOWER) == !c->sctlr, "%s", c->name);
		return;
	}
	ck_assert_msg(cpu->s.exc.target_el == c->target && cpu->s.exc.esr >> 26 == c->ec, "%s: EL%u, ESR 0x%llx",
		      c->name, cpu->s.exc.target_el, (unsigned long long)cpu->s.exc.esr);
}
END_TEST

/* FEAT_FPAC: EC 0x1c, ISS = data key : key B. */
START_TEST(failure_faults)
{
	static const u32 iss[] = { [PAUTH_IA] = 0, [PAUTH_IB] = 1, [PAUTH_DA] = 2, [PAUTH_DB] = 3 };
	bool combined = _i >= 4;
	enum pauth_key key = (enum pauth_key)(_i % 4);
	u64 out = 0, back = 0;

	choose_extension(3);
	ck_assert(pauth_sign(cpu, LOWER, 1, key, &out));
	ck_assert(!(combined ? pauth_auth_branch(cpu, out, 2, key, &back) : pauth_auth(cpu, out, 2, key, &back)));
	ck_assert_uint_eq(cpu->s.exc.target_el, 1);
	ck_assert_uint_eq(cpu->s.exc.esr, 0x1cull << 26 | 1u << 25 | iss[key]);
	cpu->s.exc.kind = EXC_NONE;
	cpu->feat.fpaccombine = false;
	ck_assert(pauth_auth_branch(cpu, out, 2, key, &back));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_pauth");
	TCase *t = tcase_create("pauth");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, cipher);
	tcase_add_loop_test(t, signs_and_authenticates, 0, ARRAY_SIZE(field_cases) * ARRAY_SIZE(levels_of_pauth));
	tcase_add_test(t, implementation_defined);
	tcase_add_test(t, wrong_code);
	tcase_add_test(t, bad_pointer);
	tcase_add_loop_test(t, traps, 0, ARRAY_SIZE(trap_cases));
	tcase_add_loop_test(t, failure_faults, 0, 8);
	return run_suite_here(s);
}
