#include "bus/clock.h"

#include "base/error.h"

unsigned clock_add(struct clock *c, void (*fire)(void *ctx), void *ctx)
{
	BUG_ON(c->count == CLOCK_DEADLINES_MAX);
	if (c->count == 0)
		c->earliest = CLOCK_NEVER;
	c->at[c->count] = CLOCK_NEVER;
	c->deadlines[c->count] = (struct deadline){ fire, ctx };
	return c->count++;
}

static void find_earliest(struct clock *c)
{
	u64 least = CLOCK_NEVER;

	for (unsigned i = 0; i < c->count; i++)
		if (c->at[i] < least)
			least = c->at[i];
	c->earliest = least;
}

void clock_set(struct clock *c, unsigned n, u64 at)
{
	u64 old = c->at[n], before = c->earliest;

	if (old == at)
		return;
	c->at[n] = at;
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
			if (c->at[i] > c->now)
				continue;
			c->at[i] = CLOCK_NEVER;
			c->deadlines[i].fire(c->deadlines[i].ctx);
		}
		find_earliest(c);
	}
}
