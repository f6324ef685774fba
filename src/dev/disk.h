/*
 * A disk's contents: a raw image file of the host's. With `snapshot`, what is written stays in memory and is lost with
 * the disk. This is a host resource, not state of the machine: whatever device shows the disk to the guest has that.
 */
#ifndef DEV_DISK_H
#define DEV_DISK_H

#include "base/error.h"
#include "base/types.h"

#define DISK_SECTOR 512u
#define DISK_CHUNK 65536u /* the overlay's unit */

struct disk {
	u64 size; /* bytes, whole sectors */
	bool ro;  /* writes are refused */
	int fd;
	u8 **overlay; /* snapshot: by chunk, what was written; NULL: still as in the file. Without snapshot NULL */
	/* Called before bytes within the disk change; may be NULL. */
	void (*will_write)(void *ctx, struct disk *d, u64 at, u64 n, bool makes_zeros);
	void *will_write_ctx;
};

/* False: *e names the file and says why not. */
bool disk_open(struct disk *d, const char *path, bool ro, bool snapshot, struct error *e);
void disk_close(struct disk *d);
/* Within the disk. False: an error of the host's, or writing where `ro`. */
bool disk_read(struct disk *d, u64 at, void *to, u64 n);
bool disk_write(struct disk *d, u64 at, const void *from, u64 n);
/* Where, at `at` or after it, there may be something but zeros; the disk's size: nowhere. */
u64 disk_next_data(const struct disk *d, u64 at);
/* As the file has it, whatever the overlay has. */
bool disk_read_file(const struct disk *d, u64 at, void *to, u64 n);
/* Make zeros; `unmap`: giving the room back to the host is fine. */
bool disk_zero(struct disk *d, u64 at, u64 n, bool unmap);
/* All that was written is on the host's medium. */
bool disk_flush(struct disk *d);

/* What the overlay has of its own, for copies: DISK_CHUNK bytes each, or NULL; there are so many (0: no overlay). */
u64 disk_chunks(const struct disk *d);
const u8 *disk_own_chunk(const struct disk *d, u64 n);
bool disk_set_own_chunk(struct disk *d, u64 n, const u8 *bytes);
void disk_forget_own(struct disk *d);

#endif
