/*
 * Loads and stores of SIMD&FP registers: each row by vectors recorded from QEMU, in both engines; faults, alignment,
 * memory types, byte order, the events.
 */
#include "cpu/decode.h"
#include "cpu/a64_rows.h"
#include "simd_rig.h"
#include "run_suite.h"

static const struct ldst_case {
	u32 insn;
	const char *text;
	s64 step; /* what is added to the base */
	struct {
		u8 reg;
		u64 lo, hi; /* both zero: no register */
	} out[4];
	u8 at, bytes;
	u64 stored[8];
} cases[] = {
#define CASE(...) { __VA_ARGS__ },
#include "cpu_simd_ldst_cases.def"
#undef CASE
};

static bool is_load(const struct ldst_case *t)
{
	return t->bytes == 0;
}

static unsigned base_of(u32 insn)
{
	return (insn >> 5 & 31) == 31 ? REG_SP : 1;
}

static u32 check_loaded(const struct ldst_case *t, const char *engine)
{
	u32 changed = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(t->out) && (t->out[i].lo || t->out[i].hi); i++) {
		const u64 *z = g.cpu->s.z[t->out[i].reg];

		changed |= 1u << t->out[i].reg;
		ck_assert_msg(z[0] == t->out[i].lo && z[1] == t->out[i].hi, "%s (%s): v%u is %016lx_%016lx", t->text,
			      engine, t->out[i].reg, z[1], z[0]);
	}
	return changed;
}

static void check_memory(const struct ldst_case *t, const char *engine)
{
	const u8 *m = g.ram + (DATA - RIG_RAM);

	for (unsigned i = 0; i < MEMORY_BYTES; i++) {
		unsigned k = i - t->at;
		u8 want = (u8)(i ^ 0xa5);

		if (i >= t->at && k < t->bytes)
			want = (u8)(t->stored[k / 8] >> 8 * (k % 8));
		ck_assert_msg(m[i] == want, "%s (%s): byte %#x is %#x, not %#x", t->text, engine, i, m[i], want);
	}
}

static void check_general(const struct ldst_case *t, const char *engine, s64 step)
{
	const u64 *x = g.cpu->s.r.x;
	unsigned base = base_of(t->insn);

	ck_assert_msg(x[base] == BASE + (u64)step, "%s (%s): the base moves by %ld", t->text, engine,
		      (long)(x[base] - BASE));
	ck_assert_uint_eq(x[base == 1 ? REG_SP : 1], BASE);
	ck_assert(x[2] == 24 && x[3] == 0x12345678fffffff8 && x[4] == 0xdeadbeef00000008 && x[6] == 5);
}

START_TEST(instruction)
{
	const struct ldst_case *t = &cases[_i];

	for (enum engine e = STEP; e < ENGINES; e++) {
		set_up(t->insn, 0, 0);
		ck_assert_msg(execute(BASE, e) == 0, "%s (%s) faults", t->text, engine_names[e]);
		check_other_registers(check_loaded(t, engine_names[e]), 0, t->text);
		check_memory(t, engine_names[e]);
		check_general(t, engine_names[e], t->step);
	}
}
END_TEST

/* Without slots on the way and at every alignment, the same bytes move. */
START_TEST(alignments_agree)
{
	const struct ldst_case *t = &cases[_i];
	u64 z[ENGINES][32][8];
	u8 ram[ENGINES][0x2000];

	for (unsigned shift = 1; shift < 16; shift += 3) {
		for (enum engine e = STEP; e < ENGINES; e++) {
			u64 base = VA(NORMAL_2) - 40 + shift; /* many cases cross the page */

			set_up(t->insn, 0, 0);
			g.cpu->s.r.x[base_of(t->insn)] = base;
			ck_assert_uint_eq(execute(VA(NORMAL), e), 0);
			memcpy(z[e], g.cpu->s.z, sizeof(z[e]));
			memcpy(ram[e], g.ram + (DATA - RIG_RAM), sizeof(ram[e]));
			ck_assert_mem_eq(z[e], z[0], sizeof(z[e]));
			ck_assert_msg(memcmp(ram[e], ram[0], sizeof(ram[e])) == 0, "%s (%s)", t->text, engine_names[e]);
		}
	}
}
END_TEST

/* A fault leaves registers, memory and base as they were, also when only the second page is missing. */
START_TEST(fault_changes_nothing)
{
	const struct ldst_case *t = &cases[_i];
	u8 before[0x4000];

	for (enum engine e = STEP; e < FAST_WARM; e++) {
		for (unsigned back = 0; back < 2; back++) {
			unsigned base = base_of(t->insn);
			u64 start = VA(ABSENT) - (back ? 8 : 0), esr;

			set_up(t->insn, 0, 0);
			g.cpu->s.r.x[1] = g.cpu->s.r.x[REG_SP] = start;
			g.cpu->s.r.x[2] = g.cpu->s.r.x[4] = g.cpu->s.r.x[6] = 0;
			g.cpu->s.r.x[3] = g.cpu->s.r.x[5] = 0;
			memcpy(before, g.ram + (DATA - RIG_RAM), sizeof(before));
			esr = execute(VA(NORMAL), e);
			if (esr == 0)
				continue; /* all of it was before the missing page */
			ck_assert_msg(esr >> 26 == 0x25, "%s: %#lx", t->text, esr);
			ck_assert_msg((esr >> 24 & 1) == 0 && (esr >> 6 & 1) == !is_load(t), "%s: ESR %#lx", t->text,
				      esr);
			check_other_registers(0, 0, t->text);
			ck_assert_uint_eq(g.cpu->s.r.x[base], start);
			ck_assert_mem_eq(before, g.ram + (DATA - RIG_RAM), sizeof(before));
		}
	}
}
END_TEST

/* CheckFPAdvSIMDEnabled64() comes before the check of SP and before the access. */
START_TEST(trapped)
{
	const struct ldst_case *t = &cases[_i];

	for (enum engine e = STEP; e < ENGINES; e++) {
		set_up(t->insn, 1ull << SCTLR_EL1_SA_LSB, 0);
		SYS(g.cpu, CPACR_EL1) = 0;
		cpu_context_changed(g.cpu);
		g.cpu->s.r.x[REG_SP] += 8;
		g.cpu->s.r.x[1] = VA(ABSENT);
		ck_assert_msg(execute(BASE, e) == (7ull << 26 | 1 << 25 | 0x1e << 20), "%s (%s)", t->text,
			      engine_names[e]);
		check_other_registers(0, 0, t->text);
	}
}
END_TEST

START_TEST(sp_alignment)
{
	const struct ldst_case *t = &cases[_i];

	for (enum engine e = STEP; e < ENGINES; e++) {
		set_up(t->insn | 31 << 5, 1ull << SCTLR_EL1_SA_LSB, 0);
		g.cpu->s.r.x[REG_SP] += 8;
		ck_assert_msg(execute(BASE, e) == (0x26ull << 26 | 1 << 25), "%s (%s)", t->text, engine_names[e]);
		check_other_registers(0, 0, t->text);
	}
}
END_TEST

/* ---- alignment and memory types ---- */

enum { TRANSLATION = 0x07, PERMISSION = 0x0f, ALIGNMENT = 0x21, WNR = 0x40 };
enum {
	LDR_Q = 0x3dc00022,   /* ldr q2, [x1] */
	STR_Q = 0x3d800022,   /* str q2, [x1] */
	LDP_Q = 0xad400c22,   /* ldp q2, q3, [x1] */
	STP_Q = 0xad000c22,   /* stp q2, q3, [x1] */
	LDP_S = 0x2d400c22,   /* ldp s2, s3, [x1] */
	LD1_16B = 0x4c402022, /* ld1 { v2.16b - v5.16b }, [x1] */
	LD4_4S = 0x4c400822,  /* ld4 { v2.4s - v5.4s }, [x1] */
	ST4_4S = 0x4c000822,  /* st4 { v2.4s - v5.4s }, [x1] */
	LD3_H = 0x4d406022,   /* ld3 { v2.h, v3.h, v4.h }[4], [x1] */
	LD2R_D = 0x4d60cc22,  /* ld2r { v2.2d, v3.2d }, [x1] */
	LDR_B = 0x3d400022,   /* ldr b2, [x1] */
};

static const struct {
	const char *name;
	u32 insn;
	u64 va, sctlr;
	u16 iss; /* 0: none */
	u64 far;
} alignment_cases[] = {
	{ "q at 16 with A", LDR_Q, VA(NORMAL) + 16, SCTLR_A, 0, 0 },
	{ "q at 8", LDR_Q, VA(NORMAL) + 8, 0, 0, 0 },
	{ "q at 8 with A", LDR_Q, VA(NORMAL) + 8, SCTLR_A, ALIGNMENT, VA(NORMAL) + 8 },
	{ "store of q at 8 with A", STR_Q, VA(NORMAL) + 8, SCTLR_A, ALIGNMENT | WNR, VA(NORMAL) + 8 },
	{ "b anywhere with A", LDR_B, VA(NORMAL) + 5, SCTLR_A, 0, 0 },
	{ "pair of q at 16 with A", LDP_Q, VA(NORMAL) + 16, SCTLR_A, 0, 0 },
	{ "pair of q at 8 with A", STP_Q, VA(NORMAL) + 8, SCTLR_A, ALIGNMENT | WNR, VA(NORMAL) + 8 },
	{ "pair of s at 4 with A", LDP_S, VA(NORMAL) + 4, SCTLR_A, 0, 0 },
	{ "bytes anywhere with A", LD1_16B, VA(NORMAL) + 3, SCTLR_A, 0, 0 },
	{ "words at 4 with A", LD4_4S, VA(NORMAL) + 4, SCTLR_A, 0, 0 },
	{ "words at 2 with A", LD4_4S, VA(NORMAL) + 2, SCTLR_A, ALIGNMENT, VA(NORMAL) + 2 },
	{ "lane at 2 with A", LD3_H, VA(NORMAL) + 2, SCTLR_A, 0, 0 },
	{ "lane at 1 with A", LD3_H, VA(NORMAL) + 1, SCTLR_A, ALIGNMENT, VA(NORMAL) + 1 },
	{ "replicated at 4 with A", LD2R_D, VA(NORMAL) + 4, SCTLR_A, ALIGNMENT, VA(NORMAL) + 4 },
	{ "q of Device", LDR_Q, VA(DEVICE) + 16, 0, 0, 0 },
	{ "q of Device at 8", LDR_Q, VA(DEVICE) + 8, 0, ALIGNMENT, VA(DEVICE) + 8 },
	{ "words of Device", ST4_4S, VA(DEVICE) + 4, 0, 0, 0 },
	{ "words of Device at 2", ST4_4S, VA(DEVICE) + 2, 0, ALIGNMENT | WNR, VA(DEVICE) + 2 },
	{ "crossing", LD4_4S, VA(NORMAL_2) - 4, 0, 0, 0 },
	{ "crossing into read-only", ST4_4S, VA(READ_ONLY) - 32, 0, PERMISSION | WNR, VA(READ_ONLY) },
	{ "load crossing into read-only", LD4_4S, VA(READ_ONLY) - 32, 0, 0, 0 },
	{ "crossing into nothing", LDP_Q, VA(ABSENT) - 16, 0, TRANSLATION, VA(ABSENT) },
	{ "nothing", LD3_H, VA(ABSENT) + 6, 0, TRANSLATION, VA(ABSENT) + 6 },
};

START_TEST(alignment)
{
	for (enum engine e = STEP; e < ENGINES; e++) {
		u64 esr, want = alignment_cases[_i].iss ? 0x25ull << 26 | 1 << 25 | alignment_cases[_i].iss : 0;

		set_up(alignment_cases[_i].insn, alignment_cases[_i].sctlr, 0);
		g.cpu->s.r.x[1] = alignment_cases[_i].va;
		esr = execute(alignment_cases[_i].va < VA(READ_ONLY) ? alignment_cases[_i].va : BASE, e);
		ck_assert_msg(esr == want, "%s (%s): ESR %#lx", alignment_cases[_i].name, engine_names[e], esr);
		ck_assert_uint_eq(SYS(g.cpu, FAR_EL1), alignment_cases[_i].far);
	}
}
END_TEST

/* Descriptors are read in the same order as data. */
static void swap_tables(void)
{
	static const u64 tables[] = { L1, L2, L3 };

	for (unsigned t = 0; t < ARRAY_SIZE(tables); t++)
		for (unsigned i = 0; i < 8; i++)
			*rig_ram(&g, tables[t] + 8 * i) = __builtin_bswap64(*rig_ram(&g, tables[t] + 8 * i));
}

/* Big-endian data: each element is reversed for itself. */
START_TEST(big_endian)
{
	static const struct {
		u32 insn;
		unsigned size;
	} t[] = {
		{ LDR_Q, 16 },
		{ 0x4c407c22, 8 }, /* ld1 { v2.2d }, [x1] */
		{ 0x4c407822, 4 }, /* ld1 { v2.4s }, [x1] */
		{ 0x4c407022, 1 }, /* ld1 { v2.16b }, [x1] */
	};

	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		for (enum engine e = STEP; e < ENGINES; e++) {
			const u8 *z = (const u8 *)g.cpu->s.z[2];

			set_up(t[i].insn, 1ull << SCTLR_EL1_EE_LSB, 0);
			swap_tables();
			ck_assert_uint_eq(execute(BASE, e), 0);
			for (unsigned k = 0; k < 16; k++)
				ck_assert_uint_eq(z[k], (0x40 + (k ^ (t[i].size - 1))) ^ 0xa5);
		}
	}
}
END_TEST

/* A label: PC plus offset, within the code page here */
START_TEST(literal)
{
	static const struct {
		u32 insn;
		unsigned bytes;
	} t[] = {
		{ 0x1c000402, 4 },  /* ldr s2, . + 128 */
		{ 0x5c000402, 8 },  /* ldr d2, . + 128 */
		{ 0x9c000402, 16 }, /* ldr q2, . + 128 */
	};

	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		for (enum engine e = STEP; e < ENGINES; e++) {
			u64 want[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };
			u8 *at;

			set_up(t[i].insn, 0, 0);
			at = g.ram + (CODE - RIG_RAM) + 8 + 128;
			for (unsigned k = 0; k < 16; k++)
				at[k] = (u8)k;
			memset((u8 *)want + t[i].bytes, 0, 16 - t[i].bytes);
			ck_assert_uint_eq(execute(BASE, e), 0);
			ck_assert_mem_eq(g.cpu->s.z[2], want, 16);
			check_other_registers(1 << 2, 0, "literal");
		}
	}
}
END_TEST

/* An address with a tag is used without TBI after it was used with it: no cached pointer answers. */
START_TEST(tag_without_tbi)
{
	set_up(0xfd400020, 0, 0); /* ldr d0, [x1] */
	SYS(g.cpu, TCR_EL1) |= 1ull << TCR_EL1_TBI0_LSB;
	g.cpu->s.r.x[1] |= 0x47ull << 56;
	cpu_context_changed(g.cpu);
	ck_assert_uint_eq(execute(BASE, _i), 0);
	ck_assert_uint_eq(execute(BASE, _i), 0);
	SYS(g.cpu, TCR_EL1) &= ~(1ull << TCR_EL1_TBI0_LSB);
	cpu_context_changed(g.cpu);
	ck_assert_uint_eq(execute(BASE, _i), 0x96000004);
	ck_assert_uint_eq(SYS(g.cpu, FAR_EL1), g.cpu->s.r.x[1]);
}
END_TEST

/* ---- events ---- */

static struct ev_mem seen[8];
static unsigned seen_count;

static void see(void *ctx, const struct event *e)
{
	if (e->kind == EV_MEM && seen_count < ARRAY_SIZE(seen))
		seen[seen_count++] = e->mem;
}

START_TEST(events_hold_every_byte)
{
	struct observer o = { .mask = 1u << EV_MEM, .event = see };

	set_up(ST4_4S, 0, 0);
	seen_count = 0;
	trace_attach(&g.trace, &o);
	ck_assert_uint_eq(execute(BASE, STEP), 0);
	trace_detach(&g.trace, &o);
	ck_assert_uint_eq(seen_count, 4);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert(seen[i].is_write && seen[i].size == 16 && seen[i].va == BASE + 16 * i);
		ck_assert_mem_eq(seen[i].value, g.ram + (DATA - RIG_RAM) + 0x40 + 16 * i, 16);
	}
}
END_TEST

/* ---- decoding ---- */

static const struct {
	u32 insn;
	const char *why;
} unallocated[] = {
	{ 0x0c008c20, "st2 of 1d" },
	{ 0x0c404c20, "ld3 of 1d" },
	{ 0x0c400c20, "ld4 of 1d" },
	{ 0x0c401020, "multiple, opcode 0001" },
	{ 0x0c40b020, "multiple, opcode 1011" },
	{ 0x0c417020, "multiple without post-index, Rm not 0" },
	{ 0x0cc07020 | 1 << 21, "multiple post-indexed, bit 21" },
	{ 0x0d404420, "lane of h, size 01" },
	{ 0x0d408820, "lane of s, size 10" },
	{ 0x0d409420, "lane of d, S 1" },
	{ 0x0d400000 | 1 << 16, "lane without post-index, Rm not 0" },
	{ 0x0d00c020, "st1r" },
	{ 0x0d40d020, "ld1r, S 1" },
	{ 0x7d800020, "str, size 01, opc 10" },
	{ 0xfdc00020, "ldr, size 11, opc 11" },
	{ 0xdc000000, "literal, opc 11" },
	{ 0xed000000, "stp, opc 11" },
	{ 0x3c000800, "unprivileged" },
	{ 0x3c200800, "register offset, option 000" },
};

START_TEST(unallocated_word)
{
	struct op op;
	unsigned row = decode(&g.cpu->feat, unallocated[_i].insn, &op);

	ck_assert_msg(row == ROW_unallocated, "%s: %#x is %s", unallocated[_i].why, unallocated[_i].insn,
		      insn_rows[row].name);
}
END_TEST

#define FIRST_ROW ROW_str_vb_uimm
#define LAST_ROW ROW_ld4r_post

START_TEST(every_row_has_a_case)
{
	bool seen_row[ROW_COUNT] = { [ROW_ldr_vs_lit] = true, [ROW_ldr_vd_lit] = true, [ROW_ldr_vq_lit] = true };
	struct op op;

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++)
		seen_row[decode(&g.cpu->feat, cases[i].insn, &op)] = true;
	for (unsigned i = FIRST_ROW; i <= LAST_ROW; i++)
		ck_assert_msg(seen_row[i], "no case for row %s", insn_rows[i].name);
}
END_TEST

START_TEST(features_gate)
{
	struct cpu_features without = g.cpu->feat;
	struct op op;

	without.fp = without.advsimd = false;
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_uint_eq(decode(&without, cases[i].insn, &op), ROW_unallocated);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cpu_simd_ldst");
	TCase *tc = tcase_create("instructions");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, rig_create_simd, rig_destroy_simd);
	tcase_add_loop_test(tc, instruction, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tc, alignments_agree, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tc, fault_changes_nothing, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tc, trapped, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tc, sp_alignment, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tc, alignment, 0, ARRAY_SIZE(alignment_cases));
	tcase_add_test(tc, big_endian);
	tcase_add_test(tc, literal);
	tcase_add_loop_test(tc, tag_without_tbi, 0, ENGINES);
	tcase_add_test(tc, events_hold_every_byte);
	tcase_add_loop_test(tc, unallocated_word, 0, ARRAY_SIZE(unallocated));
	tcase_add_test(tc, every_row_has_a_case);
	tcase_add_test(tc, features_gate);
	suite_add_tcase(suite, tc);
	return run_suite_here(suite);
}
