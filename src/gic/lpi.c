/*
 * A redistributor's LPIs (IHI 0069 5.1, 6.1): which are pending, what the configuration table said of them when it was
 * last read, and the memory tables behind both; its own, and with GICv4 those of the vPE that is resident.
 *
 * An entry of the configuration table is read when an LPI needs it, and not again before an INV or INVALL command: a
 * changed table without one is not seen. The pending table is read when LPIs are enabled (a vPE becomes resident) and
 * written when they are disabled (the vPE leaves); in between the pending state is here alone.
 *
 * Holds always: core.lpi is the best of the pending and enabled LPIs, but between a command of the ITS that leaves it
 * to be found again (lpi_stale) and gic_lpi_settle() at the end of the commands.
 */
#include <string.h>

#include "gic/internal.h"

enum { CONFIG_ENABLE = 1, CONFIG_KNOWN = 2, CONFIG_PRIORITY = 0xfc };
#define PENDING_TABLE_FIRST (GIC_INTID_LPI / 8) /* bytes; what stands before is the implementation's */

static const struct gic_hppi nothing = { GIC_INTID_SPURIOUS, GIC_PRIORITY_IDLE, GIC_G0 };

/* LPIs below this INTID are those of the tables; with an IDbits too small for any LPI there is none. */
static unsigned end_of_lpis(const struct gic_lpis *l)
{
	unsigned bits = (unsigned)(l->propbaser & 31) + 1;

	return bits < 14 ? GIC_INTID_LPI : 1u << (bits < GIC_LPI_ID_BITS ? bits : GIC_LPI_ID_BITS);
}

bool gic_lpi_exists(const struct gic *g, unsigned core, enum gic_lpi_kind k, u64 intid)
{
	const struct gic_lpis *l = &g->s.lpi[core][k];

	return l->enabled && intid >= GIC_INTID_LPI && intid < end_of_lpis(l);
}

bool gic_lpi_is_pending(const struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid)
{
	unsigned n = intid - GIC_INTID_LPI;

	return intid >= GIC_INTID_LPI && n < GIC_LPIS && bit(g->s.lpi[core][k].pending[n / 64], n % 64);
}

/* ---- configuration ---- */

/* An entry that cannot be read is a disabled LPI. */
static bool read_config(const struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned n, u8 *config)
{
	pa_t at = { (g->s.lpi[core][k].propbaser & GIC_PROPBASER_ADDRESS) + n, true };

	*config = 0;
	return bus_copy_out(g->cfg.bus, at, config, 1);
}

static u8 config_of(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid)
{
	struct gic_lpis *l = &g->s.lpi[core][k];
	unsigned n = intid - GIC_INTID_LPI;

	if (l->config[n])
		return l->config[n];
	if (!read_config(g, core, k, n, &l->config[n]))
		gic_emit_error(g, "GIC: the LPI configuration table is not in memory", l->propbaser);
	l->config[n] |= CONFIG_KNOWN;
	l->any_config = true;
	return l->config[n];
}

/* LPIs are Non-secure: with two security states theirs is the lower half of the priorities (4.8). */
static u8 priority_of(const struct gic *g, enum gic_lpi_kind k, u8 config)
{
	u8 priority = config & CONFIG_PRIORITY;

	if (k == GIC_VLPI)
		return priority & gic_priority_mask(g->cfg.vpri_bits);
	return (gic_ds(g) ? priority : 0x80 | priority >> 1) & gic_priority_mask(g->cfg.pri_bits);
}

/* As the redistributor would find it, without its reading anything. */
static u8 peek_config(const struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid)
{
	u8 config = g->s.lpi[core][k].config[intid - GIC_INTID_LPI];

	if (!config)
		read_config(g, core, k, intid - GIC_INTID_LPI, &config);
	return config;
}

bool gic_lpi_is_enabled(const struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid)
{
	return gic_lpi_exists(g, core, k, intid) && peek_config(g, core, k, intid) & CONFIG_ENABLE;
}

u8 gic_lpi_priority(const struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid)
{
	return priority_of(g, k, peek_config(g, core, k, intid));
}

/* ---- the best of the pending ones ---- */

/* The lowest INTID of equal priorities is first. */
static void consider(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid)
{
	struct gic_hppi *best = &g->s.core[core].lpi[k];
	u8 config = config_of(g, core, k, intid), priority = priority_of(g, k, config);

	if (!(config & CONFIG_ENABLE) || priority > best->priority ||
	    (priority == best->priority && intid >= best->intid))
		return;
	*best = (struct gic_hppi){ (u16)intid, priority, GIC_G1NS };
}

static void consider_word(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned w)
{
	for (u64 word = g->s.lpi[core][k].pending[w]; word; word &= word - 1)
		consider(g, core, k, GIC_INTID_LPI + w * 64 + (unsigned)__builtin_ctzll(word));
}

static void find_best(struct gic *g, unsigned core, enum gic_lpi_kind k)
{
	struct gic_lpis *l = &g->s.lpi[core][k];

	g->s.core[core].lpi_stale[k] = false;
	g->s.core[core].lpi[k] = nothing;
	for (unsigned i = 0; i < ARRAY_SIZE(l->some); i++)
		for (u64 words = l->some[i]; words; words &= words - 1)
			consider_word(g, core, k, i * 64 + (unsigned)__builtin_ctzll(words));
}

static void update(struct gic *g, unsigned core, enum gic_lpi_kind k)
{
	if (k == GIC_VLPI)
		gic_update_virtual(g, core);
	else
		gic_update_core(g, core);
}

static void find_words(struct gic_lpis *l)
{
	memset(l->some, 0, sizeof(l->some));
	for (unsigned w = 0; w < ARRAY_SIZE(l->pending); w++)
		l->some[w / 64] |= (u64)(l->pending[w] != 0) << w % 64;
}

static void changed(struct gic *g, unsigned core, enum gic_lpi_kind k)
{
	find_words(&g->s.lpi[core][k]);
	find_best(g, core, k);
}

void gic_lpi_settle(struct gic *g)
{
	for (unsigned i = 0; i < g->cfg.cores; i++)
		for (unsigned k = 0; k < GIC_LPI_KINDS; k++)
			if (g->s.core[i].lpi_stale[k]) {
				find_best(g, i, k);
				update(g, i, k);
			}
}

/* ---- pending state ---- */

static void set_bit(struct gic_lpis *l, unsigned intid, bool pending)
{
	unsigned n = intid - GIC_INTID_LPI, w = n / 64;

	l->pending[w] = deposit(l->pending[w], n % 64, 1, pending);
	l->some[w / 64] = deposit(l->some[w / 64], w % 64, 1, l->pending[w] != 0);
}

void gic_lpi_set_pending(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid)
{
	if (!gic_lpi_exists(g, core, k, intid) || gic_lpi_is_pending(g, core, k, intid))
		return;
	set_bit(&g->s.lpi[core][k], intid, true);
	GIC_TRACE(g, k == GIC_VLPI ? "vpending" : "pending", intid, (int)core, 0);
	consider(g, core, k, intid);
	if (g->s.core[core].lpi[k].intid == intid)
		update(g, core, k);
}

/* No longer pending; true when the best is to be found again. */
static bool take(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid)
{
	set_bit(&g->s.lpi[core][k], intid, false);
	return g->s.core[core].lpi[k].intid == intid;
}

void gic_lpi_acknowledge(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid)
{
	if (!take(g, core, k, intid))
		return;
	find_best(g, core, k);
	update(g, core, k);
}

/* ---- commands of the ITS: gic_lpi_settle() follows ---- */

bool gic_lpi_clear_pending(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid)
{
	if (!gic_lpi_exists(g, core, k, intid) || !gic_lpi_is_pending(g, core, k, intid))
		return false;
	GIC_TRACE(g, k == GIC_VLPI ? "not vpending" : "not pending", intid, (int)core, 0);
	g->s.core[core].lpi_stale[k] |= take(g, core, k, intid);
	return true;
}

void gic_lpi_invalidate(struct gic *g, unsigned core, enum gic_lpi_kind k, unsigned intid)
{
	if (!gic_lpi_exists(g, core, k, intid))
		return;
	g->s.lpi[core][k].config[intid - GIC_INTID_LPI] = 0;
	g->s.core[core].lpi_stale[k] |= gic_lpi_is_pending(g, core, k, intid);
}

void gic_lpi_invalidate_all(struct gic *g, unsigned core, enum gic_lpi_kind k)
{
	struct gic_lpis *l = &g->s.lpi[core][k];

	if (!l->any_config) /* a queue full of INVALL is no work */
		return;
	memset(l->config, 0, sizeof(l->config));
	l->any_config = false;
	g->s.core[core].lpi_stale[k] = true;
}

/* What the target has no room for is lost, as when it arrives there. */
void gic_lpi_move_all(struct gic *g, unsigned from, unsigned to)
{
	struct gic_lpis *f = &g->s.lpi[from][GIC_LPI], *t = &g->s.lpi[to][GIC_LPI];
	unsigned words = t->enabled ? (end_of_lpis(t) - GIC_INTID_LPI) / 64 : 0;

	if (from == to)
		return;
	for (unsigned w = 0; w < words; w++)
		t->pending[w] |= f->pending[w];
	memset(f->pending, 0, sizeof(f->pending));
	find_words(t);
	find_words(f);
	g->s.core[from].lpi_stale[GIC_LPI] = g->s.core[to].lpi_stale[GIC_LPI] = true;
}

/* ---- from and to memory ---- */

static pa_t pending_table(const struct gic_lpis *l)
{
	return (pa_t){ (l->pendbaser & GIC_PENDBASER_ADDRESS) + PENDING_TABLE_FIRST, true };
}

void gic_lpi_start(struct gic *g, unsigned core, enum gic_lpi_kind k, bool none_pending)
{
	struct gic_lpis *l = &g->s.lpi[core][k];
	unsigned bytes = (end_of_lpis(l) - GIC_INTID_LPI) / 8;

	l->enabled = true;
	if (!none_pending && !bus_copy_out(g->cfg.bus, pending_table(l), l->pending, bytes))
		gic_emit_error(g, "GIC: the LPI pending table is not in memory", l->pendbaser);
	changed(g, core, k);
	update(g, core, k);
}

bool gic_lpi_stop(struct gic *g, unsigned core, enum gic_lpi_kind k)
{
	struct gic_lpis *l = &g->s.lpi[core][k];
	unsigned bytes = (end_of_lpis(l) - GIC_INTID_LPI) / 8;
	bool some = g->s.core[core].lpi[k].intid != GIC_INTID_SPURIOUS;

	if (!bus_copy_in(g->cfg.bus, pending_table(l), l->pending, bytes))
		gic_emit_error(g, "GIC: the LPI pending table is not in memory", l->pendbaser);
	l->enabled = false;
	memset(l->pending, 0, sizeof(l->pending));
	gic_lpi_invalidate_all(g, core, k);
	changed(g, core, k);
	update(g, core, k);
	return some;
}

void gic_lpi_reset(struct gic *g, unsigned core)
{
	for (unsigned k = 0; k < GIC_LPI_KINDS; k++) {
		if (k == GIC_LPI || g->cfg.v4)
			memset(&g->s.lpi[core][k], 0, sizeof(g->s.lpi[core][k]));
		g->s.core[core].lpi[k] = nothing;
		g->s.core[core].lpi_stale[k] = false;
	}
}

void gic_lpi_all_changed(struct gic *g)
{
	for (unsigned i = 0; i < g->cfg.cores; i++)
		for (unsigned k = 0; k <= g->cfg.v4; k++)
			changed(g, i, k);
}
