/* What `walk` and `decode` print: text, in colour on a terminal; with --json JSON; with --html a page beside it. */
#ifndef CLI_EXPLAINED_H
#define CLI_EXPLAINED_H

#include <stdio.h>

#include "cli/options.h"

/* A text that is held until it is known whether it will be printed. */
struct held {
	FILE *out;
	char *text;
	size_t size;
};
bool held_open(struct held *h, struct error *e);
void held_drop(struct held *h);

/* Print the text (coloured if it should be, and is not JSON) and write the page to the file of --html (NULL: none).
 * Both are dropped. False: *e says what could not be written. */
bool explained_print(const struct options *o, FILE *out, struct held *text, struct held *page, struct error *e);

#endif
