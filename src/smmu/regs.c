/* The register file (IHI 0070, chapter 6): a table of where, how wide, what may be written, and while what is off. */
#include "smmu/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/*
 * Both stages, VMSAv8-64 tables of either endianness, coherent, BTM, HTTU of both kinds, Hyp, ATS with split stages,
 * 16-bit ASIDs and VMIDs, MSIs, SEV, PRI, VMID wildcards, two-level tables, stalls, termination as CD.A says.
 */
#define IDR0                                                                                                           \
	(1u << 0 | 1u << 1 | 2u << 2 | 1u << 4 | 1u << 5 | 2u << 6 | 1u << 9 | 1u << 10 | 1u << 12 | 1u << 13 |        \
	 1u << 14 | 1u << 16 | 1u << 17 | 1u << 18 | 1u << 19 | 0u << 21 | 0u << 24 | 0u << 26 | 1u << 27)
/* stream and substream IDs, the queues' sizes, overrides of attributes */
#define IDR1                                                                                                           \
	((u32)SMMU_STREAM_BITS | (u32)SMMU_SUBSTREAM_BITS << 6 | (u32)SMMU_QUEUE_LOG2_MAX << 11 |                      \
	 (u32)SMMU_QUEUE_LOG2_MAX << 16 | (u32)SMMU_QUEUE_LOG2_MAX << 21 | 1u << 26 | 1u << 27)
/* HAD, XNX, FWB, STT, RIL, BBML 2, E0PD */
#define IDR3 (1u << 2 | 1u << 4 | 1u << 8 | 1u << 9 | 1u << 10 | 2u << 11 | 1u << 13)
/* all granules, as many stalls as SMMU_STALLS; OAS and VAX: see set_idr5() */
#define IDR5 (1u << 4 | 1u << 5 | 1u << 6 | (u32)SMMU_STALLS << 16)
#define AIDR 2u /* SMMUv3.2 */

/* Registers whose function is on are locked: writes are ignored (6.2, "Guarded"). */
enum guard {
	OPEN,
	BY_SMMUEN,
	BY_CMDQEN,
	BY_EVENTQEN,
	BY_PRIQEN,
	BY_GERROR_IRQ,
	BY_EVENTQ_IRQ,
	BY_PRIQ_IRQ,
};

struct reg {
	u32 at;
	u8 size;    /* 4 or 8 */
	u8 guard;   /* enum guard */
	u16 offset; /* in struct smmu_regs; NO_STORE: constant */
	u64 mask;   /* bits that are kept */
	u32 value;  /* of a constant */
	const char *name;
	void (*written)(struct smmu *s, u64 old);
};
#define NO_STORE 0xffff

/* ---- what writes lead to ---- */

static void wrote_cr0(struct smmu *s, u64 old)
{
	u32 gone = (u32)old & ~s->r.cr0;

	if (gone & CR0_SMMUEN)
		smmu_end_stalls(s, 0, true);
	smmu_retry_untold(s);
	smmu_run_commands(s);
}

static void wrote_irq_ctrl(struct smmu *s, u64 old)
{
	(void)old;
	smmu_update_lines(s);
}

static void wrote_gerrorn(struct smmu *s, u64 old)
{
	(void)old;
	smmu_update_lines(s);
	smmu_retry_untold(s);
	smmu_run_commands(s);
}

/* A write without Update changes nothing; with it, it is complete at once (6.3.14.1). */
static void wrote_gbpa(struct smmu *s, u64 old)
{
	s->r.gbpa = s->r.gbpa & 1u << 31 ? s->r.gbpa & ~(1u << 31) : (u32)old;
}

static void wrote_cmdq_prod(struct smmu *s, u64 old)
{
	(void)old;
	smmu_run_commands(s);
}

static void wrote_eventq_cons(struct smmu *s, u64 old)
{
	(void)old;
	smmu_update_lines(s);
	smmu_retry_untold(s);
}

static void wrote_priq_cons(struct smmu *s, u64 old)
{
	(void)old;
	smmu_update_lines(s);
}

/* ---- the table ---- */

#define STORE(at, size, guard, field, mask, name, fn)                                                                  \
	{                                                                                                              \
		at, size, guard, offsetof(struct smmu_regs, field), mask, 0, name, fn                                  \
	}
#define CONST(at, value, name)                                                                                         \
	{                                                                                                              \
		at, 4, OPEN, NO_STORE, 0, value, name, NULL                                                            \
	}
#define ADDRESS(lo) ((1ull << 52) - (1ull << (lo)))
#define INDEX 0xfffffu
#define FLAGGED_INDEX (1u << 31 | INDEX)
#define MSI_ATTRS 0x3fu

static const struct reg regs[] = {
	CONST(0x00, IDR0, "SMMU_IDR0"),
	CONST(0x04, IDR1, "SMMU_IDR1"),
	CONST(0x08, 0, "SMMU_IDR2"),
	CONST(0x0c, IDR3, "SMMU_IDR3"),
	CONST(0x10, 0, "SMMU_IDR4"),
	STORE(0x14, 4, OPEN, idr5, 0, "SMMU_IDR5", NULL),
	CONST(0x18, 0, "SMMU_IIDR"),
	CONST(0x1c, AIDR, "SMMU_AIDR"),
	STORE(0x20, 4, OPEN, cr0, 0x1df, "SMMU_CR0", wrote_cr0),
	STORE(0x24, 4, OPEN, cr0, 0, "SMMU_CR0ACK", NULL),
	STORE(0x28, 4, OPEN, cr1, 0xfff, "SMMU_CR1", NULL),
	STORE(0x2c, 4, BY_SMMUEN, cr2, 0x7, "SMMU_CR2", NULL),
	CONST(0x40, 0, "SMMU_STATUSR"),
	STORE(0x44, 4, OPEN, gbpa, 0x801f3f1f, "SMMU_GBPA", wrote_gbpa),
	CONST(0x48, 0, "SMMU_AGBPA"),
	STORE(0x50, 4, OPEN, irq_ctrl, 0x7, "SMMU_IRQ_CTRL", wrote_irq_ctrl),
	STORE(0x54, 4, OPEN, irq_ctrl, 0, "SMMU_IRQ_CTRLACK", NULL),
	STORE(0x60, 4, OPEN, gerror, 0, "SMMU_GERROR", NULL),
	STORE(0x64, 4, OPEN, gerrorn, 0xfd, "SMMU_GERRORN", wrote_gerrorn),
	STORE(0x68, 8, BY_GERROR_IRQ, gerror_irq_cfg0, ADDRESS(2), "SMMU_GERROR_IRQ_CFG0", NULL),
	STORE(0x70, 4, BY_GERROR_IRQ, gerror_irq_cfg1, 0xffffffff, "SMMU_GERROR_IRQ_CFG1", NULL),
	STORE(0x74, 4, BY_GERROR_IRQ, gerror_irq_cfg2, MSI_ATTRS, "SMMU_GERROR_IRQ_CFG2", NULL),
	STORE(0x80, 8, BY_SMMUEN, strtab_base, 1ull << 62 | ADDRESS(6), "SMMU_STRTAB_BASE", NULL),
	STORE(0x88, 4, BY_SMMUEN, strtab_base_cfg, 0x307ff, "SMMU_STRTAB_BASE_CFG", NULL),
	STORE(0x90, 8, BY_CMDQEN, cmdq_base, 1ull << 62 | ADDRESS(5) | 0x1f, "SMMU_CMDQ_BASE", NULL),
	STORE(0x98, 4, OPEN, cmdq_prod, INDEX, "SMMU_CMDQ_PROD", wrote_cmdq_prod),
	STORE(0x9c, 4, BY_CMDQEN, cmdq_cons, 0x7f0fffff, "SMMU_CMDQ_CONS", NULL),
	STORE(0xa0, 8, BY_EVENTQEN, eventq_base, 1ull << 62 | ADDRESS(5) | 0x1f, "SMMU_EVENTQ_BASE", NULL),
	STORE(0xa8, 4, BY_EVENTQEN, eventq_prod, FLAGGED_INDEX, "SMMU_EVENTQ_PROD", NULL),
	STORE(0xac, 4, OPEN, eventq_cons, FLAGGED_INDEX, "SMMU_EVENTQ_CONS", wrote_eventq_cons),
	STORE(0xb0, 8, BY_EVENTQ_IRQ, eventq_irq_cfg0, ADDRESS(2), "SMMU_EVENTQ_IRQ_CFG0", NULL),
	STORE(0xb8, 4, BY_EVENTQ_IRQ, eventq_irq_cfg1, 0xffffffff, "SMMU_EVENTQ_IRQ_CFG1", NULL),
	STORE(0xbc, 4, BY_EVENTQ_IRQ, eventq_irq_cfg2, MSI_ATTRS, "SMMU_EVENTQ_IRQ_CFG2", NULL),
	STORE(0xc0, 8, BY_PRIQEN, priq_base, 1ull << 62 | ADDRESS(5) | 0x1f, "SMMU_PRIQ_BASE", NULL),
	STORE(0xc8, 4, BY_PRIQEN, priq_prod, FLAGGED_INDEX, "SMMU_PRIQ_PROD", NULL),
	STORE(0xcc, 4, OPEN, priq_cons, FLAGGED_INDEX, "SMMU_PRIQ_CONS", wrote_priq_cons),
	STORE(0xd0, 8, BY_PRIQ_IRQ, priq_irq_cfg0, ADDRESS(2), "SMMU_PRIQ_IRQ_CFG0", NULL),
	STORE(0xd8, 4, BY_PRIQ_IRQ, priq_irq_cfg1, 0xffffffff, "SMMU_PRIQ_IRQ_CFG1", NULL),
	STORE(0xdc, 4, BY_PRIQ_IRQ, priq_irq_cfg2, 1u << 31 | MSI_ATTRS, "SMMU_PRIQ_IRQ_CFG2", NULL),
	/* page 1 */
	STORE(0x100a8, 4, BY_EVENTQEN, eventq_prod, FLAGGED_INDEX, "SMMU_EVENTQ_PROD", NULL),
	STORE(0x100ac, 4, OPEN, eventq_cons, FLAGGED_INDEX, "SMMU_EVENTQ_CONS", wrote_eventq_cons),
	STORE(0x100c8, 4, BY_PRIQEN, priq_prod, FLAGGED_INDEX, "SMMU_PRIQ_PROD", NULL),
	STORE(0x100cc, 4, OPEN, priq_cons, FLAGGED_INDEX, "SMMU_PRIQ_CONS", wrote_priq_cons),
	CONST(0xfd0, 0x04, "SMMU_PIDR4"),
	CONST(0xfe0, 0x83, "SMMU_PIDR0"),
	CONST(0xfe4, 0xb4, "SMMU_PIDR1"),
	CONST(0xfe8, 0x3b, "SMMU_PIDR2"),
	CONST(0xff0, 0x0d, "SMMU_CIDR0"),
	CONST(0xff4, 0xf0, "SMMU_CIDR1"),
	CONST(0xff8, 0x05, "SMMU_CIDR2"),
	CONST(0xffc, 0xb1, "SMMU_CIDR3"),
};

/* ---- access ---- */

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
	return BUS_OK; /* reserved, and the Secure registers: RAZ/WI */
}

static bool is_locked(const struct smmu *s, const struct reg *g)
{
	switch ((enum guard)g->guard) {
	case BY_SMMUEN: return s->r.cr0 & CR0_SMMUEN;
	case BY_CMDQEN: return s->r.cr0 & CR0_CMDQEN;
	case BY_EVENTQEN: return s->r.cr0 & CR0_EVENTQEN;
	case BY_PRIQEN: return s->r.cr0 & CR0_PRIQEN;
	case BY_GERROR_IRQ: return s->r.irq_ctrl & IRQ_GERROR;
	case BY_EVENTQ_IRQ: return s->r.irq_ctrl & IRQ_EVENTQ;
	case BY_PRIQ_IRQ: return s->r.irq_ctrl & IRQ_PRIQ;
	default: return false;
	}
}

/* CR1: attributes of the tables are fixed while the SMMU is on, those of the queues while a queue is. */
static u64 writable(const struct smmu *s, const struct reg *g)
{
	u64 mask = is_locked(s, g) ? 0 : g->mask;

	if (g->offset != offsetof(struct smmu_regs, cr1))
		return mask;
	if (s->r.cr0 & CR0_SMMUEN)
		mask &= ~0xfc0ull;
	if (s->r.cr0 & (CR0_CMDQEN | CR0_EVENTQEN | CR0_PRIQEN))
		mask &= ~0x3full;
	return mask;
}

static void store(struct smmu *s, const struct reg *g, unsigned shift, unsigned width, u64 value)
{
	u64 old = load(s, g), new = deposit(old, shift, width, value), mask = writable(s, g);

	if (g->offset == NO_STORE)
		return;
	new = (new &mask) | (old & ~mask);
	memcpy((u8 *)&s->r + g->offset, &new, g->size);
	if (g->written)
		g->written(s, old);
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

/* ---- life ---- */

/* OAS; with 52 bits, VAX as well. */
static u32 idr5(u8 pa_bits)
{
	static const u8 sizes[] = { 32, 36, 40, 42, 44, 48, 52 };
	u32 code = 0;

	while (code + 1 < ARRAY_SIZE(sizes) && sizes[code + 1] <= pa_bits)
		code++;
	return IDR5 | code | (u32)(pa_bits >= 52) << 10;
}

void smmu_reset(struct smmu *s)
{
	memset(&s->r, 0, sizeof(s->r));
	s->r.idr5 = idr5(s->pa_bits);
	s->r.cr2 = CR2_PTM;
	s->r.gbpa = 1u << 12; /* use the incoming shareability */
	for (unsigned i = 0; i < SMMU_STES; i++)
		s->ste[i].cached = false;
	for (unsigned i = 0; i < SMMU_CDS; i++)
		s->cd[i].cached = false;
	memset(s->stall, 0, sizeof(s->stall));
	smmu_set_memory(s);
	tlb_init(s->tlb, 256, 4, s->trace);
	smmu_update_lines(s);
}

void smmu_set_pa_bits(struct smmu *s, u8 pa_bits)
{
	s->pa_bits = pa_bits < 52 ? pa_bits : 52;
	s->r.idr5 = idr5(s->pa_bits);
}

bool smmu_init(struct smmu *s, struct bus *bus, struct tracer *trace)
{
	s->bus = bus;
	s->trace = trace;
	s->pa_bits = 48;
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
