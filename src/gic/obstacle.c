/* For displays: why a pending interrupt, physical or virtual, does not reach the core. */
#include "gic/internal.h"

static bool is_distributed(const struct gic *g, enum gic_group group)
{
	static const u8 enable[GIC_GROUPS] = { GICD_CTLR_ENABLE_GRP0, GICD_CTLR_ENABLE_GRP1S, GICD_CTLR_ENABLE_GRP1NS };

	return g->s.ctlr & enable[group];
}

static u8 priority_of(const struct gic *g, unsigned core, unsigned intid)
{
	if (intid >= GIC_INTID_LPI)
		return gic_lpi_priority(g, core, GIC_LPI, intid);
	return gic_bank_const(g, core, intid)->priority[intid % 32];
}

/* What keeps it where it is pending. */
static const char *own_obstacle(const struct gic *g, unsigned core, unsigned intid)
{
	const struct gic_bank *b;

	if (intid >= GIC_INTID_LPI)
		return gic_lpi_is_enabled(g, core, GIC_LPI, intid) ? NULL
								   : "is not enabled (LPI configuration table, INV)";
	b = gic_bank_const(g, core, intid);
	if (!bit(b->enable, intid % 32))
		return "is not enabled (ISENABLER)";
	return bit(b->active, intid % 32) ? "is still active, was never ended (EOIR, DIR)" : NULL;
}

const char *gic_irq_obstacle(const struct gic *g, unsigned core, unsigned intid)
{
	const struct gic_core *k = &g->s.core[core];
	enum gic_group group = gic_irq_group(g, core, intid);
	const char *own = own_obstacle(g, core, intid);

	if (own)
		return own;
	if (!is_distributed(g, group))
		return "its group is off in GICD_CTLR";
	if (k->asleep)
		return "the redistributor sleeps (GICR_WAKER)";
	if (!k->igrpen[group])
		return "its group is off in ICC_IGRPEN";
	if (priority_of(g, core, intid) >= k->pmr)
		return "its priority is masked by ICC_PMR";
	if (k->hppi.intid == intid && !k->signalled)
		return "its priority does not preempt the active one";
	if (k->hppi.intid != intid)
		return "another one comes first";
	return NULL;
}

const char *gic_lr_obstacle(const struct gic *g, unsigned core, unsigned n)
{
	const struct gic_core *k = &g->s.core[core];
	u64 lr = k->lr[n];

	if (lr & ICH_LR_ACTIVE)
		return lr & ICH_LR_PENDING ? "is active too: pends until the guest deactivates it"
					   : "is active: the guest handles it";
	if (!(k->vmcr & (lr & ICH_LR_GROUP ? ICH_VMCR_VENG1 : ICH_VMCR_VENG0)))
		return "the guest has its group off (ICV_IGRPEN)";
	if (!(k->ich_hcr & ICH_HCR_EN))
		return "the virtual CPU interface is off (ICH_HCR_EL2.En=0)";
	if (k->hppvi != (s8)n)
		return "another one comes first";
	if ((lr >> ICH_LR_PRIORITY_LSB & 0xff) >= k->vmcr >> ICH_VMCR_VPMR_LSB)
		return "its priority is masked by the guest's ICV_PMR";
	return gic_virtual_can_preempt(g, core, lr) ? NULL : "its priority does not preempt the active one";
}
