#include "bus/clock.h"

#include "base/error.h"

unsigned clock_add(struct clock *c, void (*fire)(void *ctx), void *ctx)
{
	BUG_ON(c->count == CLOCK_DEADLINES_MAX);
	if (c->count == 0)
		c->earliest = CLOCK_NEVER;
	c->deadlines[c->count] = (struct deadline){ CLOCK_NEVER, fire, ctx };
	return c->count++;
}

static void find_earliest(struct clock *c)
{
	u64 least = CLOCK_NEVER;

	for (unsigned i = 0; i < c->count; i++)
		if (c->deadlines[i].at < least)
			least = c->deadlines[i].at;
	c->earliest = least;
}

void clock_set(struct clock *c, unsigned n, u64 at)
{
	u64 old = c->deadlines[n].at, before = c->earliest;

	if (old == at)
		return;
	c->deadlines[n].at = at;
	if (at < before)
		c->earliest = at;
	else if (old == before)
		find_earliest(c);
	if (c->earliest < before && c->moved)
		c->moved(c->moved_ctx);
}

void clock_fire(struct clock *c)
{
	while (c->earliest <= c->now) {
		for (unsigned i = 0; i < c->count; i++) {
			struct deadline *d = &c->deadlines[i];

			if (d->at > c->now)
				continue;
			d->at = CLOCK_NEVER;
			d->fire(d->ctx);
		}
		find_earliest(c);
	}
}
