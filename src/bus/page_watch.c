#include "bus/page_watch.h"

static void tell(struct page_watch *w, unsigned memory, u64 page)
{
	u64 *word = &w->memory[memory].told[page / 64], bit = 1ull << page % 64;

	if (*word & bit)
		return;
	*word |= bit;
	w->first_write(w->ctx, memory, page);
}

void page_watch_write(struct page_watch *w, const u8 *host, u64 size)
{
	for (unsigned i = 0; i < w->count; i++) {
		u64 offset = (u64)((uintptr_t)host - (uintptr_t)w->memory[i].bytes);

		if (offset >= w->memory[i].size)
			continue;
		for (u64 page = offset / WATCH_PAGE; page <= (offset + size - 1) / WATCH_PAGE; page++)
			tell(w, i, page);
		return;
	}
}
