/* The trace as Tarmac, the text that Arm's models write and Arm's Tarmac Trace Utilities read (docs/trace.md). */
#ifndef DEBUG_TRACE_TARMAC_H
#define DEBUG_TRACE_TARMAC_H

#include <stdio.h>

#include "trace/event.h"

struct trace_tarmac;

/* Attach a writer of these kinds (debug/trace_text.h) to the tracer. NULL: no memory. */
struct trace_tarmac *trace_tarmac_start(struct tracer *tracer, FILE *out, u32 mask);
/* Write what is held back, detach, free. */
void trace_tarmac_end(struct trace_tarmac *t, struct tracer *tracer);

#endif
