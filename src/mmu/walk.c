/*
 * The walker. Arm ARM D8.2, D8.3; AArch64.FullTranslate, S1Translate, S1Walk, S2Translate, S2Walk.
 *
 * One loop (walk_tables) serves both stages: it is told where the tables are (struct tables) and reads descriptors
 * through fetch(), which for stage 1 under stage 2 is itself a stage-2 translation. Around it stand what the stages do
 * with a leaf: permissions, and Access flag and dirty state updates.
 *
 * Left out: 128-bit descriptors, permission indirection and overlays (Armv8.9), FEAT_HAFT, Realm and Root states.
 * Choices: the nT bit never faults; a Contiguous bit whose range is larger than the input size is ignored; an Access
 * flag is not set when the access faults; DC and IC raise Access flag faults as loads do.
 */
#include <string.h>

#include "mmu/tlb.h"
#include "mmu/walk.h"

/* ---- faults ---- */

bool walk_fail(struct context *c, enum fault_kind kind, s8 level, const char *why)
{
	struct fault *f = &c->w->fault;

	f->kind = kind;
	f->level = level;
	f->why = why;
	f->s2 = c->s2 != NULL;
	f->s1ptw = c->s2 && c->s2->nested;
	f->s2_walk = c->s2 && kind == FAULT_SYNC_EXTERNAL_WALK;
	if (c->s2) {
		f->ipa.v = c->s2->ipa;
		f->ipa_ns = c->s2->ipa_ns;
		f->ipa_valid = kind != FAULT_SYNC_EXTERNAL_WALK && kind != FAULT_ALIGNMENT;
	}
	return false;
}

bool walk_fail_checked(struct context *c)
{
	return walk_fail(c, c->w->fault.kind, c->w->fault.level, c->w->fault.why);
}

/* ---- descriptors ---- */

struct walk_step *walk_step_new(struct context *c)
{
	struct walk *w = c->w;

	if (!c->keeps_steps)
		return NULL;
	return &w->step[w->count < WALK_STEPS_MAX ? w->count++ : WALK_STEPS_MAX - 1];
}

bool walk_locate(struct context *c, u64 at, bool ns, bool write, pa_t *pa)
{
	struct s2_request q = { .ipa = at, .ipa_ns = ns, .nested = true, .write = write };
	struct s2_answer s2;

	*pa = (pa_t){ .v = at, .ns = ns };
	if (!has_stage2(c->r))
		return true;
	if (!s2_translate(c, &q, &s2))
		return false;
	*pa = s2.pa;
	return true;
}

static u64 swap(const struct tables *t, u64 v)
{
	return t->ee ? __builtin_bswap64(v) : v;
}

static __attribute__((noinline)) void step_keep(struct context *c, const struct tables *t, struct leaf *l, u64 input,
						unsigned top, unsigned lsb)
{
	struct walk_step *s = l->step = walk_step_new(c);

	*s = (struct walk_step){ .stage = t->stage,
				 .level = l->level,
				 .kind = STEP_ABORT,
				 .nested = c->s2 && c->s2->nested,
				 .input = input,
				 .at_ipa = l->at_ipa,
				 .at = l->at.v,
				 .index_hi = (u8)(top - 1),
				 .index_lo = (u8)lsb };
}

static void step_end(const struct leaf *l, enum step_kind kind, u64 output)
{
	struct walk_step *s = l->step;

	if (likely(!s))
		return;
	s->desc = l->desc;
	s->kind = (u8)kind;
	s->output = output;
}

/* The short way to where stage 2 puts a descriptor: it answered for this page before, and no step is to be kept. */
static bool locate_recent(struct context *c, u64 ipa, bool ipa_ns, pa_t *pa)
{
	const struct tlb_entry *e;

	if (!c->tlb || c->keeps_steps)
		return false;
	e = tlb_find_s2(c->tlb, c->r, ipa, ipa_ns, true, !c->a->no_update);
	if (!e || !e->perms.s2.r || (c->r->s2.ptw && s2_attr_is_device(c->r, e->s2_attr)))
		return false;
	*pa = (pa_t){ .v = e->out | (ipa & ones(e->log2)), .ns = e->out_ns };
	return true;
}

static bool read64(const struct mmu_memory *m, pa_t at, u64 *value)
{
	u64 offset = at.v - m->ram_base;

	if (likely(offset < m->ram_size && !(at.v & 7))) {
		memcpy(value, m->ram + offset, 8);
		return true;
	}
	return m->read64(m->ctx, at, value);
}

static bool descriptor_abort(struct context *c, const struct leaf *l, const char *why)
{
	c->w->fault.descriptor = l->at.v;
	return walk_fail(c, FAULT_SYNC_EXTERNAL_WALK, l->level, why);
}

/* Read the descriptor of l->level at `at`. */
static bool fetch(struct context *c, const struct tables *t, struct leaf *l, u64 at, u64 input, unsigned top,
		  unsigned lsb)
{
	u64 raw = 0;

	l->at = (pa_t){ .v = at, .ns = l->ns };
	l->at_ipa = at;
	l->at_ipa_ns = l->ns;
	if (t->stage == 1 && has_stage2(c->r) && !locate_recent(c, at, l->ns, &l->at) &&
	    !walk_locate(c, at, l->ns, false, &l->at))
		return false;
	if (unlikely(c->keeps_steps))
		step_keep(c, t, l, input, top, lsb);
	c->w->reads++;
	if (unlikely(!read64(c->m, l->at, &raw)))
		return descriptor_abort(c, l, "nothing answers at the descriptor's address");
	l->desc = swap(t, raw);
	return true;
}

/* AArch64.BlockDescSupported */
static bool block_allowed(const struct tables *t, int level)
{
	static const s8 first_block[3] = { [GRANULE_4K] = 1, [GRANULE_16K] = 2, [GRANULE_64K] = 2 };
	bool one_more = t->granule == GRANULE_64K ? t->block_l1 : t->ds;

	return level >= first_block[t->granule] - one_more;
}

/* AArch64.DecodeDescriptorType */
static enum step_kind descriptor_kind(const struct tables *t, int level, u64 desc)
{
	if (!(desc & 1))
		return STEP_INVALID;
	if (desc & 2)
		return level == 3 ? STEP_PAGE : STEP_TABLE;
	if (level == 3)
		return STEP_RESERVED;
	return block_allowed(t, level) ? STEP_BLOCK : STEP_RESERVED;
}

/* An address in a descriptor, its low `lsb` bits clear. AArch64.NextTableBase, AArch64.LeafBase. */
static u64 descriptor_address(const struct tables *t, u64 desc, unsigned lsb)
{
	u64 v = desc & ones(48) & ~ones(lsb);

	if (t->lpa)
		v |= bits(desc, 15, 12) << 48;
	else if (t->ds)
		v |= bits(desc, 49, 48) << 48 | bits(desc, 9, 8) << 50;
	return v;
}

/* Hierarchical controls. AArch64.S1ApplyTablePerms. */
static void apply_table(const struct context *c, const struct s1_half *h, struct leaf *l)
{
	const struct regime *r = c->r;
	bool nv1 = r->id == REGIME_EL10 && r->s1.nv1;

	if (!l->ns && bit(l->desc, 63)) /* NSTable: from here on, no way back */
		l->ns = true;
	if (h->hpd)
		return;
	l->ap_table |= r->s1.has_el0 && !nv1 ? bits(l->desc, 62, 61) : bits(l->desc, 62, 62) << 1;
	if (nv1)
		l->xn_table |= bit(l->desc, 60) ? S1_PXN_TABLE : 0;
	else
		l->xn_table |= (bit(l->desc, 60) ? S1_UXN_TABLE : 0) | (bit(l->desc, 59) ? S1_PXN_TABLE : 0);
}

/* AArch64.ContiguousBit, StageOA */
static void leaf_size(const struct tables *t, const struct geometry *g, u64 input, struct leaf *l)
{
	unsigned more = l->level >= 0 && bit(l->desc, 52) ? g->contiguous[l->level] : 0;

	l->leaf_log2 = level_lsb(g, l->level);
	l->log2 = l->leaf_log2 + more <= t->ia_bits ? l->leaf_log2 + more : l->leaf_log2;
	l->out = (descriptor_address(t, l->desc, l->leaf_log2) & ~ones(l->log2)) | (input & ones(l->log2));
}

static bool not_a_leaf(struct context *c, enum step_kind kind, s8 level)
{
	return walk_fail(c, FAULT_TRANSLATION, level,
			 kind == STEP_INVALID ? "the descriptor is invalid (bit 0 is 0)"
					      : "a block descriptor is reserved at this level");
}

/* The end of a walk: a block or page, or none. */
static bool leaf_found(struct context *c, const struct tables *t, enum step_kind kind, u64 input, struct leaf *l)
{
	if (kind == STEP_INVALID || kind == STEP_RESERVED) {
		step_end(l, kind, 0);
		return not_a_leaf(c, kind, l->level);
	}
	leaf_size(t, &mmu_geometry[t->granule], input, l);
	step_end(l, kind, l->out);
	return true;
}

/* Where a walk is: the next table to look into, and the input bits [top - 1:lsb] that index it. */
struct place {
	u64 table;
	unsigned top, lsb;
};

static __attribute__((noinline)) void step_skipped(struct context *c, const struct tables *t, struct leaf *l, u64 input,
						   u64 table)
{
	const struct geometry *g = &mmu_geometry[t->granule];

	l->at = (pa_t){ .v = table, .ns = l->ns };
	l->at_ipa = table;
	step_keep(c, t, l, input, level_lsb(g, 2), g->shift);
	step_end(l, STEP_CACHED, table);
}

/* All of a walk when the walk cache has the last-level table: *e. Apart from the other, as most walks are just this. */
static __attribute__((noinline)) bool last_level(struct context *c, const struct tables *t, const struct tlb_table *e,
						 u64 input, struct leaf *l)
{
	const struct geometry *g = &mmu_geometry[t->granule];
	u64 offset = (input >> g->shift & ((1ull << g->stride) - 1)) << 3;

	l->level = 3;
	l->ns = e->ns;
	l->ap_table = e->ap_table;
	l->xn_table = e->xn_table;
	if (unlikely(c->keeps_steps))
		step_skipped(c, t, l, input, e->table);
	l->step = NULL;
	if (!fetch(c, t, l, e->table | offset, input, g->shift + g->stride, g->shift))
		return false;
	return leaf_found(c, t, descriptor_kind(t, 3, l->desc), input, l);
}

static void keep_table(struct context *c, const struct tables *t, u64 input, const struct leaf *l, u64 table)
{
	struct tlb_table found = { .in = input,
				   .root = t->base,
				   .table = table,
				   .ns = l->ns,
				   .ap_table = l->ap_table,
				   .xn_table = l->xn_table };

	tlb_keep_table(c->tlb, t, &found);
}

/* Follow a table descriptor. */
static bool descend(struct context *c, const struct tables *t, const struct s1_half *h, u64 input, struct leaf *l,
		    struct place *at)
{
	const struct geometry *g = &mmu_geometry[t->granule];

	at->table = descriptor_address(t, l->desc, g->shift);
	step_end(l, STEP_TABLE, at->table);
	if (too_wide(t, at->table))
		return walk_fail(c, FAULT_ADDRESS_SIZE, l->level, "the next table's address is beyond the output size");
	if (t->stage == 1 && l->desc >> 59)
		apply_table(c, h, l);
	l->level++;
	at->top = at->lsb;
	at->lsb -= g->stride;
	if (l->level == 3 && c->tlb && !c->a->no_update)
		keep_table(c, t, input, l, at->table);
	return true;
}

static __attribute__((noinline)) bool all_levels(struct context *c, const struct tables *t, const struct s1_half *h,
						 u64 input, struct leaf *l)
{
	const struct geometry *g = &mmu_geometry[t->granule];
	struct place at = { .table = t->base, .top = t->ia_bits, .lsb = level_lsb(g, t->level) };
	enum step_kind kind;

	l->ns = t->ns;
	l->level = t->level;
	l->ap_table = l->xn_table = 0;
	l->step = NULL;
	for (;;) {
		u64 offset = (input & ((1ull << at.top) - 1)) >> at.lsb << 3;

		if (!fetch(c, t, l, at.table | offset, input, at.top, at.lsb))
			return false;
		kind = descriptor_kind(t, l->level, l->desc);
		if (kind != STEP_TABLE)
			return leaf_found(c, t, kind, input, l);
		if (!descend(c, t, h, input, l, &at))
			return false;
	}
}

bool walk_tables(struct context *c, const struct tables *t, const struct s1_half *h, u64 input, struct leaf *l)
{
	const struct tlb_table *e = c->tlb && t->level < 3 ? tlb_find_table(c->tlb, t, input) : NULL;

	if (unlikely(too_wide(t, t->base)))
		return walk_fail(c, FAULT_ADDRESS_SIZE, 0, "the table base in TTBR is beyond the output size");
	return likely(e) ? last_level(c, t, e, input, l) : all_levels(c, t, h, input, l);
}

bool walk_leaf_refused(struct context *c, const struct tables *t, const struct leaf *l)
{
	if (too_wide(t, l->out))
		return walk_fail(c, FAULT_ADDRESS_SIZE, l->level, "the output address is beyond the output size");
	return walk_fail(c, FAULT_ACCESS_FLAG, l->level, "AF=0 and hardware does not set it (HA=0)");
}

bool walk_leaf_update(struct context *c, const struct tables *t, struct leaf *l, u64 wish, bool *again)
{
	u64 seen = 0, expect = swap(t, l->desc);

	*again = false;
	c->w->reads++;
	if (!c->m->cas64(c->m->ctx, l->at, expect, swap(t, wish), &seen))
		return descriptor_abort(c, l, "the descriptor could not be written back");
	if (seen != expect) {
		*again = true;
		return true;
	}
	if (l->step)
		l->step->updated = true;
	return true;
}

bool walk_unsettled(struct context *c, const struct leaf *l)
{
	return walk_fail(c, FAULT_SYNC_EXTERNAL_WALK, l->level, "the descriptor keeps changing during its update");
}

/* ---- both stages ---- */

/* Everything but the steps and what goes with them: clearing those would cost more than a walk. */
static void walk_clear(struct walk *w, const struct regime *r, const struct mmu_access *a)
{
	w->count = w->reads = 0;
	w->fault =
		(struct fault){ .va = a->va, .write = a->kind == ACCESS_CACHE || (makes_dirty(a) && !a->also_write) };
	w->s1_used = w->s2_used = w->ng = w->ipa_ns = false;
	w->va = strip_tag(r, a->va, a->kind == ACCESS_FETCH);
	w->ipa = (ipa_t){ 0 };
	w->pa = (pa_t){ 0 };
	w->attrs = w->s1_attrs = w->s2_attrs = (struct mem_attrs){ 0 };
	w->perms = (struct perms){ 0 };
	w->s2_attr = 0;
	w->s1_level = w->s2_level = 0;
	w->s1_log2 = w->s2_log2 = w->s1_leaf_log2 = w->s2_leaf_log2 = 64;
}

bool walk_both(struct context *c)
{
	const struct regime *r = c->r;
	struct walk *w = c->w;

	walk_clear(w, r, c->a);
	if (unlikely(c->keeps_steps))
		w->access = *c->a;
	if (!s1_translate(c))
		return false;
	w->pa = (pa_t){ .v = w->ipa.v, .ns = w->ipa_ns };
	w->perms.s2 = s2_perms_flat;
	if (has_stage2(r) && !c->a->s1_only && !s2_of_output(c)) {
		if (c->tlb && !c->a->no_update)
			s1_keep_result(c);
		return false;
	}
	attrs_final(r, w, c->a->kind == ACCESS_FETCH, &w->attrs);
	return true;
}

bool mmu_walk(const struct regime *r, const struct mmu_access *a, const struct mmu_memory *m, struct walk *w)
{
	struct regime copy;
	struct context c = { .r = prepared_regime(r, &copy), .a = a, .m = m, .keeps_steps = true, .w = w };

	return walk_both(&c);
}
