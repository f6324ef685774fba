/* One event of the trace as text. */
#ifndef DEBUG_EVENT_WORDS_H
#define DEBUG_EVENT_WORDS_H

#include <stdio.h>

#include "trace/event.h"

/* One event, in full: one line or more, each ended. */
void event_words(FILE *out, const struct event *e);

#endif
