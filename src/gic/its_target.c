/*
 * Where an event's interrupt goes (IHI 0069 5.2, 6.2): an LPI to the redistributor of its collection's core; a virtual
 * LPI to the redistributor where its vPE is resident, else into the vPE's pending table in memory, and then the
 * doorbell is rung.
 */
#include "gic/its.h"

enum its_error its_aim(const struct gic *g, struct its_target *t)
{
	struct its_collection c = { 0 };
	enum its_error e;

	if (t->i.is_virtual) {
		e = its_get_vpe(g, t->i.owner, &t->vpe);
		t->core = t->vpe.core;
		return e;
	}
	e = its_get_collection(g, t->i.owner, &c);
	t->core = c.core;
	return e;
}

enum its_error its_translate(const struct gic *g, u32 device, u32 event, struct its_target *t)
{
	enum its_error e = its_get_device(g, device, &t->device);

	if (e == ITS_OK)
		e = its_get_interrupt(g, &t->device, event, &t->i);
	return e == ITS_OK ? its_aim(g, t) : e;
}

bool its_is_resident(const struct gic *g, const struct its_vpe *v)
{
	const struct gic_lpis *l = &g->s.lpi[v->core][GIC_VLPI];

	return l->enabled && (l->pendbaser & GIC_PENDBASER_ADDRESS) == v->pending;
}

/* Change a bit of the pending table in memory; whether it was set. */
static bool change_table(struct gic *g, const struct its_target *t, bool pending)
{
	pa_t at = { t->vpe.pending + t->i.intid / 8, true };
	u8 byte;
	bool was;

	if (!its_is_lpi(t->i.intid) || t->i.intid >> t->vpe.bits || !bus_copy_out(g->cfg.bus, at, &byte, 1)) {
		gic_emit_error(g, "ITS: a vPE's pending table has no place for the interrupt", at.v);
		return false;
	}
	was = bit(byte, t->i.intid % 8);
	byte = (u8)deposit(byte, t->i.intid % 8, 1, pending);
	if (was != pending)
		bus_copy_in(g->cfg.bus, at, &byte, 1);
	return was;
}

static void deliver_virtual(struct gic *g, const struct its_target *t)
{
	if (its_is_resident(g, &t->vpe)) {
		gic_lpi_set_pending(g, t->core, GIC_VLPI, t->i.intid);
		return;
	}
	change_table(g, t, true);
	if (t->i.doorbell == ITS_NO_DOORBELL)
		return;
	GIC_TRACE(g, "doorbell", t->i.doorbell, (int)t->core, t->i.intid);
	gic_lpi_set_pending(g, t->core, GIC_LPI, t->i.doorbell);
}

void its_deliver(struct gic *g, const struct its_target *t)
{
	if (t->i.is_virtual)
		deliver_virtual(g, t);
	else
		gic_lpi_set_pending(g, t->core, GIC_LPI, t->i.intid);
}

bool its_clear(struct gic *g, const struct its_target *t)
{
	if (!t->i.is_virtual)
		return gic_lpi_clear_pending(g, t->core, GIC_LPI, t->i.intid);
	if (its_is_resident(g, &t->vpe))
		return gic_lpi_clear_pending(g, t->core, GIC_VLPI, t->i.intid);
	return change_table(g, t, false);
}

/* Nothing is kept of the configuration of a vPE that is not resident. */
void its_invalidate(struct gic *g, const struct its_target *t)
{
	if (!t->i.is_virtual)
		gic_lpi_invalidate(g, t->core, GIC_LPI, t->i.intid);
	else if (its_is_resident(g, &t->vpe))
		gic_lpi_invalidate(g, t->core, GIC_VLPI, t->i.intid);
}
