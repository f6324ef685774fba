/* The host's time, for those who keep to it. */
#ifndef UI_CLOCK_H
#define UI_CLOCK_H

#include <time.h>

/* Seconds from some moment on. */
static inline double clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#endif
