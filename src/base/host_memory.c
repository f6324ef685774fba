#include "base/host_memory.h"

#include <stdint.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

/* What is taken from the host for `size` bytes. */
static size_t rounded(size_t size)
{
	return size < HUGE_PAGE / 2 ? size : (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

void *host_memory_get(size_t size)
{
	size_t whole = rounded(size), slack = whole >= HUGE_PAGE ? HUGE_PAGE : 0, before;
	char *p = mmap(NULL, whole + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	if (!slack)
		return p;
	before = (HUGE_PAGE - (uintptr_t)p % HUGE_PAGE) % HUGE_PAGE;
	if (before)
		munmap(p, before);
	if (slack - before)
		munmap(p + before + whole, slack - before); /* the kernel rounds the address up */
	madvise(p + before, whole, MADV_HUGEPAGE);	    /* fewer faults and TLB misses of the host's; only advice */
	return p + before;
}

void host_memory_put(void *p, size_t size)
{
	if (p)
		munmap(p, rounded(size));
}
