/* What the trace says of PCIe functions and of the ITS, and that the binary trace keeps every word of it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "debug/event_words.h"
#include "debug/smmu_words.h"
#include "debug/trace_bin.h"
#include "debug/trace_text.h"
#include "run_suite.h"

#define AT "           0 machine         "
#define PCI(...)                                                                                                       \
	{                                                                                                              \
		.kind = EV_PCI, .core = -1, .pci = { __VA_ARGS__ }                                                     \
	}
#define COMMAND(text, ...)                                                                                             \
	{                                                                                                              \
		.kind = EV_ITS, .core = -1, .its = {.what = ITS_COMMAND, .name = text, .words = { __VA_ARGS__ } }      \
	}
#define MESSAGE(...)                                                                                                   \
	{                                                                                                              \
		.kind = EV_ITS, .core = -1, .its = {.what = ITS_MESSAGE, .name = "message", __VA_ARGS__ }              \
	}
#define V (1ull << 63)

static const struct {
	struct event e;
	const char *text;
} events[] = {
	{ PCI(.what = PCI_CONFIG, .size = 2, .is_write = true, .function = 0x10, .offset = 4, .name = "COMMAND",
	      .value = 6),
	  AT "pci 00:02.0 config write 2 COMMAND (0x004) = 0x6\n" },
	{ PCI(.what = PCI_CONFIG, .size = 4, .function = 0x1ff, .offset = 0x100, .value = 0xffffffff),
	  AT "pci 01:1f.7 config read 4 (0x100) = 0xffffffff\n" },
	{ PCI(.what = PCI_BAR, .function = 0x10, .name = "BAR0", .old = ~0ull, .value = 0x10000000, .detail = 0x4000),
	  AT "pci 00:02.0 BAR0 at 0x10000000, 0x4000 bytes\n" },
	{ PCI(.what = PCI_BAR, .function = 0x10, .name = "BAR0", .old = 0x10000000, .value = ~0ull, .detail = 0x4000),
	  AT "pci 00:02.0 BAR0 unmapped (was at 0x10000000)\n" },
	{ PCI(.what = PCI_MSI, .function = 0x10, .offset = 3, .name = "MSI-X", .value = 0x20, .detail = 0x8090040),
	  AT "pci 00:02.0 MSI-X vector 3: 0x20 to 0x8090040\n" },
	{ PCI(.what = PCI_INTX, .function = 0x10, .name = "INTA", .value = 1, .detail = 37),
	  AT "pci 00:02.0 INTA asserted (INTID 37)\n" },
	{ PCI(.what = PCI_COMPLETION, .function = 0x10, .name = "Read", .offset = 2, .old = 8, .detail = 0x100),
	  AT "pci 00:02.0 Read, queue 2, blocks 0x100 + 0x8\n" },
	{ PCI(.what = PCI_COMPLETION, .function = 0x10, .value = 1),
	  AT "pci 00:02.0 unknown command, queue 0: status 0x001\n" },
	{ PCI(.what = PCI_RESET, .function = 0x100, .name = "hot reset"), AT "pci 01:00.0 hot reset\n" },
	{ COMMAND("MAPD", 0x08 | 0x10ull << 32, 4, V | 0x41000000),
	  AT "its MAPD device 0x10 EventID bits 5 ITT 0x41000000 V=1\n" },
	{ COMMAND("MAPC", 0x09, 0, V | 3 << 16 | 1), AT "its MAPC collection 1 RDbase 3 V=1\n" },
	{ COMMAND("MAPTI", 0x0a | 0x10ull << 32, 2 | 8200ull << 32, 1),
	  AT "its MAPTI device 0x10 event 2 pINTID 8200 collection 1\n" },
	{ COMMAND("MOVALL", 0x0e, 0, 1 << 16, 2 << 16), AT "its MOVALL from RDbase 1 to RDbase 2\n" },
	{ COMMAND("VMAPP", 0x29, 5ull << 32, V | 2 << 16, 0x42000000 | 15),
	  AT "its VMAPP vPE 5 RDbase 2 VPT 0x42000000 INTID bits 16 V=1\n" },
	{ COMMAND("VMAPTI", 0x2a | 0x10ull << 32, 1 | 5ull << 32, 8192 | 1023ull << 32),
	  AT "its VMAPTI device 0x10 event 1 vPE 5 vINTID 8192 doorbell 1023\n" },
	{ COMMAND("?", 0xff, 1, 2, 3),
	  AT "its ? 00000000000000ff 0000000000000001 0000000000000002 0000000000000003\n" },
	{ { .kind = EV_ITS,
	    .core = -1,
	    .its = { .what = ITS_STALL, .name = "stalled", .error = "no such command", .words = { 0x40 } } },
	  AT "its stalled at GITS_CREADR 0x40: no such command\n" },
	{ MESSAGE(.device = 0x10, .event = 2, .intid = 8200, .collection = 1, .core = 3, .vpe = -1),
	  AT "its message device 0x10 event 2 -> LPI 8200, collection 1, core 3\n" },
	{ MESSAGE(.device = 0x10, .event = 2, .intid = 8192, .collection = -1, .core = 3, .vpe = 5),
	  AT "its message device 0x10 event 2 -> vLPI 8192, vPE 5, core 3\n" },
	{ MESSAGE(.device = 0x10, .event = 9, .collection = -1, .core = -1, .vpe = -1, .error = "not mapped"),
	  AT "its message device 0x10 event 9: not mapped\n" },
};

static const struct {
	u64 words[2];
	const char *text;
} commands[] = {
	{ { 0x0000010000000003, 1 }, " stream 0x100 leaf=1" },
	{ { 0x04, 31 }, " all streams" },
	{ { 0x0000012300000004, 4 }, " 2^5 streams from 0x120" },
	{ { 0x0000000800005805, 0 }, " stream 0x8 substream 5 leaf=0" },
	{ { 0x0005000700000012, 0x12345001 }, " VMID 7 ASID 5 address 0x12345000 leaf=1" },
	{ { 0x0000000700103012, 0x40000400 }, " VMID 7 ASID 0 address 0x40000000, 8 granules of 2^12 bytes leaf=0" },
	{ { 0x0000000700000028, 0 }, " VMID 7" },
	{ { 0x0000000800001044, 3 }, " stream 0x8 STAG 3, retry" },
	{ { 0x0000000800002044, 3 }, " stream 0x8 STAG 3, abort" },
	{ { 0x46, 0 }, " no signal" },
	{ { 0x0000002a00001046, 0x8090040 }, " signal by interrupt, message 0x2a to 0x8090040" },
	{ { 0xff, 0 }, "" },
};

START_TEST(smmu_command)
{
	size_t size;
	char *text, want[256];
	FILE *f = open_memstream(&text, &size);

	smmu_command_words(f, commands[_i].words);
	fclose(f);
	snprintf(want, sizeof(want), "%s (%016llx %016llx)", commands[_i].text,
		 (unsigned long long)commands[_i].words[0], (unsigned long long)commands[_i].words[1]);
	ck_assert_str_eq(text, want);
	free(text);
}
END_TEST

START_TEST(event_text)
{
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	event_words(f, &events[_i].e, NULL);
	fclose(f);
	ck_assert_str_eq(text, events[_i].text);
	free(text);
}
END_TEST

/* Each event twice, so that it is also coded as one that is as before. */
static void record(FILE *out)
{
	struct tracer tracer = { .cycles_per_tick = 16 };
	struct bin_writer *w = bin_writer_start(&tracer, out, 1u << EV_PCI | 1u << EV_ITS);

	ck_assert_ptr_nonnull(w);
	for (unsigned i = 0; i < 2 * ARRAY_SIZE(events); i++) {
		struct event e = events[i / 2].e;

		trace_emit(&tracer, &e);
	}
	ck_assert(bin_writer_end(w, &tracer));
}

START_TEST(round_trip)
{
	struct tracer tracer = { .cycles_per_tick = 16 };
	struct trace_text t;
	struct bin_reader *r;
	struct error e = { 0 };
	FILE *file = tmpfile(), *out;
	char *text, *at;
	size_t size;

	record(file);
	rewind(file);
	out = open_memstream(&text, &size);
	r = bin_reader_open(file, "file", &e);
	ck_assert_ptr_nonnull(r);
	trace_text_start(&t, &tracer, out, bin_reader_mask(r));
	ck_assert_msg(bin_reader_run(r, &tracer, &e), "%s", e.text);
	trace_text_end(&t, &tracer);
	bin_reader_close(r);
	fclose(file);
	fclose(out);
	at = text;
	for (unsigned i = 0; i < 2 * ARRAY_SIZE(events); i++) {
		size_t n = strlen(events[i / 2].text);

		ck_assert_msg(!strncmp(at, events[i / 2].text, n), "%u: %.*s", i / 2, (int)n, at);
		at += n;
	}
	ck_assert_str_eq(at, "");
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("debug_devices");
	TCase *t = tcase_create("trace");

	tcase_add_loop_test(t, event_text, 0, ARRAY_SIZE(events));
	tcase_add_loop_test(t, smmu_command, 0, ARRAY_SIZE(commands));
	tcase_add_test(t, round_trip);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
