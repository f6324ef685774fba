/*
 * History: snapshots, how they differ, and where the machine is among them (include/hypscope.h, docs/history.md).
 *
 * Holds always: live.page is what memories and disks held at snapshot `current`, where it was overwritten since; image
 * is the rest of the state at it; the machine is at it or after it, but not after the next one. delta[i] lies between
 * snapshots i and i + 1. In the past (a snapshot follows) the machine repeats what was; when it has executed as many
 * instructions as the next snapshot had, it is put into that one's state. So what came from outside there (input, a
 * debugger's changes) comes again, and an error of the repetition could not spread.
 */
#ifndef MACHINE_HISTORY_H
#define MACHINE_HISTORY_H

#include "machine/history_image.h"
#include "machine/history_pages.h"

struct snapshot {
	struct hyp_position at;
	u64 *core_insns;    /* of each core */
	bool is_joint;	    /* something came from outside: it cannot be executed across */
	struct delta delta; /* to the next one */
};

struct history {
	struct machine *m;
	u64 limit;
	struct delta_tools *tools;
	struct live_pages live;
	struct image image;
	struct snapshot *snap;
	unsigned count, room, current;
	u64 deltas;		    /* bytes, with what comes with each */
	u64 interval, interval_max; /* instructions between snapshots: at first, and where there is no room for more */
	u64 next_at;		    /* when the next one is due */
	bool changed;		    /* from outside, since the last snapshot */
	bool forgotten;		    /* begin anew: there is no way back to before what happened */
};

static inline bool history_in_past(const struct history *h)
{
	return h->current + 1 < h->count;
}

/* ---- for the run loop ---- */

/* How many more instructions may be executed before history_turn() must be called again. */
u64 history_room(const struct machine *m);
/* Between pieces of a run. True: the machine may be in another state now. */
bool history_turn(struct machine *m);
/* The past is repeated: no waiting, no output, no input. */
bool history_repeats(const struct machine *m);
/* The machine is about to be changed from outside, or was in the present: here the present is. */
void history_change(struct machine *m);
/* One core is about to step out of turn: apart from what was changed before. */
void history_step(struct machine *m);
/* Everything becomes different: history begins anew. */
void history_forget(struct machine *m);

/* ---- for travelling ---- */

/* The last snapshot at or before so many instructions; -1: none. */
int history_find(const struct history *h, u64 insns);
/* Keep where the machine is, before it is left for another snapshot. False: there is no history any more. */
bool history_settle(struct machine *m);
/* A snapshot in the past, where the machine is: so that it is near next time. */
void history_insert(struct history *h);
void history_go(struct history *h, unsigned n);

#endif
