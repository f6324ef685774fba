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

/* The name of a stage-2 entry, but for its size. */
static inline u64 tlb_key_s2(const struct regime *r, bool ipa_ns)
{
	return (u64)TLB_S2 << KEY_KIND | (u64)r->id << KEY_REGIME | (u64)r->secure << KEY_SECURE |
	       (u64)ipa_ns << KEY_IN_NS | 1ull << KEY_S2_USED | (u64)r->s2.vmid << KEY_VMID;
}

static inline u32 *tlb_recent_place(struct tlb *t, u64 key, u64 ipa)
{
	return &t->s2_recent[(ipa >> 12 ^ key >> KEY_VMID) % ARRAY_SIZE(t->s2_recent)];
}

/* The stage-2 entry that answered for this page before, if it is still there. Stage-1 tables lie in few pages: most
 * lookups on their behalf end here. */
static inline struct tlb_entry *tlb_recent_s2(struct tlb *t, u64 key, u64 ipa)
{
	u32 recent = *tlb_recent_place(t, key, ipa);
	const struct tlb_tag *tag;
	u64 size;

	if (!recent)
		return NULL;
	tag = &t->tag[recent - 1];
	size = tag->key >> KEY_LOG2 & 0xff;
	return (tag->key ^ size << KEY_LOG2) == key && tag->in == (ipa & ~ones((unsigned)size)) ? &t->entry[recent - 1]
												: NULL;
}

/* The last-level table of `input`'s range, if the walk cache has it; or NULL. */
const struct tlb_table *tlb_find_table(const struct tlb *t, const struct regime *r, const struct tables *of, u64 input);
/* Keep *found, all but its key filled. */
void tlb_keep_table(struct tlb *t, const struct regime *r, const struct tables *of, const struct tlb_table *found);
/* Empty the walk cache. */
void tlb_forget_tables(struct tlb *t);

/* The set of an address in a place. Neighbouring pages go to neighbouring sets; VMs and processes with equal layouts
 * are kept apart. */
unsigned tlb_set(const struct tlb *t, u64 in, unsigned log2, u64 key, unsigned place);

#endif
