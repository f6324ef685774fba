#include "ui/draw.h"

#include <math.h>
#include <string.h>

#define COLUMNS_MAX 32

/* ---- colours ---- */

#define RGB(hex) IM_COL32((hex) >> 16 & 0xff, (hex) >> 8 & 0xff, (hex)&0xff, 255)

struct theme {
	ImU32 paint[PAINTS], tone[TONES];
};

static const struct theme dark = {
	{ RGB(0x14161a), RGB(0x1a1d23), RGB(0x22262e), RGB(0x2a2f39), RGB(0x343a46), RGB(0x2c3d2e), RGB(0x2b3a52),
	  RGB(0x242932), RGB(0x40262c), RGB(0x4a3a1c), RGB(0x4f86c6) },
	{ RGB(0xd8dce4), RGB(0x707a8a), RGB(0x8ab4e8), RGB(0xe2e6ee), RGB(0xc3b1f0), RGB(0x86cf9a), RGB(0xe8eaf0),
	  RGB(0xffc66b), RGB(0x7fcf8a), RGB(0xf0c05a), RGB(0xf2777a), RGB(0x58c9bb), RGB(0x62b0f0), RGB(0xf0a34e),
	  RGB(0xe47fa6), RGB(0x62b0f0), RGB(0xf0a34e), RGB(0x5ec9b8), RGB(0x6fa8f5), RGB(0xb58cf0), RGB(0xe88bc8),
	  RGB(0xc9c45c), RGB(0x7fc96a), RGB(0x5cc3e8), RGB(0xe8946a) },
};
static const struct theme light = {
	{ RGB(0xe9ebef), RGB(0xfcfcfd), RGB(0xe2e5ea), RGB(0xd6dae1), RGB(0xc3c8d1), RGB(0xd7efd6), RGB(0xd3e3f8),
	  RGB(0xeef1f5), RGB(0xf9dcdc), RGB(0xffe9b8), RGB(0x2f6fbf) },
	{ RGB(0x1f242c), RGB(0x7c8594), RGB(0x1d55a0), RGB(0x14181f), RGB(0x5b3aa8), RGB(0x1d7a3c), RGB(0x14181f),
	  RGB(0x8a5200), RGB(0x1d7a3c), RGB(0x8a6200), RGB(0xb3262c), RGB(0x0f8074), RGB(0x1766b0), RGB(0xb35f00),
	  RGB(0xa8305f), RGB(0x1766b0), RGB(0xb35f00), RGB(0x0f7f70), RGB(0x2a62c0), RGB(0x6f3fc0), RGB(0xb03a8c),
	  RGB(0x77720f), RGB(0x3c8020), RGB(0x117a9e), RGB(0xad4f1c) },
};

static const struct theme *theme_of(const struct pen *p)
{
	return p->ui->light ? &light : &dark;
}

ImU32 paint(const struct pen *p, enum paint what)
{
	return theme_of(p)->paint[what];
}

ImU32 tone(const struct pen *p, unsigned which)
{
	return theme_of(p)->tone[which < TONES ? which : (unsigned)TONE_TEXT];
}

ImU32 faded(ImU32 colour, float alpha)
{
	return (colour & ~IM_COL32_A_MASK) | (ImU32)(alpha * 255) << IM_COL32_A_SHIFT;
}

/* ---- words ---- */

float text_pixels(const struct pen *p, const char *text)
{
	return (float)text_width(text) * p->advance;
}

float draw_text(const struct pen *p, float x, float y, ImU32 colour, const char *text, bool bold)
{
	ImGui::GetWindowDrawList()->AddText(bold ? p->bold : p->font, p->size, ImVec2(x, floorf(y)), colour, text);
	return text_pixels(p, text);
}

float draw_chip(const struct pen *p, float x, float y, ImU32 colour, const char *text)
{
	float width = text_pixels(p, text) + p->advance;
	ImVec2 from(x, y + floorf(p->line * 0.08f)), to(x + width, y + floorf(p->line * 0.92f));

	ImGui::GetWindowDrawList()->AddRectFilled(from, to, faded(colour, 0.22f), 3);
	draw_text(p, x + p->advance / 2, y + (p->line - p->size) / 2, colour, text, true);
	return width;
}

/* ---- links ---- */

static void menu(const struct pen *p, const struct link *link)
{
	if (link->kind == LINK_ADDRESS) {
		if (ImGui::MenuItem("Walk", "w"))
			ui_show_walk(p->ui, link->value, link->space, link->core);
		if (ImGui::MenuItem("Memory", "m"))
			ui_show_memory(p->ui, link->value, link->space, link->core);
		if (ImGui::MenuItem("Disassembly", "d"))
			ui_show_code(p->ui, link->value, link->core);
	} else if (ImGui::MenuItem("Follow", "Enter")) {
		ui_activate(p->ui, link);
	}
}

void link_item(const struct pen *p, const struct link *link)
{
	if (link->kind == LINK_NONE)
		return;
	if (ImGui::IsItemHovered()) {
		ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
		if (ImGui::IsMouseDoubleClicked(0))
			ui_activate(p->ui, link);
	}
	if (ImGui::BeginPopupContextItem("link")) {
		menu(p, link);
		ImGui::EndPopup();
	}
}

/* ---- rows ---- */

struct grid {
	const struct pen *p;
	unsigned view;
	struct view_state *v;
	const struct model *m;
	float x, width;				/* of the window's inside */
	float column[INDENTS_MAX][COLUMNS_MAX]; /* widths, of the section that is drawn */
	u32 section;				/* the row at which it ends */
	bool focus;
};

static unsigned level_of(const struct row *r)
{
	return r->indent < INDENTS_MAX ? r->indent : INDENTS_MAX - 1;
}

static bool in_columns(const struct row *r)
{
	return r->kind == ROW_CELLS || r->kind == ROW_COLUMNS;
}

/* Columns are as wide as their widest cell from one heading to the next; a row's last cell has all that is left. */
static void measure(struct grid *g, u32 at)
{
	memset(g->column, 0, sizeof(g->column));
	for (; at < g->m->rows; at++) {
		const struct row *r = &g->m->row[at];

		if (r->kind == ROW_HEAD || r->kind == ROW_GAP)
			break;
		for (u32 i = 0; in_columns(r) && i + 1 < r->count && i < COLUMNS_MAX; i++) {
			float w = text_pixels(g->p, model_text(g->m, &g->m->cell[r->first + i]));

			if (w > g->column[level_of(r)][i])
				g->column[level_of(r)][i] = w;
		}
	}
	g->section = at;
}

static float row_width(const struct grid *g, const struct row *r)
{
	return g->width - 2 * g->p->pad - (float)r->indent * 2 * g->p->advance;
}

/* Text over as many lines as it needs, each of so many characters; returns how many lines. Nothing is drawn without a
 * list. */
static unsigned flow(const struct grid *g, ImDrawList *list, ImU32 colour, float x, float y, const char *text,
		     unsigned columns, unsigned *used)
{
	unsigned lines = 1;

	while (*text) {
		unsigned n = (unsigned)strcspn(text, " "), blanks = (unsigned)strspn(text + n, " "), wide;
		const char *end = text + (n ? n : 1);

		if (!n)
			blanks--;
		for (n = wide = 0; text + n < end; n++)
			wide += ((u8)text[n] & 0xc0) != 0x80;
		if (*used && *used + wide > columns) {
			lines++;
			*used = 0;
		}
		if (list)
			list->AddText(
				g->p->font, g->p->size,
				ImVec2(x + (float)*used * g->p->advance,
				       floorf(y + (float)(lines - 1) * g->p->line + (g->p->line - g->p->size) / 2)),
				colour, text, end);
		*used += wide + blanks;
		text = end + blanks;
	}
	return lines;
}

static unsigned characters(const struct grid *g, float width)
{
	return width > 8 * g->p->advance ? (unsigned)(width / g->p->advance) : 8;
}

/* The cells of a note follow each other; returns how many lines they take. */
static unsigned note(const struct grid *g, ImDrawList *list, const struct row *r, float x, float y)
{
	unsigned used = 0, lines = 1, columns = characters(g, row_width(g, r));

	for (u32 i = 0; i < r->count; i++) {
		const struct cell *c = &g->m->cell[r->first + i];

		lines += flow(g, list, tone(g->p, c->tone), x, y + (float)(lines - 1) * g->p->line, model_text(g->m, c),
			      columns, &used) -
			 1;
		used++;
	}
	return lines;
}

/* How many lines the row's last cell takes, in the room that the columns before it leave. */
static unsigned cell_lines(const struct grid *g, const struct row *r, unsigned *columns)
{
	const struct cell *last = &g->m->cell[r->first + r->count - 1];
	float x = 0;
	unsigned used = 0;

	if (!r->count || r->clip)
		return 1;
	for (u32 i = 0; i + 1 < r->count && i < COLUMNS_MAX; i++)
		x += g->column[level_of(r)][i] > 0 ? g->column[level_of(r)][i] + g->p->advance * 1.5f : 0;
	*columns = characters(g, row_width(g, r) - x);
	if (*columns < 12 || text_width(model_text(g->m, last)) <= *columns)
		return 1;
	return flow(g, NULL, 0, 0, 0, model_text(g->m, last), *columns, &used);
}

static float row_height(const struct grid *g, const struct row *r)
{
	unsigned columns;

	switch (r->kind) {
	case ROW_GAP: return floorf(g->p->line * 0.5f);
	case ROW_HEAD: return floorf(g->p->line * 1.35f);
	case ROW_CARD: return floorf(g->p->line * 1.25f);
	case ROW_FIGURE: return figure_height(g->p, r);
	case ROW_NOTE: return g->p->line * (float)note(g, NULL, r, 0, 0);
	case ROW_CELLS: return g->p->line * (float)cell_lines(g, r, &columns);
	default: return g->p->line;
	}
}

static void draw_head(const struct grid *g, const struct row *r, float x, float y, float height)
{
	ImDrawList *list = ImGui::GetWindowDrawList();
	float top = y + height - g->p->line;

	for (u32 i = 0; i < r->count; i++) {
		const struct cell *c = &g->m->cell[r->first + i];
		const char *text = model_text(g->m, c);
		ImU32 colour = tone(g->p, r->tone ? r->tone : c->tone == TONE_TEXT ? (u8)TONE_DIM : c->tone);

		x += draw_text(g->p, x, top, colour, text, true) + g->p->advance;
	}
	list->AddLine(ImVec2(x, top + g->p->size * 0.6f), ImVec2(g->x + g->width - g->p->pad, top + g->p->size * 0.6f),
		      paint(g->p, PAINT_BORDER));
}

/* Behind a row: where the machine is, the cursor, the mouse. */
static void draw_behind(const struct grid *g, u32 index, float y, float height)
{
	const struct row *r = &g->m->row[index];
	ImDrawList *list = ImGui::GetWindowDrawList();
	ImVec2 from(g->x, y), to(g->x + g->width, y + height);
	bool selected = (s32)index == g->v->selected && row_selectable(r);

	if (r->kind == ROW_CARD)
		list->AddRectFilled(from, to, r->tone ? faded(tone(g->p, r->tone), 0.18f) : paint(g->p, PAINT_RAISED));
	if (r->marked)
		list->AddRectFilled(from, to, paint(g->p, PAINT_MARK));
	if (r->current)
		list->AddRectFilled(from, to, r->tone ? faded(tone(g->p, r->tone), 0.35f) : paint(g->p, PAINT_CURRENT));
	if (selected && g->focus)
		list->AddRectFilled(from, to, faded(paint(g->p, PAINT_SELECT), r->current || r->marked ? 0.6f : 1));
	else if (row_selectable(r) && ImGui::IsMouseHoveringRect(from, to) && ImGui::IsWindowHovered())
		list->AddRectFilled(from, to, faded(paint(g->p, PAINT_HOVER), 0.6f));
	if (r->current)
		list->AddRectFilled(from, ImVec2(g->x + 3, y + height), tone(g->p, r->tone ? r->tone : (u8)TONE_GOOD));
	if (r->marked)
		list->AddCircleFilled(ImVec2(g->x + g->p->pad * 0.5f, y + height / 2), g->p->line * 0.18f,
				      tone(g->p, TONE_BAD));
}

/* Which linked cell of the row has the cursor. */
static u32 cursor_cell(const struct grid *g, const struct row *r)
{
	u32 n = 0, found = r->count;

	for (u32 i = 0; i < r->count; i++)
		if (g->m->cell[r->first + i].link.kind != LINK_NONE && n++ <= g->v->cell)
			found = i;
	return found;
}

static void draw_cell(const struct grid *g, const struct row *r, u32 i, float x, float y, float room, bool cursor)
{
	const struct cell *c = &g->m->cell[r->first + i];
	const char *text = model_text(g->m, c);
	float width = text_pixels(g->p, text), text_y = y + (g->p->line - g->p->size) / 2;
	float height = g->p->line;
	unsigned columns = 0, used = 0;
	bool wraps = r->kind == ROW_CELLS && i + 1 == r->count && cell_lines(g, r, &columns) > 1;
	ImDrawList *list = ImGui::GetWindowDrawList();

	if (c->right && width < room)
		x += room - width;
	if (c->tone == TONE_CHANGED)
		list->AddRectFilled(ImVec2(x - 2, y + 1), ImVec2(x + width + 2, y + g->p->line - 1),
				    paint(g->p, PAINT_CHANGED), 2);
	if (wraps)
		flow(g, list, tone(g->p, c->tone), x, y, text, columns, &used);
	else
		draw_text(g->p, x, text_y, tone(g->p, c->tone), text, r->kind == ROW_CARD || c->bold);
	if (cursor)
		list->AddLine(ImVec2(x, text_y + g->p->size + 1), ImVec2(x + width, text_y + g->p->size + 1),
			      paint(g->p, PAINT_FOCUS), 1.5f);
	if (c->link.kind == LINK_NONE || width < 1)
		return;
	ImGui::SetCursorScreenPos(ImVec2(x, y));
	ImGui::PushID((int)i);
	if (wraps) {
		width = (float)columns * g->p->advance;
		height *= (float)cell_lines(g, r, &columns);
	}
	if (ImGui::InvisibleButton("cell", ImVec2(width, height))) {
		u32 n = 0;

		for (u32 k = 0; k < i; k++)
			n += g->m->cell[r->first + k].link.kind != LINK_NONE;
		g->v->cell = n;
	}
	link_item(g->p, &c->link);
	ImGui::PopID();
}

static void draw_cells(const struct grid *g, u32 index, float x, float y)
{
	const struct row *r = &g->m->row[index];
	bool selected = (s32)index == g->v->selected && g->focus;
	u32 cursor = selected ? cursor_cell(g, r) : r->count;

	for (u32 i = 0; i < r->count; i++) {
		float room = i < COLUMNS_MAX && in_columns(r) ? g->column[level_of(r)][i] : 0;

		draw_cell(g, r, i, x, y, room, i == cursor);
		if (!in_columns(r))
			room = text_pixels(g->p, model_text(g->m, &g->m->cell[r->first + i]));
		/* What has no width has no gap either. */
		x += room > 0 ? room + g->p->advance * 1.5f : 0;
	}
}

static void select_by_mouse(const struct grid *g, u32 index, float y, float height)
{
	if (!row_selectable(&g->m->row[index]) || !ImGui::IsWindowHovered() ||
	    !ImGui::IsMouseHoveringRect(ImVec2(g->x, y), ImVec2(g->x + g->width, y + height)))
		return;
	if (ImGui::IsMouseClicked(0) || ImGui::IsMouseClicked(1)) {
		g->v->selected = (s32)index;
		ui_show(g->p->ui, g->view);
		if (g->view == VIEW_DISASM) {
			g->p->ui->disasm.pinned = true;
			g->p->ui->disasm.cursor = g->m->row[index].id;
		}
	}
}

static void draw_row(struct grid *g, u32 index, float y, float height)
{
	const struct row *r = &g->m->row[index];
	float x = g->x + g->p->pad + ((float)r->indent * 2 - (float)g->v->left) * g->p->advance;

	ImGui::PushID((int)index);
	draw_behind(g, index, y, height);
	select_by_mouse(g, index, y, height);
	switch (r->kind) {
	case ROW_GAP: break;
	case ROW_HEAD: draw_head(g, r, x, y, height); break;
	case ROW_NOTE: note(g, ImGui::GetWindowDrawList(), r, x, y); break;
	case ROW_CARD: draw_cells(g, index, x, y + (height - g->p->line) / 2); break;
	case ROW_FIGURE: figure_draw(g->p, g->view, index, x, y, g->x + g->width - g->p->pad - x); break;
	default: draw_cells(g, index, x, y); break;
	}
	ImGui::PopID();
}

/* How wide a row would be on one line, where it is not to be wrapped. */
static float full_width(const struct grid *g, const struct row *r)
{
	float w = (float)r->indent * 2 * g->p->advance;
	unsigned columns;

	if (!in_columns(r) || !r->count)
		return 0;
	for (u32 i = 0; i + 1 < r->count && i < COLUMNS_MAX; i++)
		w += g->column[level_of(r)][i] > 0 ? g->column[level_of(r)][i] + g->p->advance * 1.5f : 0;
	if (cell_lines(g, r, &columns) == 1)
		w += text_pixels(g->p, model_text(g->m, &g->m->cell[r->first + r->count - 1]));
	return w;
}

/* Bring the selected row into sight, when it was moved there. */
static void reveal(struct grid *g, float y, float height, float top, float visible)
{
	float edge = g->p->line;

	if (y - edge < top)
		ImGui::SetScrollY(y - edge > 0 ? y - edge : 0);
	else if (y + height + edge > top + visible)
		ImGui::SetScrollY(y + height + edge - visible);
	g->v->reveal = false;
}

void draw_rows(const struct pen *p, unsigned view)
{
	struct view_state *v = &p->ui->view[view];
	ImVec2 from = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
	float top = ImGui::GetScrollY(), y = p->pad / 2, scrollbar = ImGui::GetStyle().ScrollbarSize, widest = 0;
	struct grid g = { p, view, v, &v->model, from.x, size.x, {}, 0, p->ui->focus == view };

	if (ImGui::GetScrollMaxY() > 0)
		g.width -= scrollbar;
	v->rows = (u32)((size.y - 1.5f * p->pad) / p->line);
	v->columns = (u32)(size.x / p->advance);
	for (u32 i = 0; i < g.m->rows; i++) {
		const struct row *r = &g.m->row[i];
		float height = row_height(&g, r);

		if (i >= g.section)
			measure(&g, i + (r->kind == ROW_HEAD || r->kind == ROW_GAP));
		widest = fmaxf(widest, full_width(&g, r));
		if (v->reveal && (s32)i == v->selected)
			reveal(&g, y, height, top, size.y);
		if (y + height >= top && y <= top + size.y)
			draw_row(&g, i, from.y + y - top, height);
		y += height;
	}
	v->widest = (u32)ceilf((widest + 2 * p->pad) / p->advance);
	if (v->left && v->widest <= v->columns)
		v->left = 0;
	if (v->reveal && v->selected < 0)
		v->reveal = false;
	ImGui::SetCursorPos(ImVec2(0, y));
	ImGui::Dummy(ImVec2(1, p->pad));
}
