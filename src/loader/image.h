/*
 * Images that are not ELF: Linux' arm64 Image (Documentation/arm64/booting.rst) and raw binaries; and where kernel,
 * initial RAM disk and device tree go in memory.
 */
#ifndef LOADER_IMAGE_H
#define LOADER_IMAGE_H

#include "base/error.h"
#include "base/types.h"

struct linux_header {
	u64 text_offset, image_size, flags;
};

/* Whether the file is an arm64 Image; fills *h. */
bool image_is_linux(const u8 *file, size_t size, struct linux_header *h);
/* A file that needs work before it can be loaded (compressed, an archive…): says so and returns false. */
bool image_check(const u8 *file, size_t size, const char *name, struct error *e);

/* The Linux boot protocol's layout: boot stub, kernel, initrd, device tree, all inside RAM. */
struct boot_layout {
	u64 stub, kernel, initrd, dtb;
};
struct boot_sizes {
	u64 ram_base, ram_size;
	u64 text_offset; /* of the kernel, from a 2 MiB boundary of RAM */
	u64 kernel;	 /* bytes it needs in memory, beyond its file too */
	u64 initrd, dtb;
};
/* Where things go; false: they do not fit (*e names `name`). */
bool image_layout(const struct boot_sizes *s, const char *name, struct boot_layout *l, struct error *e);

#define BOOT_STUB_SIZE 40
/* Six instructions and two literals: x0 = device tree, x1-x3 = 0, jump to the kernel. */
void image_stub(u8 stub[BOOT_STUB_SIZE], u64 kernel, u64 dtb);

#endif
