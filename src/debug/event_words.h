/* One event of the trace as text. */
#ifndef DEBUG_EVENT_WORDS_H
#define DEBUG_EVENT_WORDS_H

#include <stdio.h>

#include "trace/event.h"

struct disasm_cache;

/* One event, in full: one line or more, each ended. The cache may be NULL. */
void event_words(FILE *out, const struct event *e, struct disasm_cache *cache);
/* The same without its place; not of an instruction. */
void event_body_words(FILE *out, const struct event *e);

#endif
