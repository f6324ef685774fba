/* The distributor, GICD. IHI 0069 12.9. */
#include "gic/frame.h"

/* Bits that Secure software, or the only state, may write. E1NWF and nASSGIreq are RAZ/WI, ARE is RAO/WI. */
static u32 ctlr_writable(const struct gic *g)
{
	if (gic_ds(g))
		return GICD_CTLR_ENABLE_GRP0 | GICD_CTLR_ENABLE_GRP1NS;
	return GICD_CTLR_ENABLE_GRP0 | GICD_CTLR_ENABLE_GRP1NS | GICD_CTLR_ENABLE_GRP1S | GICD_CTLR_DS;
}

/* The Non-secure view has its group enable (EnableGrp1A) in the same bit 1, and its ARE in bit 4. */
static u64 read_ctlr(const struct gic_access *a)
{
	u32 ctlr = a->g->s.ctlr;

	if (!a->ns)
		return ctlr;
	return (ctlr & GICD_CTLR_ENABLE_GRP1NS) | (ctlr & GICD_CTLR_ARE_NS) >> 1;
}

static void write_ctlr(const struct gic_access *a, u64 value)
{
	u32 writable = a->ns ? GICD_CTLR_ENABLE_GRP1NS : ctlr_writable(a->g);
	u32 ctlr = (a->g->s.ctlr & ~writable) | ((u32)value & writable);

	/* DS goes one way until reset, and takes with it what is there for two security states only. */
	if (ctlr & GICD_CTLR_DS)
		ctlr &= ~(GICD_CTLR_ENABLE_GRP1S | GICD_CTLR_ARE_NS);
	if ((ctlr ^ a->g->s.ctlr) & GICD_CTLR_DS) {
		a->g->s.ctlr = ctlr;
		gic_lpi_all_changed(a->g); /* their priorities are others now */
	}
	a->g->s.ctlr = ctlr;
	gic_groups_changed(a->g);
}

/* 1-of-N SPIs are supported (No1N 0), Aff3 is valid; INTIDs of 16 bits with LPIs, else of 10; no message-based SPIs. */
static u64 read_typer(const struct gic_access *a)
{
	const struct gic_config *c = &a->g->cfg;
	u64 id_bits = c->lpis ? GIC_LPI_ID_BITS : 10;

	return (u64)1 << 24 | (id_bits - 1) << 19 | (u64)c->lpis << 17 | (u64)!gic_ds(a->g) << 10 | c->spis / 32;
}

static u64 read_iidr(const struct gic_access *a)
{
	return GIC_IIDR;
}

static u64 read_id(const struct gic_access *a)
{
	return gic_read_id(a, 0x92);
}

static u64 read_router(const struct gic_access *a)
{
	return bit(gic_visible(a), a->intid % 32) ? a->g->s.router[a->intid - 32] : 0;
}

static void write_router(const struct gic_access *a, u64 value)
{
	if (!bit(gic_visible(a), a->intid % 32))
		return;
	a->g->s.router[a->intid - 32] = value & 0xff80ffffffull;
	gic_route_changed(a->g, a->intid);
}

/* With affinity routing, what is here for SGIs and PPIs and for GICv2's targets and SGIs is RAZ/WI. */
static const struct gic_reg regs[] = {
	/* at, span, bits, widths, NSACR, read, write, name */
	{ 0x0000, 0x004, 0, W32, 0, read_ctlr, write_ctlr, "GICD_CTLR" },
	{ 0x0004, 0x004, 0, W32, 0, read_typer, NULL, "GICD_TYPER" },
	{ 0x0008, 0x004, 0, W32, 0, read_iidr, NULL, "GICD_IIDR" },
	{ 0x000c, 0x004, 0, W32, 0, NULL, NULL, "GICD_TYPER2" },
	{ 0x0010, 0x004, 0, W32, 0, NULL, NULL, "GICD_STATUSR" },
	{ 0x0080, 0x080, 1, W32, 0, gic_read_group, gic_write_group, "GICD_IGROUPR" },
	{ 0x0100, 0x080, 1, W32, 0, gic_read_enable, gic_set_enable, "GICD_ISENABLER" },
	{ 0x0180, 0x080, 1, W32, 0, gic_read_enable, gic_clear_enable, "GICD_ICENABLER" },
	{ 0x0200, 0x080, 1, W32, 1, gic_read_pending, gic_set_pending, "GICD_ISPENDR" },
	{ 0x0280, 0x080, 1, W32, 2, gic_read_pending, gic_clear_pending, "GICD_ICPENDR" },
	{ 0x0300, 0x080, 1, W32, 2, gic_read_active, gic_set_active, "GICD_ISACTIVER" },
	{ 0x0380, 0x080, 1, W32, 2, gic_read_active, gic_clear_active, "GICD_ICACTIVER" },
	{ 0x0400, 0x400, 8, W8 | W32, 0, gic_read_priority, gic_write_priority, "GICD_IPRIORITYR" },
	{ 0x0800, 0x400, 8, W8 | W32, 0, NULL, NULL, "GICD_ITARGETSR" },
	{ 0x0c00, 0x100, 2, W32, 0, gic_read_config, gic_write_config, "GICD_ICFGR" },
	{ 0x0d00, 0x080, 1, W32, 0, gic_read_grpmod, gic_write_grpmod, "GICD_IGRPMODR" },
	{ 0x0e00, 0x100, 2, W32, 0, gic_read_nsacr, gic_write_nsacr, "GICD_NSACR" },
	{ 0x0f00, 0x004, 0, W32, 0, NULL, NULL, "GICD_SGIR" },
	{ 0x0f10, 0x010, 0, W8 | W32, 0, NULL, NULL, "GICD_CPENDSGIR" },
	{ 0x0f20, 0x010, 0, W8 | W32, 0, NULL, NULL, "GICD_SPENDSGIR" },
	{ 0x6000, 0x1fe0, 64, W32 | W64, 3, read_router, write_router, "GICD_IROUTER" },
	{ 0xffd0, 0x030, 0, W32, 0, read_id, NULL, "GICD_PIDR" },
};
static const struct gic_frame frame = { regs, ARRAY_SIZE(regs), 32 };

static struct gic_access access_of(void *ctx, const struct bus_access *b)
{
	struct gic *g = ctx;

	return (struct gic_access){ .g = g, .size = b->size, .ns = b->ns && !gic_ds(g) };
}

static enum bus_result dist_read(void *ctx, const struct bus_access *b, u64 *value)
{
	struct gic_access a = access_of(ctx, b);

	*value = gic_frame_read(&frame, &a, (unsigned)b->offset);
	return BUS_OK;
}

static enum bus_result dist_write(void *ctx, const struct bus_access *b, u64 value)
{
	struct gic_access a = access_of(ctx, b);

	gic_frame_write(&frame, &a, (unsigned)b->offset, value);
	return BUS_OK;
}

const struct bus_device_ops gic_dist_ops = { dist_read, dist_write };
