/* The pages of guest memory that hold something, without making the host provide the others. */
#ifndef MACHINE_PAGES_H
#define MACHINE_PAGES_H

#include "base/types.h"

#define PAGE 4096u

struct pages {
	const u8 *bytes;
	u64 size;
	u64 *map; /* one word a page, as the host tells of it; NULL: it does not */
};

/* No bytes: no pages. */
void pages_open(struct pages *p, const u8 *bytes, u64 size);
void pages_close(struct pages *p);
/* The first page at *at or behind it that is not all zeros; false: there is none. */
bool pages_next(const struct pages *p, u64 *at);
bool page_is_zero(const u8 *page);

#endif
