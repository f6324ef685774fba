/*
 * The ITS's command queue (IHI 0069 5.3). Commands complete at once and in order, so that SYNC has nothing to wait for.
 * A command in error stalls the queue (GITS_CREADR.Stalled), one of the choices: software mends the command and writes
 * GITS_CWRITER.Retry. GITS_TYPER.SEIS is 0: nothing else tells of it, but an event.
 */
#include "gic/its.h"

#include <string.h>

#define QUEUE_ADDRESS 0x000ffffffffff000ull
#define OFFSET 0xfffe0ull /* of GITS_CREADR and GITS_CWRITER */

struct command {
	u64 w[4];
};

/* ---- operands ---- */

static u32 device_id(const struct command *c)
{
	return (u32)(c->w[0] >> 32);
}

static u32 event_id(const struct command *c)
{
	return (u32)c->w[1];
}

static u16 collection_id(const struct command *c)
{
	return (u16)c->w[2];
}

/* RDbase is the number of the core: GITS_TYPER.PTA is 0. */
static enum its_error core_number(const struct gic *g, u64 word, unsigned *core)
{
	u64 n = bits(word, 51, 16);

	*core = (unsigned)n;
	return n < g->cfg.cores ? ITS_OK : ITS_PROCNUM_OOR;
}

/* ---- mappings ---- */

static enum its_error mapd(struct gic *g, const struct command *c)
{
	struct its_device d = { c->w[2] & ITS_VALID, c->w[2] & 0x000fffffffffff00ull,
				(unsigned)bits(c->w[1], 4, 0) + 1 };

	if (d.valid && d.bits > ITS_EVENT_BITS)
		return ITS_ITTSIZE_OOR;
	return its_set_device(g, device_id(c), &d);
}

static enum its_error mapc(struct gic *g, const struct command *c)
{
	struct its_collection l = { c->w[2] & ITS_VALID, 0 };
	enum its_error e = l.valid ? core_number(g, c->w[2], &l.core) : ITS_OK;

	return e == ITS_OK ? its_set_collection(g, collection_id(c), &l) : e;
}

static enum its_error map_interrupt(struct gic *g, const struct command *c, u32 intid)
{
	struct its_interrupt i = { true, intid, collection_id(c) };
	struct its_collection l;
	struct its_device d;
	enum its_error e = its_get_device(g, device_id(c), &d);

	if (e != ITS_OK)
		return e;
	if (intid < GIC_INTID_LPI || intid >> GIC_LPI_ID_BITS)
		return ITS_PHYSICALID_OOR;
	e = its_get_collection(g, i.collection, &l);
	if (e == ITS_COLLECTION_OOR) /* it may be mapped later */
		return e;
	return its_set_interrupt(g, &d, event_id(c), &i);
}

static enum its_error mapti(struct gic *g, const struct command *c)
{
	return map_interrupt(g, c, (u32)(c->w[1] >> 32));
}

static enum its_error mapi(struct gic *g, const struct command *c)
{
	return map_interrupt(g, c, event_id(c));
}

/* The pending state goes with the interrupt. */
static enum its_error movi(struct gic *g, const struct command *c)
{
	struct its_collection from, to;
	struct its_interrupt i;
	struct its_device d;
	enum its_error e = its_translate(g, device_id(c), event_id(c), &i, &from);

	if (e == ITS_OK)
		e = its_get_collection(g, collection_id(c), &to);
	if (e == ITS_OK)
		e = its_get_device(g, device_id(c), &d);
	i.collection = collection_id(c);
	if (e == ITS_OK)
		e = its_set_interrupt(g, &d, event_id(c), &i);
	if (e == ITS_OK && from.core != to.core && gic_lpi_clear_pending(g, from.core, i.intid))
		gic_lpi_set_pending(g, to.core, i.intid);
	return e;
}

static enum its_error movall(struct gic *g, const struct command *c)
{
	unsigned from, to;
	enum its_error e = core_number(g, c->w[2], &from);

	if (e == ITS_OK)
		e = core_number(g, c->w[3], &to);
	if (e == ITS_OK)
		gic_lpi_move_all(g, from, to);
	return e;
}

/* ---- interrupts ---- */

static enum its_error generate(struct gic *g, const struct command *c)
{
	struct its_collection l;
	struct its_interrupt i;
	enum its_error e = its_translate(g, device_id(c), event_id(c), &i, &l);

	if (e == ITS_OK)
		gic_lpi_set_pending(g, l.core, i.intid);
	return e;
}

static enum its_error clear(struct gic *g, const struct command *c)
{
	struct its_collection l;
	struct its_interrupt i;
	enum its_error e = its_translate(g, device_id(c), event_id(c), &i, &l);

	if (e == ITS_OK)
		gic_lpi_clear_pending(g, l.core, i.intid);
	return e;
}

static enum its_error discard(struct gic *g, const struct command *c)
{
	struct its_interrupt none = { 0 };
	struct its_device d;
	enum its_error e = clear(g, c);

	if (e == ITS_OK)
		e = its_get_device(g, device_id(c), &d);
	return e == ITS_OK ? its_set_interrupt(g, &d, event_id(c), &none) : e;
}

static enum its_error inv(struct gic *g, const struct command *c)
{
	struct its_collection l;
	struct its_interrupt i;
	enum its_error e = its_translate(g, device_id(c), event_id(c), &i, &l);

	if (e == ITS_OK)
		gic_lpi_invalidate(g, l.core, i.intid);
	return e;
}

static enum its_error invall(struct gic *g, const struct command *c)
{
	struct its_collection l;
	enum its_error e = its_get_collection(g, collection_id(c), &l);

	if (e == ITS_OK)
		gic_lpi_invalidate_all(g, l.core);
	return e;
}

static enum its_error sync(struct gic *g, const struct command *c)
{
	return ITS_OK;
}

/* ---- the queue ---- */

static const struct {
	u8 code;
	const char *name;
	enum its_error (*execute)(struct gic *g, const struct command *c);
} commands[] = {
	{ 0x01, "MOVI", movi }, { 0x03, "INT", generate },  { 0x04, "CLEAR", clear },	{ 0x05, "SYNC", sync },
	{ 0x08, "MAPD", mapd }, { 0x09, "MAPC", mapc },	    { 0x0a, "MAPTI", mapti },	{ 0x0b, "MAPI", mapi },
	{ 0x0c, "INV", inv },	{ 0x0d, "INVALL", invall }, { 0x0e, "MOVALL", movall }, { 0x0f, "DISCARD", discard },
};

static void trace_command(struct gic *g, const char *name, const struct command *c)
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

static enum its_error execute(struct gic *g, const struct command *c)
{
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == (u8)c->w[0]) {
			trace_command(g, commands[i].name, c);
			return commands[i].execute(g, c);
		}
	return ITS_UNKNOWN_COMMAND;
}

static enum its_error next(struct gic *g)
{
	struct gic_its *its = &g->s.its;
	struct command c;
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
			its->creadr = (its->creadr + sizeof(struct command)) % size;
			continue;
		}
		stall(g, e);
	}
	gic_lpi_settle(g);
}
