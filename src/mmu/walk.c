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
#include "mmu/internal.h"

/* Updates are retried when the descriptor changed under the walk; memory that never settles ends as an abort. */
#define UPDATE_TRIES 4

#define DESC_AF (1ull << 10)
#define DESC_AP2 (1ull << 7) /* stage 1 AP[2]: clean; stage 2 S2AP[1]: dirty */
#define DESC_DBM (1ull << 51)

/* What stage 2 is asked: by the access itself, or for a descriptor of stage 1. */
struct s2_request {
	u64 ipa;
	bool ipa_ns;
	bool nested, write;
};

struct context {
	const struct regime *r;
	const struct mmu_access *a;
	const struct mmu_memory *m;
	struct tlb *tlb; /* may be NULL */
	struct walk *w;
	const struct s2_request *s2; /* what stage 2 is doing, or NULL while stage 1 runs */
	s8 s2_state[2];		     /* by IPA space: 0 s2_why and s2_tables not yet filled, 1 filled */
	const char *s2_why[2];
	struct tables s2_tables[2];
};

struct leaf {
	u64 desc;
	pa_t at; /* of the descriptor */
	u64 at_ipa;
	bool at_ipa_ns, ns; /* ns: the table that holds it is in the Non-secure space */
	s8 level;
	u8 log2, leaf_log2;    /* with and without the Contiguous bit */
	u64 out;	       /* output address of the input */
	u8 ap_table, xn_table; /* accumulated; stage 1 */
	struct walk_step *step;
};

/* What stage 2 answers. */
struct s2_answer {
	pa_t pa;
	u8 log2, leaf_log2, attr;
	struct perms perms; /* stage-2 fields only */
};

/* ---- faults ---- */

static bool fail(struct context *c, enum fault_kind kind, s8 level, const char *why)
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

/* After a permission check filled kind, level and why. */
static bool fail_checked(struct context *c)
{
	return fail(c, c->w->fault.kind, c->w->fault.level, c->w->fault.why);
}

/* ---- descriptors ---- */

static bool s2_translate(struct context *c, const struct s2_request *q, struct s2_answer *out);

static struct walk_step *step_new(struct context *c)
{
	struct walk *w = c->w;

	return &w->step[w->count < WALK_STEPS_MAX ? w->count++ : WALK_STEPS_MAX - 1];
}

/* Where a stage-1 descriptor really is. */
static bool s1_locate(struct context *c, u64 at, bool ns, bool write, pa_t *pa)
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

static bool fetch(struct context *c, const struct tables *t, struct leaf *l, u64 at, bool ns, u64 input)
{
	struct walk_step *s;
	u64 raw = 0;

	l->at = (pa_t){ .v = at, .ns = ns };
	l->at_ipa = at;
	l->at_ipa_ns = ns;
	if (t->stage == 1 && !s1_locate(c, at, ns, false, &l->at))
		return false;
	s = l->step = step_new(c);
	s->stage = t->stage;
	s->level = l->level;
	s->nested = c->s2 && c->s2->nested;
	s->updated = false;
	s->input = input;
	s->at_ipa = at;
	s->at = l->at.v;
	s->output = 0;
	s->desc = 0;
	s->kind = STEP_ABORT;
	c->w->reads++;
	if (!c->m->read64(c->m->ctx, l->at, &raw))
		return fail(c, FAULT_SYNC_EXTERNAL_WALK, l->level, "nothing answers at the descriptor's address");
	l->desc = s->desc = swap(t, raw);
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

static bool too_wide(const struct tables *t, u64 address)
{
	return address >> t->oa_bits;
}

/* From the first table to the leaf. `h`: the half, for stage 1. */
static bool walk_tables(struct context *c, const struct tables *t, const struct s1_half *h, u64 input, struct leaf *l)
{
	const struct geometry *g = &mmu_geometry[t->granule];
	unsigned top = t->ia_bits;
	u64 table = t->base;

	l->ns = t->ns;
	l->ap_table = l->xn_table = 0;
	if (too_wide(t, table))
		return fail(c, FAULT_ADDRESS_SIZE, 0, "the table base in TTBR is beyond the output size");
	for (l->level = t->level;; l->level++) {
		unsigned lsb = level_lsb(g, l->level);

		if (!fetch(c, t, l, table | bits(input, top - 1, lsb) << 3, l->ns, input))
			return false;
		l->step->index_hi = top - 1;
		l->step->index_lo = lsb;
		l->step->kind = descriptor_kind(t, l->level, l->desc);
		switch (l->step->kind) {
		case STEP_INVALID:
			return fail(c, FAULT_TRANSLATION, l->level, "the descriptor is invalid (bit 0 is 0)");
		case STEP_RESERVED:
			return fail(c, FAULT_TRANSLATION, l->level, "a block descriptor is reserved at this level");
		case STEP_TABLE: break;
		default:
			leaf_size(t, g, input, l);
			l->step->output = l->out;
			return true;
		}
		table = l->step->output = descriptor_address(t, l->desc, g->shift);
		if (too_wide(t, table))
			return fail(c, FAULT_ADDRESS_SIZE, l->level,
				    "the next table's address is beyond the output size");
		if (t->stage == 1)
			apply_table(c, h, l);
		top = lsb;
	}
}

/* What any leaf must pass before its permissions are looked at. */
static bool leaf_check(struct context *c, const struct tables *t, bool ha, const struct leaf *l)
{
	if (too_wide(t, l->out))
		return fail(c, FAULT_ADDRESS_SIZE, l->level, "the output address is beyond the output size");
	if (!(l->desc & DESC_AF) && !ha)
		return fail(c, FAULT_ACCESS_FLAG, l->level, "AF=0 and hardware does not set it (HA=0)");
	return true;
}

/* Write a leaf back. *again: it was not what was read, walk once more. AArch64.MemSwapTableDesc. */
static bool leaf_update(struct context *c, const struct tables *t, struct leaf *l, u64 wish, bool *again)
{
	u64 seen = 0, expect = swap(t, l->desc);

	*again = false;
	c->w->reads++;
	if (!c->m->cas64(c->m->ctx, l->at, expect, swap(t, wish), &seen))
		return fail(c, FAULT_SYNC_EXTERNAL_WALK, l->level, "the descriptor could not be written back");
	if (seen != expect) {
		*again = true;
		return true;
	}
	l->step->updated = true;
	return true;
}

static bool unsettled(struct context *c, const struct leaf *l)
{
	return fail(c, FAULT_SYNC_EXTERNAL_WALK, l->level, "the descriptor keeps changing during its update");
}

/* ---- stage 2 ---- */

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
		return fail(c, FAULT_PERMISSION, out->perms.s2_level,
			    "HCR_EL2.PTW=1 forbids stage-1 tables in memory that stage 2 makes Device");
	if (!out->perms.s2_r)
		return fail(c, FAULT_PERMISSION, out->perms.s2_level,
			    "S2AP[0]=0 forbids reading the stage-1 descriptor");
	if (q->write && !out->perms.s2_w)
		return fail(c, FAULT_PERMISSION, out->perms.s2_level,
			    "S2AP[1]=0 forbids updating the stage-1 descriptor");
	return true;
}

static bool s2_check(struct context *c, const struct s2_request *q, struct s2_answer *out)
{
	struct mem_attrs attrs;

	if (q->nested)
		return s2_check_nested(c, q, out);
	s2_attrs_decode(c->r, &c->w->s1_attrs, out->attr, &attrs);
	out->perms.s2_device = c->w->s1_attrs.type == MEM_NORMAL && attrs.type != MEM_NORMAL;
	return s2_perms_allow(&out->perms, c->a, &c->w->fault) || fail_checked(c);
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
	out->perms.s2_dbm_clean = dbm && !(ap & 2);
	out->perms.s2_level = l->level;
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
	if (out->perms.s2_dbm_clean && write)
		desc |= DESC_AP2;
	return desc;
}

static const struct tables *s2_tables_of(struct context *c, bool ipa_ns)
{
	if (!c->s2_state[ipa_ns]) {
		c->s2_why[ipa_ns] = s2_tables(c->r, ipa_ns, &c->s2_tables[ipa_ns]);
		c->s2_state[ipa_ns] = 1;
	}
	if (!c->s2_why[ipa_ns])
		return &c->s2_tables[ipa_ns];
	fail(c, FAULT_TRANSLATION, 0, c->s2_why[ipa_ns]);
	return NULL;
}

static bool s2_walk(struct context *c, const struct s2_request *q, struct s2_answer *out)
{
	const struct tables *t = s2_tables_of(c, q->ipa_ns);
	unsigned first = c->w->count;
	struct leaf l;
	bool again;

	if (!t)
		return false;
	if (q->ipa >> t->ia_bits)
		return fail(c, FAULT_TRANSLATION, 0, "the IPA is beyond the input size (VTCR_EL2.T0SZ)");
	for (unsigned try = 0; try < UPDATE_TRIES; try++) {
		u64 wish;

		c->w->count = first;
		if (!walk_tables(c, t, NULL, q->ipa, &l) || !leaf_check(c, t, c->r->s2.ha, &l))
			return false;
		s2_take_leaf(c, q, t, &l, out);
		if (!s2_check(c, q, out))
			return false;
		wish = s2_wish(c, q, out, l.desc);
		if (wish == l.desc)
			return true;
		if (!leaf_update(c, t, &l, wish, &again))
			return false;
		if (!again) {
			out->perms.s2_dbm_clean &= !(wish & DESC_AP2);
			return true;
		}
	}
	return unsettled(c, &l);
}

/* ---- stage 2 through the TLB ---- */

static void step_cached(struct context *c, const struct s2_request *q, const struct s2_answer *out)
{
	struct walk_step *s = step_new(c);

	*s = (struct walk_step){ .stage = 2,
				 .level = out->perms.s2_level,
				 .kind = STEP_CACHED,
				 .nested = q->nested,
				 .input = q->ipa,
				 .output = out->pa.v };
}

static bool s2_cached(struct context *c, const struct s2_request *q, struct s2_answer *out)
{
	bool write = q->nested ? q->write : makes_dirty(c->a);
	struct tlb_entry *e = tlb_find_s2(c->tlb, c->r, q->ipa, q->ipa_ns);

	if (!e || (write && e->perms.s2_dbm_clean))
		return false;
	if (!c->a->no_update)
		tlb_touch(c->tlb, e);
	out->pa = (pa_t){ .v = e->out | (q->ipa & ones(e->log2)), .ns = e->out_ns };
	out->log2 = e->log2;
	out->leaf_log2 = e->s1_log2;
	out->attr = e->s2_attr;
	out->perms = e->perms;
	step_cached(c, q, out);
	return true;
}

static void s2_remember(struct context *c, const struct s2_request *q, const struct s2_answer *s)
{
	const struct regime *r = c->r;
	u8 log2 = s->log2 < TLB_LOG2_MAX ? s->log2 : TLB_LOG2_MAX;
	struct tlb_entry e = {
		.in = q->ipa & ~ones(log2),
		.out = s->pa.v & ~ones(log2),
		.vmid = r->s2.vmid,
		.kind = TLB_S2,
		.regime = r->id,
		.log2 = log2,
		.s1_log2 = s->leaf_log2 > log2 ? s->leaf_log2 : log2,
		.level = s->perms.s2_level,
		.s1_granule = r->secure && q->ipa_ns ? r->s2.ns.granule : r->s2.granule,
		.secure = r->secure,
		.out_ns = s->pa.ns,
		.in_ns = q->ipa_ns,
		.s2_used = true,
		.s2_attr = s->attr,
		.perms = s->perms,
	};

	tlb_insert(c->tlb, &e);
}

static bool s2_translate(struct context *c, const struct s2_request *q, struct s2_answer *out)
{
	const struct s2_request *outer = c->s2;
	bool ok;

	c->s2 = q;
	if (c->tlb && s2_cached(c, q, out)) {
		ok = s2_check(c, q, out);
	} else {
		s1_perms_flat(&out->perms);
		ok = s2_walk(c, q, out);
		if (ok && c->tlb && !c->a->no_update)
			s2_remember(c, q, out);
	}
	if (ok)
		c->s2 = outer;
	return ok;
}

/* ---- stage 1 ---- */

/* AArch64.S1DisabledOutput */
static bool s1_flat(struct context *c)
{
	const struct regime *r = c->r;
	struct walk *w = c->w;

	if (w->va >> r->pa_bits)
		return fail(c, FAULT_ADDRESS_SIZE, 0, "stage 1 is off and the address is beyond the physical size");
	w->ipa.v = w->va;
	w->ipa_ns = !r->secure;
	w->ng = false;
	s1_attrs_disabled(r, c->a->kind == ACCESS_FETCH, &w->s1_attrs);
	s1_perms_flat(&w->perms);
	w->perms.s1_device = !r->s2.dc || r->id != REGIME_EL10;
	return (c->a->kind == ACCESS_FETCH || !c->a->unaligned || !w->perms.s1_device) ||
	       fail(c, FAULT_ALIGNMENT, 0, "unaligned access to Device memory: stage 1 is off");
}

/* AArch64.VAIsOutOfRange */
static bool va_in_range(const struct regime *r, u64 va, unsigned ia_bits)
{
	if (r->s1.two_halves && bit(va, 55))
		return (s64)va >> ia_bits == -1;
	return va >> ia_bits == 0;
}

/* What stops a translation before any table is looked at. */
static bool s1_admit(struct context *c, const struct s1_half *h, struct tables *t)
{
	const char *why = s1_tables(c->r, h, t);

	if (why)
		return fail(c, FAULT_TRANSLATION, 0, why);
	if (!va_in_range(c->r, c->w->va, t->ia_bits))
		return fail(c, FAULT_TRANSLATION, 0, "the VA is beyond the input size (TCR.TnSZ)");
	if (!c->a->privileged && h->e0pd)
		return fail(c, FAULT_TRANSLATION, 0, "TCR.E0PD forbids EL0 this half of the address space");
	if (c->r->s1.has_el0 && h->epd)
		return fail(c, FAULT_TRANSLATION, 0, "TCR.EPD forbids table walks for this half");
	return true;
}

/* AArch64.S1ApplyOutputPerms */
static void s1_leaf_perms(const struct regime *r, const struct leaf *l, bool out_ns, struct perms *p)
{
	bool nv1 = r->id == REGIME_EL10 && r->s1.nv1;
	bool dbm = r->s1.ha && r->s1.hd && (l->desc & DESC_DBM);
	u8 ap = bits(l->desc, 7, 6);

	if (nv1)
		ap &= 2;
	else if (!r->s1.has_el0)
		ap |= 1;
	p->s1_dbm_clean = dbm && (ap & 2);
	p->s1_ap = dbm ? ap & 1 : ap;
	p->s1_ap_table = l->ap_table;
	p->s1_xn = l->xn_table;
	if (nv1)
		p->s1_xn |= bit(l->desc, 54) ? S1_PXN : 0;
	else
		p->s1_xn |= (bit(l->desc, 54) ? S1_UXN : 0) | (bit(l->desc, 53) ? S1_PXN : 0);
	p->s1_level = l->level;
	p->guarded = bit(l->desc, 50);
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
	s1_leaf_perms(r, l, w->ipa_ns, &w->perms);
	w->perms.s1_device = w->s1_attrs.type != MEM_NORMAL;
}

/* The descriptor as this access leaves it. */
static u64 s1_wish(const struct context *c, u64 desc)
{
	if (c->a->no_update)
		return desc;
	if (c->r->s1.ha)
		desc |= DESC_AF;
	if (c->w->perms.s1_dbm_clean && makes_dirty(c->a))
		desc &= ~DESC_AP2;
	return desc;
}

/* Find the descriptor again, for writing, and swap it. */
static bool s1_update(struct context *c, const struct tables *t, struct leaf *l, u64 wish, bool *again)
{
	return s1_locate(c, l->at_ipa, l->at_ipa_ns, true, &l->at) && leaf_update(c, t, l, wish, again);
}

static bool s1_translate(struct context *c)
{
	const struct s1_half *h = s1_half_of(c->r, c->w->va);
	struct walk *w = c->w;
	struct tables t;
	struct leaf l;
	bool again;

	if (!c->r->s1.enabled)
		return s1_flat(c);
	w->s1_used = true;
	if (!s1_admit(c, h, &t))
		return false;
	for (unsigned try = 0; try < UPDATE_TRIES; try++) {
		u64 wish;

		w->count = 0;
		if (!walk_tables(c, &t, h, w->va, &l) || !leaf_check(c, &t, c->r->s1.ha, &l))
			return false;
		s1_take_leaf(c, h, &t, &l);
		if (!s1_perms_allow(&w->perms, c->a, c->r, &w->fault))
			return fail_checked(c);
		wish = s1_wish(c, l.desc);
		if (wish == l.desc)
			return true;
		if (!s1_update(c, &t, &l, wish, &again))
			return false;
		if (!again) {
			w->perms.s1_dbm_clean &= (wish & DESC_AP2) != 0;
			return true;
		}
	}
	return unsettled(c, &l);
}

/* ---- both ---- */

static bool s2_of_output(struct context *c)
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
	w->s2_level = s2.perms.s2_level;
	s2_perms_resolve(s2.perms.s2_ap, s2.perms.s2_xn, &w->perms);
	w->perms.s2_level = s2.perms.s2_level;
	w->perms.s2_device = s2.perms.s2_device;
	w->perms.s2_dbm_clean = s2.perms.s2_dbm_clean;
	return true;
}

/* Everything but the steps: clearing those would cost more than a walk. */
static void walk_clear(struct walk *w, const struct regime *r, const struct mmu_access *a)
{
	w->access = *a;
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

bool walk_through(struct tlb *tlb, const struct regime *r, const struct mmu_access *a, const struct mmu_memory *m,
		  struct walk *w)
{
	struct context c = { .r = r, .a = a, .m = m, .tlb = tlb, .w = w };

	walk_clear(w, r, a);
	if (!s1_translate(&c))
		return false;
	w->pa = (pa_t){ .v = w->ipa.v, .ns = w->ipa_ns };
	s2_perms_flat(&w->perms);
	if (has_stage2(r) && !a->s1_only && !s2_of_output(&c))
		return false;
	perms_combine(&w->perms);
	if (w->s2_used)
		s2_attrs_decode(r, &w->s1_attrs, w->s2_attr, &w->s2_attrs);
	attrs_final(r, w, a->kind == ACCESS_FETCH, &w->attrs);
	return true;
}

bool mmu_walk(const struct regime *r, const struct mmu_access *a, const struct mmu_memory *m, struct walk *w)
{
	return walk_through(NULL, r, a, m, w);
}
