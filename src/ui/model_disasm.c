/* Instructions around the PC, or where the user looks, with symbols. */
#include <stdlib.h>
#include <string.h>

#include "debug/disasm.h"
#include "ui/words.h"

#define ABOVE 6 /* instructions shown before the PC */

static bool has_breakpoint(const struct ui *ui, u64 at)
{
	for (unsigned i = 0; i < POINTS_MAX; i++) {
		const struct point *p = hyp_point(ui->m, i);

		if (p && p->what == POINT_EXECUTE && p->at == at && (s32)i != ui->run.temporary)
			return true;
	}
	return false;
}

/* The address that an instruction names, as Capstone and our table write it: the last "#0x…", and only of branches and
 * ADR: other immediates are numbers. */
static bool target(u32 word, const char *text, u64 *at)
{
	bool branch = (word >> 26 & 0x1f) == 5 || (word >> 25 & 0x3f) == 0x1a || word >> 24 == 0x54,
	     test = (word >> 25 & 0x3f) == 0x1b, adr = (word >> 24 & 0x1f) == 0x10;
	const char *hash = strrchr(text, '#');

	if ((!branch && !test && !adr) || !hash)
		return false;
	*at = strtoull(hash + 1, NULL, 0);
	return true;
}

static void label(struct ui *ui, struct model *m, u64 at)
{
	char symbol[128];

	ui_symbol(ui, at, symbol);
	if (symbol[0] && !strchr(symbol, '+'))
		model_line(m, ROW_NOTE, TONE_SYMBOL, "%s:", symbol);
}

static void instruction(struct ui *ui, struct model *m, u64 at, const struct hyp_core *core)
{
	char text[DISASM_MAX], symbol[128];
	struct row *r;
	u32 word;
	u64 to;

	label(ui, m, at);
	r = model_row(m, ROW_CELLS);
	r->id = at;
	r->current = at == core->pc;
	r->clip = true;
	r->marked = has_breakpoint(ui, at);
	model_cell(m, TONE_ADDRESS, "%llx", (ull)at);
	model_link(m, link_to(HYP_SPACE_VA, ui->core, at));
	if (hyp_memory_read(ui->m, ui->core, HYP_SPACE_VA, at, &word, sizeof(word)) != sizeof(word)) {
		model_cell(m, TONE_BAD, "not translated, or not memory");
		return;
	}
	model_cell(m, TONE_DIM, "%08x", word);
	disasm(text, at, word);
	model_cell(m, TONE_CODE, "%s", text);
	if (target(word, text, &to)) {
		ui_symbol(ui, to, symbol);
		model_cell(m, TONE_SYMBOL, "%s%s", symbol[0] ? "; " : "", symbol);
		model_link(m, link_to(HYP_SPACE_VA, ui->core, to));
	}
}

/* Keep what is looked at in the window: it moves when that leaves it. */
static void place(struct ui *ui, u64 pc)
{
	struct disasm_state *d = &ui->disasm;
	u64 want = d->pinned ? d->cursor : pc, rows = ui->view[VIEW_DISASM].rows;

	if (rows < 8)
		rows = 8;
	if (want < d->at + 4 * (d->at ? 1 : 0) || want >= d->at + 4 * (rows - 4))
		d->at = want - 4 * (want >= 4 * ABOVE ? ABOVE : 0);
	if (!d->pinned)
		d->cursor = pc;
}

void model_disasm(struct ui *ui, struct model *m)
{
	struct view_state *v = &ui->view[VIEW_DISASM];
	struct hyp_core core;

	hyp_core_view(ui->m, ui->core, &core);
	place(ui, core.pc);
	for (u64 at = ui->disasm.at; m->rows < v->rows; at += 4) {
		instruction(ui, m, at, &core);
		if (at == ui->disasm.cursor)
			v->selected = (s32)m->rows - 1;
	}
	v->top = 0;
}

/* Rows are places in memory: the cursor moves through them without end. */
bool keys_disasm(struct ui *ui, struct key k)
{
	struct disasm_state *d = &ui->disasm;
	s64 page = ui->view[VIEW_DISASM].rows > 6 ? (s64)ui->view[VIEW_DISASM].rows - 5 : 1, by;

	if (k.mods)
		return false;
	switch (k.code) {
	case KEY_UP: by = -1; break;
	case KEY_DOWN: by = 1; break;
	case KEY_PAGE_UP: by = -page; break;
	case KEY_PAGE_DOWN: by = page; break;
	default: return false;
	}
	d->pinned = true;
	d->cursor += (u64)(4 * by);
	if (by == page || by == -page)
		d->at += (u64)(4 * by);
	return true;
}
