/* What the window remembers of a run: the last changes of exception level, and which world each core was in when. */
#ifndef UI_RECORD_H
#define UI_RECORD_H

#include <stdio.h>

#include "hypscope.h"

#define RECORD_EVENTS 1024
#define RECORD_SPANS 16384

enum world_kind { WORLD_FIRMWARE /* EL3 */, WORLD_HYP /* EL2 */, WORLD_VM, WORLD_HOST /* EL1, EL0 without stage 2 */ };
/* From `cycle` on, until the core's next span. */
struct world_span {
	u64 cycle;
	s16 core;
	u8 kind; /* enum world_kind */
	bool secure;
	u16 vmid;   /* of WORLD_VM */
	u64 reason; /* of WORLD_HYP, why the guest was left: debug/exit_reason.h; ~0: another way in */
};
struct record {
	struct observer observer;
	struct machine *m;
	struct event event[RECORD_EVENTS]; /* EV_EXC, EV_ERET; the newest at (events - 1) % RECORD_EVENTS */
	u64 events;
	struct world_span span[RECORD_SPANS];
	u64 spans;
};

struct record *record_start(struct machine *m);
void record_stop(struct record *r);
/* Forget what has not happened yet at this cycle: the machine went back. */
void record_back_to(struct record *r, u64 cycle);
/* The n-th span from the newest (0) on; NULL: there are no more. */
const struct world_span *record_span(const struct record *r, u64 back);
/* The cycle at which the newest span began. */
u64 record_end(const struct record *r);
const struct event *record_event(const struct record *r, u64 back);
/* "EL2", "VM 3", "host", "EL3". */
void world_words(FILE *out, const struct world_span *s);
/* The model's tone of a world. */
unsigned world_tone(const struct world_span *s);

#endif
