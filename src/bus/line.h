/* An interrupt wire: whoever drives it knows nothing of who listens. */
#ifndef BUS_LINE_H
#define BUS_LINE_H

#include "base/types.h"

struct line {
	void (*set)(void *ctx, unsigned n, bool level);
	void *ctx;
	unsigned n;
};

static inline void line_set(const struct line *l, bool level)
{
	if (l->set)
		l->set(l->ctx, l->n, level);
}

#endif
