/* The register file of SMMUv3 (IHI 0070, chapter 6): a table of where, how wide, what may be written. */
#include "smmu/smmu.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"

/* Both stages, AArch64 tables, coherent walks, 16-bit ASID and VMID, stalls, two-level stream tables. */
#define IDR0                                                                                                           \
	(1u << 0 | 1u << 1 | 2u << 2 | 1u << 4 | 1u << 9 | 1u << 12 | 1u << 14 | 1u << 18 | 2u << 21 | 0u << 24 |      \
	 1u << 27)
/* 16-bit stream IDs, no substreams, queues of up to 2^19 entries */
#define IDR1 (16u | 19u << 16 | 19u << 21)
/* hierarchical attribute disable, XNX, small tables, range invalidation */
#define IDR3 (1u << 2 | 1u << 4 | 1u << 9 | 1u << 10)
/* 48-bit output, all granules, 48-bit VA, as many stalls as SMMU_STALLS */
#define IDR5 (5u | 1u << 4 | 1u << 5 | 1u << 6 | (u32)SMMU_STALLS << 16)
#define AIDR 2u /* SMMUv3.2 */

enum { CR0_SMMUEN = 1, CR0_EVENTQEN = 4, CR0_CMDQEN = 8 };

struct reg {
	u32 at;
	u8 size;    /* 4 or 8 */
	u16 offset; /* in struct smmu_regs; NO_STORE: constant */
	u64 mask;   /* bits that are kept */
	u32 value;  /* of a constant */
	const char *name;
	void (*written)(struct smmu *s);
};
#define NO_STORE 0xffff

static void wrote_cr0(struct smmu *s)
{
	smmu_run_commands(s);
}

static void wrote_gbpa(struct smmu *s)
{
	s->r.gbpa &= ~(1u << 31); /* Update completes at once */
}

#define STORE(at, size, field, mask, name, fn)                                                                         \
	{                                                                                                              \
		at, size, offsetof(struct smmu_regs, field), mask, 0, name, fn                                         \
	}
#define CONST(at, value, name)                                                                                         \
	{                                                                                                              \
		at, 4, NO_STORE, 0, value, name, NULL                                                                  \
	}
#define ADDRESS_MASK(lo) ((1ull << 52) - (1ull << (lo)))

static const struct reg regs[] = {
	CONST(0x00, IDR0, "SMMU_IDR0"),
	CONST(0x04, IDR1, "SMMU_IDR1"),
	CONST(0x08, 0, "SMMU_IDR2"),
	CONST(0x0c, IDR3, "SMMU_IDR3"),
	CONST(0x10, 0, "SMMU_IDR4"),
	CONST(0x14, IDR5, "SMMU_IDR5"),
	CONST(0x18, 0, "SMMU_IIDR"),
	CONST(0x1c, AIDR, "SMMU_AIDR"),
	STORE(0x20, 4, cr0, 0x0d, "SMMU_CR0", wrote_cr0),
	STORE(0x24, 4, cr0, 0, "SMMU_CR0ACK", NULL),
	STORE(0x28, 4, cr1, 0xfff, "SMMU_CR1", NULL),
	STORE(0x2c, 4, cr2, 0x7, "SMMU_CR2", NULL),
	CONST(0x40, 0, "SMMU_STATUSR"),
	STORE(0x44, 4, gbpa, 0x80130f7f, "SMMU_GBPA", wrote_gbpa),
	STORE(0x50, 4, irq_ctrl, 0x5, "SMMU_IRQ_CTRL", smmu_update_lines),
	STORE(0x54, 4, irq_ctrl, 0, "SMMU_IRQ_CTRLACK", NULL),
	STORE(0x60, 4, gerror, 0, "SMMU_GERROR", NULL),
	STORE(0x64, 4, gerrorn, 0x1fd, "SMMU_GERRORN", smmu_run_commands),
	STORE(0x68, 8, gerror_irq_cfg0, 0, "SMMU_GERROR_IRQ_CFG0", NULL),
	STORE(0x70, 4, gerror_irq_cfg1, 0, "SMMU_GERROR_IRQ_CFG1", NULL),
	STORE(0x74, 4, gerror_irq_cfg2, 0, "SMMU_GERROR_IRQ_CFG2", NULL),
	STORE(0x80, 8, strtab_base, 1ull << 62 | ADDRESS_MASK(6), "SMMU_STRTAB_BASE", NULL),
	STORE(0x88, 4, strtab_base_cfg, 0x307ff, "SMMU_STRTAB_BASE_CFG", NULL),
	STORE(0x90, 8, cmdq_base, 1ull << 62 | ADDRESS_MASK(5) | 0x1f, "SMMU_CMDQ_BASE", NULL),
	STORE(0x98, 4, cmdq_prod, 0xfffff, "SMMU_CMDQ_PROD", smmu_run_commands),
	STORE(0x9c, 4, cmdq_cons, 0x7f0fffff, "SMMU_CMDQ_CONS", NULL),
	STORE(0xa0, 8, eventq_base, 1ull << 62 | ADDRESS_MASK(5) | 0x1f, "SMMU_EVENTQ_BASE", NULL),
	STORE(0xa8, 4, eventq_prod, 0x800fffff, "SMMU_EVENTQ_PROD", NULL),
	STORE(0xac, 4, eventq_cons, 0x800fffff, "SMMU_EVENTQ_CONS", smmu_update_lines),
	STORE(0xb0, 8, eventq_irq_cfg0, 0, "SMMU_EVENTQ_IRQ_CFG0", NULL),
	STORE(0xb8, 4, eventq_irq_cfg1, 0, "SMMU_EVENTQ_IRQ_CFG1", NULL),
	STORE(0xbc, 4, eventq_irq_cfg2, 0, "SMMU_EVENTQ_IRQ_CFG2", NULL),
	STORE(0x100a8, 4, eventq_prod, 0x800fffff, "SMMU_EVENTQ_PROD", NULL),
	STORE(0x100ac, 4, eventq_cons, 0x800fffff, "SMMU_EVENTQ_CONS", smmu_update_lines),
	CONST(0xfd0, 0x04, "SMMU_PIDR4"),
	CONST(0xfe0, 0x83, "SMMU_PIDR0"),
	CONST(0xfe4, 0xb4, "SMMU_PIDR1"),
	CONST(0xfe8, 0x3b, "SMMU_PIDR2"),
	CONST(0xff0, 0x0d, "SMMU_CIDR0"),
	CONST(0xff4, 0xf0, "SMMU_CIDR1"),
	CONST(0xff8, 0x05, "SMMU_CIDR2"),
	CONST(0xffc, 0xb1, "SMMU_CIDR3"),
};

static const struct reg *find(u64 offset)
{
	for (unsigned i = 0; i < ARRAY_SIZE(regs); i++)
		if (offset >= regs[i].at && offset < regs[i].at + regs[i].size)
			return &regs[i];
	return NULL;
}

static u64 load(const struct smmu *s, const struct reg *g)
{
	u64 v = 0;

	if (g->offset == NO_STORE)
		return g->value;
	memcpy(&v, (const u8 *)&s->r + g->offset, g->size);
	return v;
}

static bool size_is_right(const struct bus_access *a)
{
	return (a->size == 4 || a->size == 8) && is_aligned(a->offset, a->size);
}

static enum bus_result smmu_read(void *ctx, const struct bus_access *a, u64 *value)
{
	const struct reg *g = find(a->offset);
	u64 v = 0;

	if (!size_is_right(a))
		return BUS_SLVERR;
	if (g) {
		v = load(ctx, g) >> 8 * (a->offset - g->at);
		/* two neighbours in one 64-bit access */
		if (a->size == 8 && g->size == 4 && find(a->offset + 4))
			v |= load(ctx, find(a->offset + 4)) << 32;
	}
	*value = a->size == 4 ? (u32)v : v;
	return BUS_OK; /* reserved: RAZ/WI */
}

/* Registers that are locked while the function they configure is on (6.3): writes are ignored. */
static bool is_locked(const struct smmu *s, u32 at)
{
	switch (at) {
	case 0x80:
	case 0x88:
	case 0x28: return s->r.cr0 & CR0_SMMUEN;
	case 0x90: return s->r.cr0 & CR0_CMDQEN;
	case 0x9c: return s->r.cr0 & CR0_CMDQEN;
	case 0xa0: return s->r.cr0 & CR0_EVENTQEN;
	case 0xa8:
	case 0x100a8: return s->r.cr0 & CR0_EVENTQEN;
	default: return false;
	}
}

static void store(struct smmu *s, const struct reg *g, unsigned shift, unsigned width, u64 value)
{
	u64 old = load(s, g), new = deposit(old, shift, width, value);

	if (g->offset == NO_STORE || is_locked(s, g->at))
		return;
	new = (new & g->mask) | (old & ~g->mask);
	memcpy((u8 *)&s->r + g->offset, &new, g->size);
	if (g->written)
		g->written(s);
}

static enum bus_result smmu_write(void *ctx, const struct bus_access *a, u64 value)
{
	struct smmu *s = ctx;
	const struct reg *g = find(a->offset);

	if (!size_is_right(a))
		return BUS_SLVERR;
	if (!g)
		return BUS_OK;
	if (a->size == 8 && g->size == 4) {
		const struct reg *h = find(a->offset + 4);

		store(s, g, 0, 32, (u32)value);
		if (h)
			store(s, h, 0, 32, value >> 32);
		return BUS_OK;
	}
	store(s, g, 8 * (unsigned)(a->offset - g->at), 8 * a->size, value);
	return BUS_OK;
}

const struct bus_device_ops smmu_bus_ops = { .read = smmu_read, .write = smmu_write };

void smmu_reset(struct smmu *s)
{
	memset(&s->r, 0, sizeof(s->r));
	memset(s->config, 0, sizeof(s->config));
	memset(s->stall, 0, sizeof(s->stall));
	tlb_init(s->tlb, 64, 4, s->trace);
}

bool smmu_init(struct smmu *s, struct bus *bus, struct tracer *trace)
{
	s->bus = bus;
	s->trace = trace;
	s->tlb = tlb_create();
	if (!s->tlb)
		return false;
	smmu_reset(s);
	return true;
}

void smmu_destroy(struct smmu *s)
{
	tlb_destroy(s->tlb);
}
