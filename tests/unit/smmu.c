/*
 * SMMUv3 as software meets it: the ways through, faults, staleness, commands, stalls. What each structure may say, what
 * each record says, and ATS are in tests of their own.
 */
#include "dev/dma.h"
#include "smmu_rig.h"

/* ---- the ways through ---- */

START_TEST(disabled_passes_or_aborts)
{
	u64 v = 0;

	*word(BUFFER) = 0x1122334455667788;
	reg(0x20, 4, 0);
	ck_assert_int_eq(dma(BUFFER, false, &v), DMA_OK);
	ck_assert_uint_eq(v, 0x1122334455667788);
	reg(0x44, 4, 1u << 31 | 1u << 20); /* GBPA.ABORT */
	ck_assert_uint_eq(get(0x44, 4), 1u << 20);
	ck_assert_int_eq(dma(BUFFER, false, &v), DMA_ABORT);
	ck_assert_ptr_null(event());
}
END_TEST

START_TEST(bypass)
{
	u64 v = 42;

	use_bypass();
	ck_assert_int_eq(dma(BUFFER, true, &v), DMA_OK);
	ck_assert_uint_eq(*word(BUFFER), 42);
}
END_TEST

START_TEST(stage2)
{
	u64 v = 42;

	use_stage2(0);
	map(S2_L1, 0x5000, BUFFER, AF | S2_RW | S2_WB);
	ck_assert_int_eq(dma(0x5008, true, &v), DMA_OK);
	ck_assert_uint_eq(word(BUFFER)[1], 42);
	ck_assert_ptr_null(event());
}
END_TEST

START_TEST(stage1)
{
	u64 v = 42;

	use_stage1(5, 0);
	map(S1_L1, 0x5000, BUFFER, AF | S1_RW);
	ck_assert_int_eq(dma(0x5008, true, &v), DMA_OK);
	ck_assert_uint_eq(word(BUFFER)[1], 42);
}
END_TEST

/* Stage 1's tables, and the CD, are at IPAs: the same as their PAs here. */
START_TEST(nested)
{
	u64 v = 42;

	use_stage2(0);
	use_stage1(7, 0);
	map_ram_at_stage2(AF | S2_RW | S2_WB);
	map(S1_L1, 0x5000, 0x7000, AF | S1_RW);
	map(S2_L1, 0x7000, BUFFER, AF | S2_RW | S2_WB);
	ck_assert_int_eq(dma(0x5008, true, &v), DMA_OK);
	ck_assert_uint_eq(word(BUFFER)[1], 42);
	ck_assert_ptr_null(event());
}
END_TEST

START_TEST(two_level_table)
{
	u64 v = 1;

	reg(0x20, 4, 0);
	reg(0x88, 4, 16 | 8 << 6 | 1 << 16);
	reg(0x20, 4, ALL_ON);
	word(STRTAB)[0] = (STRTAB + 0x4000) | 9; /* 256 streams */
	word(STRTAB + 0x4000 + 64 * SID)[0] = 4 << 1 | 1;
	ck_assert_int_eq(dma(BUFFER, true, &v), DMA_OK);
	word(STRTAB)[0] = (STRTAB + 0x4000) | 2; /* two streams: 5 is not one of them */
	command(0x04, 31);
	ck_assert_int_eq(dma(BUFFER, true, &v), DMA_ABORT);
	ck_assert_uint_eq(event()[0], C_BAD_STREAMID | (u64)SID << 32);
}
END_TEST

/* ---- faults and their records ---- */

static const struct fault_case {
	const char *name;
	bool s1;   /* stage 1 alone; else stage 2 alone */
	u64 attrs; /* of the page at 0x5000; 0: not mapped */
	bool is_write;
	u8 type;
	u8 recorded;
} fault_cases[] = {
	{ "stage 2, not mapped", false, 0, false, F_TRANSLATION, 1 },
	{ "stage 2, read-only", false, AF | S2_RO | S2_WB, true, F_PERMISSION, 1 },
	{ "stage 2, no access flag", false, S2_RW | S2_WB, false, F_ACCESS, 1 },
	{ "stage 1, not mapped", true, 0, true, F_TRANSLATION, 1 },
	{ "stage 1, read-only", true, AF | S1_RO, true, F_PERMISSION, 1 },
	{ "stage 1, no access flag", true, S1_RW, false, F_ACCESS, 1 },
};

START_TEST(faults)
{
	const struct fault_case *c = &fault_cases[_i];
	const u64 *e;
	u64 v = 0;

	use_stage2(0);
	if (c->s1)
		use_stage1(5, 0);
	map(c->s1 ? S1_L1 : S2_L1, 0x6000, BUFFER, AF);
	if (c->attrs)
		map(c->s1 ? S1_L1 : S2_L1, 0x5000, BUFFER, c->attrs);
	ck_assert_int_eq(dma(0x5010, c->is_write, &v), DMA_ABORT);
	ck_assert_msg(rig->level[SMMU_LINE_EVENT], "%s: no interrupt", c->name);
	e = event();
	ck_assert_msg(e != NULL, "%s: no record", c->name);
	ck_assert_msg(e[0] == (c->type | (u64)SID << 32), "%s: record %llx", c->name, (unsigned long long)e[0]);
	ck_assert_msg((e[1] >> 35 & 1) == !c->is_write, "%s: RnW", c->name);
	ck_assert_msg((e[1] >> 39 & 1) == !c->s1, "%s: S2", c->name);
	ck_assert_msg((e[1] >> 40 & 3) == 2, "%s: CLASS", c->name);
	ck_assert_uint_eq(e[2], 0x5010);
	ck_assert_uint_eq(e[3], c->s1 ? 0 : 0x5000);
	ck_assert(!rig->level[SMMU_LINE_EVENT]);
}
END_TEST

START_TEST(faults_not_recorded)
{
	u64 v;

	use_stage2(0);
	ste(SID)[2] &= ~(1ull << 58); /* S2R */
	ck_assert_int_eq(dma(0x5010, false, &v), DMA_ABORT);
	ck_assert_ptr_null(event());
}
END_TEST

static const struct bad_config {
	const char *name;
	u64 ste0, ste2;
	u8 type; /* 0: aborted without a record */
} bad_configs[] = {
	{ "STE not valid", 0, 0, C_BAD_STE },
	{ "abort", 0 << 1 | 1, 0, 0 },
	{ "reserved Config", 2 << 1 | 1, 0, 0 },
	{ "stage 2 of AArch32", 6 << 1 | 1, 25ull << 32, C_BAD_STE },
	{ "reserved S2TG", 6 << 1 | 1, 25ull << 32 | 3ull << 46 | 1ull << 51, C_BAD_STE },
	{ "more substreams than there are", 21ull << 59 | 5 << 1 | 1 | CD_AT, 0, C_BAD_STE },
	{ "CD out of memory", 5 << 1 | 1 | 0x1000000, 0, F_CD_FETCH },
	{ "CD not valid", 5 << 1 | 1 | CD_AT, 0, C_BAD_CD },
};

START_TEST(bad_configuration)
{
	const struct bad_config *c = &bad_configs[_i];
	const u64 *e;
	u64 v;

	ste(SID)[0] = c->ste0;
	ste(SID)[2] = c->ste2;
	ck_assert_int_eq(dma(BUFFER, false, &v), DMA_ABORT);
	e = event();
	if (!c->type) {
		ck_assert_msg(e == NULL, "%s: a record", c->name);
		return;
	}
	ck_assert_msg(e != NULL, "%s: no record", c->name);
	ck_assert_msg(e[0] == (c->type | (u64)SID << 32), "%s: record %llx", c->name, (unsigned long long)e[0]);
}
END_TEST

START_TEST(unknown_stream)
{
	struct dma_request q = { .stream = 256, .address = BUFFER, .size = 8, .data = (u8[8]){ 0 } };

	ck_assert_int_eq(smmu_access(&rig->smmu, &q), DMA_ABORT);
	ck_assert_uint_eq(event()[0], C_BAD_STREAMID | 256ull << 32);
}
END_TEST

START_TEST(event_queue_overflows)
{
	u64 v;
	unsigned records = 0;

	for (unsigned i = 0; i < 12; i++)
		dma(BUFFER, false, &v); /* C_BAD_STE */
	ck_assert_uint_eq(get(0x100a8, 4) >> 31, 1);
	while (event())
		records++;
	ck_assert_uint_eq(records, 1u << QLOG2);
	reg(0x100ac, 4, get(0x100a8, 4)); /* acknowledge */
	dma(BUFFER, false, &v);
	ck_assert_uint_eq(get(0x100a8, 4) >> 31, 1); /* no new overflow: the flag stays as acknowledged */
}
END_TEST

/* ---- staleness and commands ---- */

START_TEST(configuration_is_cached)
{
	u64 v = 1;

	use_bypass();
	ck_assert_int_eq(dma(BUFFER, true, &v), DMA_OK);
	ste(SID)[0] = 1; /* abort: not seen until CFGI_STE */
	ck_assert_int_eq(dma(BUFFER, true, &v), DMA_OK);
	command(0x03 | (u64)(SID + 1) << 32, 1);
	ck_assert_int_eq(dma(BUFFER, true, &v), DMA_OK);
	command(0x03 | (u64)SID << 32, 1);
	ck_assert_int_eq(dma(BUFFER, true, &v), DMA_ABORT);
}
END_TEST

static const struct tlbi_case {
	const char *name;
	bool s1;
	u64 w0, w1;
	bool removes;
} tlbi_cases[] = {
	{ "S12_VMALL, this VMID", false, 0x28 | 7ull << 32, 0, true },
	{ "S12_VMALL, another VMID", false, 0x28 | 8ull << 32, 0, false },
	{ "NSNH_ALL", false, 0x30, 0, true },
	{ "EL2_ALL", false, 0x20, 0, false },
	{ "NH_VA", true, 0x12 | 7ull << 32 | 3ull << 48, 0x5000, true },
	{ "NH_VA, another page", true, 0x12 | 7ull << 32 | 3ull << 48, 0x6000, false },
	{ "NH_VA, another ASID", true, 0x12 | 7ull << 32 | 4ull << 48, 0x5000, false },
	{ "NH_VA, a range over it", true, 0x12 | 7ull << 32 | 3ull << 48 | 15ull << 12, 0x0000 | 1 << 10, true },
	{ "NH_VA, a range before it", true, 0x12 | 7ull << 32 | 3ull << 48 | 3ull << 12, 0x0000 | 1 << 10, false },
	{ "NH_VAA", true, 0x13 | 7ull << 32 | 9ull << 48, 0x5000, true },
	{ "NH_ASID", true, 0x11 | 7ull << 32 | 3ull << 48, 0, true },
	{ "NH_ASID, another", true, 0x11 | 7ull << 32 | 2ull << 48, 0, false },
	{ "NH_ALL", true, 0x10 | 7ull << 32, 0, true },
	{ "NH_ALL, another VMID", true, 0x10 | 1ull << 32, 0, false },
};

START_TEST(translations_are_cached)
{
	const struct tlbi_case *c = &tlbi_cases[_i];
	u64 tables = c->s1 ? S1_L1 : S2_L1, v = 1;
	enum dma_result r;

	use_stage2(0);
	if (c->s1)
		use_stage1(5, 0);
	map(tables, 0x5000, BUFFER, (c->s1 ? S1_RW | 1 << 11 : S2_RW | S2_WB) | AF); /* nG in stage 1 */
	ck_assert_int_eq(dma(0x5000, true, &v), DMA_OK);
	word(tables + L3)[5] = 0;
	ck_assert_int_eq(dma(0x5000, true, &v), DMA_OK);
	command(c->w0, c->w1);
	r = dma(0x5000, true, &v);
	ck_assert_msg(r == (c->removes ? DMA_ABORT : DMA_OK), "%s: %d", c->name, r);
}
END_TEST

START_TEST(sync_interrupts)
{
	command(0x46 | 1 << 12, 0);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 1);
	command(0x46, 0);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 1);
}
END_TEST

START_TEST(illegal_command_stops_the_queue)
{
	command(0x7f, 0);
	ck_assert(rig->level[SMMU_LINE_GERROR]);
	ck_assert_uint_eq(get(0x60, 4) & 1, 1);
	ck_assert_uint_eq(get(0x9c, 4) >> 24 & 0x7f, 1); /* CERROR_ILL */
	command(0x46 | 1 << 12, 0);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 0);
	/* software repairs the command and acknowledges */
	word(CMDQ)[0] = 0x46 | 1 << 12;
	reg(0x64, 4, 1);
	ck_assert(!rig->level[SMMU_LINE_GERROR]);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 2);
}
END_TEST

START_TEST(command_queue_out_of_memory)
{
	reg(0x20, 4, 5);
	reg(0x90, 8, 0x8000000000 | QLOG2);
	reg(0x20, 4, ALL_ON);
	reg(0x98, 4, 1);
	ck_assert_uint_eq(get(0x9c, 4) >> 24 & 0x7f, 2); /* CERROR_ABT */
}
END_TEST

START_TEST(registers_are_locked_in_use)
{
	reg(0x80, 8, 0x50000000);
	ck_assert_uint_eq(get(0x80, 8), STRTAB);
	reg(0x20, 4, 0);
	reg(0x80, 8, 0x50000000);
	ck_assert_uint_eq(get(0x80, 8), 0x50000000);
	ck_assert_uint_eq(get(0x24, 4), 0); /* CR0ACK follows */
}
END_TEST

/* ---- stalls ---- */

START_TEST(stalled_and_resumed)
{
	bool retry = _i;
	const u64 *e;
	u64 v = 1;

	use_stage2(1ull << 57); /* S2S */
	smmu_attach(&rig->smmu, SID, &(struct dma_client){ .resumed = on_resumed });
	ck_assert_int_eq(dma(0x5000, false, &v), DMA_STALL);
	e = event();
	ck_assert_uint_eq(e[0] & 0xff, F_TRANSLATION);
	ck_assert_uint_eq(e[1] >> 31 & 1, 1);
	command(0x44 | (u64)(SID + 1) << 32 | (u64)retry << 12, e[1] & 0xffff); /* not this stream's */
	ck_assert_uint_eq(rig->resumed, 0);
	command(0x44 | (u64)SID << 32 | (u64)retry << 12, e[1] & 0xffff);
	ck_assert_uint_eq(rig->resumed, 1);
	ck_assert_int_eq(rig->how, retry ? DMA_RETRY : DMA_IGNORED);
	command(0x44 | (u64)SID << 32, e[1] & 0xffff); /* it is over */
	ck_assert_uint_eq(rig->resumed, 1);
}
END_TEST

/* ---- the DMA engine ---- */

static void engine_reg(struct dma_engine *d, u32 at, unsigned size, u64 value)
{
	ck_assert_int_eq(dma_bus_ops.write(d, &(struct bus_access){ .offset = at, .size = (u8)size }, value), BUS_OK);
}

START_TEST(engine_copies_and_faults)
{
	struct dma_engine d = { .port = { &rig->smmu, smmu_access } };

	ste(0x100 & 0xff)[0] = 0;
	reg(0x20, 4, 0);
	reg(0x88, 4, 9);
	reg(0x20, 4, ALL_ON);
	memcpy(ste(DMA_STREAM),
	       (u64[8]){ 6 << 1 | 1, 0, 7 | 25ull << 32 | 1ull << 38 | 2ull << 48 | 1ull << 51 | 1ull << 58, S2_L1 },
	       64);
	map(S2_L1, 0x5000, BUFFER, AF | S2_RW | S2_WB);
	map(S2_L1, 0x6000, BUFFER + 0x1000, AF | S2_RW | S2_WB);
	for (unsigned i = 0; i < 256; i++)
		rig->ram[BUFFER - RAM + 0xf80 + i] = (u8)i;
	engine_reg(&d, 0x10, 8, 0x5f80);
	engine_reg(&d, 0x18, 8, 0x5000);
	engine_reg(&d, 0x20, 4, 256); /* over the page's end */
	engine_reg(&d, 0x04, 4, 1);
	ck_assert_uint_eq(d.status, 2);
	ck_assert_mem_eq(rig->ram + (BUFFER - RAM), rig->ram + (BUFFER - RAM) + 0xf80, 256);
	engine_reg(&d, 0x08, 4, 2);
	engine_reg(&d, 0x18, 8, 0x6f80); /* runs into 0x7000, which is not mapped */
	engine_reg(&d, 0x04, 4, 1);
	ck_assert_uint_eq(d.status, 4 | 2 << 8);
	ck_assert_uint_eq(d.fault_addr, 0x7000);
	ck_assert_uint_eq(event()[2], 0x7000);
}
END_TEST

static void add(TCase *t)
{
	tcase_add_test(t, disabled_passes_or_aborts);
	tcase_add_test(t, bypass);
	tcase_add_test(t, stage2);
	tcase_add_test(t, stage1);
	tcase_add_test(t, nested);
	tcase_add_test(t, two_level_table);
	tcase_add_loop_test(t, faults, 0, ARRAY_SIZE(fault_cases));
	tcase_add_test(t, faults_not_recorded);
	tcase_add_loop_test(t, bad_configuration, 0, ARRAY_SIZE(bad_configs));
	tcase_add_test(t, unknown_stream);
	tcase_add_test(t, event_queue_overflows);
	tcase_add_test(t, configuration_is_cached);
	tcase_add_loop_test(t, translations_are_cached, 0, ARRAY_SIZE(tlbi_cases));
	tcase_add_test(t, sync_interrupts);
	tcase_add_test(t, illegal_command_stops_the_queue);
	tcase_add_test(t, command_queue_out_of_memory);
	tcase_add_test(t, registers_are_locked_in_use);
	tcase_add_loop_test(t, stalled_and_resumed, 0, 2);
	tcase_add_test(t, engine_copies_and_faults);
}

int main(void)
{
	return run_smmu_suite("smmu", add);
}
