/* What keeps a core, in words. */
#ifndef DEBUG_STALL_WORDS_H
#define DEBUG_STALL_WORDS_H

#include <stdio.h>

#include "hypscope.h"

/* A line on where the core is, and indented lines on what is pending and which timers run; `symbol` may be NULL. */
void stall_words(FILE *out, unsigned core, const struct hyp_stall *s, const char *symbol);

#endif
