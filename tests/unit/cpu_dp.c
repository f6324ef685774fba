/*
 * Data processing: each instruction of cpu_dp_cases.def, decoded and executed by the step function of its row, against
 * the registers and flags that were recorded. Every row of these classes must have a case.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/a64_rows.h"
#include "cpu/decode.h"
#include "run_suite.h"

static const struct dp_case {
	u32 word;
	const char *text;
	u64 x[4];
	u32 nzcv;
	u64 result;
	u32 nzcv_after;
} cases[] = {
#define DP(word, text, x0, x1, x2, x3, nzcv, result, after) { word, text, { x0, x1, x2, x3 }, nzcv, result, after },
#include "cpu_dp_cases.def"
#undef DP
};

static struct cpu *cpu;

/* As the recording program sets the machine up: EL1, no EL2, keys, TBI for the lower half. */
static void setup(void)
{
	cpu = calloc(1, sizeof(*cpu));
	memset(&cpu->feat, 1, sizeof(cpu->feat));
	cpu->feat.el2 = cpu->feat.el3 = cpu->feat.sel2 = false;
	cpu->feat.epac = cpu->feat.pauth2 = cpu->feat.fpac = cpu->feat.fpaccombine = false;
	cpu->feat.pauth_impdef = false; /* the recorded codes are QARMA5's */
	cpu->s.p.el = 1;
	SYS(cpu, SCTLR_EL1) = 0xc8002000;
	SYS(cpu, TCR_EL1) = 0x2000100010;
	SYS(cpu, APIAKEYLO_EL1) = SYS(cpu, APIBKEYHI_EL1) = 0xec2802d4e0a488e9;
	SYS(cpu, APIAKEYHI_EL1) = SYS(cpu, APIBKEYLO_EL1) = 0x84be85ce9804e94b;
	SYS(cpu, APDAKEYLO_EL1) = SYS(cpu, APDBKEYHI_EL1) = ~0xec2802d4e0a488e9;
	SYS(cpu, APDAKEYHI_EL1) = SYS(cpu, APDBKEYLO_EL1) = 0x84be85ce9804e94b;
	SYS(cpu, APGAKEYLO_EL1) = SYS(cpu, APGAKEYHI_EL1) = ~0xec2802d4e0a488e9;
}

static void teardown(void)
{
	free(cpu);
}

static unsigned load(const struct dp_case *c, struct op *op)
{
	u64 *x = cpu->s.r.x;

	memcpy(x, c->x, sizeof(c->x));
	x[30] = x[17] = c->x[0];
	x[REG_SP] = x[16] = c->x[1];
	cpu_set_nzcv(cpu, c->nzcv << 28);
	return decode(&cpu->feat, c->word, op);
}

START_TEST(execute)
{
	const struct dp_case *c = &cases[_i];
	struct op op;
	unsigned row = load(c, &op);
	bool writes_flags_only = strstr(insn_rows[row].name, "ccm") || strstr(insn_rows[row].name, "setf");
	u64 result;

	insn_rows[row].step(cpu, &op);
	result = writes_flags_only ? c->x[0] : cpu->s.r.x[op.d == REG_SINK ? 0 : op.d];
	ck_assert_msg(row, "%s: no row", c->text);
	ck_assert_msg(result == c->result, "%s [%s]: 0x%llx, not 0x%llx", c->text, insn_rows[row].name,
		      (unsigned long long)result, (unsigned long long)c->result);
	ck_assert_msg(cpu_nzcv(cpu) >> 28 == c->nzcv_after, "%s [%s] (x1=0x%llx): flags %x, not %x", c->text,
		      insn_rows[row].name, (unsigned long long)c->x[1], cpu_nzcv(cpu) >> 28, c->nzcv_after);
	ck_assert_msg(cpu->s.r.x[REG_ZERO] == 0, "%s: wrote XZR", c->text);
}
END_TEST

/* ADR and ADRP depend on where they are. */
START_TEST(pc_relative)
{
	static const struct {
		u32 word;
		u64 want;
	} adr[] = {
		{ 0x10ffffe0, 0xffff0000123450a4 }, /* adr x0, . - 4 */
		{ 0x70000000, 0xffff0000123450ab }, /* adr x0, . + 3 */
		{ 0xf0ffffe0, 0xffff000012344000 }, /* adrp x0, page - 1 */
		{ 0xb0000000, 0xffff000012346000 }, /* adrp x0, page + 1 */
	};
	struct op op;
	unsigned i, row;

	cpu->s.pc = 0xffff0000123450a8;
	for (i = 0; i < ARRAY_SIZE(adr); i++) {
		row = decode(&cpu->feat, adr[i].word, &op);
		insn_rows[row].step(cpu, &op);
		ck_assert_uint_eq(cpu->s.r.x[0], adr[i].want);
	}
}
END_TEST

START_TEST(every_row_has_a_case)
{
	static const u8 classes[] = {
		CLASS_alu, CLASS_alu_shift, CLASS_mul, CLASS_mulh, CLASS_div, CLASS_crc, CLASS_pac
	};
	bool *seen = calloc(ROW_COUNT, sizeof(*seen));
	struct op op;
	unsigned i;

	seen[ROW_adr] = seen[ROW_adrp] = true;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		seen[load(&cases[i], &op)] = true;
	for (i = 1; i < ROW_COUNT; i++)
		ck_assert_msg(seen[i] || !memchr(classes, insn_rows[i].cls, sizeof(classes)), "%s has no case",
			      insn_rows[i].name);
	free(seen);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_dp");
	TCase *t = tcase_create("execute");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, execute, 0, ARRAY_SIZE(cases));
	tcase_add_test(t, pc_relative);
	tcase_add_test(t, every_row_has_a_case);
	return run_suite_here(s);
}
