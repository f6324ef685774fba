/*
 * The state hash: FNV-1a over everything that the guest can observe. Taken field by field where a struct has padding,
 * so that equal states hash equally; over RAM, only pages that are not all zero count, with their addresses.
 */
#include "base/bits.h"
#include "machine/machine.h"
#include "machine/pages.h"

#define FNV_BASIS 0xcbf29ce484222325ull
#define FNV_PRIME 0x100000001b3ull

static void mix(u64 *h, const void *data, size_t n)
{
	const u8 *p = data;

	for (size_t i = 0; i < n; i++)
		*h = (*h ^ p[i]) * FNV_PRIME;
}

static void mix_value(u64 *h, u64 v)
{
	mix(h, &v, sizeof(v));
}
#define MIX(h, field) mix_value(h, (u64)(field))
#define MIX_ARRAY(h, array) mix(h, array, sizeof(array))

static void mix_core(u64 *h, const struct cpu *c)
{
	const struct cpu_state *s = &c->s;

	mix(h, s->r.x, 31 * sizeof(u64));
	MIX(h, s->r.x[REG_SP]);
	MIX(h, cpu_nzcv(c));
	MIX(h, s->p.el);
	MIX(h, s->p.sp);
	MIX(h, s->p.daif);
	MIX(h, s->p.pan << 4 | s->p.uao << 3 | s->p.dit << 2 | s->p.ssbs << 1 | s->p.il);
	MIX(h, s->pc);
	MIX_ARRAY(h, s->sp_el);
	MIX_ARRAY(h, s->sr);
	MIX_ARRAY(h, s->z);
	MIX(h, s->halt);
	MIX(h, s->event);
	MIX_ARRAY(h, s->line);
	MIX(h, s->insns);
	MIX(h, s->cost);
	MIX(h, s->time);
}

static void mix_bank(u64 *h, const struct gic_bank *b)
{
	MIX(h, (u64)b->group << 32 | b->grpmod);
	MIX(h, (u64)b->enable << 32 | b->latch);
	MIX(h, (u64)b->level << 32 | b->active);
	MIX(h, b->edge);
	MIX(h, b->nsacr);
	MIX_ARRAY(h, b->priority);
}

/* A bank of LPIs is large, and mostly zeros. */
static void mix_lpis(u64 *h, const struct gic_lpis *l)
{
	MIX(h, l->enabled);
	MIX(h, l->propbaser);
	MIX(h, l->pendbaser);
	for (unsigned i = 0; i < GIC_LPIS; i++) {
		bool pending = bit(l->pending[i / 64], i % 64);

		if (l->config[i] || pending)
			MIX(h, (u64)i << 16 | pending << 8 | l->config[i]);
	}
}

static void mix_its(u64 *h, const struct gic_its *its)
{
	MIX(h, its->enabled);
	MIX(h, its->cbaser);
	MIX(h, its->cwriter);
	MIX(h, its->creadr);
	MIX_ARRAY(h, its->baser);
}

static void mix_gic(u64 *h, const struct gic *g)
{
	MIX(h, g->s.ctlr);
	for (unsigned i = 0; i < g->cfg.spis / 32; i++)
		mix_bank(h, &g->s.spi[i]);
	MIX_ARRAY(h, g->s.router);
	for (unsigned i = 0; i < g->cfg.cores; i++) {
		const struct gic_core *c = &g->s.core[i];

		mix_bank(h, &c->bank);
		MIX(h, c->asleep);
		MIX(h, c->pmr);
		MIX_ARRAY(h, c->bpr);
		MIX_ARRAY(h, c->igrpen);
		MIX_ARRAY(h, c->cbpr);
		MIX_ARRAY(h, c->eoimode);
		MIX(h, c->eoimode_el3);
		MIX_ARRAY(h, c->sre_enable);
		MIX_ARRAY(h, c->apr);
		MIX(h, (u64)c->ich_hcr << 32 | c->vmcr);
		MIX_ARRAY(h, c->vapr);
		MIX_ARRAY(h, c->lr);
		if (g->cfg.lpis)
			mix_lpis(h, &g->s.lpi[i][GIC_LPI]);
		if (g->cfg.v4)
			mix_lpis(h, &g->s.lpi[i][GIC_VLPI]);
	}
	mix_its(h, &g->s.its);
}

static void mix_uart(u64 *h, const struct pl011 *u)
{
	MIX(h, (u64)u->s.cr << 32 | u->s.lcr_h);
	MIX(h, (u64)u->s.imsc << 32 | u->s.ris);
	MIX(h, (u64)u->s.ibrd << 32 | u->s.fbrd);
	MIX(h, u->s.ifls);
	for (unsigned i = 0; i < u->s.rx_count; i++)
		MIX(h, u->s.rx[(u->s.rx_first + i) % PL011_FIFO]);
}

static void mix_rtc(u64 *h, const struct pl031 *r)
{
	MIX(h, (u64)r->s.offset << 32 | r->s.mr);
	MIX(h, (u64)r->s.lr << 32 | (u64)r->s.imsc << 1 | r->s.ris);
}

static void mix_gpio(u64 *h, const struct pl061 *p)
{
	mix(h, &p->s, sizeof(p->s)); /* bytes only: no padding */
}

static void mix_flash(u64 *h, const struct flash *f)
{
	MIX(h, f->s.mode << 8 | f->s.status);
	MIX(h, f->s.count << 8 | f->s.filled);
	for (unsigned i = 0; i < f->s.filled; i++) {
		MIX(h, (u64)f->s.buffer[i].at << 8 | f->s.buffer[i].size);
		MIX(h, f->s.buffer[i].value);
	}
}

static void mix_smmu(u64 *h, const struct smmu *s)
{
	mix(h, &s->r, sizeof(s->r)); /* words only: no padding */
	for (unsigned i = 0; i < SMMU_STES; i++)
		if (s->ste[i].cached) {
			MIX(h, s->ste[i].stream);
			MIX_ARRAY(h, s->ste[i].word);
		}
	for (unsigned i = 0; i < SMMU_CDS; i++)
		if (s->cd[i].cached) {
			MIX(h, (u64)s->cd[i].stream << 32 | s->cd[i].index);
			MIX_ARRAY(h, s->cd[i].word);
		}
	for (unsigned i = 0; i < SMMU_STALLS; i++)
		MIX(h, (u64)s->stall[i].used << 63 | (u64)s->stall[i].told << 62 | s->stall[i].stream);
}

static void mix_dma_engine(u64 *h, const struct dma_engine *d)
{
	MIX(h, (u64)d->ctrl << 32 | d->status);
	MIX(h, (u64)d->len << 32 | d->done);
	MIX(h, d->src);
	MIX(h, d->dst);
	MIX(h, d->fault_addr);
	MIX(h, (u64)d->pasid << 32 | (u64)d->waits_write << 24 | (u64)d->zeroes << 16 | (u64)d->page << 8 | d->next);
	for (unsigned i = 0; i < DMA_ATC; i++)
		if (d->atc[i].valid) {
			MIX(h, d->atc[i].in);
			MIX(h, d->atc[i].out);
			MIX(h, (u64)d->atc[i].pasid << 32 | (u64)d->atc[i].log2 << 8 | (u64)d->atc[i].read << 1 |
				       d->atc[i].write);
		}
}

static void mix_virtio_device(u64 *h, const struct virtio_device *d)
{
	MIX(h, d->s.driver_features);
	MIX(h, (u64)d->s.status << 32 | (u64)d->s.isr << 16 | d->s.broken);
	MIX_ARRAY(h, d->s.config);
	for (unsigned i = 0; i < d->queues; i++) {
		const struct virtq *q = &d->s.q[i];

		MIX(h, q->desc);
		MIX(h, q->avail);
		MIX(h, q->used);
		MIX(h, (u64)q->size << 32 | q->ready);
		MIX(h, (u64)q->next_avail << 32 | (u64)q->next_used << 16 | q->told_used);
	}
}

static void mix_virtio(u64 *h, const struct virtio_mmio *v)
{
	for (unsigned i = VIRTIO_MMIO_COUNT - v->used; i < VIRTIO_MMIO_COUNT; i++) {
		mix(h, &v->slot[i].s, sizeof(v->slot[i].s)); /* words only: no padding */
		mix_virtio_device(h, v->slot[i].device);
	}
}

static void mix_virtio_pci(u64 *h, const struct virtio_pci *v)
{
	mix(h, &v->s, sizeof(v->s)); /* no padding */
	mix_virtio_device(h, v->device);
}

static void mix_pcie(u64 *h, const struct pci_host *p)
{
	mix(h, &p->bridge.s, sizeof(p->bridge.s)); /* no padding */
	for (unsigned i = 0; i < p->functions; i++)
		mix(h, &p->function[i]->s, sizeof(p->function[i]->s));
}

static void mix_nvme(u64 *h, const struct nvme *n)
{
	mix(h, &n->s, sizeof(n->s)); /* no padding */
}

static void mix_devices(u64 *h, const struct machine *m)
{
	for (unsigned i = 0; i < 2; i++) {
		mix_uart(h, &m->uart[i]);
		mix_flash(h, &m->flash[i]);
		mix_gpio(h, &m->gpio[i]);
	}
	mix_rtc(h, &m->rtc);
	mix_virtio(h, &m->virtio);
	for (unsigned i = 0; i < m->virtio_pcis; i++)
		mix_virtio_pci(h, &m->virtio_pci[i]);
	MIX(h, m->rng.state);
	mix_smmu(h, &m->iommu);
	mix_dma_engine(h, &m->dma_engine);
	MIX(h, (u64)m->fw_cfg.s.key << 32 | m->fw_cfg.s.offset);
	MIX(h, m->fw_cfg.s.dma);
	mix_pcie(h, &m->pcie);
	for (unsigned i = 0; i < m->nvmes; i++)
		mix_nvme(h, &m->nvme[i].nvme);
}

/* By words of 64 bits: RAM is large. */
static void mix_page(u64 *h, const u64 *word, u64 at)
{
	*h = (*h ^ at) * FNV_PRIME;
	for (unsigned i = 0; i < PAGE / 8; i++)
		*h = (*h ^ word[i]) * FNV_PRIME;
}

static void mix_memory(u64 *h, const struct memory *mem)
{
	struct pages pages;

	pages_open(&pages, mem->bytes, mem->size);
	for (u64 at = 0; pages_next(&pages, &at); at += PAGE)
		mix_page(h, (const u64 *)(const void *)(mem->bytes + at), at);
	pages_close(&pages);
}

u64 machine_check(const struct machine *m)
{
	u64 h = FNV_BASIS;

	for (unsigned i = 0; i < m->smp; i++)
		mix_core(&h, m->core[i]);
	return h;
}

u64 hyp_state_hash(struct machine *m)
{
	u64 h = FNV_BASIS;

	for (unsigned i = 0; i < m->smp; i++)
		mix_core(&h, m->core[i]);
	mix_gic(&h, &m->gic);
	mix_devices(&h, m);
	mix_memory(&h, &m->ram);
	mix_memory(&h, &m->secure_ram);
	for (unsigned i = 0; i < 2; i++)
		mix_memory(&h, &m->flash_data[i]);
	MIX(&h, m->clock.now);
	return h;
}
