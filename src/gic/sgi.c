/* Software-generated interrupts with affinity routing: ICC_SGI0R, ICC_SGI1R, ICC_ASGI1R. IHI 0069 4.4.2, 12.2. */
#include "gic/internal.h"

struct sgi {
	unsigned intid;
	enum gic_group group;
	bool from_nonsecure;
};

/*
 * Does the target's redistributor forward it? The group must be the configured one, but a Secure Group 1 SGI may also
 * reach a Group 0 one; and the Non-secure state needs GICR_NSACR for the Secure groups.
 */
static bool is_accepted(const struct gic *g, unsigned core, const struct sgi *sgi)
{
	enum gic_group configured = gic_irq_group(g, core, sgi->intid);
	unsigned allowed = bits(g->s.core[core].bank.nsacr, sgi->intid * 2 + 1, sgi->intid * 2);

	if (configured != sgi->group && !(sgi->group == GIC_G1S && configured == GIC_G0))
		return false;
	if (!sgi->from_nonsecure || gic_ds(g) || configured == GIC_G1NS)
		return true;
	return allowed >= (configured == GIC_G0 ? 1 : 2);
}

static void deliver(struct gic *g, unsigned from, unsigned to, const struct sgi *sgi)
{
	if (!is_accepted(g, to, sgi))
		return;
	GIC_TRACE(g, "sgi", sgi->intid, (int)to, from);
	g->s.core[to].bank.latch |= 1u << sgi->intid;
	gic_irq_changed(g, to, sgi->intid);
}

static bool is_addressed(const struct gic *g, unsigned from, unsigned to, u64 value)
{
	u32 affinity = g->cfg.affinity[to];
	u32 cluster = (u32)(bits(value, 55, 48) << 24 | bits(value, 39, 32) << 16 | bits(value, 23, 16) << 8);

	if (bit(value, 40)) /* IRM: all but oneself */
		return to != from;
	return (affinity & ~0xffu) == cluster && (affinity & 0xff) < 16 && bit(value, affinity & 0xff);
}

static void generate(struct gic *g, unsigned core, u64 value, enum gic_group group)
{
	struct sgi sgi = {
		.intid = (unsigned)bits(value, 27, 24),
		.group = group == GIC_G1S && gic_ds(g) ? GIC_G1NS : group,
		.from_nonsecure = !g->cfg.security || !g->view[core].secure,
	};

	for (unsigned i = 0; i < g->cfg.cores; i++)
		if (is_addressed(g, core, i, value))
			deliver(g, core, i, &sgi);
}

/* Group 1 of the current security state. */
void icc_write_sgi1r(struct gic *g, unsigned core, unsigned n, u64 value)
{
	generate(g, core, value, g->cfg.security && g->view[core].secure ? GIC_G1S : GIC_G1NS);
}

/* Group 1 of the other security state. */
void icc_write_asgi1r(struct gic *g, unsigned core, unsigned n, u64 value)
{
	generate(g, core, value, g->cfg.security && g->view[core].secure ? GIC_G1NS : GIC_G1S);
}

void icc_write_sgi0r(struct gic *g, unsigned core, unsigned n, u64 value)
{
	generate(g, core, value, GIC_G0);
}
