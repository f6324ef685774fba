/*
 * The physical CPU interface: ICC_* registers. IHI 0069 4.7 (acknowledge, priority drop, deactivation), 12.2.
 * Handlers run after access.c has allowed the access.
 */
#include "gic/internal.h"

static bool is_secure_irq_hidden(const struct gic *g, unsigned core, enum gic_group group)
{
	return gic_is_secure_group(g, group) && g->cfg.security && !g->view[core].secure;
}

/* ---- priority mask and running priority ---- */

/* With SCR_EL3.FIQ set, Group 0 belongs to EL3 and Non-secure software sees only the lower half of the priorities,
 * as 0x00..0xff. */
static bool sees_half(const struct gic *g, unsigned core)
{
	return g->cfg.security && !g->view[core].secure && bit(g->view[core].scr_el3, 2);
}

static u8 priority_seen(const struct gic *g, unsigned core, u8 priority)
{
	if (!sees_half(g, core))
		return priority;
	return priority & 0x80 ? (u8)(priority << 1) : 0;
}

u64 icc_read_pmr(struct gic *g, unsigned core, unsigned n)
{
	return priority_seen(g, core, g->s.core[core].pmr);
}

void icc_write_pmr(struct gic *g, unsigned core, unsigned n, u64 value)
{
	struct gic_core *k = &g->s.core[core];

	value &= 0xff;
	if (sees_half(g, core)) {
		if (!(k->pmr & 0x80))
			return;
		value = value >> 1 | 0x80;
	}
	k->pmr = (u8)value & gic_priority_mask(g->cfg.pri_bits);
	gic_update_signals(g, core);
}

u64 icc_read_rpr(struct gic *g, unsigned core, unsigned n)
{
	u8 running = g->s.core[core].running;

	return running == GIC_PRIORITY_IDLE ? running : priority_seen(g, core, running);
}

/* ---- acknowledge ---- */

/* What ICC_HPPIR0 or a successful ICC_IAR0 returns: CheckGroup0ForSpecialIdentifiers. */
static unsigned pending_for_group0(const struct gic *g, unsigned core)
{
	const struct gic_hppi *h = &g->s.core[core].hppi;

	if (h->intid == GIC_INTID_SPURIOUS || is_secure_irq_hidden(g, core, h->group))
		return GIC_INTID_SPURIOUS;
	if (h->group == GIC_G0)
		return h->intid;
	/* EL3 learns which state the Group 1 interrupt is for; nobody else learns anything. */
	if (g->view[core].el != 3)
		return GIC_INTID_SPURIOUS;
	return gic_is_secure_group(g, h->group) ? GIC_INTID_SECURE : GIC_INTID_NONSECURE;
}

/* The same for ICC_HPPIR1 and ICC_IAR1: CheckGroup1ForSpecialIdentifiers. */
static unsigned pending_for_group1(const struct gic *g, unsigned core)
{
	const struct gic_hppi *h = &g->s.core[core].hppi;
	const struct gic_view *view = &g->view[core];

	if (h->intid == GIC_INTID_SPURIOUS || h->group == GIC_G0 || is_secure_irq_hidden(g, core, h->group))
		return GIC_INTID_SPURIOUS;
	/* Secure EL1 and EL2 do not take Non-secure interrupts. */
	if (!gic_ds(g) && h->group == GIC_G1NS && view->secure && view->el != 3)
		return GIC_INTID_SPURIOUS;
	return h->intid;
}

u64 icc_read_hppir(struct gic *g, unsigned core, unsigned n)
{
	return n ? pending_for_group1(g, core) : pending_for_group0(g, core);
}

u64 icc_read_iar(struct gic *g, unsigned core, unsigned n)
{
	struct gic_core *k = &g->s.core[core];
	struct gic_hppi h = k->hppi;
	unsigned intid = GIC_INTID_SPURIOUS;

	if (k->signalled)
		intid = n ? pending_for_group1(g, core) : pending_for_group0(g, core);
	if (gic_intid_is_special(intid))
		return intid;
	GIC_TRACE(g, "ack", intid, (int)core, h.priority);
	gic_raise_running_priority(g, core, &h);
	gic_activate(g, core, intid);
	return intid;
}

/* ---- end of interrupt, deactivation ---- */

static bool eoi_is_split(const struct gic *g, unsigned core)
{
	const struct gic_core *k = &g->s.core[core];

	if (g->view[core].el == 3)
		return k->eoimode_el3;
	return k->eoimode[gic_bank_state(g, core)];
}

/* May an EOI through register n of this core's present state drop the priority of an interrupt of `group`? */
static bool may_drop(const struct gic *g, unsigned core, unsigned n, enum gic_group group)
{
	const struct gic_view *view = &g->view[core];

	if (group == GIC_GROUPS || n != (group != GIC_G0) || is_secure_irq_hidden(g, core, group))
		return false;
	return gic_ds(g) || group != GIC_G1NS || !view->secure || view->el == 3;
}

void gic_deactivate_by_software(struct gic *g, unsigned core, unsigned intid)
{
	if (!is_secure_irq_hidden(g, core, gic_irq_group(g, core, intid)))
		gic_deactivate(g, core, intid);
}

void icc_write_eoir(struct gic *g, unsigned core, unsigned n, u64 value)
{
	u32 intid = value & 0xffffff;
	enum gic_group group = g->s.core[core].running_group;

	if (gic_intid_is_special(intid))
		return;
	if (!gic_is_intid(g, intid) || !may_drop(g, core, n, group)) {
		gic_emit_error(g, "ICC_EOIR: no such active interrupt", intid);
		return;
	}
	GIC_TRACE(g, "eoi", intid, (int)core, 0);
	gic_apr_drop(g->s.core[core].apr[group]);
	gic_active_priorities_changed(g, core);
	if (intid < GIC_INTID_LPI && !eoi_is_split(g, core))
		gic_deactivate_by_software(g, core, intid);
	gic_update_signals(g, core);
}

/*
 * May this core's present state deactivate an interrupt of `group` through ICC_DIR? Below EL3 only what is neither
 * Secure (for Non-secure software) nor routed to a higher level.
 */
static bool may_deactivate(const struct gic *g, unsigned core, enum gic_group group)
{
	const struct gic_view *view = &g->view[core];
	bool to_el3 = g->cfg.security && bit(view->scr_el3, group == GIC_G0 ? 2 : 1);

	if (view->el == 3)
		return true;
	if (to_el3 || is_secure_irq_hidden(g, core, group))
		return false;
	/* HCR_EL2.FMO and IMO need no test: at EL1 they redirect the access to ICV_DIR_EL1. */
	return true;
}

void icc_write_dir(struct gic *g, unsigned core, unsigned n, u64 value)
{
	u32 intid = value & 0xffffff;

	if (!gic_has_intid(g, intid))
		return;
	if (!eoi_is_split(g, core)) {
		gic_emit_error(g, "ICC_DIR_EL1 written while EOImode is 0: no effect", intid);
		return;
	}
	if (may_deactivate(g, core, gic_irq_group(g, core, intid)))
		gic_deactivate(g, core, intid);
}

/* ---- binary points ---- */

static void set_bpr(struct gic *g, unsigned core, enum gic_group group, u64 value)
{
	u8 least = gic_min_bpr(gic_pre_bits(g)) + (group == GIC_G1NS);

	value &= 7;
	g->s.core[core].bpr[group] = value < least ? least : (u8)value;
	gic_update_signals(g, core);
}

u64 icc_read_bpr0(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].bpr[GIC_G0];
}

void icc_write_bpr0(struct gic *g, unsigned core, unsigned n, u64 value)
{
	set_bpr(g, core, GIC_G0, value);
}

/* With CBPR set, ICC_BPR1 below EL3 is another name of ICC_BPR0: the Secure one fully, the Non-secure one read-only and
 * one more. */
static bool bpr1_is_common(const struct gic *g, unsigned core, unsigned state)
{
	return g->view[core].el != 3 && g->s.core[core].cbpr[state];
}

u64 icc_read_bpr1(struct gic *g, unsigned core, unsigned n)
{
	const struct gic_core *k = &g->s.core[core];
	unsigned state = gic_bank_state(g, core);

	if (!bpr1_is_common(g, core, state))
		return k->bpr[state ? GIC_G1NS : GIC_G1S];
	if (!state)
		return k->bpr[GIC_G0];
	return k->bpr[GIC_G0] < 7 ? k->bpr[GIC_G0] + 1u : 7;
}

void icc_write_bpr1(struct gic *g, unsigned core, unsigned n, u64 value)
{
	unsigned state = gic_bank_state(g, core);

	if (!bpr1_is_common(g, core, state))
		set_bpr(g, core, state ? GIC_G1NS : GIC_G1S, value);
	else if (!state)
		set_bpr(g, core, GIC_G0, value);
}

/* ---- active priorities ---- */

static enum gic_group group1(const struct gic *g, unsigned core)
{
	return gic_bank_state(g, core) ? GIC_G1NS : GIC_G1S;
}

static void set_apr(struct gic *g, unsigned core, enum gic_group group, unsigned n, u64 value)
{
	g->s.core[core].apr[group][n] = (u32)value;
	gic_active_priorities_changed(g, core);
	gic_update_signals(g, core);
}

u64 icc_read_ap0r(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].apr[GIC_G0][n];
}

void icc_write_ap0r(struct gic *g, unsigned core, unsigned n, u64 value)
{
	set_apr(g, core, GIC_G0, n, value);
}

u64 icc_read_ap1r(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].apr[group1(g, core)][n];
}

/* Levels of register n that Non-secure software may claim to be active: those of its own half of the priorities. The
 * other half would let it hold off Secure interrupts. */
static u32 nonsecure_levels(const struct gic *g, unsigned n)
{
	unsigned half = 1u << (gic_pre_bits(g) - 1);

	return half >= 32 * (n + 1) ? 0 : ~(u32)ones(half > 32 * n ? half - 32 * n : 0);
}

void icc_write_ap1r(struct gic *g, unsigned core, unsigned n, u64 value)
{
	enum gic_group group = group1(g, core);

	if (g->cfg.security && !gic_ds(g) && !g->view[core].secure)
		value = (value & nonsecure_levels(g, n)) | (g->s.core[core].apr[group][n] & ~nonsecure_levels(g, n));
	set_apr(g, core, group, n, value);
}

/* ---- group enables ---- */

static void set_igrpen(struct gic *g, unsigned core, enum gic_group group, bool enable)
{
	if (g->s.core[core].igrpen[group] == enable)
		return;
	g->s.core[core].igrpen[group] = enable;
	gic_groups_changed(g);
}

u64 icc_read_igrpen0(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].igrpen[GIC_G0];
}

void icc_write_igrpen0(struct gic *g, unsigned core, unsigned n, u64 value)
{
	set_igrpen(g, core, GIC_G0, value & 1);
}

u64 icc_read_igrpen1(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].igrpen[group1(g, core)];
}

void icc_write_igrpen1(struct gic *g, unsigned core, unsigned n, u64 value)
{
	set_igrpen(g, core, group1(g, core), value & 1);
}

u64 icc_read_igrpen1_el3(struct gic *g, unsigned core, unsigned n)
{
	return (u64)g->s.core[core].igrpen[GIC_G1NS] | (u64)g->s.core[core].igrpen[GIC_G1S] << 1;
}

void icc_write_igrpen1_el3(struct gic *g, unsigned core, unsigned n, u64 value)
{
	set_igrpen(g, core, GIC_G1NS, value & 1);
	set_igrpen(g, core, GIC_G1S, value >> 1 & 1);
}

/* ---- control ---- */

/* The fields that tell what is implemented, alike in ICC_CTLR_EL1 and _EL3: 16-bit INTIDs, no SEIs, all of Aff3. */
static u64 ctlr_constant(const struct gic *g)
{
	return (u64)(g->cfg.pri_bits - 1) << ICC_CTLR_PRIBITS_LSB | ICC_CTLR_A3V;
}

u64 icc_read_ctlr(struct gic *g, unsigned core, unsigned n)
{
	const struct gic_core *k = &g->s.core[core];
	unsigned state = gic_bank_state(g, core);

	return ctlr_constant(g) | (k->cbpr[state] ? ICC_CTLR_CBPR : 0) | (k->eoimode[state] ? ICC_CTLR_EOIMODE : 0);
}

void icc_write_ctlr(struct gic *g, unsigned core, unsigned n, u64 value)
{
	struct gic_core *k = &g->s.core[core];
	unsigned state = gic_bank_state(g, core);

	k->eoimode[state] = value & ICC_CTLR_EOIMODE;
	/* CBPR is EL3's alone while there are two security states. */
	if (gic_ds(g))
		k->cbpr[state] = value & ICC_CTLR_CBPR;
	gic_update_signals(g, core);
}

u64 icc_read_ctlr_el3(struct gic *g, unsigned core, unsigned n)
{
	const struct gic_core *k = &g->s.core[core];

	return ctlr_constant(g) | (k->cbpr[0] ? ICC_CTLR_EL3_CBPR_EL1S : 0) |
	       (k->cbpr[1] ? ICC_CTLR_EL3_CBPR_EL1NS : 0) | (k->eoimode_el3 ? ICC_CTLR_EL3_EOIMODE_EL3 : 0) |
	       (k->eoimode[0] ? ICC_CTLR_EL3_EOIMODE_EL1S : 0) | (k->eoimode[1] ? ICC_CTLR_EL3_EOIMODE_EL1NS : 0);
}

void icc_write_ctlr_el3(struct gic *g, unsigned core, unsigned n, u64 value)
{
	struct gic_core *k = &g->s.core[core];

	k->cbpr[0] = value & ICC_CTLR_EL3_CBPR_EL1S;
	k->cbpr[1] = value & ICC_CTLR_EL3_CBPR_EL1NS;
	k->eoimode_el3 = value & ICC_CTLR_EL3_EOIMODE_EL3;
	k->eoimode[0] = value & ICC_CTLR_EL3_EOIMODE_EL1S;
	k->eoimode[1] = value & ICC_CTLR_EL3_EOIMODE_EL1NS;
	gic_update_signals(g, core);
}

/* n is the EL. SRE, DIB and DFB are RAO/WI: neither legacy operation nor bypass exists. */
u64 icc_read_sre(struct gic *g, unsigned core, unsigned n)
{
	bool enable = n > 1 && g->s.core[core].sre_enable[n];

	return ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB | (enable ? ICC_SRE_ENABLE : 0);
}

void icc_write_sre(struct gic *g, unsigned core, unsigned n, u64 value)
{
	if (n > 1)
		g->s.core[core].sre_enable[n] = value & ICC_SRE_ENABLE;
}
