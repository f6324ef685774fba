/* Lines of figures: the nested walk as a grid of descriptors, and a list register's states. */
#include "ui/draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct model *model_of(const struct pen *p, unsigned view)
{
	return &p->ui->view[view].model;
}

static const char *cell_text(const struct model *m, const struct row *r, u32 i)
{
	return i < r->count ? model_text(m, &m->cell[r->first + i]) : "";
}

static float box_height(const struct pen *p)
{
	return floorf(p->line * 2);
}

float figure_height(const struct pen *p, const struct row *r)
{
	switch (r->figure) {
	case FIGURE_GRID_HEAD: return p->line;
	case FIGURE_STATES: return floorf(p->line * 1.3f);
	default: return box_height(p) + floorf(p->line * 0.7f);
	}
}

/* ---- boxes and arrows ---- */

struct box {
	ImVec2 from, to;
};

static void arrow(const struct pen *p, ImVec2 from, ImVec2 to, ImU32 colour)
{
	float head = p->line * 0.2f;
	ImDrawList *list = ImGui::GetWindowDrawList();

	list->AddLine(from, to, colour, 1.5f);
	if (from.y == to.y)
		list->AddTriangleFilled(to, ImVec2(to.x - head, to.y - head), ImVec2(to.x - head, to.y + head), colour);
	else
		list->AddTriangleFilled(to, ImVec2(to.x - head, to.y - head), ImVec2(to.x + head, to.y - head), colour);
}

static void draw_box(const struct pen *p, const struct box &b, ImU32 colour, bool filled, bool current)
{
	ImDrawList *list = ImGui::GetWindowDrawList();

	list->AddRectFilled(b.from, b.to, faded(colour, current ? 0.4f : filled ? 0.16f : 0), 4);
	list->AddRect(b.from, b.to, current ? colour : faded(colour, filled ? 0.7f : 0.4f), 4, 0, current ? 2.5f : 1);
}

/* In the middle; where it does not fit, its end: the low bits of a descriptor. */
static void box_text(const struct pen *p, const struct box &b, float y, ImU32 colour, const char *text, bool bold)
{
	size_t room = (size_t)((b.to.x - b.from.x) / p->advance), n = text_width(text);
	char line[64];

	if (n <= room || room < 4)
		snprintf(line, sizeof(line), "%.*s", (int)room, text);
	else
		snprintf(line, sizeof(line), "\u2026%s", text + n - room + 1);
	draw_text(p, b.from.x + (b.to.x - b.from.x - text_pixels(p, line)) / 2, y, colour, line, bold);
}

/* ---- the grid ---- */

struct columns {
	float label, box, gap;
	u32 count; /* of boxes */
};

/* All lines of one grid have the same columns; its labels are as wide as the widest. */
static struct columns grid_columns(const struct pen *p, const struct model *m, u32 row, float width)
{
	struct columns c = { 0, 0, p->advance * 2, m->row[row].count - 2 };
	u32 first = row;

	while (first && m->row[first - 1].kind == ROW_FIGURE)
		first--;
	for (u32 i = first; i < m->rows && m->row[i].kind == ROW_FIGURE; i++)
		for (u32 n = 0; n < 2; n++) {
			float w = text_pixels(p, cell_text(m, &m->row[i], n));

			if (w > c.label)
				c.label = w;
		}
	c.box = floorf((width - c.label) / (float)c.count - c.gap);
	if (c.box > p->advance * 24)
		c.box = p->advance * 24;
	return c;
}

static struct box grid_box(const struct pen *p, const struct columns &c, u32 n, float x, float y)
{
	float left = x + c.label + c.gap + (float)n * (c.box + c.gap);

	return { ImVec2(left, y), ImVec2(left + c.box, y + box_height(p)) };
}

/* "stage 2 L1", or "S2 L1" where that does not fit. */
static void grid_head(const struct pen *p, const struct model *m, const struct row *r, const struct columns &c, float x,
		      float y)
{
	for (u32 i = 0; i < c.count; i++) {
		const char *text = cell_text(m, r, 2 + i);
		char brief[16];

		if (text_pixels(p, text) > c.box && !strncmp(text, "stage ", 6)) {
			snprintf(brief, sizeof(brief), "S%s", text + 6);
			text = brief;
		}
		box_text(p, grid_box(p, c, i, x, y), y + (p->line - p->size) / 2,
			 tone(p, m->cell[r->first + 2 + i].tone), text, true);
	}
}

/* The number above, the descriptor below. */
static void descriptor(const struct pen *p, unsigned view, const struct box &b, const struct cell *c, const char *text)
{
	bool current = *text == '>';
	const char *colon = strchr(text, ':'), *words = colon ? colon + 2 : "";
	ImU32 colour = tone(p, c->tone);
	bool fits = *words && b.to.x - b.from.x > p->advance * 8;
	float y = b.from.y + (b.to.y - b.from.y) / 2;
	char number[16];

	snprintf(number, sizeof(number), "%.*s", colon ? (int)(colon - text) - current : 15, text + current);
	draw_box(p, b, colour, c->tone != TONE_DIM, current);
	box_text(p, b, fits ? y - p->size : y - p->size / 2, colour, number, true);
	if (fits)
		box_text(p, b, y, tone(p, c->tone == TONE_DIM ? TONE_DIM : TONE_TEXT), words, false);
	if (c->link.kind != LINK_OWN)
		return;
	ImGui::SetCursorScreenPos(b.from);
	ImGui::PushID(c);
	if (ImGui::InvisibleButton("step", ImVec2(b.to.x - b.from.x, b.to.y - b.from.y)))
		ui_choose(p->ui, view, c->link.value);
	if (ImGui::IsItemHovered())
		ImGui::SetTooltip("%s", text + current);
	ImGui::PopID();
}

static bool is_empty(const char *text)
{
	return !strcmp(text, "-");
}

/* From the line's end to where the next one begins. */
static void to_next_line(const struct pen *p, const struct columns &c, float x, float y, ImU32 colour)
{
	struct box last = grid_box(p, c, c.count - 1, x, y);
	float from = (last.from.x + last.to.x) / 2, middle = last.to.y + floorf(p->line * 0.35f),
	      left = x + c.label / 2;
	ImDrawList *list = ImGui::GetWindowDrawList();

	list->AddLine(ImVec2(from, last.to.y), ImVec2(from, middle), colour, 1.5f);
	list->AddLine(ImVec2(from, middle), ImVec2(left, middle), colour, 1.5f);
	arrow(p, ImVec2(left, middle), ImVec2(left, y + box_height(p) + floorf(p->line * 0.7f)), colour);
}

static void grid_line(const struct pen *p, unsigned view, u32 row, const struct columns &c, float x, float y)
{
	const struct model *m = model_of(p, view);
	const struct row *r = &m->row[row];
	bool more = row + 1 < m->rows && m->row[row + 1].kind == ROW_FIGURE;
	ImVec2 before(x + c.label + p->advance * 0.3f, y + box_height(p) / 2);
	u8 last = TONE_DIM;

	draw_text(p, x, y + box_height(p) / 2 - p->size, tone(p, m->cell[r->first].tone), cell_text(m, r, 0),
		  r->current);
	draw_text(p, x, y + box_height(p) / 2, tone(p, m->cell[r->first + 1].tone), cell_text(m, r, 1));
	for (u32 i = 0; i < c.count; i++) {
		const struct cell *cell = &m->cell[r->first + 2 + i];
		struct box b = grid_box(p, c, i, x, y);

		if (is_empty(cell_text(m, r, 2 + i)))
			continue;
		arrow(p, before, ImVec2(b.from.x, before.y), tone(p, cell->tone));
		descriptor(p, view, b, cell, cell_text(m, r, 2 + i));
		before.x = b.to.x;
		last = cell->tone;
	}
	if (more)
		to_next_line(p, c, x, y, tone(p, last == TONE_STAGE1 ? (u8)TONE_STAGE1 : (u8)TONE_DIM));
}

/* ---- states ---- */

static void states(const struct pen *p, const struct model *m, const struct row *r, float x, float y)
{
	float height = floorf(p->line * 1.1f), text_y = y + (height - p->size) / 2;

	x += draw_text(p, x, text_y, tone(p, m->cell[r->first].tone), cell_text(m, r, 0)) + 2 * p->advance;
	for (u32 i = 1; i < r->count; i++) {
		const char *text = cell_text(m, r, i);
		bool current = *text == '[';
		size_t n = strlen(text) - 2 * (size_t)current;
		char name[32];
		struct box b = { ImVec2(x, y), ImVec2(x + (float)(n + 2) * p->advance, y + height) };
		ImU32 colour = tone(p, m->cell[r->first + i].tone);

		draw_box(p, b, colour, current, current);
		snprintf(name, sizeof(name), "%.*s", (int)n, text + current);
		box_text(p, b, text_y, colour, name, current);
		x = b.to.x + 2 * p->advance;
		if (i + 1 < r->count)
			arrow(p, ImVec2(b.to.x, y + height / 2), ImVec2(x, y + height / 2), tone(p, TONE_DIM));
	}
}

void figure_draw(const struct pen *p, unsigned view, u32 row, float x, float y, float width)
{
	const struct model *m = model_of(p, view);
	const struct row *r = &m->row[row];

	if (r->figure == FIGURE_STATES) {
		states(p, m, r, x, y);
		return;
	}
	if (r->count < 3)
		return;
	struct columns c = grid_columns(p, m, row, width);

	if (r->figure == FIGURE_GRID_HEAD)
		grid_head(p, m, r, c, x, y);
	else
		grid_line(p, view, row, c, x, y);
}
