/*
 * Advanced SIMD on floating-point numbers: each row's words over the vectors of fp_run.h, in each mode, against digests
 * of results and flags that were recorded elsewhere (tools/gen_simd_fp_cases.py), as the step engine and as the
 * fast engine run them. A digest that differs says which row, word and
 * mode; with HYPSCOPE_SHOW_WORD set to a word, its single cases are printed as fp_record.c prints them.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu/a64_rows.h"
#include "cpu/decode.h"
#include "cpu/fp.h"
#include "fp_rig.h"
#include "fp_run.h"
#include "run_suite.h"

static const struct fp_case cases[] = {
#define FP_CASE(row, word, operand, sources, ...) { #row, word, operand, sources },
#include "cpu_simd_fp_cases.def"
#undef FP_CASE
};
static const u32 digests[][FP_MODES] = {
#define FP_CASE(row, word, operand, sources, ...) { __VA_ARGS__ },
#include "cpu_simd_fp_cases.def"
#undef FP_CASE
};

/* An instruction, and one that ends what the fast engine does. */
struct decoded {
	unsigned row;
	bool fast;
	struct op op[2];
};

#ifdef ENGINE_LOOP
static const struct op *end(struct cpu *c, const struct op *op)
{
	return NULL;
}
static void run_fast(const struct op *op)
{
	ck_assert_ptr_eq(op->fn(cpu, op), op + 1);
}
#else
static void end(struct cpu *c, const struct op *op, u64 acc)
{
}
static void run_fast(const struct op *op)
{
	op->fn(cpu, op, 0);
}
#endif

static void decode_case(struct decoded *d, const struct fp_case *c, bool fast)
{
	d->row = decode(&cpu->feat, c->word, &d->op[0]);
	d->fast = fast;
	d->op[1].fn = end;
}

static void run(void *ctx, struct fp_io *io)
{
	const struct decoded *d = ctx;
	unsigned i;

	for (i = 0; i < 3; i++)
		memcpy(cpu->s.z[i], io->v[i], 16);
	SYS(cpu, FPCR) = io->fpcr;
	SYS(cpu, FPSR) = io->fpsr;
	if (d->fast)
		run_fast(d->op);
	else
		insn_rows[d->row].step(cpu, d->op);
	memcpy(io->v[0], cpu->s.z[0], 16);
	io->fpsr = SYS(cpu, FPSR);
}

static void show(const struct fp_io *in, const struct fp_io *out)
{
#define LL(v) ((unsigned long long)(v))
	printf("fpcr=%llx fpsr=%llx nzcv=0 v0=%016llx%016llx v1=%016llx%016llx v2=%016llx%016llx v3=0 x1=0: "
	       "v0=%016llx%016llx x0=0 nzcv=0 fpsr=%llx\n",
	       LL(in->fpcr), LL(in->fpsr), LL(in->v[0][1]), LL(in->v[0][0]), LL(in->v[1][1]), LL(in->v[1][0]),
	       LL(in->v[2][1]), LL(in->v[2][0]), LL(out->v[0][1]), LL(out->v[0][0]), LL(out->fpsr));
}

static void check_case(unsigned at, bool fast)
{
	const struct fp_case *c = &cases[at];
	const char *word = getenv("HYPSCOPE_SHOW_WORD");
	bool shows = word && strtoul(word, NULL, 0) == c->word && !fast;
	struct decoded d;
	unsigned mode;

	decode_case(&d, c, fast);
	ck_assert_str_eq(insn_rows[d.row].name, c->row);
	/* Where they differ, they do by rounding to nearest or not, and by flushing to zero. */
	for (mode = 0; mode < FP_MODES; mode += fast ? 4 : 1) {
		u32 digest = fp_digest(c, mode, run, &d, shows ? show : NULL);

		ck_assert_msg(shows || digest == digests[at][mode], "%s (%08x), FPCR=%llx: differs", c->row, c->word,
			      (unsigned long long)fp_modes[mode]);
	}
}

START_TEST(results_and_flags)
{
	check_case((unsigned)_i, false);
}
END_TEST

START_TEST(results_and_flags_fast)
{
	check_case((unsigned)_i, true);
}
END_TEST

START_TEST(every_row_has_a_case)
{
	static const u8 classes[] = { CLASS_simd_fp, CLASS_simd_fp_mul, CLASS_simd_fp_div };
	bool *seen = calloc(ROW_COUNT, sizeof(*seen));
	struct op op;
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		seen[decode(&cpu->feat, cases[i].word, &op)] = true;
	for (i = 1; i < ROW_COUNT; i++)
		ck_assert_msg(seen[i] || !memchr(classes, insn_rows[i].cls, sizeof(classes)), "%s has no case",
			      insn_rows[i].name);
	free(seen);
}
END_TEST

/* What the architecture reserves within the rows' patterns is unallocated. */
START_TEST(reserved)
{
	static const u32 words[] = {
		0x0e62d420,		   /* fadd v0.1d */
		0x0ee0e820,		   /* fcmeq v0.1d, #0 (FABS, FNEG likewise) */
		0x0fe21020,		   /* fmla v0.1d, by element */
		0x4fe21020,		   /* fmla v0.2d, L set */
		0x5fe21020,		   /* fmla d0, L set */
		0x6fa21020,		   /* fcmla v0.4s, L set */
		0x2f821020,		   /* fcmla v0.2s, by element */
		0x2f421820,		   /* fcmla v0.4h, H set */
		0x2ec2c420,		   /* fcmla v0.1d */
		0x2ec2e420,		   /* fcadd v0.1d */
		0x2eb0f820 & ~0x40000000u, /* fminv v0.2s */
		0x2e216820,		   /* fcvtxn to half */
	};
	struct op op;

	ck_assert_msg(decode(&cpu->feat, words[_i], &op) == ROW_unallocated, "%08x", words[_i]);
}
END_TEST

/* Access is trapped before anything else happens. */
START_TEST(access_off)
{
	struct op op[2] = { 0 };
	unsigned row = decode(&cpu->feat, 0x4e22d420, &op[0]); /* fadd v0.4s, v1.4s, v2.4s */

	cpu->fp_on = false;
	cpu->s.p.el = 1;
	cpu->s.z[0][0] = 1;
	insn_rows[row].step(cpu, op);
	ck_assert_uint_eq(cpu->s.exc.kind, EXC_SYNC);
	ck_assert_uint_eq(cpu->s.exc.esr >> 26, 7);
	ck_assert_uint_eq(cpu->s.z[0][0], 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_simd_fp");
	TCase *t = tcase_create("simd_fp");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, results_and_flags, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(t, results_and_flags_fast, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(t, reserved, 0, 12);
	tcase_add_test(t, access_off);
	tcase_add_test(t, every_row_has_a_case);
	return run_suite_here(s);
}
