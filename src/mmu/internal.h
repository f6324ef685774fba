/* What the files of this folder share; nobody else includes it. */
#ifndef MMU_INTERNAL_H
#define MMU_INTERNAL_H

#include "base/bits.h"
#include "mmu/mmu.h"

/* A granule: log2 of its bytes, input bits that one table resolves, log2 of the entries in a contiguous set by level,
 * and log2 of what a leaf maps by level, from -1. */
struct geometry {
	u8 shift, stride;
	u8 contiguous[4];
	u8 lsb[5];
} __attribute__((aligned(16))); /* quick to find */
extern const struct geometry mmu_geometry[3];

/* Input bits below those that index a table of this level: a leaf there maps 2^this bytes. */
static inline unsigned level_lsb(const struct geometry *g, int level)
{
	return g->lsb[level + 1];
}

static inline unsigned s1_half_number(const struct regime *r, u64 va)
{
	return r->s1.two_halves & bit(va, 55);
}

static inline const struct s1_half *s1_half_of(const struct regime *r, u64 va)
{
	return &r->s1.half[s1_half_number(r, va)];
}

static inline bool has_stage2(const struct regime *r)
{
	return r->id == REGIME_EL10 && r->s2.enabled;
}

/* The VA that is translated: without its tag byte when TBI (and, for fetches, not TBID) says so. AArch64.AddrTop. */
static inline u64 strip_tag(const struct regime *r, u64 va, bool fetch)
{
	const struct s1_half *h = s1_half_of(r, va);

	if (!h->tbi || (fetch && h->tbid))
		return va;
	return r->s1.two_halves && r->s1.enabled ? (u64)sext(va, 56) : va & ones(56);
}

static inline bool needs_write(const struct mmu_access *a)
{
	return a->kind == ACCESS_WRITE || a->kind == ACCESS_AT_WRITE || a->also_write;
}

/* Does this access set the dirty state? AT, DC and IC do not. */
static inline bool makes_dirty(const struct mmu_access *a)
{
	return a->kind == ACCESS_WRITE || (a->also_write && a->kind == ACCESS_READ);
}

/* The regime as mmu_prepare() makes it: itself, or *copy. */
static inline const struct regime *prepared_regime(const struct regime *r, struct regime *copy)
{
	if (likely(r->prepared))
		return r;
	*copy = *r;
	mmu_prepare(copy);
	return copy;
}

/* ---- attr.c ---- */
void s1_attrs_decode(u8 mair, u8 sh, struct mem_attrs *out);
void s1_attrs_disabled(const struct regime *r, bool fetch, struct mem_attrs *out);
/* Attributes that stage 2's MemAttr and SH (attr as in struct tlb_entry) give over stage 1's. */
void s2_attrs_decode(const struct regime *r, const struct mem_attrs *s1, u8 attr, struct mem_attrs *out);
bool s2_attr_is_device(const struct regime *r, u8 attr); /* for stage 1's own walks: over Normal memory */
/* What both stages come to, with the effect of SCTLR.{C,I} and HCR_EL2.{CD,ID}. */
void attrs_final(const struct regime *r, const struct walk *w, bool fetch, struct mem_attrs *out);

/* ---- perm.c ---- */
/* Stage 1's booleans from its fields (ap, ap_table, xn); out_ns: the leaf is in the Non-secure space. */
void s1_perms_resolve(const struct regime *r, bool out_ns, struct s1_perms *p);
void s2_perms_resolve(u8 ap, u8 xn, struct s2_perms *p);
extern const struct s1_perms s1_perms_flat;
extern const struct s2_perms s2_perms_flat;
bool s1_perms_allow(const struct s1_perms *p, const struct mmu_access *a, const struct regime *r, struct fault *f);
bool s2_perms_allow(const struct s2_perms *p, const struct mmu_access *a, struct fault *f);

/* ---- tlb.c ---- */
struct tlb_entry *tlb_find_s1(struct tlb *t, const struct regime *r, u64 va);
/* A place for an entry: that of one with the same name, which goes, else a free way, else they are taken by turns. The
 * caller fills all but the lists' fields, and then calls tlb_filled(). */
struct tlb_entry *tlb_claim(struct tlb *t, u64 in, const struct tlb_name *n, unsigned log2, bool split);
void tlb_drop(struct tlb *t, unsigned index, const char *why);
/* The same, where its list is known. */
void tlb_drop_from(struct tlb *t, unsigned index, unsigned family, unsigned group, const char *why);

/* ---- ipa_cache.c ---- */
/* nested: for a table of stage 1; learns: the next lookup of its kind tries this size first. */
struct tlb_entry *tlb_find_s2(struct tlb *t, const struct regime *r, u64 ipa, bool ipa_ns, bool nested, bool learns);
/* tlb_claim() for stage 2's: the one place there is, whatever was there. */
struct tlb_entry *tlb_claim_s2(struct tlb *t, u64 in, const struct tlb_name *n, unsigned log2, bool split);

#define TLB_LOG2_MAX 30 /* greater leaves are cached in pieces */

/* Entries that are looked for in the same way: where an ASID's own entries are, the ASID has a say. */
enum tlb_class { CLASS_GLOBAL, CLASS_ASID, CLASS_S2 };
static inline enum tlb_class tlb_class(unsigned kind, bool ng)
{
	return kind == TLB_S2 ? CLASS_S2 : ng ? CLASS_ASID : CLASS_GLOBAL;
}

static inline void tlb_touch(struct tlb *t, struct tlb_entry *e)
{
	t->size_hint[e->regime][tlb_class(e->kind, e->ng)] = e->log2;
}

#endif
