/* A walk as rows: its heading, the grid, the ladder of steps. */
#include "debug/ladder.h"
#include "ui/walk_data.h"

typedef unsigned long long ull;

/* ---- the heading ---- */

static const char *input_name(const struct walk_data *w)
{
	return w->query.is_ipa ? "IPA" : w->regime.is_smmu ? "IOVA" : "VA";
}

static void access_row(struct model *to, const struct walk_data *w)
{
	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "%s", input_name(w));
	model_cell(to, TONE_ADDRESS, "0x%llx", (ull)w->query.address);
	model_cell(to, TONE_TEXT, "%s, %s", ladder_access_words(&w->walk),
		   w->query.privileged ? "privileged" : "unprivileged");
	model_cell(to, TONE_EL0 + w->query.el, "at EL%u", w->query.el);
}

/* Of a device's access, its own view says what it is. */
void walk_heading_rows(struct model *to, const struct walk_data *w)
{
	const struct regime *r = &w->regime;

	if (!r->is_smmu)
		access_row(to, w);
	model_row(to, ROW_NOTE);
	model_cell(to, TONE_NAME, "regime");
	model_cell(to, TONE_TEXT, "%s", ladder_regime_words(r));
	model_cell(to, TONE_TEXT, "%s", r->secure ? "Secure" : "Non-secure");
	if (r->id == REGIME_EL10)
		model_cell(to, TONE_WORLD + r->vmid % WORLD_TONES, "VMID %u", r->vmid);
	if (r->s1.has_el0 && r->s1.enabled)
		model_cell(to, TONE_TEXT, "ASID %u", r->s1.asid);
	model_cell(to, TONE_STAGE1, "stage 1 %s",
		   r->s1.enabled ? "on"
		   : r->is_smmu	 ? "bypassed (IOVA = IPA)"
				 : "off (VA = IPA)");
	model_cell(to, TONE_STAGE2, "stage 2 %s", r->s2.enabled ? "on" : "off");
	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "place");
	if (w->at < w->walk.count)
		model_cell(to, TONE_NUMBER, "step %u of %u", w->at + 1, w->walk.count);
	else
		model_cell(to, TONE_NUMBER, "the end, after %u step%s", w->walk.count, w->walk.count == 1 ? "" : "s");
}

/* ---- the grid as rows ---- */

/* Enter goes to that step. */
static void step_link(struct model *to, unsigned i)
{
	model_link(to, (struct link){ .kind = LINK_OWN, .value = i });
}

static bool is_bad(const struct walk_step *s)
{
	return s->kind == STEP_INVALID || s->kind == STEP_RESERVED || s->kind == STEP_ABORT;
}

unsigned walk_cell_words(const struct walk_data *w, int step, char text[WALK_CELL_MAX])
{
	const struct walk_step *s = step == GRID_NONE ? NULL : &w->walk.step[step];
	const char *now = (unsigned)step == w->at ? ">" : "";

	if (!s) {
		snprintf(text, WALK_CELL_MAX, "-");
		return TONE_DIM;
	}
	if ((unsigned)step > w->at) {
		snprintf(text, WALK_CELL_MAX, "%d", step + 1);
		return TONE_DIM;
	}
	if (s->kind == STEP_CACHED) {
		snprintf(text, WALK_CELL_MAX, "%s%d: %s", now, step + 1, s->index_hi ? "walk cache" : "TLB");
		return TONE_GOOD;
	}
	snprintf(text, WALK_CELL_MAX, "%s%d: 0x%llx", now, step + 1, (ull)s->desc);
	return is_bad(s) ? TONE_BAD : s->stage == 1 ? TONE_STAGE1 : TONE_STAGE2;
}

static void grid_cell(struct model *to, const struct walk_data *w, int step)
{
	char text[WALK_CELL_MAX];
	unsigned tone = walk_cell_words(w, step, text);

	model_cell(to, tone, "%s", text);
	if (step != GRID_NONE)
		step_link(to, (unsigned)step);
}

static void grid_title(struct model *to, const struct walk_data *w, const struct grid_row *row)
{
	static const char *const titles[] = {
		[GRID_TABLE] = "stage 1 L%d", [GRID_UPDATE] = "stage 1 L%d, its update", [GRID_OUTPUT] = "output"
	};

	if (row->kind == GRID_OUTPUT)
		model_cell(to, TONE_STAGE1, "%s", w->grid.has_s1 ? "the output" : "stage 2 of");
	else
		model_cell(to, TONE_STAGE1, row->kind == GRID_UPDATE ? titles[GRID_UPDATE] : titles[GRID_TABLE],
			   row->level);
	model_cell(to, TONE_ADDRESS, "%s 0x%llx", w->grid.has_s2 ? "IPA" : "PA", (ull)row->input);
}

static struct row *figure_row(struct model *to, enum figure figure)
{
	struct row *row = model_row(to, ROW_FIGURE);

	row->figure = (u8)figure;
	return row;
}

static void grid_head(struct model *to, const struct walk_data *w)
{
	const struct walk_grid *g = &w->grid;

	figure_row(to, FIGURE_GRID_HEAD);
	model_cell(to, TONE_NAME, "for");
	model_cell(to, TONE_NAME, "at");
	for (int level = g->first_level; g->has_s2 && level <= g->last_level; level++)
		model_cell(to, TONE_STAGE2, "stage 2 L%d", level);
	model_cell(to, TONE_STAGE1, g->has_s1 ? "stage 1" : "output");
}

/* Where the line leads: the stage-1 descriptor; of the last line the output. */
static void last_cell(struct model *to, const struct walk_data *w, const struct grid_row *row)
{
	bool is_last = row == &w->grid.row[w->grid.rows - 1], ended = w->at == w->walk.count;

	if (row->s1 != GRID_NONE)
		grid_cell(to, w, row->s1);
	else if (!is_last || !ended)
		model_cell(to, TONE_DIM, "-");
	else if (w->walk.fault.kind != FAULT_NONE)
		model_cell(to, TONE_BAD, "fault");
	else
		model_cell(to, TONE_GOOD, "PA: 0x%llx", (ull)w->walk.pa.v);
}

void walk_grid_rows(struct model *to, const struct walk_data *w)
{
	const struct walk_grid *g = &w->grid;

	if (!g->rows)
		return;
	grid_head(to, w);
	for (unsigned n = 0; n < g->rows; n++) {
		const struct grid_row *row = &g->row[n];

		figure_row(to, FIGURE_GRID)->current = walk_grid_row(w, w->at) == row;
		grid_title(to, w, row);
		for (int level = g->first_level; g->has_s2 && level <= g->last_level; level++)
			grid_cell(to, w, row->s2[level + 1]);
		last_cell(to, w, row);
	}
}

/* ---- the ladder ---- */

/* Where it is looked for, where what was read leads, and that itself. */
static void lookup_cells(struct model *to, const struct walk_data *w, const struct ladder_step *s)
{
	bool bad = is_bad(&w->walk.step[s->number - 1]);

	if (!s->has_index) {
		model_cell(to, TONE_GOOD, "%s", s->words);
		return;
	}
	model_cell(to, TONE_NUMBER, "[%u:%u]=%llu", s->index_hi, s->index_lo, (ull)s->index);
	model_cell(to, TONE_ADDRESS, "0x%llx", (ull)s->at);
	model_link(to,
		   (struct link){ .kind = LINK_ADDRESS, .space = HYP_SPACE_PA, .core = w->query.core, .value = s->at });
	if (!s->has_descriptor) {
		model_cell(to, TONE_BAD, "the read aborts, no memory there");
		return;
	}
	if (s->output_space)
		model_cell(to, TONE_TEXT, "%s 0x%llx%s", s->kind, (ull)s->output, s->updated ? " (written back)" : "");
	else
		model_cell(to, bad ? TONE_BAD : TONE_TEXT, "%s", s->kind);
	model_cell(to, TONE_NUMBER, "0x%llx", (ull)s->descriptor);
}

static void ladder_row(struct model *to, const struct walk_data *w, unsigned i)
{
	struct ladder_step step;
	struct row *row;
	unsigned tone;

	ladder_step(&step, &w->walk, &w->regime, i);
	row = model_row(to, ROW_CELLS);
	row->id = i;
	row->current = i == w->at;
	tone = i > w->at ? TONE_DIM : step.stage == 1 ? TONE_STAGE1 : TONE_STAGE2;
	model_cell(to, i > w->at ? TONE_DIM : TONE_NUMBER, "%u", step.number);
	model_right(to);
	step_link(to, i);
	model_cell(to, tone, "%sstage %u L%d", step.nested ? " " : "", step.stage, step.level);
	if (i <= w->at)
		lookup_cells(to, w, &step);
}

void walk_ladder_rows(struct model *to, const struct walk_data *w)
{
	static const char *const columns[] = { "", "of", "index", "at PA", "leads to", "reads" };
	struct ladder_end end;

	model_row(to, ROW_COLUMNS);
	for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		model_cell(to, TONE_NAME, "%s", columns[i]);
	for (unsigned i = 0; i < w->walk.count; i++)
		ladder_row(to, w, i);
	ladder_end(&end, &w->walk, &w->regime, w->query.el);
	model_row(to, ROW_CELLS)->current = w->at == w->walk.count;
	to->row[to->rows - 1].id = w->walk.count;
	model_cell(to, TONE_DIM, "end");
	step_link(to, w->walk.count);
	if (w->at < w->walk.count)
		model_cell(to, TONE_DIM, "the result, or a fault");
	else
		model_cell(to, end.faulted ? TONE_BAD : TONE_GOOD, "%s", end.words);
}

void walk_all_rows(struct model *to, const struct walk_data *w)
{
	walk_heading_rows(to, w);
	model_line(to, ROW_HEAD, TONE_TEXT, "%s",
		   w->grid.has_s1 && w->grid.has_s2 ? "The nested walk: stage-1 levels down, stage-2 levels across"
						    : "The walk");
	walk_grid_rows(to, w);
	model_line(to, ROW_HEAD, TONE_TEXT, "Steps");
	walk_ladder_rows(to, w);
	model_line(to, ROW_HEAD, TONE_TEXT, w->at < w->walk.count ? "This step" : "The end");
	walk_step_rows(to, w);
}
