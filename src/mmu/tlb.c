/*
 * The TLB: set-associative, least recently used goes first. An entry is VA->PA of both stages together (or of stage 1
 * alone), or IPA->PA; which of them, and regime, security, VMID, ASID or global, size, make its name. Nothing here
 * looks at system registers' changes: entries live until they are invalidated or evicted. Arm ARM D8.13.
 *
 * Holds always: tag[i] describes entry[i], and so does its bit of used[]; no two entries have the same name;
 * split_count counts the entries that are smaller than their leaf.
 */
#include <string.h>

#include "mmu/internal.h"

/* The packed name, but for `in`. ASID and nG come last: a lookup takes its own ASID's entries, and global ones. */
enum {
	KEY_KIND = 0, /* 2 bits; TLB_FREE: the whole key is 0 */
	KEY_REGIME = 2,
	KEY_SECURE = 4,
	KEY_IN_NS = 5,
	KEY_S1_ON = 6,
	KEY_S2_USED = 7,
	KEY_LOG2 = 8,
	KEY_VMID = 16,
	KEY_NG = 32,
	KEY_ASID = 48,
};

void tlb_init(struct tlb *t, unsigned sets, unsigned ways, struct tracer *trace)
{
	unsigned old = (unsigned)t->sets * t->ways;

	memset(t, 0, offsetof(struct tlb, tag));
	memset(t->tag, 0, old * sizeof(t->tag[0]));
	memset(t->stamp, 0, old * sizeof(t->stamp[0]));
	memset(t->entry, 0, old * sizeof(t->entry[0]));
	t->sets = sets;
	t->ways = ways;
	t->trace = trace;
}

static u64 entry_key(const struct tlb_entry *e)
{
	return (u64)e->kind << KEY_KIND | (u64)e->regime << KEY_REGIME | (u64)e->secure << KEY_SECURE |
	       (u64)e->in_ns << KEY_IN_NS | (u64)e->s1_on << KEY_S1_ON | (u64)e->s2_used << KEY_S2_USED |
	       (u64)e->log2 << KEY_LOG2 | (u64)e->vmid << KEY_VMID |
	       (e->ng ? 1ull << KEY_NG | (u64)e->asid << KEY_ASID : 0);
}

static bool is_split(const struct tlb_entry *e)
{
	return e->s1_log2 > e->log2;
}

/* TLBI by VA for all ASIDs looks in so many places. */
#define ASID_PLACES 64

/* A global entry has no ASID in its key, and must be found under every ASID. */
static unsigned asid_place(u64 key)
{
	u64 asid = key >> KEY_ASID;

	return (asid ^ asid >> 6 ^ asid >> 12) % ASID_PLACES;
}

/* Neighbouring pages go to neighbouring sets; VMs and processes with equal layouts are kept apart. */
static unsigned set_in_place(const struct tlb *t, u64 in, unsigned log2, u64 key, unsigned place)
{
	u64 page = in >> log2;

	return (unsigned)(page ^ page >> 9 ^ (key >> KEY_VMID & 0xffff) * 9541 ^ place * 1637) & (t->sets - 1u);
}

static unsigned set_of(const struct tlb *t, u64 in, unsigned log2, u64 key)
{
	return set_in_place(t, in, log2, key, asid_place(key));
}

/* ---- lookup ---- */

static struct tlb_entry *probe(struct tlb *t, u64 in, u64 key, unsigned log2)
{
	u64 page = in & ~ones(log2);
	unsigned first = set_of(t, in, log2, key) * t->ways;

	key |= (u64)log2 << KEY_LOG2;
	for (unsigned i = first; i < first + t->ways; i++)
		if (t->tag[i].in == page && t->tag[i].key == key)
			return &t->entry[i];
	return NULL;
}

/* The likely size first, then every other that was ever filled. */
static struct tlb_entry *find(struct tlb *t, unsigned regime, enum tlb_class class, u64 in, u64 key)
{
	unsigned hint = t->size_hint[regime][class];
	u32 sizes = t->size_mask[regime][class];
	struct tlb_entry *e;

	if (sizes >> hint & 1) {
		e = probe(t, in, key, hint);
		if (likely(e))
			return e;
		sizes &= ~(1u << hint);
	}
	for (; sizes; sizes &= sizes - 1) {
		unsigned log2 = (unsigned)__builtin_ctz(sizes);

		e = probe(t, in, key, log2);
		if (e)
			return e;
	}
	return NULL;
}

struct tlb_entry *tlb_find_s1(struct tlb *t, const struct regime *r, u64 va)
{
	u64 key = (u64)TLB_S1 << KEY_KIND | (u64)r->id << KEY_REGIME | (u64)r->secure << KEY_SECURE |
		  (u64)r->s1.enabled << KEY_S1_ON | (u64)has_stage2(r) << KEY_S2_USED |
		  (r->id == REGIME_EL10 ? (u64)r->vmid << KEY_VMID : 0);
	struct tlb_entry *e = find(t, r->id, CLASS_ASID, va, key | 1ull << KEY_NG | (u64)r->s1.asid << KEY_ASID);

	return e ? e : find(t, r->id, CLASS_GLOBAL, va, key);
}

struct tlb_entry *tlb_find_s2(struct tlb *t, const struct regime *r, u64 ipa, bool ipa_ns)
{
	u64 key = (u64)TLB_S2 << KEY_KIND | (u64)r->id << KEY_REGIME | (u64)r->secure << KEY_SECURE |
		  (u64)ipa_ns << KEY_IN_NS | 1ull << KEY_S2_USED | (u64)r->s2.vmid << KEY_VMID;

	return find(t, r->id, CLASS_S2, ipa, key);
}

struct tlb_entry *tlb_lookup(struct tlb *t, const struct regime *r, u64 va)
{
	return tlb_find_s1(t, r, strip_tag(r, va, false));
}

/* ---- events ---- */

static void emit(struct tlb *t, enum event_kind kind, const struct tlb_entry *e, const char *why)
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

static bool wants(const struct tlb *t, enum event_kind kind)
{
	return t->trace && trace_wants(t->trace, kind);
}

/* ---- fill and drop ---- */

void tlb_drop(struct tlb *t, unsigned index, const char *why)
{
	struct tlb_entry *e = &t->entry[index];

	if (t->dropped)
		t->dropped(t->dropped_ctx, t, index);
	if (wants(t, EV_TLB_DROP))
		emit(t, EV_TLB_DROP, e, why);
	t->split_count -= is_split(e);
	e->kind = TLB_FREE;
	t->tag[index] = (struct tlb_tag){ 0 };
	t->used[index / 64] &= ~(1ull << index % 64);
	if (!t->used[index / 64])
		t->used_words[index / 4096] &= ~(1ull << index / 64 % 64);
}

/* The same name, else a free way, else the least recently used. */
static unsigned victim(const struct tlb *t, unsigned first, u64 in, u64 key)
{
	unsigned best = first;
	u32 oldest = 0;

	for (unsigned i = first; i < first + t->ways; i++)
		if (t->tag[i].in == in && t->tag[i].key == key)
			return i;
	for (unsigned i = first; i < first + t->ways; i++) {
		u32 age = t->clock - t->stamp[i];

		if (!t->tag[i].key)
			return i;
		if (age >= oldest) {
			oldest = age;
			best = i;
		}
	}
	return best;
}

struct tlb_entry *tlb_insert(struct tlb *t, const struct tlb_entry *e)
{
	u64 key = entry_key(e);
	unsigned i = victim(t, set_of(t, e->in, e->log2, key) * t->ways, e->in, key);
	struct tlb_entry *to = &t->entry[i];

	if (t->tag[i].key)
		tlb_drop(t, i, t->tag[i].in == e->in && t->tag[i].key == key ? "replace" : "evict");
	*to = *e;
	to->host_list = -1;
	t->tag[i] = (struct tlb_tag){ .in = e->in, .key = key };
	t->used[i / 64] |= 1ull << i % 64;
	t->used_words[i / 4096] |= 1ull << i / 64 % 64;
	t->size_mask[e->regime][tlb_class(e->kind, e->ng)] |= 1u << e->log2;
	t->split_count += is_split(e);
	tlb_touch(t, to);
	if (wants(t, EV_TLB_FILL))
		emit(t, EV_TLB_FILL, to, NULL);
	return to;
}

/* ---- invalidation ---- */

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

/* A scope as a pattern of keys: concerned are those that equal `value` in `mask` (or `global`, in that mask, too). */
struct pattern {
	u64 mask, value;
	u64 global_mask, global;
	bool by_address;
};

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
	p.global_mask = p.mask | 1ull << KEY_NG;
	p.global = s->op == TLBI_ASID ? ~0ull : p.value; /* ASID: no global entry is concerned */
	if (s->op == TLBI_VA || s->op == TLBI_ASID) {
		p.mask |= own;
		p.value |= 1ull << KEY_NG | (u64)s->asid << KEY_ASID;
	}
	return p;
}

static bool concerns(const struct tlb *t, unsigned i, const struct pattern *p, const struct tlbi_scope *s)
{
	u64 key = t->tag[i].key;

	if ((key & p->mask) != p->value && (key & p->global_mask) != p->global)
		return false;
	return !p->by_address || (hint_allows(&t->entry[i], s) && in_range(&t->entry[i], s));
}

/* The 64 entries of one word of used[]; what is left tells which sizes there are. */
static unsigned sweep_word(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p, unsigned word)
{
	unsigned dropped = 0;

	for (u64 left = t->used[word]; left; left &= left - 1) {
		unsigned i = word * 64 + (unsigned)__builtin_ctzll(left);
		u64 key = t->tag[i].key;

		if (concerns(t, i, p, s)) {
			tlb_drop(t, i, s->name);
			dropped++;
		} else {
			t->size_mask[key >> KEY_REGIME & 3][tlb_class(key & 3, key >> KEY_NG & 1)] |=
				1u << (key >> KEY_LOG2 & 31);
		}
	}
	return dropped;
}

/* All of it. */
static unsigned sweep(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p)
{
	unsigned dropped = 0, groups = ((unsigned)t->sets * t->ways + 4095) / 4096;

	memset(t->size_mask, 0, sizeof(t->size_mask));
	for (unsigned g = 0; g < groups; g++)
		for (u64 left = t->used_words[g]; left; left &= left - 1)
			dropped += sweep_word(t, s, p, g * 64 + (unsigned)__builtin_ctzll(left));
	return dropped;
}

/* One set for one size of entry. */
static unsigned sweep_set(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p, unsigned log2,
			  unsigned place)
{
	u64 key = s->regime == REGIME_EL10 ? (u64)s->vmid << KEY_VMID : 0;
	unsigned dropped = 0, first = set_in_place(t, s->start & ~ones(log2), log2, key, place) * t->ways;

	for (unsigned i = first; i < first + t->ways; i++)
		if (t->tag[i].key && concerns(t, i, p, s)) {
			tlb_drop(t, i, s->name);
			dropped++;
		}
	return dropped;
}

/* One place, or all where ASIDs' own entries may be. */
static unsigned sweep_class(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p, enum tlb_class class)
{
	bool all = s->op == TLBI_VAA && class == CLASS_ASID;
	unsigned place = class == CLASS_ASID && !all ? asid_place((u64)s->asid << KEY_ASID) : 0;
	unsigned end = all ? ASID_PLACES : place + 1, dropped = 0;

	for (u32 sizes = t->size_mask[s->regime][class]; sizes; sizes &= sizes - 1)
		for (unsigned i = place; i < end; i++)
			dropped += sweep_set(t, s, p, (unsigned)__builtin_ctz(sizes), i);
	return dropped;
}

/* A page or so of one VM can only be in a few sets; unless a leaf was cached in pieces. */
static bool is_narrow(const struct tlb *t, const struct tlbi_scope *s)
{
	return is_by_address(s) && !s->any_vmid && !t->split_count && s->end - s->start <= 1u << 12 &&
	       is_aligned(s->start, 1u << 12);
}

unsigned tlb_invalidate(struct tlb *t, const struct tlbi_scope *s)
{
	const struct pattern p = pattern_of(s);

	if (!is_narrow(t, s))
		return sweep(t, s, &p);
	if (s->op == TLBI_IPA)
		return sweep_class(t, s, &p, CLASS_S2);
	return sweep_class(t, s, &p, CLASS_ASID) + sweep_class(t, s, &p, CLASS_GLOBAL);
}
