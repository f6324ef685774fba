/*
 * A host file behind a flash bank. Loading reads only what the file holds data in, so that a sparse image of 64 MiB
 * costs what is in it. A persistent bank's file is written as the guest programs, in the guest's order; bytes that are
 * never programmed are never written.
 */
#ifndef MACHINE_FLASH_FILE_H
#define MACHINE_FLASH_FILE_H

#include "base/error.h"
#include "dev/flash.h"

struct flash_file {
	bool open;
	int fd;
	const u8 *bytes; /* the bank's */
	char *path;
	int failed; /* the first error of a write (errno), or 0 */
};

/* Load `path` into the bank's bytes (FLASH_BANK_SIZE, zero); `persist`: and keep it open for what is programmed. */
bool flash_file_load(struct flash_file *f, const char *path, bool persist, u8 *bytes, struct error *e);
/* struct flash's `store`. */
bool flash_file_store(void *ctx, u32 at, u32 size);
/* Bring all of it to the disk; false: *e says what could not be written. */
bool flash_file_sync(struct flash_file *f, struct error *e);
void flash_file_close(struct flash_file *f);

#endif
