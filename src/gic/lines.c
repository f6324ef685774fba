/*
 * From interrupt state to wires: which interrupt is the highest-priority pending one of each core, and which of
 * IRQ, FIQ, vIRQ and vFIQ are asserted. IHI 0069 4.6 (groups and exceptions), 4.8 (priorities).
 *
 * Kept at all times: bank.ready, spi_ready, core.lpi, core.hppi, core.signalled, core.hppvi and the driven lines agree
 * with the rest of the state. So an access costs nothing but what it changes.
 */
#include "gic/internal.h"

enum gic_group gic_irq_group(const struct gic *g, unsigned core, unsigned intid)
{
	const struct gic_bank *b;

	if (intid >= GIC_INTID_LPI)
		return GIC_G1NS;
	b = gic_bank_const(g, core, intid);
	if (bit(b->group, intid % 32))
		return GIC_G1NS;
	return !gic_ds(g) && bit(b->grpmod, intid % 32) ? GIC_G1S : GIC_G0;
}

bool gic_irq_is_pending(const struct gic *g, unsigned core, unsigned intid)
{
	if (intid >= GIC_INTID_LPI)
		return gic_lpi_is_pending(g, core, GIC_LPI, intid);
	return bit(gic_pending_word(gic_bank_const(g, core, intid)), intid % 32);
}

bool gic_irq_is_active(const struct gic *g, unsigned core, unsigned intid)
{
	/* LPIs have no active state. */
	return intid < GIC_INTID_LPI && bit(gic_bank_const(g, core, intid)->active, intid % 32);
}

static unsigned enabled_groups(const struct gic *g, unsigned core)
{
	static const u8 enable[GIC_GROUPS] = { GICD_CTLR_ENABLE_GRP0, GICD_CTLR_ENABLE_GRP1S, GICD_CTLR_ENABLE_GRP1NS };
	const struct gic_core *k = &g->s.core[core];
	unsigned groups = 0;

	if (k->asleep)
		return 0;
	for (unsigned i = 0; i < GIC_GROUPS; i++)
		if ((g->s.ctlr & enable[i]) && k->igrpen[i])
			groups |= 1u << i;
	return groups;
}

void gic_groups_changed(struct gic *g)
{
	for (unsigned i = 0; i < g->cfg.cores; i++)
		g->s.core[i].groups = (u8)enabled_groups(g, i);
	/* All cores, even when one changed: 1-of-N interrupts may go elsewhere now. */
	gic_update_all(g);
}

static u32 word_of_groups(const struct gic *g, const struct gic_bank *b, unsigned groups)
{
	u32 secure1 = gic_ds(g) ? 0 : ~b->group & b->grpmod;
	u32 word = 0;

	if (groups & 1u << GIC_G0)
		word |= ~b->group & ~secure1;
	if (groups & 1u << GIC_G1S)
		word |= secure1;
	if (groups & 1u << GIC_G1NS)
		word |= b->group;
	return word;
}

/* 1-of-N distribution (GICD_IROUTER.IRM): to the first core that takes the group. Any choice is allowed. */
static bool is_any_target(const struct gic *g, unsigned core, enum gic_group group)
{
	for (unsigned i = 0; i < core; i++)
		if (g->s.core[i].groups & 1u << group)
			return false;
	return true;
}

static bool is_target(const struct gic *g, unsigned core, unsigned intid)
{
	s16 target;

	if (intid < 32)
		return true;
	target = g->s.target[intid - 32];
	return target == (s16)core ||
	       (target == GIC_TARGET_ANY && is_any_target(g, core, gic_irq_group(g, core, intid)));
}

/* Take the best of the bank's ready interrupts when it beats *best; of equals the lowest INTID stays. */
static void consider(const struct gic *g, unsigned core, unsigned first, u32 word, struct gic_hppi *best)
{
	const struct gic_bank *b = gic_bank_const(g, core, first);

	for (; word; word &= word - 1) {
		unsigned n = (unsigned)__builtin_ctz(word);

		if ((best->intid != GIC_INTID_SPURIOUS && b->priority[n] >= best->priority) ||
		    !is_target(g, core, first + n))
			continue;
		best->intid = (u16)(first + n);
		best->priority = b->priority[n];
	}
}

static struct gic_hppi find_hppi(const struct gic *g, unsigned core)
{
	struct gic_hppi best = { GIC_INTID_SPURIOUS, GIC_PRIORITY_IDLE, GIC_G0 };
	const struct gic_bank *own = &g->s.core[core].bank;
	const struct gic_hppi *own_lpi = &g->s.core[core].lpi[GIC_LPI];
	unsigned groups = g->s.core[core].groups;

	if (!groups)
		return best;
	consider(g, core, 0, own->ready & word_of_groups(g, own, groups), &best);
	for (u32 banks = g->s.spi_ready; banks; banks &= banks - 1) {
		unsigned n = (unsigned)__builtin_ctz(banks);
		const struct gic_bank *b = &g->s.spi[n];

		consider(g, core, 32 + 32 * n, b->ready & word_of_groups(g, b, groups), &best);
	}
	if (own_lpi->priority < best.priority && groups & 1u << GIC_G1NS)
		return *own_lpi;
	if (best.intid != GIC_INTID_SPURIOUS)
		best.group = gic_irq_group(g, core, best.intid);
	return best;
}

static void drive_changes(struct gic *g, unsigned core, unsigned changes, u64 intid)
{
	static const char *const names[GIC_OUTPUTS] = { "irq", "fiq", "virq", "vfiq" };
	struct gic_core *k = &g->s.core[core];

	k->driven ^= changes;
	for (; changes; changes &= changes - 1) {
		unsigned n = (unsigned)__builtin_ctz(changes);

		GIC_TRACE(g, names[n], (unsigned)intid, (int)core, bit(k->driven, n));
		line_set(&g->cfg.out[core][n], bit(k->driven, n));
	}
}

/* Drive those output lines of `which` that differ from `levels`; a bit each. */
static inline void drive(struct gic *g, unsigned core, unsigned which, unsigned levels, u64 intid)
{
	unsigned changes = (g->s.core[core].driven ^ levels) & which;

	if (changes)
		drive_changes(g, core, changes, intid);
}

/* IHI 0069 4.6.2: the exception that an interrupt of the group becomes in the core's present state. */
static bool is_fiq(const struct gic *g, unsigned core, enum gic_group group)
{
	const struct gic_view *view = &g->view[core];

	if (group == GIC_G0)
		return true;
	if (gic_ds(g))
		return false;
	if (view->el == 3)
		return true;
	return view->secure == (group == GIC_G1NS);
}

static void drive_physical(struct gic *g, unsigned core)
{
	const struct gic_core *k = &g->s.core[core];
	unsigned levels = 0;

	if (k->signalled)
		levels = 1u << (is_fiq(g, core, k->hppi.group) ? GIC_FIQ : GIC_IRQ);
	drive(g, core, 1u << GIC_IRQ | 1u << GIC_FIQ, levels, k->hppi.intid);
}

void gic_view_changed(struct gic *g, unsigned core)
{
	if (g->s.core[core].signalled)
		drive_physical(g, core);
}

void gic_update_signals(struct gic *g, unsigned core)
{
	struct gic_core *k = &g->s.core[core];

	k->signalled = gic_can_preempt(g, core, &k->hppi);
	drive_physical(g, core);
}

void gic_update_core(struct gic *g, unsigned core)
{
	g->s.core[core].hppi = find_hppi(g, core);
	gic_update_signals(g, core);
}

void gic_update_all(struct gic *g)
{
	for (unsigned i = 0; i < g->cfg.cores; i++)
		gic_update_core(g, i);
}

/* The derived words of a bank; true when the set of ready interrupts changed. */
static bool refresh_bank(struct gic *g, unsigned core, unsigned intid)
{
	struct gic_bank *b = gic_bank(g, core, intid);
	u32 ready = gic_pending_word(b) & b->enable & ~b->active;
	bool changed = ready != b->ready;

	b->ready = ready;
	if (intid >= 32)
		g->s.spi_ready = (u32)deposit(g->s.spi_ready, intid / 32 - 1, 1, ready != 0);
	return changed;
}

void gic_bank_changed(struct gic *g, unsigned core, unsigned intid)
{
	refresh_bank(g, core, intid);
	if (intid < 32)
		gic_update_core(g, core);
	else
		gic_update_all(g);
}

void gic_irq_changed(struct gic *g, unsigned core, unsigned intid)
{
	if (!refresh_bank(g, core, intid))
		return;
	if (intid < 32) {
		gic_update_core(g, core);
		return;
	}
	if (g->s.target[intid - 32] >= 0)
		gic_update_core(g, (unsigned)g->s.target[intid - 32]);
	else if (g->s.target[intid - 32] == GIC_TARGET_ANY)
		gic_update_all(g);
}

static s16 route(const struct gic *g, u64 router)
{
	u32 affinity = (u32)(bits(router, 39, 32) << 24 | bits(router, 23, 0));

	if (router & GICD_IROUTER_IRM)
		return GIC_TARGET_ANY;
	for (unsigned i = 0; i < g->cfg.cores; i++)
		if (g->cfg.affinity[i] == affinity)
			return (s16)i;
	return GIC_TARGET_NONE;
}

void gic_route_changed(struct gic *g, unsigned intid)
{
	g->s.target[intid - 32] = route(g, g->s.router[intid - 32]);
	if (bit(gic_bank(g, 0, intid)->ready, intid % 32))
		gic_update_all(g);
}

void gic_set_input(struct gic *g, unsigned core, unsigned intid, bool level)
{
	struct gic_bank *b = gic_bank(g, core, intid);
	u32 mask = 1u << intid % 32;

	if (!(b->level & mask) == !level)
		return;
	b->level ^= mask;
	if (level)
		b->latch |= b->edge & mask;
	GIC_TRACE(g, "line", intid, intid < 32 ? (int)core : -1, level);
	gic_irq_changed(g, core, intid);
}

void gic_activate(struct gic *g, unsigned core, unsigned intid)
{
	struct gic_bank *b;

	if (intid >= GIC_INTID_LPI) {
		gic_lpi_acknowledge(g, core, GIC_LPI, intid);
		return;
	}
	b = gic_bank(g, core, intid);
	b->active |= 1u << intid % 32;
	b->latch &= ~(1u << intid % 32);
	gic_irq_changed(g, core, intid);
}

void gic_deactivate(struct gic *g, unsigned core, unsigned intid)
{
	struct gic_bank *b = gic_bank(g, core, intid);

	if (!bit(b->active, intid % 32))
		return;
	b->active &= ~(1u << intid % 32);
	GIC_TRACE(g, "deactivate", intid, (int)core, 0);
	gic_irq_changed(g, core, intid);
}

/* ---- the virtual CPU interface ---- */

/*
 * The pending list register that would be delivered first, or a virtual LPI whose priority is above all of theirs.
 * IHI 0069 5: only groups that the guest has enabled count.
 */
static s8 find_hppvi(const struct gic_core *k)
{
	unsigned best = 0x100;
	s8 index = -1;

	for (u32 left = k->lr_pending; left; left &= left - 1) {
		unsigned n = (unsigned)__builtin_ctz(left);
		unsigned priority = k->lr[n] >> ICH_LR_PRIORITY_LSB & 0xff;

		if (priority < best && k->vmcr & (k->lr[n] & ICH_LR_GROUP ? ICH_VMCR_VENG1 : ICH_VMCR_VENG0)) {
			best = priority;
			index = (s8)n;
		}
	}
	if (k->lpi[GIC_VLPI].intid != GIC_INTID_SPURIOUS && k->lpi[GIC_VLPI].priority < best &&
	    k->vmcr & ICH_VMCR_VENG1)
		return GIC_HPPVI_LPI;
	return index;
}

void gic_update_virtual(struct gic *g, unsigned core)
{
	struct gic_core *k = &g->s.core[core];
	bool enabled = k->ich_hcr & ICH_HCR_EN;
	u64 lr = GIC_INTID_SPURIOUS;
	unsigned levels = 0;

	k->hppvi = find_hppvi(k);
	if (k->hppvi >= 0) {
		lr = gic_hppvi_lr(k);
		if (enabled && gic_virtual_can_preempt(g, core, lr))
			levels = 1u << (lr & ICH_LR_GROUP ? GIC_VIRQ : GIC_VFIQ);
	}
	drive(g, core, 1u << GIC_VIRQ | 1u << GIC_VFIQ, levels, lr & ICH_LR_VINTID);
	if (g->cfg.list_registers)
		gic_set_input(g, core, g->cfg.maintenance, enabled && gic_misr(g, core));
}
