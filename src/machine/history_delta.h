/*
 * How two states of the machine differ: pages, each the exclusive or of what it holds in one and in the other. So a
 * delta leads from either to the other, two in a row make one, and pages that are equal in both cost nothing. Kept
 * compressed, in the order of the pages' keys.
 */
#ifndef MACHINE_HISTORY_DELTA_H
#define MACHINE_HISTORY_DELTA_H

#include "base/types.h"

#define DELTA_PAGE 4096u

struct delta {
	u8 *bytes;
	size_t size;
	u64 pages;
};

/* Compression's working memory, and room for pages: one of it serves all deltas. */
struct delta_tools;
struct delta_tools *delta_tools_new(void);
void delta_tools_free(struct delta_tools *t);
size_t delta_tools_size(const struct delta_tools *t);

/* Make a delta: begin, put pages in ascending order of their keys, end. False, of delta_end(): there is not enough
 * memory, and no delta. */
void delta_begin(struct delta_tools *t);
void delta_put(struct delta_tools *t, u64 key, const u8 *page);
bool delta_end(struct delta_tools *t, struct delta *out);
void delta_free(struct delta *d);
/* Every page of it. */
void delta_each(struct delta_tools *t, const struct delta *d, void (*page)(void *ctx, u64 key, const u8 *page),
		void *ctx);
/* One that does what both do. */
bool delta_join(struct delta_tools *t, const struct delta *a, const struct delta *b, struct delta *out);

static inline void delta_xor(u8 *to, const u8 *page)
{
	u64 *words = (u64 *)(void *)to;
	const u64 *from = (const u64 *)(const void *)page;

	for (unsigned i = 0; i < DELTA_PAGE / 8; i++)
		words[i] ^= from[i];
}

#endif
