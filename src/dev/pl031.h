/*
 * PL031 real-time clock (Arm DDI 0224): seconds, and an interrupt when they match.
 *
 * Time is the machine's: `epoch` seconds at cycle 0, then one more each second of the system counter, so that runs are
 * deterministic. A match wakes the machine only when it can interrupt; otherwise it is found when somebody looks. As on
 * QEMU's `virt` the clock runs from reset (RTCCR reads 1), as if a battery had kept it running.
 */
#ifndef DEV_PL031_H
#define DEV_PL031_H

#include "base/types.h"
#include "bus/bus.h"
#include "bus/clock.h"
#include "bus/line.h"

struct pl031_state {
	u32 offset; /* RTCDR at cycle 0 */
	u32 lr, mr; /* last loaded value, match value */
	bool imsc, ris;
	u64 compared; /* the second since cycle 0 up to which RTCDR and RTCMR have been compared */
};

struct pl031 {
	struct pl031_state s;
	/* wiring */
	struct line irq;
	struct clock *clock;
	unsigned deadline; /* the next match */
	u32 epoch;
};

/* Registers the match with the clock and enters the reset state. The line is the caller's to wire. */
void pl031_init(struct pl031 *r, struct clock *clock, u32 epoch);
void pl031_reset(struct pl031 *r);

extern const struct bus_device_ops pl031_ops;

#endif
