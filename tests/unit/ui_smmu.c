/* The SMMU view's model: queues, events in words, streams, and one access with its walk. */
#include <check.h>
#include <string.h>

#include "ui/smmu_data.h"
#include "ui_rig.h"
#include "run_suite.h"

#define STREAM 0x100u
#define TABLE 0x44000000ull /* the stream table; CDs, translation tables and queues behind it */
#define CD_AT 0x44010000ull
#define S1_AT 0x44020000ull
#define S2_AT 0x44030000ull
#define CMDQ_AT 0x44040000ull
#define EVENTQ_AT 0x44050000ull

static struct smmu_data d;

/* Both stages: IOVA 0x40000000 is IPA 0x40000000 by a level 2 block; stage 2's level 1 has a block, IPA is PA. */
static void start(void)
{
	struct hyp_config c = { .image = "hello" };
	u64 ste = TABLE + 64 * STREAM;

	make(&c);
	put(ste, 1 | 7 << 1 | CD_AT);
	put(ste + 16, 7 | 25ull << 32 | 1ull << 38 | 2ull << 48 | 1ull << 51 | 1ull << 58);
	put(ste + 24, S2_AT);
	put(CD_AT, 25 | 1ull << 30 | 1ull << 31 | 2ull << 32 | 1ull << 41 | 1ull << 45 | 1ull << 46 | 5ull << 48);
	put(CD_AT + 8, S1_AT);
	put(CD_AT + 24, 0xff);
	put(S1_AT + 8, 0x40000000 | 1 << 10 | 1 << 6 | 3 << 8 | 1);
	put(S2_AT + 8, 0x40000000 | 0x7fc | 1);
	m->iommu.r.strtab_base = TABLE;
	m->iommu.r.strtab_base_cfg = 9;
	m->iommu.r.cr2 |= 2;
	m->iommu.r.cr0 = 13; /* translation, events, commands */
	m->iommu.r.cmdq_base = CMDQ_AT | 3;
	m->iommu.r.eventq_base = EVENTQ_AT | 2;
	d.probe = (struct smmu_query){ .stream = STREAM, .iova = 0x40001000 };
}

static void stop(void)
{
	smmu_data_free(&d);
	model_free(&model);
	hyp_destroy(m);
}

static const char *text(void)
{
	model_clear(&model);
	smmu_all_rows(&model, m, &d);
	return rows_text();
}

static void expect(const char *what)
{
	ck_assert_msg(strstr(text(), what) != NULL, "'%s' is not in:\n%s", what, text());
}

START_TEST(nested_walk)
{
	smmu_data_update(&d, m);
	ck_assert(d.has_walk);
	ck_assert_str_eq(d.device, "DMA engine");
	ck_assert_uint_eq(d.walk.walk.count, 3);
	ck_assert(d.walk.grid.has_s1 && d.walk.grid.has_s2);
	ck_assert_uint_eq(d.walk.grid.rows, 2);
	expect("step 1 of 3");
	expect("1: TLB"); /* the page of tables was translated before, for the CD */
	ck_assert_ptr_null(strstr(text(), "How it ends"));
	d.walk.at = 1;
	expect("from CD.TTB0");
	d.walk.at = 3;
	expect("How it ends");
	expect("-> PA 0x40001000 (translated)");
	expect("context descriptor, at PA 0x44010000");
	ck_assert_ptr_null(strstr(text(), "ESR_EL"));
	put(TABLE + 64 * STREAM, 1 | 6 << 1); /* stage 2 alone */
	d.walk.at = 0;
	smmu_data_update(&d, m);
	expect("from STE.S2TTB");
}
END_TEST

START_TEST(fault)
{
	put(S1_AT + 8, 0);
	smmu_data_update(&d, m);
	d.walk.at = d.walk.walk.count;
	expect("stage 1, level 1");
	expect("F_TRANSLATION");
	put(TABLE + 64 * STREAM, 0);
	smmu_data_update(&d, m);
	ck_assert(!d.has_walk);
	expect("C_BAD_STE");
	m->iommu.r.cr0 = 0;
	smmu_data_update(&d, m);
	expect("the SMMU is off: SMMU_GBPA decides");
	expect("(bypass)");
}
END_TEST

/* CMD_CFGI_STE, then CMD_SYNC, one of them consumed. */
START_TEST(commands)
{
	put(CMDQ_AT, 0x03 | (u64)STREAM << 32);
	put(CMDQ_AT + 8, 1);
	put(CMDQ_AT + 16, 0x46);
	m->iommu.r.cmdq_prod = 2;
	m->iommu.r.cmdq_cons = 1;
	smmu_data_update(&d, m);
	expect("CMD_CFGI_STE stream 0x100 leaf=1");
	expect("CMD_SYNC");
	expect("1 waiting");
	put(CMDQ_AT, 0);
	put(CMDQ_AT + 8, CMDQ_AT);
	expect("CMD_SYNC completed: its message was written over it");
	m->iommu.r.cmdq_cons = 2;
	expect("empty");
	m->iommu.r.cmdq_cons = 2 | 1 << 24;
	expect("CERROR_ILL");
	m->iommu.r.cmdq_prod = 8 | 1; /* wrapped: index 1 of the second round */
	m->iommu.r.cmdq_cons = 1;
	expect("full");
}
END_TEST

START_TEST(events)
{
	smmu_data_update(&d, m);
	ck_assert(!smmu_choose_event(&d, m));
	put(EVENTQ_AT, 0x10 | (u64)STREAM << 32 | 1 << 11 | 3 << 12);
	put(EVENTQ_AT + 8, 1ull << 33 | 1ull << 39 | 2ull << 40);
	put(EVENTQ_AT + 16, 0x123456);
	m->iommu.r.eventq_prod = 1;
	expect("F_TRANSLATION");
	expect("substream 3");
	expect("write at 0x123456, stage 2");
	expect("waits");
	ck_assert(smmu_choose_event(&d, m));
	ck_assert_uint_eq(d.probe.stream, STREAM);
	ck_assert_uint_eq(d.probe.ssid, 3);
	ck_assert_uint_eq(d.probe.iova, 0x123456);
	ck_assert(d.probe.is_write && d.probe.privileged && d.probe.has_ssid && !d.probe.instruction);
	m->iommu.r.eventq_cons = 1;
	expect("done");
	m->iommu.r.eventq_prod = 1u << 31 | 1;
	expect("overflowed");
	/* four entries, of which the newest is in the last place of the first round */
	m->iommu.r.eventq_prod = 4;
	m->iommu.r.eventq_cons = 4;
	put(EVENTQ_AT + 3 * 32, 0x04);
	expect("C_BAD_STE");
}
END_TEST

START_TEST(streams)
{
	struct smmu_query before = d.probe;

	smmu_data_update(&d, m);
	expect("DMA engine in memory valid, stage 1 and stage 2");
	smmu_next_device(&d, m, 1);
	smmu_next_device(&d, m, -1);
	ck_assert_uint_eq(d.probe.stream, before.stream);
	d.probe.stream = 0;
	smmu_choose_device(&d, m);
	ck_assert_uint_eq(d.probe.stream, STREAM);
	m->iommu.ste[1] = (struct smmu_ste){ .cached = true, .stream = 0x81, .why = "for the test" };
	expect("0x81");
	expect("ILLEGAL: for the test");
	m->iommu.r.gerror = 1;
	expect("CMDQ_ERR");
}
END_TEST

START_TEST(no_smmu)
{
	struct hyp_config c = { .bare = true, .el = 2, .mem = 16 << 20 };
	struct machine *with = m;
	struct error e;

	m = hyp_create(&c, &e);
	smmu_choose_device(&d, m);
	smmu_data_update(&d, m);
	ck_assert(!smmu_choose_event(&d, m));
	expect("no SMMU");
	hyp_destroy(m);
	m = with;
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ui_smmu");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, start, stop);
	tcase_add_test(t, nested_walk);
	tcase_add_test(t, fault);
	tcase_add_test(t, commands);
	tcase_add_test(t, events);
	tcase_add_test(t, streams);
	tcase_add_test(t, no_smmu);
	suite_add_tcase(s, t);
	return run_suite(s);
}
