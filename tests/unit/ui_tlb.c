/* The TLB view's model: filters, order, cells, and which entries a TLBI would remove. */
#include <check.h>
#include <string.h>

#include "ui/tlb_data.h"

#include "tlb_add.h"
#include "ui_rig.h"
#include "run_suite.h"

static struct tlb_data t;
static struct tlb_query q;

static void add(unsigned core, struct tlb_entry e, u64 key)
{
	key |= (u64)e.kind << KEY_KIND | (u64)e.regime << KEY_REGIME | (u64)e.s2_used << KEY_S2_USED |
	       (u64)(e.kind == TLB_S2) << KEY_IN_NS | (u64)(e.kind == TLB_S1 && e.s1_on) << KEY_S1_ON;
	e.in_ns = e.kind == TLB_S2;
	tlb_add(m->core[core]->tlb, e, key);
}

#define TAG_VMID(n) ((u64)(n) << KEY_VMID)
#define TAG_ASID(n) (1ull << KEY_NG | (u64)(n) << KEY_ASID)

static void start(void)
{
	struct hyp_config c = { .cpu = "max", .mem = 16 << 20, .el = 2, .smp = 2, .bare = true };
	struct tlb_entry own = { .kind = TLB_S1,
				 .regime = REGIME_EL10,
				 .ng = true,
				 .asid = 5,
				 .vmid = 1,
				 .s2_used = true,
				 .s1_on = true,
				 .log2 = 12,
				 .s1_log2 = 12,
				 .level = 3,
				 .in = 0x400000,
				 .ipa = 0x1000,
				 .out = 0x40001000,
				 .attrs = { .mair = 0xff, .sh = 3 } };
	struct tlb_entry global = own, other = own, hyp = own, second = own;

	make(&c);
	own.perms = (struct perms){ .s1 = { .r = 3, .w = 2, .x = 1 }, .s2 = { .r = true, .w = false, .x = 3 } };
	add(0, own, TAG_VMID(1) | TAG_ASID(5));
	global.ng = false;
	global.in = 0x600000;
	global.log2 = global.s1_log2 = 21;
	add(0, global, TAG_VMID(1));
	other.vmid = 2;
	other.in = 0x800000;
	add(0, other, TAG_VMID(2) | TAG_ASID(5));
	add(1, other, TAG_VMID(2) | TAG_ASID(5));
	hyp.regime = REGIME_EL2;
	hyp.ng = hyp.s2_used = false;
	hyp.vmid = 0;
	add(0, hyp, 0);
	second.kind = TLB_S2;
	second.ng = false;
	second.in = 0x1000;
	second.s2_attr = 0x3f;
	add(0, second, TAG_VMID(1));
	q = (struct tlb_query){ .sort = TLB_INPUT };
	m->core[0]->s.sr[SR_VTTBR_EL2] = 1ull << 48;
}

static void stop(void)
{
	tlb_data_free(&t);
	model_free(&model);
	hyp_destroy(m);
}

static void update(const char *filter)
{
	snprintf(q.filter, sizeof(q.filter), "%s", filter);
	ck_assert(tlb_data_update(&t, m, &q));
}

static const struct {
	const char *filter;
	unsigned count;
} filters[] = {
	{ "", 5 },	   { "vmid=1", 3 },	{ "VMID=1 asid=5", 1 },
	{ "asid=5", 2 },   { "s2", 1 },		{ "s1", 4 },
	{ "el2", 1 },	   { "el1 global", 1 }, { "ng", 2 },
	{ "global", 2 },   { "secure", 0 },	{ "ns", 5 },
	{ "level=3", 5 },  { "level=2", 0 },	{ "0x400abc", 2 },
	{ "0x7fffff", 1 }, { "ipa=0x1234", 4 }, { "pa=0x40001000 vmid=2", 1 },
	{ "removed", 0 },
};

START_TEST(filter)
{
	update(filters[_i].filter);
	ck_assert_str_eq(t.problem, "");
	ck_assert_uint_eq(t.total, 5);
	ck_assert_msg(t.count == filters[_i].count, "'%s': %u", filters[_i].filter, t.count);
}
END_TEST

START_TEST(filter_in_error)
{
	static const char *const wrong[] = { "vmid=", "vmid=x", "foo", "vmid=1 0x", "removed=1" };

	update(wrong[_i]);
	ck_assert_str_ne(t.problem, "");
	ck_assert_uint_eq(t.count, 5);
}
END_TEST

START_TEST(order)
{
	for (q.sort = 0; q.sort < TLB_COLUMNS; q.sort++) {
		char first[64], cell[64];

		q.descending = false;
		update("");
		tlb_cell(&t.row[0], q.sort, first, sizeof(first));
		q.descending = true;
		update("");
		tlb_cell(&t.row[t.count - 1], q.sort, cell, sizeof(cell));
		ck_assert_str_eq(first, cell);
	}
	q = (struct tlb_query){ .sort = TLB_VMID, .descending = true };
	update("");
	ck_assert_uint_eq(t.row[0].e.vmid, 2);
	ck_assert_uint_eq(t.row[4].e.regime, REGIME_EL2);
}
END_TEST

START_TEST(cells)
{
	static const char *const want[TLB_COLUMNS] = { "1+2", "EL1&0",	  "NS",	     "1",
						       "5",   "0x400000", "0x1000",  "0x40001000",
						       "4K",  "3",	  "r--/r-x", "Normal, WB RA WA, ISH" };
	char text[64];

	update("vmid=1 asid=5");
	for (unsigned c = 0; c < TLB_COLUMNS; c++)
		ck_assert_str_eq(tlb_cell(&t.row[0], c, text, sizeof(text)), want[c]);
	update("s2");
	ck_assert_str_eq(tlb_cell(&t.row[0], TLB_STAGE, text, sizeof(text)), "2");
	ck_assert_str_eq(tlb_cell(&t.row[0], TLB_ASID, text, sizeof(text)), "-");
	ck_assert_str_eq(tlb_cell(&t.row[0], TLB_MEMORY, text, sizeof(text)), "MemAttr 0xf, ISH");
	update("el1 global");
	ck_assert_str_eq(tlb_cell(&t.row[0], TLB_SIZE, text, sizeof(text)), "2M");
	ck_assert_str_eq(tlb_cell(&t.row[0], TLB_ASID, text, sizeof(text)), "global");
}
END_TEST

static const struct {
	const char *tlbi, *operand;
	u64 vmid;
	unsigned removed, other;
} tlbis[] = {
	{ "VAE1IS", "va=0x400000 asid=5", 1, 1, 0 },
	{ "VAE1IS", "0x0005000000000400", 1, 1, 0 },
	{ "VAE1IS", "va=0x400000 asid=6", 1, 0, 0 },
	{ "VAE1", "va=0x600000 asid=6", 1, 1, 0 }, /* global */
	{ "VAAE1IS", "va=0x800000", 2, 1, 1 },
	{ "VAAE1", "va=0x800000", 2, 1, 0 }, /* not broadcast */
	{ "ASIDE1IS", "asid=5", 1, 1, 0 },
	{ "VMALLE1IS", "", 1, 2, 0 },
	{ "VMALLS12E1IS", "", 1, 3, 0 },
	{ "VMALLS12E1IS", "", 2, 1, 1 },
	{ "IPAS2E1IS", "ipa=0x1000", 1, 1, 0 },
	{ "IPAS2E1IS", "ipa=0x1000", 2, 0, 0 },
	{ "ALLE2IS", "", 1, 1, 0 },
	{ "alle1is", "", 1, 4, 1 },
};

START_TEST(tlbi)
{
	m->core[0]->s.sr[SR_VTTBR_EL2] = tlbis[_i].vmid << 48;
	m->core[0]->s.sr[SR_TCR_EL1] = 1ull << 36; /* AS */
	snprintf(q.tlbi, sizeof(q.tlbi), "%s", tlbis[_i].tlbi);
	snprintf(q.operand, sizeof(q.operand), "%s", tlbis[_i].operand);
	update("");
	ck_assert_msg(t.has_tlbi, "%s", t.problem);
	ck_assert_str_ne(t.scope, "");
	ck_assert_msg(t.removed == tlbis[_i].removed, "%s %s: %u (%s)", q.tlbi, q.operand, t.removed, t.scope);
	ck_assert_uint_eq(t.removed_other, tlbis[_i].other);
	update("removed");
	ck_assert_uint_eq(t.count, tlbis[_i].removed);
}
END_TEST

START_TEST(tlbi_in_error)
{
	static const char *const wrong[][2] = { { "VAE9IS", "" }, { "VAE1IS", "va=" }, { "VAE1IS", "what" } };

	snprintf(q.tlbi, sizeof(q.tlbi), "%s", wrong[_i][0]);
	snprintf(q.operand, sizeof(q.operand), "%s", wrong[_i][1]);
	update("");
	ck_assert(!t.has_tlbi);
	ck_assert_str_ne(t.problem, "");
	ck_assert_uint_eq(t.removed, 0);
}
END_TEST

/* The TLBI chosen for a row removes it. */
START_TEST(choose)
{
	m->core[0]->s.sr[SR_TCR_EL1] = 1ull << 36;
	update("");
	for (unsigned i = 0; i < t.total; i++) {
		u64 in = t.row[i].e.in;
		u8 kind = t.row[i].e.kind, regime = t.row[i].e.regime;

		m->core[0]->s.sr[SR_VTTBR_EL2] = (u64)t.row[i].e.vmid << 48;
		tlb_choose_removal(&t.row[i], &q);
		update("");
		ck_assert_msg(t.row[i].removed && t.row[i].e.in == in && t.row[i].e.kind == kind &&
				      t.row[i].e.regime == regime,
			      "%s %s: %s", q.tlbi, q.operand, t.problem);
	}
}
END_TEST

/* Again: wider ones, each of which removes it too, then the narrowest again. */
START_TEST(choose_wider)
{
	static const char *const names[] = { "VAE1IS",	     "VAAE1IS", "ASIDE1IS", "VMALLE1IS",
					     "VMALLS12E1IS", "ALLE1IS", "VAE1IS" };
	static const char *const operands[] = { "va=0x400000 asid=5", "va=0x400000", "asid=5", "", "", "",
						"va=0x400000 asid=5" };

	m->core[0]->s.sr[SR_TCR_EL1] = 1ull << 36;
	update("vmid=1 asid=5");
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		tlb_choose_removal(&t.row[0], &q);
		ck_assert_str_eq(q.tlbi, names[i]);
		ck_assert_str_eq(q.operand, operands[i]);
		update("vmid=1 asid=5");
		ck_assert(t.row[0].removed);
	}
	update("s2");
	tlb_choose_removal(&t.row[0], &q);
	ck_assert_str_eq(q.tlbi, "IPAS2E1IS");
}
END_TEST

/* What a user may type: never more than a sentence. */
START_TEST(anything)
{
	static const char bytes[] = "vmidasf=0x1 \t&-@<>removed%s\\\x7f";
	u64 seed = 1;

	for (unsigned n = 0; n < 2000; n++) {
		char *const to[] = { q.filter, q.tlbi, q.operand };
		const size_t size[] = { sizeof(q.filter), sizeof(q.tlbi), sizeof(q.operand) };

		for (unsigned i = 0; i < 3; i++) {
			size_t length = seed % size[i];

			for (size_t k = 0; k < length; k++) {
				seed = seed * 6364136223846793005ull + 1442695040888963407ull;
				to[i][k] = bytes[(seed >> 33) % (sizeof(bytes) - 1)];
			}
			to[i][length] = 0;
		}
		ck_assert(tlb_data_update(&t, m, &q));
		ck_assert_uint_eq(t.total, 5);
	}
}
END_TEST

START_TEST(rows)
{
	unsigned entries = 0, marked = 0;

	snprintf(q.tlbi, sizeof(q.tlbi), "VMALLE1IS");
	update("");
	tlb_all_rows(&model, &t, &q, 1, 2);
	for (u32 i = 0; i < model.rows; i++) {
		entries += model.row[i].kind == ROW_CELLS && model.row[i].count == TLB_COLUMNS + 1;
		marked += model.row[i].marked;
	}
	ck_assert_uint_eq(entries, 2);
	ck_assert_uint_ge(marked, 1);
	model_clear(&model);
	tlb_all_rows(&model, &t, &q, 99, 2);
	ck_assert(!model.failed);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ui_tlb");
	TCase *c = tcase_create("all");

	tcase_add_checked_fixture(c, start, stop);
	tcase_add_loop_test(c, filter, 0, sizeof(filters) / sizeof(filters[0]));
	tcase_add_loop_test(c, filter_in_error, 0, 5);
	tcase_add_test(c, order);
	tcase_add_test(c, cells);
	tcase_add_loop_test(c, tlbi, 0, sizeof(tlbis) / sizeof(tlbis[0]));
	tcase_add_loop_test(c, tlbi_in_error, 0, 3);
	tcase_add_test(c, choose);
	tcase_add_test(c, choose_wider);
	tcase_add_test(c, anything);
	tcase_add_test(c, rows);
	suite_add_tcase(s, c);
	return run_suite(s);
}
