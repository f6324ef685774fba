/*
 * The ITS's command queue (IHI 0069 5.3). Commands complete at once and in order, so that SYNC has nothing to wait for.
 * A command in error stalls the queue (GITS_CREADR.Stalled), one of the choices: software mends the command and writes
 * GITS_CWRITER.Retry. GITS_TYPER.SEIS is 0: nothing else tells of it, but an event.
 */
#include "gic/its.h"

#include <string.h>

#define QUEUE_ADDRESS 0x000ffffffffff000ull
#define OFFSET 0xfffe0ull /* of GITS_CREADR and GITS_CWRITER */

/* ---- mappings ---- */

static enum its_error mapd(struct gic *g, const struct its_command *c)
{
	struct its_device d = { c->w[2] & ITS_VALID, c->w[2] & 0x000fffffffffff00ull,
				(unsigned)bits(c->w[1], 4, 0) + 1 };

	if (d.valid && d.bits > ITS_EVENT_BITS)
		return ITS_ITTSIZE_OOR;
	return its_set_device(g, its_device_id(c), &d);
}

static enum its_error mapc(struct gic *g, const struct its_command *c)
{
	struct its_collection l = { c->w[2] & ITS_VALID, 0 };
	enum its_error e = l.valid ? its_core_number(g, c->w[2], &l.core) : ITS_OK;

	return e == ITS_OK ? its_set_collection(g, its_collection_id(c), &l) : e;
}

static enum its_error map_interrupt(struct gic *g, const struct its_command *c, u32 intid)
{
	struct its_interrupt i = { true, false, (u16)intid, its_collection_id(c), 0 };
	struct its_collection l;
	struct its_device d;
	enum its_error e = its_get_device(g, its_device_id(c), &d);

	if (e != ITS_OK)
		return e;
	if (!its_is_lpi(intid))
		return ITS_PHYSICALID_OOR;
	e = its_get_collection(g, i.owner, &l);
	if (e == ITS_COLLECTION_OOR) /* it may be mapped later */
		return e;
	return its_set_interrupt(g, &d, its_event_id(c), &i);
}

static enum its_error mapti(struct gic *g, const struct its_command *c)
{
	return map_interrupt(g, c, (u32)(c->w[1] >> 32));
}

static enum its_error mapi(struct gic *g, const struct its_command *c)
{
	return map_interrupt(g, c, its_event_id(c));
}

/* The pending state goes with the interrupt. */
static enum its_error movi(struct gic *g, const struct its_command *c)
{
	struct its_target from, to;
	enum its_error e = its_translate(g, its_device_id(c), its_event_id(c), &from);

	if (e != ITS_OK || from.i.is_virtual)
		return e == ITS_OK ? ITS_ID_IS_VIRTUAL : e;
	to = from;
	to.i.owner = its_collection_id(c);
	e = its_aim(g, &to);
	if (e == ITS_OK)
		e = its_set_interrupt(g, &to.device, its_event_id(c), &to.i);
	if (e == ITS_OK && from.core != to.core && its_clear(g, &from))
		its_deliver(g, &to);
	return e;
}

static enum its_error movall(struct gic *g, const struct its_command *c)
{
	unsigned from, to;
	enum its_error e = its_core_number(g, c->w[2], &from);

	if (e == ITS_OK)
		e = its_core_number(g, c->w[3], &to);
	if (e == ITS_OK)
		gic_lpi_move_all(g, from, to);
	return e;
}

/* ---- interrupts ---- */

static enum its_error generate(struct gic *g, const struct its_command *c)
{
	struct its_target t;
	enum its_error e = its_translate(g, its_device_id(c), its_event_id(c), &t);

	if (e == ITS_OK)
		its_deliver(g, &t);
	return e;
}

static enum its_error clear(struct gic *g, const struct its_command *c)
{
	struct its_target t;
	enum its_error e = its_translate(g, its_device_id(c), its_event_id(c), &t);

	if (e == ITS_OK)
		its_clear(g, &t);
	return e;
}

static enum its_error discard(struct gic *g, const struct its_command *c)
{
	struct its_interrupt none = { 0 };
	struct its_target t;
	enum its_error e = its_translate(g, its_device_id(c), its_event_id(c), &t);

	if (e != ITS_OK)
		return e;
	its_clear(g, &t);
	return its_set_interrupt(g, &t.device, its_event_id(c), &none);
}

static enum its_error inv(struct gic *g, const struct its_command *c)
{
	struct its_target t;
	enum its_error e = its_translate(g, its_device_id(c), its_event_id(c), &t);

	if (e == ITS_OK)
		its_invalidate(g, &t);
	return e;
}

static enum its_error invall(struct gic *g, const struct its_command *c)
{
	struct its_collection l;
	enum its_error e = its_get_collection(g, its_collection_id(c), &l);

	if (e == ITS_OK)
		gic_lpi_invalidate_all(g, l.core, GIC_LPI);
	return e;
}

static enum its_error sync(struct gic *g, const struct its_command *c)
{
	return ITS_OK;
}

/* ---- the queue ---- */

static const struct {
	u8 code;
	bool v4;
	const char *name;
	its_command_fn *execute;
} commands[] = {
	{ 0x01, false, "MOVI", movi },
	{ 0x03, false, "INT", generate },
	{ 0x04, false, "CLEAR", clear },
	{ 0x05, false, "SYNC", sync },
	{ 0x08, false, "MAPD", mapd },
	{ 0x09, false, "MAPC", mapc },
	{ 0x0a, false, "MAPTI", mapti },
	{ 0x0b, false, "MAPI", mapi },
	{ 0x0c, false, "INV", inv },
	{ 0x0d, false, "INVALL", invall },
	{ 0x0e, false, "MOVALL", movall },
	{ 0x0f, false, "DISCARD", discard },
	{ 0x21, true, "VMOVI", its_vmovi },
	{ 0x22, true, "VMOVP", its_vmovp },
	{ 0x25, true, "VSYNC", its_vsync },
	{ 0x29, true, "VMAPP", its_vmapp },
	{ 0x2a, true, "VMAPTI", its_vmapti },
	{ 0x2b, true, "VMAPI", its_vmapi },
	{ 0x2d, true, "VINVALL", its_vinvall },
};

static void trace_command(struct gic *g, const char *name, const struct its_command *c)
{
	struct ev_its e = { .what = ITS_COMMAND, .name = name };

	memcpy(e.words, c->w, sizeof(e.words));
	trace_its(g->cfg.trace, &e);
}

static void stall(struct gic *g, enum its_error why)
{
	struct gic_its *its = &g->s.its;
	struct ev_its e = { .what = ITS_STALL, .name = "stalled", .error = its_error_names[why] };

	e.words[0] = its->creadr;
	trace_its(g->cfg.trace, &e);
	gic_emit_error(g, its_error_names[why], its->creadr);
	its->creadr |= ITS_STALLED;
}

static enum its_error execute(struct gic *g, const struct its_command *c)
{
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == (u8)c->w[0] && commands[i].v4 <= g->cfg.v4) {
			trace_command(g, commands[i].name, c);
			return commands[i].execute(g, c);
		}
	return ITS_UNKNOWN_COMMAND;
}

static enum its_error next(struct gic *g)
{
	struct gic_its *its = &g->s.its;
	struct its_command c;
	pa_t at = { (its->cbaser & QUEUE_ADDRESS) + (its->creadr & OFFSET), true };

	return bus_copy_out(g->cfg.bus, at, c.w, sizeof(c)) ? execute(g, &c) : ITS_NOT_IN_MEMORY;
}

static bool is_running(const struct gic_its *its)
{
	return its->enabled && its->cbaser & ITS_VALID && !(its->creadr & ITS_STALLED);
}

/* A write pointer beyond the queue is CONSTRAINED UNPREDICTABLE: the queue is invalid then. So it has an end. */
void its_run_commands(struct gic *g)
{
	struct gic_its *its = &g->s.its;
	u64 size = (bits(its->cbaser, 7, 0) + 1) * 4096;
	enum its_error e;

	if (is_running(its) && (its->cwriter & OFFSET) >= size)
		gic_emit_error(g, "ITS: GITS_CWRITER is beyond the command queue", its->cwriter);
	while (is_running(its) && its->creadr != its->cwriter && its->cwriter < size) {
		e = next(g);
		if (e == ITS_OK) {
			its->creadr = (its->creadr + sizeof(struct its_command)) % size;
			continue;
		}
		stall(g, e);
	}
	gic_lpi_settle(g);
}
