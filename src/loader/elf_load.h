/*
 * ELF images for AArch64: PT_LOAD segments go to their physical addresses. What cannot be loaded is refused with one
 * sentence that names the file, the reason, and a remedy. The file is not trusted: every offset is checked.
 */
#ifndef LOADER_ELF_LOAD_H
#define LOADER_ELF_LOAD_H

#include "base/error.h"
#include "base/types.h"
#include "bus/bus.h"

struct elf_image {
	u64 entry;   /* physical: where execution starts with the MMU off */
	u64 lo, hi;  /* all segments lie in [lo, hi) */
	bool secure; /* some segment lies in memory that only the Secure world reaches */
};

bool elf_is(const u8 *file, size_t size);
/* Load `file` (called `name` in errors). */
bool elf_load(struct bus *b, const u8 *file, size_t size, const char *name, struct elf_image *image, struct error *e);

/* Copy `size` bytes (then zeros up to `total`) to memory or flash at `at`; false: not all of it is memory. */
bool load_bytes(struct bus *b, u64 at, const u8 *from, u64 size, u64 total);

#endif
