/*
 * The trace as JSON in the Trace Event Format, which Perfetto and Chrome show as tracks over time: a track for each
 * core and for each core of a VM, slices by EL, interrupts from pending to acknowledged (docs/trace.md).
 */
#ifndef DEBUG_TRACE_PERFETTO_H
#define DEBUG_TRACE_PERFETTO_H

#include <stdio.h>

#include "trace/event.h"

struct trace_perfetto;

/* Attach a writer of these kinds (debug/trace_text.h) to the tracer, whose cycles_per_tick is set. NULL: no memory. */
struct trace_perfetto *trace_perfetto_start(struct tracer *tracer, FILE *out, u32 mask);
/* End what is open, complete the JSON, detach, free. */
void trace_perfetto_end(struct trace_perfetto *t, struct tracer *tracer);

#endif
