/*
 * The redistributors, GICR: for each core RD_base and, 64 KiB above, SGI_base; with GICv4 VLPI_base above that, and a
 * reserved frame. IHI 0069 12.10 to 12.13.
 */
#include "gic/frame.h"

static u64 read_iidr(const struct gic_access *a)
{
	return GIC_IIDR;
}

/*
 * Affinity, processor number, whether it is the last of its region, and whether there are LPIs: all redistributors
 * share a configuration table (CommonLPIAff 0), and LPIs come from the ITS only (DirectLPI 0); GICv4 has virtual ones.
 */
static u64 read_typer(const struct gic_access *a)
{
	u64 last = a->core == a->g->cfg.cores - 1;

	return (u64)a->g->cfg.affinity[a->core] << 32 | a->core << 8 | last << 4 | (u64)a->g->cfg.v4 << 1 |
	       a->g->cfg.lpis;
}

static u64 read_waker(const struct gic_access *a)
{
	if (a->ns || !a->g->s.core[a->core].asleep)
		return 0;
	return GICR_WAKER_PROCESSOR_SLEEP | GICR_WAKER_CHILDREN_ASLEEP;
}

/* The core's interface quiesces and wakes at once: ChildrenAsleep follows ProcessorSleep. */
static void write_waker(const struct gic_access *a, u64 value)
{
	if (a->ns)
		return;
	a->g->s.core[a->core].asleep = value & GICR_WAKER_PROCESSOR_SLEEP;
	gic_groups_changed(a->g);
}

static u64 read_id(const struct gic_access *a)
{
	return gic_read_id(a, 0x93);
}

static const struct gic_reg rd_regs[] = {
	/* at, span, bits, widths, NSACR, read, write, name */
	{ 0x0000, 0x004, 0, W32, 0, gicr_read_ctlr, gicr_write_ctlr, "GICR_CTLR" },
	{ 0x0004, 0x004, 0, W32, 0, read_iidr, NULL, "GICR_IIDR" },
	{ 0x0008, 0x008, 0, W32 | W64, 0, read_typer, NULL, "GICR_TYPER" },
	{ 0x0010, 0x004, 0, W32, 0, NULL, NULL, "GICR_STATUSR" },
	{ 0x0014, 0x004, 0, W32, 0, read_waker, write_waker, "GICR_WAKER" },
	{ 0x0070, 0x008, 0, W32 | W64, 0, gicr_read_propbaser, gicr_write_propbaser, "GICR_PROPBASER" },
	{ 0x0078, 0x008, 0, W32 | W64, 0, gicr_read_pendbaser, gicr_write_pendbaser, "GICR_PENDBASER" },
	{ 0xffd0, 0x030, 0, W32, 0, read_id, NULL, "GICR_PIDR" },
};
static const struct gic_frame rd_frame = { rd_regs, ARRAY_SIZE(rd_regs), 0 };

static const struct gic_reg sgi_regs[] = {
	{ 0x0080, 0x004, 1, W32, 0, gic_read_group, gic_write_group, "GICR_IGROUPR0" },
	{ 0x0100, 0x004, 1, W32, 0, gic_read_enable, gic_set_enable, "GICR_ISENABLER0" },
	{ 0x0180, 0x004, 1, W32, 0, gic_read_enable, gic_clear_enable, "GICR_ICENABLER0" },
	{ 0x0200, 0x004, 1, W32, 0, gic_read_pending, gic_set_pending, "GICR_ISPENDR0" },
	{ 0x0280, 0x004, 1, W32, 0, gic_read_pending, gic_clear_pending, "GICR_ICPENDR0" },
	{ 0x0300, 0x004, 1, W32, 0, gic_read_active, gic_set_active, "GICR_ISACTIVER0" },
	{ 0x0380, 0x004, 1, W32, 0, gic_read_active, gic_clear_active, "GICR_ICACTIVER0" },
	{ 0x0400, 0x020, 8, W8 | W32, 0, gic_read_priority, gic_write_priority, "GICR_IPRIORITYR" },
	{ 0x0c00, 0x008, 2, W32, 0, gic_read_config, gic_write_config, "GICR_ICFGR" },
	{ 0x0d00, 0x004, 1, W32, 0, gic_read_grpmod, gic_write_grpmod, "GICR_IGRPMODR0" },
	/* SGIs only */
	{ 0x0e00, 0x004, 2, W32, 0, gic_read_nsacr, gic_write_nsacr, "GICR_NSACR" },
};
static const struct gic_frame sgi_frame = { sgi_regs, ARRAY_SIZE(sgi_regs), 0 };

static const struct gic_reg vlpi_regs[] = {
	{ 0x0070, 0x008, 0, W32 | W64, 0, gicr_read_vpropbaser, gicr_write_vpropbaser, "GICR_VPROPBASER" },
	{ 0x0078, 0x008, 0, W32 | W64, 0, gicr_read_vpendbaser, gicr_write_vpendbaser, "GICR_VPENDBASER" },
};
static const struct gic_frame vlpi_frame = { vlpi_regs, ARRAY_SIZE(vlpi_regs), 0 };
static const struct gic_frame reserved_frame = { NULL, 0, 0 };

static struct gic_access access_of(void *ctx, const struct bus_access *b)
{
	struct gic *g = ctx;
	unsigned core = (unsigned)(b->offset / gic_redist_size(&g->cfg));

	return (struct gic_access){ .g = g, .core = core, .size = b->size, .ns = b->ns && !gic_ds(g) };
}

static const struct gic_frame *frame_of(const struct gic *g, const struct bus_access *b)
{
	static const struct gic_frame *const frames[] = { &rd_frame, &sgi_frame, &vlpi_frame, &reserved_frame };

	return frames[b->offset % gic_redist_size(&g->cfg) >> 16];
}

static enum bus_result redist_read(void *ctx, const struct bus_access *b, u64 *value)
{
	struct gic_access a = access_of(ctx, b);

	if (a.core >= a.g->cfg.cores)
		return BUS_DECERR;
	*value = gic_frame_read(frame_of(a.g, b), &a, b->offset & 0xffff);
	return BUS_OK;
}

static enum bus_result redist_write(void *ctx, const struct bus_access *b, u64 value)
{
	struct gic_access a = access_of(ctx, b);

	if (a.core >= a.g->cfg.cores)
		return BUS_DECERR;
	gic_frame_write(frame_of(a.g, b), &a, b->offset & 0xffff, value);
	return BUS_OK;
}

const struct bus_device_ops gic_redist_ops = { redist_read, redist_write };
