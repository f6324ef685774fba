/*
 * Whether a state that came from a file can be one: that no number in it is an index, a size or a choice that its part
 * takes for granted, and no byte of a bool is neither. What a guest may write as it likes is not looked at: its parts
 * look themselves.
 */
#include <string.h>

#include "base/bits.h"
#include "machine/state.h"

#define CYCLES_MAX (1ull << 58)	  /* core time counts in sixteenths */
#define CYCLES_APART (1ull << 24) /* many quanta */

static bool is_power_of_two(u64 v)
{
	return v && !(v & (v - 1));
}

/* ---- cores, time ---- */

static bool core_bools_are_sound(const struct cpu *c)
{
	const struct cpu_state *s = &c->s;

	return STATE_BOOLS(s->exc.far_valid) && STATE_BOOLS(s->exc.hpfar_valid) && STATE_BOOLS(s->exc.ipa_ns) &&
	       STATE_BOOLS(s->event) && STATE_BOOLS(s->line) && STATE_BOOLS(s->stepped) &&
	       STATE_BOOLS(s->stepped_exclusive) && STATE_BOOLS(s->excl_valid) && STATE_BOOLS(s->mid_run) &&
	       STATE_BOOLS(s->kicked) && STATE_BOOLS(c->debugging);
}

static bool core_is_sound(const struct cpu *c)
{
	const struct cpu_state *s = &c->s;

	return core_bools_are_sound(c) && s->p.el < 4 && cpu_has_el(c, s->p.el) && s->p.sp < 2 && s->p.daif < 16 &&
	       s->p.btype < 4 && s->r.c < 2 && s->r.v < 2 && s->halt <= CORE_LOCKUP && s->exc.kind == EXC_NONE &&
	       s->time < CYCLES_MAX && s->cost < CYCLES_MAX && s->insns < CYCLES_MAX && tlb_is_sound(c->tlb);
}

static bool clock_is_sound(const struct clock *c)
{
	u64 least = CLOCK_NEVER;

	for (unsigned i = 0; i < CLOCK_DEADLINES_MAX; i++) {
		if (i >= c->count && c->at[i] != CLOCK_NEVER && c->at[i])
			return false;
		if (i < c->count && c->at[i] < least)
			least = c->at[i];
	}
	return c->earliest == least && c->now < CYCLES_MAX;
}

/* Several cores stay close together: rounds would have to be counted up to one that is far ahead. */
static bool times_are_sound(const struct machine *m)
{
	for (unsigned i = 0; i < m->smp && m->smp > 1; i++)
		if (m->core[i]->s.time >> 4 > m->time + CYCLES_APART)
			return false;
	return m->round.start <= m->time;
}

static bool run_is_sound(const struct machine *m)
{
	return times_are_sound(m) && STATE_BOOLS(m->round.active) && m->round.core < m->smp && m->time < CYCLES_MAX &&
	       (unsigned)m->end <= HYP_POINT && !m->why[sizeof(m->why) - 1] && m->alone_core >= -1 &&
	       m->alone_core < (s32)m->smp;
}

/* ---- the interrupt controller ---- */

static bool hppi_is_sound(const struct gic *g, const struct gic_hppi *h)
{
	return h->group < GIC_GROUPS &&
	       (h->intid < 32 + g->cfg.spis || h->intid == 1023 || (g->cfg.lpis && h->intid >= 8192));
}

static bool gic_core_bools_are_sound(const struct gic_core *k)
{
	return STATE_BOOLS(k->asleep) && STATE_BOOLS(k->igrpen) && STATE_BOOLS(k->cbpr) && STATE_BOOLS(k->eoimode) &&
	       STATE_BOOLS(k->eoimode_el3) && STATE_BOOLS(k->sre_enable) && STATE_BOOLS(k->lpi_stale) &&
	       STATE_BOOLS(k->signalled);
}

static bool gic_core_is_sound(const struct gic *g, const struct gic_core *k)
{
	if (!gic_core_bools_are_sound(k))
		return false;
	for (unsigned i = 0; i < GIC_GROUPS; i++)
		if (k->bpr[i] > 7)
			return false;
	for (unsigned i = 0; i < GIC_LPI_KINDS; i++)
		if (!hppi_is_sound(g, &k->lpi[i]))
			return false;
	return hppi_is_sound(g, &k->hppi) && k->running_group <= GIC_GROUPS && k->hppvi >= -1 &&
	       k->hppvi <= GIC_HPPVI_LPI;
}

static bool view_is_sound(const struct gic_view *v)
{
	return v->el < 4 && STATE_BOOLS(v->secure) && STATE_BOOLS(v->el2_enabled);
}

static bool lpis_are_sound(const struct gic *g)
{
	for (unsigned i = 0; i < g->cfg.cores && g->cfg.lpis; i++)
		for (unsigned kind = 0; kind < (g->cfg.v4 ? GIC_LPI_KINDS : GIC_VLPI); kind++)
			if (!STATE_BOOLS(g->s.lpi[i][kind].enabled) || !STATE_BOOLS(g->s.lpi[i][kind].any_config))
				return false;
	return STATE_BOOLS(g->s.its.enabled);
}

static bool gic_is_sound(const struct gic *g)
{
	for (unsigned i = 0; i < g->cfg.spis; i++)
		if (g->s.target[i] < GIC_TARGET_ANY || g->s.target[i] >= (s16)g->cfg.cores)
			return false;
	for (unsigned i = 0; i < g->cfg.cores; i++)
		if (!gic_core_is_sound(g, &g->s.core[i]) || !view_is_sound(&g->view[i]))
			return false;
	return lpis_are_sound(g) && STATE_BOOLS(g->s.booted_nonsecure) && STATE_BOOLS(g->s.booted_el1) &&
	       (g->cfg.spis >= GIC_SPIS_MAX || !(g->s.spi_ready >> g->cfg.spis / 32));
}

/* ---- devices ---- */

static bool flash_is_sound(const struct flash_state *s)
{
	if (s->mode > FLASH_BUFFER_CONFIRM || s->count > FLASH_BUFFER_WORDS || s->filled > s->count ||
	    (s->mode == FLASH_BUFFER_DATA && s->filled == s->count) || s->block >= FLASH_BANK_SIZE)
		return false;
	for (unsigned i = 0; i < s->filled; i++)
		if (s->buffer[i].size > 8 || s->buffer[i].at > FLASH_BANK_SIZE - 8)
			return false;
	return true;
}

static bool board_is_sound(const struct machine *m)
{
	for (unsigned i = 0; i < 2; i++)
		if (m->uart[i].s.rx_first >= PL011_FIFO || m->uart[i].s.rx_count > PL011_FIFO ||
		    !STATE_BOOLS(m->uart[i].s.level) || !flash_is_sound(&m->flash[i].s))
			return false;
	if (!STATE_BOOLS(m->rtc.s.imsc) || !STATE_BOOLS(m->rtc.s.ris))
		return false;
	return m->fw_cfg.s.key >= FW_CFG_ITEMS || m->fw_cfg.s.offset <= m->fw_cfg.items[m->fw_cfg.s.key].size;
}

static bool virtio_is_sound(const struct virtio_device *d)
{
	for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++)
		if (!STATE_BOOLS(d->s.q[i].ready) ||
		    (d->s.q[i].ready && (d->s.q[i].size > VIRTQ_SIZE_MAX || !is_power_of_two(d->s.q[i].size))))
			return false;
	return STATE_BOOLS(d->s.broken);
}

static bool virtios_are_sound(const struct machine *m)
{
	for (unsigned i = VIRTIO_MMIO_COUNT - m->virtio.used; i < VIRTIO_MMIO_COUNT; i++)
		if (!virtio_is_sound(m->virtio.slot[i].device))
			return false;
	for (unsigned i = 0; i < m->virtio_pcis; i++)
		if (!virtio_is_sound(m->virtio_pci[i].device))
			return false;
	return true;
}

static bool nvme_is_sound(const struct nvme_state *s)
{
	for (unsigned i = 0; i < NVME_QUEUES; i++) {
		const struct nvme_sq *sq = &s->sq[i];
		const struct nvme_cq *cq = &s->cq[i];

		if (sq->size &&
		    (sq->head >= sq->size || sq->tail >= sq->size || sq->cq >= NVME_QUEUES || !s->cq[sq->cq].size))
			return false;
		if (cq->size && (cq->head >= cq->size || cq->tail >= cq->size || cq->phase > 1))
			return false;
	}
	return s->aers <= NVME_AERS && !(s->event_pending >> NVME_EVENTS);
}

static bool nvmes_are_sound(const struct machine *m)
{
	for (unsigned i = 0; i < m->nvmes; i++)
		if (!nvme_is_sound(&m->nvme[i].nvme.s))
			return false;
	return true;
}

/* What cannot be written, and says what the function is. */
static bool function_is_sound(const struct pci_function *f)
{
	static const u16 fixed[] = { PCI_VENDOR, PCI_HEADER_TYPE, PCI_INTERRUPT_PIN };

	for (unsigned i = 0; i < ARRAY_SIZE(fixed); i++)
		if (f->s.config[fixed[i]] != f->initial[fixed[i]])
			return false;
	for (unsigned n = 0; n < PCI_BARS; n++) {
		u32 at = PCI_BAR0 + 4 * n, writable, now, initial;

		memcpy(&writable, f->writable + at, 4);
		memcpy(&now, f->s.config + at, 4);
		memcpy(&initial, f->initial + at, 4);
		if ((now ^ initial) & ~writable)
			return false;
	}
	return true;
}

static bool pcie_is_sound(const struct pci_host *h)
{
	for (unsigned i = 0; i < h->functions; i++)
		if (!function_is_sound(h->function[i]) || !STATE_BOOLS(h->function[i]->drives))
			return false;
	return STATE_BOOLS(h->bridge.drives) && h->driven < 16;
}

static bool atc_is_sound(const struct dma_atc_entry *e)
{
	return STATE_BOOLS(e->valid) && STATE_BOOLS(e->read) && STATE_BOOLS(e->write) &&
	       (!e->valid || (e->log2 >= 12 && e->log2 <= 63));
}

static bool dma_is_sound(const struct dma_engine *d)
{
	for (unsigned i = 0; i < DMA_ATC; i++)
		if (!atc_is_sound(&d->atc[i]))
			return false;
	return STATE_BOOLS(d->waits_write) && STATE_BOOLS(d->zeroes) && d->next < DMA_ATC &&
	       d->page <= DMA_PAGE_REFUSED && d->len <= 1 << 20 && (!(d->status & 1) || d->done <= d->len);
}

static bool smmu_is_sound(const struct machine *m)
{
	const struct smmu *s = &m->iommu;

	if (!m->smmu)
		return true;
	for (unsigned i = 0; i < SMMU_STALLS; i++)
		if (!STATE_BOOLS(s->stall[i].used) || !STATE_BOOLS(s->stall[i].told))
			return false;
	for (unsigned i = 0; i < SMMU_CDS; i++)
		if (s->cd[i].cached && !STATE_BOOLS(s->cd[i].e2h))
			return false;
	return tlb_is_sound(s->tlb) && dma_is_sound(&m->dma_engine);
}

bool machine_state_is_sound(const struct machine *m)
{
	for (unsigned i = 0; i < m->smp; i++)
		if (!core_is_sound(m->core[i]))
			return false;
	return clock_is_sound(&m->clock) && run_is_sound(m) && gic_is_sound(&m->gic) && board_is_sound(m) &&
	       virtios_are_sound(m) && nvmes_are_sound(m) && pcie_is_sound(&m->pcie) && smmu_is_sound(m);
}
