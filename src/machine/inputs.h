/* Recording and replaying what enters the machine (input_log.h), for the run loop and for who brings input. */
#ifndef MACHINE_INPUTS_H
#define MACHINE_INPUTS_H

#include "machine/machine.h"

/* Something came in, and was taken. */
void inputs_took(struct machine *m, enum input_kind kind, unsigned detail, const void *bytes, u32 size);
/* The host may not bring anything now. */
bool inputs_refuse(const struct machine *m);

/* ---- the run loop's ---- */

void inputs_begin_run(struct machine *m);
/* hyp_run() was asked to stop. True: it is to go on, up to a place that can be found again. */
bool inputs_settle(struct machine *m);
/* Whether that is now. */
static inline bool inputs_settled(const struct machine *m, u64 insns)
{
	return m->inputs.settle_at && insns >= m->inputs.settle_at;
}
/* Give what is recorded for this place. True: something happened. */
bool inputs_turn(struct machine *m);
/* Every core waits, at m->time. True: something happened, or the run is to end here. */
bool inputs_wait(struct machine *m);
/* How many more instructions there are up to the next place that counts. */
u64 inputs_room(const struct machine *m);
/* The run has come to an end: as it was recorded? */
void inputs_ended(struct machine *m);

#endif
