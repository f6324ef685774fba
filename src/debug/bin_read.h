/* The reader of the binary trace, inside: what its files share. */
#ifndef DEBUG_BIN_READ_H
#define DEBUG_BIN_READ_H

#include <stdio.h>

#include "cpu/replay.h"
#include "debug/bin_format.h"

#define SLACK 16 /* readable bytes after a chunk, so that a number is one load */

struct bin_reader {
	FILE *in;
	const char *name;
	u32 mask, v_words;
	u16 cycles_per_tick;
	u64 events;
	const u8 *at, *end;
	bool bad; /* the chunk says what no writer says */
	u32 names;
	char *text[BIN_NAMES_MAX + 1]; /* by number, from 1 */
	u64 words[255];
	struct bin_model m;
	struct replay replay; /* core NULL: no run came yet */
	/* The instruction that is repeated: to whom its accesses go, which they are, and the number of the next. */
	struct {
		struct tracer *to;
		unsigned mem, next;
	} run;
	u8 chunk[BIN_CHUNK_MAX + SLACK];
};

static inline const u8 *take(struct bin_reader *r, size_t n)
{
	const u8 *p = r->at;

	if ((size_t)(r->end - p) < n) {
		r->bad = true;
		r->at = r->end;
		return r->end; /* and the slack behind it */
	}
	r->at += n;
	return p;
}

static inline u8 get_byte(struct bin_reader *r)
{
	return *take(r, 1);
}

static inline u64 get(struct bin_reader *r)
{
	unsigned first = r->at < r->end ? *r->at : 1;
	unsigned n = first ? (unsigned)__builtin_ctz(first) + 1 : 9;
	const u8 *p = take(r, n);

	if (r->bad)
		return 0;
	if (n == 9)
		return bin_load(p + 1, 8);
	return bin_load(p, 8) >> n & (~0ull >> (64 - 7 * n));
}

static inline u64 get_delta(struct bin_reader *r)
{
	return bin_unzigzag(get(r));
}

/* ---- bin_read_insn.c ---- */
void bin_get_insn(struct bin_reader *r, struct event *e, unsigned flags);
void bin_get_mem(struct bin_reader *r, struct event *e, unsigned flags);
/* A record with TAG_STATE, but for STATE_PLACE. */
void bin_get_state(struct bin_reader *r, unsigned tag);
void bin_get_run(struct bin_reader *r, unsigned flags, struct tracer *to);

#endif
