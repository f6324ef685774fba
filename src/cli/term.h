/*
 * The host's terminal and signals. Raw mode only when stdin is a terminal, and undone however the process ends or
 * stops.
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include "base/types.h"

/* What came from stdin. */
enum term_input { INPUT_NONE, INPUT_BYTE, INPUT_END };

/* Make stdin raw if it is a terminal; returns whether it is. */
bool term_raw(void);
void term_restore(void);
/* Give the terminal back and stop, until the shell continues us. */
void term_suspend(void);
/* One byte of stdin if there is one now; waits up to wait_ms for it (-1: for ever, or until a signal). */
enum term_input term_read(u8 *byte, int wait_ms);
/* Wait so long, or (when `look`) until there is input, or until a signal comes. */
void term_wait(double seconds, bool look);
/* Call tick(ctx) from a signal handler every `ms` milliseconds (0: never), and on SIGINT, which is remembered. */
void term_ticks(void (*tick)(void *ctx), void *ctx, unsigned ms);
bool term_interrupted(void);

#endif
