/* Fixed-width names and the address types that everything shares. */
#ifndef BASE_TYPES_H
#define BASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

typedef struct {
	u64 v;
} va_t; /* what EL1/EL0 (or the current EL's) software uses */
typedef struct {
	u64 v;
} ipa_t; /* stage-1 output, stage-2 input */
typedef struct {
	u64 v;
	bool ns; /* physical address space: Non-secure (true) or Secure */
} pa_t;		 /* what the bus takes, and nothing else */

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
