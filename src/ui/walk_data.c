#include "ui/walk_data.h"

#include <string.h>

#include "base/bits.h"

typedef unsigned long long ull;

/* ---- the query ---- */

void walk_query_of_core(struct walk_query *q, const struct machine *m, unsigned core)
{
	struct hyp_core c;

	hyp_core_view(m, core, &c);
	*q = (struct walk_query){
		.address = c.pc, .core = (u8)core, .el = c.el, .kind = ACCESS_FETCH, .privileged = c.el != 0
	};
}

/* ---- the grid ---- */

static struct grid_row *grid_row(struct walk_grid *g, enum grid_kind kind, s8 level, u64 input)
{
	struct grid_row *row = &g->row[g->rows < GRID_ROWS_MAX ? g->rows++ : GRID_ROWS_MAX - 1];

	*row = (struct grid_row){ .kind = (u8)kind, .level = level, .input = input, .s1 = GRID_NONE };
	memset(row->s2, GRID_NONE, sizeof(row->s2));
	return row;
}

/* A stage-2 walk on behalf of stage 1 comes before the descriptor that it is for; after the leaf, it is for its update.
 */
static enum grid_kind grid_kind(const struct walk *w, unsigned i)
{
	if (!w->step[i].nested)
		return GRID_OUTPUT;
	for (unsigned n = 0; n < i; n++)
		if (w->step[n].stage == 1 && (w->step[n].kind == STEP_BLOCK || w->step[n].kind == STEP_PAGE))
			return GRID_UPDATE;
	return GRID_TABLE;
}

/* The stage-1 level that step i, of stage 2, is for: that of the next descriptor, or the one below the last. */
static s8 nested_level(const struct walk *w, const struct regime *r, unsigned i)
{
	for (unsigned n = i; n < w->count; n++)
		if (w->step[n].stage == 1)
			return w->step[n].level;
	for (unsigned n = i; n-- > 0;)
		if (w->step[n].stage == 1)
			return (s8)(w->step[n].level + (w->step[n].kind == STEP_TABLE));
	/* The first one was not found: its level follows from the input size. */
	return r->s1_tables[r->s1.two_halves && bit(w->va, 55)].level;
}

static void note_level(struct walk_grid *g, s8 level)
{
	if (!g->has_s2 || level < g->first_level)
		g->first_level = level;
	if (!g->has_s2 || level > g->last_level)
		g->last_level = level;
	g->has_s2 = true;
}

/* A table that the walk cache knew stands for the descriptors above it. */
static s8 level_of(const struct walk_step *s)
{
	return (s8)(s->level - (s->kind == STEP_CACHED && s->index_hi));
}

static void grid_build(struct walk_grid *g, const struct walk *w, const struct regime *r)
{
	struct grid_row *row = NULL;

	*g = (struct walk_grid){ 0 };
	for (unsigned i = 0; i < w->count; i++) {
		const struct walk_step *s = &w->step[i];

		if (s->stage == 2) {
			enum grid_kind kind = grid_kind(w, i);

			if (!row || row->kind != kind)
				row = grid_row(g, kind, kind == GRID_OUTPUT ? 3 : nested_level(w, r, i), s->input);
			row->s2[level_of(s) + 1] = (s8)i;
			note_level(g, level_of(s));
			continue;
		}
		g->has_s1 = true;
		if (!row)
			row = grid_row(g, GRID_TABLE, level_of(s), s->at);
		row->s1 = (s8)i;
		row = NULL;
	}
}

/* ---- the walk ---- */

static void take(struct walk_data *w)
{
	if (!w->regime.prepared)
		mmu_prepare(&w->regime);
	grid_build(&w->grid, &w->walk, &w->regime);
	if (w->at > w->walk.count)
		w->at = w->walk.count;
	w->made = true;
}

void walk_data_update(struct walk_data *w, struct machine *m)
{
	const struct walk_query *q = &w->query;
	struct mmu_access a = { .va = q->address, .kind = (enum access_kind)q->kind, .privileged = q->privileged };

	hyp_regime(m, q->core, q->is_ipa ? 1 : q->el, &w->regime);
	if (q->is_ipa) /* then an IPA is what a VA is */
		w->regime.s1.enabled = false;
	w->regime.prepared = false;
	hyp_walk(m, q->core, &w->regime, &a, &w->walk);
	w->has_rights = w->walk.fault.kind == FAULT_PERMISSION;
	if (w->has_rights) {
		a.any_rights = true;
		hyp_walk(m, q->core, &w->regime, &a, &w->rights);
	}
	take(w);
}

void walk_data_take(struct walk_data *w, const struct walk *walk, const struct regime *r, unsigned el)
{
	w->query = (struct walk_query){ .address = walk->access.va,
					.el = (u8)el,
					.kind = (u8)walk->access.kind,
					.privileged = walk->access.privileged };
	w->walk = *walk;
	w->regime = *r;
	w->has_rights = false;
	take(w);
}

bool walk_data_step(struct walk_data *w, int by)
{
	unsigned to = w->at + (unsigned)by;

	if (by < 0 ? w->at < (unsigned)-by : to > w->walk.count)
		return false;
	w->at = to;
	return true;
}

/* ---- where a table's address came from ---- */

static const char *stage1_root(const struct walk_data *w)
{
	static const char *const smmu[2] = { "CD.TTB0", "CD.TTB1" }, *const el1[2] = { "TTBR0_EL1", "TTBR1_EL1" },
				 *const el2[2] = { "TTBR0_EL2", "TTBR1_EL2" };
	bool half = w->regime.s1.two_halves && bit(w->walk.va, 55);

	if (w->regime.is_smmu)
		return smmu[half];
	return w->regime.id == REGIME_EL3 ? "TTBR0_EL3" : w->regime.id == REGIME_EL10 ? el1[half] : el2[half];
}

/* In Secure state each IPA space has a root of its own; which, the address tells. */
static const char *stage2_root(const struct walk_data *w, u64 table)
{
	const struct regime *r = &w->regime;

	if (r->is_smmu)
		return "STE.S2TTB";
	return r->secure && table == r->s2_tables[0].base && table != r->s2_tables[1].base ? "VSTTBR_EL2" : "VTTBR_EL2";
}

const struct grid_row *walk_grid_row(const struct walk_data *w, unsigned i)
{
	for (unsigned n = 0; n < w->grid.rows; n++) {
		const struct grid_row *row = &w->grid.row[n];

		if (row->s1 == (int)i || memchr(row->s2, (int)i, sizeof(row->s2)))
			return row;
	}
	return NULL;
}

const char *walk_table_source(const struct walk_data *w, unsigned i, unsigned *from)
{
	const struct walk_step *s = &w->walk.step[i];
	const struct grid_row *row = walk_grid_row(w, i);

	for (unsigned n = i; n-- > 0;) {
		if (w->walk.step[n].stage != s->stage || (s->stage == 2 && walk_grid_row(w, n) != row))
			continue;
		*from = n;
		return NULL;
	}
	if (s->stage == 1)
		return stage1_root(w);
	return stage2_root(w, s->at - 8 * bits(s->input, s->index_hi, s->index_lo));
}
