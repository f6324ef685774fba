/* What a key does: first the command line's, then the guest's, then the view's own, then the actions'. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ui/console.h"
#include "ui/palette.h"
#include "ui/ui.h"

#define SIDE_STEP 8 /* characters */

static bool (*const own[VIEWS])(struct ui *ui, struct key k) = {
#define VIEW(ID, view, hotkey, place, words) keys_##view,
#include "ui/views.def"
#undef VIEW
};

/* ---- the command line ---- */

static bool filter_key(struct ui *ui, struct key k)
{
	struct view_state *v = &ui->view[ui->focus];

	if (k.code == KEY_ESC)
		ui->line.text[0] = 0;
	if (k.code == KEY_ENTER || k.code == KEY_ESC)
		ui->line.open = ui->line.filters = false;
	else if (!line_key(&ui->line, k))
		return false;
	snprintf(v->filter, sizeof(v->filter), "%s", ui->line.text);
	v->top = 0;
	return true;
}

/* All keys are the command line's while it is open. */
static bool command_key(struct ui *ui, struct key k)
{
	if (ui->line.filters)
		return filter_key(ui, k);
	switch (k.code) {
	case KEY_ESC: ui->line.open = false; break;
	case KEY_UP: ui->line.choice -= ui->line.choice > 0; break;
	case KEY_DOWN: ui->line.choice++; break;
	case KEY_TAB: palette_complete(ui); break;
	case KEY_ENTER: palette_enter(ui); break;
	default: line_key(&ui->line, k);
	}
	return true;
}

/* ---- the guest's console ---- */

static void type_text(struct ui *ui, const char *bytes)
{
	for (; *bytes; bytes++)
		console_type(ui->console, (u8)*bytes);
}

/* F keys stay ours. */
static bool guest_key(struct ui *ui, struct key k)
{
	static const struct {
		int code;
		const char *bytes;
	} sent[] = { { KEY_ENTER, "\r" },	  { KEY_ESC, "\x1b" },	     { KEY_TAB, "\t" },
		     { KEY_BACKSPACE, "\x7f" },	  { KEY_DELETE, "\x1b[3~" }, { KEY_UP, "\x1b[A" },
		     { KEY_DOWN, "\x1b[B" },	  { KEY_RIGHT, "\x1b[C" },   { KEY_LEFT, "\x1b[D" },
		     { KEY_HOME, "\x1b[H" },	  { KEY_END, "\x1b[F" },     { KEY_PAGE_UP, "\x1b[5~" },
		     { KEY_PAGE_DOWN, "\x1b[6~" } };

	if (k.code >= KEY_F1 && k.code <= KEY_F12)
		return false;
	for (unsigned i = 0; i < ARRAY_SIZE(sent); i++)
		if (sent[i].code == k.code)
			type_text(ui, sent[i].bytes);
	if (k.code < 0x80)
		console_type(ui->console, (u8)(k.mods & MOD_CTRL ? k.code & 0x1f : k.code));
	return true;
}

/* ---- moving within a view ---- */

static void move_row(struct view_state *v, s32 by)
{
	const struct model *m = &v->model;
	s32 at = v->selected, step = by < 0 ? -1 : 1;

	for (s32 left = by < 0 ? -by : by; left; left--) {
		s32 next = at + step;

		while (next >= 0 && next < (s32)m->rows && !row_selectable(&m->row[next]))
			next += step;
		if (next < 0 || next >= (s32)m->rows)
			break;
		at = next;
	}
	if (at == v->selected)
		v->top = by < 0 ? 0 : v->top; /* what stands before the first row that can be selected */
	v->selected = at;
	v->reveal = true;
}

static u32 links_of(const struct view_state *v)
{
	u32 n = 0;

	if (v->selected < 0 || v->selected >= (s32)v->model.rows)
		return 0;
	for (u32 i = 0; i < v->model.row[v->selected].count; i++)
		n += v->model.cell[v->model.row[v->selected].first + i].link.kind != LINK_NONE;
	return n;
}

static void scroll_sideways(struct view_state *v, s32 by)
{
	s32 most = v->widest > v->columns ? (s32)(v->widest - v->columns) + 2 : 0, left = (s32)v->left + by;

	v->left = (u32)(left < 0 ? 0 : left > most ? most : left);
}

static bool move_key(struct ui *ui, struct key k)
{
	struct view_state *v = &ui->view[ui->focus];
	s32 page = v->rows > 2 ? (s32)v->rows - 1 : 1;
	u32 links = links_of(v);

	if (k.mods == MOD_SHIFT && (k.code == KEY_LEFT || k.code == KEY_RIGHT)) {
		scroll_sideways(v, k.code == KEY_LEFT ? -SIDE_STEP : SIDE_STEP);
		return true;
	}
	if (k.mods)
		return false;
	switch (k.code) {
	case KEY_UP: move_row(v, -1); return true;
	case KEY_DOWN: move_row(v, 1); return true;
	case KEY_PAGE_UP: move_row(v, -page); return true;
	case KEY_PAGE_DOWN: move_row(v, page); return true;
	case KEY_HOME: move_row(v, -(s32)v->model.rows); return true;
	case KEY_END: move_row(v, (s32)v->model.rows); return true;
	case KEY_LEFT:
		if (v->cell >= links)
			v->cell = links ? links - 1 : 0;
		v->cell -= v->cell > 0;
		return true;
	case KEY_RIGHT: v->cell += v->cell + 1 < links; return true;
	case KEY_ENTER:
		if (ui_link(ui, ui->focus))
			ui_activate(ui, ui_link(ui, ui->focus));
		return true;
	case KEY_ESC: v->filter[0] = 0; return true;
	default: return false;
	}
}

static bool view_key(struct ui *ui, struct key k)
{
	for (unsigned v = 0; v < VIEWS && !k.mods; v++)
		if (ui_views[v].key == k.code) {
			ui_show(ui, v);
			return true;
		}
	return false;
}

static bool action_key(struct ui *ui, struct key k)
{
	for (unsigned a = 0; a < ACTIONS; a++)
		if (key_in(ui_actions[a].keys, k)) {
			ui_do(ui, a, "");
			return true;
		}
	return false;
}

void ui_key(struct ui *ui, struct key k)
{
	if (ui->line.open && command_key(ui, k))
		return;
	if (ui->typing && ui->focus == VIEW_CONSOLE && guest_key(ui, k))
		return;
	if (own[ui->focus](ui, k) || move_key(ui, k) || action_key(ui, k))
		return;
	view_key(ui, k);
}
