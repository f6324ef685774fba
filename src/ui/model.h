/*
 * What a view shows, as rows of cells of words. A model is computed in C from the machine by the public interface,
 *drawn by the window, and printed by --dump-model: what the tests read is what the screen shows.
 *
 *	model_row(m, ROW_CELLS);
 *	model_cell(m, TONE_NAME, "x%u", n);
 *	model_cell(m, changed ? TONE_CHANGED : TONE_NUMBER, "%016llx", value);
 *	model_link(m, (struct link){ .kind = LINK_ADDRESS, .space = space, .core = core, .value = value });
 */
#ifndef UI_MODEL_H
#define UI_MODEL_H

#include <stdio.h>

#include "base/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a word is: the theme gives it a colour. */
enum tone {
	TONE_TEXT,
	TONE_DIM,     /* beside the point: zeros, padding, raw words */
	TONE_NAME,    /* registers, fields, columns */
	TONE_NUMBER,  /* values */
	TONE_ADDRESS, /* values that are addresses */
	TONE_SYMBOL,  /* names from the image */
	TONE_CODE,    /* instructions */
	TONE_CHANGED, /* not what it was at the last stop */
	TONE_GOOD,
	TONE_WARN,
	TONE_BAD,
	TONE_EL0, /* to TONE_EL0 + 3 */
	TONE_EL1,
	TONE_EL2,
	TONE_EL3,
	TONE_STAGE1, /* of a walk */
	TONE_STAGE2,
	TONE_WORLD, /* to TONE_WORLD + WORLD_TONES - 1: by VMID */
	TONES = TONE_WORLD + 8,
};
#define WORLD_TONES 8

#define INDENTS_MAX 4
enum row_kind {
	ROW_CELLS,   /* can be selected */
	ROW_HEAD,    /* a section begins: its title, perhaps words on the right */
	ROW_COLUMNS, /* titles of the columns that follow */
	ROW_NOTE,    /* a paragraph, wrapped by whoever draws it */
	ROW_GAP,     /* an empty line */
	ROW_FIGURE,  /* a line of a figure: its cells as text, which whoever draws makes boxes of */
	ROW_CARD,    /* a card begins, with this as its title; it ends at the next ROW_CARD, ROW_HEAD or ROW_GAP */
};

/* What a ROW_FIGURE is a line of. */
enum figure {
	FIGURE_GRID_HEAD, /* of a nested walk: titles of its columns */
	FIGURE_GRID,	  /* what for, its address, then a box a descriptor */
	FIGURE_STATES, /* a name, then states that lead to each other, left to right; the current one in [brackets] */
};

/* What activating a cell leads to. */
enum link_kind {
	LINK_NONE,
	LINK_ADDRESS, /* `value` in `space` on `core`: walk, memory or disassembly */
	LINK_CYCLE,   /* a point in time */
	LINK_CORE,    /* core `value` */
	LINK_POINT,   /* breakpoint number `value` */
	LINK_VIEW,    /* view number `value` (enum view_id) */
	LINK_ACTION,  /* action number `value` (actions.def) */
	LINK_OWN,     /* the view's own key function knows: `value` is its number */
};
struct link {
	u8 kind;  /* enum link_kind */
	u8 space; /* enum hyp_space */
	u8 core;
	u64 value;
};

struct cell {
	u32 text; /* where in the model's words; model_text() */
	u8 tone;  /* enum tone */
	bool right, bold;
	struct link link;
};

struct row {
	u32 first, count; /* its cells */
	u8 kind;	  /* enum row_kind */
	u8 indent;	  /* levels; columns are those of rows of the same one */
	bool clip;	  /* its last cell is cut where there is no room, else it goes on below */
	bool current;	  /* where the machine is: the PC's instruction, the EL that runs, the step of a walk */
	bool marked;	  /* stands out: a breakpoint, an entry that a TLBI would remove */
	u8 tone;	  /* of ROW_HEAD and ROW_CARD: enum tone; TONE_TEXT: none of its own */
	u8 figure;	  /* of ROW_FIGURE: enum figure */
	u64 id;		  /* the view's own name for it */
};

struct model {
	struct row *row;
	struct cell *cell;
	char *words;
	u32 rows, cells, used;		       /* of each */
	u32 rows_room, cells_room, words_room; /* allocated */
	u32 rows_before;		       /* that there were when it was cleared */
	bool failed;			       /* no memory: what is there is not all */
	struct row spare;		       /* handed out then */
};

/* Forget all rows; keeps the memory. */
void model_clear(struct model *m);
void model_free(struct model *m);
/* Begin a row. The pointer holds until the next row: to set current, marked, indent, id. */
struct row *model_row(struct model *m, enum row_kind kind);
/* A cell of the row begun last. */
void model_cell(struct model *m, unsigned tone, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Of the cell added last: where it leads; that it stands at its column's right edge. */
void model_link(struct model *m, struct link link);
void model_right(struct model *m);
/* A row of one cell. */
void model_line(struct model *m, enum row_kind kind, unsigned tone, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Lines that a function writes to a stream (debug/explain.h and the like), a row each. */
FILE *model_lines_open(struct model *m, char **text, size_t *size);
void model_lines_close(struct model *m, FILE *f, char **text, unsigned tone);

static inline const char *model_text(const struct model *m, const struct cell *c)
{
	return m->words + c->text;
}
static inline bool row_selectable(const struct row *r)
{
	return r->kind == ROW_CELLS || r->kind == ROW_CARD;
}
/* The first link of a row, or NULL. */
const struct link *model_row_link(const struct model *m, const struct row *r, unsigned kind);

/* As text: "> " before the current row, "* " before the selected one (or -1), "! " before a marked one; columns
 * aligned; what changed has a "!" after it. */
void model_dump(FILE *out, const struct model *m, s32 selected);

/* Characters, not bytes: how wide a text is in a font of one width. */
unsigned text_width(const char *text);

#ifdef __cplusplus
}
#endif
#endif
