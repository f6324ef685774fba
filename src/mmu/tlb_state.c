/*
 * The TLB's state, for copies of the machine: what lookups and replacements depend on. Of the entries only those in use
 * count; the groups' lists follow from them. The counts of hits are whoever measures'.
 */
#include <string.h>

#include "mmu/tlb.h"

#define PLACES (TLB_ENTRIES_MAX + TLB_IPAS)
#define WORDS (PLACES / 64)

static bool is_place(const struct tlb *t, unsigned i)
{
	return i < (unsigned)t->sets * t->ways || i >= TLB_ENTRIES_MAX;
}

static void find_used(const struct tlb *t, u64 used[WORDS])
{
	unsigned end = (unsigned)t->sets * t->ways;

	memset(used, 0, WORDS * sizeof(used[0]));
	for (unsigned i = 0; i < PLACES; i = i + 1 == end ? TLB_ENTRIES_MAX : i + 1)
		used[i / 64] |= (u64)(t->tag[i].key != 0) << i % 64;
}

static void forget_groups(struct tlb *t)
{
	for (unsigned f = 0; f < TLB_FAMILIES; f++)
		if (bit(t->family_used[f / 64], f % 64)) {
			memset(t->group_used[f], 0, sizeof(t->group_used[f]));
			memset(t->group[f], 0, sizeof(t->group[f]));
		}
	memset(t->family_used, 0, sizeof(t->family_used));
}

static bool is_used(const u64 used[WORDS], unsigned i)
{
	return i < PLACES && bit(used[i / 64], i % 64);
}

/* The first place from i on whose bit is `value`. */
static unsigned next_place(const u64 used[WORDS], unsigned i, bool value)
{
	while (i < PLACES) {
		u64 word = (value ? used[i / 64] : ~used[i / 64]) >> i % 64;

		if (word)
			return i + (unsigned)__builtin_ctzll(word);
		i = (i / 64 + 1) * 64;
	}
	return PLACES;
}

/* A list's first entry makes its group known. */
static void enter_first(struct tlb *t, unsigned i)
{
	unsigned family = tlb_family(t->tag[i].key);
	unsigned group = tlb_group(tlb_asid_place(t->tag[i].key), tlb_is_split(&t->entry[i]));

	t->group[family][group] = i + 1;
	t->group_used[family][group / 64] |= 1ull << group % 64;
	t->family_used[family / 64] |= 1ull << family % 64;
}

/* Places side by side, as many as pass through `entry`: a copy has no host pointers. */
#define SIDE_BY_SIDE 32u

static void visit_side_by_side(struct tlb *t, const struct state_visitor *v, const char *name, unsigned index,
			       unsigned first, unsigned count)
{
	struct tlb_entry entry[SIDE_BY_SIDE];

	state_range(v, name, index, &t->tag[first], count * sizeof(t->tag[0]));
	if (!v->restores) {
		memcpy(entry, &t->entry[first], count * sizeof(entry[0]));
		for (unsigned i = 0; i < count; i++)
			entry[i].host_list = -1;
	}
	state_copy(v, name, index, entry, &t->entry[first], count * sizeof(entry[0]));
	if (v->restores)
		memcpy(&t->entry[first], entry, count * sizeof(entry[0]));
}

static void visit_entries(struct tlb *t, const struct state_visitor *v, const char *name, unsigned index,
			  const u64 used[WORDS])
{
	for (unsigned first = 0, end; (first = next_place(used, first, true)) < PLACES; first = end) {
		end = next_place(used, first, false);
		end = end < first + SIDE_BY_SIDE ? end : first + SIDE_BY_SIDE;
		visit_side_by_side(t, v, name, index, first, end - first);
	}
}

static void take_entries(struct tlb *t, const u64 used[WORDS])
{
	for (unsigned i = 0; (i = next_place(used, i, true)) < PLACES; i++) {
		t->entry[i].host_list = -1;
		if (i < TLB_ENTRIES_MAX && !t->entry[i].prev)
			enter_first(t, i);
	}
}

void tlb_visit(struct tlb *t, const struct state_visitor *v, const char *name, unsigned index)
{
	u64 used[WORDS];

	STATE_MEMBER(v, name, index, t, turn);
	STATE_MEMBERS(v, name, index, t, size_mask, family_used);
	STATE_MEMBER(v, name, index, t, table);
	if (!v->restores)
		find_used(t, used);
	state_copy(v, name, index, used, t->group, sizeof(used)); /* of which the groups follow */
	if (v->restores) {
		forget_groups(t);
		memset(t->tag, 0, (unsigned)t->sets * t->ways * sizeof(t->tag[0]));
		memset(t->tag + TLB_ENTRIES_MAX, 0, TLB_IPAS * sizeof(t->tag[0]));
		for (unsigned i = 0; (i = next_place(used, i, true)) < PLACES; i++)
			used[i / 64] &= ~((u64)!is_place(t, i) << i % 64);
	}
	visit_entries(t, v, name, index, used);
	if (v->restores)
		take_entries(t, used);
}

static bool links_are_right(const struct tlb *t, unsigned i, const u64 used[WORDS])
{
	u32 next = t->entry[i].next, prev = t->entry[i].prev;

	if (i >= TLB_ENTRIES_MAX)
		return true;
	if (next && !(is_used(used, next - 1) && next <= TLB_ENTRIES_MAX && t->entry[next - 1].prev == i + 1))
		return false;
	return !prev || (is_used(used, prev - 1) && prev <= TLB_ENTRIES_MAX && t->entry[prev - 1].next == i + 1);
}

static bool bools_are_sound(const struct tlb *t)
{
	for (unsigned k = 0; k < ARRAY_SIZE(t->table); k++)
		for (unsigned i = 0; i < ARRAY_SIZE(t->table[k]); i++)
			if (!STATE_BOOLS(t->table[k][i].ns))
				return false;
	return STATE_BOOLS(t->s1_result.ipa_ns) && STATE_BOOLS(t->s1_result.ng);
}

static bool entry_is_sound(const struct tlb_entry *e)
{
	return e->log2 >= 12 && e->log2 <= TLB_LOG2_MAX && e->kind && STATE_BOOLS(e->perms.s2.r) &&
	       STATE_BOOLS(e->perms.s2.w) && STATE_BOOLS(e->perms.s2.device) && STATE_BOOLS(e->perms.s2.dbm_clean);
}

bool tlb_is_sound(const struct tlb *t)
{
	u64 used[WORDS];

	find_used(t, used);
	for (unsigned i = 0; (i = next_place(used, i, true)) < PLACES; i++)
		if (!entry_is_sound(&t->entry[i]) || !links_are_right(t, i, used))
			return false;
	return bools_are_sound(t) && (!t->ways || t->turn < t->ways);
}
