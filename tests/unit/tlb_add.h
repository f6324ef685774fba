/* Entries for a TLB without the walks that would fill it. */
#ifndef TLB_ADD_H
#define TLB_ADD_H

#include "mmu/tlb.h"

/* `key` has all of the name but the size. */
static inline void tlb_add(struct tlb *t, struct tlb_entry e, u64 key)
{
	bool is_s2 = e.kind == TLB_S2, split = e.s1_log2 > e.log2;
	unsigned place = tlb_asid_place(key);
	struct tlb_name n = { .key = key,
			      .place = is_s2 ? tlb_place_s2(key) : tlb_place(key, place),
			      .family = (u16)tlb_family(key),
			      .group = (u16)place };
	struct tlb_entry *to = (is_s2 ? tlb_claim_s2 : tlb_claim)(t, e.in, &n, e.log2, split);

	e.host_list = to->host_list;
	e.next = to->next;
	e.prev = to->prev;
	*to = e;
	tlb_filled(t, to);
}

#endif
