/*
 * What the walk view shows: one translation as steps that are made one at a time, in the order of hyp_walk()'s (and of
 * `hypscope walk --json`); the same as a grid, stage-1 levels down and stage-2 levels across; what the current step
 * computes and reads; and how it ends.
 */
#ifndef UI_WALK_DATA_H
#define UI_WALK_DATA_H

#include "hypscope.h"
#include "ui/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whose address, and which access. */
struct walk_query {
	u64 address;
	u8 core;
	u8 el;	 /* that makes the access */
	u8 kind; /* ACCESS_READ, ACCESS_WRITE, ACCESS_FETCH */
	bool is_ipa, privileged;
};

/* A line of the grid: the stage-2 walk that finds one stage-1 descriptor, then that descriptor; or that of the output.
 */
enum grid_kind { GRID_TABLE, GRID_UPDATE, GRID_OUTPUT };
#define GRID_LEVELS 5 /* -1 to 3 */
#define GRID_NONE (-1)
struct grid_row {
	u8 kind;	    /* enum grid_kind */
	s8 level;	    /* of stage 1 */
	u64 input;	    /* what stage 2 translates here; without stage 2: the descriptor's PA */
	s8 s2[GRID_LEVELS]; /* numbers of steps, from 0, by level + 1; or GRID_NONE */
	s8 s1;
};
#define GRID_ROWS_MAX 8
struct walk_grid {
	unsigned rows;
	struct grid_row row[GRID_ROWS_MAX];
	bool has_s1, has_s2;
	s8 first_level, last_level; /* of stage 2, over all rows */
};

struct walk_data {
	struct walk_query query;
	struct regime regime;
	struct walk walk;
	bool has_rights; /* a Permission fault: the same walk without checks, for what each stage allows */
	struct walk rights;
	struct walk_grid grid;
	unsigned at; /* the current step, from 0; walk.count: the end */
	bool made;   /* there is a walk */
};

/* What the core would do next: the fetch of its next instruction. */
void walk_query_of_core(struct walk_query *q, const struct machine *m, unsigned core);
/* Make the walk that the query asks for. The place among its steps stays, where it has so many. */
void walk_data_update(struct walk_data *w, struct machine *m);
/* A walk that was made elsewhere. */
void walk_data_take(struct walk_data *w, const struct walk *walk, const struct regime *r, unsigned el);
/* Forward and back; the end is the last place. False: there is no further one. */
bool walk_data_step(struct walk_data *w, int by);

/* The line of the grid that step i is in; NULL: it is the end. */
const struct grid_row *walk_grid_row(const struct walk_data *w, unsigned i);

/* ---- what is shown: rows added to a model ---- */
/* "VA 0x… , read at EL1…", the step's number, and how it ends when it has ended. */
void walk_heading_rows(struct model *to, const struct walk_data *w);
void walk_grid_rows(struct model *to, const struct walk_data *w);
/* What a cell of the grid says, and its tone. */
#define WALK_CELL_MAX 40
unsigned walk_cell_words(const struct walk_data *w, int step, char text[WALK_CELL_MAX]);
/* A row a step, then the end: as far as it was made. */
void walk_ladder_rows(struct model *to, const struct walk_data *w);
/* The current step: index, address, descriptor, its fields; at the end, how the stages combine, or the fault. */
void walk_step_rows(struct model *to, const struct walk_data *w);
/* All of these. */
void walk_all_rows(struct model *to, const struct walk_data *w);

/* "TTBR0_EL1", "VTTBR_EL2": what holds the address of the first table that step i, or one before it, looked into; or
 * NULL: it came from the descriptor of step *from. */
const char *walk_table_source(const struct walk_data *w, unsigned i, unsigned *from);

#ifdef __cplusplus
}
#endif
#endif
