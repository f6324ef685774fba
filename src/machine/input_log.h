/*
 * What enters the machine from its host, with the place in the run where it did: a run that is given the same at the
 * same places is the same run. Everything else about a run follows from the machine's state.
 *
 * A place is a number of instructions, executed by all cores together, or, where every core waits, that and a cycle.
 * While inputs are recorded hyp_run() ends only at such places: asked to stop elsewhere, it goes on for one
 * instruction.
 */
#ifndef MACHINE_INPUT_LOG_H
#define MACHINE_INPUT_LOG_H

#include <stddef.h>

#include "base/error.h"
#include "base/types.h"

enum input_kind { INPUT_CONSOLE, INPUT_NET, INPUT_POWER_KEY, INPUT_END, INPUT_KINDS };

#define INPUT_SIZE_MAX 65536

struct input {
	u8 kind;    /* enum input_kind */
	u8 detail;  /* INPUT_CONSOLE: the UART; INPUT_END: enum hyp_end */
	bool waits; /* every core waits */
	u32 size;   /* bytes that came */
	u64 insns, cycle;
	u64 check; /* machine_check() after it; INPUT_END: hyp_state_hash() */
	size_t at; /* the bytes' place in the log's */
};

struct input_log {
	char *identity; /* what the machine is (identity.h) */
	u64 start_insns, start_hash;
	struct input *input; /* INPUT_END is the last, when it is complete */
	size_t count, room;
	u8 *bytes;
	size_t used, bytes_room;
	bool failed; /* the host had no memory: the log is not complete */
};

/* Copies the bytes. */
void input_log_add(struct input_log *l, const struct input *i, const void *bytes);
void input_log_clear(struct input_log *l);
/* False: *e names the file, and says why it cannot be used; there is nothing to be cleared. */
bool input_log_read(struct input_log *l, const char *path, struct error *e);
bool input_log_write(const struct input_log *l, const char *path, struct error *e);

/* What a machine does with a log. */
enum inputs_mode { INPUTS_FREE, INPUTS_RECORD, INPUTS_REPLAY };
struct inputs {
	u8 mode; /* enum inputs_mode */
	struct input_log log;
	/* recording */
	u64 settle_at; /* hyp_run() was asked to stop: it will when so many instructions are done; 0: it was not */
	bool waits;    /* hyp_run() ended where every core waits */
	/* replaying */
	size_t next;
	u64 agreed; /* instructions up to which all was as recorded */
};

#endif
