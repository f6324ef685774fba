/* Looking at the machine without changing it. */
#include <string.h>
#include <strings.h>

#include "cpu/tlbi.h"
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
	const char *name;
	u32 own;

	for (unsigned i = 0; hyp_stream_device(m, i, &own, &name); i++)
		if (own == stream)
			return name;
	return NULL;
}

/* The DMA engine, then PCIe functions. */
bool hyp_stream_device(const struct machine *m, unsigned n, u32 *stream, const char **name)
{
	if (m->smmu && n-- == 0) {
		*stream = DMA_STREAM;
		*name = "DMA engine";
		return true;
	}
	if (n >= m->pcie.functions)
		return false;
	*stream = pci_requester(m->pcie.function[n]);
	*name = m->pcie.function[n]->name;
	return true;
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
	unsigned used = (unsigned)t->sets * t->ways;

	while (*at < used + TLB_IPAS) {
		unsigned i = (*at)++;
		const struct tlb_entry *e = &t->entry[i < used ? i : i - used + TLB_ENTRIES_MAX];

		if (e->kind != TLB_FREE)
			return e;
	}
	return NULL;
}

const char *hyp_tlbi_name(unsigned n)
{
	return SI_TLBI_VMALLE1 + n < SI_COUNT && !strncmp(sysinsn_name(SI_TLBI_VMALLE1 + n), "TLBI_", 5)
		       ? sysinsn_name(SI_TLBI_VMALLE1 + n) + 5
		       : NULL;
}

bool hyp_tlbi(const struct machine *m, unsigned core, const char *name, u64 operand, struct hyp_tlbi *out)
{
	const struct cpu *c = m->core[core];
	const char *own;

	for (unsigned n = 0; (own = hyp_tlbi_name(n)); n++)
		if (!strcasecmp(own, name))
			return sysinsn_exists(c, SI_TLBI_VMALLE1 + n) &&
			       tlbi_scope(c, SI_TLBI_VMALLE1 + n, operand, &out->scope, &out->broadcast);
	return false;
}

bool hyp_tlbi_removes(const struct machine *m, unsigned core, const struct hyp_tlbi *tlbi, const struct tlb_entry *e)
{
	return tlb_would_remove(m->core[core]->tlb, e, &tlbi->scope);
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

static void gic_virtual(const struct gic *g, unsigned core, struct hyp_gic *out)
{
	const struct gic_core *k = &g->s.core[core];

	out->list_registers = (u8)g->cfg.list_registers;
	out->vpre_bits = g->cfg.vpre_bits;
	out->hcr = k->ich_hcr;
	out->vmcr = k->vmcr;
	out->misr = gic_misr(g, core);
	memcpy(out->vapr, k->vapr, sizeof(out->vapr));
	memcpy(out->lr, k->lr, sizeof(out->lr));
	for (unsigned n = 0; n < g->cfg.list_registers; n++)
		out->lr_obstacle[n] = k->lr_valid >> n & 1 ? gic_lr_obstacle(g, core, n) : NULL;
	out->vrunning = k->vrunning;
	out->hppvi = k->hppvi;
	out->ended = k->lr_ended;
	out->maintenance = g->cfg.maintenance;
}

void hyp_gic(const struct machine *m, unsigned core, struct hyp_gic *out)
{
	const struct gic *g = &m->gic;
	const struct gic_core *k = &g->s.core[core];
	static const u8 lines[4] = { LINE_IRQ, LINE_FIQ, LINE_VIRQ, LINE_VFIQ };

	*out = (struct hyp_gic){
		.ctlr = g->s.ctlr,
		.asleep = k->asleep,
		.lpis = g->cfg.lpis && g->s.lpi[core][GIC_LPI].enabled,
		.pre_bits = g->cfg.pri_bits > 7 ? 7 : g->cfg.pri_bits,
		.pmr = k->pmr,
		.running = k->running,
		.hppi = k->hppi.intid,
		.hppi_priority = k->hppi.priority,
		.signalled = k->signalled,
	};
	memcpy(out->bpr, k->bpr, sizeof(out->bpr));
	memcpy(out->igrpen, k->igrpen, sizeof(out->igrpen));
	memcpy(out->apr, k->apr, sizeof(out->apr));
	gic_virtual(g, core, out);
	for (unsigned i = 0; i < 4; i++) {
		out->line[i] = m->core[core]->s.line[lines[i]];
		out->line_obstacle[i] = cpu_interrupt_obstacle(m->core[core], lines[i]);
	}
}

bool hyp_smmu(const struct machine *m, struct hyp_smmu *out)
{
	const struct smmu_regs *r = &m->iommu.r;

	*out = (struct hyp_smmu){ .cr0 = r->cr0,
				  .cr1 = r->cr1,
				  .cr2 = r->cr2,
				  .gbpa = r->gbpa,
				  .irq_ctrl = r->irq_ctrl,
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

bool hyp_smmu_entry(const struct machine *m, enum hyp_smmu_queue queue, u32 index, struct hyp_smmu_entry *out)
{
	const struct smmu_regs *r = &m->iommu.r;
	u64 base = queue == HYP_CMDQ ? r->cmdq_base : queue == HYP_EVENTQ ? r->eventq_base : r->priq_base;

	*out = (struct hyp_smmu_entry){ 0 };
	return m->smmu && smmu_look_at_entry(&m->iommu, base, queue == HYP_EVENTQ ? 4 : 2, index, &out->at, out->word);
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
