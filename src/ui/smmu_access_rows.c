/* One device's access as rows: the structures that rule it, the walk, and how it ends. */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "debug/explain_dma_internal.h"
#include "debug/fields.h"
#include "smmu/inspect.h"
#include "ui/smmu_data.h"

typedef unsigned long long ull;

static void field_row(struct model *to, const struct named_field *f, u64 v)
{
	const char *words = field_meaning(f, v);

	model_row(to, ROW_CELLS)->indent = 1;
	if (f->hi == f->lo)
		model_cell(to, TONE_DIM, "[%u]", f->lo);
	else
		model_cell(to, TONE_DIM, "[%u:%u]", f->hi, f->lo);
	model_cell(to, TONE_NAME, "%s", f->name);
	model_cell(to, f->is_address ? TONE_ADDRESS : TONE_NUMBER, "0x%llx", (ull)v);
	model_cell(to, TONE_TEXT, "%s", words ? words : "");
}

/* Fields that are zero and say nothing then are left out. */
static void structure_rows(struct model *to, const char *name, const u64 *words, const char *whence)
{
	struct field_set set;

	if (!fields_find(name, &set))
		return;
	model_line(to, ROW_HEAD, TONE_TEXT, "%s, %s", set.title ? set.title : name, whence);
	for (unsigned i = 0; i < set.count; i++) {
		u64 v = field_value(&set.field[i], words);

		if (v || field_meaning(&set.field[i], v))
			field_row(to, &set.field[i], v);
	}
}

static void heading(struct model *to, const struct smmu_data *d)
{
	const struct smmu_query *q = &d->probe;

	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "stream");
	model_cell(to, TONE_NUMBER, "0x%x", q->stream);
	model_cell(to, TONE_SYMBOL, "%s", d->device ? d->device : "no device");
	if (q->has_ssid)
		model_cell(to, TONE_NUMBER, "substream %u", q->ssid);
	model_row(to, ROW_CELLS);
	model_cell(to, TONE_NAME, "IOVA");
	model_cell(to, TONE_ADDRESS, "0x%llx", (ull)q->iova);
	model_cell(to, TONE_TEXT, "%s, %s",
		   q->is_write	    ? "write"
		   : q->instruction ? "instruction fetch"
				    : "read",
		   q->privileged ? "privileged" : "unprivileged");
}

static void fetch_rows(struct model *to, const struct smmu_view *v)
{
	static const char *const names[] = {
		[SMMU_STE] = "STE", [SMMU_CD] = "CD", [SMMU_L1STD] = "L1STD", [SMMU_L1CD] = "L1CD"
	};
	char whence[48];

	if (v->has_ste && v->ste_cached)
		structure_rows(to, "STE", v->ste, "as the SMMU has it cached");
	if (v->has_cd && v->cd_cached)
		structure_rows(to, "CD", v->cd, "as the SMMU has it cached");
	for (unsigned i = 0; i < v->steps; i++) {
		const struct smmu_step *s = &v->step[i];

		if (s->kind != SMMU_STEP_FETCH)
			continue;
		snprintf(whence, sizeof(whence), "at PA 0x%llx", (ull)s->at);
		structure_rows(to, names[s->what], s->word, whence);
	}
}

/* The first word of a line tells what it is about; fields are indented. */
static unsigned outcome_tone(const char *line)
{
	static const struct {
		const char *word;
		u8 tone;
	} tones[] = { { "fault ", TONE_BAD }, { "so ", TONE_BAD }, { "stale ", TONE_WARN }, { "result ", TONE_GOOD } };

	for (unsigned i = 0; i < ARRAY_SIZE(tones); i++)
		if (!strncmp(line, tones[i].word, strlen(tones[i].word)))
			return tones[i].tone;
	return TONE_TEXT;
}

static void outcome_rows(struct model *to, const struct smmu_data *d)
{
	struct smmu_probe probe = smmu_query_probe(&d->probe);
	u32 first = to->rows + 1;
	size_t size;
	char *text;
	FILE *out = model_lines_open(to, &text, &size);

	model_line(to, ROW_HEAD, TONE_TEXT, "How it ends");
	if (!out)
		return;
	dma_result_lines(out, &probe, dma_choose(d->is, d->would).end);
	dma_stale_lines(out, d->is, d->would);
	model_lines_close(to, out, &text, TONE_TEXT);
	for (u32 i = first; i < to->rows; i++) {
		struct cell *c = &to->cell[to->row[i].first];

		c->tone = (u8)outcome_tone(model_text(to, c));
	}
}

void smmu_access_rows(struct model *to, const struct smmu_data *d)
{
	heading(to, d);
	if (!d->is || !d->would) {
		to->failed = true;
		return;
	}
	if (d->has_walk) {
		model_line(to, ROW_HEAD, TONE_TEXT, "Its walk");
		walk_heading_rows(to, &d->walk);
		walk_grid_rows(to, &d->walk);
		walk_ladder_rows(to, &d->walk);
		model_line(to, ROW_HEAD, TONE_TEXT, d->walk.at < d->walk.walk.count ? "This step" : "The walk's end");
		walk_step_rows(to, &d->walk);
	}
	if (!d->has_walk || d->walk.at == d->walk.walk.count)
		outcome_rows(to, d);
}

void smmu_structure_rows(struct model *to, const struct smmu_data *d)
{
	if (d->is && d->would)
		fetch_rows(to, dma_choose(d->is, d->would).ladder);
}
