/* The walk cache. Arm ARM D8.13.4: table descriptors may be cached, and go with any TLBI that is not for the last
 * level. */
#include <string.h>

#include "mmu/tlb.h"

/* Beside those of tlb.h, in a word of its own. */
enum { KEY_USED = 0, KEY_GRANULE = 6, KEY_IA_BITS = 8 };

void tlb_name_tables(const struct regime *r, struct tables *t)
{
	u64 ids;

	t->key = 1ull << KEY_USED | (u64)r->id << KEY_REGIME | (u64)r->secure << KEY_SECURE | (u64)t->ns << KEY_IN_NS |
		 (u64)t->granule << KEY_GRANULE | (u64)t->ia_bits << KEY_IA_BITS;
	if (r->id == REGIME_EL10)
		t->key |= (u64)r->vmid << KEY_VMID;
	if (t->stage == 1 && r->s1.has_el0)
		t->key |= (u64)r->s1.asid << 32;
	ids = t->key >> KEY_VMID & 0xffffffff;
	t->place = (u32)(ids * 61 ^ (ids >> 16) * 29);
}

void tlb_keep_table(struct tlb *t, const struct tables *of, const struct tlb_table *found)
{
	u64 in = tlb_table_range(of, found->in);
	struct tlb_table *e = &t->table[of->stage - 1][tlb_table_place(of, in)];

	*e = *found;
	e->in = in;
	e->key = tlb_table_key(t, of);
}

void tlb_forget_tables(struct tlb *t)
{
	if (!++t->tables_age)
		memset(t->table, 0, sizeof(t->table));
}
