/*
 * The TLB: set-associative; when a set is full, its ways are replaced by turns. An entry is VA->PA of both stages
 * together, or of stage 1 alone (IPA->PA: ipa_cache.c); regime, security, VMID, ASID or global, size, make its name.
 * Nothing here looks at system registers' changes: entries live until they are invalidated or evicted. Arm ARM D8.13.
 *
 * Holds always: tag[i] describes entry[i]; every entry in use but stage 2's is in the list of its group (tlb.h), and of
 * no other; no two entries have the same name; size_count counts the entries of each size.
 */
#include <string.h>

#include "base/host_memory.h"
#include "mmu/tlb.h"

struct tlb *tlb_create(void)
{
	return host_memory_get(sizeof(struct tlb));
}

void tlb_destroy(struct tlb *t)
{
	host_memory_put(t, sizeof(*t));
}

void tlb_init(struct tlb *t, unsigned sets, unsigned ways, struct tracer *trace)
{
	unsigned old = (unsigned)t->sets * t->ways;

	memset(&t->sets, 0, offsetof(struct tlb, family_used) - offsetof(struct tlb, sets));
	for (unsigned f = 0; f < TLB_FAMILIES; f++)
		if (t->group_used[f][0] | t->group_used[f][1]) {
			memset(t->group_used[f], 0, sizeof(t->group_used[f]));
			memset(t->group[f], 0, sizeof(t->group[f]));
		}
	memset(t->family_used, 0, sizeof(t->family_used));
	memset(t->table, 0, sizeof(t->table));
	memset(t->tag, 0, old * sizeof(t->tag[0]));
	memset(t->entry, 0, old * sizeof(t->entry[0]));
	memset(t->tag + TLB_ENTRIES_MAX, 0, TLB_IPAS * sizeof(t->tag[0]));
	memset(t->entry + TLB_ENTRIES_MAX, 0, TLB_IPAS * sizeof(t->entry[0]));
	t->sets = sets;
	t->ways = ways;
	t->trace = trace;
}

/* ---- lookup ---- */

static struct tlb_entry *probe(struct tlb *t, u64 in, const struct tlb_name *n, unsigned log2)
{
	u64 page = in & ~ones(log2), key = n->key | (u64)log2 << KEY_LOG2;
	const struct tlb_tag *way = &t->tag[tlb_set(t, in, log2, n->place) * t->ways], *end = way + t->ways;

	for (; way < end; way++)
		if (way->in == page && way->key == key)
			return &t->entry[way - t->tag];
	return NULL;
}

/* The likely size first, then every other that was ever filled. */
static struct tlb_entry *find(struct tlb *t, unsigned regime, enum tlb_class class, u64 in, const struct tlb_name *n)
{
	unsigned hint = t->size_hint[regime][class];
	u32 sizes = t->size_mask[regime][class];
	struct tlb_entry *e;

	if (sizes >> hint & 1) {
		e = probe(t, in, n, hint);
		if (likely(e))
			return e;
		sizes &= ~(1u << hint);
	}
	for (; sizes; sizes &= sizes - 1) {
		e = probe(t, in, n, (unsigned)__builtin_ctz(sizes));
		if (e)
			return e;
	}
	return NULL;
}

static struct tlb_name name_of(u64 key)
{
	unsigned place = tlb_asid_place(key);

	return (struct tlb_name){
		.key = key, .place = tlb_place(key, place), .family = (u16)tlb_family(key), .group = (u16)place
	};
}

void tlb_name_entries(struct regime *r)
{
	u64 of_regime = (u64)r->id << KEY_REGIME | (u64)r->secure << KEY_SECURE;
	u64 key = of_regime | (u64)TLB_S1 << KEY_KIND | (u64)r->s1.enabled << KEY_S1_ON |
		  (u64)has_stage2(r) << KEY_S2_USED | (u64)r->aset << KEY_ASET;

	if (r->id == REGIME_EL10)
		key |= (u64)r->vmid << KEY_VMID;
	r->global = name_of(key);
	r->of_asid = name_of(key | 1ull << KEY_NG | (u64)r->s1.asid << KEY_ASID);
	for (unsigned ns = 0; ns < 2; ns++) {
		key = of_regime | (u64)TLB_S2 << KEY_KIND | (u64)ns << KEY_IN_NS | 1ull << KEY_S2_USED |
		      (u64)r->s2.vmid << KEY_VMID;
		r->of_stage2[ns] = (struct tlb_name){ .key = key, .place = tlb_place_s2(key) };
	}
}

struct tlb_entry *tlb_find_s1(struct tlb *t, const struct regime *r, u64 va)
{
	struct tlb_entry *e = find(t, r->id, CLASS_ASID, va, &r->of_asid);

	return e ? e : find(t, r->id, CLASS_GLOBAL, va, &r->global);
}

struct tlb_entry *tlb_lookup(struct tlb *t, const struct regime *r, u64 va)
{
	struct regime copy;

	return tlb_find_s1(t, prepared_regime(r, &copy), strip_tag(r, va, false));
}

/* ---- events ---- */

void tlb_emit(struct tlb *t, enum event_kind kind, const struct tlb_entry *e, const char *why)
{
	struct event ev = { .kind = kind };

	ev.tlb = (struct ev_tlb){ .regime = e->regime,
				  .kind = e->kind,
				  .level = (u8)e->level,
				  .log2_size = e->log2,
				  .ng = e->ng,
				  .ns = e->out_ns,
				  .asid = e->asid,
				  .vmid = e->vmid,
				  .in = e->in,
				  .out = e->out,
				  .why = why };
	trace_emit(t->trace, &ev);
}

/* ---- fill and drop ---- */

/* An entry enters or leaves the list of its group. */
static void enter_group(struct tlb *t, unsigned i, unsigned family, unsigned group)
{
	u32 first = t->group[family][group];

	t->entry[i].next = first;
	t->entry[i].prev = 0;
	t->group[family][group] = i + 1;
	if (first) {
		t->entry[first - 1].prev = i + 1;
		return;
	}
	t->group_used[family][group / 64] |= 1ull << group % 64;
	t->family_used[family / 64] |= 1ull << family % 64;
}

static void leave_group(struct tlb *t, unsigned i, unsigned family, unsigned group)
{
	u32 next = t->entry[i].next, prev = t->entry[i].prev;

	if (next)
		t->entry[next - 1].prev = prev;
	if (prev) {
		t->entry[prev - 1].next = next;
		return;
	}
	t->group[family][group] = next;
	if (next)
		return;
	t->group_used[family][group / 64] &= ~(1ull << group % 64);
	if (!(t->group_used[family][0] | t->group_used[family][1]))
		t->family_used[family / 64] &= ~(1ull << family % 64);
}

void tlb_drop_from(struct tlb *t, unsigned index, unsigned family, unsigned group, const char *why)
{
	struct tlb_entry *e = &t->entry[index];

	if (t->dropped)
		t->dropped(t->dropped_ctx, t, index);
	if (tlb_wants(t, EV_TLB_DROP))
		tlb_emit(t, EV_TLB_DROP, e, why);
	leave_group(t, index, family, group);
	tlb_count_out(t, t->tag[index].key);
	e->kind = TLB_FREE;
	t->tag[index] = (struct tlb_tag){ 0 };
}

void tlb_drop(struct tlb *t, unsigned index, const char *why)
{
	u64 key = t->tag[index].key;

	tlb_drop_from(t, index, tlb_family(key), tlb_group(tlb_asid_place(key), tlb_is_split(&t->entry[index])), why);
}

/* The same name, else a free way, else by turns (IMPLEMENTATION DEFINED). */
static unsigned victim(struct tlb *t, unsigned first, u64 in, u64 key)
{
	unsigned best = first + t->ways;

	for (unsigned i = first; i < first + t->ways; i++) {
		if (t->tag[i].in == in && t->tag[i].key == key)
			return i;
		if (!t->tag[i].key)
			best = i;
	}
	if (best < first + t->ways)
		return best;
	t->turn = t->turn + 1 < t->ways ? t->turn + 1 : 0;
	return first + t->turn;
}

struct tlb_entry *tlb_claim(struct tlb *t, u64 in, const struct tlb_name *n, unsigned log2, bool split)
{
	u64 key = n->key | (u64)log2 << KEY_LOG2;
	unsigned i = victim(t, tlb_set(t, in, log2, n->place) * t->ways, in, key);
	struct tlb_entry *e = &t->entry[i];

	if (t->tag[i].key)
		tlb_drop(t, i, t->tag[i].in == in && t->tag[i].key == key ? "replace" : "evict");
	e->host_list = -1;
	t->tag[i] = (struct tlb_tag){ .in = in, .key = key };
	enter_group(t, i, n->family, tlb_group(n->group, split));
	tlb_count_in(t, key);
	t->size_hint[tlb_key_regime(key)][tlb_key_class(key)] = (u8)log2;
	return e;
}
