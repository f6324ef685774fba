/* The summary of a run: nothing is counted twice or lost, and what is told is what happened. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"
#include "debug/exit_reason.h"
#include "debug/summary.h"
#include "debug/summary_data.h"
#include "run_suite.h"

static struct summary *run(struct machine **m, const char *image, unsigned smp, struct hyp_status *status)
{
	struct hyp_config config = { .image = image, .smp = smp };
	struct summary *s;
	struct error e;

	*m = hyp_create(&config, &e);
	ck_assert_msg(*m != NULL, "%s", e.text);
	s = summary_start(*m);
	ck_assert_ptr_nonnull(s);
	*status = hyp_run(*m, 0);
	summary_end(s, status->cycles);
	return s;
}

/* Every instruction and every busy cycle is in one row. */
START_TEST(complete)
{
	struct hyp_status status;
	struct machine *m;
	struct summary *s = run(&m, "demo", _i ? 2 : 1, &status);
	u64 insns = 0, cycles16 = 0, work = 0;

	for (unsigned i = 0; i < 8; i++) {
		insns += s->el[i / 2][i % 2].insns;
		cycles16 += s->el[i / 2][i % 2].cycles16;
	}
	for (unsigned i = 0; i < s->guests * 2; i++) {
		insns += s->guest[i / 2].el[i % 2].insns;
		cycles16 += s->guest[i / 2].el[i % 2].cycles16;
	}
	for (unsigned i = 0; i < hyp_core_count(m); i++)
		work += hyp_core_work(m, i).cycles16;
	ck_assert_uint_eq(insns, status.insns);
	ck_assert_uint_eq(cycles16, work);
	ck_assert_uint_eq(s->guests, 2);
	for (unsigned i = 0; i < s->guests; i++) {
		u64 exits = 0;

		for (unsigned k = 0; k < s->guest[i].reasons.count; k++)
			exits += s->guest[i].reasons.of[k].count;
		ck_assert_uint_eq(s->guest[i].vttbr >> 48, i + 1);
		ck_assert_uint_eq(s->guest[i].exits, exits);
		ck_assert_uint_eq(s->guest[i].entries, exits);
		ck_assert_uint_gt(s->guest[i].el[1].insns, 1000);
	}
	summary_free(s);
	hyp_destroy(m);
}
END_TEST

static char *told(const struct summary *s, void (*tell)(FILE *, const struct summary *))
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(f);
	tell(f, s);
	fclose(f);
	return text;
}

START_TEST(words)
{
	static const char *const texts[] = { "no guest                 EL2 ",
					     "VMID 1 at 0x50000000     EL1 ",
					     "VMID 1, stage-2 table 0x50000000: 2 entries, 2 exits; times",
					     "  HVC #42\n",
					     "  SMC #0\n",
					     "1 world switches (VTTBR_EL2)" };
	static const char *const json[] = {
		"{\"time\":[{\"el\":2,\"secure\":false,\"cycles\":",
		"{\"vmid\":1,\"table\":\"0x50000000\",\"entries\":2,\"exits\":2,\"reasons\":[{",
		"{\"reason\":\"HVC #42\",\"count\":1,\"cycles\":", "\"complete\":true}"
	};
	struct hyp_status status;
	struct machine *m;
	struct summary *s = run(&m, "hello", 1, &status);
	char *text = told(s, summary_text);

	for (unsigned i = 0; i < ARRAY_SIZE(texts); i++)
		ck_assert_msg(strstr(text, texts[i]) != NULL, "no '%s' in\n%s", texts[i], text);
	free(text);
	text = told(s, summary_json);
	for (unsigned i = 0; i < ARRAY_SIZE(json); i++)
		ck_assert_msg(strstr(text, json[i]) != NULL, "no '%s' in\n%s", json[i], text);
	free(text);
	summary_free(s);
	hyp_destroy(m);
}
END_TEST

static const struct {
	u8 kind;
	u64 esr, same; /* another syndrome of the same reason */
	const char *text;
} reasons[] = {
	{ EXC_IRQ, 0, 0x5a000001, "IRQ" },
	{ EXC_SERROR, 0xbe000011, 0, "SError" },
	{ EXC_SYNC, 0x5a000001, 0x5a000001, "HVC #1" },
	{ EXC_SYNC, 0x07e00000, 0x07e00000, "Trapped WFI" },
	{ EXC_SYNC, 0x07e00001, 0x06000001, "Trapped WFE" },
	{ EXC_SYNC, 0x623a3116, 0x623a3036, "msr ICC_SGI1R_EL1" },
	{ EXC_SYNC, 0x93820047, 0x92000044, "Data Abort: Translation fault on a write" },
	{ EXC_SYNC, 0x93820007, 0x92000005, "Data Abort: Translation fault on a read" },
	{ EXC_SYNC, 0x9200000f, 0x9200000e, "Data Abort: Permission fault on a read" },
	{ EXC_SYNC, 0x82000086, 0x82000087,
	  "Instruction Abort: Translation fault, by stage 2 on a stage-1 table walk" },
	{ EXC_SYNC, 0x92000021, 0x92000021, "Data Abort: Alignment fault on a read" },
	{ EXC_SYNC, 0x1fe00000, 0x1e000000, "Trapped SVE, Advanced SIMD or floating-point access" },
};

START_TEST(reason)
{
	u64 key = exit_reason(reasons[_i].kind, reasons[_i].esr);
	char text[128] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");

	ck_assert_uint_eq(key, exit_reason(reasons[_i].kind, reasons[_i].same));
	exit_reason_words(f, key);
	fclose(f);
	ck_assert_str_eq(text, reasons[_i].text);
}
END_TEST

/* What the device of a ROM did: every page once, with what was done to it; refused accesses reach nothing. */
START_TEST(devices)
{
	static const struct dma_page pages[] = {
		{ 0x40003, 0x48003, DMA_READ },
		{ 0x40004, 0x48004, DMA_WRITTEN },
		{ 0x48003, 0x48003, DMA_READ },
		{ 0x50000, 0x50000, DMA_WRITTEN },
	};
	struct hyp_status status;
	struct machine *m;
	struct summary *s = run(&m, "dma-attack", 1, &status);
	const struct dma_stream *d = s->dma.stream;
	size_t size;
	char *text;
	FILE *f;

	ck_assert_uint_eq(s->dma.streams, 1);
	ck_assert_uint_eq(d->stream, 0x100);
	ck_assert_str_eq(d->name, "DMA engine");
	ck_assert_uint_eq(d->writes, 3);
	ck_assert_uint_eq(d->written_bytes, 24);
	ck_assert_uint_eq(d->reads, 5);
	ck_assert_uint_eq(d->events, 3);
	ck_assert_uint_eq(d->pages, ARRAY_SIZE(pages));
	for (unsigned i = 0; i < ARRAY_SIZE(pages); i++) {
		ck_assert_uint_eq(d->page[i].iova, pages[i].iova);
		ck_assert_uint_eq(d->page[i].pa, pages[i].pa);
		ck_assert_uint_eq(d->page[i].access, pages[i].access);
	}
	f = open_memstream(&text, &size);
	dma_summary_text(f, &s->dma);
	fclose(f);
	ck_assert_ptr_nonnull(strstr(text, "    IOVA 0x40004000 -> PA 0x48004000, 1 page, written\n"));
	free(text);
	summary_free(s);
	hyp_destroy(m);
}
END_TEST

/* Neighbours at both ends that were reached alike are one range; many pages are all kept. */
START_TEST(ranges)
{
	struct ev_smmu e = { .what = SMMU_TRANSLATE, .stream = 8, .size = 4096, .is_write = true };
	struct hyp_config config = { .image = "hello" };
	struct dma_summary d = { 0 };
	struct machine *m;
	struct error why;
	size_t size;
	char *text;
	FILE *f;

	for (u64 i = 1000; i--;) {
		e.iova = i << 12;
		e.pa = (i + 0x80000) << 12;
		dma_summary_event(&d, &e);
	}
	e.is_write = false;
	e.iova = 500 << 12;
	e.pa = (500ull + 0x80000) << 12;
	dma_summary_event(&d, &e);
	m = hyp_create(&config, &why);
	dma_summary_end(&d, m);
	f = open_memstream(&text, &size);
	dma_summary_json(f, &d);
	fclose(f);
	ck_assert_uint_eq(d.stream->pages, 1000);
	ck_assert_ptr_nonnull(
		strstr(text, "{\"iova\":\"0x0\",\"pa\":\"0x80000000\",\"pages\":500,\"access\":\"written\"}"));
	ck_assert_ptr_nonnull(strstr(text, "\"pages\":1,\"access\":\"read and written\"}"));
	ck_assert_ptr_nonnull(strstr(text, "\"pages\":499,\"access\":\"written\"}"));
	free(text);
	dma_summary_free(&d);
	hyp_destroy(m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("debug_summary");
	TCase *t = tcase_create("summary");

	tcase_add_loop_test(t, complete, 0, 2);
	tcase_add_test(t, words);
	tcase_add_loop_test(t, reason, 0, ARRAY_SIZE(reasons));
	tcase_add_test(t, devices);
	tcase_add_test(t, ranges);
	suite_add_tcase(s, t);
	return run_suite(s);
}
