/*
 * Scalar floating point: each row's instruction over the operands of fp_run.h, in each mode, against digests of results
 * and flags that were recorded elsewhere (fp_record.c). A digest that differs says which row and mode; fp_record.c
 * prints the single cases.
 */
#include <check.h>
#include <stdlib.h>

#include "cpu/a64_rows.h"
#include "cpu/decode.h"
#include "cpu/fp.h"
#include "fp_run.h"

static const struct fp_case cases[] = {
#define FP_CASE(row, word, operand, sources, ...) { #row, word, operand, sources },
#include "cpu_fp_cases.def"
#undef FP_CASE
};
static const u32 digests[][FP_MODES] = {
#define FP_CASE(row, word, operand, sources, ...) { __VA_ARGS__ },
#include "cpu_fp_cases.def"
#undef FP_CASE
};

static struct cpu *cpu;

static void setup(void)
{
	cpu = calloc(1, sizeof(*cpu));
	memset(&cpu->feat, 1, sizeof(cpu->feat));
	cpu->fp_on = true;
}

static void teardown(void)
{
	free(cpu);
}

struct decoded {
	unsigned row;
	struct op op;
};

static void run(void *ctx, struct fp_io *io)
{
	const struct decoded *d = ctx;
	unsigned i;

	for (i = 0; i < 4; i++)
		memcpy(cpu->s.z[i], io->v[i], 16);
	cpu->s.r.x[0] = 0;
	cpu->s.r.x[1] = io->x1;
	SYS(cpu, FPCR) = io->fpcr;
	SYS(cpu, FPSR) = io->fpsr;
	cpu_set_nzcv(cpu, (u32)io->nzcv);
	insn_rows[d->row].step(cpu, &d->op);
	memcpy(io->v[0], cpu->s.z[0], 16);
	io->x0 = cpu->s.r.x[0];
	io->nzcv = cpu_nzcv(cpu);
	io->fpsr = SYS(cpu, FPSR);
}

START_TEST(results_and_flags)
{
	const struct fp_case *c = &cases[_i];
	struct decoded d;
	unsigned mode;

	d.row = decode(&cpu->feat, c->word, &d.op);
	ck_assert_str_eq(insn_rows[d.row].name, c->row);
	for (mode = 0; mode < FP_MODES; mode++) {
		u32 digest = fp_digest(c, mode, run, &d, NULL);

		ck_assert_msg(digest == digests[_i][mode], "%s (%08x), FPCR=%llx: differs", c->row, c->word,
			      (unsigned long long)fp_modes[mode]);
	}
}
END_TEST

START_TEST(every_row_has_a_case)
{
	bool *seen = calloc(ROW_COUNT, sizeof(*seen));
	struct op op;
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		seen[decode(&cpu->feat, cases[i].word, &op)] = true;
	for (i = ROW_scvtf_fixed_s_w; i <= ROW_fnmsub_h; i++)
		ck_assert_msg(seen[i], "%s has no case", insn_rows[i].name);
	free(seen);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_fp");
	TCase *t = tcase_create("fp");
	SRunner *r;
	int failed;

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, results_and_flags, 0, ARRAY_SIZE(cases));
	tcase_add_test(t, every_row_has_a_case);
	r = srunner_create(s);
	srunner_set_fork_status(r, CK_NOFORK);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
