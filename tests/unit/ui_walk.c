/* The walk view's model: the grid of a nested walk, steps forward and back, what each says, and the end. */
#include <check.h>
#include <string.h>

#include "base/bits.h"
#include "debug/ladder.h"
#include "machine/map.h"
#include "ui/walk_data.h"
#include "ui_rig.h"
#include "run_suite.h"

#define RAM MAP_RAM_BASE
#define S1_TABLES (RAM + 0x100000)
#define S2_TABLES (RAM + 0x200000)
#define PAGE (RAM + 0x300000)
#define VA 0x123456789000ull

static struct walk_data w;

/* Stage 1 of four levels for VA, in guest memory that stage 2 maps flat by one 2 MiB block or 4 KiB pages. */
static void stage1_tables(void)
{
	for (int level = 0; level < 3; level++)
		put(S1_TABLES + (u64)level * 0x1000 + 8 * (VA >> (39 - 9 * level) & 0x1ff),
		    (S1_TABLES + (u64)(level + 1) * 0x1000) | 3);
	put(S1_TABLES + 0x3000 + 8 * (VA >> 12 & 0x1ff), PAGE | 0x743); /* AP=01, SH=3, AF */
}

#define S2_LEAF 0x7fc /* AF, SH=3, S2AP=11, MemAttr=1111 */

static void stage2_tables(void)
{
	put(S2_TABLES + 8 * (RAM >> 30), (S2_TABLES + 0x1000) | 3);
	put(S2_TABLES + 0x1000, (S2_TABLES + 0x2000) | 3);
	put(S2_TABLES + 0x1008, (RAM + 0x200000) | S2_LEAF | 1);
	for (unsigned i = 0; i < 512; i++)
		put(S2_TABLES + 0x2000 + 8 * i, (RAM + 0x1000 * i) | S2_LEAF | 3);
}

static void start(void)
{
	struct hyp_config c = { .cpu = "max", .mem = 16 << 20, .el = 2, .bare = true };
	u64 *sr;

	make(&c);
	stage1_tables();
	stage2_tables();
	sr = m->core[0]->s.sr;
	sr[SR_SCTLR_EL1] = 1;
	sr[SR_TCR_EL1] = 16 | 1ull << 23 | 5ull << 32; /* T0SZ=16, EPD1, IPS=48 */
	sr[SR_TTBR0_EL1] = S1_TABLES | 7ull << 48;
	sr[SR_MAIR_EL1] = 0xff;
	sr[SR_HCR_EL2] = 1ull << 31 | 1;
	sr[SR_VTCR_EL2] = 25 | 1 << 6 | 5 << 16; /* T0SZ=25, SL0=1, PS=48 */
	sr[SR_VTTBR_EL2] = S2_TABLES | 3ull << 48;
	w.query = (struct walk_query){ .address = VA + 0x18, .el = 1, .kind = ACCESS_READ, .privileged = true };
}

static void stop(void)
{
	model_free(&model);
	memset(&w, 0, sizeof(w));
	hyp_destroy(m);
}

/* All rows as text. */
static const char *shown(void)
{
	model_clear(&model);
	walk_all_rows(&model, &w);
	return rows_text();
}

static void expect(const char *text)
{
	ck_assert_msg(strstr(shown(), text) != NULL, "'%s' is not in:\n%s", text, shown());
}

/* Steps of row r, in columns from stage-2 level 1 on, then of stage 1. */
static void check_row(unsigned r, enum grid_kind kind, int level, int first)
{
	const struct grid_row *row = &w.grid.row[r];

	ck_assert_uint_eq(row->kind, kind);
	ck_assert_int_eq(row->level, level);
	ck_assert_int_eq(row->s2[0], GRID_NONE);
	ck_assert_int_eq(row->s2[1], GRID_NONE);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(row->s2[2 + i], first + i);
	ck_assert_int_eq(row->s1, kind == GRID_OUTPUT ? GRID_NONE : first + 3);
}

START_TEST(nested)
{
	put(S2_TABLES + 0x1008, (S2_TABLES + 0x3000) | 3);
	put(S2_TABLES + 0x3000 + 8 * 256, PAGE | S2_LEAF | 3);
	walk_data_update(&w, m);
	ck_assert_msg(w.walk.fault.kind == FAULT_NONE, "%s", shown());
	ck_assert_uint_eq(w.walk.count, 19);
	ck_assert_uint_eq(w.grid.rows, 5);
	ck_assert_int_eq(w.grid.first_level, 1);
	ck_assert_int_eq(w.grid.last_level, 3);
	for (int level = 0; level < 4; level++) {
		check_row((unsigned)level, GRID_TABLE, level, 4 * level);
		ck_assert_uint_eq(w.grid.row[level].input,
				  S1_TABLES + (u64)level * 0x1000 + 8 * (VA >> (39 - 9 * level) & 0x1ff));
	}
	check_row(4, GRID_OUTPUT, 3, 16);
	ck_assert_uint_eq(w.grid.row[4].input, PAGE + 0x18);
}
END_TEST

/* What was made is told, what comes later is not. */
static void check_ladder(unsigned at)
{
	struct ladder_step s;
	char descriptor[24];

	model_clear(&model);
	walk_ladder_rows(&model, &w);
	ck_assert_uint_eq(model.rows, w.walk.count + 2);
	for (unsigned i = 0; i < w.walk.count; i++) {
		const struct row *row = &model.row[i + 1];

		ladder_step(&s, &w.walk, &w.regime, i);
		snprintf(descriptor, sizeof(descriptor), "0x%llx", (unsigned long long)s.descriptor);
		ck_assert_uint_eq(row->count, i <= at ? 6 : 2);
		if (i <= at)
			ck_assert_str_eq(model_text(&model, &model.cell[row->first + 5]), descriptor);
		ck_assert(row->current == (i == at));
	}
}

/* Every step forward, then back: each shows its own descriptor's arithmetic, and nothing of what comes later. */
START_TEST(forward_and_back)
{
	char number[40], words[40];

	walk_data_update(&w, m);
	ck_assert(!walk_data_step(&w, -1));
	for (unsigned i = 0; i < w.walk.count; i++) {
		struct ladder_step s;
		const char *text = shown();

		ladder_step(&s, &w.walk, &w.regime, i);
		snprintf(number, sizeof(number), "step %u of %u", i + 1, w.walk.count);
		snprintf(words, sizeof(words), "0x%016llx", (unsigned long long)s.descriptor);
		ck_assert_msg(strstr(text, number) && strstr(text, words), "%s", text);
		snprintf(words, sizeof(words), "= %llu (0x%llx)", (unsigned long long)s.index,
			 (unsigned long long)s.index);
		ck_assert_ptr_nonnull(strstr(text, words));
		ck_assert_ptr_null(strstr(text, "permissions"));
		check_ladder(i);
		ck_assert(walk_data_step(&w, 1));
	}
	ck_assert(!walk_data_step(&w, 1));
	expect("the end, after");
	expect("together");
	for (unsigned i = w.walk.count; i-- > 0;) {
		ck_assert(walk_data_step(&w, -1));
		ck_assert_uint_eq(w.at, i);
	}
}
END_TEST

START_TEST(sources)
{
	unsigned from;

	walk_data_update(&w, m);
	ck_assert_str_eq(walk_table_source(&w, 0, &from), "VTTBR_EL2");
	ck_assert_ptr_null(walk_table_source(&w, 1, &from));
	ck_assert_uint_eq(from, 0);
	ck_assert_str_eq(walk_table_source(&w, 3, &from), "TTBR0_EL1");
	ck_assert_str_eq(walk_table_source(&w, 4, &from), "VTTBR_EL2");
	ck_assert_ptr_null(walk_table_source(&w, 7, &from));
	ck_assert_uint_eq(from, 3);
	w.at = 7;
	expect("the descriptor of step 4 points there");
	expect("where stage 2 puts that IPA");
}
END_TEST

/* Stage 1 alone, stage 2 alone, none. */
START_TEST(one_stage)
{
	m->core[0]->s.sr[SR_HCR_EL2] = 1ull << 31;
	walk_data_update(&w, m);
	ck_assert_uint_eq(w.walk.count, 4);
	ck_assert(w.grid.has_s1 && !w.grid.has_s2);
	ck_assert_uint_eq(w.grid.rows, 4);
	ck_assert_int_eq(w.grid.row[2].s1, 2);
	m->core[0]->s.sr[SR_HCR_EL2] = 1ull << 31 | 1;
	w.query.is_ipa = true;
	w.query.address = PAGE;
	walk_data_update(&w, m);
	ck_assert(!w.grid.has_s1 && w.grid.has_s2);
	ck_assert_uint_eq(w.grid.rows, 1);
	ck_assert_uint_eq(w.grid.row[0].kind, GRID_OUTPUT);
	w.at = w.walk.count;
	expect("IPA");
	m->core[0]->s.sr[SR_HCR_EL2] = 1ull << 31;
	walk_data_update(&w, m);
	ck_assert_uint_eq(w.walk.count, 0);
	ck_assert_uint_eq(w.at, 0);
	expect("the end, after 0 steps");
}
END_TEST

static void at_the_end(void)
{
	walk_data_update(&w, m);
	w.at = w.walk.count;
}

START_TEST(faults)
{
	/* stage 2, on the walk for the stage-1 descriptor of level 2 */
	put(S2_TABLES + 0x2000 + 8 * 0x102, 0);
	at_the_end();
	ck_assert_uint_eq(w.grid.rows, 3);
	ck_assert_int_eq(w.grid.row[2].level, 2);
	ck_assert_int_eq(w.grid.row[2].s1, GRID_NONE);
	expect("stage 2, level 3, on a stage-1 table walk");
	expect("HPFAR_EL2");
	expect("taken to");
	/* on the very first one */
	put(S2_TABLES + 8 * (RAM >> 30), 0);
	at_the_end();
	ck_assert_uint_eq(w.grid.rows, 1);
	ck_assert_int_eq(w.grid.row[0].level, 0);
	ck_assert_uint_eq(w.grid.row[0].kind, GRID_TABLE);
	/* stage 1 alone */
	m->core[0]->s.sr[SR_HCR_EL2] = 1ull << 31;
	put(S1_TABLES + 0x1000 + 8 * (VA >> 30 & 0x1ff), 0);
	at_the_end();
	expect("stage 1, level 1");
	expect("ESR_EL1");
}
END_TEST

/* A Permission fault shows what each stage allows. */
START_TEST(rights)
{
	put(S2_TABLES + 0x1008, (RAM + 0x200000) | (S2_LEAF & ~0x80) | 1); /* S2AP=01 */
	w.query.kind = ACCESS_WRITE;
	at_the_end();
	ck_assert_uint_eq(w.walk.fault.kind, FAULT_PERMISSION);
	ck_assert(w.has_rights);
	expect("status code");
	expect("together");
	expect("rw-");
	w.query.kind = ACCESS_READ;
	at_the_end();
	ck_assert_uint_eq(w.walk.fault.kind, FAULT_NONE);
	ck_assert(!w.has_rights);
}
END_TEST

START_TEST(of_the_core)
{
	m->core[0]->s.pc = 0x1234;
	m->core[0]->s.p.el = 0;
	walk_query_of_core(&w.query, m, 0);
	ck_assert_uint_eq(w.query.address, 0x1234);
	ck_assert_uint_eq(w.query.kind, ACCESS_FETCH);
	ck_assert(!w.query.privileged);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ui_walk");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, start, stop);
	tcase_add_test(t, nested);
	tcase_add_test(t, forward_and_back);
	tcase_add_test(t, sources);
	tcase_add_test(t, one_stage);
	tcase_add_test(t, faults);
	tcase_add_test(t, rights);
	tcase_add_test(t, of_the_core);
	suite_add_tcase(s, t);
	return run_suite(s);
}
