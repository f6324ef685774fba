/* A translation that `walk` stopped for, shown in the form that the options ask for. */
#ifndef CLI_WALK_SHOW_H
#define CLI_WALK_SHOW_H

#include <stdio.h>

#include "cli/options.h"
#include "hypscope.h"

struct walk_shown {
	struct machine *m;
	const struct options *o;
	const char *at; /* the stop point, as it was asked for */
	const struct event *event;
	bool at_end; /* the event only stands for the end of the run */
};

/* False: this event has nothing to show (its core is not there), or, with *e set, what was asked for cannot be
 * explained. Nothing is written then. */
bool walk_show(const struct walk_shown *s, FILE *out, struct error *e);

#endif
