#include "machine/pages.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool page_is_zero(const u8 *page)
{
	return !page[0] && memcmp(page, page + 1, PAGE - 1) == 0;
}

/*
 * Which pages of guest memory the host has ever had to provide, one flag a page: the others are zero, and reading them
 * would only make the host provide them. NULL, when the host does not say: all.
 */
static u64 *provided_pages(const u8 *bytes, u64 size)
{
	size_t want = size / PAGE * sizeof(u64);
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	u64 *map = fd < 0 || sysconf(_SC_PAGESIZE) != PAGE ? NULL : malloc(want);

	if (map && pread(fd, map, want, (off_t)((uintptr_t)bytes / PAGE * sizeof(u64))) != (ssize_t)want) {
		free(map);
		map = NULL;
	}
	if (fd >= 0)
		close(fd);
	return map;
}

void pages_open(struct pages *p, const u8 *bytes, u64 size)
{
	*p = (struct pages){ bytes, bytes ? size : 0, bytes ? provided_pages(bytes, size) : NULL };
}

void pages_close(struct pages *p)
{
	free(p->map);
}

static bool is_provided(const struct pages *p, u64 at)
{
	return !p->map || p->map[at / PAGE] >> 62; /* in memory, or swapped out */
}

bool pages_next(const struct pages *p, u64 *at)
{
	for (; *at < p->size; *at += PAGE)
		if (is_provided(p, *at) && !page_is_zero(p->bytes + *at))
			return true;
	return false;
}
