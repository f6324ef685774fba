/* A device's access explained: what is said of every kind of configuration, and that looking changes nothing. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "debug/explain_dma.h"
#include "hypscope.h"
#include "machine/machine.h"
#include "smmu/fields.h"
#include "run_suite.h"

#define STREAM 0x100u
#define TABLE 0x44000000ull /* the stream table; CDs and translation tables behind it */
#define CD_AT 0x44010000ull
#define S1_AT 0x44020000ull
#define S2_AT 0x44030000ull

static void put(struct machine *m, u64 at, u64 value)
{
	ck_assert(bus_copy_in(&m->bus, (pa_t){ at, true }, &value, 8));
}

/* Stage 1: 4K granule, 39 bits, so L1 and L2, a block: IOVA 0x40000000 is IPA 0x40000000. Stage 2: L1, a block: the IPA
 * is the PA. */
static struct machine *rig(u64 config, u64 cd_valid)
{
	struct hyp_config c = { .image = "hello" };
	struct error e;
	struct machine *m = hyp_create(&c, &e);
	u64 ste = TABLE + 64 * STREAM;

	ck_assert_msg(m != NULL, "%s", e.text);
	put(m, ste, 1 | config << 1 | CD_AT);
	put(m, ste + 16, 7 | 25ull << 32 | 1ull << 38 | 2ull << 48 | 1ull << 51 | 1ull << 58);
	put(m, ste + 24, S2_AT);
	put(m, CD_AT,
	    25 | 1ull << 30 | cd_valid << 31 | 2ull << 32 | 1ull << 41 | 1ull << 45 | 1ull << 46 | 5ull << 48);
	put(m, CD_AT + 8, S1_AT);
	put(m, CD_AT + 24, 0xff);
	put(m, S1_AT + 8, 0x40000000 | 1 << 10 | 1 << 6 | 3 << 8 | 1);
	put(m, S2_AT + 8, 0x40000000 | 0x7fc | 1);
	m->iommu.r.strtab_base = TABLE;
	m->iommu.r.strtab_base_cfg = 9;
	m->iommu.r.cr2 |= 2;
	m->iommu.r.cr0 = 5; /* translation, events */
	return m;
}

static char *explained(struct machine *m, const struct smmu_probe *q)
{
	struct smmu_view *is = hyp_inspect_dma(m, q, true), *would = hyp_inspect_dma(m, q, false);
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	ck_assert(is && would);
	explain_dma(f, hyp_stream_name(m, q->stream), q, is, would);
	fclose(f);
	free(is);
	free(would);
	return text;
}

static const struct {
	u64 config, cd_valid;
	struct smmu_probe q;
	const char *must[5];
} cases[] = {
	{ 4, 1, { .stream = STREAM, .iova = 0x40001000 }, { "(DMA engine)", "(bypass)" } },
	{ 5,
	  1,
	  { .stream = STREAM, .iova = 0x40001000 },
	  { "2  CD at PA 0x44010000", "ASID         0x5", "3  stage 1 L1",
	    "IOVA 0x40001000 -> PA 0x40001000 (translated)" } },
	{ 6, 1, { .stream = STREAM, .iova = 0x40001000 }, { "stage 1 bypassed", "2  stage 2 L1", "VMID 7" } },
	{ 7,
	  1,
	  { .stream = STREAM, .iova = 0x40001000, .is_write = true },
	  { "stage 1 on, stage 2 on, VMID 7, ASID 5", "2  stage 2 L1", "3  CD at PA 0x44010000",
	    "IPA 0x40001000 -> PA 0x40001000" } },
	{ 7,
	  1,
	  { .stream = STREAM, .iova = 0x80000000 },
	  { "stage 1 Translation fault, level 1", "event        F_TRANSLATION", "stage 1\n",
	    "InputAddr    0x80000000" } },
	{ 5, 0, { .stream = STREAM, .iova = 0x40001000 }, { "fault        CD: V = 0", "event        C_BAD_CD" } },
	{ 0, 1, { .stream = STREAM, .iova = 0 }, { "STE.Config=0: abort", "event        none: STE.Config=0b0xx" } },
	{ 5,
	  1,
	  { .stream = STREAM, .ssid = 2, .has_ssid = true, .iova = 0 },
	  { ", substream 2", "event        C_BAD_SUBSTREAMID", "S1CDMax" } },
	{ 5, 1, { .stream = 0x1000, .iova = 0 }, { "no such stream", "event        C_BAD_STREAMID" } },
	{ 5, 1, { .stream = 3, .iova = 0 }, { "fault        STE: V = 0", "event        C_BAD_STE" } },
};

START_TEST(explanation)
{
	struct machine *m = rig(cases[_i].config, cases[_i].cd_valid);
	u64 before = hyp_state_hash(m);
	char *text = explained(m, &cases[_i].q);

	for (unsigned i = 0; i < ARRAY_SIZE(cases[_i].must) && cases[_i].must[i]; i++)
		ck_assert_msg(strstr(text, cases[_i].must[i]), "no '%s' in\n%s", cases[_i].must[i], text);
	ck_assert_ptr_null(strstr(text, "stale"));
	ck_assert_uint_eq(hyp_state_hash(m), before);
	ck_assert(!m->iommu.ste[0].cached && m->iommu.r.eventq_prod == 0);
	free(text);
	hyp_destroy(m);
}
END_TEST

static enum dma_result access(struct machine *m, u64 iova)
{
	u8 data[8] = { 0 };
	struct dma_request q = { .stream = STREAM, .address = iova, .size = 8, .data = data };

	return smmu_access(&m->iommu, &q);
}

/* What an access has left in the caches rules, and is told from what memory says. */
START_TEST(staleness)
{
	struct smmu_probe q = { .stream = STREAM, .iova = 0x40001000 };
	struct machine *m = rig(7, 1);
	char *text;

	ck_assert_int_eq(access(m, q.iova), DMA_OK);
	text = explained(m, &q);
	ck_assert_ptr_null(strstr(text, "stale"));
	free(text);

	put(m, S2_AT + 8, 0);
	text = explained(m, &q);
	ck_assert_ptr_nonnull(strstr(text, "a TLB entry answers (translated to PA 0x40001000)"));
	ck_assert_ptr_nonnull(strstr(text, "stage 2 Translation fault"));
	free(text);

	put(m, CD_AT, 0);
	put(m, S2_AT + 8, 0x40000000 | 0x7fc | 1);
	text = explained(m, &q);
	ck_assert_ptr_nonnull(strstr(text, "the CD that rules is cached; memory says"));
	ck_assert_ptr_nonnull(strstr(text, "V 0x1 -> 0x0 (not valid: C_BAD_CD)"));
	ck_assert_ptr_nonnull(strstr(text, "afterwards   CD: V = 0"));
	free(text);
	ck_assert_int_eq(access(m, q.iova), DMA_OK);
	hyp_destroy(m);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("debug_dma");
	TCase *t = tcase_create("walk");

	tcase_add_loop_test(t, explanation, 0, ARRAY_SIZE(cases));
	tcase_add_test(t, staleness);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
