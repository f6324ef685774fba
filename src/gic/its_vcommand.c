/* Commands about vPEs and their virtual LPIs: GICv4 (IHI 0069 6.2, 5.3). */
#include "gic/its.h"

static u16 vpe_id(const struct its_command *c)
{
	return (u16)bits(c->w[1], 47, 32);
}

static u32 doorbell_id(const struct its_command *c)
{
	return (u32)(c->w[2] >> 32);
}

static enum its_error check_doorbell(u32 intid)
{
	return intid == ITS_NO_DOORBELL || its_is_lpi(intid) ? ITS_OK : ITS_DOORBELL_OOR;
}

/* The pending table has room for some LPI, and for no INTID that cannot be. */
enum its_error its_vmapp(struct gic *g, const struct its_command *c)
{
	struct its_vpe v = { c->w[2] & ITS_VALID, 0, c->w[3] & GIC_PENDBASER_ADDRESS,
			     (unsigned)bits(c->w[3], 4, 0) + 1 };
	enum its_error e = v.valid ? its_core_number(g, c->w[2], &v.core) : ITS_OK;

	if (e != ITS_OK)
		return e;
	if (v.valid && (v.bits > GIC_LPI_ID_BITS || v.bits < 14))
		return ITS_VPTSIZE_OOR;
	return its_set_vpe(g, vpe_id(c), &v);
}

static enum its_error check_virtual(const struct gic *g, const struct its_interrupt *i)
{
	struct its_vpe v;
	enum its_error e = its_get_vpe(g, i->owner, &v);

	if (e != ITS_OK)
		return e;
	return its_is_lpi(i->intid) && !(i->intid >> v.bits) ? ITS_OK : ITS_VIRTUALID_OOR;
}

static enum its_error map_interrupt(struct gic *g, const struct its_command *c, u32 intid)
{
	struct its_interrupt i = { true, true, (u16)intid, vpe_id(c), (u16)doorbell_id(c) };
	struct its_device d;
	enum its_error e = its_get_device(g, its_device_id(c), &d);

	if (e == ITS_OK)
		e = check_virtual(g, &i);
	if (e == ITS_OK && intid >> GIC_LPI_ID_BITS)
		e = ITS_VIRTUALID_OOR;
	if (e == ITS_OK)
		e = check_doorbell(doorbell_id(c));
	return e == ITS_OK ? its_set_interrupt(g, &d, its_event_id(c), &i) : e;
}

enum its_error its_vmapti(struct gic *g, const struct its_command *c)
{
	return map_interrupt(g, c, (u32)c->w[2]);
}

enum its_error its_vmapi(struct gic *g, const struct its_command *c)
{
	return map_interrupt(g, c, its_event_id(c));
}

/* To another vPE, with the pending state, and with another doorbell if it is given. */
enum its_error its_vmovi(struct gic *g, const struct its_command *c)
{
	struct its_target from, to;
	enum its_error e = its_translate(g, its_device_id(c), its_event_id(c), &from);

	if (e != ITS_OK || !from.i.is_virtual)
		return e == ITS_OK ? ITS_ID_IS_PHYSICAL : e;
	to = from;
	to.i.owner = vpe_id(c);
	if (bit(c->w[2], 0)) {
		to.i.doorbell = (u16)doorbell_id(c);
		e = check_doorbell(doorbell_id(c));
	}
	if (e == ITS_OK)
		e = check_virtual(g, &to.i);
	if (e == ITS_OK)
		e = its_aim(g, &to);
	if (e == ITS_OK)
		e = its_set_interrupt(g, &to.device, its_event_id(c), &to.i);
	if (e == ITS_OK && from.i.owner != to.i.owner && its_clear(g, &from))
		its_deliver(g, &to);
	return e;
}

/* To another core. GITS_TYPER.VMOVP is 1: sequence number and list of ITSs have no meaning. */
enum its_error its_vmovp(struct gic *g, const struct its_command *c)
{
	struct its_vpe v;
	enum its_error e = its_get_vpe(g, vpe_id(c), &v);

	if (e == ITS_OK)
		e = its_core_number(g, c->w[2], &v.core);
	return e == ITS_OK ? its_set_vpe(g, vpe_id(c), &v) : e;
}

enum its_error its_vinvall(struct gic *g, const struct its_command *c)
{
	struct its_vpe v;
	enum its_error e = its_get_vpe(g, vpe_id(c), &v);

	if (e == ITS_OK && its_is_resident(g, &v))
		gic_lpi_invalidate_all(g, v.core, GIC_VLPI);
	return e;
}

/* Nothing to wait for. Linux has it follow a VMAPP that unmaps the vPE, so that this is no error. */
enum its_error its_vsync(struct gic *g, const struct its_command *c)
{
	struct its_vpe v;
	enum its_error e = its_get_vpe(g, vpe_id(c), &v);

	return e == ITS_VPE_UNMAPPED ? ITS_OK : e;
}
