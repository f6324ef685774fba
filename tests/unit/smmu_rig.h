/*
 * An SMMU with its queues and tables in 16 MiB of RAM at 0x40000000, and one stream of interest: SID, VMID 7, ASID 3.
 */
#ifndef SMMU_RIG_H
#define SMMU_RIG_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "smmu/smmu.h"
#include "run_suite.h"

#define UNUSED __attribute__((unused))

#define RAM 0x40000000ull
#define RAM_SIZE (16u << 20)
#define STRTAB (RAM + 0x100000)
#define CMDQ (RAM + 0x200000)
#define EVTQ (RAM + 0x210000)
#define PRIQ (RAM + 0x218000)
#define MSI_AT (RAM + 0x21c000)
#define CD_AT (RAM + 0x220000)
#define S1_L1 (RAM + 0x300000) /* stage 1: 39-bit, level 1 */
#define S2_L1 (RAM + 0x400000)
#define L2 0x1000 /* each followed by its levels 2 and 3 */
#define L3 0x2000
#define BUFFER (RAM + 0x800000)
#define ALL_ON 0xfu /* SMMUEN, PRIQEN, EVENTQEN, CMDQEN */
#define SID 5u
#define QLOG2 3 /* eight entries */

static struct rig {
	struct bus bus;
	struct smmu smmu;
	u8 *ram;
	bool level[SMMU_LINES];
	unsigned rises[SMMU_LINES];
	unsigned resumed;
	enum dma_resume how;
} * rig;

UNUSED static void on_line(void *ctx, unsigned n, bool level)
{
	rig->rises[n] += level && !rig->level[n];
	rig->level[n] = level;
}

UNUSED static void on_resumed(void *ctx, enum dma_resume how)
{
	rig->resumed++;
	rig->how = how;
}

UNUSED static void reg(u32 at, unsigned size, u64 value)
{
	struct bus_access a = { .offset = at, .size = (u8)size, .ns = true };

	ck_assert_int_eq(smmu_bus_ops.write(&rig->smmu, &a, value), BUS_OK);
}

UNUSED static u64 get(u32 at, unsigned size)
{
	struct bus_access a = { .offset = at, .size = (u8)size, .ns = true };
	u64 v;

	ck_assert_int_eq(smmu_bus_ops.read(&rig->smmu, &a, &v), BUS_OK);
	return v;
}

UNUSED static u64 *word(u64 pa)
{
	return (u64 *)(rig->ram + (pa - RAM));
}

UNUSED static u64 *ste(unsigned sid)
{
	return word(STRTAB + 64ull * sid);
}

UNUSED static void command(u64 w0, u64 w1)
{
	u32 prod = (u32)get(0x98, 4), index = prod & (u32)ones(QLOG2);

	word(CMDQ)[2 * index] = w0;
	word(CMDQ)[2 * index + 1] = w1;
	reg(0x98, 4, (prod + 1) & ones(QLOG2 + 1));
}

/* The oldest event record, taken from the queue; NULL: none. */
UNUSED static const u64 *event(void)
{
	u32 prod = (u32)get(0x100a8, 4) & (u32)ones(QLOG2 + 1), cons = (u32)get(0x100ac, 4) & (u32)ones(QLOG2 + 1);

	if (prod == cons)
		return NULL;
	reg(0x100ac, 4, (cons + 1) & ones(QLOG2 + 1));
	return word(EVTQ) + 4 * (cons & ones(QLOG2));
}

UNUSED static enum dma_result dma(u64 address, bool is_write, u64 *value)
{
	struct dma_request q = {
		.stream = SID, .address = address, .size = 8, .is_write = is_write, .data = (u8 *)value
	};

	return smmu_access(&rig->smmu, &q);
}

/* The same, with what a device can say about it. */
UNUSED static enum dma_result dma_as(struct dma_request q, u64 *value)
{
	if (!q.stream)
		q.stream = SID;
	q.size = 8;
	q.data = (u8 *)value;
	return smmu_access(&rig->smmu, &q);
}

/* Whether software sees exactly this record, and no other. */
UNUSED static void expect_event(const char *name, u64 w0, u64 w1, u64 w2, u64 w3)
{
	const u64 *e = event();

	ck_assert_msg(e != NULL, "%s: no record", name);
	ck_assert_msg(e[0] == w0 && e[1] == w1 && e[2] == w2 && e[3] == w3,
		      "%s: record %llx %llx %llx %llx, not %llx %llx %llx %llx", name, (unsigned long long)e[0],
		      (unsigned long long)e[1], (unsigned long long)e[2], (unsigned long long)e[3],
		      (unsigned long long)w0, (unsigned long long)w1, (unsigned long long)w2, (unsigned long long)w3);
	ck_assert_msg(event() == NULL, "%s: more records", name);
}

UNUSED static void forget_stream(void)
{
	command(0x03 | (u64)SID << 32, 1);
}

UNUSED static void forget_translations(void)
{
	command(0x30, 0);
	command(0x20, 0);
}

UNUSED static void setup(void)
{
	rig = calloc(1, sizeof(*rig));
	rig->ram = calloc(1, RAM_SIZE);
	bus_add(&rig->bus, &(struct bus_region){
				   .name = "ram", .base = RAM, .size = RAM_SIZE, .kind = BUS_RAM, .host = rig->ram });
	ck_assert(smmu_init(&rig->smmu, &rig->bus, NULL));
	for (unsigned i = 0; i < SMMU_LINES; i++)
		rig->smmu.line[i] = (struct line){ on_line, NULL, i };
	reg(0x2c, 4, 6); /* CR2: RECINVSID, PTM */
	reg(0x80, 8, STRTAB);
	reg(0x88, 4, 8); /* linear, 256 streams */
	reg(0x90, 8, CMDQ | QLOG2);
	reg(0xa0, 8, EVTQ | QLOG2);
	reg(0xc0, 8, PRIQ | QLOG2);
	reg(0x50, 4, 7);
	reg(0x20, 4, ALL_ON);
}

UNUSED static void teardown(void)
{
	smmu_destroy(&rig->smmu);
	free(rig->ram);
	free(rig);
}

/* ---- tables ---- */

enum { AF = 1 << 10, S1_RW = 1 << 6, S1_RO = 3 << 6, S2_RW = 3 << 6, S2_RO = 1 << 6, S2_WB = 0xf << 2 };

/* One 4 KiB page: input `at` (below 1 GiB) to `pa`, in tables with 39 bits of input. */
UNUSED static void map(u64 l1, u64 at, u64 pa, u64 attrs)
{
	word(l1)[at >> 30] = (l1 + L2) | 3;
	word(l1 + L2)[at >> 21 & 511] = (l1 + L3) | 3;
	word(l1 + L3)[at >> 12 & 511] = pa | attrs | 3;
}

/* What lies in RAM has itself as its IPA, in blocks of 2 MiB beside what map() does. */
UNUSED static void map_ram_at_stage2(u64 attrs)
{
	word(S2_L1)[RAM >> 30] = (S2_L1 + 0x3000) | 3;
	for (u64 at = 0; at < RAM_SIZE; at += 1 << 21)
		word(S2_L1 + 0x3000)[at >> 21] = (RAM + at) | attrs | 1;
}

UNUSED static void use_bypass(void)
{
	ste(SID)[0] = 4 << 1 | 1;
}

UNUSED static void use_stage2(u64 more)
{
	ste(SID)[0] = 6 << 1 | 1;
	/* VMID 7, 39 bits, start at level 1, 4 KiB, 40-bit output, AArch64, record faults */
	ste(SID)[2] = 7 | 25ull << 32 | 1ull << 38 | 2ull << 48 | 1ull << 51 | 1ull << 58 | more;
	ste(SID)[3] = S2_L1;
}

UNUSED static void use_stage1(u64 config, u64 more)
{
	u64 *cd = word(CD_AT);

	ste(SID)[0] = config << 1 | 1 | CD_AT;
	/* 39 bits, EPD1, V, 40-bit output, AArch64, record faults and abort, ASID 3 */
	cd[0] = 25 | 1ull << 30 | 1ull << 31 | 2ull << 32 | 1ull << 41 | 3ull << 45 | 3ull << 48 | more;
	cd[1] = S1_L1;
	cd[3] = 0xff;
}

UNUSED static int run_smmu_suite(const char *name, void (*add)(TCase *t))
{
	Suite *s = suite_create(name);
	TCase *t = tcase_create(name);

	tcase_add_checked_fixture(t, setup, teardown);
	add(t);
	suite_add_tcase(s, t);
	return run_suite(s);
}

#endif
