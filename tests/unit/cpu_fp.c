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
#include "fp_rig.h"
#include "fp_run.h"
#include "run_suite.h"

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

/* fp.h's functions that only vector instructions use, each by one of these in its scalar or shortest form. */
static const struct fp_case fn_cases[] = {
#define FP_CASE(fn, word, operand, sources, ...) { #fn, word, operand, sources },
#include "cpu_fp_fn_cases.def"
#undef FP_CASE
};
static const u32 fn_digests[][FP_MODES] = {
#define FP_CASE(fn, word, operand, sources, ...) { __VA_ARGS__ },
#include "cpu_fp_fn_cases.def"
#undef FP_CASE
};

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

/* ---- functions without a scalar row of their own ---- */

#define EACH(F, name) F(name, h, FP_H, u16) F(name, s, FP_S, u32) F(name, d, FP_D, u64)
#define BINARY(name, suffix, size, T)                                                                                  \
	static u64 do_##name##_##suffix(struct cpu *c, const struct fp_io *io)                                         \
	{                                                                                                              \
		return (T)fp_##name(c, size, (T)io->v[1][0], (T)io->v[2][0]);                                          \
	}
#define UNARY(name, suffix, size, T)                                                                                   \
	static u64 do_##name##_##suffix(struct cpu *c, const struct fp_io *io)                                         \
	{                                                                                                              \
		return fp_##name(c, size, (T)io->v[1][0]);                                                             \
	}
#define MASK(name, suffix, size, T)                                                                                    \
	static u64 do_##name##_##suffix(struct cpu *c, const struct fp_io *io)                                         \
	{                                                                                                              \
		return fp_##name(c, size, (T)io->v[1][0], (T)io->v[2][0]) ? (T)~0ull : 0;                              \
	}
EACH(BINARY, mulx)
EACH(BINARY, recip_step)
EACH(BINARY, rsqrt_step)
EACH(BINARY, abd)
EACH(UNARY, recip_estimate)
EACH(UNARY, rsqrt_estimate)
EACH(UNARY, recpx)
MASK(cmpeq, s, FP_S, u32)
MASK(cmpge, s, FP_S, u32)
MASK(cmpgt, s, FP_S, u32)
MASK(cmpge, d, FP_D, u64)

static u64 do_convert_odd(struct cpu *c, const struct fp_io *io)
{
	return fp_convert_odd(c, io->v[1][0]);
}
/* FMLAL Vd.2S */
static u64 do_madd_h(struct cpu *c, const struct fp_io *io)
{
	u64 a = io->v[0][0], n = io->v[1][0], m = io->v[2][0];

	return fp_madd_h(c, (u32)a, (u16)n, (u16)m) | fp_madd_h(c, a >> 32, (u16)(n >> 16), (u16)(m >> 16)) << 32;
}
/* BFDOT Vd.2S */
static u64 do_bf_dot(struct cpu *c, const struct fp_io *io)
{
	u64 a = io->v[0][0], n = io->v[1][0], m = io->v[2][0];

	return fp_bf_dot((u32)a, (u32)n, (u32)m) | (u64)fp_bf_dot((u32)(a >> 32), (u32)(n >> 32), (u32)(m >> 32)) << 32;
}
static u64 do_u32_recip_estimate(struct cpu *c, const struct fp_io *io)
{
	u64 n = io->v[1][0];

	return fp_u32_recip_estimate((u32)n) | (u64)fp_u32_recip_estimate((u32)(n >> 32)) << 32;
}
static u64 do_u32_rsqrt_estimate(struct cpu *c, const struct fp_io *io)
{
	u64 n = io->v[1][0];

	return fp_u32_rsqrt_estimate((u32)n) | (u64)fp_u32_rsqrt_estimate((u32)(n >> 32)) << 32;
}

typedef u64 do_fn(struct cpu *c, const struct fp_io *io);
static do_fn *const functions[] = {
#define FP_CASE(fn, ...) do_##fn,
#include "cpu_fp_fn_cases.def"
#undef FP_CASE
};

static void run_function(void *ctx, struct fp_io *io)
{
	do_fn *const *fn = ctx;

	SYS(cpu, FPCR) = io->fpcr;
	SYS(cpu, FPSR) = io->fpsr;
	io->v[0][0] = (*fn)(cpu, io);
	io->v[0][1] = 0;
	io->fpsr = SYS(cpu, FPSR);
}

START_TEST(functions_of_vector_instructions)
{
	const struct fp_case *c = &fn_cases[_i];
	do_fn *fn = functions[_i];
	unsigned mode;

	for (mode = 0; mode < FP_MODES; mode++)
		ck_assert_msg(fp_digest(c, mode, run_function, &fn, NULL) == fn_digests[_i][mode],
			      "%s, FPCR=%llx: differs", c->row, (unsigned long long)fp_modes[mode]);
}
END_TEST

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

/* PSTATE.Z after FJCVTZS, and FPSR: FPToFixedJS. */
static const struct {
	u64 d, fpcr;
	u32 w;
	bool z;
	u8 fpsr;
} js_cases[] = {
	{ 0, 0, 0, true, 0 },
	{ 1ull << 63, 0, 0, false, 0 },
	{ 1, 0, 0, false, FP_IXC },
	{ 1, FPCR_FZ, 0, false, FP_IDC }, /* flushed, but not the integer 0 */
	{ 1ull << 63 | 1, FPCR_FZ, 0, false, FP_IDC },
	{ 0x4008000000000000, 0, 3, true, 0 },
	{ 0x4008000000000001, 0, 3, false, FP_IXC },
	{ 0xc1e0000000000000, 0, 0x80000000, true, 0 },	      /* -2^31 */
	{ 0x41e0000000000000, 0, 0x80000000, false, FP_IOC }, /* 2^31 */
	{ 0x41f0000000200000, 0, 2, false, FP_IOC },	      /* 2^32 + 2 */
	{ 0x7ff0000000000000, 0, 0, false, FP_IOC },
	{ 0x7ff8000000000000, 0, 0, false, FP_IOC },
};

START_TEST(javascript_conversion)
{
	struct decoded d;
	struct fp_io io = { .fpcr = js_cases[_i].fpcr };

	d.row = decode(&cpu->feat, 0x1e7e0020, &d.op);
	io.v[1][0] = js_cases[_i].d;
	run(&d, &io);
	ck_assert_uint_eq(io.x0, js_cases[_i].w);
	ck_assert_uint_eq(io.nzcv, js_cases[_i].z ? 1u << 30 : 0);
	ck_assert_uint_eq(io.fpsr, js_cases[_i].fpsr);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_fp");
	TCase *t = tcase_create("fp");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, results_and_flags, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(t, functions_of_vector_instructions, 0, ARRAY_SIZE(fn_cases));
	tcase_add_loop_test(t, javascript_conversion, 0, ARRAY_SIZE(js_cases));
	tcase_add_test(t, every_row_has_a_case);
	return run_suite_here(s);
}
