/*
 * A redistributor's LPIs (IHI 0069 5.1): which are pending, what the configuration table said of them when it was last
 * read, and the memory tables behind both.
 *
 * An entry of the configuration table is read when an LPI needs it, and not again before an INV or INVALL command: a
 * changed table without one is not seen. The pending table is read when EnableLPIs is set and written when it is
 * cleared, which is allowed (GICR_CTLR.CES); in between the pending state is here alone.
 *
 * Holds always: core.lpi is the best of the pending and enabled LPIs, but between a command of the ITS that leaves it
 * to be found again (lpi_stale) and gic_lpi_settle() at the end of the commands.
 */
#include <string.h>

#include "gic/frame.h"

enum { CONFIG_ENABLE = 1, CONFIG_KNOWN = 2, CONFIG_PRIORITY = 0xfc };
enum { CTLR_ENABLE_LPIS = 1, CTLR_CES = 2 };
#define PENDING_TABLE_FIRST (GIC_INTID_LPI / 8) /* bytes; what stands before is the implementation's */
#define PROPBASER_ADDRESS 0x000ffffffffff000ull
#define PENDBASER_ADDRESS 0x000fffffffff0000ull
#define PENDBASER_PTZ (1ull << 62)
#define CACHE_FIELDS (7ull << 56 | 3ull << 10 | 7ull << 7)

static const struct gic_hppi nothing = { GIC_INTID_SPURIOUS, GIC_PRIORITY_IDLE, GIC_G0 };

/* LPIs below this INTID are those of the tables; with an IDbits too small for any LPI there is none. */
static unsigned end_of_lpis(const struct gic_lpis *l)
{
	unsigned bits = (unsigned)(l->propbaser & 31) + 1;

	return bits < 14 ? GIC_INTID_LPI : 1u << (bits < GIC_LPI_ID_BITS ? bits : GIC_LPI_ID_BITS);
}

bool gic_lpi_exists(const struct gic *g, unsigned core, u64 intid)
{
	const struct gic_lpis *l = &g->s.lpi[core];

	return l->enabled && intid >= GIC_INTID_LPI && intid < end_of_lpis(l);
}

bool gic_lpi_is_pending(const struct gic *g, unsigned core, unsigned intid)
{
	unsigned n = intid - GIC_INTID_LPI;

	return intid >= GIC_INTID_LPI && n < GIC_LPIS && bit(g->s.lpi[core].pending[n / 64], n % 64);
}

/* ---- configuration ---- */

/* An entry that cannot be read is a disabled LPI. */
static bool read_config(const struct gic *g, unsigned core, unsigned n, u8 *config)
{
	pa_t at = { (g->s.lpi[core].propbaser & PROPBASER_ADDRESS) + n, true };

	*config = 0;
	return bus_copy_out(g->cfg.bus, at, config, 1);
}

static u8 config_of(struct gic *g, unsigned core, unsigned intid)
{
	struct gic_lpis *l = &g->s.lpi[core];
	unsigned n = intid - GIC_INTID_LPI;

	if (l->config[n])
		return l->config[n];
	if (!read_config(g, core, n, &l->config[n]))
		gic_emit_error(g, "GIC: the LPI configuration table is not in memory", l->propbaser);
	l->config[n] |= CONFIG_KNOWN;
	l->any_config = true;
	return l->config[n];
}

/* LPIs are Non-secure: with two security states theirs is the lower half of the priorities (4.8). */
static u8 priority_of(const struct gic *g, u8 config)
{
	u8 priority = config & CONFIG_PRIORITY;

	return (gic_ds(g) ? priority : 0x80 | priority >> 1) & gic_priority_mask(g->cfg.pri_bits);
}

/* As the redistributor would find it, without its reading anything. */
static u8 peek_config(const struct gic *g, unsigned core, unsigned intid)
{
	u8 config = g->s.lpi[core].config[intid - GIC_INTID_LPI];

	if (!config)
		read_config(g, core, intid - GIC_INTID_LPI, &config);
	return config;
}

bool gic_lpi_is_enabled(const struct gic *g, unsigned core, unsigned intid)
{
	return gic_lpi_exists(g, core, intid) && peek_config(g, core, intid) & CONFIG_ENABLE;
}

u8 gic_lpi_priority(const struct gic *g, unsigned core, unsigned intid)
{
	return priority_of(g, peek_config(g, core, intid));
}

/* ---- the best of the pending ones ---- */

/* The lowest INTID of equal priorities is first. */
static void consider(struct gic *g, unsigned core, unsigned intid)
{
	struct gic_hppi *best = &g->s.core[core].lpi;
	u8 config = config_of(g, core, intid), priority = priority_of(g, config);

	if (!(config & CONFIG_ENABLE) || priority > best->priority ||
	    (priority == best->priority && intid >= best->intid))
		return;
	*best = (struct gic_hppi){ (u16)intid, priority, GIC_G1NS };
}

static void consider_word(struct gic *g, unsigned core, unsigned w)
{
	for (u64 word = g->s.lpi[core].pending[w]; word; word &= word - 1)
		consider(g, core, GIC_INTID_LPI + w * 64 + (unsigned)__builtin_ctzll(word));
}

static void find_best(struct gic *g, unsigned core)
{
	struct gic_lpis *l = &g->s.lpi[core];

	g->s.core[core].lpi_stale = false;
	g->s.core[core].lpi = nothing;
	for (unsigned i = 0; i < ARRAY_SIZE(l->some); i++)
		for (u64 words = l->some[i]; words; words &= words - 1)
			consider_word(g, core, i * 64 + (unsigned)__builtin_ctzll(words));
}

static void find_words(struct gic_lpis *l)
{
	memset(l->some, 0, sizeof(l->some));
	for (unsigned w = 0; w < ARRAY_SIZE(l->pending); w++)
		l->some[w / 64] |= (u64)(l->pending[w] != 0) << w % 64;
}

void gic_lpi_changed(struct gic *g, unsigned core)
{
	find_words(&g->s.lpi[core]);
	find_best(g, core);
}

void gic_lpi_settle(struct gic *g)
{
	for (unsigned i = 0; i < g->cfg.cores; i++)
		if (g->s.core[i].lpi_stale) {
			find_best(g, i);
			gic_update_core(g, i);
		}
}

/* ---- pending state ---- */

static void set_bit(struct gic_lpis *l, unsigned intid, bool pending)
{
	unsigned n = intid - GIC_INTID_LPI, w = n / 64;

	l->pending[w] = deposit(l->pending[w], n % 64, 1, pending);
	l->some[w / 64] = deposit(l->some[w / 64], w % 64, 1, l->pending[w] != 0);
}

void gic_lpi_set_pending(struct gic *g, unsigned core, unsigned intid)
{
	if (!gic_lpi_exists(g, core, intid) || gic_lpi_is_pending(g, core, intid))
		return;
	set_bit(&g->s.lpi[core], intid, true);
	GIC_TRACE(g, "pending", intid, (int)core, 0);
	consider(g, core, intid);
	if (g->s.core[core].lpi.intid == intid)
		gic_update_core(g, core);
}

/* No longer pending; true when the best is to be found again. */
static bool take(struct gic *g, unsigned core, unsigned intid)
{
	set_bit(&g->s.lpi[core], intid, false);
	return g->s.core[core].lpi.intid == intid;
}

void gic_lpi_acknowledge(struct gic *g, unsigned core, unsigned intid)
{
	if (!take(g, core, intid))
		return;
	find_best(g, core);
	gic_update_core(g, core);
}

/* ---- commands of the ITS: gic_lpi_settle() follows ---- */

bool gic_lpi_clear_pending(struct gic *g, unsigned core, unsigned intid)
{
	if (!gic_lpi_exists(g, core, intid) || !gic_lpi_is_pending(g, core, intid))
		return false;
	GIC_TRACE(g, "not pending", intid, (int)core, 0);
	g->s.core[core].lpi_stale |= take(g, core, intid);
	return true;
}

void gic_lpi_invalidate(struct gic *g, unsigned core, unsigned intid)
{
	if (!gic_lpi_exists(g, core, intid))
		return;
	g->s.lpi[core].config[intid - GIC_INTID_LPI] = 0;
	g->s.core[core].lpi_stale |= gic_lpi_is_pending(g, core, intid);
}

void gic_lpi_invalidate_all(struct gic *g, unsigned core)
{
	struct gic_lpis *l = &g->s.lpi[core];

	if (!l->any_config) /* a queue full of INVALL is no work */
		return;
	memset(l->config, 0, sizeof(l->config));
	l->any_config = false;
	g->s.core[core].lpi_stale = true;
}

/* What the target has no room for is lost, as when it arrives there. */
void gic_lpi_move_all(struct gic *g, unsigned from, unsigned to)
{
	struct gic_lpis *f = &g->s.lpi[from], *t = &g->s.lpi[to];
	unsigned words = t->enabled ? (end_of_lpis(t) - GIC_INTID_LPI) / 64 : 0;

	if (from == to)
		return;
	for (unsigned w = 0; w < words; w++)
		t->pending[w] |= f->pending[w];
	memset(f->pending, 0, sizeof(f->pending));
	find_words(t);
	find_words(f);
	g->s.core[from].lpi_stale = g->s.core[to].lpi_stale = true;
}

/* ---- registers ---- */

static pa_t pending_table(const struct gic_lpis *l)
{
	return (pa_t){ (l->pendbaser & PENDBASER_ADDRESS) + PENDING_TABLE_FIRST, true };
}

static void enable(struct gic *g, unsigned core)
{
	struct gic_lpis *l = &g->s.lpi[core];
	unsigned bytes = (end_of_lpis(l) - GIC_INTID_LPI) / 8;

	l->enabled = true;
	if (!(l->pendbaser & PENDBASER_PTZ) && !bus_copy_out(g->cfg.bus, pending_table(l), l->pending, bytes))
		gic_emit_error(g, "GIC: the LPI pending table is not in memory", l->pendbaser);
	gic_lpi_changed(g, core);
	gic_update_core(g, core);
}

/* Clears everything, and leaves the pending state in memory (GICR_CTLR.EnableLPIs). */
static void disable(struct gic *g, unsigned core)
{
	struct gic_lpis *l = &g->s.lpi[core];
	unsigned bytes = (end_of_lpis(l) - GIC_INTID_LPI) / 8;

	if (!bus_copy_in(g->cfg.bus, pending_table(l), l->pending, bytes))
		gic_emit_error(g, "GIC: the LPI pending table is not in memory", l->pendbaser);
	l->enabled = false;
	memset(l->pending, 0, sizeof(l->pending));
	gic_lpi_invalidate_all(g, core);
	gic_lpi_changed(g, core);
	gic_update_core(g, core);
}

void gic_lpi_reset(struct gic *g, unsigned core)
{
	memset(&g->s.lpi[core], 0, sizeof(g->s.lpi[core]));
	gic_lpi_changed(g, core);
}

u64 gicr_read_ctlr(const struct gic_access *a)
{
	return a->g->cfg.lpis ? CTLR_CES | a->g->s.lpi[a->core].enabled : 0;
}

void gicr_write_ctlr(const struct gic_access *a, u64 value)
{
	bool on = value & CTLR_ENABLE_LPIS;

	if (!a->g->cfg.lpis || on == a->g->s.lpi[a->core].enabled)
		return;
	GIC_TRACE(a->g, on ? "LPIs on" : "LPIs off", 0, (int)a->core, 0);
	if (on)
		enable(a->g, a->core);
	else
		disable(a->g, a->core);
}

u64 gicr_read_propbaser(const struct gic_access *a)
{
	return a->g->s.lpi[a->core].propbaser;
}

u64 gicr_read_pendbaser(const struct gic_access *a)
{
	return a->g->s.lpi[a->core].pendbaser & ~PENDBASER_PTZ;
}

/* While LPIs are enabled a write is UNPREDICTABLE: it is ignored. */
static bool may_write(const struct gic_access *a)
{
	if (a->g->s.lpi[a->core].enabled)
		gic_emit_error(a->g, "GIC: GICR_PROPBASER or GICR_PENDBASER written while LPIs are enabled", a->core);
	return a->g->cfg.lpis && !a->g->s.lpi[a->core].enabled;
}

void gicr_write_propbaser(const struct gic_access *a, u64 value)
{
	if (may_write(a))
		a->g->s.lpi[a->core].propbaser = value & (CACHE_FIELDS | PROPBASER_ADDRESS | 31);
}

void gicr_write_pendbaser(const struct gic_access *a, u64 value)
{
	if (may_write(a))
		a->g->s.lpi[a->core].pendbaser = value & (CACHE_FIELDS | PENDBASER_ADDRESS | PENDBASER_PTZ);
}
