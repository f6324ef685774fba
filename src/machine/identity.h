/*
 * What a machine is, as text of lines NAME=VALUE: so that a file that was made by one is refused by another, with the
 * line that differs. Images and disks are there by a hash of their contents.
 */
#ifndef MACHINE_IDENTITY_H
#define MACHINE_IDENTITY_H

#include "machine/machine.h"

#define IDENTITY_MAX 65536

/* The caller frees it. NULL: *e says why not (a disk that cannot be read). */
char *identity_of(struct machine *m, struct error *e);
/* Whether `text`, of the file `path`, is this machine's. */
bool identity_check(struct machine *m, const char *text, const char *path, struct error *e);

/* FNV-1a by words of 64 bits, the last one filled with zeros. */
u64 identity_hash(u64 hash, const void *data, size_t size);
#define IDENTITY_HASH 0xcbf29ce484222325ull

#endif
