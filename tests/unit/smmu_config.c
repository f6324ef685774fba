/* Stream table entries and context descriptors: which can be used, where they are found, how long they are believed. */
#include "smmu_rig.h"

#define BIT(n) (1ull << (n))

/* What a device's access ends in: 0 for success, the type of the record, or NO_RECORD for a silent abort. */
#define NO_RECORD 0xffu
static unsigned outcome_as(struct dma_request q)
{
	u64 v = 0;
	enum dma_result r = dma_as(q, &v);
	const u64 *e = event();

	if (r == DMA_OK)
		return e ? NO_RECORD : 0;
	return e ? e[0] & 0xff : NO_RECORD;
}

static unsigned outcome(u64 address)
{
	return outcome_as((struct dma_request){ .address = address });
}

/* ---- legality: one field changed in an entry that works ---- */

struct change {
	const char *name;
	u8 config; /* 4..7 */
	u8 word;   /* of the STE or CD */
	u64 clear, set;
	u8 type; /* of the record; 0: it works */
};

static void configure(unsigned config)
{
	use_stage2(0);
	use_stage1(config, 0);
	map_ram_at_stage2(AF | S2_RW | S2_WB);
	map(S1_L1, 0x5000, config == 7 ? 0x7000 : BUFFER, AF | S1_RW);
	map(S2_L1, config == 7 ? 0x7000 : 0x5000, BUFFER, AF | S2_RW | S2_WB);
}

static const struct change ste_changes[] = {
	{ "bypass", 4, 0, 0, 0, 0 },
	{ "stage 1", 5, 0, 0, 0, 0 },
	{ "stage 2", 6, 0, 0, 0, 0 },
	{ "both", 7, 0, 0, 0, 0 },
	{ "V = 0", 4, 0, BIT(0), 0, C_BAD_STE },
	{ "Config = 0b000", 4, 0, 7 << 1, 0, NO_RECORD },
	{ "Config = 0b010", 4, 0, 7 << 1, 2 << 1, NO_RECORD },
	/* stage 1 */
	{ "S1CDMax beyond SSIDSIZE", 5, 0, 0, 21ull << 59, C_BAD_STE },
	{ "S1CDMax beyond SSIDSIZE, stage 1 off", 6, 0, 0, 21ull << 59, 0 },
	{ "S1ContextPtr beyond OAS", 5, 0, 0, BIT(48), C_BAD_STE },
	{ "S1ContextPtr beyond IAS", 7, 0, 0, BIT(50), C_BAD_STE },
	{ "S1ContextPtr, stage 1 off", 6, 0, 0, BIT(50), 0 },
	{ "STRW = 0b01", 5, 1, 0, 1ull << 30, C_BAD_STE },
	{ "STRW = 0b10", 5, 1, 0, 2ull << 30, 0 },
	{ "STRW = 0b11", 5, 1, 0, 3ull << 30, C_BAD_STE },
	{ "STRW under stage 2", 7, 1, 0, 3ull << 30, 0 },
	{ "STRW, bypass", 4, 1, 0, 3ull << 30, 0 },
	{ "S1STALLD", 5, 1, 0, BIT(27), 0 },
	{ "reserved overrides", 5, 1, 0, 1ull << 48 | 1ull << 50, 0 },
	/* ATS */
	{ "EATS = 0b01", 5, 1, 0, 1ull << 28, 0 },
	{ "EATS = 0b10 without stage 2", 5, 1, 0, 2ull << 28, C_BAD_STE },
	{ "EATS = 0b10 without stage 1", 6, 1, 0, 2ull << 28, C_BAD_STE },
	{ "EATS = 0b10", 7, 1, 0, 2ull << 28, 0 },
	{ "EATS = 0b11 is as 0", 7, 1, 0, 3ull << 28, 0 },
	{ "EATS, bypass", 4, 1, 0, 2ull << 28, 0 },
	/* stage 2 */
	{ "S2AA64 = 0", 6, 2, BIT(51), 0, C_BAD_STE },
	{ "S2AA64 = 0, stage 2 off", 5, 2, BIT(51), 0, 0 },
	{ "S2AA64 = 0, both", 7, 2, BIT(51), 0, C_BAD_STE },
	{ "S2TG reserved", 6, 2, 0, 3ull << 46, C_BAD_STE },
	{ "S2T0SZ below the minimum", 6, 2, 0x3full << 32, 15ull << 32, C_BAD_STE },
	{ "S2T0SZ above the maximum", 6, 2, 0x3full << 32, 49ull << 32, C_BAD_STE },
	{ "S2SL0 reserved", 6, 2, 3ull << 38, 3ull << 38 | BIT(46), C_BAD_STE },
	{ "S2SL0 = level 0 with 39 bits", 6, 2, 3ull << 38, 2ull << 38, C_BAD_STE },
	{ "S2SL0 = level 2 with 39 bits", 6, 2, 3ull << 38, 0, C_BAD_STE },
	{ "S2TTB beyond S2PS", 6, 3, 0, BIT(40), C_BAD_STE },
	{ "S2TTB beyond S2PS, stage 2 off", 5, 3, 0, BIT(40), 0 },
	{ "S2PS reserved is the most", 6, 2, 0, 7ull << 48, 0 },
	{ "S2S with full ATS is another test", 6, 2, 0, BIT(57), 0 },
	{ "S2FWB", 6, 1, 0, BIT(25), 0 },
	{ "S2HA, S2HD", 6, 2, 0, 3ull << 55, 0 },
	{ "S2HD without S2HA", 6, 2, 0, BIT(55), 0 },
	{ "S2VMID of 16 bits", 6, 2, 0, 0xff00, 0 },
};

START_TEST(ste_legality)
{
	const struct change *c = &ste_changes[_i];
	unsigned got;

	configure(c->config);
	ste(SID)[0] = (ste(SID)[0] & ~(7ull << 1)) | (u64)c->config << 1;
	ste(SID)[c->word] = (ste(SID)[c->word] & ~c->clear) | c->set;
	got = outcome(c->config == 4 ? BUFFER : 0x5000);
	ck_assert_msg(got == c->type, "%s: 0x%x, not 0x%x", c->name, got, c->type);
	ck_assert_msg(!smmu_ste_why(&rig->smmu, ste(SID)) == (c->type != C_BAD_STE), "%s: no reason", c->name);
}
END_TEST

START_TEST(stalls_of_stage_2_exclude_ats)
{
	configure(_i ? 7 : 6);
	ste(SID)[1] |= (_i ? 2ull : 1ull) << 28;
	ste(SID)[2] |= BIT(57);
	ck_assert_uint_eq(outcome(0x5000), C_BAD_STE);
}
END_TEST

static const struct change cd_changes[] = {
	{ "V = 0", 5, 0, BIT(31), 0, C_BAD_CD },
	{ "AA64 = 0", 5, 0, BIT(41), 0, C_BAD_CD },
	{ "TG0 reserved", 5, 0, 0, 3 << 6, C_BAD_CD },
	{ "TG0 reserved, EPD0", 5, 0, 0, 3 << 6 | BIT(14), F_TRANSLATION },
	{ "T0SZ below the minimum", 5, 0, 0x3f, 15, C_BAD_CD },
	{ "T0SZ above the maximum", 5, 0, 0x3f, 49, C_BAD_CD },
	{ "T0SZ out of range, EPD0", 5, 0, 0x3f, 49 | BIT(14), F_TRANSLATION },
	{ "T1SZ out of range, EPD1", 5, 0, 0, 49 << 16, 0 },
	{ "T1SZ out of range", 5, 0, BIT(30), 49 << 16 | 2 << 22, C_BAD_CD },
	{ "TG1 reserved", 5, 0, BIT(30), 25 << 16, C_BAD_CD },
	{ "TTB1 in use", 5, 0, BIT(30), 25 << 16 | 2 << 22, 0 },
	{ "TTB0 beyond IPS", 5, 1, 0, BIT(40), C_BAD_CD },
	{ "TTB0 beyond IPS, EPD0", 5, 1, 0, BIT(40), C_BAD_CD },
	{ "TTB1 beyond IPS, EPD1", 5, 2, 0, BIT(40), 0 },
	{ "IPS reserved is the most", 5, 0, 0, 7ull << 32, 0 },
	{ "S = 1", 5, 0, 0, BIT(44), 0 },
	{ "ENDI", 5, 0, 0, BIT(15), F_TRANSLATION }, /* the tables are little-endian */
	{ "HA, HD", 5, 0, 0, 3ull << 42, 0 },
	{ "HD without HA", 5, 0, 0, BIT(42), 0 },
	{ "under stage 2", 7, 0, BIT(41), 0, C_BAD_CD },
};

START_TEST(cd_legality)
{
	const struct change *c = &cd_changes[_i];
	u64 *cd = word(CD_AT);
	unsigned got;

	configure(c->config);
	cd[c->word] = (cd[c->word] & ~c->clear) | c->set;
	got = outcome(0x5000);
	ck_assert_msg(got == c->type, "%s: 0x%x, not 0x%x", c->name, got, c->type);
	ck_assert_msg(!smmu_cd_why(&rig->smmu, ste(SID), cd) == (c->type != C_BAD_CD), "%s: no reason", c->name);
}
END_TEST

START_TEST(s1stalld_forbids_stalls)
{
	configure(5);
	ste(SID)[1] |= BIT(27);
	word(CD_AT)[0] |= BIT(44);
	ck_assert_uint_eq(outcome(0x5000), C_BAD_CD);
}
END_TEST

/* EL2 has one half, and no EPD: TTB1's fields do not count. */
START_TEST(el2_has_one_half)
{
	configure(5);
	ste(SID)[1] |= 2ull << 30;
	word(CD_AT)[0] = (word(CD_AT)[0] & ~BIT(30)) | 49 << 16 | BIT(14);
	word(CD_AT)[2] = BIT(50);
	ck_assert_uint_eq(outcome(0x5000), 0);
	ck_assert_uint_eq(outcome(BIT(63)), F_TRANSLATION);
}
END_TEST

/* ---- two-level stream tables ---- */

static const struct level2 {
	const char *name;
	u32 log2size, split, fmt;
	u64 span;
	u32 stream;
	u8 type;
} level2s[] = {
	{ "6 bits, all of them", 16, 6, 1, 7, 0x85, 0 },
	{ "6 bits, half of them", 16, 6, 1, 6, 0x85, 0 },
	{ "6 bits, too few", 16, 6, 1, 3, 0x85, C_BAD_STREAMID },
	{ "8 bits", 16, 8, 1, 9, 0x285, 0 },
	{ "10 bits", 16, 10, 1, 11, 0x885, 0 },
	{ "reserved split is 6", 16, 7, 1, 7, 0x85, 0 },
	{ "Span 0", 16, 8, 1, 0, 0x285, C_BAD_STREAMID },
	{ "Span above SPLIT + 1", 16, 6, 1, 8, 0x85, C_BAD_STREAMID },
	{ "Span reserved", 16, 10, 1, 12, 0x885, C_BAD_STREAMID },
	{ "beyond LOG2SIZE", 8, 6, 1, 7, 0x185, C_BAD_STREAMID },
	{ "LOG2SIZE below SPLIT", 4, 8, 1, 9, 0x5, 0 },
	{ "LOG2SIZE beyond SIDSIZE", 32, 8, 1, 9, 0x10005, C_BAD_STREAMID },
	{ "FMT reserved is linear", 10, 6, 2, 0, 0x85, C_BAD_STE },
};

START_TEST(two_levels)
{
	const struct level2 *l = &level2s[_i];
	unsigned split = l->split == 7 ? 6 : l->split, got;

	reg(0x20, 4, 0);
	reg(0x88, 4, l->log2size | l->split << 6 | l->fmt << 16);
	reg(0x20, 4, ALL_ON);
	if (l->fmt == 1) {
		word(STRTAB)[l->stream >> split & 0xff] = (STRTAB + 0x20000) | l->span;
		word(STRTAB + 0x20000 + 64 * (l->stream & ones(split)))[0] = 4 << 1 | 1;
	}
	got = outcome_as((struct dma_request){ .stream = l->stream, .address = BUFFER });
	ck_assert_msg(got == l->type, "%s: 0x%x, not 0x%x", l->name, got, l->type);
}
END_TEST

/* ---- substreams ---- */

/* A CD like the stream's, whose table maps 0x5000 + 0x1000 * n to the n-th page of the buffer. */
static void put_cd(u64 at, unsigned n)
{
	memcpy(word(at), word(CD_AT), 64);
	word(at)[0] = (word(at)[0] & ones(48)) | (u64)(n + 10) << 48;
	map(S1_L1, 0x5000 + 0x1000 * n, BUFFER + 0x1000 * n, AF | S1_RW | BIT(11));
}

static const struct substream {
	const char *name;
	u64 format, max, dss;
	bool has_ssid;
	u32 ssid;
	u8 type;
} substreams[] = {
	{ "linear", 0, 10, 0, true, 0x3ff, 0 },
	{ "linear, the reserved format", 3, 10, 0, true, 0x3ff, 0 },
	{ "4 KiB leaves", 1, 20, 0, true, 0xfffff, 0 },
	{ "4 KiB leaves, one of them", 1, 5, 0, true, 0x1f, 0 },
	{ "64 KiB leaves", 2, 16, 0, true, 0xabcd, 0 },
	{ "64 KiB leaves, one of them", 2, 6, 0, true, 0x3f, 0 },
	{ "beyond S1CDMax", 0, 10, 0, true, 0x400, C_BAD_SUBSTREAMID },
	{ "beyond all", 1, 20, 0, true, 0x100000, C_BAD_SUBSTREAMID },
	{ "without: terminate", 0, 10, 0, false, 0, F_STREAM_DISABLED },
	{ "without: the reserved choice", 0, 10, 3, false, 0, F_STREAM_DISABLED },
	{ "without: as substream 0", 0, 10, 2, false, 0, 0 },
	{ "substream 0 where it is taken", 0, 10, 2, true, 0, F_STREAM_DISABLED },
	{ "another where it is taken", 0, 10, 2, true, 7, 0 },
	{ "substream 0", 0, 10, 0, true, 0, 0 },
};

START_TEST(substream)
{
	const struct substream *c = &substreams[_i];
	u64 table = RAM + 0xa00000, leaf = RAM + 0xc00000, at;
	unsigned bits_of_leaf = c->format == 1 ? 6 : 10, got;
	struct dma_request q = { .address = 0x6000, .has_ssid = c->has_ssid, .ssid = c->ssid };

	use_stage1(5, 0);
	ste(SID)[0] = c->max << 59 | c->format << 4 | 5 << 1 | 1 | table;
	ste(SID)[1] = c->dss;
	at = table + 64ull * c->ssid;
	if (c->format == 1 || c->format == 2) {
		word(table)[(c->ssid & ones(20)) >> bits_of_leaf] = leaf | 1;
		at = leaf + 64ull * (c->ssid & ones(bits_of_leaf));
	}
	put_cd(at, 1);
	got = outcome_as(q);
	ck_assert_msg(got == c->type, "%s: 0x%x, not 0x%x", c->name, got, c->type);
}
END_TEST

/* Substreams have address spaces of their own: ASIDs keep them apart in the TLB. */
START_TEST(substreams_are_apart)
{
	u64 v = 0;
	u64 table = RAM + 0xa00000;

	use_stage1(5, 0);
	ste(SID)[0] = 4ull << 59 | 5 << 1 | 1 | table;
	for (unsigned n = 0; n < 4; n++) {
		put_cd(table + 64 * n, n);
		word(table + 64 * n)[1] = S1_L1 + 0x10000 * n;
		map(S1_L1 + 0x10000 * n, 0x5000, BUFFER + 0x1000 * n, AF | S1_RW | BIT(11));
		*word(BUFFER + 0x1000 * n) = 100 + n;
	}
	for (unsigned i = 0; i < 8; i++) {
		struct dma_request q = { .address = 0x5000, .has_ssid = true, .ssid = i & 3 };

		ck_assert_int_eq(dma_as(q, &v), DMA_OK);
		ck_assert_uint_eq(v, 100 + (i & 3));
	}
}
END_TEST

/* S1DSS = 0b01: without a substream as if stage 1 were off. */
START_TEST(default_substream_bypasses_stage1)
{
	use_stage1(5, 0);
	ste(SID)[0] |= 4ull << 59;
	ste(SID)[1] = 1;
	ck_assert_uint_eq(outcome(BUFFER), 0);
	use_stage2(0);
	use_stage1(7, 0);
	ste(SID)[0] |= 4ull << 59;
	map(S2_L1, 0x5000, BUFFER, AF | S2_RW | S2_WB);
	forget_stream();
	ck_assert_uint_eq(outcome(0x5000), 0);
	ck_assert_uint_eq(outcome(0x6000), F_TRANSLATION);
}
END_TEST

/* ---- staleness ---- */

static const struct stale {
	const char *name;
	u64 w0, w1;
	bool ste, cd; /* which of both is read anew */
} stales[] = {
	{ "nothing", 0x46, 0, false, false },
	{ "CFGI_STE", 0x03 | (u64)SID << 32, 0, true, true },
	{ "CFGI_STE, leaf", 0x03 | (u64)SID << 32, 1, true, true },
	{ "CFGI_STE of another", 0x03 | (u64)(SID + 1) << 32, 1, false, false },
	{ "CFGI_STE_RANGE over it", 0x04 | (u64)4 << 32, 0, true, true },
	{ "CFGI_STE_RANGE beside it", 0x04 | (u64)6 << 32, 0, false, false },
	{ "CFGI_ALL", 0x04 | (u64)0x123 << 32, 31, true, true },
	{ "CFGI_CD", 0x05 | (u64)SID << 32 | 3 << 12, 1, false, true },
	{ "CFGI_CD of another substream", 0x05 | (u64)SID << 32 | 4 << 12, 0, false, false },
	{ "CFGI_CD of another stream", 0x05 | (u64)(SID + 1) << 32 | 3 << 12, 0, false, false },
	{ "CFGI_CD_ALL", 0x06 | (u64)SID << 32, 0, false, true },
	{ "CFGI_CD_ALL of another", 0x06 | (u64)(SID + 1) << 32, 0, false, false },
	{ "TLBI_NSNH_ALL", 0x30, 0, false, false },
	{ "PREFETCH_CONFIG", 0x01 | (u64)SID << 32 | 3 << 12 | 1 << 11, 0, false, false },
};

/* The STE forgets its substreams, the CD its validity: what is believed afterwards tells what was read anew. */
START_TEST(staleness)
{
	const struct stale *c = &stales[_i];
	struct dma_request q = { .address = 0x6000, .has_ssid = true, .ssid = 3 };
	u64 table = RAM + 0xa00000;

	use_stage1(5, 0);
	ste(SID)[0] = 4ull << 59 | 5 << 1 | 1 | table;
	put_cd(table + 3 * 64, 1);
	ck_assert_uint_eq(outcome_as(q), 0);
	word(table + 3 * 64)[0] = 0;
	ck_assert_uint_eq(outcome_as(q), 0);
	command(c->w0, c->w1);
	ck_assert_msg(outcome_as(q) == (c->cd ? C_BAD_CD : 0), "%s: CD", c->name);
	ste(SID)[0] = 5 << 1 | 1 | table;
	command(c->w0, c->w1);
	ck_assert_msg(outcome_as(q) == (c->ste ? C_BAD_SUBSTREAMID : c->cd ? C_BAD_CD : 0), "%s: STE", c->name);
}
END_TEST

/* What cannot be used is believed, too. */
START_TEST(invalid_entries_are_cached)
{
	ck_assert_uint_eq(outcome(BUFFER), C_BAD_STE);
	use_bypass();
	ck_assert_uint_eq(outcome(BUFFER), C_BAD_STE);
	forget_stream();
	ck_assert_uint_eq(outcome(BUFFER), 0);
	use_stage1(5, 0);
	word(CD_AT)[0] &= ~BIT(31);
	forget_stream();
	ck_assert_uint_eq(outcome(0x5000), C_BAD_CD);
	configure(5);
	ck_assert_uint_eq(outcome(0x5000), C_BAD_CD);
	command(0x05 | (u64)SID << 32, 1);
	ck_assert_uint_eq(outcome(0x5000), 0);
}
END_TEST

/* What could not be read is not kept. */
START_TEST(failed_fetches_are_not_cached)
{
	configure(5);
	ste(SID)[0] = 5 << 1 | 1 | 0x1000000;
	ck_assert_uint_eq(outcome(0x5000), F_CD_FETCH);
	ste(SID)[0] = 5 << 1 | 1 | CD_AT;
	forget_stream();
	ck_assert_uint_eq(outcome(0x5000), 0);
	configure(7);
	word(S2_L1 + 0x3000)[1] = 0;
	forget_stream();
	ck_assert_uint_eq(outcome(0x5000), F_TRANSLATION);
	map_ram_at_stage2(AF | S2_RW | S2_WB); /* faults are not kept, either */
	ck_assert_uint_eq(outcome(0x5000), 0);
}
END_TEST

/* Prefetched structures are as good as others; nothing of it is reported. */
START_TEST(prefetch)
{
	configure(5);
	command(0x01 | (u64)SID << 32, 0);
	word(CD_AT)[0] = 0;
	ste(SID)[0] = 0;
	ck_assert_uint_eq(outcome(0x5000), 0);
	command(0x02 | (u64)77 << 32, 0x5000); /* C_BAD_STE, silently */
	command(0x01 | (u64)999 << 32, 0);
	ck_assert_ptr_null(event());
	forget_translations();
	command(0x02 | (u64)SID << 32, 0x5000);
	word(S1_L1 + L3)[5] = 0;
	ck_assert_uint_eq(outcome(0x5000), 0);
}
END_TEST

/* More streams than the cache has places, each with its own entry: none takes another's. */
START_TEST(streams_are_apart)
{
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 256; i++) {
			ste(i)[0] = i % 3 ? 4 << 1 | 1 : 1;
			ck_assert_uint_eq(outcome_as((struct dma_request){ .stream = i ? i : 256, .address = BUFFER }),
					  !i	  ? C_BAD_STREAMID
					  : i % 3 ? 0
						  : NO_RECORD);
		}
}
END_TEST

static void add(TCase *t)
{
	tcase_add_loop_test(t, ste_legality, 0, ARRAY_SIZE(ste_changes));
	tcase_add_loop_test(t, stalls_of_stage_2_exclude_ats, 0, 2);
	tcase_add_loop_test(t, cd_legality, 0, ARRAY_SIZE(cd_changes));
	tcase_add_test(t, s1stalld_forbids_stalls);
	tcase_add_test(t, el2_has_one_half);
	tcase_add_loop_test(t, two_levels, 0, ARRAY_SIZE(level2s));
	tcase_add_loop_test(t, substream, 0, ARRAY_SIZE(substreams));
	tcase_add_test(t, substreams_are_apart);
	tcase_add_test(t, default_substream_bypasses_stage1);
	tcase_add_loop_test(t, staleness, 0, ARRAY_SIZE(stales));
	tcase_add_test(t, invalid_entries_are_cached);
	tcase_add_test(t, failed_fetches_are_not_cached);
	tcase_add_test(t, prefetch);
	tcase_add_test(t, streams_are_apart);
}

int main(void)
{
	return run_smmu_suite("smmu_config", add);
}
