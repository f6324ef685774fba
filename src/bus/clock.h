/*
 * Time is a number: one cycle count drives the generic timers, the PMU and the devices' deadlines.
 * `now` is exact whenever code outside the engine's hot path can see it: the engine publishes it before every
 * call out (MMIO, system registers). A deadline is a cycle at which its owner wants to be called.
 */
#ifndef BUS_CLOCK_H
#define BUS_CLOCK_H

#include "base/types.h"

#define CLOCK_NEVER (~0ull)
#define CLOCK_DEADLINES_MAX 384 /* five timers a core, and the devices */

/* Whose deadline it is. */
struct deadline {
	void (*fire)(void *ctx);
	void *ctx;
};

struct clock {
	/* state */
	u64 now;		     /* cycles since reset */
	u64 earliest;		     /* the least of all deadlines: the engine need not look at them before */
	u64 at[CLOCK_DEADLINES_MAX]; /* the deadlines: cycle, or CLOCK_NEVER */
	/* wiring */
	u64 per_tick; /* cycles per tick of the system counter (CNTFRQ_EL0 = 62.5 MHz) */
	unsigned count;
	struct deadline deadlines[CLOCK_DEADLINES_MAX];
	/* Called when `earliest` moved nearer, so that a running core ends its slice in time; may be NULL. */
	void (*moved)(void *ctx);
	void *moved_ctx;
};

/* Register a deadline (at CLOCK_NEVER); returns its number. */
unsigned clock_add(struct clock *c, void (*fire)(void *ctx), void *ctx);
/* Set or move deadline n to an absolute cycle (CLOCK_NEVER: off). */
void clock_set(struct clock *c, unsigned n, u64 at);
/* Fire every deadline at or before c->now (a fired deadline is set to CLOCK_NEVER first). */
void clock_fire(struct clock *c);

/* The system counter, CNTPCT_EL0, at c->now. */
static inline u64 clock_ticks(const struct clock *c)
{
	return c->now / c->per_tick;
}

#define CLOCK_CNTFRQ 62500000u

#endif
