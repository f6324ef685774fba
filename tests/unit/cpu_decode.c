/* The decoder: which row a word belongs to, what its operands are, and what absent features make of it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/a64_rows.h"
#include "cpu/decode.h"
#include "run_suite.h"

static struct cpu_features everything;

static const struct row_case {
	u32 word;
	const char *text;
	unsigned row;
} row_cases[] = {
#define ROW(word, text, name) { word, text, ROW_##name },
#include "cpu_decode_rows.def"
#undef ROW
};

static void setup(void)
{
	memset(&everything, 1, sizeof(everything));
}

START_TEST(word_has_row)
{
	const struct row_case *c = &row_cases[_i];
	struct op op;
	unsigned row = decode(&everything, c->word, &op);

	ck_assert_msg(row == c->row, "%08x (%s): %s, not %s", c->word, c->text, insn_rows[row].name,
		      insn_rows[c->row].name);
	ck_assert(op.fn == insn_rows[row].fast);
	ck_assert_uint_eq(op.insn, c->word);
}
END_TEST

/* xorshift: the same words each time */
static u32 next_word(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (u32)(*seed >> 16);
}

/* How special a row is: fixed bits, then how many rows it specialises. */
static unsigned rank(unsigned row)
{
	unsigned depth = 0, at;

	for (at = row; insn_rows[at].general; at = insn_rows[at].general)
		depth++;
	return (unsigned)__builtin_popcount(insn_rows[row].mask) << 8 | depth;
}

/* What decode_row() should find, by looking at every row. */
static unsigned decode_slowly(u32 word)
{
	unsigned best = 0, i;

	for (i = 1; i < insn_row_count; i++) {
		if ((word & insn_rows[i].mask) == insn_rows[i].value && (!best || rank(i) > rank(best)))
			best = i;
	}
	return best;
}

START_TEST(tree_agrees_with_rows)
{
	const struct insn_row *r = &insn_rows[_i];
	u64 seed = 0x9e3779b97f4a7c15 + (u64)_i;
	unsigned i;

	for (i = 0; i < 64; i++) {
		u32 word = (next_word(&seed) & ~r->mask) | r->value;

		ck_assert_msg(decode_row(word) == decode_slowly(word), "%08x: %s by the tree, %s by the rows", word,
			      insn_rows[decode_row(word)].name, insn_rows[decode_slowly(word)].name);
		word = next_word(&seed);
		ck_assert_uint_eq(decode_row(word), decode_slowly(word));
	}
}
END_TEST

/* Some word reaches each row, operands and all. */
START_TEST(row_is_reachable)
{
	const struct insn_row *r = &insn_rows[_i];
	u64 seed = 0x2545f4914f6cdd1d;
	struct op op;
	unsigned i;

	for (i = 0; i < 20000; i++) {
		if (decode(&everything, (next_word(&seed) & ~r->mask) | r->value, &op) == (unsigned)_i)
			return;
	}
	ck_abort_msg("no word found for %s", r->name);
}
END_TEST

/* Without its feature a row gives way to the one it specialises, or is unallocated. */
START_TEST(feature_gates_row)
{
	const struct row_case *c = &row_cases[_i];
	const struct insn_row *r = &insn_rows[c->row];
	struct cpu_features without = everything;
	struct op op;

	if (c->row == ROW_unallocated || r->feature == FEATURE_BASE)
		return;
	*((bool *)&without + r->feature) = false;
	ck_assert_uint_eq(decode(&without, c->word, &op), r->general);
}
END_TEST

static const struct operand_case {
	const char *text;
	u32 word;
	u8 d, n, m, a;
	u64 imm;
} operand_cases[] = {
	{ "add sp, sp, #16", 0x910043ff, REG_SP, REG_SP, 0, 0, 16 },
	{ "cmp sp, #1, lsl #12", 0xf14007ff, REG_SINK, REG_SP, 0, 0, 0x1000 },
	{ "cmn w1, w2", 0x2b02003f, REG_SINK, 1, 2, 0, 0 },
	{ "mov x1, xzr", 0xaa1f03e1, 1, REG_ZERO, REG_ZERO, 0, 0 },
	{ "add sp, x1, x2, uxtx #3", 0x8b226c3f, REG_SP, 1, 2, 3, 0 },
	{ "add x0, x1, w2, uxtb #3", 0x8b220c20, 0, 1, 2, 56, 53 },
	{ "and sp, x1, #0x8000000000000001", 0x9241043f, REG_SP, 1, 0, 0, 0x8000000000000001 },
	{ "tst w1, #0x55555555", 0x7200f03f, REG_SINK, 1, 0, 0, 0x55555555 },
	{ "movn w3, #0", 0x12800003, 3, 0, 0, 0, 0xffffffff },
	{ "movk x3, #0x12, lsl #48", 0xf2e00243, 3, 0, 0, 48, 0x0012000000000000 },
	{ "ubfx x0, x1, #8, #4", 0xd3482c20, 0, 1, 0, 52, 60 },
	{ "lsl w0, w1, #31", 0x53010020, 0, 1, 0, 31, 0 },
	{ "bfi x0, x1, #8, #4", 0xb3780c20, 0, 1, 0, 56, 0xf00 },
	{ "ror x0, x1, #7", 0x93c11c20, 0, 1, 1, 7, 0 },
	{ "csel x0, x1, xzr, gt", 0x9a9fc020, 0, 1, REG_ZERO, 12, 0 },
	{ "ccmp x1, #3, #9, lo", 0xfa433829, 9, 1, 3, 3, 3 },
	{ "madd x0, x1, x2, xzr", 0x9b027c20, 0, 1, 2, REG_ZERO, 0 },
	{ "b . - 0x8000000", 0x16000000, 0, 0, 0, 0, (u64)-0x8000000 },
	{ "b.hs . + 0x100", 0x54000802, 0, 0, 0, 2, 0x100 },
	{ "cbz xzr, . - 4", 0xb4ffffff, REG_ZERO, 0, 0, 0, (u64)-4 },
	{ "tbnz x30, #63, . - 0x8000", 0xb7fc001e, 30, 0, 0, 63, (u64)-0x8000 },
	{ "adrp x1, . - 4K", 0xf0ffffe1, 1, 0, 0, 0, (u64)-0x1000 },
	{ "braa x1, sp", 0xd71f083f, 0, 1, REG_SP, 0, 0 },
	{ "blrabz xzr", 0xd63f0fff, 0, REG_ZERO, REG_ZERO, 1, 0 },
	{ "retab", 0xd65f0fff, 0, 30, REG_SP, 1, 0 },
	{ "paciasp", 0xd503233f, 30, REG_SP, 30, 0, 0 },
	{ "autib xzr, sp", 0xdac117ff, REG_SINK, REG_SP, REG_ZERO, 0, 0 },
	{ "pacga x0, x1, sp", 0x9adf3020, 0, 1, REG_SP, 0, 0 },
	{ "hvc #0xffff", 0xd41fffe2, 0, 0, 0, 0, 0xffff },
	{ "msr vttbr_el2, xzr", 0xd51c211f, REG_ZERO, 0, 0, 0, 3 << 14 | 4 << 11 | 2 << 7 | 1 << 3 },
	{ "mrs xzr, hcr_el2", 0xd53c111f, REG_SINK, 0, 0, 0, 3 << 14 | 4 << 11 | 1 << 7 | 1 << 3 },
	{ "tlbi ipas2e1is, x5", 0xd50c8025, 5, 0, 0, 0, 1 << 14 | 4 << 11 | 8 << 7 | 1 },
	{ "msr daifset, #0xf", 0xd5034fdf, 0, 0, 0, 0, 15 },
	{ "rmif x1, #63, #5", 0xba1f8425, 0, 1, 0, 63, 5 },
};

START_TEST(operands)
{
	const struct operand_case *c = &operand_cases[_i];
	struct op op;

	ck_assert_msg(decode(&everything, c->word, &op) != ROW_unallocated, "%s", c->text);
	ck_assert_msg(op.d == c->d && op.n == c->n && op.m == c->m && op.a == c->a && op.imm == c->imm,
		      "%s: d=%u n=%u m=%u a=%u imm=0x%llx", c->text, op.d, op.n, op.m, op.a,
		      (unsigned long long)op.imm);
}
END_TEST

START_TEST(every_row_has_a_word)
{
	bool *seen = calloc(insn_row_count, sizeof(*seen));
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(row_cases); i++)
		seen[row_cases[i].row] = true;
	for (i = 1; i < insn_row_count; i++) {
		bool is_memory = insn_rows[i].cls >= CLASS_load && insn_rows[i].cls <= CLASS_prefetch;
		bool is_simd = insn_rows[i].cls >= CLASS_simd; /* these have tests of their own, which see to it */

		ck_assert_msg(seen[i] || is_memory || is_simd, "%s has no word in cpu_decode_rows.def",
			      insn_rows[i].name);
	}
	free(seen);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_decode");
	TCase *t = tcase_create("decode");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, word_has_row, 0, ARRAY_SIZE(row_cases));
	tcase_add_loop_test(t, feature_gates_row, 0, ARRAY_SIZE(row_cases));
	tcase_add_loop_test(t, operands, 0, ARRAY_SIZE(operand_cases));
	tcase_add_loop_test(t, tree_agrees_with_rows, 1, (int)insn_row_count);
	tcase_add_loop_test(t, row_is_reachable, 1, (int)insn_row_count);
	tcase_add_test(t, every_row_has_a_word);
	return run_suite_here(s);
}
