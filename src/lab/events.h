/* The events that a check can count, and what of them it can ask for: count(exception ec=0x16 to=2). */
#ifndef LAB_EVENTS_H
#define LAB_EVENTS_H

#include "trace/event.h"

#define LAB_KEYS_MAX 9

/* What one key of an event is: a number, or (text not NULL) a word. False: this event has none. */
struct lab_seen {
	u64 number;
	const char *text;
};
struct lab_event_type {
	const char *name;
	u8 kind; /* enum event_kind */
	const char *key[LAB_KEYS_MAX];
	/* False: it is none of these. */
	bool (*see)(const struct event *e, struct lab_seen seen[LAB_KEYS_MAX]);
};

/* NULL: there are no more. */
const struct lab_event_type *lab_event_type(unsigned i);

#endif
