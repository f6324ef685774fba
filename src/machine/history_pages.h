/*
 * What memories and disks held at the last snapshot, where it was overwritten since; and their pages by key, for
 * deltas.
 */
#ifndef MACHINE_HISTORY_PAGES_H
#define MACHINE_HISTORY_PAGES_H

#include "bus/page_watch.h"
#include "machine/history_delta.h"
#include "machine/machine.h"

/* A key: what it is a page of, and which. Memories are numbered as machine_memory() does. */
#define KEY_SPACE 56
enum { SPACE_IMAGE = 4, SPACE_DISK = 8 };
static inline u64 page_key(unsigned space, u64 page)
{
	return (u64)space << KEY_SPACE | page;
}

struct live_page {
	u64 key;
	u8 *old; /* NULL: zeros */
};

/* Room for a page, for the next time: the host would clear it each time anew. */
struct spare_page {
	struct spare_page *next;
};

struct live_pages {
	struct machine *m;
	struct page_watch watch;
	u64 *told[HYP_DISKS]; /* of a disk: a bit a page that is here already */
	struct live_page *page;
	u64 count, room, bytes; /* bytes: with what is spare */
	struct spare_page *spare;
	u64 spares;
	u64 most; /* more than so many: `full` is called */
	bool full;
	bool lost;	/* far more: they were dropped */
	bool restoring; /* what is written now is nobody's */
};

bool live_pages_start(struct live_pages *l, struct machine *m, u64 most);
void live_pages_stop(struct live_pages *l);
/* Memory that it takes, whatever is overwritten. */
u64 live_pages_fixed(const struct live_pages *l);
/* By key. */
void live_pages_sort(struct live_pages *l);
/* Begin anew: from now on what is overwritten now is kept. */
void live_pages_clear(struct live_pages *l);
/* Memories and disks get back what they held. */
void live_pages_undo(struct live_pages *l);
/* The exclusive or of what the page held and holds; false: nothing changed. */
bool live_page_changed(struct live_pages *l, const struct live_page *p, u8 * xor);
/* A page of a memory or disk becomes its exclusive or with `xor`. */
void live_pages_apply(struct live_pages *l, u64 key, const u8 * xor);

#endif
