/* A TLB that is filled by walks: pages in contexts of every regime, some of which share what is global. */
#ifndef TLB_RIG_H
#define TLB_RIG_H

#include "mmu_rig.h"

static struct tlb tlb, filled;
static unsigned drops;

static inline void on_drop(void *ctx, struct tlb *t, unsigned index)
{
	ck_assert_uint_ne(t->entry[index].kind, TLB_FREE); /* told before it goes */
	drops++;
}

static inline void fresh(unsigned sets, unsigned ways)
{
	tlb_init(&tlb, sets, ways, NULL);
	tlb.dropped = on_drop;
	drops = 0;
}

static struct translation got;
static struct fault fault;

static inline bool touch(u64 va, enum access_kind kind, bool privileged)
{
	struct mmu_access a = rig_access(va, kind, privileged);

	return mmu_translate(&tlb, &rig.r, &a, &rig.m, &got, &fault);
}

static inline unsigned live(enum tlb_kind kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(tlb.entry); i++)
		n += tlb.entry[i].kind == kind;
	return n;
}

/* Pages that every context maps; the leaf is what TLBI by VA hits. */
static const struct page {
	u64 va, leaf;
	u8 leaf_log2, log2; /* of the leaf; of the entry */
	s8 level;
	bool ng;
} pages[] = {
	{ 0x400000, 0x400000, 12, 12, 3, true },
	{ 0x401000, 0x401000, 12, 12, 3, true },
	{ 0x402000, 0x402000, 12, 12, 3, false },
	{ 0x610000, 0x610000, 16, 16, 3, true },
	{ 0x800000, 0x800000, 21, 21, 2, false },
	{ 0xa03000, 0xa00000, 21, 21, 2, true },
	{ 0xffff000000400000, 0xffff000000400000, 12, 12, 3, true },
};
#define PAGES ARRAY_SIZE(pages)
#define UPPER (PAGES - 1)

static const struct context {
	u8 regime;
	bool secure, stage2;
	u16 vmid, asid;
} contexts[] = {
	{ REGIME_EL10, false, true, 1, 1 },  { REGIME_EL10, false, true, 1, 2 },  { REGIME_EL10, false, true, 2, 1 },
	{ REGIME_EL10, false, true, 2, 2 },  { REGIME_EL10, true, false, 1, 1 },  { REGIME_EL10, false, false, 0, 1 },
	{ REGIME_EL20, false, false, 0, 1 }, { REGIME_EL20, false, false, 0, 2 }, { REGIME_EL2, false, false, 0, 0 },
	{ REGIME_EL2, true, false, 0, 0 },   { REGIME_EL3, true, false, 0, 0 },
};

static inline bool has_el0(u8 regime)
{
	return regime == REGIME_EL10 || regime == REGIME_EL20;
}

static inline void enter(const struct context *c)
{
	rig.r.id = c->regime;
	rig.r.secure = c->secure;
	rig.r.vmid = rig.r.s2.vmid = c->vmid;
	rig.r.s1.asid = c->asid;
	rig.r.s2.enabled = c->stage2;
	rig.r.s1.two_halves = rig.r.s1.has_el0 = has_el0(c->regime);
	rig.r.s1.half[0].ttb = rig.r.s1.half[1].ttb = TABLES_IPA + (c->stage2 ? 0 : TABLES_SHIFT);
}

/* Stage 1 maps the pages onto IPAs by adding 1 GiB; stage 2 maps 1 GiB blocks one to one, and the tables as usual. */
static inline void build(void)
{
	struct rig_map m;

	rig_init(&rig);
	rig.r.s1.enabled = rig.r.s2.enabled = true;
	m = rig_s1(&rig);
	for (unsigned shift = 0; shift < 2; shift++) {
		if (shift) { /* the same tables once more, for regimes without stage 2 */
			m.root += TABLES_SHIFT;
			m.shift = 0;
			rig.next_s1 += TABLES_SHIFT;
		}
		for (unsigned i = 0; i < PAGES; i++) {
			const struct page *p = &pages[i];
			u64 size = p->leaf_log2 == 21 ? 21 : 12;

			m.leaf_level = p->level;
			for (u64 at = p->leaf; at < p->leaf + (1ull << p->leaf_log2); at += 1ull << size)
				rig_put(&rig, &m, at,
					((at & ones(30)) + 0x40000000) | (p->level == 3 ? PAGE : BLOCK) | S1_RW |
						(p->ng ? NG : 0) | (p->leaf_log2 == 16 ? CONTIG : 0));
		}
	}
	m = rig_s2(&rig);
	m.leaf_level = 1;
	rig_put(&rig, &m, 0x40000000, 0x40000000 | BLOCK | S2_RW);
	m.leaf_level = 2;
	rig_put(&rig, &m, TABLES_IPA, (TABLES_IPA + TABLES_SHIFT) | BLOCK | S2_RW);
}

static inline void fill_all(void)
{
	build();
	fresh(256, 16);
	for (unsigned i = 0; i < ARRAY_SIZE(contexts); i++) {
		enter(&contexts[i]);
		for (unsigned k = 0; k < PAGES; k++)
			if (k != UPPER || has_el0(contexts[i].regime))
				ck_assert_msg(touch(pages[k].va, ACCESS_READ, true), "%u %u: %s", i, k, fault.why);
	}
	ck_assert_uint_eq(drops, 0);
	filled = tlb;
}

/* ---- scopes ---- */

#define PAGE_AT(a) .start = (a), .end = (a) + 0x1000
#define NO_TTL .ttl_level = -1

#endif
