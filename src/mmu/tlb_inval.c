/*
 * Invalidation: which entries a TLBI or an SMMU command removes, and where they are looked for. Arm ARM D8.13.
 *
 * Scopes of whole VMs and ASIDs follow the lists of the groups concerned; addresses are looked for in the sets where
 * they can be, and among the entries that are smaller than their leaf, which may be elsewhere.
 */
#include "mmu/tlb.h"

/* Does the leaf that the entry came from meet [start, end)? end 0 stands for 2^64. */
static bool in_range(const struct tlb_entry *e, const struct tlbi_scope *s)
{
	u64 first = e->in & ~ones(e->s1_log2), last = first | ones(e->s1_log2);

	return last >= s->start && first <= s->end - 1;
}

/* A TTL hint promises that only a leaf of that level and granule is concerned. */
static bool hint_allows(const struct tlb_entry *e, const struct tlbi_scope *s)
{
	return s->ttl_level < 0 || (e->level == s->ttl_level && e->s1_granule == s->ttl_granule);
}

static bool is_by_address(const struct tlbi_scope *s)
{
	return s->op == TLBI_VA || s->op == TLBI_VAA || s->op == TLBI_IPA;
}

static struct pattern pattern_of(const struct tlbi_scope *s)
{
	const u64 own = 1ull << KEY_NG | 0xffffull << KEY_ASID;
	struct pattern p = { .mask = 3ull << KEY_REGIME | 1ull << KEY_SECURE, .by_address = is_by_address(s) };

	p.value = (u64)s->regime << KEY_REGIME | (u64)s->secure << KEY_SECURE;
	if (s->op != TLBI_VMALLS12 && s->op != TLBI_ALL) {
		p.mask |= 3ull << KEY_KIND;
		p.value |= (u64)(s->op == TLBI_IPA ? TLB_S2 : TLB_S1) << KEY_KIND;
	}
	if (s->regime == REGIME_EL10 && !s->any_vmid && s->op != TLBI_ALL) {
		p.mask |= 0xffffull << KEY_VMID;
		p.value |= (u64)s->vmid << KEY_VMID;
	}
	if (s->op == TLBI_IPA) {
		p.mask |= 1ull << KEY_IN_NS;
		p.value |= (u64)(!s->secure || s->ns_ipa) << KEY_IN_NS;
	}
	if (s->s1_off_only)
		p.mask |= 1ull << KEY_S1_ON;
	if (s->shared_only)
		p.mask |= 1ull << KEY_ASET;
	p.global_mask = p.mask | 1ull << KEY_NG;
	p.global = s->op == TLBI_ASID ? ~0ull : p.value; /* ASID: no global entry is concerned */
	if (s->op == TLBI_VA || s->op == TLBI_ASID) {
		p.mask |= own;
		p.value |= 1ull << KEY_NG | (u64)s->asid << KEY_ASID;
	}
	return p;
}

bool tlb_concerns(const struct tlb *t, unsigned i, const struct pattern *p, const struct tlbi_scope *s)
{
	u64 key = t->tag[i].key;

	if ((key & p->mask) != p->value && (key & p->global_mask) != p->global)
		return false;
	return !p->by_address || (hint_allows(&t->entry[i], s) && in_range(&t->entry[i], s));
}

/* ---- by group ---- */

/* Pages that were touched in turn are as far apart as the last two: what comes so many steps later, if they were. */
#define SWEEP_AHEAD 4

static unsigned sweep_group(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p, unsigned family,
			    unsigned group)
{
	unsigned dropped = 0;

	for (u32 next, i = t->group[family][group]; i; i = next) {
		u32 later;

		next = t->entry[i - 1].next;
		later = (next + (next - i) * SWEEP_AHEAD - 1) % TLB_ENTRIES_MAX;
		__builtin_prefetch(&t->entry[later], 1);
		__builtin_prefetch(&t->tag[later], 1);
		if (!tlb_concerns(t, i - 1, p, s))
			continue;
		tlb_drop_from(t, i - 1, family, group, s->name);
		dropped++;
	}
	return dropped;
}

/* Of all groups of a family, or those of entries smaller than their leaf alone. */
static unsigned sweep_family(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p, unsigned family,
			     bool split_only)
{
	unsigned dropped = 0;

	for (unsigned half = split_only; half < 2; half++)
		for (u64 left = t->group_used[family][half]; left; left &= left - 1)
			dropped += sweep_group(t, s, p, family, half * 64 + (unsigned)__builtin_ctzll(left));
	return dropped;
}

static unsigned sweep_all(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p)
{
	unsigned dropped = 0;

	for (unsigned word = 0; word < TLB_FAMILIES / 64; word++)
		for (u64 left = t->family_used[word]; left; left &= left - 1)
			dropped += sweep_family(t, s, p, word * 64 + (unsigned)__builtin_ctzll(left), false);
	return dropped;
}

/* ---- by address ---- */

static unsigned sweep_set(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p, unsigned set)
{
	unsigned dropped = 0, first = set * t->ways;

	for (unsigned i = first; i < first + t->ways; i++)
		if (t->tag[i].key && tlb_concerns(t, i, p, s)) {
			tlb_drop(t, i, s->name);
			dropped++;
		}
	return dropped;
}

/* The places where a class's entries may be: of an ASID, or (VAA) of all ASIDs that have any. */
static u64 places_of(const struct tlb *t, const struct tlbi_scope *s, enum tlb_class class, unsigned family)
{
	if (class != CLASS_ASID)
		return 1;
	return s->op == TLBI_VAA ? t->group_used[family][0] : 1ull << tlb_asid_place((u64)s->asid << KEY_ASID);
}

static unsigned sweep_size(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p, u64 places,
			   unsigned log2)
{
	u64 first = s->start >> log2, count = ((s->end - 1) >> log2) - first + 1;
	unsigned dropped = 0;

	for (; count; count--, first++)
		for (u64 left = places; left; left &= left - 1) {
			u32 place = tlb_place(p->value, (unsigned)__builtin_ctzll(left));

			dropped += sweep_set(t, s, p, tlb_set(t, first << log2, log2, place));
		}
	return dropped;
}

static unsigned sweep_class(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p, enum tlb_class class,
			    unsigned family)
{
	u64 places = places_of(t, s, class, family);
	unsigned dropped = 0;

	for (u32 sizes = t->size_mask[s->regime][class]; sizes; sizes &= sizes - 1)
		dropped += sweep_size(t, s, p, places, (unsigned)__builtin_ctz(sizes));
	return dropped;
}

static unsigned sweep_addresses(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p, unsigned family)
{
	return sweep_family(t, s, p, family, true) + sweep_class(t, s, p, CLASS_ASID, family) +
	       sweep_class(t, s, p, CLASS_GLOBAL, family);
}

/* Of stage 1, or both together. */
static unsigned invalidate_vas(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p)
{
	unsigned family = tlb_family(p->value);

	if (s->regime == REGIME_EL10 && (s->op == TLBI_ALL || s->any_vmid))
		return sweep_all(t, s, p);
	if (p->by_address && tlb_is_narrow(s))
		return sweep_addresses(t, s, p, family);
	if (s->op == TLBI_ASID)
		return sweep_group(t, s, p, family, tlb_group(tlb_asid_place(p->value), false)) +
		       sweep_group(t, s, p, family, tlb_group(tlb_asid_place(p->value), true));
	return sweep_family(t, s, p, family, false);
}

unsigned tlb_invalidate(struct tlb *t, const struct tlbi_scope *s)
{
	const struct pattern p = pattern_of(s);
	unsigned dropped = 0;

	t->s1_result.key = 0;
	if (!s->last_level || !p.by_address)
		tlb_forget_tables(t);
	if (s->op != TLBI_IPA)
		dropped = invalidate_vas(t, s, &p);
	if (s->op == TLBI_IPA || s->op == TLBI_VMALLS12 || s->op == TLBI_ALL)
		dropped += tlb_invalidate_ipas(t, s, &p);
	return dropped;
}

bool tlb_would_remove(const struct tlb *t, const struct tlb_entry *e, const struct tlbi_scope *s)
{
	const struct pattern p = pattern_of(s);
	unsigned i = (unsigned)(e - t->entry);

	return t->tag[i].key && tlb_concerns(t, i, &p, s);
}
