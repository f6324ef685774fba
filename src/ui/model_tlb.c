/* The TLB of the core shown: filter, order, and the TLBI that is tried. */
#include <stdlib.h>
#include <string.h>

#include "ui/tlb_data.h"
#include "ui/words.h"

#define ROWS_SHOWN 500 /* from `from` on */

void tlb_state_free(struct tlb_state *s)
{
	if (s->data)
		tlb_data_free(s->data);
	free(s->data);
	s->data = NULL;
}

static void query(const struct ui *ui, struct tlb_query *q)
{
	const struct tlb_state *s = &ui->tlb;

	*q = (struct tlb_query){ .core = ui->core,
				 .sort = s->sorted ? s->sort : TLB_INPUT,
				 .descending = s->descending };
	snprintf(q->filter, sizeof(q->filter), "%s", ui->view[VIEW_TLB].filter);
	snprintf(q->tlbi, sizeof(q->tlbi), "%s", s->tlbi);
	snprintf(q->operand, sizeof(q->operand), "%s", s->operand);
}

void model_tlb(struct ui *ui, struct model *m)
{
	struct tlb_state *s = &ui->tlb;
	struct tlb_query q;

	query(ui, &q);
	if (!s->data)
		s->data = calloc(1, sizeof(*s->data));
	if (!s->data || !tlb_data_update(s->data, ui->m, &q)) {
		m->failed = true;
		return;
	}
	if (s->from >= s->data->count)
		s->from = 0;
	tlb_all_rows(m, s->data, &q, s->from, ROWS_SHOWN);
}

/* ---- keys ---- */

static void next_column(struct tlb_state *s, unsigned by)
{
	s->sort = (u8)(((s->sorted ? s->sort : (unsigned)TLB_INPUT) + by) % TLB_COLUMNS);
	s->sorted = true;
}

/* The TLBI that removes the entry selected. */
static void choose(struct ui *ui)
{
	const struct view_state *v = &ui->view[VIEW_TLB];
	struct tlb_state *s = &ui->tlb;
	struct tlb_query q;
	const struct row *row;

	if (v->selected < 0 || v->selected >= (s32)v->model.rows || !s->data)
		return;
	row = &v->model.row[v->selected];
	if (row->count <= TLB_COLUMNS || row->id >= s->data->count)
		return;
	query(ui, &q);
	tlb_choose_removal(&s->data->row[row->id], &q);
	snprintf(s->tlbi, sizeof(s->tlbi), "%s", q.tlbi);
	snprintf(s->operand, sizeof(s->operand), "%s", q.operand);
}

void tlb_try(struct ui *ui, const char *arg)
{
	struct tlb_state *s = &ui->tlb;
	int used = 0;

	s->tlbi[0] = s->operand[0] = 0;
	if (sscanf(arg, " %23s %n", s->tlbi, &used) == 1 && used)
		snprintf(s->operand, sizeof(s->operand), "%s", arg + used);
	ui_show(ui, VIEW_TLB);
}

bool keys_tlb(struct ui *ui, struct key k)
{
	struct tlb_state *s = &ui->tlb;

	if (k.mods)
		return false;
	switch (k.code) {
	case KEY_LEFT: next_column(s, TLB_COLUMNS - 1); return true;
	case KEY_RIGHT: next_column(s, 1); return true;
	case 'r': s->descending = !s->descending; return true;
	case KEY_DELETE:
	case 'y': choose(ui); return true;
	case KEY_BACKSPACE: s->tlbi[0] = s->operand[0] = 0; return true;
	case 'g': line_open(&ui->line, "tlbi "); return true;
	case '>': s->from += s->data && s->from + ROWS_SHOWN < s->data->count ? ROWS_SHOWN : 0; return true;
	case '<': s->from -= s->from < ROWS_SHOWN ? s->from : ROWS_SHOWN; return true;
	default: return false;
	}
}
