/* World switches, the newest last: which world each core entered, when, how long it stayed, and why the guest was left.
 */
#include "debug/exit_reason.h"
#include "ui/record.h"
#include "ui/words.h"

#define SHOWN 500

static u64 time_now(struct ui *ui)
{
	struct hyp_stall s;

	hyp_core_stall(ui->m, 0, &s);
	return s.now;
}

static u64 present(struct ui *ui)
{
	struct hyp_history h;

	return hyp_history(ui->m, &h) && h.in_past ? h.newest.cycles : time_now(ui);
}

/* Until the core's next span; `newer` are those after it. */
static u64 until(const struct ui *ui, u64 back, s16 core, u64 last)
{
	while (back--) {
		const struct world_span *s = record_span(ui->record, back);

		if (s->core == core)
			return s->cycle;
	}
	return last;
}

static void span(struct ui *ui, struct model *m, u64 back, u64 now, u64 last)
{
	const struct world_span *s = record_span(ui->record, back);
	struct row *r;
	u64 end = until(ui, back, s->core, last);

	r = model_row(m, ROW_CELLS);
	r->id = s->cycle;
	r->current = s->core == (s16)ui->core && s->cycle <= now && now < end;
	model_cell(m, TONE_DIM, "%llu", (ull)s->cycle);
	model_right(m);
	model_link(m, (struct link){ .kind = LINK_CYCLE, .core = (u8)s->core, .value = s->cycle });
	if (hyp_core_count(ui->m) > 1)
		model_cell(m, TONE_NAME, "core %d", s->core);
	CELL_STREAM(m, world_tone(s), world_words(out, s));
	model_cell(m, TONE_NUMBER, "%llu cycles", (ull)(end - s->cycle));
	model_right(m);
	if (s->reason != ~0ull)
		CELL_STREAM(m, TONE_TEXT, exit_reason_words(out, s->reason));
}

void model_timeline(struct ui *ui, struct model *m)
{
	struct view_state *v = &ui->view[VIEW_TIMELINE];
	bool at_end = v->selected < 0 || v->selected + 1 >= (s32)v->model.rows_before;
	u64 now = time_now(ui), shown = 0, last = present(ui);

	while (shown < SHOWN && record_span(ui->record, shown))
		shown++;
	for (u64 back = shown; back-- > 0;)
		span(ui, m, back, now, last);
	if (!shown)
		model_line(m, ROW_NOTE, TONE_DIM, "No world has been entered yet.");
	if (at_end && m->rows) {
		v->selected = (s32)m->rows - 1;
		v->reveal = true;
	}
}

bool keys_timeline(struct ui *ui, struct key k)
{
	return false;
}
