/* Drawing models: colours, metrics, and the rows that most views are. */
#ifndef UI_DRAW_H
#define UI_DRAW_H

#include <imgui.h>

#include "ui/ui.h"

/* What a frame is drawn with. */
struct pen {
	struct ui *ui;
	ImFont *font, *bold;
	float size;    /* of the font, in pixels */
	float advance; /* a character's width */
	float line;    /* a row's height */
	float pad;     /* between a border and what is in it */
};

enum paint {
	PAINT_BACK,   /* of the window */
	PAINT_PANEL,  /* of a view */
	PAINT_BAR,    /* of titles, toolbar, state line */
	PAINT_RAISED, /* buttons, cards */
	PAINT_BORDER,
	PAINT_CURRENT, /* where the machine is */
	PAINT_SELECT,  /* the cursor's row in the view that has the focus */
	PAINT_HOVER,
	PAINT_MARK,    /* marked rows */
	PAINT_CHANGED, /* behind what changed */
	PAINT_FOCUS,   /* the border of the view that has the focus */
	PAINTS
};
ImU32 paint(const struct pen *p, enum paint what);
ImU32 tone(const struct pen *p, unsigned tone);
/* The same colour, more or less see-through: 0 to 1. */
ImU32 faded(ImU32 colour, float alpha);

/* Text at a place; returns how wide it was. */
float draw_text(const struct pen *p, float x, float y, ImU32 colour, const char *text, bool bold = false);
float text_pixels(const struct pen *p, const char *text);
/* All rows of a view's model, in the current child window: scrolls, is selected by mouse, follows links. */
void draw_rows(const struct pen *p, unsigned view);
/* A line of a figure (ROW_FIGURE): figure.cpp. */
float figure_height(const struct pen *p, const struct row *r);
void figure_draw(const struct pen *p, unsigned view, u32 row, float x, float y, float width);
/* A colour behind a word: where the machine is, which EL, which VM. */
float draw_chip(const struct pen *p, float x, float y, ImU32 colour, const char *text);
/* What a click, a double click and the menu do on something that has a link: call after an ImGui item. */
void link_item(const struct pen *p, const struct link *link);

/* The renderers of views.def. They draw into the current child window. */
#define VIEW(ID, view, hotkey, place, words) void draw_##view(const struct pen *p);
#include "ui/views.def"
#undef VIEW

#endif
