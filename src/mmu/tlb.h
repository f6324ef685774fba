/* What the files of the TLB share: how an entry's name is packed, and where entries are put. */
#ifndef MMU_TLB_H
#define MMU_TLB_H

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
	KEY_ASET = 33,
	KEY_ASID = 48,
};

/* A VM's pages are in so many places, by ASID; a global entry has no ASID in its key, and is found under every ASID. */
#define ASID_PLACES (TLB_GROUPS / 2)

static inline unsigned tlb_asid_place(u64 key)
{
	u64 asid = key >> KEY_ASID;

	return (asid ^ asid >> 6 ^ asid >> 12) % ASID_PLACES;
}

static inline unsigned tlb_family(u64 key)
{
	u64 vmid = key >> KEY_VMID & 0xffff;

	return (unsigned)(vmid ^ vmid >> 8 ^ (key >> KEY_REGIME & 7) * 293) % TLB_FAMILIES;
}

static inline unsigned tlb_group(unsigned place, bool split)
{
	return place + split * ASID_PLACES;
}

static inline bool tlb_has_s1_result(const struct tlb *t, const struct regime *r, u64 va)
{
	return t->s1_result.va == (va & ~ones(12)) && t->s1_result.key == r->of_asid.key;
}

/* What a name adds to the place of a page: of stage 1's, by VMID and ASID (its place, as above), and of stage 2's.
 * Neighbouring pages go to neighbouring sets; VMs and processes with equal layouts are kept apart. */
static inline u32 tlb_place(u64 key, unsigned asid_place)
{
	return (u32)((key >> KEY_VMID & 0xffff) * 9541 ^ asid_place * 1637);
}

static inline u32 tlb_place_s2(u64 key)
{
	return (u32)((key >> KEY_VMID & 0xffff) * 61);
}

static inline unsigned tlb_set(const struct tlb *t, u64 in, unsigned log2, u32 place)
{
	u64 page = in >> log2;

	return (unsigned)(page ^ page >> 9 ^ place) & (t->sets - 1u);
}

/* Entries of stage 2 have one place each, by size. */
static inline unsigned tlb_ipa_place(u64 in, unsigned log2, u32 place)
{
	u64 page = in >> log2;

	return TLB_ENTRIES_MAX + (unsigned)((page ^ page >> 10 ^ place ^ log2 * 27) % TLB_IPAS);
}

static inline struct tlb_entry *tlb_probe_ipa(struct tlb *t, u64 in, const struct tlb_name *n, unsigned log2)
{
	u64 key = n->key | (u64)log2 << KEY_LOG2;
	unsigned i = tlb_ipa_place(in, log2, n->place);

	return t->tag[i].in == (in & ~ones(log2)) && t->tag[i].key == key ? &t->entry[i] : NULL;
}

/* A scope as a pattern of keys: concerned are those that equal `value` in `mask` (or `global`, in that mask, too). */
struct pattern {
	u64 mask, value;
	u64 global_mask, global;
	bool by_address;
};

/* Whether a scope means an entry. */
bool tlb_concerns(const struct tlb *t, unsigned i, const struct pattern *p, const struct tlbi_scope *s);
/* The scope's part in stage 2: how many entries went. */
unsigned tlb_invalidate_ipas(struct tlb *t, const struct tlbi_scope *s, const struct pattern *p);
/* Invalidation by address beyond this many pages looks at everything: the shorter way. */
#define TLB_NARROW_PAGES 512
static inline bool tlb_is_narrow(const struct tlbi_scope *s)
{
	u64 last = s->end - 1; /* end 0: to the top */

	return last >= s->start && last - s->start < TLB_NARROW_PAGES << 12;
}

static inline bool tlb_is_split(const struct tlb_entry *e)
{
	return e->s1_log2 > e->log2;
}

static inline unsigned tlb_key_log2(u64 key)
{
	return key >> KEY_LOG2 & 0xff;
}

static inline unsigned tlb_key_regime(u64 key)
{
	return key >> KEY_REGIME & 3;
}

static inline enum tlb_class tlb_key_class(u64 key)
{
	return tlb_class(key & 3, bit(key, KEY_NG));
}

/* An entry of this name comes, or goes. */
static inline void tlb_count_in(struct tlb *t, u64 key)
{
	unsigned regime = tlb_key_regime(key), class = tlb_key_class(key), log2 = tlb_key_log2(key);

	if (!t->size_count[regime][class][log2]++)
		t->size_mask[regime][class] |= 1u << log2;
}

static inline void tlb_count_out(struct tlb *t, u64 key)
{
	unsigned regime = tlb_key_regime(key), class = tlb_key_class(key), log2 = tlb_key_log2(key);

	if (!--t->size_count[regime][class][log2])
		t->size_mask[regime][class] &= ~(1u << log2);
}

void tlb_emit(struct tlb *t, enum event_kind kind, const struct tlb_entry *e, const char *why);
static inline bool tlb_wants(const struct tlb *t, enum event_kind kind)
{
	return t->trace && trace_wants(t->trace, kind);
}

/* The end of what tlb_claim() began. */
static inline void tlb_filled(struct tlb *t, const struct tlb_entry *e)
{
	if (tlb_wants(t, EV_TLB_FILL))
		tlb_emit(t, EV_TLB_FILL, e, NULL);
}

/* ---- the walk cache ---- */

#define TABLE_KEY_AGE 48 /* the low bits: walk_cache.c */

static inline u64 tlb_table_key(const struct tlb *t, const struct tables *of)
{
	return of->key | (u64)t->tables_age << TABLE_KEY_AGE;
}

/* Input bits above those that a last-level table resolves. */
static inline u64 tlb_table_range(const struct tables *of, u64 input)
{
	return input >> level_lsb(&mmu_geometry[of->granule], 2);
}

static inline unsigned tlb_table_place(const struct tables *of, u64 range)
{
	return (unsigned)(range ^ range >> 9 ^ of->place) % TLB_TABLES;
}

/* The last-level table of `input`'s range, if the walk cache has it; or NULL. */
static inline const struct tlb_table *tlb_find_table(const struct tlb *t, const struct tables *of, u64 input)
{
	u64 range = tlb_table_range(of, input);
	const struct tlb_table *e = &t->table[of->stage - 1][tlb_table_place(of, range)];

	return e->in == range && e->key == tlb_table_key(t, of) && e->root == of->base ? e : NULL;
}

/* Keep *found, all but its key filled. */
void tlb_keep_table(struct tlb *t, const struct tables *of, const struct tlb_table *found);
/* Fill t->key and t->place. */
void tlb_name_tables(const struct regime *r, struct tables *t);
/* Fill the names of entries. */
void tlb_name_entries(struct regime *r);
/* Empty the walk cache. */
void tlb_forget_tables(struct tlb *t);

#endif
