/* The texts of explain.h in colour: for a terminal, or as HTML. Without the colours it is the same text. */
#ifndef DEBUG_PAINT_H
#define DEBUG_PAINT_H

#include <stdio.h>

#include "base/types.h"

void paint_terminal(FILE *out, const char *text);
/* Every piece in a span of a class that page.c gives a colour. */
void paint_html(FILE *out, const char *text, size_t size);
/* Plain text as HTML. */
void html_text(FILE *out, const char *text, size_t size);

#endif
