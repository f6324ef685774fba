/* The trace in the format asked for: of a run, or of a binary trace that is read again. */
#ifndef CLI_TRACE_OUT_H
#define CLI_TRACE_OUT_H

#include <stdio.h>

#include "cli/options.h"
#include "debug/trace_bin.h"
#include "debug/trace_perfetto.h"
#include "debug/trace_tarmac.h"
#include "debug/trace_text.h"

struct trace_out {
	enum trace_format format;
	FILE *file; /* NULL: there is no trace */
	const char *name;
	struct trace_text text;
	struct trace_tarmac *tarmac;
	struct trace_perfetto *perfetto;
	struct bin_writer *bin;
};

/* What --trace shows when it is not given. */
const char *trace_out_default(const struct options *o);
/* To --trace-file, or else to `standard`. False: *e says what is wrong. */
bool trace_out_start(struct trace_out *t, const struct options *o, struct tracer *tracer, FILE *standard, u32 mask,
		     struct error *e);
/* Write the rest and close; nothing if it was not started. False: it could not be written. */
bool trace_out_end(struct trace_out *t, struct tracer *tracer, struct error *e);

#endif
