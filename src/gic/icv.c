/*
 * The guest's side of the virtual CPU interface: what ICC_* names mean at EL1 while HCR_EL2.IMO or FMO redirects them
 * to ICV_*. The list-register state machine lives here: pending -> active -> invalid, with active and pending between.
 * IHI 0069 5, 12.3.
 */
#include "gic/internal.h"

/* ---- acknowledge ---- */

/* The interrupt that would be delivered, if it belongs to the group. */
static u64 pending_intid(const struct gic *g, unsigned core, unsigned group)
{
	const struct gic_core *k = &g->s.core[core];

	if (k->hppvi < 0 || group != !!(gic_hppvi_lr(k) & ICH_LR_GROUP))
		return GIC_INTID_SPURIOUS;
	return gic_hppvi_lr(k) & ICH_LR_VINTID;
}

/* ICH_HCR_EL2.En does not matter here, as it does to ICV_IAR. */
u64 icv_read_hppir(struct gic *g, unsigned core, unsigned n)
{
	return pending_intid(g, core, n);
}

static void raise_running_priority(struct gic *g, unsigned core, u64 lr)
{
	unsigned group = !!(lr & ICH_LR_GROUP);
	u8 priority = (u8)(lr >> ICH_LR_PRIORITY_LSB) & gic_virtual_group_mask(g, core, group);

	gic_apr_set(g->s.core[core].vapr[group], priority >> (8 - g->cfg.vpre_bits));
	gic_virtual_active_priorities_changed(g, core);
}

/* LPIs have no active state; a special INTID leaves with its acknowledgement. */
static void acknowledge_lr(struct gic *g, unsigned core, u64 lr)
{
	struct gic_core *k = &g->s.core[core];
	u64 intid = lr & ICH_LR_VINTID;

	lr &= ~ICH_LR_STATE;
	if (!gic_intid_is_special(intid) && intid < GIC_INTID_LPI)
		lr |= ICH_LR_ACTIVE;
	gic_set_lr(g, core, (unsigned)k->hppvi, lr, "ack");
	gic_update_virtual(g, core);
}

u64 icv_read_iar(struct gic *g, unsigned core, unsigned n)
{
	struct gic_core *k = &g->s.core[core];
	u64 intid, lr;

	if (k->hppvi < 0)
		return GIC_INTID_SPURIOUS;
	lr = gic_hppvi_lr(k);
	if (n != !!(lr & ICH_LR_GROUP))
		return GIC_INTID_SPURIOUS;
	intid = lr & ICH_LR_VINTID;
	if (!(k->ich_hcr & ICH_HCR_EN) || !gic_virtual_can_preempt(g, core, lr))
		return GIC_INTID_SPURIOUS;
	if (!gic_intid_is_special(intid)) {
		raise_running_priority(g, core, lr);
		GIC_TRACE(g, "vack", (unsigned)intid, (int)core, (u64)k->hppvi);
	}
	if (k->hppvi == GIC_HPPVI_LPI)
		gic_lpi_acknowledge(g, core, GIC_VLPI, (unsigned)intid);
	else
		acknowledge_lr(g, core, lr);
	return intid;
}

/* ---- end of interrupt, deactivation ---- */

static int find_active(const struct gic *g, unsigned core, u32 intid)
{
	const struct gic_core *k = &g->s.core[core];

	for (u32 left = k->lr_valid & ~(u32)k->lr_pending; left; left &= left - 1) {
		unsigned n = (unsigned)__builtin_ctz(left);

		if ((k->lr[n] & ICH_LR_VINTID) == intid)
			return (int)n;
	}
	return -1;
}

/* ICH_HCR_EL2.EOIcount: a deactivation for which there was no list register. It wraps. */
static void count_eoi(struct gic *g, unsigned core)
{
	g->s.core[core].ich_hcr += 1u << ICH_HCR_EOICOUNT_LSB;
}

/* Active to invalid, active and pending to pending; HW also deactivates the physical interrupt that it names. */
static void deactivate(struct gic *g, unsigned core, unsigned n, const char *why)
{
	u64 lr = g->s.core[core].lr[n];
	unsigned pintid = (unsigned)((lr & ICH_LR_PINTID) >> ICH_LR_PINTID_LSB);

	gic_set_lr(g, core, n, lr & ~ICH_LR_ACTIVE, why);
	if (!(lr & ICH_LR_HW))
		return;
	if (gic_has_intid(g, pintid))
		gic_deactivate_by_software(g, core, pintid);
	else
		gic_emit_error(g, "list register: no such physical interrupt", pintid);
}

/* Clear the highest active priority, of either group; false when there is none. */
static bool drop_priority(struct gic *g, unsigned core, u8 *dropped)
{
	u32(*vapr)[GIC_APR_MAX] = g->s.core[core].vapr;

	*dropped = g->s.core[core].vrunning;
	if (*dropped == GIC_PRIORITY_IDLE)
		return false;
	gic_apr_drop(vapr[gic_apr_first(vapr[1]) < gic_apr_first(vapr[0])]);
	gic_virtual_active_priorities_changed(g, core);
	return true;
}

static bool matches(const struct gic *g, unsigned core, u64 lr, unsigned group, u8 dropped)
{
	u8 priority = (u8)(lr >> ICH_LR_PRIORITY_LSB) & gic_virtual_group_mask(g, core, group);

	return group == !!(lr & ICH_LR_GROUP) && priority == dropped;
}

void icv_write_eoir(struct gic *g, unsigned core, unsigned n, u64 value)
{
	struct gic_core *k = &g->s.core[core];
	u32 intid = value & 0xffffff;
	bool split = k->vmcr & ICH_VMCR_VEOIM;
	u8 dropped;
	int index;

	/* Without an active priority it is CONSTRAINED UNPREDICTABLE whether EOIcount changes: here it does not. */
	if (gic_intid_is_special(intid) || !drop_priority(g, core, &dropped))
		return;
	GIC_TRACE(g, "veoi", intid, (int)core, dropped);
	index = find_active(g, core, intid);
	if (!split && intid < GIC_INTID_LPI) {
		if (index < 0)
			count_eoi(g, core);
		else if (matches(g, core, k->lr[index], n, dropped))
			deactivate(g, core, (unsigned)index, "eoi");
	}
	gic_update_virtual(g, core);
}

void icv_write_dir(struct gic *g, unsigned core, unsigned n, u64 value)
{
	u32 intid = value & 0xffffff;
	int index;

	if (gic_intid_is_special(intid) || intid >= GIC_INTID_LPI)
		return;
	if (!(g->s.core[core].vmcr & ICH_VMCR_VEOIM)) {
		gic_emit_error(g, "ICV_DIR_EL1 written while EOImode is 0: no effect", intid);
		return;
	}
	index = find_active(g, core, intid);
	if (index < 0)
		count_eoi(g, core);
	else
		deactivate(g, core, (unsigned)index, "deactivate");
	gic_update_virtual(g, core);
}

/* ---- the rest are fields of ICH_VMCR_EL2 ---- */

static void set_vmcr(struct gic *g, unsigned core, unsigned lsb, unsigned width, u64 field)
{
	ich_write_vmcr(g, core, 0, deposit(g->s.core[core].vmcr, lsb, width, field));
}

u64 icv_read_pmr(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].vmcr >> ICH_VMCR_VPMR_LSB;
}

void icv_write_pmr(struct gic *g, unsigned core, unsigned n, u64 value)
{
	set_vmcr(g, core, ICH_VMCR_VPMR_LSB, 8, value);
}

u64 icv_read_rpr(struct gic *g, unsigned core, unsigned n)
{
	return g->s.core[core].vrunning;
}

/* With VCBPR, ICV_BPR1 is ICV_BPR0 plus one, and writes are ignored. */
u64 icv_read_bpr(struct gic *g, unsigned core, unsigned n)
{
	u8 bpr0 = gic_virtual_bpr(g, core, 0);

	if (!n || !(g->s.core[core].vmcr & ICH_VMCR_VCBPR))
		return gic_virtual_bpr(g, core, n);
	return bpr0 < 7 ? bpr0 + 1u : 7;
}

void icv_write_bpr(struct gic *g, unsigned core, unsigned n, u64 value)
{
	if (n && g->s.core[core].vmcr & ICH_VMCR_VCBPR)
		return;
	set_vmcr(g, core, n ? ICH_VMCR_VBPR1_LSB : ICH_VMCR_VBPR0_LSB, 3, value);
}

u64 icv_read_igrpen(struct gic *g, unsigned core, unsigned n)
{
	return bit(g->s.core[core].vmcr, n);
}

void icv_write_igrpen(struct gic *g, unsigned core, unsigned n, u64 value)
{
	set_vmcr(g, core, n, 1, value);
}

u64 icv_read_ctlr(struct gic *g, unsigned core, unsigned n)
{
	u32 vmcr = g->s.core[core].vmcr;

	return (u64)(g->cfg.vpri_bits - 1) << ICC_CTLR_PRIBITS_LSB | 1 << ICC_CTLR_IDBITS_LSB | ICC_CTLR_A3V |
	       (vmcr & ICH_VMCR_VCBPR ? ICC_CTLR_CBPR : 0) | (vmcr & ICH_VMCR_VEOIM ? ICC_CTLR_EOIMODE : 0);
}

void icv_write_ctlr(struct gic *g, unsigned core, unsigned n, u64 value)
{
	u64 vmcr = deposit(g->s.core[core].vmcr, 4, 1, value);

	ich_write_vmcr(g, core, 0, deposit(vmcr, 9, 1, value >> 1));
}
