/* PCIe's services: translation requests, translated accesses, invalidation of what devices keep, page requests; and the
 * DMA engine that uses them. */
#include "dev/dma.h"
#include "smmu_rig.h"

#define BIT(n) (1ull << (n))
enum { FULL = 1, SPLIT = 2 };

static struct client {
	unsigned invalidations, responses;
	struct dma_invalidation what;
	bool silent; /* its completions do not come */
	u16 group;
	enum dma_page_response code;
} client;

static bool on_invalidate(void *ctx, const struct dma_invalidation *what)
{
	client.invalidations++;
	client.what = *what;
	return !client.silent;
}

static void on_page_response(void *ctx, u16 group, enum dma_page_response code)
{
	client.responses++;
	client.group = group;
	client.code = code;
}

static void attach(void)
{
	memset(&client, 0, sizeof(client));
	smmu_attach(&rig->smmu, SID,
		    &(struct dma_client){ .invalidate = on_invalidate, .page_response = on_page_response });
}

/* Stage 1, 2 or both with ATS; ATSCHK as asked for. 0x5000 read-write, 0x6000 read-only, 0x7000 to be made dirty,
 * 0x8000 for privileged accesses, 0x9000 never executable; 0xa000 to 0xd000 are stage 2's. */
static void prepare(unsigned config, unsigned eats, bool check)
{
	reg(0x20, 4, ALL_ON | (u32)check << 4);
	use_stage2(0);
	if (config & 1)
		use_stage1(config, 3ull << 42);
	else
		ste(SID)[0] = config << 1 | 1;
	ste(SID)[1] = (u64)eats << 28;
	map_ram_at_stage2(AF | S2_RW | S2_WB);
	map(S1_L1, 0x5000, config == 7 ? 0xa000 : BUFFER, AF | S1_RW);
	map(S1_L1, 0x6000, config == 7 ? 0xb000 : BUFFER, AF | S1_RO);
	map(S1_L1, 0x7000, config == 7 ? 0xa000 : BUFFER, S1_RO | BIT(51));
	map(S1_L1, 0x8000, config == 7 ? 0xa000 : BUFFER, AF);
	map(S1_L1, 0x9000, config == 7 ? 0xa000 : BUFFER, AF | S1_RW | BIT(54) | BIT(53));
	map(S2_L1, 0xa000, BUFFER, AF | S2_RW | S2_WB);
	map(S2_L1, 0xb000, BUFFER + 0x1000, AF | S2_RO | S2_WB);
	map(S2_L1, 0x5000, BUFFER, AF | S2_RW | S2_WB);
}

/* ---- translation requests ---- */

static const struct refused_request {
	const char *name;
	unsigned config, eats;
	bool check;
	struct dma_translation_request q;
	enum dma_ats_status status;
	u8 record; /* its type; 0: none */
} refused_requests[] = {
	{ "bypass", 4, FULL, false, { .address = 0x5000 }, DMA_ATS_UNSUPPORTED, F_BAD_ATS_TREQ },
	{ "abort", 0, FULL, false, { .address = 0x5000 }, DMA_ATS_UNSUPPORTED, 0 },
	{ "EATS = 0", 5, 0, true, { .address = 0x5000 }, DMA_ATS_UNSUPPORTED, F_BAD_ATS_TREQ },
	{ "EATS = 0b11", 5, 3, true, { .address = 0x5000 }, DMA_ATS_UNSUPPORTED, F_BAD_ATS_TREQ },
	{ "split without ATSCHK", 7, SPLIT, false, { .address = 0x5000 }, DMA_ATS_UNSUPPORTED, F_BAD_ATS_TREQ },
	{ "bad STE", 5, SPLIT, true, { .address = 0x5000 }, DMA_ATS_ABORT, 0 },
	{ "unknown stream", 5, FULL, true, { .stream = 999 }, DMA_ATS_ABORT, 0 },
	{ "substream where there is none", 5, FULL, true, { .has_ssid = true }, DMA_ATS_ABORT, 0 },
};

/* With ATSCHK. */
static const struct request {
	const char *name;
	unsigned config, eats;
	struct dma_translation_request q;
	struct dma_translation answer;
} requests[] = {
	{ "not mapped", 5, FULL, { .address = 0xf000 }, { .log2 = 12 } },
	{ "read-write",
	  5,
	  FULL,
	  { .address = 0x5234 },
	  { .address = BUFFER, .log2 = 12, .read = true, .write = true } },
	{ "read-only", 5, FULL, { .address = 0x6000 }, { .address = BUFFER, .log2 = 12, .read = true } },
	{ "clean, not to be written",
	  5,
	  FULL,
	  { .address = 0x7000, .no_write = true },
	  { .address = BUFFER, .log2 = 12, .read = true } },
	{ "clean, to be written",
	  5,
	  FULL,
	  { .address = 0x7000 },
	  { .address = BUFFER, .log2 = 12, .read = true, .write = true } },
	{ "privileged page", 5, FULL, { .address = 0x8000 }, { .address = BUFFER, .log2 = 12 } },
	{ "privilege without a PASID",
	  5,
	  FULL,
	  { .address = 0x8000, .privileged = true },
	  { .address = BUFFER, .log2 = 12 } },
	{ "stage 2", 6, FULL, { .address = 0x5000 }, { .address = BUFFER, .log2 = 12, .read = true, .write = true } },
	{ "both", 7, FULL, { .address = 0x5000 }, { .address = BUFFER, .log2 = 12, .read = true, .write = true } },
	{ "both, rights of both",
	  7,
	  FULL,
	  { .address = 0x6000 },
	  { .address = BUFFER + 0x1000, .log2 = 12, .read = true } },
	{ "split: an IPA",
	  7,
	  SPLIT,
	  { .address = 0x5000 },
	  { .address = 0xa000, .log2 = 12, .read = true, .write = true } },
};

static enum dma_ats_status translate(struct dma_translation_request q, struct dma_translation *t)
{
	q.stream = q.stream ? q.stream : SID;
	return smmu_translate(&rig->smmu, &q, t);
}

START_TEST(request_is_refused)
{
	const struct refused_request *c = &refused_requests[_i];
	struct dma_translation t = { 0 };
	const u64 *e;

	prepare(c->config, c->eats, c->check);
	ck_assert_msg(translate(c->q, &t) == c->status, "%s: status", c->name);
	e = event();
	ck_assert_msg(c->record ? e && (e[0] & 0xff) == c->record : !e, "%s: record", c->name);
	if (c->record)
		ck_assert_uint_eq(e[2], c->q.address);
}
END_TEST

START_TEST(request_is_answered)
{
	const struct request *c = &requests[_i];
	struct dma_translation t = { 0 };

	prepare(c->config, c->eats, true);
	ck_assert_msg(translate(c->q, &t) == DMA_ATS_SUCCESS, "%s: status", c->name);
	ck_assert_msg(t.log2 == c->answer.log2 && t.read == c->answer.read && t.write == c->answer.write &&
			      !t.execute && (!t.read || t.address == c->answer.address),
		      "%s: %llx %d %d", c->name, (unsigned long long)t.address, t.read, t.write);
	ck_assert_msg(!event(), "%s: record", c->name);
}
END_TEST

/* With a PASID a request can be privileged, and for execution. */
START_TEST(request_with_pasid)
{
	struct dma_translation_request q = { .stream = SID, .has_ssid = true, .ssid = 1, .execute = true };
	struct dma_translation t;

	prepare(5, FULL, true);
	ste(SID)[0] |= 1ull << 59;
	memcpy(word(CD_AT + 64), word(CD_AT), 64);
	q.address = 0x9000;
	ck_assert_int_eq(smmu_translate(&rig->smmu, &q, &t), DMA_ATS_SUCCESS);
	ck_assert(t.read && t.write && !t.execute && !t.privileged);
	q.address = 0x5000;
	smmu_translate(&rig->smmu, &q, &t);
	ck_assert(t.read && t.write && t.execute);
	q.address = 0x8000;
	q.privileged = true;
	smmu_translate(&rig->smmu, &q, &t);
	ck_assert(t.read && t.write && t.execute && t.privileged);
	ste(SID)[1] |= 2ull << 48; /* PRIVCFG: unprivileged */
	forget_stream();
	smmu_translate(&rig->smmu, &q, &t);
	ck_assert(!t.read && !t.write && t.privileged);
}
END_TEST

/* Stage 2 can let a page be written that it does not let be read. */
START_TEST(request_of_write_only)
{
	struct dma_translation_request q = { .stream = SID, .address = 0x6000 };
	struct dma_translation t;

	prepare(6, FULL, true);
	map(S2_L1, 0x6000, BUFFER, AF | 2 << 6 | S2_WB);
	ck_assert_int_eq(smmu_translate(&rig->smmu, &q, &t), DMA_ATS_SUCCESS);
	ck_assert(!t.read && t.write && t.address == BUFFER);
	q.no_write = true;
	ck_assert_int_eq(smmu_translate(&rig->smmu, &q, &t), DMA_ATS_SUCCESS);
	ck_assert(!t.read && !t.write);
}
END_TEST

START_TEST(default_substream)
{
	struct dma_translation_request q = { .stream = SID, .address = 0x123456 };
	struct dma_translation t;

	prepare(5, FULL, true);
	ste(SID)[0] |= 1ull << 59;
	ck_assert_int_eq(smmu_translate(&rig->smmu, &q, &t), DMA_ATS_ABORT); /* S1DSS: terminate */
	ste(SID)[1] |= 1;						     /* bypass */
	forget_stream();
	ck_assert_int_eq(smmu_translate(&rig->smmu, &q, &t), DMA_ATS_SUCCESS);
	ck_assert(t.read && t.write && t.address == 0x123000);
	ck_assert_ptr_null(event());
}
END_TEST

START_TEST(off)
{
	struct dma_translation_request q = { .stream = SID, .address = 0x5000 };
	struct dma_translation t;
	u64 v;

	prepare(5, FULL, true);
	reg(0x20, 4, ALL_ON & ~1u);
	ck_assert_int_eq(smmu_translate(&rig->smmu, &q, &t), DMA_ATS_UNSUPPORTED);
	ck_assert_uint_eq(event()[0] & 0xff, F_BAD_ATS_TREQ);
	ck_assert_int_eq(dma_as((struct dma_request){ .address = BUFFER, .translated = true }, &v), DMA_ABORT);
	ck_assert_uint_eq(event()[0] & 0xff, F_TRANSL_FORBIDDEN);
}
END_TEST

/* ---- translated accesses ---- */

static const struct translated {
	const char *name;
	unsigned config, eats;
	bool check;
	u64 address;
	enum dma_result want;
	u8 record;
} translateds[] = {
	{ "not checked", 4, 0, false, BUFFER, DMA_OK, 0 },
	{ "not checked, beyond the addresses", 4, 0, false, BIT(48), DMA_ABORT, 0 },
	{ "full", 5, FULL, true, BUFFER, DMA_OK, 0 },
	{ "full, both stages", 7, FULL, true, BUFFER, DMA_OK, 0 },
	{ "EATS = 0", 5, 0, true, BUFFER, DMA_ABORT, F_TRANSL_FORBIDDEN },
	{ "bypass", 4, FULL, true, BUFFER, DMA_ABORT, F_TRANSL_FORBIDDEN },
	{ "abort", 0, FULL, true, BUFFER, DMA_ABORT, 0 },
	{ "bad STE", 5, SPLIT, true, BUFFER, DMA_ABORT, 0 },
	{ "split", 7, SPLIT, true, 0xa000, DMA_OK, 0 },
	{ "split, read-only", 7, SPLIT, true, 0xb000, DMA_ABORT, F_PERMISSION },
	{ "split, not mapped", 7, SPLIT, true, 0xf000, DMA_ABORT, F_TRANSLATION },
};

START_TEST(translated_access)
{
	const struct translated *c = &translateds[_i];
	u64 v = 99;
	const u64 *e;

	prepare(c->config, c->eats, c->check);
	ck_assert_msg(dma_as((struct dma_request){ .address = c->address, .translated = true, .is_write = true }, &v) ==
			      c->want,
		      "%s", c->name);
	e = event();
	ck_assert_msg(c->record ? e && (e[0] & 0xff) == c->record : !e, "%s: record", c->name);
	ck_assert_uint_eq(*word(BUFFER), c->want == DMA_OK ? 99 : 0);
}
END_TEST

/* ---- invalidation ---- */

START_TEST(atc_invalidation)
{
	attach();
	command(0x40 | (u64)SID << 32, 0x12345000 | 3);
	ck_assert_uint_eq(client.what.address, 0x12340000);
	ck_assert_uint_eq(client.what.last, 0x12347fff);
	ck_assert(!client.what.has_ssid && !client.what.global);
	command(0x40 | (u64)SID << 32 | 1 << 9 | 1 << 11 | 0x77 << 12, 52);
	ck_assert(client.what.has_ssid && client.what.global && client.what.ssid == 0x77);
	ck_assert_uint_eq(client.what.last, ~0ull);
	command(0x40 | (u64)(SID + 1) << 32, 52);
	ck_assert_uint_eq(client.invalidations, 2);
	reg(0x20, 4, ALL_ON & ~1u);
	command(0x40 | (u64)SID << 32, 52); /* ignored while off */
	ck_assert_uint_eq(client.invalidations, 2);
	ck_assert_uint_eq(get(0x60, 4), 0);
}
END_TEST

/* A completion that never comes is SYNC's error. */
START_TEST(atc_timeout)
{
	attach();
	client.silent = true;
	command(0x40 | (u64)SID << 32, 52);
	ck_assert_uint_eq(get(0x60, 4), 0);
	command(0x46 | 1 << 12, 0);
	ck_assert_uint_eq(get(0x60, 4), 1);
	ck_assert_uint_eq(get(0x9c, 4), 3 << 24 | 1);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 0);
	reg(0x64, 4, 1);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 1);
	ck_assert_uint_eq(get(0x9c, 4), 2);
}
END_TEST

/* ---- page requests ---- */

static void ask(u64 address, u16 group, bool last)
{
	smmu_request_page(
		&rig->smmu,
		&(struct dma_page_request){
			.stream = SID, .address = address, .group = group, .read = true, .write = true, .last = last });
}

static u32 pri_prod(void)
{
	return (u32)get(0x100c8, 4);
}

START_TEST(page_request)
{
	attach();
	ask(0x5123, 0x155, false);
	ck_assert_uint_eq(pri_prod(), 1);
	ck_assert(rig->level[SMMU_LINE_PRI]);
	ck_assert_uint_eq(word(PRIQ)[0], SID | 3ull << 60);
	ck_assert_uint_eq(word(PRIQ)[1], 0x5155);
	smmu_request_page(&rig->smmu, &(struct dma_page_request){ .stream = 0x10000 - 1,
								  .ssid = 0xfedcb,
								  .has_ssid = true,
								  .privileged = true,
								  .execute = true,
								  .read = true,
								  .last = true,
								  .address = ~0ull,
								  .group = 1 });
	ck_assert_uint_eq(word(PRIQ)[2], 0xffff | 0xfedcbull << 32 | BIT(58) | BIT(59) | BIT(60) | BIT(62) | BIT(63));
	ck_assert_uint_eq(word(PRIQ)[3], ~0xfffull | 1);
	reg(0x100cc, 4, 2);
	ck_assert(!rig->level[SMMU_LINE_PRI]);
	command(0x41 | (u64)SID << 32, 0x155 | 2 << 12);
	ck_assert(client.group == 0x155 && client.code == DMA_PAGE_SUCCESS);
	command(0x41 | (u64)SID << 32, 0x155 | 1 << 12);
	ck_assert_int_eq(client.code, DMA_PAGE_INVALID);
	command(0x41 | (u64)SID << 32, 0x155);
	ck_assert_int_eq(client.code, DMA_PAGE_FAILURE);
	ck_assert_uint_eq(client.responses, 3);
}
END_TEST

START_TEST(page_queue_overflows)
{
	attach();
	for (unsigned i = 0; i < 1u << QLOG2; i++)
		ask(0x5000, 1, true);
	ck_assert_uint_eq(client.responses, 0);
	ask(0x5000, 2, false);
	ck_assert_uint_eq(pri_prod(), 1u << 31 | 1 << QLOG2);
	ck_assert_uint_eq(client.responses, 0);
	ask(0x5000, 2, true);
	ck_assert(client.responses == 1 && client.group == 2 && client.code == DMA_PAGE_SUCCESS);
	reg(0x100cc, 4, 4); /* room, but the overflow is not acknowledged */
	ask(0x5000, 3, true);
	ck_assert_uint_eq(client.responses, 2);
	ck_assert_uint_eq(pri_prod(), 1u << 31 | 1 << QLOG2);
	reg(0x100cc, 4, 1u << 31 | 4);
	ask(0x5000, 4, true);
	ck_assert_uint_eq(client.responses, 2);
	ck_assert_uint_eq(pri_prod(), 1u << 31 | ((1 << QLOG2) + 1));
}
END_TEST

/* The PASID on an automatic answer is STE.PPAR's affair: without an STE there is no success. */
START_TEST(automatic_answer_needs_the_ste)
{
	struct dma_page_request q = {
		.stream = SID, .ssid = 1, .has_ssid = true, .read = true, .last = true, .address = 0x5000
	};

	attach();
	if (_i)
		prepare(5, FULL, true);
	for (unsigned i = 0; i <= 1u << QLOG2; i++)
		smmu_request_page(&rig->smmu, &q);
	ck_assert_uint_eq(client.responses, 1);
	ck_assert_int_eq(client.code, _i ? DMA_PAGE_SUCCESS : DMA_PAGE_FAILURE);
	ck_assert_ptr_null(event());
	q.read = false; /* a Stop Marker: never answered */
	smmu_request_page(&rig->smmu, &q);
	ck_assert_uint_eq(client.responses, 1);
}
END_TEST

START_TEST(page_requests_refused)
{
	attach();
	switch (_i) {
	case 0: reg(0x20, 4, ALL_ON & ~2u); break;
	case 1: reg(0x20, 4, ALL_ON & ~1u); break;
	case 2:
		reg(0x20, 4, 0);
		reg(0xc0, 8, 0x1000000 | QLOG2);
		reg(0x20, 4, ALL_ON);
		break;
	}
	ask(0x5000, 7, true);
	ck_assert(client.responses == 1 && client.code == DMA_PAGE_FAILURE && client.group == 7);
	ck_assert_uint_eq(get(0x60, 4), _i == 2 ? 1 << 3 : 0); /* PRIQ_ABT_ERR */
	ask(0x5000, 8, true);
	ck_assert_uint_eq(client.responses, 2);
	ck_assert_uint_eq(pri_prod(), 0);
}
END_TEST

/* LO: the interrupt is for the last of a group, also for one that is lost. */
START_TEST(interrupt_of_the_last)
{
	attach();
	reg(0x50, 4, 0);
	reg(0xd0, 8, MSI_AT);
	reg(0xd8, 4, 5);
	reg(0xdc, 4, 1u << 31);
	reg(0x50, 4, 7);
	ask(0x5000, 1, false);
	ck_assert_uint_eq(*word(MSI_AT), 0);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_PRI], 0);
	ask(0x5000, 1, true);
	ck_assert_uint_eq(*word(MSI_AT), 5);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_PRI], 1);
	for (unsigned i = 2; i < 1u << QLOG2; i++)
		ask(0x5000, 1, false);
	*word(MSI_AT) = 0;
	ask(0x5000, 1, true);
	ck_assert_uint_eq(*word(MSI_AT), 5);
}
END_TEST

/* ---- the engine ---- */

static struct dma_engine engine;

static void engine_reg(u32 at, unsigned size, u64 value)
{
	struct bus_access a = { .offset = at, .size = (u8)size };

	ck_assert_int_eq(dma_bus_ops.write(&engine, &a, value), BUS_OK);
}

/* Copies 16 bytes from 0x5000 to 0x6000; CTRL besides the start. */
static void start_engine(u32 ctrl)
{
	struct dma_client c = dma_client(&engine);

	engine = (struct dma_engine){ .port = { &rig->smmu, smmu_access },
				      .ats = { &rig->smmu, smmu_translate, smmu_request_page } };
	smmu_attach(&rig->smmu, DMA_STREAM, &c);
	reg(0x20, 4, 0);
	reg(0x88, 4, 9);
	reg(0x20, 4, ALL_ON | 16);
	memcpy(ste(DMA_STREAM), ste(SID), 64);
	map(S1_L1, 0x6000, BUFFER + 0x1000, AF | S1_RW);
	*word(BUFFER) = 0x77;
	engine_reg(0x10, 8, 0x5000);
	engine_reg(0x18, 8, 0x6000);
	engine_reg(0x20, 4, 16);
	engine_reg(0x04, 4, ctrl | 1);
}

static u64 stream(void)
{
	return (u64)DMA_STREAM << 32;
}

START_TEST(engine_keeps_translations)
{
	prepare(5, FULL, true);
	start_engine(4);
	ck_assert_uint_eq(engine.status, 2);
	ck_assert_uint_eq(*word(BUFFER + 0x1000), 0x77);
	map(S1_L1, 0x5000, BUFFER + 0x2000, AF | S1_RW);
	*word(BUFFER + 0x2000) = 0x78;
	command(0x30, 0);
	engine_reg(0x04, 4, 5);
	ck_assert_uint_eq(*word(BUFFER + 0x1000), 0x77); /* what it keeps is stale */
	command(0x40 | stream(), 0x5000);
	engine_reg(0x04, 4, 5);
	ck_assert_uint_eq(*word(BUFFER + 0x1000), 0x78);
	map(S1_L1, 0x5000, BUFFER, 0);
	command(0x30, 0);
	command(0x40 | stream(), 52);
	engine_reg(0x04, 4, 5);
	ck_assert_uint_eq(engine.status, 4 | 3 << 8);
	ck_assert_uint_eq(engine.fault_addr, 0x5000);
}
END_TEST

START_TEST(engine_asks_for_pages)
{
	prepare(5, FULL, true);
	word(CD_AT)[0] &= ~(3ull << 42);
	map(S1_L1, 0x5000, BUFFER, S1_RW); /* no Access flag */
	start_engine(4 | 8);
	ck_assert_uint_eq(engine.status, 1);
	ck_assert_uint_eq(word(PRIQ)[0], DMA_STREAM | BIT(60) | BIT(62));
	ck_assert_uint_eq(word(PRIQ)[1], 0x5000);
	if (_i == 0) {
		map(S1_L1, 0x5000, BUFFER, AF | S1_RW);
		command(0x41 | stream(), 2 << 12);
		ck_assert_uint_eq(engine.status, 2);
		ck_assert_uint_eq(*word(BUFFER + 0x1000), 0x77);
	} else { /* refused; or granted, and still not there */
		command(0x41 | stream(), _i == 1 ? 1 << 12 : 2 << 12);
		ck_assert_uint_eq(engine.status, 4 | 4 << 8);
		ck_assert_uint_eq(engine.fault_addr, 0x5000);
	}
}
END_TEST

START_TEST(engine_has_a_pasid)
{
	prepare(5, FULL, true);
	ste(SID)[0] |= 1ull << 59;
	memcpy(word(CD_AT + 64), word(CD_AT), 64);
	engine_reg(0x34, 4, 0);
	start_engine(4);
	ck_assert_uint_eq(engine.status, 4 | 3 << 8); /* without: S1DSS terminates */
	engine_reg(0x08, 4, 6);
	engine_reg(0x34, 4, 1u << 31 | 1);
	engine_reg(0x04, 4, 5);
	ck_assert_uint_eq(engine.status, 2);
	engine_reg(0x04, 4, 1);
	ck_assert_uint_eq(engine.status, 2);
}
END_TEST

/* RESUME with neither retry nor abort: the chunk reads as zero, or is not written. */
START_TEST(engine_is_told_zeroes)
{
	u64 stag;

	prepare(5, 0, true);
	word(CD_AT)[0] = (word(CD_AT)[0] & ~(3ull << 42)) | BIT(44);
	map(S1_L1, 0x5000, BUFFER, _i ? AF | S1_RW : 0);
	*word(BUFFER + 0x1000) = 0x55;
	start_engine(0);
	if (_i) {
		map(S1_L1, 0x6000, BUFFER + 0x1000, 0);
		command(0x30, 0);
		engine_reg(0x04, 4, 1);
	}
	stag = event()[1] & 0xffff;
	ck_assert_uint_eq(engine.status, 1);
	command(0x44 | stream(), stag);
	ck_assert_uint_eq(engine.status, 2);
	ck_assert_uint_eq(*word(BUFFER + 0x1000), _i ? 0x77 : 0);
}
END_TEST

static void add(TCase *t)
{
	tcase_add_loop_test(t, request_is_refused, 0, ARRAY_SIZE(refused_requests));
	tcase_add_loop_test(t, request_is_answered, 0, ARRAY_SIZE(requests));
	tcase_add_test(t, request_with_pasid);
	tcase_add_test(t, request_of_write_only);
	tcase_add_test(t, default_substream);
	tcase_add_test(t, off);
	tcase_add_loop_test(t, translated_access, 0, ARRAY_SIZE(translateds));
	tcase_add_test(t, atc_invalidation);
	tcase_add_test(t, atc_timeout);
	tcase_add_test(t, page_request);
	tcase_add_test(t, page_queue_overflows);
	tcase_add_loop_test(t, automatic_answer_needs_the_ste, 0, 2);
	tcase_add_loop_test(t, page_requests_refused, 0, 3);
	tcase_add_test(t, interrupt_of_the_last);
	tcase_add_test(t, engine_keeps_translations);
	tcase_add_loop_test(t, engine_asks_for_pages, 0, 3);
	tcase_add_test(t, engine_has_a_pasid);
	tcase_add_loop_test(t, engine_is_told_zeroes, 0, 2);
}

int main(void)
{
	return run_smmu_suite("smmu_ats", add);
}
