/*
 * Global errors and interrupts: each source has a wire and, when its address is not 0, a message (IHI 0070, 3.18, 7.5).
 *
 * The wires stay high while their cause lasts, and rise anew for each further global error: software may take them as
 * edges, as the device tree says, or as levels. Only for the last of a group of page requests (LO) there is a pulse.
 */
#include "smmu/internal.h"

bool smmu_send_msi(struct smmu *s, u64 address, u32 data)
{
	struct dma_request q = { .stream = s->device_id,
				 .address = address & ones(s->pa_bits) & ~3ull,
				 .size = 4,
				 .is_write = true,
				 .data = (u8 *)&data };

	return bus_dma_access(s->bus, &q) == DMA_OK;
}

static bool has_unread(const u64 *base, u32 prod, u32 cons)
{
	return ((prod ^ cons) & (u32)ones(smmu_queue_log2(*base) + 1)) != 0;
}

bool smmu_is_last_only(const struct smmu *s)
{
	return bit(s->r.priq_irq_cfg2, 31);
}

void smmu_update_lines(struct smmu *s)
{
	const struct smmu_regs *r = &s->r;

	line_set(&s->line[SMMU_LINE_EVENT],
		 (r->irq_ctrl & IRQ_EVENTQ) && has_unread(&r->eventq_base, r->eventq_prod, r->eventq_cons));
	line_set(&s->line[SMMU_LINE_PRI], (r->irq_ctrl & IRQ_PRIQ) && !smmu_is_last_only(s) &&
						  has_unread(&r->priq_base, r->priq_prod, r->priq_cons));
	line_set(&s->line[SMMU_LINE_GERROR], (r->irq_ctrl & IRQ_GERROR) && r->gerror != r->gerrorn);
}

bool smmu_gerror_is_active(const struct smmu *s, u32 bit)
{
	return (s->r.gerror ^ s->r.gerrorn) & bit;
}

void smmu_raise_gerror(struct smmu *s, u32 bit)
{
	if (smmu_gerror_is_active(s, bit))
		return; /* active while GERROR and GERRORN differ */
	s->r.gerror ^= bit;
	line_set(&s->line[SMMU_LINE_GERROR], false);
	smmu_update_lines(s);
	if (bit != GERROR_MSI_GERROR_ABT)
		smmu_interrupt(s, IRQ_GERROR);
}

void smmu_interrupt(struct smmu *s, u32 which)
{
	const struct smmu_regs *r = &s->r;
	u64 address = which == IRQ_GERROR ? r->gerror_irq_cfg0
		      : which == IRQ_PRIQ ? r->priq_irq_cfg0
					  : r->eventq_irq_cfg0;
	u32 data = which == IRQ_GERROR ? r->gerror_irq_cfg1 : which == IRQ_PRIQ ? r->priq_irq_cfg1 : r->eventq_irq_cfg1;

	if (!(r->irq_ctrl & which))
		return;
	if (which == IRQ_PRIQ && smmu_is_last_only(s)) {
		line_set(&s->line[SMMU_LINE_PRI], true);
		line_set(&s->line[SMMU_LINE_PRI], false);
	}
	if (!address || smmu_send_msi(s, address, data))
		return;
	smmu_raise_gerror(s, which == IRQ_GERROR ? GERROR_MSI_GERROR_ABT
			     : which == IRQ_PRIQ ? GERROR_MSI_PRIQ_ABT
						 : GERROR_MSI_EVENTQ_ABT);
}
