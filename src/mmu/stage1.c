/*
 * Stage 1: what admits a VA, the leaf's rights and attributes, Access flag and dirty state; and stage 1 off. Arm ARM
 * D8.2, D8.4.1; AArch64.S1Translate, AArch64.S1Walk, AArch64.S1DisabledOutput, AArch64.S1NextWalkStateLeaf.
 */
#include "mmu/tlb.h"
#include "mmu/walk.h"

/* AArch64.S1DisabledOutput */
static bool s1_flat(struct context *c)
{
	const struct regime *r = c->r;
	struct walk *w = c->w;

	if (w->va >> r->pa_bits)
		return walk_fail(c, FAULT_ADDRESS_SIZE, 0,
				 "stage 1 is off and the address is beyond the physical size");
	w->ipa.v = w->va;
	w->ipa_ns = !r->secure;
	w->ng = false;
	s1_attrs_disabled(r, c->a->kind == ACCESS_FETCH, &w->s1_attrs);
	w->perms.s1 = s1_perms_flat;
	w->perms.s1.device = !r->s2.dc || r->id != REGIME_EL10;
	return (c->a->kind == ACCESS_FETCH || !c->a->unaligned || !w->perms.s1.device) ||
	       walk_fail(c, FAULT_ALIGNMENT, 0, "unaligned access to Device memory: stage 1 is off");
}

/* AArch64.VAIsOutOfRange */
static bool va_in_range(const struct regime *r, u64 va, unsigned ia_bits)
{
	if (r->s1.two_halves && bit(va, 55))
		return (s64)va >> ia_bits == -1;
	return va >> ia_bits == 0;
}

/* What stops a translation before any table is looked at, where something may. */
static __attribute__((noinline)) bool s1_question(struct context *c, const struct s1_half *h, const struct tables *t)
{
	if (t->why)
		return walk_fail(c, FAULT_TRANSLATION, 0, t->why);
	if (!va_in_range(c->r, c->w->va, t->ia_bits))
		return walk_fail(c, FAULT_TRANSLATION, 0, "the VA is beyond the input size (TCR.TnSZ)");
	if (!c->a->privileged && h->e0pd)
		return walk_fail(c, FAULT_TRANSLATION, 0, "TCR.E0PD forbids EL0 this half of the address space");
	if (c->r->s1.has_el0 && h->epd)
		return walk_fail(c, FAULT_TRANSLATION, 0, "TCR.EPD forbids table walks for this half");
	return true;
}

static bool s1_admit(struct context *c, const struct s1_half *h, const struct tables *t)
{
	return likely(!t->restricted && va_in_range(c->r, c->w->va, t->ia_bits)) || s1_question(c, h, t);
}

/* AArch64.S1ApplyOutputPerms */
static void s1_leaf_perms(const struct regime *r, const struct leaf *l, bool out_ns, struct s1_perms *p)
{
	bool nv1 = r->id == REGIME_EL10 && r->s1.nv1;
	bool dbm = r->s1.ha && r->s1.hd && (l->desc & DESC_DBM);
	u8 ap = bits(l->desc, 7, 6), xn;

	if (nv1)
		ap &= 2;
	else if (!r->s1.has_el0)
		ap |= 1;
	xn = nv1 ? bits(l->desc, 54, 54) << 1 : bits(l->desc, 54, 54) | bits(l->desc, 53, 53) << 1; /* UXN, PXN */
	*p = (struct s1_perms){ .level = l->level,
				.xn = xn | l->xn_table,
				.ap = dbm ? ap & 1 : ap,
				.ap_table = l->ap_table,
				.dbm_clean = dbm && (ap & 2),
				.guarded = bit(l->desc, 50) };
	s1_perms_resolve(r, out_ns, p);
}

/* AArch64.S1NextWalkStateLeaf */
static void s1_take_leaf(struct context *c, const struct s1_half *h, const struct tables *t, const struct leaf *l)
{
	const struct regime *r = c->r;
	struct walk *w = c->w;
	u8 index = bits(l->desc, 4, 2);

	w->ipa.v = l->out;
	w->ipa_ns = l->ns || bit(l->desc, 5);
	w->ng = r->s1.has_el0 && (bit(l->desc, 11) || (r->secure && l->ns));
	w->s1_level = l->level;
	w->s1_log2 = l->log2;
	w->s1_leaf_log2 = l->leaf_log2;
	s1_attrs_decode(r->s1.mair >> 8 * index, t->ds ? h->sh : bits(l->desc, 9, 8), &w->s1_attrs);
	s1_leaf_perms(r, l, w->ipa_ns, &w->perms.s1);
	w->perms.s1.device = w->s1_attrs.type != MEM_NORMAL;
}

/* The descriptor as this access leaves it. */
static u64 s1_wish(const struct context *c, u64 desc)
{
	if (c->a->no_update)
		return desc;
	if (c->r->s1.ha)
		desc |= DESC_AF;
	if (c->w->perms.s1.dbm_clean && makes_dirty(c->a))
		desc &= ~DESC_AP2;
	return desc;
}

/* Find the descriptor again, for writing, and swap it. */
static bool s1_update(struct context *c, const struct tables *t, struct leaf *l, u64 wish, bool *again)
{
	return walk_locate(c, l->at_ipa, l->at_ipa_ns, true, &l->at) && walk_leaf_update(c, t, l, wish, again);
}

/* ---- what stage 1 came to before ---- */

void s1_keep_result(struct context *c)
{
	const struct walk *w = c->w;

	if (!c->r->s1.enabled)
		return;
	c->tlb->s1_result = (struct tlb_s1_result){ .key = c->r->of_asid.key,
						    .va = w->va & ~ones(12),
						    .ipa = w->ipa.v & ~ones(12),
						    .ipa_ns = w->ipa_ns,
						    .ng = w->ng,
						    .level = w->s1_level,
						    .log2 = w->s1_log2,
						    .leaf_log2 = w->s1_leaf_log2,
						    .attrs = w->s1_attrs,
						    .perms = w->perms.s1 };
}

static void step_recalled(struct context *c)
{
	struct walk_step *s = walk_step_new(c);

	if (s)
		*s = (struct walk_step){ .stage = 1,
					 .level = c->w->s1_level,
					 .kind = STEP_CACHED,
					 .input = c->w->va,
					 .output = c->w->ipa.v };
}

/* False: not this page, or it needs more than was found then. */
static bool recall_result(struct context *c)
{
	struct tlb_s1_result *s = &c->tlb->s1_result;
	struct walk *w = c->w;
	struct fault refused;

	if (!tlb_has_s1_result(c->tlb, c->r, w->va))
		return false;
	refused = w->fault;
	if ((s->perms.dbm_clean && makes_dirty(c->a)) || !s1_perms_allow(&s->perms, c->a, c->r, &refused))
		return false;
	w->ipa.v = s->ipa | (w->va & ones(12));
	w->ipa_ns = s->ipa_ns;
	w->ng = s->ng;
	w->s1_level = s->level;
	w->s1_log2 = s->log2;
	w->s1_leaf_log2 = s->leaf_log2;
	w->s1_attrs = s->attrs;
	w->perms.s1 = s->perms;
	step_recalled(c);
	if (!c->a->no_update) {
		c->s2_is_new = true;
		s->key = 0;
	}
	return true;
}

bool s1_translate(struct context *c)
{
	unsigned half = s1_half_number(c->r, c->w->va);
	const struct s1_half *h = &c->r->s1.half[half];
	const struct tables *t = &c->r->s1_tables[half];
	struct walk *w = c->w;
	struct leaf l;
	bool again;

	if (!c->r->s1.enabled)
		return s1_flat(c);
	w->s1_used = true;
	if (!s1_admit(c, h, t))
		return false;
	if (c->tlb && recall_result(c))
		return true;
	for (unsigned try = 0; try < UPDATE_TRIES; try++) {
		u64 wish;

		w->count = 0;
		if (!walk_tables(c, t, h, w->va, &l) || !walk_leaf_check(c, t, c->r->s1.ha || c->r->s1.affd, &l))
			return false;
		s1_take_leaf(c, h, t, &l);
		if (!s1_perms_allow(&w->perms.s1, c->a, c->r, &w->fault))
			return walk_fail_checked(c);
		wish = s1_wish(c, l.desc);
		if (wish == l.desc)
			return true;
		if (!s1_update(c, t, &l, wish, &again))
			return false;
		if (!again) {
			w->perms.s1.dbm_clean &= (wish & DESC_AP2) != 0;
			return true;
		}
	}
	return walk_unsettled(c, &l);
}
