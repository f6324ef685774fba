/*
 * Compressed kernels: a gzip file (Image.gz), or an EFI "zboot" image (vmlinuz) whose payload is one. Linux
 * drivers/firmware/efi/libstub/zboot-header.S.
 */
#ifndef LOADER_UNPACK_H
#define LOADER_UNPACK_H

#include "base/error.h"
#include "base/types.h"

/* Where the compressed bytes are, if any: false when the file is none of these kinds. */
struct packed {
	size_t at, size;
	bool zboot;
	char how[33]; /* "gzip" */
};
bool unpack_find(const u8 *file, size_t size, struct packed *p);
/* The kernel within, at most `limit` bytes, in memory to be freed by the caller; NULL: *e says why, and names the file.
 */
u8 *unpack(const u8 *file, const struct packed *p, u64 limit, const char *name, size_t *size, struct error *e);

#endif
