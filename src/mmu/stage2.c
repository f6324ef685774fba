/*
 * Stage 2: a leaf's rights and attributes, Access flag and dirty state, and its translations in the TLB. Arm ARM D8.3,
 * D8.4.2; AArch64.S2Translate, AArch64.S2Walk, AArch64.S2NextWalkStateLeaf.
 */
#include "mmu/tlb.h"
#include "mmu/walk.h"

/* AArch64.SS2OutputPASpace */
static bool s2_output_ns(const struct regime *r, bool ipa_ns)
{
	if (!r->secure)
		return true;
	return r->sw || r->sa || (ipa_ns && (r->nsw || r->nsa));
}

/* AArch64.S2CheckPermissions for AccessType_TTW: stage 1's own reads and updates. */
static bool s2_check_nested(struct context *c, const struct s2_request *q, const struct s2_answer *out)
{
	if (c->r->s2.ptw && s2_attr_is_device(c->r, out->attr))
		return walk_fail(c, FAULT_PERMISSION, out->perms.level,
				 "HCR_EL2.PTW=1 forbids stage-1 tables in memory that stage 2 makes Device");
	if (c->a->any_rights)
		return true;
	if (!out->perms.r)
		return walk_fail(c, FAULT_PERMISSION, out->perms.level,
				 "S2AP[0]=0 forbids reading the stage-1 descriptor");
	if (q->write && !out->perms.w) {
		c->w->fault.walk_write = true;
		return walk_fail(c, FAULT_PERMISSION, out->perms.level,
				 "S2AP[1]=0 forbids updating the stage-1 descriptor");
	}
	return true;
}

static bool s2_check(struct context *c, const struct s2_request *q, struct s2_answer *out)
{
	if (q->nested)
		return s2_check_nested(c, q, out);
	s2_attrs_decode(c->r, &c->w->s1_attrs, out->attr, &c->w->s2_attrs);
	out->perms.device = c->w->s2_attrs.type != MEM_NORMAL;
	return s2_perms_allow(&out->perms, c->a, &c->w->fault) || walk_fail_checked(c);
}

/* AArch64.S2NextWalkStateLeaf */
static void s2_take_leaf(const struct context *c, const struct s2_request *q, const struct tables *t,
			 const struct leaf *l, struct s2_answer *out)
{
	const struct stage2 *s = &c->r->s2;
	u8 ap = bits(l->desc, 7, 6), xn = bits(l->desc, 54, 53);
	bool dbm = s->ha && s->hd && (l->desc & DESC_DBM);

	if (!c->r->xnx)
		xn &= 2;
	s2_perms_resolve(dbm ? ap | 2 : ap, xn, &out->perms);
	out->perms.dbm_clean = dbm && !(ap & 2);
	out->perms.level = l->level;
	out->pa = (pa_t){ .v = l->out, .ns = s2_output_ns(c->r, q->ipa_ns) };
	out->log2 = l->log2;
	out->leaf_log2 = l->leaf_log2;
	out->attr = bits(l->desc, 5, 2) | (t->ds ? s->sh : bits(l->desc, 9, 8)) << 4;
}

/* The descriptor as this access leaves it. */
static u64 s2_wish(const struct context *c, const struct s2_request *q, const struct s2_answer *out, u64 desc)
{
	bool write = q->nested ? q->write : makes_dirty(c->a);

	if (c->a->no_update)
		return desc;
	if (c->r->s2.ha)
		desc |= DESC_AF;
	if (out->perms.dbm_clean && write)
		desc |= DESC_AP2;
	return desc;
}

static bool s2_walk(struct context *c, const struct s2_request *q, struct s2_answer *out)
{
	const struct tables *t = &c->r->s2_tables[q->ipa_ns];
	unsigned first = c->w->count;
	struct leaf l;
	bool again;

	if (t->why)
		return walk_fail(c, FAULT_TRANSLATION, 0, t->why);
	if (q->ipa >> t->ia_bits)
		return walk_fail(c, FAULT_TRANSLATION, 0, "the IPA is beyond the input size (VTCR_EL2.T0SZ)");
	for (unsigned try = 0; try < UPDATE_TRIES; try++) {
		u64 wish;

		c->w->count = first;
		if (!walk_tables(c, t, NULL, q->ipa, &l) || !walk_leaf_check(c, t, c->r->s2.ha || c->r->s2.affd, &l))
			return false;
		s2_take_leaf(c, q, t, &l, out);
		if (!s2_check(c, q, out))
			return false;
		wish = s2_wish(c, q, out, l.desc);
		if (wish == l.desc)
			return true;
		if (!walk_leaf_update(c, t, &l, wish, &again))
			return false;
		if (!again) {
			out->perms.dbm_clean &= !(wish & DESC_AP2);
			return true;
		}
	}
	return walk_unsettled(c, &l);
}

/* ---- stage 2 through the TLB ---- */

static void step_cached(struct context *c, const struct s2_request *q, const struct s2_answer *out)
{
	struct walk_step *s = walk_step_new(c);

	if (!s)
		return;
	*s = (struct walk_step){ .stage = 2,
				 .level = out->perms.level,
				 .kind = STEP_CACHED,
				 .nested = q->nested,
				 .input = q->ipa,
				 .output = out->pa.v };
}

static bool s2_cached(struct context *c, const struct s2_request *q, struct s2_answer *out)
{
	bool write = q->nested ? q->write : makes_dirty(c->a);
	struct tlb_entry *e = tlb_find_s2(c->tlb, c->r, q->ipa, q->ipa_ns, q->nested, !c->a->no_update);

	if (!e || (write && e->perms.s2.dbm_clean))
		return false;
	out->pa = (pa_t){ .v = e->out | (q->ipa & ones(e->log2)), .ns = e->out_ns };
	out->log2 = e->log2;
	out->leaf_log2 = e->s1_log2;
	out->attr = e->s2_attr;
	out->perms = e->perms.s2;
	step_cached(c, q, out);
	return true;
}

static u16 s2_traits(const struct regime *r, const struct s2_request *q, const struct s2_answer *s)
{
	return ((union tlb_traits){ .kind = TLB_S2,
				    .regime = r->id,
				    .s1_granule = r->secure && q->ipa_ns ? r->s2.ns.granule : r->s2.granule,
				    .secure = r->secure,
				    .out_ns = s->pa.ns,
				    .in_ns = q->ipa_ns,
				    .s2_used = true })
		.word;
}

static void s2_remember(struct context *c, const struct s2_request *q, const struct s2_answer *s)
{
	const struct regime *r = c->r;
	u8 log2 = s->log2 < TLB_LOG2_MAX ? s->log2 : TLB_LOG2_MAX, leaf = s->leaf_log2 > log2 ? s->leaf_log2 : log2;
	u64 in = q->ipa & ~ones(log2);
	struct tlb_entry *e = tlb_claim_s2(c->tlb, in, &r->of_stage2[q->ipa_ns], log2, leaf > log2);

	e->in = in;
	e->out = s->pa.v & ~ones(log2);
	e->ipa = 0;
	e->asid = 0;
	e->vmid = r->s2.vmid;
	e->log2 = log2;
	e->s1_log2 = leaf;
	e->level = s->perms.level;
	e->s2_attr = s->attr;
	e->traits = s2_traits(r, q, s);
	e->attrs = (struct mem_attrs){ 0 };
	e->perms.s1 = s1_perms_flat;
	e->perms.s2 = s->perms;
	tlb_filled(c->tlb, e);
}

bool s2_translate(struct context *c, const struct s2_request *q, struct s2_answer *out)
{
	const struct s2_request *outer = c->s2;
	bool ok;

	c->s2 = q;
	if (c->tlb && !c->s2_is_new && s2_cached(c, q, out)) {
		ok = s2_check(c, q, out);
	} else {
		ok = s2_walk(c, q, out);
		if (ok && c->tlb && !c->a->no_update)
			s2_remember(c, q, out);
	}
	if (ok)
		c->s2 = outer;
	return ok;
}

bool s2_of_output(struct context *c)
{
	struct walk *w = c->w;
	struct s2_request q = { .ipa = w->ipa.v, .ipa_ns = w->ipa_ns };
	struct s2_answer s2;

	w->s2_used = true;
	if (!s2_translate(c, &q, &s2))
		return false;
	w->pa = s2.pa;
	w->s2_attr = s2.attr;
	w->s2_log2 = s2.log2;
	w->s2_leaf_log2 = s2.leaf_log2;
	w->s2_level = s2.perms.level;
	w->perms.s2 = s2.perms;
	return true;
}
