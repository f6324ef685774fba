/* Event records to the bit: every type that can be raised, from every cause, and the queue that holds them. */
#include "smmu_rig.h"

#define NOWHERE 0x1000000ull /* an address that nothing answers */
#define SID_W0 ((u64)SID << 32)
#define SSV (1ull << 11)
enum { CD = 0, TT = 1, IN = 2 };

/* Word 1 of a record: PnU, InD, RnW, S2, CLASS, TTRnW. */
#define PNU (1ull << 33)
#define IND (1ull << 34)
#define RNW (1ull << 35)
#define S2(klass) (1ull << 39 | (u64)(klass) << 40)
#define S1(klass) ((u64)(klass) << 40)
#define TTRNW (1ull << 44)

/* ---- what goes wrong ---- */

static void nothing(void)
{
}

static void ste_aborts(void)
{
	reg(0x20, 4, 0);
	reg(0x80, 8, NOWHERE);
	reg(0x20, 4, ALL_ON);
}

static void l1std_aborts(void)
{
	reg(0x20, 4, 0);
	reg(0x88, 4, 16 | 6 << 6 | 1 << 16);
	reg(0x80, 8, NOWHERE);
	reg(0x20, 4, ALL_ON);
}

static void level2_ste_aborts(void)
{
	reg(0x20, 4, 0);
	reg(0x88, 4, 16 | 6 << 6 | 1 << 16);
	reg(0x20, 4, ALL_ON);
	word(STRTAB)[0] = NOWHERE | 7;
}

static void s1_cd_aborts(void)
{
	use_stage1(5, 0);
	ste(SID)[0] = 5 << 1 | 1 | NOWHERE;
}

static void cd_not_valid(void)
{
	use_stage1(5, 0);
	word(CD_AT)[0] = 0;
}

/* Substreams: 2^5 CDs in line; S1DSS */
static void substreams(u64 dss)
{
	use_stage1(5, 0);
	ste(SID)[0] |= 5ull << 59;
	ste(SID)[1] |= dss;
}

static void default_substream_terminates(void)
{
	substreams(0);
}

static void substream_0_is_taken(void)
{
	substreams(2);
}

static void l1cd_not_valid(void)
{
	substreams(0);
	ste(SID)[0] = (ste(SID)[0] & ~ones(52)) | 1ull << 4 | 5 << 1 | 1 | (CD_AT + 0x1000);
}

static void l1cd_aborts(void)
{
	substreams(0);
	ste(SID)[0] = 5ull << 59 | 1ull << 4 | 5 << 1 | 1 | NOWHERE;
}

static void stage1(void)
{
	use_stage1(5, 0);
	map(S1_L1, 0x5000, BUFFER, AF | S1_RO);
	map(S1_L1, 0x6000, BUFFER, S1_RW);
	map(S1_L1, 0x7000, BUFFER, AF | S1_RW | 1ull << 54 | 1ull << 53);
	map(S1_L1, 0x8000, 1ull << 44, AF | S1_RW);   /* beyond IPS: 40 bits */
	map(S1_L1, 0x9000, BUFFER, AF | (2ull << 6)); /* privileged alone, read-only */
}

static void stage1_table_aborts(void)
{
	use_stage1(5, 0);
	word(S1_L1)[0] = NOWHERE | 3;
}

static void stage1_at_el2(void)
{
	stage1();
	ste(SID)[1] |= 2ull << 30;
}

static void stage2(void)
{
	use_stage2(0);
	map(S2_L1, 0x5000, BUFFER, AF | S2_RO | S2_WB);
	map(S2_L1, 0x6000, BUFFER, S2_RW | S2_WB);
	map(S2_L1, 0x8000, 1ull << 44, AF | S2_RW | S2_WB);
}

static void stage2_table_aborts(void)
{
	use_stage2(0);
	word(S2_L1)[0] = NOWHERE | 3;
}

/* Both stages; the RAM's own pages by 2 MiB blocks at stage 2, with these rights. */
static void both(u64 ram_rights)
{
	use_stage2(0);
	use_stage1(7, 0);
	map_ram_at_stage2(AF | ram_rights | S2_WB);
	map(S1_L1, 0x5000, 0x7000, AF | S1_RW);
	map(S2_L1, 0x6000, BUFFER, AF | S2_RO | S2_WB);
	map(S1_L1, 0x6000, 0x6000, AF | S1_RW);
}

static void nested(void)
{
	both(S2_RW);
}

static void cd_not_mapped(void)
{
	both(S2_RW);
	word(S2_L1 + 0x3000)[1] = 0; /* CD_AT */
}

static void cd_not_readable(void)
{
	both(S2_RW);
	word(S2_L1 + 0x3000)[1] &= ~(u64)S2_RW;
}

static void cd_not_accessed(void)
{
	both(S2_RW);
	word(S2_L1 + 0x3000)[1] &= ~(u64)AF;
}

static void cd_is_device(void)
{
	both(S2_RW);
	word(S2_L1 + 0x3000)[1] &= ~(u64)S2_WB;
	ste(SID)[2] |= 1ull << 54; /* S2PTW */
}

static void cd_table_aborts(void)
{
	both(S2_RW);
	word(S2_L1)[1] = NOWHERE | 3;
}

static void cd_fetch_aborts(void)
{
	both(S2_RW);
	word(S2_L1 + 0x3000)[1] = 0x1000000 | AF | S2_RW | S2_WB | 1;
}

/* Stage 1's tables at an IPA of their own, 1 GiB above the rest. */
static void tables_apart(u64 desc)
{
	both(S2_RW);
	word(CD_AT)[1] = 0x80000000 + (S1_L1 - RAM);
	word(S2_L1)[2] = (S2_L1 + 0x4000) | 3;
	word(S2_L1 + 0x4000)[1] = desc;
}

static void tables_not_mapped(void)
{
	tables_apart(0);
}

static void tables_not_readable(void)
{
	tables_apart((RAM + 0x200000) | AF | S2_WB | 1);
}

static void tables_not_writable(void)
{
	use_stage1(7, 0);
	tables_apart((RAM + 0x200000) | AF | S2_RO | S2_WB | 1);
	word(CD_AT)[0] |= 1ull << 43; /* HA: stage 1's descriptor is to be updated */
	map(S1_L1, 0x5000, 0x7000, S1_RW);
	for (unsigned i = 0; i < 2; i++) /* its lower tables are where its first one is */
		word(S1_L1 + i * 0x1000)[0] += 0x80000000 - RAM;
}

static void tables_abort(void)
{
	tables_apart(0x1000000 | AF | S2_RW | S2_WB | 1);
}

static void bypass_all(void)
{
	use_bypass();
}

static void unprivileged_by_ste(void)
{
	stage1();
	ste(SID)[1] |= 2ull << 48; /* PRIVCFG */
}

static void instruction_by_ste(void)
{
	stage1();
	ste(SID)[1] |= 3ull << 50 | 3ull << 48; /* INSTCFG, PRIVCFG */
}

/* ---- the table ---- */

static const struct row {
	const char *name;
	void (*prepare)(void);
	struct dma_request q;
	u64 w0, w1, w2, w3;
} rows[] = {
	{ "F_UUT: over the page's end",
	  nothing,
	  { .address = 0x5ffc, .privileged = true, .is_write = true },
	  F_UUT | SID_W0,
	  PNU,
	  0x5ffc,
	  0 },
	{ "F_UUT: with a substream",
	  nothing,
	  { .address = 0x5ffc, .instruction = true, .has_ssid = true, .ssid = 9 },
	  F_UUT | SID_W0 | SSV | 9 << 12,
	  IND | RNW,
	  0x5ffc,
	  0 },
	{ "C_BAD_STREAMID", nothing, { .stream = 256 }, C_BAD_STREAMID | 256ull << 32, 0, 0, 0 },
	{ "C_BAD_STREAMID: with a substream",
	  nothing,
	  { .stream = 256, .has_ssid = true, .ssid = 0xabcde },
	  C_BAD_STREAMID | 256ull << 32 | SSV | 0xabcdeull << 12,
	  0,
	  0,
	  0 },
	{ "F_STE_FETCH", ste_aborts, { .address = 0x5000 }, F_STE_FETCH | SID_W0, 0, 0, NOWHERE + 64 * SID },
	{ "F_STE_FETCH: level 1", l1std_aborts, { .stream = 0x85 }, F_STE_FETCH | 0x85ull << 32, 0, 0, NOWHERE + 16 },
	{ "F_STE_FETCH: level 2",
	  level2_ste_aborts,
	  { .has_ssid = true, .ssid = 1 },
	  F_STE_FETCH | SID_W0 | SSV | 1 << 12,
	  0,
	  0,
	  NOWHERE + 64 * SID },
	{ "C_BAD_STE", nothing, { .address = 0x5000 }, C_BAD_STE | SID_W0, 0, 0, 0 },
	{ "C_BAD_STE: with a substream",
	  nothing,
	  { .has_ssid = true, .ssid = 2 },
	  C_BAD_STE | SID_W0 | SSV | 2 << 12,
	  0,
	  0,
	  0 },
	{ "F_TRANSL_FORBIDDEN",
	  stage1,
	  { .address = 0x5010, .translated = true },
	  F_TRANSL_FORBIDDEN | SID_W0,
	  RNW,
	  0x5010,
	  0 },
	{ "F_STREAM_DISABLED",
	  default_substream_terminates,
	  { .address = 0x5000 },
	  F_STREAM_DISABLED | SID_W0,
	  0,
	  0,
	  0 },
	{ "F_STREAM_DISABLED: substream 0",
	  substream_0_is_taken,
	  { .has_ssid = true },
	  F_STREAM_DISABLED | SID_W0 | SSV,
	  0,
	  0,
	  0 },
	{ "C_BAD_SUBSTREAMID: bypass",
	  bypass_all,
	  { .has_ssid = true, .ssid = 3 },
	  C_BAD_SUBSTREAMID | SID_W0 | 3 << 12,
	  0,
	  0,
	  0 },
	{ "C_BAD_SUBSTREAMID: stage 2 alone",
	  stage2,
	  { .has_ssid = true, .ssid = 3 },
	  C_BAD_SUBSTREAMID | SID_W0 | 3 << 12,
	  0,
	  0,
	  0 },
	{ "C_BAD_SUBSTREAMID: one CD", stage1, { .has_ssid = true }, C_BAD_SUBSTREAMID | SID_W0, 0, 0, 0 },
	{ "C_BAD_SUBSTREAMID: beyond S1CDMax",
	  default_substream_terminates,
	  { .has_ssid = true, .ssid = 32 },
	  C_BAD_SUBSTREAMID | SID_W0 | 32 << 12,
	  0,
	  0,
	  0 },
	{ "C_BAD_SUBSTREAMID: L1CD not valid",
	  l1cd_not_valid,
	  { .has_ssid = true, .ssid = 7 },
	  C_BAD_SUBSTREAMID | SID_W0 | 7 << 12,
	  0,
	  0,
	  0 },
	{ "F_CD_FETCH", s1_cd_aborts, { .address = 0x5000 }, F_CD_FETCH | SID_W0, 0, 0, NOWHERE },
	{ "F_CD_FETCH: L1CD",
	  l1cd_aborts,
	  { .has_ssid = true, .ssid = 7 },
	  F_CD_FETCH | SID_W0 | SSV | 7 << 12,
	  0,
	  0,
	  NOWHERE },
	{ "F_CD_FETCH: under stage 2",
	  cd_fetch_aborts,
	  { .address = 0x5000 },
	  F_CD_FETCH | SID_W0,
	  0,
	  0,
	  NOWHERE + (CD_AT % (1u << 21)) },
	{ "C_BAD_CD", cd_not_valid, { .address = 0x5000 }, C_BAD_CD | SID_W0, 0, 0, 0 },
	{ "F_WALK_EABT: stage 1",
	  stage1_table_aborts,
	  { .address = 0x405000, .is_write = true },
	  F_WALK_EABT | SID_W0,
	  S1(TT),
	  0x405000,
	  NOWHERE + 16 },
	{ "F_WALK_EABT: stage 2",
	  stage2_table_aborts,
	  { .address = 0x405000 },
	  F_WALK_EABT | SID_W0,
	  RNW | S2(IN),
	  0x405000,
	  NOWHERE + 16 },
	{ "F_WALK_EABT: stage 2, CD",
	  cd_table_aborts,
	  { .address = 0x5000, .privileged = true },
	  F_WALK_EABT | SID_W0,
	  PNU | RNW | S2(CD),
	  0x5000,
	  NOWHERE + 8 },
	{ "F_WALK_EABT: stage 1 under stage 2",
	  tables_abort,
	  { .address = 0x5000 },
	  F_WALK_EABT | SID_W0,
	  RNW | S1(TT),
	  0x5000,
	  NOWHERE + (S1_L1 % (1u << 21)) },
	{ "F_TRANSLATION: stage 1",
	  stage1,
	  { .address = 0xf234, .privileged = true, .instruction = true },
	  F_TRANSLATION | SID_W0,
	  PNU | IND | RNW | S1(IN),
	  0xf234,
	  0 },
	{ "F_TRANSLATION: a write is never of instructions",
	  stage1,
	  { .address = 0xf238, .is_write = true, .instruction = true },
	  F_TRANSLATION | SID_W0,
	  S1(IN),
	  0xf238,
	  0 },
	{ "F_TRANSLATION: beyond T0SZ",
	  stage1,
	  { .address = 1ull << 39 },
	  F_TRANSLATION | SID_W0,
	  RNW | S1(IN),
	  1ull << 39,
	  0 },
	{ "F_TRANSLATION: EPD1", stage1, { .address = ~0xfffull }, F_TRANSLATION | SID_W0, RNW | S1(IN), ~0xfffull, 0 },
	{ "F_TRANSLATION: stage 2",
	  stage2,
	  { .address = 0x7008 },
	  F_TRANSLATION | SID_W0,
	  RNW | S2(IN),
	  0x7008,
	  0x7000 },
	{ "F_TRANSLATION: beyond S2T0SZ",
	  stage2,
	  { .address = 1ull << 40 },
	  F_TRANSLATION | SID_W0,
	  RNW | S2(IN),
	  1ull << 40,
	  1ull << 40 },
	{ "F_TRANSLATION: output of stage 1",
	  nested,
	  { .address = 0x5008 },
	  F_TRANSLATION | SID_W0,
	  RNW | S2(IN),
	  0x5008,
	  0x7000 },
	{ "F_TRANSLATION: CD",
	  cd_not_mapped,
	  { .address = 0x5008, .is_write = true },
	  F_TRANSLATION | SID_W0,
	  S2(CD),
	  0x5008,
	  CD_AT },
	{ "F_TRANSLATION: stage 1's table",
	  tables_not_mapped,
	  { .address = 0x5008, .is_write = true },
	  F_TRANSLATION | SID_W0,
	  S2(TT),
	  0x5008,
	  0x80000000 + (S1_L1 - RAM) },
	{ "F_ADDR_SIZE: stage 1", stage1, { .address = 0x8000 }, F_ADDR_SIZE | SID_W0, RNW | S1(IN), 0x8000, 0 },
	{ "F_ADDR_SIZE: stage 2", stage2, { .address = 0x8000 }, F_ADDR_SIZE | SID_W0, RNW | S2(IN), 0x8000, 0x8000 },
	{ "F_ADDR_SIZE: bypass",
	  bypass_all,
	  { .address = 1ull << 48 },
	  F_ADDR_SIZE | SID_W0,
	  RNW | S1(IN),
	  1ull << 48,
	  0 },
	{ "F_ADDR_SIZE: stage 1 bypassed",
	  stage2,
	  { .address = 1ull << 48 },
	  F_ADDR_SIZE | SID_W0,
	  RNW | S1(IN),
	  1ull << 48,
	  0 },
	{ "F_ACCESS: stage 1", stage1, { .address = 0x6000 }, F_ACCESS | SID_W0, RNW | S1(IN), 0x6000, 0 },
	{ "F_ACCESS: stage 2", stage2, { .address = 0x6000 }, F_ACCESS | SID_W0, RNW | S2(IN), 0x6000, 0x6000 },
	{ "F_ACCESS: CD", cd_not_accessed, { .address = 0x6000 }, F_ACCESS | SID_W0, RNW | S2(CD), 0x6000, CD_AT },
	{ "F_PERMISSION: stage 1",
	  stage1,
	  { .address = 0x5000, .is_write = true },
	  F_PERMISSION | SID_W0,
	  S1(IN),
	  0x5000,
	  0 },
	{ "F_PERMISSION: execute",
	  stage1,
	  { .address = 0x7000, .instruction = true, .privileged = true },
	  F_PERMISSION | SID_W0,
	  PNU | IND | RNW | S1(IN),
	  0x7000,
	  0 },
	{ "F_PERMISSION: unprivileged", stage1, { .address = 0x9000 }, F_PERMISSION | SID_W0, RNW | S1(IN), 0x9000, 0 },
	{ "F_PERMISSION: made unprivileged",
	  unprivileged_by_ste,
	  { .address = 0x9000, .privileged = true },
	  F_PERMISSION | SID_W0,
	  RNW | S1(IN),
	  0x9000,
	  0 },
	{ "F_PERMISSION: made an instruction",
	  instruction_by_ste,
	  { .address = 0x7000 },
	  F_PERMISSION | SID_W0,
	  PNU | IND | RNW | S1(IN),
	  0x7000,
	  0 },
	{ "F_PERMISSION: at EL2",
	  stage1_at_el2,
	  { .address = 0x9000, .is_write = true },
	  F_PERMISSION | SID_W0,
	  S1(IN),
	  0x9000,
	  0 },
	{ "F_PERMISSION: stage 2",
	  stage2,
	  { .address = 0x5000, .is_write = true },
	  F_PERMISSION | SID_W0,
	  S2(IN),
	  0x5000,
	  0x5000 },
	{ "F_PERMISSION: output of stage 1",
	  nested,
	  { .address = 0x6010, .is_write = true },
	  F_PERMISSION | SID_W0,
	  S2(IN),
	  0x6010,
	  0x6000 },
	{ "F_PERMISSION: CD",
	  cd_not_readable,
	  { .address = 0x5000, .is_write = true },
	  F_PERMISSION | SID_W0,
	  S2(CD),
	  0x5000,
	  CD_AT },
	{ "F_PERMISSION: CD in Device memory",
	  cd_is_device,
	  { .address = 0x5000 },
	  F_PERMISSION | SID_W0,
	  RNW | S2(CD),
	  0x5000,
	  CD_AT },
	{ "F_PERMISSION: stage 1's table, read",
	  tables_not_readable,
	  { .address = 0x5000, .is_write = true },
	  F_PERMISSION | SID_W0,
	  S2(TT) | TTRNW,
	  0x5000,
	  0x80000000 + (S1_L1 - RAM) },
	{ "F_PERMISSION: stage 1's table, updated",
	  tables_not_writable,
	  { .address = 0x5000 },
	  F_PERMISSION | SID_W0,
	  RNW | S2(TT),
	  0x5000,
	  0x80000000 + (S1_L1 - RAM) + L3 },
};

START_TEST(each_record)
{
	const struct row *r = &rows[_i];
	u64 v = 0;

	reg(0x20, 4, 0);
	reg(0x20, 4, ALL_ON | 16); /* ATSCHK */
	r->prepare();
	ck_assert_msg(dma_as(r->q, &v) == DMA_ABORT, "%s: no abort", r->name);
	expect_event(r->name, r->w0, r->w1, r->w2, r->w3);
}
END_TEST

/* ---- what is not recorded ---- */

static void no_recinvsid(void)
{
	reg(0x20, 4, 0);
	reg(0x2c, 4, 4);
	reg(0x20, 4, ALL_ON);
}

static void config_aborts(void)
{
	ste(SID)[0] = 1;
}

static void config_reserved(void)
{
	ste(SID)[0] = 3 << 1 | 1;
}

static void r_is_0(void)
{
	stage1();
	word(CD_AT)[0] &= ~(1ull << 45);
}

static void s2r_is_0(void)
{
	stage2();
	ste(SID)[2] &= ~(1ull << 58);
}

static void off(void)
{
	reg(0x20, 4, 0xe);
	reg(0x44, 4, 1u << 31 | 1u << 20); /* GBPA.ABORT */
}

static const struct silent {
	const char *name;
	void (*prepare)(void);
	struct dma_request q;
} silents[] = {
	{ "an unknown stream, RECINVSID = 0", no_recinvsid, { .stream = 256 } },
	{ "Config = 0b000", config_aborts, { .address = 0x5000 } },
	{ "Config = 0b011", config_reserved, { .address = 0x5000 } },
	{ "CD.R = 0", r_is_0, { .address = 0xf000 } },
	{ "S2R = 0", s2r_is_0, { .address = 0xf000 } },
	{ "off, GBPA.ABORT", off, { .address = BUFFER } },
};

START_TEST(silence)
{
	const struct silent *r = &silents[_i];
	u64 v = 0;

	r->prepare();
	ck_assert_msg(dma_as(r->q, &v) == DMA_ABORT, "%s: no abort", r->name);
	ck_assert_msg(event() == NULL, "%s: a record", r->name);
}
END_TEST

/* CD.A = 0: reads are zero, writes are lost, and the device is told that all is well. */
START_TEST(terminated_as_raz_wi)
{
	u64 v = ~0ull;

	stage1();
	word(CD_AT)[0] &= ~(1ull << 46);
	*word(BUFFER) = 77;
	ck_assert_int_eq(dma(0xf000, false, &v), DMA_OK);
	ck_assert_uint_eq(v, 0);
	v = 5;
	ck_assert_int_eq(dma(0x5000, true, &v), DMA_OK);
	ck_assert_uint_eq(*word(BUFFER), 77);
	ck_assert_uint_eq(event()[0], F_TRANSLATION | SID_W0);
	ck_assert_uint_eq(event()[0], F_PERMISSION | SID_W0);
}
END_TEST

/* ---- the queue ---- */

START_TEST(overflow)
{
	unsigned records = 0;
	u64 v;

	for (unsigned i = 0; i < 1u << QLOG2; i++)
		dma(BUFFER, false, &v);			 /* C_BAD_STE */
	ck_assert_uint_eq(get(0x100a8, 4), 1u << QLOG2); /* full, nothing lost */
	dma(BUFFER, false, &v);
	dma(BUFFER, false, &v);
	ck_assert_uint_eq(get(0x100a8, 4), 1u << 31 | 1u << QLOG2);
	while (event())
		records++;
	ck_assert_uint_eq(records, 1u << QLOG2);
	dma(BUFFER, false, &v); /* not acknowledged: records are written all the same */
	ck_assert_ptr_nonnull(event());
	reg(0x100ac, 4, get(0x100a8, 4)); /* acknowledge */
	for (unsigned i = 0; i <= 1u << QLOG2; i++)
		dma(BUFFER, false, &v);
	ck_assert_uint_eq(get(0x100a8, 4) >> 31, 0); /* toggled once more */
}
END_TEST

START_TEST(queue_write_aborts)
{
	u64 v;

	reg(0x20, 4, 0);
	reg(0xa0, 8, NOWHERE | QLOG2);
	reg(0x20, 4, ALL_ON);
	dma(BUFFER, false, &v);
	ck_assert_uint_eq(get(0x60, 4) ^ get(0x64, 4), 1 << 2); /* EVENTQ_ABT_ERR */
	ck_assert(rig->level[SMMU_LINE_GERROR]);
	ck_assert(!rig->level[SMMU_LINE_EVENT]);
	ck_assert_uint_eq(get(0x100a8, 4), 0);
	reg(0x20, 4, 0);
	reg(0xa0, 8, EVTQ | QLOG2);
	reg(0x20, 4, ALL_ON);
	dma(BUFFER, false, &v); /* not writable until the error is acknowledged; nor is that an overflow */
	ck_assert_uint_eq(get(0x100a8, 4), 0);
	reg(0x64, 4, get(0x60, 4));
	ck_assert(!rig->level[SMMU_LINE_GERROR]);
	dma(BUFFER, false, &v);
	ck_assert_uint_eq(event()[0], C_BAD_STE | SID_W0);
}
END_TEST

START_TEST(queue_disabled)
{
	u64 v;

	reg(0x20, 4, ALL_ON & ~4u);
	for (unsigned i = 0; i < 20; i++)
		dma(BUFFER, false, &v);
	ck_assert_uint_eq(get(0x100a8, 4), 0);
}
END_TEST

/* One entry: no index bits, and a wrap bit. */
START_TEST(queue_of_one)
{
	u64 v;

	reg(0x20, 4, 0);
	reg(0xa0, 8, EVTQ);
	reg(0x20, 4, ALL_ON);
	dma(BUFFER, false, &v);
	ck_assert_uint_eq(get(0x100a8, 4), 1);
	ck_assert_uint_eq(word(EVTQ)[0], C_BAD_STE | SID_W0);
	dma(BUFFER, false, &v);
	ck_assert_uint_eq(get(0x100a8, 4), 1u << 31 | 1);
	reg(0x100ac, 4, 1u << 31 | 1);
	word(EVTQ)[0] = 0;
	dma(BUFFER, false, &v);
	ck_assert_uint_eq(get(0x100a8, 4), 1u << 31);
	ck_assert_uint_eq(word(EVTQ)[0], C_BAD_STE | SID_W0);
}
END_TEST

/* A stall is never lost: it is recorded when there is room, for what it then meets. */
START_TEST(stalls_wait_for_room)
{
	bool repaired = _i;
	u64 v = 1, records = 0;
	const u64 *e, *stall = NULL;

	smmu_attach(&rig->smmu, SID, &(struct dma_client){ .resumed = on_resumed });
	use_stage2(1ull << 57); /* S2S */
	for (unsigned i = 0; i < 1u << QLOG2; i++)
		dma_as((struct dma_request){ .stream = 9 }, &v); /* C_BAD_STE */
	ck_assert_int_eq(dma(0x5000, false, &v), DMA_STALL);
	ck_assert_uint_eq(get(0x100a8, 4) >> 31, 0); /* no overflow */
	if (repaired)
		map(S2_L1, 0x5000, BUFFER, AF | S2_RW | S2_WB);
	ck_assert_uint_eq(rig->resumed, 0);
	event();
	ck_assert_uint_eq(rig->resumed, 1);
	ck_assert_int_eq(rig->how, DMA_RETRY);
	ck_assert_int_eq(dma(0x5000, false, &v), repaired ? DMA_OK : DMA_STALL); /* as the device does */
	while ((e = event())) {
		records++;
		if (e[0] == (F_TRANSLATION | SID_W0))
			stall = e;
	}
	ck_assert_uint_eq(records, (1u << QLOG2) - repaired);
	ck_assert(repaired ? !stall : stall && stall[1] >> 31 & 1);
}
END_TEST

static void add(TCase *t)
{
	tcase_add_loop_test(t, each_record, 0, ARRAY_SIZE(rows));
	tcase_add_loop_test(t, silence, 0, ARRAY_SIZE(silents));
	tcase_add_test(t, terminated_as_raz_wi);
	tcase_add_test(t, overflow);
	tcase_add_test(t, queue_write_aborts);
	tcase_add_test(t, queue_disabled);
	tcase_add_test(t, queue_of_one);
	tcase_add_loop_test(t, stalls_wait_for_room, 0, 2);
}

int main(void)
{
	return run_smmu_suite("smmu_events", add);
}
