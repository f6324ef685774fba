#include "base/host_memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define LOOKS_FOR_LEAKS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LOOKS_FOR_LEAKS
#endif
#endif
#ifdef LOOKS_FOR_LEAKS
#include <sanitizer/lsan_interface.h>
#endif

#define HUGE_PAGE ((size_t)2 << 20)

/* What is held from here is not lost, though the leak sanitizer does not look here by itself. Larger ones are the
 * guest's memory, which holds nothing of ours. */
static void may_hold_pointers(const void *p, size_t size, bool begins)
{
#ifdef LOOKS_FOR_LEAKS
	if (size > 16 * HUGE_PAGE)
		return;
	if (begins)
		__lsan_register_root_region(p, size);
	else
		__lsan_unregister_root_region(p, size);
#endif
}

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
	if (!slack) {
		may_hold_pointers(p, whole, true);
		return p;
	}
	before = (HUGE_PAGE - (uintptr_t)p % HUGE_PAGE) % HUGE_PAGE;
	if (before)
		munmap(p, before);
	if (slack - before)
		munmap(p + before + whole, slack - before); /* the kernel rounds the address up */
	madvise(p + before, whole, MADV_HUGEPAGE);	    /* fewer faults and TLB misses of the host's; only advice */
	may_hold_pointers(p + before, whole, true);
	return p + before;
}

void host_memory_put(void *p, size_t size)
{
	if (!p)
		return;
	may_hold_pointers(p, rounded(size), false);
	munmap(p, rounded(size));
}
