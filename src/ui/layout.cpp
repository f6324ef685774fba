#include "ui/layout.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/strip.h"

#define NARROW_COLUMNS 145 /* fewer characters across: two columns of views instead of three */
#define REGS_COLUMNS 46

struct box {
	float x, y, w, h;
};

static const ImGuiWindowFlags plain = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
				      ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoCollapse |
				      ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNavInputs |
				      ImGuiWindowFlags_NoNavFocus;

/* ---- toolbar ---- */

static bool button(const struct pen *p, float *x, float y, float h, const char *label, const char *key, bool lit)
{
	float w = text_pixels(p, label) + (key[0] ? text_pixels(p, key) + p->advance : 0) + 2 * p->advance;
	float text_y = y + (h - p->size) / 2;
	ImVec2 from(*x, y), to(*x + w, y + h);
	ImDrawList *list = ImGui::GetWindowDrawList();
	bool pressed;

	ImGui::SetCursorScreenPos(from);
	pressed = ImGui::InvisibleButton(label, ImVec2(w, h));
	list->AddRectFilled(from, to, lit ? faded(tone(p, TONE_GOOD), 0.3f) : paint(p, PAINT_RAISED), 3);
	if (ImGui::IsItemHovered())
		list->AddRect(from, to, paint(p, PAINT_FOCUS), 3);
	draw_text(p, *x + p->advance, text_y, tone(p, TONE_TEXT), label);
	if (key[0])
		draw_text(p, *x + w - p->advance - text_pixels(p, key), text_y, tone(p, TONE_DIM), key);
	*x += w + floorf(p->advance * 0.75f);
	return pressed;
}

static void toolbar(const struct pen *p, const struct box &b)
{
	static const struct {
		u8 action;
		const char *label, *key;
	} buttons[] = { { ACTION_back, "Back", "b" },	     { ACTION_step, "Step", "F11" },
			{ ACTION_over, "Over", "F10" },	     { ACTION_out, "Out", "\u21e7F11" },
			{ ACTION_level, "EL", "F8" },	     { ACTION_exit, "VM exit", "\u21e7F8" },
			{ ACTION_commands, "Command", ":" }, { ACTION_help, "Help", "F1" } };
	bool runs = p->ui->run.mode != RUN_PAUSED, keys = b.w / p->advance > 100;
	float x = b.x + p->pad, y = b.y + floorf(p->line * 0.25f), h = b.h - floorf(p->line * 0.5f);

	if (button(p, &x, y, h, runs ? "Pause" : "Run  ", keys ? "F5" : "", runs))
		ui_do(p->ui, ACTION_run, "");
	for (unsigned i = 0; i < ARRAY_SIZE(buttons); i++)
		if (button(p, &x, y, h, buttons[i].label, keys ? buttons[i].key : "", false))
			ui_do(p->ui, buttons[i].action, "");
	h = text_pixels(p, "hypscope");
	if (b.x + b.w - h - p->pad > x)
		draw_text(p, b.x + b.w - h - p->pad, b.y + (b.h - p->size) / 2, tone(p, TONE_DIM), "hypscope", true);
}

/* ---- state line ---- */

static void state_line(const struct pen *p, struct layout *l, const struct box &b)
{
	float x = b.x + p->pad, y = b.y + (b.h - p->line) / 2;

	ui_status_model(p->ui, &l->status);
	if (!l->status.rows)
		return;
	for (u32 i = 0; i < l->status.row[0].count; i++) {
		const struct cell *c = &l->status.cell[l->status.row[0].first + i];
		const char *text = model_text(&l->status, c);

		if (i == 0 || c->tone >= TONE_EL0)
			x += draw_chip(p, x, y, tone(p, c->tone), text) + p->advance;
		else
			x += draw_text(p, x, y + (p->line - p->size) / 2, tone(p, c->tone), text) + 2 * p->advance;
	}
}

/* ---- command line ---- */

static void palette_rows(const struct pen *p, const struct model *m, const struct box &b)
{
	float column[4] = {};

	for (u32 i = 1; i < m->rows; i++)
		for (u32 k = 0; k < 4 && k < m->row[i].count; k++)
			column[k] = fmaxf(column[k], text_pixels(p, model_text(m, &m->cell[m->row[i].first + k])));
	column[1] = fminf(column[1], 32 * p->advance);
	for (u32 i = 1; i < m->rows; i++) {
		const struct row *r = &m->row[i];
		float x = b.x + p->pad * 2, y = b.y + p->pad * 2 + p->line * (float)(i + 0.5f);

		if (r->current)
			ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(b.x + p->pad, y),
								  ImVec2(b.x + b.w - p->pad, y + p->line),
								  paint(p, PAINT_SELECT), 2);
		for (u32 k = 0; k < 4 && k < r->count; k++) {
			const struct cell *c = &m->cell[r->first + k];
			ImVec2 from(x, y), to(k == 3 ? b.x + b.w : x + column[k], y + p->line);

			ImGui::PushClipRect(from, k == 2 ? ImVec2(b.x + b.w - p->pad, to.y) : to, true);
			draw_text(p, x, y + (p->line - p->size) / 2, tone(p, c->tone), model_text(m, c));
			ImGui::PopClipRect();
			x += column[k] + 2 * p->advance;
		}
	}
}

/* A box over the middle of the window, below the toolbar. */
static void command_line(const struct pen *p, struct layout *l, const struct box &all)
{
	const struct line *line = &p->ui->line;
	struct box b = { all.x, all.y + p->line * 2.5f, fminf(all.w - 4 * p->advance, 110 * p->advance), 0 };
	float caret;
	ImDrawList *list = ImGui::GetWindowDrawList();
	char shown[LINE_MAX_BYTES + 2];

	ui_palette_model(p->ui, &l->palette);
	b.h = p->line * ((float)l->palette.rows + 0.75f) + 3 * p->pad;
	b.x = floorf(all.x + (all.w - b.w) / 2);
	list->AddRectFilled(ImVec2(b.x + 3, b.y + 4), ImVec2(b.x + b.w + 3, b.y + b.h + 4), IM_COL32(0, 0, 0, 90), 5);
	list->AddRectFilled(ImVec2(b.x, b.y), ImVec2(b.x + b.w, b.y + b.h), paint(p, PAINT_BAR), 5);
	list->AddRect(ImVec2(b.x, b.y), ImVec2(b.x + b.w, b.y + b.h), paint(p, PAINT_FOCUS), 5);
	snprintf(shown, sizeof(shown), "%c%s", line->filters ? '/' : ':', line->text);
	draw_text(p, b.x + p->pad * 2, b.y + p->pad * 1.5f, tone(p, TONE_TEXT), shown, true);
	caret = b.x + p->pad * 2 + (float)(line->at + 1) * p->advance;
	list->AddRectFilled(ImVec2(caret, b.y + p->pad * 1.5f), ImVec2(caret + 2, b.y + p->pad * 1.5f + p->size + 2),
			    paint(p, PAINT_FOCUS));
	palette_rows(p, &l->palette, b);
}

/* ---- areas ---- */

static void draw_view(const struct pen *p, unsigned view)
{
	static void (*const draws[VIEWS])(const struct pen *p) = {
#define VIEW(ID, view, hotkey, place, words) draw_##view,
#include "ui/views.def"
#undef VIEW
	};

	draws[view](p);
}

/* A tab; returns its width. Titles give way to names when there is little room. */
static float tab(const struct pen *p, unsigned view, float x, float y, float h, bool full, bool shown)
{
	char text[64];
	float w;
	ImU32 colour = tone(p, shown ? TONE_TEXT : TONE_DIM);
	ImDrawList *list = ImGui::GetWindowDrawList();
	bool focus = p->ui->focus == view;

	snprintf(text, sizeof(text), "%s", full ? ui_views[view].title : ui_views[view].name);
	w = text_pixels(p, text) + p->advance * 3.5f;
	ImGui::SetCursorScreenPos(ImVec2(x, y));
	ImGui::PushID((int)view);
	if (ImGui::InvisibleButton("tab", ImVec2(w, h)))
		ui_show(p->ui, view);
	if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0))
		ui_do(p->ui, ACTION_zoom, "");
	ImGui::PopID();
	if (shown)
		list->AddRectFilled(ImVec2(x, y), ImVec2(x + w, y + h), paint(p, PAINT_PANEL));
	if (shown)
		list->AddRectFilled(ImVec2(x, y), ImVec2(x + w, y + 2),
				    focus ? paint(p, PAINT_FOCUS) : paint(p, PAINT_BORDER));
	text[0] = (char)ui_views[view].key;
	text[1] = 0;
	draw_text(p, x + p->advance * 0.75f, y + (h - p->size) / 2, tone(p, TONE_DIM), text);
	draw_text(p, x + p->advance * 2.25f, y + (h - p->size) / 2, colour,
		  full ? ui_views[view].title : ui_views[view].name, shown);
	return w;
}

static float tabs_width(const struct pen *p, const u8 *views, unsigned count, bool full)
{
	float w = 0;

	for (unsigned i = 0; i < count; i++)
		w += text_pixels(p, full ? ui_views[views[i]].title : ui_views[views[i]].name) + p->advance * 3.5f;
	return w;
}

static void draw_filter(const struct pen *p, unsigned view, float x, float right, float y, float h)
{
	char text[80];
	const char *filter = p->ui->view[view].filter;

	if (!filter[0])
		return;
	snprintf(text, sizeof(text), "/%s", filter);
	if (x + text_pixels(p, text) < right)
		draw_text(p, right - text_pixels(p, text) - p->advance, y + (h - p->size) / 2, tone(p, TONE_WARN),
			  text);
}

static void draw_area(const struct pen *p, unsigned area, const struct box &b)
{
	float h = floorf(p->line * 1.4f), x = b.x;
	u8 views[VIEWS];
	unsigned count = ui_area_views(p->ui, area, views), shown = p->ui->zoomed ? p->ui->focus : p->ui->shown[area];
	bool full = tabs_width(p, views, count, true) < b.w;
	ImDrawList *list = ImGui::GetWindowDrawList();
	char id[16];

	list->AddRectFilled(ImVec2(b.x, b.y), ImVec2(b.x + b.w, b.y + b.h), paint(p, PAINT_PANEL));
	list->AddRectFilled(ImVec2(b.x, b.y), ImVec2(b.x + b.w, b.y + h), paint(p, PAINT_BAR));
	ImGui::PushClipRect(ImVec2(b.x, b.y), ImVec2(b.x + b.w, b.y + h), true);
	for (unsigned i = 0; i < count; i++)
		x += tab(p, views[i], x, b.y, h, full, views[i] == shown);
	draw_filter(p, shown, x, b.x + b.w, b.y, h);
	ImGui::PopClipRect();
	snprintf(id, sizeof(id), "view%u", shown);
	ImGui::SetCursorScreenPos(ImVec2(b.x, b.y + h));
	ImGui::BeginChild(id, ImVec2(b.w, b.h - h), false, ImGuiWindowFlags_NoNavInputs);
	if (ImGui::IsWindowHovered() && ImGui::IsMouseClicked(0) && p->ui->focus != shown)
		ui_show(p->ui, shown);
	draw_view(p, shown);
	ImGui::EndChild();
	if (p->ui->focus == shown)
		list->AddRect(ImVec2(b.x, b.y), ImVec2(b.x + b.w, b.y + b.h), faded(paint(p, PAINT_FOCUS), 0.55f));
}

/* A line between areas that can be dragged; `share` of `whole` pixels. */
static void splitter(const struct pen *p, const char *id, const struct box &b, bool vertical, float *share, float whole,
		     float sign)
{
	float thick = floorf(p->pad * 0.75f);
	float moved;

	ImGui::SetCursorScreenPos(ImVec2(b.x, b.y));
	ImGui::InvisibleButton(id, ImVec2(vertical ? thick : b.w, vertical ? b.h : thick));
	if (!ImGui::IsItemHovered() && !ImGui::IsItemActive())
		return;
	ImGui::SetMouseCursor(vertical ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
	if (!ImGui::IsItemActive())
		return;
	moved = vertical ? ImGui::GetIO().MouseDelta.x : ImGui::GetIO().MouseDelta.y;
	*share = fminf(0.85f, fmaxf(0.12f, *share + sign * moved / whole));
}

static void left_column(const struct pen *p, struct layout *l, const struct box &b, float gap)
{
	float lower = floorf(b.h * l->lower), upper = b.h - lower - gap;

	draw_area(p, AREA_CODE, { b.x, b.y, b.w, upper });
	splitter(p, "lower", { b.x, b.y + upper, b.w, gap }, false, &l->lower, b.h, -1);
	draw_area(p, AREA_LOWER, { b.x, b.y + upper + gap, b.w, lower });
}

static void right_column(const struct pen *p, struct layout *l, const struct box &b, float gap)
{
	float upper = floorf(b.h * l->tower);

	draw_area(p, AREA_TOWER, { b.x, b.y, b.w, upper });
	splitter(p, "tower", { b.x, b.y + upper, b.w, gap }, false, &l->tower, b.h, 1);
	draw_area(p, AREA_REGS, { b.x, b.y + upper + gap, b.w, b.h - upper - gap });
}

static void areas(const struct pen *p, struct layout *l, const struct box &b)
{
	float gap = floorf(p->pad * 0.75f), right = 0, left;

	if (p->ui->zoomed) {
		draw_area(p, ui_area_of(p->ui, p->ui->focus), b);
		return;
	}
	if (!p->ui->narrow) {
		if (l->right <= 0)
			l->right = REGS_COLUMNS * p->advance / b.w;
		right = floorf(b.w * l->right) + gap;
	}
	left = floorf((b.w - right) * l->code);
	left_column(p, l, { b.x, b.y, left, b.h }, gap);
	splitter(p, "code", { b.x + left, b.y, gap, b.h }, true, &l->code, b.w - right, 1);
	draw_area(p, AREA_MAIN, { b.x + left + gap, b.y, b.w - right - left - gap, b.h });
	if (p->ui->narrow)
		return;
	splitter(p, "right", { b.x + b.w - right, b.y, gap, b.h }, true, &l->right, b.w, -1);
	right_column(p, l, { b.x + b.w - right + gap, b.y, right - gap, b.h }, gap);
}

/* A window that became narrow, or wide again: what an area shows must be one of its views. */
static void settle(struct ui *ui, bool narrow)
{
	if (ui->narrow == narrow)
		return;
	ui->narrow = narrow;
	ui->shown[AREA_TOWER] = VIEW_TOWER;
	ui->shown[AREA_REGS] = VIEW_REGS;
	if (ui_area_of(ui, ui->shown[AREA_MAIN]) != AREA_MAIN)
		ui->shown[AREA_MAIN] = VIEW_WALK;
	ui_show(ui, ui->focus);
	ui_refresh(ui, false);
}

/* ---- worlds over time ---- */

/* Where the machine is, when it is not at the right edge. */
static void strip_cursor(const struct pen *p, const struct strip *s, const struct box &b)
{
	float x = b.x + b.w * (float)s->now;
	ImDrawList *list = ImGui::GetWindowDrawList();

	if (s->now >= 1)
		return;
	list->AddRectFilled(ImVec2(x, b.y), ImVec2(b.x + b.w, b.y + b.h), faded(paint(p, PAINT_BACK), 0.6f));
	list->AddRectFilled(ImVec2(x - 1, b.y), ImVec2(x + 2, b.y + b.h), tone(p, TONE_BAD));
}

/* What is under the mouse; a click goes there. */
static void strip_mouse(const struct pen *p, const struct strip *s, const struct box &b, float lane)
{
	ImVec2 mouse = ImGui::GetMousePos();
	double at = (mouse.x - b.x) / b.w;

	ImGui::SetCursorScreenPos(ImVec2(b.x, b.y));
	ImGui::InvisibleButton("strip", ImVec2(b.w, b.h));
	if (!ImGui::IsItemHovered())
		return;
	for (u32 i = 0; i < s->count; i++) {
		const struct strip_span *k = &s->span[i];
		struct link link = { LINK_CYCLE, 0, k->core, k->cycle };

		if (at < k->from || at >= k->to || (mouse.y - b.y - 2) / lane < k->lane ||
		    (mouse.y - b.y - 2) / lane >= k->lane + 1.0f)
			continue;
		ImGui::SetTooltip(" core %u: %s from cycle %llu (click to go there) ", k->core, k->text,
				  (unsigned long long)k->cycle);
		if (ImGui::IsMouseClicked(0))
			ui_activate(p->ui, &link);
		return;
	}
}

static void draw_strip(const struct pen *p, const struct box &b)
{
	ImDrawList *list = ImGui::GetWindowDrawList();
	struct strip s;
	float lane;

	list->AddRectFilled(ImVec2(b.x, b.y), ImVec2(b.x + b.w, b.y + b.h), paint(p, PAINT_PANEL));
	if (!strip_make(p->ui, &s))
		return;
	lane = (b.h - 4) / (float)s.lanes;
	for (u32 i = 0; i < s.count; i++) {
		const struct strip_span *k = &s.span[i];
		float x0 = b.x + b.w * (float)k->from, x1 = b.x + b.w * (float)k->to, y = b.y + 2 + lane * k->lane;
		float w = fmaxf(1, x1 - x0);

		list->AddRectFilled(ImVec2(x0, y), ImVec2(x0 + w, y + lane - 1), faded(tone(p, k->tone), 0.8f));
		if (text_pixels(p, k->text) + p->advance < w && lane > p->size)
			draw_text(p, x0 + p->advance / 2, y + (lane - p->size) / 2, paint(p, PAINT_BACK), k->text,
				  true);
	}
	strip_cursor(p, &s, b);
	strip_mouse(p, &s, b, lane);
	strip_free(&s);
}

void layout_draw(const struct pen *p, struct layout *l)
{
	ImVec2 size = ImGui::GetIO().DisplaySize;
	float bar = floorf(p->line * 1.9f), state = floorf(p->line * 1.5f), time = floorf(p->line * 1.6f);
	struct box all = { 0, 0, size.x, size.y }, in;
	ImDrawList *list;

	settle(p->ui, size.x / p->advance < NARROW_COLUMNS);
	ImGui::SetNextWindowPos(ImVec2(0, 0));
	ImGui::SetNextWindowSize(size);
	ImGui::Begin("hypscope", NULL, plain | ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollbar);
	list = ImGui::GetWindowDrawList();
	list->AddRectFilled(ImVec2(0, 0), size, paint(p, PAINT_BACK));
	list->AddRectFilled(ImVec2(0, 0), ImVec2(size.x, bar), paint(p, PAINT_BAR));
	list->AddRectFilled(ImVec2(0, size.y - state), size, paint(p, PAINT_BAR));
	toolbar(p, { 0, 0, size.x, bar });
	draw_strip(p, { 0, bar, size.x, time });
	in = { 0, bar + time, size.x, size.y - bar - time - state };
	areas(p, l, in);
	state_line(p, l, { 0, size.y - state, size.x, state });
	ImGui::End();
	if (!p->ui->line.open)
		return;
	ImGui::SetNextWindowPos(ImVec2(0, 0));
	ImGui::SetNextWindowSize(size);
	ImGui::SetNextWindowFocus();
	ImGui::Begin("command", NULL,
		     plain | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoScrollbar);
	command_line(p, l, all);
	ImGui::End();
}

void layout_free(struct layout *l)
{
	model_free(&l->status);
	model_free(&l->palette);
}
