/*
 * The SMMU between devices that do anything and memory. The input is a list of operations after a byte that chooses who
 * is malicious:
 *
 *   everybody: registers, command queue, stream table, descriptors, tables and devices are garbage. Nothing may crash
 * or hang, and nothing beyond the RAM changes.
 *
 *   a guest and its devices: the hypervisor's structures are well made, the guest owns its context descriptors, its
 *   stage-1 tables and every request. Whatever it does, no page changes but those that stage 2 lets it write.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "smmu/smmu.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x40000u
#define GUARD 64u
#define OPS_MAX 400u
#define STREAMS 16u

/* Where things are, by page of the RAM. The guest's IPAs 0 to 0xf000 are GUEST, read-only READONLY follow. */
enum { STRTAB, CMDQ, EVENTQ, PRIQ, S2_TABLES, GUEST = 16, READONLY = 32, HIDDEN = 36, PAGES = 64 };
#define PAGE_AT(n) (RAM_BASE + 0x1000ull * (n))
#define QLOG2 5u

struct op {
	u8 what; /* enum kind; bit 7: numbers as they are, which are tamed otherwise */
	u8 a, b, c;
	u32 v;
	u64 w;
};
enum kind { MEMORY, DEVICE, TRANSLATION, PAGE, COMMAND, EVENTS, BROADCAST, WRITE_REG, READ_REG, TABLE, KINDS };
enum { WILD = 0x80 };

static struct smmu smmu;
static struct bus bus;
static u8 ram[GUARD + RAM_SIZE + GUARD], before[RAM_SIZE];
static bool is_contained;

static u64 *word(u64 at)
{
	return (u64 *)(ram + GUARD + ((at - RAM_BASE) & (RAM_SIZE - 8)));
}

static u64 reg(u32 at, unsigned size, bool write, u64 v)
{
	struct bus_access a = { .offset = at & ~(u64)(size - 1), .size = (u8)size, .ns = true };

	if (write)
		smmu_bus_ops.write(&smmu, &a, v);
	else
		smmu_bus_ops.read(&smmu, &a, &v);
	return v;
}

/* ---- the hypervisor's work ---- */

static void map_stage2(unsigned index, unsigned page, u64 rights)
{
	word(PAGE_AT(S2_TABLES + 2))[index] = PAGE_AT(page) | 1 << 10 | rights << 6 | 0xf << 2 | 3;
}

/* Every way that a guest's stream can be configured: by stream ID. */
static void make_ste(unsigned stream)
{
	static const u8 configs[] = { 7, 7, 6, 0, 7, 7 };
	u64 *ste = word(PAGE_AT(STRTAB) + 64 * stream);
	unsigned config = configs[stream % ARRAY_SIZE(configs)];

	ste[0] = 1 | config << 1 | 0x0000 | (stream & 1 ? 6ull << 59 | (u64)(stream >> 1 & 3) << 4 : 0);
	ste[1] = (stream & 3) | (config == 7 && stream & 4 ? 2ull << 28 : 0) | (u64)(stream >> 2 & 3) << 48 |
		 (u64)(stream >> 1 & 3) << 50 | (u64)(stream & 1) << 25;
	ste[2] = (stream & 8 ? 2 : 1) | 25ull << 32 | 1ull << 38 | 2ull << 48 | 1ull << 51 | 1ull << 58 |
		 (u64)(stream >> 3 & !(stream & 4)) << 57;
	ste[3] = PAGE_AT(S2_TABLES);
}

static void set_up(void)
{
	word(PAGE_AT(S2_TABLES))[0] = PAGE_AT(S2_TABLES + 1) | 3;
	word(PAGE_AT(S2_TABLES + 1))[0] = PAGE_AT(S2_TABLES + 2) | 3;
	for (unsigned i = 0; i < 16; i++)
		map_stage2(i, GUEST + i, 3);
	for (unsigned i = 0; i < 4; i++)
		map_stage2(16 + i, READONLY + i, 1);
	for (unsigned i = 0; i < STREAMS; i++)
		make_ste(i);
	reg(0x80, 8, true, PAGE_AT(STRTAB));
	reg(0x88, 4, true, 4);
	reg(0x90, 8, true, PAGE_AT(CMDQ) | QLOG2);
	reg(0xa0, 8, true, PAGE_AT(EVENTQ) | QLOG2);
	reg(0xc0, 8, true, PAGE_AT(PRIQ) | QLOG2);
	reg(0x2c, 4, true, 2);
	reg(0x50, 4, true, 7);
	reg(0x20, 4, true, 0x1f);
}

/* ---- the guest's structures: useful ones, to begin with ---- */

static void make_cd(u64 at, unsigned n)
{
	word(at)[0] = 25 | 1ull << 30 | 1ull << 31 | 2ull << 32 | 1ull << 41 | (u64)(n & 0x3f) << 42 | (u64)n << 48;
	word(at)[1] = 0x1000 * (1 + (n & 3));
	word(at)[3] = 0xff44;
}

static void make_guest(void)
{
	for (unsigned i = 0; i < 16; i++)
		make_cd(PAGE_AT(GUEST) + 64 * i, i);
	for (unsigned i = 0; i < 4; i++) {
		u64 l1 = PAGE_AT(GUEST + 1 + i);

		word(l1)[0] = 0x1000 * (5 + i) | 3;
		word(l1)[1] = 1ull << 10 | 1 << 6 | 1;
		word(PAGE_AT(GUEST + 5 + i))[0] = 0x9000 | 3;
	}
	for (unsigned i = 0; i < 24; i++)
		word(PAGE_AT(GUEST + 9))[i] = 0x1000 * i | 1 << 10 | (u64)(i & 3) << 6 | (i & 1 ? 1ull << 51 : 0) | 3;
}

/* ---- operations ---- */

static void resumed(void *ctx, enum dma_resume how)
{
}

static bool invalidate(void *ctx, const struct dma_invalidation *what)
{
	return what->address != 0x3000;
}

static void page_response(void *ctx, u16 group, enum dma_page_response code)
{
}

/* An address that means something to somebody; or not. */
static u64 address(const struct op *o)
{
	if (o->what & WILD)
		return o->w;
	return (o->w & 0x1ffff) | (o->b & 1 ? 0x40000000 : 0);
}

static void device(const struct op *o)
{
	u8 data[4096];
	struct dma_request q = { .stream = o->what & WILD ? o->v : o->a % STREAMS,
				 .address = address(o),
				 .is_write = o->b & 2,
				 .privileged = o->b & 4,
				 .instruction = o->b & 8,
				 .has_ssid = o->b & 16,
				 .translated = o->b & 32,
				 .ssid = o->what & WILD ? o->v >> 8 : o->v & 15,
				 .size = o->c ? o->c : 4096,
				 .data = data };

	memset(data, o->a, sizeof(data));
	smmu_access(&smmu, &q);
}

static void translation(const struct op *o)
{
	struct dma_translation_request q = { .stream = o->a % STREAMS,
					     .address = address(o),
					     .has_ssid = o->b & 2,
					     .ssid = o->v & 15,
					     .no_write = o->b & 4,
					     .privileged = o->b & 8,
					     .execute = o->b & 16 };
	struct dma_translation t;

	smmu_translate(&smmu, &q, &t);
}

static void page(const struct op *o)
{
	struct dma_page_request q = { .stream = o->a % STREAMS,
				      .address = address(o),
				      .has_ssid = o->b & 2,
				      .ssid = o->v,
				      .read = o->b & 4,
				      .write = o->b & 8,
				      .last = o->b & 16,
				      .group = (u16)o->v };

	smmu_request_page(&smmu, &q);
}

/* Commands are the hypervisor's: a contained one sends no messages to where they would write. */
static void command(const struct op *o)
{
	static const u8 opcodes[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x20,
				      0x21, 0x22, 0x23, 0x28, 0x2a, 0x30, 0x40, 0x41, 0x44, 0x45, 0x46 };
	u32 prod = (u32)reg(0x98, 4, false, 0);
	u64 *entry = word(PAGE_AT(CMDQ) + 16 * (prod & ones(QLOG2)));
	u64 w0 = o->w, w1 = (u64)o->v << 32 | (u32)o->a << 12 | (o->b & 0xfff);

	if (!(o->what & WILD))
		w0 = (w0 & 0xf00fff01fff800ull) | opcodes[o->c % sizeof(opcodes)] | (u64)(o->a % STREAMS) << 32;
	if ((w0 & 0xff) == 0x46 && is_contained)
		w1 = 0;
	entry[0] = w0;
	entry[1] = w1;
	reg(0x98, 4, true, (prod + 1) & ones(QLOG2 + 1));
	if (!(o->b & 1)) /* errors acknowledged, the command taken back */
		return;
	entry[0] = 0x46;
	entry[1] = 0;
	reg(0x64, 4, true, reg(0x60, 4, false, 0));
}

static void broadcast(const struct op *o)
{
	struct tlbi_scope s = { .op = o->a % (TLBI_IPA + 1),
				.regime = o->b % REGIME_COUNT,
				.vmid = o->v & 3,
				.asid = o->v >> 2 & 15,
				.start = address(o) & ~0xfffull,
				.last_level = o->c & 1,
				.ttl_level = -1,
				.ns_ipa = true };

	s.end = s.start + 0x1000 * (1 + (u64)(o->c >> 1));
	smmu_broadcast(&smmu, &s);
}

static void write_reg(const struct op *o)
{
	static const u32 useful[] = { 0x20, 0x44, 0x50, 0x64, 0x68, 0x80,    0x88,    0x90,    0x98,	0x9c,
				      0xa0, 0xb0, 0xc0, 0xd0, 0xdc, 0x100a8, 0x100ac, 0x100c8, 0x100cc, 0x2c };
	u32 at = o->what & WILD ? o->v & 0x1ffff : useful[o->a % ARRAY_SIZE(useful)];
	u64 v = o->b & 1 ? PAGE_AT(o->c % PAGES) | (o->w & 0xf) : o->w;

	if (at >= 0x90 && at < 0x98 && (v & 31) > 12)
		v &= ~0x18ull; /* a queue of a million commands is no error, but slow */
	reg(at, at % 8 ? 4 : o->b & 2 ? 8 : 4, true, v);
}

static void run(const struct op *o)
{
	unsigned kind = (o->what & ~WILD) % KINDS;

	switch (kind) {
	case MEMORY:
		*word(is_contained ? PAGE_AT(GUEST) + (o->v & 0xfff8) : RAM_BASE + (o->v & (RAM_SIZE - 8))) = o->w;
		break;
	case DEVICE: device(o); break;
	case TRANSLATION: translation(o); break;
	case PAGE: page(o); break;
	case COMMAND: command(o); break;
	case EVENTS:
		reg(0x100ac, 4, true, reg(0x100a8, 4, false, 0));
		reg(0x100cc, 4, true, reg(0x100c8, 4, false, 0));
		break;
	case BROADCAST: broadcast(o); break;
	case WRITE_REG:
		if (!is_contained)
			write_reg(o);
		break;
	case READ_REG: reg(o->v & 0x1ffff, o->a & 1 ? 8 : 4, false, 0); break;
	case TABLE: /* one bit of a descriptor of the guest's */
		word(PAGE_AT(GUEST + o->a % 10) + 8 * (o->v % 32))[0] ^= 1ull << (o->b & 63);
		break;
	}
}

/* ---- what must hold ---- */

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static bool is_constant(unsigned page_index)
{
	return page_index == STRTAB || (page_index >= S2_TABLES && page_index < GUEST) || page_index >= READONLY;
}

static void check(void)
{
	for (unsigned i = 0; i < GUARD; i++)
		demand(ram[i] == 0xa5 && ram[GUARD + RAM_SIZE + i] == 0xa5);
	for (unsigned i = 0; is_contained && i < PAGES; i++)
		demand(!is_constant(i) || !memcmp(ram + GUARD + 0x1000 * i, before + 0x1000 * i, 0x1000));
}

static void fresh(u8 first)
{
	static bool ready;
	struct dma_client client = { .resumed = resumed, .invalidate = invalidate, .page_response = page_response };

	memset(ram, 0xa5, sizeof(ram));
	memset(ram + GUARD, 0, 0x1000 * READONLY);
	if (!ready) {
		bus_add(&bus, &(struct bus_region){
				      .base = RAM_BASE, .size = RAM_SIZE, .kind = BUS_RAM, .host = ram + GUARD });
		demand(smmu_init(&smmu, &bus, NULL));
		for (unsigned i = 0; i < SMMU_CLIENTS; i++)
			smmu_attach(&smmu, 2 * i, &client);
		ready = true;
	}
	smmu_set_pa_bits(&smmu, first & 2 ? 52 : 40);
	smmu_reset(&smmu);
	is_contained = !(first & 1);
	set_up();
	make_guest();
	memcpy(before, ram + GUARD, RAM_SIZE);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct op o;

	if (!size)
		return 0;
	fresh(*data++);
	size--;
	for (unsigned i = 0; i < OPS_MAX && size >= sizeof(o); i++, data += sizeof(o), size -= sizeof(o)) {
		memcpy(&o, data, sizeof(o));
		run(&o);
	}
	check();
	return 0;
}
