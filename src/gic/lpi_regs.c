/*
 * The registers of a redistributor that are about LPIs: GICR_CTLR, GICR_PROPBASER and GICR_PENDBASER of its own
 * (IHI 0069 12.10), and with GICv4 the VLPI frame: GICR_VPROPBASER and GICR_VPENDBASER make a vPE resident (12.13).
 */
#include "gic/frame.h"

enum { CTLR_ENABLE_LPIS = 1, CTLR_CES = 2 };
#define PENDBASER_PTZ (1ull << 62)
#define CACHE_FIELDS (7ull << 56 | 3ull << 10 | 7ull << 7)
#define VPENDBASER_VALID (1ull << 63)
#define VPENDBASER_PENDING_LAST (1ull << 61)

static struct gic_lpis *lpis(const struct gic_access *a, enum gic_lpi_kind k)
{
	return &a->g->s.lpi[a->core][k];
}

u64 gicr_read_ctlr(const struct gic_access *a)
{
	return a->g->cfg.lpis ? CTLR_CES | lpis(a, GIC_LPI)->enabled : 0;
}

/* EnableLPIs may be cleared (CES): that leaves the pending state in memory. */
void gicr_write_ctlr(const struct gic_access *a, u64 value)
{
	bool on = value & CTLR_ENABLE_LPIS;

	if (!a->g->cfg.lpis || on == lpis(a, GIC_LPI)->enabled)
		return;
	GIC_TRACE(a->g, on ? "LPIs on" : "LPIs off", 0, (int)a->core, 0);
	if (!on) {
		gic_lpi_stop(a->g, a->core, GIC_LPI);
		return;
	}
	gic_lpi_start(a->g, a->core, GIC_LPI, lpis(a, GIC_LPI)->pendbaser & PENDBASER_PTZ);
	/* It was said of this time alone. */
	lpis(a, GIC_LPI)->pendbaser &= ~PENDBASER_PTZ;
}

/* While the tables are in use, writes of their addresses are UNPREDICTABLE: they are ignored. */
static bool may_write(const struct gic_access *a, enum gic_lpi_kind k)
{
	if (lpis(a, k)->enabled)
		gic_emit_error(a->g, "GIC: an LPI table's register (GICR_PROPBASER...) written while it is in use",
			       a->core);
	return a->g->cfg.lpis && !lpis(a, k)->enabled;
}

u64 gicr_read_propbaser(const struct gic_access *a)
{
	return lpis(a, GIC_LPI)->propbaser;
}

u64 gicr_read_pendbaser(const struct gic_access *a)
{
	return lpis(a, GIC_LPI)->pendbaser & ~PENDBASER_PTZ;
}

void gicr_write_propbaser(const struct gic_access *a, u64 value)
{
	if (may_write(a, GIC_LPI))
		lpis(a, GIC_LPI)->propbaser = value & (CACHE_FIELDS | GIC_PROPBASER_ADDRESS | 31);
}

void gicr_write_pendbaser(const struct gic_access *a, u64 value)
{
	if (may_write(a, GIC_LPI))
		lpis(a, GIC_LPI)->pendbaser = value & (CACHE_FIELDS | GIC_PENDBASER_ADDRESS | PENDBASER_PTZ);
}

u64 gicr_read_vpropbaser(const struct gic_access *a)
{
	return lpis(a, GIC_VLPI)->propbaser;
}

void gicr_write_vpropbaser(const struct gic_access *a, u64 value)
{
	if (may_write(a, GIC_VLPI))
		lpis(a, GIC_VLPI)->propbaser = value & (CACHE_FIELDS | GIC_PROPBASER_ADDRESS | 31);
}

/* Loading and storing the pending table is done at once: neither Dirty nor IDAI is ever set. */
u64 gicr_read_vpendbaser(const struct gic_access *a)
{
	return lpis(a, GIC_VLPI)->pendbaser | (lpis(a, GIC_VLPI)->enabled ? VPENDBASER_VALID : 0);
}

static void schedule(const struct gic_access *a, u64 value)
{
	struct gic_lpis *l = lpis(a, GIC_VLPI);

	l->pendbaser = value & (CACHE_FIELDS | GIC_PENDBASER_ADDRESS | VPENDBASER_PENDING_LAST);
	if (!(value & VPENDBASER_VALID))
		return;
	GIC_TRACE(a->g, "vPE resident", 0, (int)a->core, value & GIC_PENDBASER_ADDRESS);
	gic_lpi_start(a->g, a->core, GIC_VLPI, false);
}

/* PendingLast tells whether an enabled interrupt is left pending. */
static void deschedule(const struct gic_access *a)
{
	struct gic_lpis *l = lpis(a, GIC_VLPI);
	bool some = gic_lpi_stop(a->g, a->core, GIC_VLPI);

	GIC_TRACE(a->g, "vPE leaves", 0, (int)a->core, l->pendbaser & GIC_PENDBASER_ADDRESS);
	l->pendbaser &= ~VPENDBASER_PENDING_LAST;
	l->pendbaser |= some ? VPENDBASER_PENDING_LAST : 0;
}

void gicr_write_vpendbaser(const struct gic_access *a, u64 value)
{
	if (!lpis(a, GIC_VLPI)->enabled)
		schedule(a, value);
	else if (!(value & VPENDBASER_VALID))
		deschedule(a);
	else
		may_write(a, GIC_VLPI);
}
