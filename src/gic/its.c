/*
 * The ITS's registers (IHI 0069 12.18, 12.19) and the messages of devices: a write of an EventID to GITS_TRANSLATER by
 * the master whose requester ID is the DeviceID. A core that writes there is device 0.
 */
#include "gic/frame.h"
#include "gic/its.h"

enum { CTLR_ENABLED = 1 };
#define CTLR_QUIESCENT (1ull << 31)
#define RETRY 1ull
#define CBASER_WRITABLE (ITS_VALID | 7ull << 59 | 7ull << 53 | 0x000ffffffffff000ull | 3ull << 10 | 0xff)
#define CWRITER_OFFSET 0xfffe0ull
#define BASER_WRITABLE (ITS_VALID | 1ull << 62 | 7ull << 59 | 7ull << 53 | 0x0000fffffffff000ull | 0xfff)
#define BASER_TYPE_LSB 56
#define BASER_ENTRY_SIZE_LSB 48

/* Work is done at once: the ITS is quiescent whenever it is disabled. */
static u64 read_ctlr(const struct gic_access *a)
{
	return a->g->s.its.enabled ? CTLR_ENABLED : CTLR_QUIESCENT;
}

static void write_ctlr(const struct gic_access *a, u64 value)
{
	a->g->s.its.enabled = value & CTLR_ENABLED;
	its_run_commands(a->g);
}

static u64 read_iidr(const struct gic_access *a)
{
	return GIC_IIDR;
}

/*
 * Physical LPIs, with GICv4 virtual ones, whose vPE one VMOVP moves; collections in memory only (HCC 0), their targets
 * by the core's number (PTA 0); no SEIs.
 */
static u64 read_typer(const struct gic_access *a)
{
	u64 v4 = a->g->cfg.v4;

	return v4 << 37 | 1ull << 36 | (u64)(ITS_COLLECTION_BITS - 1) << 32 | (ITS_DEVICE_BITS - 1) << 13 |
	       (ITS_EVENT_BITS - 1) << 8 | (ITS_ENTRY - 1) << 4 | v4 << 1 | 1;
}

/* While the ITS is enabled, writes of GITS_CBASER and GITS_BASER<n> are UNPREDICTABLE: they are ignored. */
static bool may_write(const struct gic_access *a)
{
	if (a->g->s.its.enabled)
		gic_emit_error(a->g, "ITS: GITS_CBASER or GITS_BASER written while the ITS is enabled", a->at);
	return !a->g->s.its.enabled;
}

static u64 read_cbaser(const struct gic_access *a)
{
	return a->g->s.its.cbaser;
}

static void write_cbaser(const struct gic_access *a, u64 value)
{
	if (!may_write(a))
		return;
	a->g->s.its.cbaser = value & CBASER_WRITABLE;
	a->g->s.its.creadr = 0;
}

static u64 read_cwriter(const struct gic_access *a)
{
	return a->g->s.its.cwriter;
}

static void write_cwriter(const struct gic_access *a, u64 value)
{
	struct gic_its *its = &a->g->s.its;

	its->cwriter = value & CWRITER_OFFSET;
	if (value & RETRY)
		its->creadr &= ~ITS_STALLED;
	its_run_commands(a->g);
}

static u64 read_creadr(const struct gic_access *a)
{
	return a->g->s.its.creadr;
}

/* GITS_BASER<n>.Type and Entry_Size; 0: the register is not there. */
static u64 baser_constant(const struct gic *g, unsigned n)
{
	static const u8 types[8] = { [ITS_DEVICES] = 1, [ITS_COLLECTIONS] = 4, [ITS_VPES] = 2 };

	return types[n] && (n != ITS_VPES || g->cfg.v4)
		       ? (u64)types[n] << BASER_TYPE_LSB | (u64)(ITS_ENTRY - 1) << BASER_ENTRY_SIZE_LSB
		       : 0;
}

static u64 read_baser(const struct gic_access *a)
{
	return a->g->s.its.baser[a->at / 8] | baser_constant(a->g, a->at / 8);
}

/* The reserved page size is taken as 64 KiB. */
static void write_baser(const struct gic_access *a, u64 value)
{
	if (!baser_constant(a->g, a->at / 8) || !may_write(a))
		return;
	if (bits(value, 9, 8) == 3)
		value = deposit(value, 8, 2, 2);
	a->g->s.its.baser[a->at / 8] = value & BASER_WRITABLE;
}

static u64 read_id(const struct gic_access *a)
{
	return gic_read_id(a, 0x94);
}

static const struct gic_reg regs[] = {
	/* at, span, bits, widths, NSACR, read, write, name */
	{ 0x0000, 0x004, 0, W32, 0, read_ctlr, write_ctlr, "GITS_CTLR" },
	{ 0x0004, 0x004, 0, W32, 0, read_iidr, NULL, "GITS_IIDR" },
	{ 0x0008, 0x008, 0, W32 | W64, 0, read_typer, NULL, "GITS_TYPER" },
	{ 0x0040, 0x004, 0, W32, 0, NULL, NULL, "GITS_STATUSR" },
	{ 0x0080, 0x008, 0, W32 | W64, 0, read_cbaser, write_cbaser, "GITS_CBASER" },
	{ 0x0088, 0x008, 0, W32 | W64, 0, read_cwriter, write_cwriter, "GITS_CWRITER" },
	{ 0x0090, 0x008, 0, W32 | W64, 0, read_creadr, NULL, "GITS_CREADR" },
	{ 0x0100, 0x040, 0, W32 | W64, 0, read_baser, write_baser, "GITS_BASER" },
	{ 0xffd0, 0x030, 0, W32, 0, read_id, NULL, "GITS_PIDR" },
};
static const struct gic_frame frame = { regs, ARRAY_SIZE(regs), 0 };

static enum bus_result its_read(void *ctx, const struct bus_access *b, u64 *value)
{
	struct gic_access a = { .g = ctx, .size = b->size, .ns = b->ns };

	*value = gic_frame_read(&frame, &a, (unsigned)b->offset);
	return BUS_OK;
}

static enum bus_result its_write(void *ctx, const struct bus_access *b, u64 value)
{
	struct gic_access a = { .g = ctx, .size = b->size, .ns = b->ns };

	gic_frame_write(&frame, &a, (unsigned)b->offset, value);
	return BUS_OK;
}

const struct bus_device_ops gic_its_ops = { its_read, its_write };

/* ---- messages ---- */

#define GITS_TRANSLATER 0x40

static void refuse(struct gic *g, struct ev_its *message, const char *why)
{
	message->error = why;
	trace_its(g->cfg.trace, message);
	gic_emit_error(g, why, (u64)message->device << 32 | message->event);
}

static void trace_found(struct gic *g, struct ev_its *message, const struct its_target *t)
{
	message->intid = t->i.intid;
	*(t->i.is_virtual ? &message->vpe : &message->collection) = t->i.owner;
	message->core = (s32)t->core;
	trace_its(g->cfg.trace, message);
}

static void receive(struct gic *g, u32 device, u32 event)
{
	struct ev_its m = { .what = ITS_MESSAGE,
			    .name = "message",
			    .device = device,
			    .event = event,
			    .collection = -1,
			    .core = -1,
			    .vpe = -1 };
	struct its_target t;
	enum its_error e;

	if (!g->s.its.enabled) {
		refuse(g, &m, "ITS: a message came while the ITS is disabled");
		return;
	}
	e = its_translate(g, device, event, &t);
	if (e != ITS_OK) {
		refuse(g, &m, its_error_names[e]);
		return;
	}
	trace_found(g, &m, &t);
	its_deliver(g, &t);
}

static enum bus_result translation_read(void *ctx, const struct bus_access *b, u64 *value)
{
	*value = 0;
	return BUS_OK;
}

static enum bus_result translation_write(void *ctx, const struct bus_access *b, u64 value)
{
	if (b->offset == GITS_TRANSLATER && (b->size == 2 || b->size == 4))
		receive(ctx, b->stream, (u32)value);
	else
		gic_emit_error(ctx, "ITS: not GITS_TRANSLATER, or not of its width", b->offset);
	return BUS_OK;
}

const struct bus_device_ops gic_its_translation_ops = { translation_read, translation_write };
