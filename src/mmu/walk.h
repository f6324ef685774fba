/* What the walker's files share: its state while a translation is on its way, and a leaf it found. */
#ifndef MMU_WALK_H
#define MMU_WALK_H

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
	struct tlb *tlb;  /* may be NULL */
	bool keeps_steps; /* somebody will look at them */
	bool s2_is_new;	  /* stage 2 faulted on the output before: its cache cannot have it */
	struct walk *w;
	const struct s2_request *s2; /* what stage 2 is doing, or NULL while stage 1 runs */
};

struct leaf {
	u64 desc;
	pa_t at; /* of the descriptor */
	u64 at_ipa;
	bool at_ipa_ns, ns; /* ns: the table that holds it is in the Non-secure space */
	s8 level;
	u8 log2, leaf_log2;	/* with and without the Contiguous bit */
	u64 out;		/* output address of the input */
	u8 ap_table, xn_table;	/* accumulated; stage 1 */
	struct walk_step *step; /* NULL: not kept */
};

/* What stage 2 answers. */
struct s2_answer {
	pa_t pa;
	u8 log2, leaf_log2, attr;
	struct s2_perms perms;
};

/* ---- walk.c ---- */
/* Both stages, into c->w: whether they ended well. The regime is prepared. */
bool walk_both(struct context *c);
/* Record the fault of this moment (stage, S1PTW and IPA follow from c->s2); returns false. */
bool walk_fail(struct context *c, enum fault_kind kind, s8 level, const char *why);
/* The same after a permission check filled kind, level and why. */
bool walk_fail_checked(struct context *c);
/* NULL: steps are not kept. */
struct walk_step *walk_step_new(struct context *c);
/* From the first table to the leaf. `h`: the half, for stage 1. */
bool walk_tables(struct context *c, const struct tables *t, const struct s1_half *h, u64 input, struct leaf *l);
static inline bool too_wide(const struct tables *t, u64 address)
{
	return address >> t->oa_bits;
}

/* What any leaf must pass before its permissions are looked at. */
bool walk_leaf_refused(struct context *c, const struct tables *t, const struct leaf *l);
static inline bool walk_leaf_check(struct context *c, const struct tables *t, bool ha, const struct leaf *l)
{
	if (likely(!too_wide(t, l->out) && ((l->desc & DESC_AF) || ha || c->a->any_rights)))
		return true;
	return walk_leaf_refused(c, t, l);
}
/* Write a leaf back. *again: it was not what was read, walk once more. AArch64.MemSwapTableDesc. */
bool walk_leaf_update(struct context *c, const struct tables *t, struct leaf *l, u64 wish, bool *again);
/* The end of a walk whose leaf was never what had been read. */
bool walk_unsettled(struct context *c, const struct leaf *l);
/* Where a stage-1 descriptor really is. */
bool walk_locate(struct context *c, u64 at, bool ns, bool write, pa_t *pa);

/* ---- stage1.c, stage2.c ---- */
bool s1_translate(struct context *c);
/* Stage 1 was done, and stage 2 was not: the same page will be asked for again. */
void s1_keep_result(struct context *c);
bool s2_translate(struct context *c, const struct s2_request *q, struct s2_answer *out);
/* Stage 2 for stage 1's output, into c->w. */
bool s2_of_output(struct context *c);

#endif
