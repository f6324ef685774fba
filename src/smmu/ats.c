/*
 * PCIe: translation requests, transactions that come translated, page requests (IHI 0070, 3.9, 13.6, 13.7, chapter 8).
 */
#include "smmu/internal.h"

/* ---- translation requests ---- */

/* STE.EATS as it counts: nothing for what is not translated, and 0b10 only while CR0.ATSCHK checks what comes back. */
static unsigned effective_eats(const struct smmu *s, const u64 *ste)
{
	unsigned eats = STE_EATS(ste);

	if (!(STE_CONFIG(ste) & (CONFIG_S1 | CONFIG_S2)) || eats > EATS_SPLIT)
		return EATS_NONE;
	return eats == EATS_SPLIT && !(s->r.cr0 & CR0_ATSCHK) ? EATS_NONE : eats;
}

static enum dma_ats_status refuse(struct smmu *s, struct smmu_path *p)
{
	p->e.type = F_BAD_ATS_TREQ;
	smmu_record_event(s, &p->e);
	return DMA_ATS_UNSUPPORTED;
}

/* Faults of translation are no events, but an answer without rights; configuration errors abort (3.9.1.2). */
static enum dma_ats_status fail_request(const struct smmu_path *p, struct dma_translation *answer)
{
	if (p->e.type < F_TRANSLATION)
		return DMA_ATS_ABORT;
	*answer = (struct dma_translation){ .log2 = 12, .privileged = answer->privileged };
	return DMA_ATS_SUCCESS;
}

/* Writing is granted to what is dirty already, or is made so now because the device means to write. */
static bool grant_write(struct smmu *s, const struct smmu_path *p, struct mmu_access *a, const struct translation *t,
			bool no_write)
{
	struct translation again;
	struct fault f;

	if (!perms_write(&t->perms, a->privileged))
		return false;
	if (!t->perms.s1.dbm_clean && !t->perms.s2.dbm_clean)
		return true;
	a->kind = ACCESS_WRITE;
	return !no_write && mmu_translate(s->tlb, p->regime, a, &s->memory, &again, &f);
}

/* What can be read; or, where writing is meant, what can only be written. */
static bool find_page(struct smmu *s, struct smmu_path *p, struct mmu_access *a, bool no_write, struct translation *t)
{
	struct fault f;

	if (mmu_translate(s->tlb, p->regime, a, &s->memory, t, &f))
		return true;
	if (f.kind == FAULT_PERMISSION && !no_write) {
		a->kind = ACCESS_WRITE;
		if (mmu_translate(s->tlb, p->regime, a, &s->memory, t, &f))
			return true;
	}
	smmu_event_of_fault(&f, &p->e);
	return false;
}

static enum dma_ats_status translate(struct smmu *s, struct smmu_path *p, const struct dma_translation_request *q,
				     struct dma_translation *answer)
{
	unsigned inst = STE_INSTCFG(p->ste->word);
	struct mmu_access a = { .va = q->address,
				.kind = inst == OVERRIDE_SET ? ACCESS_FETCH : ACCESS_READ,
				.privileged = smmu_override(STE_PRIVCFG(p->ste->word), answer->privileged) };
	struct translation t;
	bool is_split = effective_eats(s, p->ste->word) == EATS_SPLIT && p->cd, r, x;

	a.privileged |= p->regime->id == REGIME_EL2;
	if (!find_page(s, p, &a, q->no_write, &t))
		return fail_request(p, answer);
	r = perms_read(&t.perms, a.privileged);
	x = perms_execute(&t.perms, a.privileged);
	answer->log2 = t.log2;
	answer->address = (is_split ? t.ipa.v : t.pa.v) & ~ones(t.log2);
	answer->read = inst == OVERRIDE_SET ? x : r;
	answer->execute = q->has_ssid && q->execute && inst != OVERRIDE_CLEAR && x && (r || inst == OVERRIDE_SET);
	answer->write = grant_write(s, p, &a, &t, q->no_write);
	smmu_trace(s, SMMU_TRANSLATE, "ATS answer", q->stream, q->address, answer->address, answer->write, NULL, 0);
	return DMA_ATS_SUCCESS;
}

enum dma_ats_status smmu_translate(void *ctx, const struct dma_translation_request *q, struct dma_translation *answer)
{
	struct smmu *s = ctx;
	bool privileged = q->has_ssid && q->privileged;
	struct smmu_path p = { .stream = q->stream,
			       .has_ssid = q->has_ssid,
			       .ssid = q->ssid,
			       .e = { .stream = q->stream,
				      .has_ssid = q->has_ssid,
				      .ssid = q->ssid,
				      .privileged = privileged,
				      .instruction = q->has_ssid && q->execute,
				      .is_read = q->no_write,
				      .address = q->address } };

	*answer = (struct dma_translation){ .privileged = privileged };
	if (!(s->r.cr0 & CR0_SMMUEN))
		return refuse(s, &p);
	if (!smmu_find_ste(s, &p))
		return DMA_ATS_ABORT;
	if (!(STE_CONFIG(p.ste->word) & CONFIG_PASSES))
		return DMA_ATS_UNSUPPORTED;
	if (effective_eats(s, p.ste->word) == EATS_NONE)
		return refuse(s, &p);
	if (!smmu_find_context(s, &p))
		return fail_request(&p, answer);
	if (p.regime)
		return translate(s, &p, q, answer);
	/* S1DSS bypasses the only stage: all is as it is. */
	*answer = (struct dma_translation){
		.address = q->address & ~0xfffull, .log2 = 12, .read = true, .write = true, .privileged = privileged
	};
	return DMA_ATS_SUCCESS;
}

/* ---- translated transactions (3.9.1.3) ---- */

static enum dma_result forbid(struct smmu *s, struct smmu_path *p)
{
	p->e.type = F_TRANSL_FORBIDDEN;
	smmu_record_event(s, &p->e);
	return DMA_ABORT;
}

static enum dma_result pass(struct smmu *s, const struct dma_request *q)
{
	if (q->address >> s->pa_bits)
		return DMA_ABORT;
	smmu_trace_access(s, q, q->address, "ATS translated");
	return bus_dma_access(s->bus, q);
}

/* Split stages: the address is an IPA. Data, unprivileged, but for the overrides. */
static enum dma_result through_stage2(struct smmu *s, struct smmu_path *p, const struct dma_request *q)
{
	p->e.privileged = smmu_override(STE_PRIVCFG(p->ste->word), false);
	p->e.instruction = !q->is_write && smmu_override(STE_INSTCFG(p->ste->word), false);
	p->regime = &p->ste->regime;
	return smmu_translate_and_move(s, p, q);
}

enum dma_result smmu_translated_access(struct smmu *s, const struct dma_request *q)
{
	struct smmu_path p = { .stream = q->stream,
			       .e = { .stream = q->stream, .is_read = !q->is_write, .address = q->address } };

	if (!(s->r.cr0 & CR0_SMMUEN))
		return forbid(s, &p);
	if (!(s->r.cr0 & CR0_ATSCHK))
		return pass(s, q);
	if (!smmu_find_ste(s, &p) || !(STE_CONFIG(p.ste->word) & CONFIG_PASSES))
		return DMA_ABORT;
	switch (effective_eats(s, p.ste->word)) {
	case EATS_FULL: return pass(s, q);
	case EATS_SPLIT: return through_stage2(s, &p, q);
	default: return forbid(s, &p);
	}
}

/* ---- page requests (chapter 8) ---- */

static struct smmu_queue pri_queue(struct smmu *s)
{
	return (struct smmu_queue){ s->r.priq_base, &s->r.priq_prod, &s->r.priq_cons, 4 };
}

/* PCIe: a request for nothing, with a PASID, that is the last. */
static bool is_stop_marker(const struct dma_page_request *q)
{
	return q->has_ssid && q->last && !q->read && !q->write;
}

static void respond(struct smmu *s, const struct dma_page_request *q, enum dma_page_response code)
{
	const struct dma_client *client = smmu_client(s, q->stream);

	if (client && client->page_response && !is_stop_marker(q))
		client->page_response(client->ctx, q->group, code);
}

/* What is lost to an overflow: the last of a group is answered at once (8.1). A PASID on that answer is STE.PPAR's
 * affair, so the STE must be there to be asked. */
static void discard(struct smmu *s, const struct dma_page_request *q)
{
	struct smmu_path p = { .stream = q->stream, .e = { .stream = q->stream } };

	if (!q->last)
		return;
	if (smmu_is_last_only(s))
		smmu_interrupt(s, IRQ_PRIQ);
	respond(s, q, q->has_ssid && !smmu_find_ste(s, &p) ? DMA_PAGE_FAILURE : DMA_PAGE_SUCCESS);
}

static void keep_request(struct smmu *s, struct smmu_queue *queue, const struct dma_page_request *q)
{
	bool was_empty = smmu_queue_is_empty(queue);
	u64 words[2] = { q->stream | (u64)(q->has_ssid ? q->ssid & ones(20) : 0) << 32 |
				 (u64)(q->has_ssid && q->privileged) << 58 | (u64)(q->has_ssid && q->execute) << 59 |
				 (u64)q->read << 60 | (u64)q->write << 61 | (u64)q->last << 62 | (u64)q->has_ssid << 63,
			 (q->address & ~0xfffull) | (q->group & 0x1ffu) };

	if (!smmu_queue_put(s, queue, words)) {
		smmu_raise_gerror(s, GERROR_PRIQ_ABT);
		respond(s, q, DMA_PAGE_FAILURE);
		return;
	}
	smmu_update_lines(s);
	if (smmu_is_last_only(s) ? q->last : was_empty)
		smmu_interrupt(s, IRQ_PRIQ);
}

void smmu_request_page(void *ctx, const struct dma_page_request *q)
{
	struct smmu *s = ctx;
	struct smmu_queue queue = pri_queue(s);
	const u32 on = CR0_SMMUEN | CR0_PRIQEN;

	if ((s->r.cr0 & on) != on || smmu_gerror_is_active(s, GERROR_PRIQ_ABT)) {
		respond(s, q, DMA_PAGE_FAILURE);
		return;
	}
	if (smmu_queue_is_full(&queue))
		smmu_queue_set_overflow(&queue);
	if (smmu_queue_overflowed(&queue))
		discard(s, q);
	else
		keep_request(s, &queue, q);
}
