/* Entries for a TLB without the walks that would fill it. */
#ifndef TLB_ADD_H
#define TLB_ADD_H

#include "mmu/tlb.h"

/* `key` has all of the name, the size included. */
static inline void tlb_add(struct tlb *t, struct tlb_entry e, u64 key)
{
	bool split = e.s1_log2 > e.log2;
	struct tlb_entry *to = e.kind == TLB_S2 ? tlb_claim_s2(t, e.in, key, split) : tlb_claim(t, e.in, key, split);

	e.host_list = to->host_list;
	e.next = to->next;
	e.prev = to->prev;
	*to = e;
	tlb_filled(t, to);
}

#endif
