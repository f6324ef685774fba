/* Looking at the machine without changing it. */
#include <string.h>

#include "machine/machine.h"
#include "smmu/inspect.h"

unsigned hyp_core_count(const struct machine *m)
{
	return m->smp;
}

struct hyp_work hyp_core_work(const struct machine *m, unsigned core)
{
	return (struct hyp_work){ m->core[core]->s.insns, m->core[core]->s.cost };
}

void hyp_core_view(const struct machine *m, unsigned core, struct hyp_core *out)
{
	const struct cpu *c = m->core[core];

	memcpy(out->x, c->s.r.x, sizeof(out->x));
	out->sp = c->s.r.x[REG_SP];
	out->pc = c->s.pc;
	out->el = c->s.p.el;
	out->nzcv = (u8)(cpu_nzcv(c) >> 28);
	out->secure = cpu_is_secure(c);
	out->halted = c->s.halt != CORE_RUNS;
}

void hyp_regime(const struct machine *m, unsigned core, unsigned el, struct regime *out)
{
	cpu_build_regime(m->core[core], el, out);
}

/* Tables in memory alone: to read a device would change it. */
static bool quiet_read64(void *ctx, pa_t at, u64 *value)
{
	struct machine *m = ctx;

	return bus_copy_out(&m->bus, at, value, sizeof(*value));
}

bool hyp_walk(struct machine *m, unsigned core, const struct regime *r, const struct mmu_access *a, struct walk *w)
{
	struct mmu_memory memory = { .ctx = m, .read64 = quiet_read64 };
	struct mmu_access quiet = *a;

	quiet.no_update = true;
	return mmu_walk(r, &quiet, &memory, w);
}

struct smmu_view *hyp_inspect_dma(struct machine *m, const struct smmu_probe *probe, bool with_caches)
{
	return m->smmu ? smmu_inspect(&m->iommu, probe, with_caches) : NULL;
}

const char *hyp_stream_name(const struct machine *m, u32 stream)
{
	if (m->smmu && stream == DMA_STREAM)
		return "DMA engine";
	for (unsigned i = 0; i < m->pcie.functions; i++)
		if (pci_requester(m->pcie.function[i]) == stream)
			return m->pcie.function[i]->name;
	return NULL;
}

bool hyp_console_listens(const struct machine *m, unsigned uart)
{
	enum { RX = 1 << 4, RT = 1 << 6 };

	if (uart == HYP_VIRTIO_CONSOLE)
		return virtio_queue_runs(&m->console.device, 0);
	return uart < 2 && (uart == 0 || m->secure) && (m->uart[uart].s.imsc & (RX | RT));
}

const struct tlb_entry *hyp_tlb_next(const struct machine *m, unsigned core, unsigned *at)
{
	const struct tlb *t = m->core[core]->tlb;

	while (*at < (unsigned)t->sets * t->ways) {
		const struct tlb_entry *e = &t->entry[(*at)++];

		if (e->kind != TLB_FREE)
			return e;
	}
	return NULL;
}

bool hyp_irq(const struct machine *m, unsigned core, unsigned intid, struct hyp_irq *out)
{
	const struct gic *g = &m->gic;
	const struct gic_bank *b = intid < 32 ? &g->s.core[core].bank : &g->s.spi[intid / 32 - 1];
	unsigned n = intid % 32;

	if (intid >= 32 + g->cfg.spis)
		return false;
	*out = (struct hyp_irq){
		.enabled = b->enable >> n & 1,
		.pending = gic_irq_is_pending(g, core, intid),
		.active = gic_irq_is_active(g, core, intid),
		.level = b->level >> n & 1,
		.edge = b->edge >> n & 1,
		.group = gic_irq_group(g, core, intid),
		.priority = b->priority[n],
		.target = intid < 32 ? (s32)core : g->s.target[intid - 32],
	};
	if (out->pending)
		out->obstacle = gic_irq_obstacle(g, core, intid);
	return true;
}

bool hyp_smmu(const struct machine *m, struct hyp_smmu *out)
{
	const struct smmu_regs *r = &m->iommu.r;

	*out = (struct hyp_smmu){ .cr0 = r->cr0,
				  .gerror = r->gerror,
				  .gerrorn = r->gerrorn,
				  .strtab_base_cfg = r->strtab_base_cfg,
				  .strtab_base = r->strtab_base,
				  .cmdq_base = r->cmdq_base,
				  .eventq_base = r->eventq_base,
				  .priq_base = r->priq_base,
				  .cmdq_prod = r->cmdq_prod,
				  .cmdq_cons = r->cmdq_cons,
				  .eventq_prod = r->eventq_prod,
				  .eventq_cons = r->eventq_cons,
				  .priq_prod = r->priq_prod,
				  .priq_cons = r->priq_cons };
	return m->smmu;
}

bool hyp_smmu_stream(const struct machine *m, unsigned *at, struct hyp_stream *out)
{
	const struct smmu *s = &m->iommu;

	while (m->smmu && *at < SMMU_STES + SMMU_CDS) {
		unsigned i = (*at)++;
		bool is_cd = i >= SMMU_STES;

		if (is_cd ? !s->cd[i - SMMU_STES].cached : !s->ste[i].cached)
			continue;
		*out = is_cd ? (struct hyp_stream){ .stream = s->cd[i - SMMU_STES].stream,
						    .substream = s->cd[i - SMMU_STES].index,
						    .is_cd = true,
						    .word = s->cd[i - SMMU_STES].word,
						    .why = s->cd[i - SMMU_STES].why }
			     : (struct hyp_stream){ .stream = s->ste[i].stream,
						    .word = s->ste[i].word,
						    .why = s->ste[i].why };
		return true;
	}
	return false;
}

/* The place of an event: the core that runs. Also where an observer's hyp_stop() takes effect, at the next event. */
void machine_where(void *ctx, struct event *e)
{
	struct machine *m = ctx;
	struct cpu *c = m->running;

	e->core = -1;
	if (c) {
		cpu_sync_time(c);
		if (m->stop_asked)
			machine_interrupt_slice(m);
		e->place = cpu_place(c);
	}
	e->cycle = m->clock.now;
}
