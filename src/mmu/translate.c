/* Translation through the TLB: what every access of a core or a DMA master calls. AArch64.TranslateAddress. */
#include "mmu/tlb.h"
#include "mmu/walk.h"

static bool is_e0pd(const struct regime *r, const struct mmu_access *a)
{
	return !a->privileged && r->s1.enabled && s1_half_of(r, a->va)->e0pd;
}

/* A hit that this access may not simply use: to be walked, so that E0PD faults or the dirty state is set. */
static bool must_walk(const struct tlb_entry *e, const struct regime *r, const struct mmu_access *a)
{
	if (makes_dirty(a) && (e->perms.s1.dbm_clean || e->perms.s2.dbm_clean))
		return true;
	return is_e0pd(r, a);
}

static void answer(const struct tlb *t, const struct tlb_entry *e, u64 va, struct translation *out)
{
	u64 low = va & ones(e->log2);

	out->pa = (pa_t){ .v = e->out | low, .ns = e->out_ns };
	out->ipa.v = e->ipa | low;
	out->s2_used = e->s2_used;
	out->log2 = e->log2;
	out->attrs = e->attrs;
	out->perms = e->perms;
	out->entry = (s32)(e - t->entry);
	out->walk_reads = 0;
}

/* A permission fault found in the TLB: complete what the check left open. */
static bool fault_of_hit(const struct tlb_entry *e, const struct mmu_access *a, u64 va, struct fault *f)
{
	f->va = a->va;
	if (f->s2) {
		f->ipa.v = e->ipa | (va & ones(e->log2));
		f->ipa_ns = e->ipa_ns;
		f->ipa_valid = f->kind == FAULT_PERMISSION;
	}
	return false;
}

static bool use_hit(struct tlb *t, struct tlb_entry *e, const struct regime *r, const struct mmu_access *a, u64 va,
		    struct translation *out, struct fault *f)
{
	if (!a->no_update) {
		tlb_touch(t, e);
		t->hits++;
	}
	*f = (struct fault){ .write = a->kind == ACCESS_CACHE || (makes_dirty(a) && !a->also_write) };
	if (!perms_allow(&e->perms, a, r, f))
		return fault_of_hit(e, a, va, f);
	answer(t, e, va, out);
	return true;
}

static u8 least(u8 a, u8 b)
{
	return a < b ? a : b;
}

static u16 traits_of(const struct regime *r, const struct walk *w)
{
	return ((union tlb_traits){ .kind = TLB_S1,
				    .regime = r->id,
				    .s1_granule = s1_half_of(r, w->va)->granule,
				    .ng = w->ng,
				    .secure = r->secure,
				    .out_ns = w->pa.ns,
				    .ipa_ns = w->ipa_ns,
				    .s1_on = w->s1_used,
				    .s2_used = w->s2_used,
				    .aset = r->aset })
		.word;
}

static struct tlb_entry *fill(struct tlb *t, const struct regime *r, const struct walk *w, bool fetch)
{
	u8 log2 = least(least(w->s1_log2, w->s2_log2), TLB_LOG2_MAX);
	u8 leaf = w->s1_used && w->s1_leaf_log2 > log2 ? w->s1_leaf_log2 : log2;
	struct tlb_entry *e = tlb_claim(t, w->va & ~ones(log2), w->ng ? &r->of_asid : &r->global, log2, leaf > log2);

	e->in = w->va & ~ones(log2);
	e->out = w->pa.v & ~ones(log2);
	e->ipa = w->ipa.v & ~ones(log2);
	e->asid = w->ng ? r->s1.asid : 0;
	e->vmid = r->id == REGIME_EL10 ? r->vmid : 0;
	e->log2 = log2;
	e->s1_log2 = leaf;
	e->level = w->s1_level;
	e->s2_attr = 0;
	e->traits = traits_of(r, w);
	e->perms = w->perms;
	/* An entry serves all kinds of access; what differs for fetches matters to nobody after the walk. */
	e->attrs = w->attrs;
	if (fetch)
		attrs_final(r, w, false, &e->attrs);
	tlb_filled(t, e);
	return e;
}

static void answer_walk(const struct walk *w, struct translation *out)
{
	out->pa = w->pa;
	out->ipa = w->ipa;
	out->s2_used = w->s2_used;
	out->log2 = 12;
	out->attrs = w->attrs;
	out->perms = w->perms;
	out->entry = -1;
}

/* Fill the TLB. What the entry will answer is what the walk found, but for attributes of fetches. */
static void keep(struct tlb *t, const struct regime *r, const struct walk *w, bool fetch, struct translation *out)
{
	const struct tlb_entry *e = fill(t, r, w, fetch);

	out->log2 = e->log2;
	out->entry = (s32)(e - t->entry);
	if (fetch)
		out->attrs = e->attrs;
}

static bool miss(struct tlb *t, const struct regime *r, const struct mmu_access *a, const struct mmu_memory *m,
		 struct translation *out, struct fault *f)
{
	struct walk w; /* not cleared: large */
	bool traced = !a->no_update && t->trace && trace_wants(t->trace, EV_WALK);
	struct context c = { .r = r, .a = a, .m = m, .tlb = t, .keeps_steps = traced, .w = &w };
	bool ok = walk_both(&c);

	if (!a->no_update) {
		t->misses++;
		if (traced) {
			struct event e = { .kind = EV_WALK };

			e.walk = &w;
			trace_emit(t->trace, &e);
		}
	}
	if (!ok) {
		*f = w.fault;
		return false;
	}
	answer_walk(&w, out);
	if (!a->no_update && !a->s1_only)
		keep(t, r, &w, a->kind == ACCESS_FETCH, out);
	out->walk_reads = w.reads;
	return true;
}

bool mmu_translate(struct tlb *t, const struct regime *r, const struct mmu_access *a, const struct mmu_memory *m,
		   struct translation *out, struct fault *f)
{
	struct tlb_entry *e = NULL;
	struct regime copy;
	u64 va;

	r = prepared_regime(r, &copy);
	va = strip_tag(r, a->va, a->kind == ACCESS_FETCH);
	/* Where stage 2 faulted before, there is no entry yet. */
	if (!a->s1_only && (a->no_update || !tlb_has_s1_result(t, r, va)))
		e = tlb_find_s1(t, r, va);
	if (likely(e) && !must_walk(e, r, a))
		return use_hit(t, e, r, a, va, out, f);
	return miss(t, r, a, m, out, f);
}
