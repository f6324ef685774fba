/* The writer of the binary trace, inside: what its files share. */
#ifndef DEBUG_BIN_WRITE_H
#define DEBUG_BIN_WRITE_H

#include <stdio.h>

#include "debug/bin_format.h"

#define NAME_BUCKETS 1024
#define QUICK_NAMES 256

/* The fields of a table by what they are: of 1, 2, 4, 8 bytes, names. */
enum { WIDTHS = 5 };
struct by_width {
	const struct bin_fields *fields;
	unsigned end[WIDTHS];
	struct {
		u16 offset;
		u8 number;
	} at[32];
};

struct bin_writer {
	struct observer observer;
	FILE *out;
	u8 *at, *full; /* in `chunk`: the next byte; where no event may begin any more */
	u64 events, written;
	bool failed;
	u32 names;
	struct name *bucket[NAME_BUCKETS], *quick[QUICK_NAMES];
	struct by_width event_fields[EV_KINDS], step_fields;
	struct bin_model m;
	struct bin_core *core; /* of m.place */
	struct tracer *tracer;
	u8 *run; /* the record that grows: its tag, then its count; or NULL */
	bool core_described;
	u8 chunk[sizeof(struct bin_chunk) + BIN_CHUNK_MAX];
};

/* The number of trailing zeros of the first byte tells how many follow it. */
static inline u8 *put(u8 *p, u64 v)
{
	unsigned used = 64 - (unsigned)__builtin_clzll(v | 1), n = (used + 6) * 37 >> 8; /* by 7, up to 70 */

	if (n > 8) {
		*p = 0;
		memcpy(p + 1, &v, 8);
		return p + 9;
	}
	v = (v << 1 | 1) << (n - 1);
	memcpy(p, &v, 8);
	return p + n;
}
static inline u8 *put_delta(u8 *p, u64 v)
{
	return put(p, bin_zigzag(v));
}

/* Events that happen elsewhere follow. */
u8 *bin_put_place(struct bin_writer *w, u8 *p, u64 place);
/* Write the chunk if it is full. */
void bin_write_chunk(struct bin_writer *w);

/* ---- bin_write_insn.c ---- */
u8 *bin_put_insn(struct bin_writer *w, u8 *p, const struct event *e);
u8 *bin_put_mem(struct bin_writer *w, u8 *p, const struct event *e);
/* No instruction joins the run any more. */
void bin_end_run(struct bin_writer *w);
/* The observer's functions for steps. */
bool bin_on_step(void *ctx, struct trace_step *s);
void bin_on_begins(void *ctx, struct trace_step *s);
void bin_on_pauses(void *ctx, struct trace_step *s);

#endif
