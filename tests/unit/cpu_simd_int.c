/*
 * Advanced SIMD on integers: each instruction of cpu_simd_int_cases.def, decoded and executed by the step function of
 * its row, against what was recorded of V0 (or X0) and FPSR. Every row of a64_simd_int.decode must have several cases.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/a64_rows.h"
#include "cpu/decode.h"
#include "run_suite.h"

/* Another file with more cases may be given when compiling. */
#ifndef SIMD_CASES
#define SIMD_CASES "cpu_simd_int_cases.def"
#endif
#ifndef SIMD_MOST_RESULTS
#define SIMD_MOST_RESULTS 8
#endif
#define LEAST_RESULTS 4

/* Vd, Vn (X1 is its lower half), Vm (V18 too), V3, V4: upper and lower halves */
static const u64 inputs[][5][2] = {
#define IN(dh, dl, nh, nl, mh, ml, th, tl, uh, ul) { { dh, dl }, { nh, nl }, { mh, ml }, { th, tl }, { uh, ul } },
#define CASE(...)
#include SIMD_CASES
#undef IN
#undef CASE
};

static const struct simd_case {
	u32 word;
	const char *text;
	struct {
		u32 input; /* number + 1; 0: no more */
		u64 hi, lo;
		u32 fpsr;
	} result[SIMD_MOST_RESULTS];
} cases[] = {
#define IN(...)
#define CASE(word, text, ...) { word, text, { __VA_ARGS__ } },
#include SIMD_CASES
#undef IN
#undef CASE
};

#define X0_BEFORE 0x1122334455667788

static struct cpu *cpu;

static void setup(void)
{
	cpu = calloc(1, sizeof(*cpu));
	ck_assert_ptr_nonnull(cpu);
	memset(&cpu->feat, 1, sizeof(cpu->feat));
	cpu->fp_on = true;
}

static void teardown(void)
{
	free(cpu);
}

static void put(unsigned reg, const u64 value[2])
{
	cpu->s.z[reg][0] = value[1];
	cpu->s.z[reg][1] = value[0];
}

static void load(const u64 in[5][2])
{
	unsigned i;

	for (i = 0; i < 5; i++)
		put(i, in[i]);
	put(18, in[2]);
	cpu->s.r.x[0] = X0_BEFORE;
	cpu->s.r.x[1] = in[1][1];
	SYS(cpu, FPSR) = 0;
}

static bool writes_x(unsigned row)
{
	return !strncmp(insn_rows[row].name, "umov", 4) || !strncmp(insn_rows[row].name, "smov", 4);
}

/* Nothing else may change: the sources, the general-purpose register, bits above 127. */
static void check_rest(const char *text, const u64 in[5][2], bool to_x)
{
	unsigned i;

	for (i = to_x ? 0 : 1; i < 5; i++)
		ck_assert_msg(cpu->s.z[i][0] == in[i][1] && cpu->s.z[i][1] == in[i][0], "%s: wrote V%u", text, i);
	for (i = 2; i < 8; i++)
		ck_assert_msg(cpu->s.z[0][i] == 0, "%s: wrote above bit 127", text);
	ck_assert_msg(to_x || cpu->s.r.x[0] == X0_BEFORE, "%s: wrote X0", text);
}

START_TEST(execute)
{
	const struct simd_case *c = &cases[_i];
	struct op op;
	unsigned row = decode(&cpu->feat, c->word, &op), i;
	bool to_x = writes_x(row);

	ck_assert_msg(row, "%s: no row", c->text);
	for (i = 0; i < SIMD_MOST_RESULTS && c->result[i].input; i++) {
		const u64(*in)[2] = inputs[c->result[i].input - 1];
		u64 hi, lo;

		load(in);
		insn_rows[row].step(cpu, &op);
		lo = to_x ? cpu->s.r.x[0] : cpu->s.z[0][0];
		hi = to_x ? 0 : cpu->s.z[0][1];
		ck_assert_msg(hi == c->result[i].hi && lo == c->result[i].lo,
			      "%08x %s [%s], input %u: %016llx_%016llx, not %016llx_%016llx", c->word, c->text,
			      insn_rows[row].name, c->result[i].input - 1, (unsigned long long)hi,
			      (unsigned long long)lo, (unsigned long long)c->result[i].hi,
			      (unsigned long long)c->result[i].lo);
		ck_assert_msg(SYS(cpu, FPSR) == c->result[i].fpsr, "%s [%s], input %u: FPSR %llx, not %x", c->text,
			      insn_rows[row].name, c->result[i].input - 1, (unsigned long long)SYS(cpu, FPSR),
			      c->result[i].fpsr);
		check_rest(c->text, in, to_x);
	}
}
END_TEST

/* FPSR.QC is cumulative. */
START_TEST(qc_stays)
{
	struct op op;
	unsigned row = decode(&cpu->feat, 0x0e220c20, &op); /* sqadd v0.8b, v1.8b, v2.8b */

	load(inputs[6]);
	cpu->s.z[1][0] = 0;
	SYS(cpu, FPSR) = 1u << 27 | 0x10;
	insn_rows[row].step(cpu, &op);
	ck_assert_uint_eq(SYS(cpu, FPSR), 1u << 27 | 0x10);
}
END_TEST

/* Encodings that no row may take (C4.1.96), and those that a form refuses. */
START_TEST(reserved)
{
	static const struct {
		u32 word;
		const char *text;
	} words[] = {
		{ 0x0ee28420, "add v0.1d" },
		{ 0x0ee00420, "shadd size 11" },
		{ 0x0ee23420, "cmgt v0.1d" },
		{ 0x0ee29c20, "mul size 11" },
		{ 0x2e629c20, "pmul .4h" },
		{ 0x0e22b420, "sqdmulh .8b" },
		{ 0x0ee2b420, "sqdmulh .1d" },
		{ 0x5e22b420, "sqdmulh b0" },
		{ 0x5ea28420, "add s0" },
		{ 0x0ee20020, "saddl size 11" },
		{ 0x0e22d020, "sqdmull .8b" },
		{ 0x0e029420, "sdot size 00" },
		{ 0x0e82a420, "smmla Q=0" },
		{ 0x0f028020, "mul by element, size 00" },
		{ 0x0fc28020, "mul by element, .1d" },
		{ 0x0eb1b820, "addv v.2s" },
		{ 0x0ee12820, "xtn size 11" },
		{ 0x0ee24420, "sshl .1d" },
		{ 0x0f400420, "sshr v0.1d, #64" },
		{ 0x0f408420, "shrn, immh 1xxx" },
		{ 0x0f40a420, "sshll from d" },
		{ 0x5f000420, "sshr scalar, immh 0" },
		{ 0x5f200420, "sshr s0" },
		{ 0x0e080420, "dup v0.1d" },
		{ 0x0e100420, "dup imm5 10000" },
		{ 0x0e001c20, "ins Q=0" },
		{ 0x0e082c20, "smov w0, v.d" },
		{ 0x4e082c20, "smov x0, v.d" },
		{ 0x4e043c20, "umov x0, v.s" },
		{ 0x0ec21820, "uzp1 v0.1d" },
		{ 0x2e024020, "ext v0.8b, #8" },
		{ 0x2f00f400, "fmov v0.1d" },
		{ 0x0e605820, "cnt .4h" },
		{ 0x2ea05820, "rbit size 10" },
		{ 0x0e601820, "rev16 .4h" },
		{ 0x0ea01820, "rev16 .2s" },
	};
	struct op op;
	unsigned i, row;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		row = decode(&cpu->feat, words[i].word, &op);
		ck_assert_msg(row == ROW_unallocated, "%08x (%s): %s", words[i].word, words[i].text,
			      insn_rows[row].name);
	}
}
END_TEST

/* A row of a64_simd_int.decode: of these classes, and of these features (others, as FEAT_SHA3, have tables of their
 * own) */
static bool is_ours(const struct insn_row *row)
{
	static const u16 features[] = {
		offsetof(struct cpu_features, advsimd),
		offsetof(struct cpu_features, rdm),
		offsetof(struct cpu_features, dotprod),
		offsetof(struct cpu_features, i8mm),
	};
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(features); i++) {
		if (row->feature == features[i])
			return row->cls >= CLASS_simd && row->cls <= CLASS_simd_move;
	}
	return false;
}

START_TEST(every_row_has_cases)
{
	unsigned *results = calloc(ROW_COUNT, sizeof(*results)), i, k, row;
	struct op op;

	ck_assert_ptr_nonnull(results);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		row = decode(&cpu->feat, cases[i].word, &op);
		for (k = 0; k < SIMD_MOST_RESULTS && cases[i].result[k].input; k++)
			results[row]++;
	}
	for (row = 1; row < ROW_COUNT; row++) {
		ck_assert_msg(results[row] >= LEAST_RESULTS || !is_ours(&insn_rows[row]), "%s has %u cases",
			      insn_rows[row].name, results[row]);
	}
	free(results);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_simd_int");
	TCase *t = tcase_create("execute");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, execute, 0, ARRAY_SIZE(cases));
	tcase_add_test(t, qc_stays);
	tcase_add_test(t, reserved);
	tcase_add_test(t, every_row_has_cases);
	return run_suite_here(s);
}
