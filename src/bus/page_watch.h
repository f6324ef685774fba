/*
 * Watching who writes memory, by pages, for whoever keeps what pages held before. The first write to a page since the
 * last time that the watch began is told, before it happens; whoever keeps a host pointer for writing beyond one access
 * gives it up when the watch begins anew, so that its next write is noticed again.
 */
#ifndef BUS_PAGE_WATCH_H
#define BUS_PAGE_WATCH_H

#include "base/types.h"

#define WATCH_PAGE 4096u
#define WATCH_MEMORIES_MAX 4

struct page_watch {
	void (*first_write)(void *ctx, unsigned memory, u64 page);
	void *ctx;
	unsigned count;
	struct {
		const u8 *bytes;
		u64 size;
		u64 *told; /* a bit a page */
	} memory[WATCH_MEMORIES_MAX];
};

/* [host, host + size) is about to be written; what is in none of the memories does not matter. */
void page_watch_write(struct page_watch *w, const u8 *host, u64 size);

#endif
