/* The GIC as a whole: configuration, reset, input lines, events. */
#include <string.h>

#include "base/error.h"
#include "gic/internal.h"

void gic_emit(struct gic *g, const char *what, unsigned intid, int target, u64 detail)
{
	struct event e = {
		.kind = EV_GIC,
		.gic = { .what = what, .intid = intid, .target = target, .detail = detail },
	};

	trace_emit(g->cfg.trace, &e);
}

void gic_emit_lr(struct gic *g, unsigned n, u64 old, u64 value, const char *why)
{
	struct event e = { .kind = EV_LR, .lr = { .n = (u8)n, .old = old, .value = value, .why = why } };

	trace_emit(g->cfg.trace, &e);
}

void gic_emit_error(struct gic *g, const char *text, u64 detail)
{
	struct event e = { .kind = EV_GUEST_ERROR, .text = { .text = text, .detail = detail } };

	if (gic_traced(g, EV_GUEST_ERROR))
		trace_emit(g->cfg.trace, &e);
}

/* The firmware's part in a core's CPU interface. */
static void boot_cpu_interface(struct gic *g, unsigned core)
{
	struct gic_core *k = &g->s.core[core];

	if (g->s.booted_nonsecure) {
		k->sre_enable[3] = true;
		k->pmr = gic_priority_mask(g->cfg.pri_bits);
	}
	if (g->s.booted_el1)
		k->sre_enable[2] = true;
}

void gic_reset_cpu_interface(struct gic *g, unsigned core)
{
	struct gic_core *k = &g->s.core[core];
	u8 least = gic_min_bpr(gic_pre_bits(g));

	k->pmr = 0;
	for (unsigned i = 0; i < GIC_GROUPS; i++)
		k->bpr[i] = i == GIC_G1NS ? least + 1 : least;
	memset(k->igrpen, 0, sizeof(k->igrpen));
	memset(k->cbpr, 0, sizeof(k->cbpr));
	memset(k->eoimode, 0, sizeof(k->eoimode));
	k->eoimode_el3 = false;
	memset(k->sre_enable, 0, sizeof(k->sre_enable));
	memset(k->apr, 0, sizeof(k->apr));
	boot_cpu_interface(g, core);
	gic_active_priorities_changed(g, core);
	gic_reset_virtual(g, core);
	gic_update_virtual(g, core);
	gic_groups_changed(g);
}

/* Everything but the wires: the levels of the inputs and what the outputs were last driven to. */
static void reset_bank(struct gic_bank *b)
{
	u32 level = b->level;

	memset(b, 0, sizeof(*b));
	b->level = level;
}

void gic_reset(struct gic *g)
{
	g->s.ctlr = GICD_CTLR_ARE_S | (g->cfg.security ? GICD_CTLR_ARE_NS : GICD_CTLR_DS);
	for (unsigned i = 0; i < ARRAY_SIZE(g->s.spi); i++)
		reset_bank(&g->s.spi[i]);
	memset(g->s.router, 0, sizeof(g->s.router));
	g->s.booted_nonsecure = g->s.booted_el1 = false;
	g->s.its = (struct gic_its){ 0 };
	for (unsigned i = 0; i < g->cfg.cores; i++) {
		gic_lpi_reset(g, i);
		reset_bank(&g->s.core[i].bank);
		g->s.core[i].bank.edge = 0xffff; /* SGIs */
		g->s.core[i].asleep = true;
		gic_reset_cpu_interface(g, i);
	}
	gic_refresh(g);
}

void gic_init(struct gic *g, const struct gic_config *cfg)
{
	BUG_ON(cfg->cores == 0 || cfg->cores > GIC_CORES_MAX || cfg->spis > GIC_SPIS_MAX || cfg->spis % 32);
	BUG_ON(cfg->list_registers > GIC_LR_MAX || cfg->pri_bits < 5 || cfg->pri_bits > 8);
	BUG_ON(cfg->list_registers && (cfg->vpri_bits < 5 || cfg->vpri_bits > 8 || cfg->vpre_bits < 5 ||
				       cfg->vpre_bits > 7 || cfg->vpre_bits > cfg->vpri_bits));
	BUG_ON(cfg->list_registers && (cfg->maintenance < 16 || cfg->maintenance > 31));
	BUG_ON((cfg->lpis && !cfg->bus) || (cfg->v4 && !(cfg->lpis && cfg->list_registers)));
	memset(&g->s, 0, offsetof(struct gic_state, lpi));
	memset(g->view, 0, sizeof(g->view));
	g->cfg = *cfg;
	gic_reset(g);
}

void gic_boot_nonsecure(struct gic *g)
{
	g->s.booted_nonsecure = true;
	for (unsigned i = 0; i < ARRAY_SIZE(g->s.spi); i++)
		g->s.spi[i].group = ~0u;
	for (unsigned i = 0; i < g->cfg.cores; i++) {
		g->s.core[i].bank.group = ~0u;
		g->s.core[i].asleep = false;
		boot_cpu_interface(g, i);
	}
	gic_refresh(g);
}

void gic_boot_awake(struct gic *g)
{
	for (unsigned i = 0; i < g->cfg.cores; i++)
		g->s.core[i].asleep = false;
	gic_groups_changed(g);
}

void gic_boot_el1(struct gic *g)
{
	g->s.booted_el1 = true;
	for (unsigned i = 0; i < g->cfg.cores; i++)
		boot_cpu_interface(g, i);
}

/* The lines are driven even where nothing changed: whoever listens may have been restored to another time. */
static void drive_again(struct gic *g, unsigned core)
{
	for (unsigned i = 0; i < GIC_OUTPUTS; i++)
		line_set(&g->cfg.out[core][i], bit(g->s.core[core].driven, i));
}

void gic_refresh(struct gic *g)
{
	gic_lpi_all_changed(g);
	for (unsigned i = 0; i < g->cfg.cores; i++) {
		gic_active_priorities_changed(g, i);
		gic_virtual_active_priorities_changed(g, i);
		for (unsigned n = 0; n < g->cfg.list_registers; n++)
			gic_lr_changed(g, i, n);
	}
	gic_groups_changed(g);
	for (unsigned i = 0; i < g->cfg.spis; i += 32)
		gic_bank_changed(g, 0, 32 + i);
	for (unsigned i = 0; i < g->cfg.spis; i++)
		gic_route_changed(g, 32 + i);
	for (unsigned i = 0; i < g->cfg.cores; i++) {
		gic_update_virtual(g, i);
		gic_bank_changed(g, i, 0);
		drive_again(g, i);
	}
}

static void spi_line(void *ctx, unsigned n, bool level)
{
	gic_set_input(ctx, 0, n, level);
}

/* n holds the core above the INTID. */
static void ppi_line(void *ctx, unsigned n, bool level)
{
	gic_set_input(ctx, n >> 5, n & 31, level);
}

struct line gic_spi(struct gic *g, unsigned intid)
{
	BUG_ON(intid < 32 || !gic_has_intid(g, intid));
	return (struct line){ spi_line, g, intid };
}

struct line gic_ppi(struct gic *g, unsigned core, unsigned intid)
{
	BUG_ON(core >= g->cfg.cores || intid < 16 || intid > 31);
	BUG_ON(g->cfg.list_registers && intid == g->cfg.maintenance);
	return (struct line){ ppi_line, g, core << 5 | intid };
}
