/* A device's access: stream, configuration, translation, data; or the event record that says why not (IHI 0070, 3.4).
 */
#include "smmu/smmu.h"

#include "base/bits.h"

enum { CR0_SMMUEN = 1, GBPA_ABORT = 1 << 20 };

static bool walk_read64(void *ctx, pa_t at, u64 *value)
{
	struct smmu *s = ctx;

	return bus_dma_read(s->bus, at, 8, 0, value) == BUS_OK;
}

static bool walk_cas64(void *ctx, pa_t at, u64 expect, u64 wish, u64 *seen)
{
	struct smmu *s = ctx;

	if (bus_dma_read(s->bus, at, 8, 0, seen) != BUS_OK)
		return false;
	return *seen != expect || bus_dma_write(s->bus, at, 8, 0, wish) == BUS_OK;
}

struct mmu_memory smmu_walk_memory(struct smmu *s)
{
	return (struct mmu_memory){ .ctx = s, .read64 = walk_read64, .cas64 = walk_cas64 };
}

/* The access at its output address: memory, or an interrupt's message. */
static enum dma_result move(struct smmu *s, const struct dma_request *q, u64 pa)
{
	struct dma_request out = *q;

	out.address = pa;
	return bus_dma_access(s->bus, &out);
}

/* A fault of the walker as an event record (7.3). */
static void event_of_fault(const struct fault *f, struct smmu_event *e)
{
	e->s2 = f->s2;
	e->klass = f->s1ptw ? 1 : 2;
	e->fetch = f->s2 ? f->ipa.v & ones(52) & ~0xfffull : 0;
	switch (f->kind) {
	case FAULT_ADDRESS_SIZE: e->type = F_ADDR_SIZE; break;
	case FAULT_ACCESS_FLAG: e->type = F_ACCESS; break;
	case FAULT_PERMISSION: e->type = F_PERMISSION; break;
	case FAULT_TLB_CONFLICT: e->type = F_TLB_CONFLICT; break;
	case FAULT_SYNC_EXTERNAL_WALK:
		e->type = F_WALK_EABT;
		e->klass = 1;
		break;
	default: e->type = F_TRANSLATION;
	}
}

/* Whether this fault stalls: CD.S for stage 1, STE.S2S for stage 2; external aborts never do. */
static bool may_stall(const struct smmu_config_entry *c, const struct smmu_event *e)
{
	if (e->type < F_TRANSLATION)
		return false;
	return e->s2 ? bit(c->ste[2], 57) : c->has_cd && bit(c->cd[0], 44);
}

/* Whether a terminated fault is recorded: CD.R, STE.S2R. */
static bool is_recorded(const struct smmu_config_entry *c, const struct smmu_event *e)
{
	if (e->type < F_TRANSLATION)
		return true;
	return e->s2 ? bit(c->ste[2], 58) : c->has_cd && bit(c->cd[0], 45);
}

static int free_stall(const struct smmu *s)
{
	for (int i = 0; i < SMMU_STALLS; i++)
		if (!s->stall[i].used)
			return i;
	return -1;
}

static enum dma_result faulted(struct smmu *s, const struct smmu_config_entry *c, struct smmu_event *e)
{
	int stag = may_stall(c, e) && s->current.resumed ? free_stall(s) : -1;

	if (stag >= 0) {
		s->stall[stag] = (struct smmu_stall){ true, e->stream };
		s->client[stag] = s->current;
		e->stall = true;
		e->stag = (u16)stag;
		smmu_record_event(s, e);
		return DMA_STALL;
	}
	if (is_recorded(c, e))
		smmu_record_event(s, e);
	return DMA_ABORT;
}

static enum dma_result translate(struct smmu *s, const struct smmu_config_entry *c, const struct dma_request *q,
				 struct smmu_event *e)
{
	struct mmu_access a = { .va = q->address,
				.kind = q->is_write	 ? ACCESS_WRITE
					: q->instruction ? ACCESS_FETCH
							 : ACCESS_READ,
				.privileged = q->privileged };
	struct mmu_memory memory = smmu_walk_memory(s);
	struct translation t;
	struct regime r;
	struct fault f;

	smmu_build_regime(c, &r);
	if (!mmu_translate(s->tlb, &r, &a, &memory, &t, &f)) {
		event_of_fault(&f, e);
		return faulted(s, c, e);
	}
	smmu_trace(s, SMMU_TRANSLATE, "translated", q->stream, q->address, t.pa.v, q->is_write, NULL, 0);
	return move(s, q, t.pa.v);
}

enum dma_result smmu_access(void *ctx, const struct dma_request *q)
{
	struct smmu *s = ctx;
	struct smmu_event e = { .stream = q->stream,
				.privileged = q->privileged,
				.instruction = q->instruction,
				.is_read = !q->is_write,
				.address = q->address };
	const struct smmu_config_entry *c;

	if (!(s->r.cr0 & CR0_SMMUEN))
		return s->r.gbpa & GBPA_ABORT ? DMA_ABORT : move(s, q, q->address);
	if (!smmu_find_config(s, q->stream, &c, &e)) {
		if (e.type)
			smmu_record_event(s, &e);
		return DMA_ABORT;
	}
	switch (STE_CONFIG(c->ste)) {
	case 0: return DMA_ABORT; /* no event: 5.2 */
	case STE_BYPASS:
		smmu_trace(s, SMMU_TRANSLATE, "bypass", q->stream, q->address, q->address, q->is_write, NULL, 0);
		return move(s, q, q->address);
	default: return translate(s, c, q, &e);
	}
}
