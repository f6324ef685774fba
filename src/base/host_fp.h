/*
 * The host's floating-point environment while the machine runs: rounding to nearest, denormals kept, no exception
 * traps, whatever the program around has set; src/cpu/fp.h counts on it.
 */
#ifndef BASE_HOST_FP_H
#define BASE_HOST_FP_H

#include "base/types.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

/* Returns what host_fp_leave() puts back. */
static inline u64 host_fp_enter(void)
{
	u32 old = _mm_getcsr();

	_mm_setcsr(0x1f80);
	return old;
}
static inline void host_fp_leave(u64 old)
{
	_mm_setcsr((u32)old);
}
#elif defined(__aarch64__)
static inline u64 host_fp_enter(void)
{
	u64 old;

	__asm__ volatile("mrs %0, fpcr" : "=r"(old));
	__asm__ volatile("msr fpcr, xzr");
	return old;
}
static inline void host_fp_leave(u64 old)
{
	__asm__ volatile("msr fpcr, %0" : : "r"(old));
}
#else
#error "which rounding mode does this host compute in?"
#endif

#endif
