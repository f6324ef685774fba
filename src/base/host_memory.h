/* Large zeroed memory of the host that is mostly never touched, in huge pages where the host grants them. */
#ifndef BASE_HOST_MEMORY_H
#define BASE_HOST_MEMORY_H

#include <stddef.h>

/* From 1 MiB on, in whole huge pages (2 MiB, and aligned to that); NULL: none to be had. */
void *host_memory_get(size_t size);
void host_memory_put(void *p, size_t size);

#endif
