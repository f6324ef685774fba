/* A device's access: configuration, translation, data; or the event record that says why not (IHI 0070, 3.4, 3.12). */
#include "smmu/internal.h"

#include <string.h>

static bool walk_read64(void *ctx, pa_t at, u64 *value)
{
	struct smmu *s = ctx;

	return bus_copy_out(s->bus, at, value, 8);
}

static bool walk_cas64(void *ctx, pa_t at, u64 expect, u64 wish, u64 *seen)
{
	struct smmu *s = ctx;

	if (!bus_copy_out(s->bus, at, seen, 8))
		return false;
	return *seen != expect || bus_copy_in(s->bus, at, &wish, 8);
}

void smmu_set_memory(struct smmu *s)
{
	s->memory = (struct mmu_memory){ .ctx = s,
					 .read64 = walk_read64,
					 .cas64 = walk_cas64,
					 .ram_base = s->bus->ram_base,
					 .ram_size = s->bus->ram_size,
					 .ram = s->bus->ram };
}

bool smmu_override(unsigned cfg, bool incoming)
{
	return cfg == OVERRIDE_SET || (cfg != OVERRIDE_CLEAR && incoming);
}

/* A fault of the walker as an event record (7.3.12 to 7.3.16). */
void smmu_event_of_fault(const struct fault *f, struct smmu_event *e)
{
	bool is_abort = f->kind == FAULT_SYNC_EXTERNAL_WALK;

	e->s2 = f->s2;
	e->klass = f->s1ptw || (is_abort && !f->s2) ? CLASS_TT : CLASS_IN;
	e->tt_read = f->s1ptw && !f->walk_write;
	e->fetch = is_abort ? f->descriptor : f->s2 ? f->ipa.v : 0;
	switch (f->kind) {
	case FAULT_ADDRESS_SIZE: e->type = F_ADDR_SIZE; break;
	case FAULT_ACCESS_FLAG: e->type = F_ACCESS; break;
	case FAULT_PERMISSION: e->type = F_PERMISSION; break;
	case FAULT_SYNC_EXTERNAL_WALK: e->type = F_WALK_EABT; break;
	default: e->type = F_TRANSLATION;
	}
}

/* ---- how a fault ends (5.5) ---- */

struct ending {
	bool abort, record, stall;
};

/* Configuration errors and external aborts abort and are recorded. So does an address beyond the input size where no
 * stage-1 configuration applies. */
static struct ending ending_of(const struct smmu_path *p)
{
	if (p->e.type < F_TRANSLATION)
		return (struct ending){ .abort = true, .record = p->e.type != 0 };
	if (p->e.s2)
		return (struct ending){ true, STE_S2R(p->ste->word), STE_S2S(p->ste->word) };
	if (!p->cd)
		return (struct ending){ .abort = true, .record = true };
	return (struct ending){ CD_A(p->cd->word), CD_R(p->cd->word), CD_S(p->cd->word) };
}

static enum dma_result wait(struct smmu *s, struct smmu_path *p)
{
	bool told = smmu_events_writable(s);
	int stag = smmu_stall(s, p->stream, told);

	if (stag < 0)
		return DMA_ABORT;
	if (told) {
		p->e.stall = true;
		p->e.stag = (u16)stag;
		smmu_record_event(s, &p->e);
	}
	return DMA_STALL;
}

/* A device that cannot wait is terminated with an abort where it should stall, which 3.12 permits. */
enum dma_result smmu_finish_fault(struct smmu *s, struct smmu_path *p, const struct dma_request *q)
{
	struct ending end = ending_of(p);

	if (end.stall && wait(s, p) == DMA_STALL)
		return DMA_STALL;
	if (end.record || end.stall)
		smmu_record_event(s, &p->e);
	if (end.abort || end.stall)
		return DMA_ABORT;
	if (!q->is_write)
		memset(q->data, 0, q->size); /* CD.A = 0: reads as zero, writes are ignored */
	return DMA_OK;
}

/* ---- data ---- */

static enum dma_result move(struct smmu *s, const struct dma_request *q, u64 pa, const char *how)
{
	struct dma_request out = *q;

	smmu_trace_access(s, q, pa, how);
	if (unlikely(s->only_looks))
		return DMA_OK;
	out.address = pa;
	return bus_dma_access(s->bus, &out);
}

enum dma_result smmu_translate_and_move(struct smmu *s, struct smmu_path *p, const struct dma_request *q)
{
	struct mmu_access a = { .va = q->address,
				.kind = q->is_write	   ? ACCESS_WRITE
					: p->e.instruction ? ACCESS_FETCH
							   : ACCESS_READ,
				.privileged = p->e.privileged || p->regime->id == REGIME_EL2,
				.pan = p->cd && CD_PAN(p->cd->word) };
	struct translation t;
	struct fault f;

	if (likely(mmu_translate(s->tlb, p->regime, &a, &s->memory, &t, &f)))
		return move(s, q, t.pa.v, "translated");
	smmu_event_of_fault(&f, &p->e);
	return smmu_finish_fault(s, p, q);
}

/* Neither stage translates: what is beyond the input size is a fault of stage 1 (3.4). */
static enum dma_result bypass(struct smmu *s, struct smmu_path *p, const struct dma_request *q)
{
	if (!(q->address >> s->pa_bits))
		return move(s, q, q->address, "bypass");
	p->e.type = F_ADDR_SIZE;
	p->e.klass = CLASS_IN;
	return smmu_finish_fault(s, p, q);
}

/* ---- the ways in ---- */

static struct smmu_path path_of(const struct dma_request *q)
{
	u32 ssid = q->ssid;

	return (struct smmu_path){ .stream = q->stream,
				   .has_ssid = q->has_ssid,
				   .ssid = ssid,
				   .e = { .stream = q->stream,
					  .has_ssid = q->has_ssid,
					  .ssid = ssid,
					  .privileged = q->privileged,
					  .instruction = q->instruction && !q->is_write,
					  .is_read = !q->is_write,
					  .address = q->address } };
}

/* What no bus of this machine carries: an access that leaves its page, or none at all. */
static bool is_unsupported(const struct dma_request *q)
{
	return !q->size || q->size > 4096 - (q->address & 4095);
}

/* SMMUEN = 0: GBPA decides. */
static enum dma_result access_disabled(struct smmu *s, const struct dma_request *q)
{
	if (bit(s->r.gbpa, 20) || q->address >> s->pa_bits)
		return DMA_ABORT;
	return move(s, q, q->address, "bypass");
}

static enum dma_result access_enabled(struct smmu *s, const struct dma_request *q, struct smmu_path *p)
{
	const u64 *ste;

	if (!smmu_find_ste(s, p))
		return smmu_finish_fault(s, p, q);
	ste = p->ste->word;
	if (!(STE_CONFIG(ste) & CONFIG_PASSES))
		return DMA_ABORT; /* silently: 5.2 */
	p->e.privileged = smmu_override(STE_PRIVCFG(ste), p->e.privileged);
	p->e.instruction = !q->is_write && smmu_override(STE_INSTCFG(ste), p->e.instruction);
	if (!smmu_find_context(s, p))
		return smmu_finish_fault(s, p, q);
	return p->regime ? smmu_translate_and_move(s, p, q) : bypass(s, p, q);
}

enum dma_result smmu_access_by(struct smmu *s, const struct dma_request *q, struct smmu_path *p)
{
	*p = path_of(q);
	if (unlikely(is_unsupported(q))) {
		p->e.type = F_UUT;
		return smmu_finish_fault(s, p, q);
	}
	if (unlikely(q->translated))
		return smmu_translated_access(s, q);
	return s->r.cr0 & CR0_SMMUEN ? access_enabled(s, q, p) : access_disabled(s, q);
}

enum dma_result smmu_access(void *ctx, const struct dma_request *q)
{
	struct smmu_path p;

	return smmu_access_by(ctx, q, &p);
}
