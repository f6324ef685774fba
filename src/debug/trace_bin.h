/* The trace as a compact binary file, and back: everything the text trace shows (docs/trace.md). */
#ifndef DEBUG_TRACE_BIN_H
#define DEBUG_TRACE_BIN_H

#include <stdio.h>

#include "base/error.h"
#include "trace/event.h"

struct bin_writer;
struct bin_reader;

/* Attach a writer of these kinds to the tracer. NULL: no memory. */
struct bin_writer *bin_writer_start(struct tracer *tracer, FILE *out, u32 mask);
/* How many bytes the file has so far, what waits to be written included. */
u64 bin_writer_bytes(const struct bin_writer *w);
/* Write the rest and the end mark, detach, free. False: the file could not be written. */
bool bin_writer_end(struct bin_writer *w, struct tracer *tracer);

/* `name` is for error sentences. NULL: not a trace, and *e says why. */
struct bin_reader *bin_reader_open(FILE *in, const char *name, struct error *e);
/* The kinds that were recorded. */
u32 bin_reader_mask(const struct bin_reader *r);
/* Of the tracer that was recorded. */
u16 bin_reader_cycles_per_tick(const struct bin_reader *r);
/* Hand every event to the observers of `to`, whose `where` must be NULL. False: the file is damaged. */
bool bin_reader_run(struct bin_reader *r, struct tracer *to, struct error *e);
void bin_reader_close(struct bin_reader *r);

#endif
