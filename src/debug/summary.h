/*
 * What a run did, counted: how long cores were in which world, why guests were left, what the TLBs missed. An observer
 * like any other, so a run without it pays nothing.
 */
#ifndef DEBUG_SUMMARY_H
#define DEBUG_SUMMARY_H

#include <stdio.h>

#include "hypscope.h"

struct summary;

/* Begin to count. NULL: no memory. */
struct summary *summary_start(struct machine *m);
/* Stop counting, at this cycle of the machine, which may be destroyed afterwards. */
void summary_end(struct summary *s, u64 cycles);
void summary_free(struct summary *s);
/* The counts as text; as a JSON object. */
void summary_text(FILE *out, const struct summary *s);
void summary_json(FILE *out, const struct summary *s);

#endif
