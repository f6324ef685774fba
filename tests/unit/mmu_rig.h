/*
 * A translation regime over sparse memory, for the tests of the MMU: tables are built here by the test's own
 * arithmetic, never by the code under test.
 */
#ifndef MMU_RIG_H
#define MMU_RIG_H

#include <check.h>
#include <string.h>

#include "base/bits.h"
#include "mmu/mmu.h"

#define RIG_WORDS 4096
#define RIG_ABORTS 4

/* Stage-1 tables are at these IPAs; stage 2 maps them SHIFT higher, one 1 GiB or so region. */
#define TABLES_IPA 0x80000000ull
#define TABLES_SHIFT 0x1000000000ull
#define S2_TABLES_PA 0x2000000000ull

#define VALID 1ull
#define TABLE 3ull
#define PAGE 3ull
#define BLOCK 1ull
#define AF (1ull << 10)
#define DBM (1ull << 51)
#define CONTIG (1ull << 52)
#define NG (1ull << 11)
#define AP(n) ((u64)(n) << 6)
#define SH(n) ((u64)(n) << 8)
#define ATTR(n) ((u64)(n) << 2)
#define S2ATTR(n) ((u64)(n) << 2)
#define S2AP(n) ((u64)(n) << 6)
#define S2XN(n) ((u64)(n) << 53)
#define PXN (1ull << 53)
#define UXN (1ull << 54)

struct rig {
	struct regime r;
	struct mmu_memory m;
	struct {
		u64 at, value;
	} word[RIG_WORDS];
	unsigned words;
	u64 abort_at[RIG_ABORTS];
	unsigned aborts, reads, swaps;
	bool refuse_swaps;
	u64 next_s1, next_s2; /* next free table */
};

static inline u64 *rig_word(struct rig *g, u64 at)
{
	for (unsigned i = 0; i < g->words; i++)
		if (g->word[i].at == at)
			return &g->word[i].value;
	ck_assert_uint_lt(g->words, RIG_WORDS);
	g->word[g->words].at = at;
	g->word[g->words].value = 0;
	return &g->word[g->words++].value;
}

static inline bool rig_aborts(const struct rig *g, u64 at)
{
	for (unsigned i = 0; i < g->aborts; i++)
		if (g->abort_at[i] == at)
			return true;
	return false;
}

static inline bool rig_read(void *ctx, pa_t at, u64 *value)
{
	struct rig *g = ctx;

	g->reads++;
	if (rig_aborts(g, at.v))
		return false;
	*value = *rig_word(g, at.v);
	return true;
}

static inline bool rig_cas(void *ctx, pa_t at, u64 expect, u64 wish, u64 *seen)
{
	struct rig *g = ctx;
	u64 *p = rig_word(g, at.v);

	g->swaps++;
	if (g->refuse_swaps)
		return false;
	*seen = *p;
	if (*p == expect)
		*p = wish;
	return true;
}

static const unsigned rig_shift[3] = { 12, 14, 16 };

static unsigned rig_lsb(unsigned granule, int level)
{
	return rig_shift[granule] + (unsigned)(3 - level) * (rig_shift[granule] - 3);
}

/* An output address as a descriptor holds it: plain, LPA (64K) or LPA2 (ds). */
static inline u64 rig_address(unsigned granule, bool ds, u64 pa)
{
	u64 low = pa & ones(48), high = pa >> 48;

	if (granule == GRANULE_64K)
		return low | high << 12;
	return ds ? low | (high & 3) << 48 | (high >> 2) << 8 : low;
}

struct rig_map {
	u8 granule;
	bool ds;
	u8 ia_bits;
	int start, leaf_level;
	u64 root;  /* address of the first table */
	u64 shift; /* added to a table's address to reach memory */
	u64 *next;
	bool big_endian;
	u64 table_bits; /* extra bits in table descriptors */
};

static inline u64 rig_swap(const struct rig_map *m, u64 v)
{
	return m->big_endian ? __builtin_bswap64(v) : v;
}

/* Put `leaf` (complete) where the walk for `ia` ends, with tables as needed above. */
static inline void rig_put(struct rig *g, const struct rig_map *m, u64 ia, u64 leaf)
{
	u64 table = m->root;
	unsigned top = m->ia_bits;

	for (int level = m->start;; level++) {
		unsigned lsb = rig_lsb(m->granule, level);
		u64 index = (ia >> lsb) & ones(top - lsb);
		u64 *p = rig_word(g, table + index * 8 + m->shift), desc = rig_swap(m, *p);

		top = lsb;
		if (level == m->leaf_level) {
			*p = rig_swap(m, leaf);
			return;
		}
		if (!(desc & 1)) {
			desc = rig_address(m->granule, m->ds, *m->next) | TABLE | m->table_bits;
			*m->next += 1ull << rig_shift[m->granule];
			*p = rig_swap(m, desc);
		}
		table = desc & ones(48) & ~ones(rig_shift[m->granule]);
		if (m->granule == GRANULE_64K)
			table |= bits(desc, 15, 12) << 48;
		else if (m->ds)
			table |= bits(desc, 49, 48) << 48 | bits(desc, 9, 8) << 50;
	}
}

/* Everything implemented, both stages off, EL1&0, 4K, 48-bit. */
static inline void rig_init(struct rig *g)
{
	struct regime *r = &g->r;

	memset(g, 0, sizeof(*g));
	g->m = (struct mmu_memory){ .ctx = g, .read64 = rig_read, .cas64 = rig_cas };
	g->next_s1 = TABLES_IPA + 0x100000;
	g->next_s2 = S2_TABLES_PA + 0x100000;
	r->id = REGIME_EL10;
	r->pa_bits = 48;
	r->lva = r->lpa = r->ttst = r->xnx = r->bbm2 = r->hafdbs_af = r->hafdbs_dirty = r->pan3 = r->hpds = true;
	r->s1.two_halves = r->s1.has_el0 = r->s1.cacheable = r->s1.icacheable = true;
	r->s1.ips = 5;
	r->s1.mair = 0x00000000040044ffull; /* 0 WB, 1 NC, 2 nGnRnE, 3 nGnRE */
	for (unsigned i = 0; i < 2; i++)
		r->s1.half[i] = (struct s1_half){ .ttb = TABLES_IPA, .tsz = 16, .granule = GRANULE_4K, .sh = 3 };
	r->s2 = (struct stage2){ .ttb = S2_TABLES_PA, .tsz = 24, .sl0 = 1, .granule = GRANULE_4K, .ps = 5, .sh = 3 };
	r->s1.asid = 1;
}

static inline struct rig_map rig_s1(struct rig *g)
{
	return (struct rig_map){ .granule = GRANULE_4K,
				 .ia_bits = 48,
				 .start = 0,
				 .leaf_level = 3,
				 .root = TABLES_IPA,
				 .shift = g->r.s2.enabled ? TABLES_SHIFT : 0,
				 .next = &g->next_s1 };
}

static inline struct rig_map rig_s2(struct rig *g)
{
	return (struct rig_map){ .granule = GRANULE_4K,
				 .ia_bits = 40,
				 .start = 1,
				 .leaf_level = 3,
				 .root = S2_TABLES_PA,
				 .next = &g->next_s2 };
}

#define S2_RW (AF | S2ATTR(15) | S2AP(3) | SH(3))
#define S1_RW (AF | ATTR(0) | AP(1) | SH(3))

/* Stage 1 at 48 bits over stage 2 at 40 bits: VA -> IPA -> PA, one page each; the tables of stage 1 by 2 MiB block. */
static inline void rig_nested(struct rig *g, u64 va, u64 ipa, u64 pa)
{
	struct rig_map m;

	g->r.s1.enabled = g->r.s2.enabled = true;
	m = rig_s1(g);
	rig_put(g, &m, va, ipa | PAGE | S1_RW);
	m = rig_s2(g);
	rig_put(g, &m, ipa, pa | PAGE | S2_RW);
	m.leaf_level = 2;
	rig_put(g, &m, TABLES_IPA, (TABLES_IPA + TABLES_SHIFT) | BLOCK | S2_RW);
}

static inline struct mmu_access rig_access(u64 va, enum access_kind kind, bool privileged)
{
	return (struct mmu_access){ .va = va, .kind = kind, .privileged = privileged };
}

/* ---- one walk at a time ---- */

static struct rig rig;
static struct walk w;

#define VA 0x0000123456789000ull
#define IPA 0x140000000ull
#define PA 0x3500005000ull

static inline bool go(const struct mmu_access *a)
{
	memset(&w, 0xa5, sizeof(w)); /* what the walker does not write must not matter */
	rig.reads = 0;
	return mmu_walk(&rig.r, a, &rig.m, &w);
}

static inline bool go_read(u64 va)
{
	struct mmu_access a = rig_access(va, ACCESS_READ, true);

	return go(&a);
}

/* A step of the last walk: of stage 1; of stage 2 for the output; of stage 2 under a stage-1 table. */
enum where { S1, S2, S2N };

static inline u64 step_address(enum where where, s8 level)
{
	for (unsigned i = 0; i < w.count; i++) {
		const struct walk_step *s = &w.step[i];

		if (s->level == level && s->stage == (where == S1 ? 1 : 2) && s->nested == (where == S2N))
			return s->at;
	}
	ck_abort_msg("no such step");
	return 0;
}

#endif
