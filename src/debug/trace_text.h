/* The trace as text: an observer that writes every event it is asked for to a stream. */
#ifndef DEBUG_TRACE_TEXT_H
#define DEBUG_TRACE_TEXT_H

#include <stdio.h>

#include "base/error.h"
#include "trace/event.h"

struct disasm_cache;

struct trace_text {
	struct observer observer;
	FILE *out;
	/* What an instruction did is told after it, though it happened first: held back here until EV_INSN comes. */
	FILE *held;
	char *held_text;
	size_t held_size;
	struct disasm_cache *cache;
	bool holds; /* EV_INSN is among the events asked for */
};

/* Beside the kinds in a mask: also what goes on between EL0 and its kernel (enum crossing). */
#define TRACE_EL0 (1u << 31)

/* "exc,hyp" to a mask of event kinds; an unknown word is an error that lists the known ones. */
bool trace_classes(const char *list, u32 *mask, struct error *e);
/* Of the events in a mask: what another one says already, or what changed nothing. */
bool trace_is_redundant(u32 mask, const struct event *e);
void trace_text_start(struct trace_text *t, struct tracer *tracer, FILE *out, u32 mask);
/* Writes what is held back and detaches. */
void trace_text_end(struct trace_text *t, struct tracer *tracer);

#endif
