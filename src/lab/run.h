/* A check while it is carried out. */
#ifndef LAB_RUN_H
#define LAB_RUN_H

#include "lab/events.h"
#include "lab/lab.h"

#define LAB_CONSOLE_MAX 16384
#define LAB_SEEN_MAX 3	  /* events of a counter that are kept, to be shown */
#define LAB_WORDS_MAX 240 /* of one of them */
#define LAB_VMIDS 4	  /* guests whose registers are compared */

/* What a counter of the check has seen. */
struct lab_count {
	u64 total, at_stop; /* at_stop: when the stop before was reached */
	char words[LAB_SEEN_MAX][LAB_WORDS_MAX];
};

/* Guest registers at an exit, for what they are at the entry that follows; changes that were seen. */
struct lab_registers {
	bool left;
	u16 vmid;
	u64 x[31];
};
struct lab_change {
	bool any;
	u64 before, after, pc; /* pc: where the guest went on */
};

struct lab_watch {
	struct observer observer;
	struct machine *m;
	const struct lab_check *c;
	const u64 *param;
	const u8 *elf;
	size_t elf_size;
	struct lab_count count[LAB_COUNTERS_MAX];
	struct lab_registers guest[LAB_VMIDS];
	struct lab_change change[31];
	/* Cycles at EL2 between an exit and the entry that follows; and the shortest time from an entry to the next
	 * exit, which is what exception and return take themselves, and the guest's few instructions between. */
	u64 exits, exit_cycles16, exit_at, entered_at, shortest16;
	bool in_exit, in_guest;
	char last_exception[LAB_WORDS_MAX];
	char console[LAB_CONSOLE_MAX];
	size_t said;
};

struct lab_state {
	const struct lab_check *c;
	const struct lab_variant *variant;
	struct lab_watch *watch;
	struct machine *m;
	struct hyp_status status; /* how it stands, or ended */
	struct lab_result *result;
};

/* ---- watch.c ---- */

void lab_watch_start(struct lab_watch *w);
void lab_watch_stop(struct lab_watch *w);
/* The address of a symbol; false: there is none. */
bool lab_symbol(const struct lab_watch *w, const char *name, u64 *value);

/* ---- value.c ---- */

/* A node's value; false: it has none (`why`, when not NULL, says so). */
bool lab_value(const struct lab_watch *w, s16 node, u64 *value, const char **why);
/* What its parts are now, in words. */
void lab_value_words(FILE *out, const struct lab_watch *w, s16 node);

/* ---- judge.c, judge_walk.c ---- */

/* Does it hold? What was found instead is written to `found`. */
bool lab_judge(const struct lab_state *s, const struct lab_fact *f, FILE *found);
bool lab_judge_walk(const struct lab_state *s, const struct lab_fact *f, FILE *found);
bool lab_judge_dma(const struct lab_state *s, const struct lab_fact *f, FILE *found);
const char *lab_end_words(enum hyp_end end);

#endif
