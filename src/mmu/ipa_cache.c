/*
 * IPA->PA: what stage 2 answered, for stage 1's tables and for outputs. Arm ARM D8.13.
 *
 * Apart from the TLB proper, whose entries hold both stages: each entry here has one place, in few host cache lines, so
 * that a page touched once costs no replacement elsewhere. What is stale stays until a TLBI for stage 2 (or a
 * neighbour) takes it, as there.
 */
#include "mmu/tlb.h"

static const unsigned first = TLB_ENTRIES_MAX, end = TLB_ENTRIES_MAX + TLB_IPAS;

struct tlb_entry *tlb_find_s2(struct tlb *t, const struct regime *r, u64 ipa, bool ipa_ns, bool nested, bool learns)
{
	const struct tlb_name *n = &r->of_stage2[ipa_ns];
	u8 *hint = &t->size_hint[r->id][CLASS_S2 + nested];
	struct tlb_entry *e = tlb_probe_ipa(t, ipa, n, *hint);

	if (likely(e))
		return e;
	for (u32 sizes = t->size_mask[r->id][CLASS_S2] & ~(1u << *hint); sizes; sizes &= sizes - 1) {
		unsigned log2 = (unsigned)__builtin_ctz(sizes);

		e = tlb_probe_ipa(t, ipa, n, log2);
		if (!e)
			continue;
		if (learns)
			*hint = (u8)log2;
		return e;
	}
	return NULL;
}

static void drop(struct tlb *t, unsigned i, const char *why)
{
	struct tlb_entry *e = &t->entry[i];

	if (tlb_wants(t, EV_TLB_DROP))
		tlb_emit(t, EV_TLB_DROP, e, why);
	tlb_count_out(t, t->tag[i].key);
	t->ipa_split = (u16)(t->ipa_split - tlb_is_split(e));
	e->kind = TLB_FREE;
	t->tag[i] = (struct tlb_tag){ 0 };
}

struct tlb_entry *tlb_claim_s2(struct tlb *t, u64 in, const struct tlb_name *n, unsigned log2, bool split)
{
	u64 key = n->key | (u64)log2 << KEY_LOG2;
	unsigned i = tlb_ipa_place(in, log2, n->place);

	if (t->tag[i].key)
		drop(t, i, t->tag[i].in == in && t->tag[i].key == key ? "replace" : "evict");
	t->entry[i].host_list = -1;
	t->tag[i] = (struct tlb_tag){ .in = in, .key = key };
	t->ipa_split = (u16)(t->ipa_split + split);
	tlb_count_in(t, key);
	return &t->entry[i];
}

static unsigned look_at(struct tlb *t, unsigned i, const struct tlbi_scope *s, const struct pattern *p)
{
	if (!t->tag[i].key || !tlb_concerns(t, i, p, s))
		return 0;
	drop(t, i, s->name);
	return 1;
}

static unsigned sweep(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p)
{
	unsigned dropped = 0;

	for (unsigned i = first; i < end; i++)
		dropped += look_at(t, i, s, p);
	return dropped;
}

static unsigned sweep_size(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p, unsigned log2)
{
	u64 page = s->start >> log2, count = ((s->end - 1) >> log2) - page + 1;
	unsigned dropped = 0;

	for (; count; count--, page++)
		dropped += look_at(t, tlb_ipa_place(page << log2, log2, tlb_place_s2(p->value)), s, p);
	return dropped;
}

unsigned tlb_invalidate_ipas(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p)
{
	unsigned dropped = 0;

	if (!t->size_mask[s->regime][CLASS_S2])
		return 0;
	if (s->op != TLBI_IPA || t->ipa_split || s->any_vmid || !tlb_is_narrow(s))
		return sweep(t, s, p);
	for (u32 sizes = t->size_mask[s->regime][CLASS_S2]; sizes; sizes &= sizes - 1)
		dropped += sweep_size(t, s, p, (unsigned)__builtin_ctz(sizes));
	return dropped;
}
