/*
 * Priorities: active priorities, running priority, priority grouping, preemption. IHI 0069 4.8.
 *
 * A preemption level is the group-priority part of a priority, counted from 0 (most urgent); bit n of the Active
 * Priorities Registers stands for level n. Physical and virtual interface use the same registers' form.
 */
#include "gic/internal.h"

unsigned gic_apr_count(unsigned pre_bits)
{
	return pre_bits <= 5 ? 1 : 1u << (pre_bits - 5);
}

void gic_apr_drop(u32 apr[GIC_APR_MAX])
{
	for (unsigned i = 0; i < GIC_APR_MAX; i++)
		if (apr[i]) {
			apr[i] &= apr[i] - 1;
			return;
		}
}

void gic_apr_set(u32 apr[GIC_APR_MAX], unsigned level)
{
	apr[level / 32] |= 1u << level % 32;
}

static u8 level_priority(unsigned level, unsigned pre_bits)
{
	return level == GIC_LEVEL_IDLE ? GIC_PRIORITY_IDLE : (u8)(level << (8 - pre_bits));
}

/* Binary point n: group priority is [7:n+1]. */
static u8 group_mask(unsigned bpr)
{
	return (u8)(0xffu << (bpr + 1));
}

/*
 * The mask of the group priority for a physical interrupt. ICC_BPR1 of the Non-secure state counts one lower, as its
 * priorities are seen one place higher; with CBPR the group follows ICC_BPR0.
 */
static u8 physical_group_mask(const struct gic *g, unsigned core, enum gic_group group)
{
	const struct gic_core *k = &g->s.core[core];

	if (group == GIC_G0 || k->cbpr[group == GIC_G1NS])
		return group_mask(k->bpr[GIC_G0]);
	return group_mask(group == GIC_G1NS ? k->bpr[GIC_G1NS] - 1u : k->bpr[GIC_G1S]);
}

void gic_active_priorities_changed(struct gic *g, unsigned core)
{
	struct gic_core *k = &g->s.core[core];
	unsigned least = GIC_LEVEL_IDLE;

	k->running_group = GIC_GROUPS;
	for (unsigned i = 0; i < GIC_GROUPS; i++) {
		unsigned level = gic_apr_first(k->apr[i]);

		if (level < least) {
			least = level;
			k->running_group = (u8)i;
		}
	}
	k->running = level_priority(least, gic_pre_bits(g));
}

bool gic_can_preempt(const struct gic *g, unsigned core, const struct gic_hppi *h)
{
	u8 running = g->s.core[core].running, mask;

	if (h->intid == GIC_INTID_SPURIOUS || h->priority >= g->s.core[core].pmr)
		return false;
	if (running == GIC_PRIORITY_IDLE)
		return true;
	mask = physical_group_mask(g, core, h->group);
	return (h->priority & mask) < (running & mask);
}

void gic_raise_running_priority(struct gic *g, unsigned core, const struct gic_hppi *h)
{
	u8 group_priority = h->priority & physical_group_mask(g, core, h->group);

	gic_apr_set(g->s.core[core].apr[h->group], group_priority >> (8 - gic_pre_bits(g)));
	gic_active_priorities_changed(g, core);
}

/* ---- the virtual side ---- */

void gic_virtual_active_priorities_changed(struct gic *g, unsigned core)
{
	struct gic_core *k = &g->s.core[core];
	unsigned level0 = gic_apr_first(k->vapr[0]), level1 = gic_apr_first(k->vapr[1]);

	k->vrunning = level_priority(level0 < level1 ? level0 : level1, g->cfg.vpre_bits);
}

u8 gic_virtual_bpr(const struct gic *g, unsigned core, unsigned group)
{
	u8 least = gic_min_bpr(g->cfg.vpre_bits) + group;
	u8 bpr = g->s.core[core].vmcr >> (group ? ICH_VMCR_VBPR1_LSB : ICH_VMCR_VBPR0_LSB) & 7;

	return bpr < least ? least : bpr;
}

u8 gic_virtual_group_mask(const struct gic *g, unsigned core, unsigned group)
{
	if (group && !(g->s.core[core].vmcr & ICH_VMCR_VCBPR))
		return group_mask(gic_virtual_bpr(g, core, 1) - 1u);
	return group_mask(gic_virtual_bpr(g, core, 0));
}

bool gic_virtual_can_preempt(const struct gic *g, unsigned core, u64 lr)
{
	u8 priority = (u8)(lr >> ICH_LR_PRIORITY_LSB);
	u8 running = g->s.core[core].vrunning, mask;

	if (priority >= g->s.core[core].vmcr >> ICH_VMCR_VPMR_LSB)
		return false;
	if (running == GIC_PRIORITY_IDLE)
		return true;
	mask = gic_virtual_group_mask(g, core, !!(lr & ICH_LR_GROUP));
	return (priority & mask) < (running & mask);
}
