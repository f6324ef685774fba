/*
 * Explanations as one HTML page that needs nothing else: folds by <details>, light or dark as the reader's system is,
 * everything that is not ours escaped.
 */
#ifndef DEBUG_PAGE_H
#define DEBUG_PAGE_H

#include <stdio.h>

#include "base/types.h"
#include "debug/ladder.h"

void page_begin(FILE *out, const char *title);
void page_end(FILE *out);

/* A text of explain.h: what stands under a head folds. */
void page_explained(FILE *out, const char *text, bool is_open);
/* The lines alone. */
void page_lines(FILE *out, const char *text);
/* One translation: the grid of its descriptor reads, each of them with its fields, numbered from `first`. */
unsigned page_ladder(FILE *out, const struct walk *w, const struct regime *r, unsigned first);
/* Where it led: what the stages say and what they make together; or the fault. */
void page_end_of_walk(FILE *out, const struct walk *w, const struct regime *r, unsigned el);
/* Of a walk that led somewhere, the table of both stages alone. */
void page_parts(FILE *out, const struct walk *w, const struct regime *r);

#endif
