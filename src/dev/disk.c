#include "dev/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bits.h"

#define CHUNK DISK_CHUNK

/* A chunk of the overlay that is all zeros costs no memory: discarding a whole disk must not. */
static const u8 zero_chunk[CHUNK];

static void drop_chunk(u8 **chunk)
{
	if (*chunk != zero_chunk)
		free(*chunk);
	*chunk = NULL;
}

/* ---- opening ---- */

static bool check(struct disk *d, const char *path, struct error *e)
{
	struct stat st;
	off_t size;

	if (fstat(d->fd, &st) || (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)))
		return error_set(e, ERROR_FILE, "%s: is no file; give a raw disk image", path);
	size = lseek(d->fd, 0, SEEK_END);
	if (size <= 0)
		return error_set(e, ERROR_FILE, "%s: is empty; make an image first, for example by truncate -s 64M",
				 path);
	if (size % DISK_SECTOR)
		return error_set(e, ERROR_FILE,
				 "%s: has %lld bytes, which is not a multiple of %u; give a raw disk image", path,
				 (long long)size, DISK_SECTOR);
	d->size = (u64)size;
	return true;
}

/* Two machines that write to one image would destroy it. Where the host has no locks there is nothing to be done. */
static bool lock(const struct disk *d, const char *path, bool shared, struct error *e)
{
	if (!flock(d->fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) || errno != EWOULDBLOCK)
		return true;
	return error_set(e, ERROR_FILE, "%s: is in use as a disk already; end that machine, or copy the image", path);
}

bool disk_open(struct disk *d, const char *path, bool ro, bool snapshot, struct error *e)
{
	bool reads = ro || snapshot;

	*d = (struct disk){ .ro = ro, .fd = open(path, (reads ? O_RDONLY : O_RDWR) | O_CLOEXEC) };
	if (d->fd < 0)
		return error_set(e, ERROR_FILE, "%s: cannot be opened for %s: %s; %s", path,
				 reads ? "reading" : "writing", strerror(errno),
				 errno == EACCES || errno == EROFS ? "add ,ro or ,snapshot" : "check the name");
	if (check(d, path, e) && lock(d, path, reads, e) && snapshot && !ro) {
		d->overlay = calloc(d->size / CHUNK + 1, sizeof(*d->overlay));
		if (!d->overlay)
			error_set(e, ERROR_FILE, "%s: the host has not enough memory for a snapshot", path);
	}
	if (e->kind == ERROR_NONE)
		return true;
	disk_close(d);
	return false;
}

u64 disk_chunks(const struct disk *d)
{
	return d->overlay ? d->size / CHUNK + 1 : 0;
}

void disk_forget_own(struct disk *d)
{
	for (u64 i = 0; i < disk_chunks(d); i++)
		drop_chunk(&d->overlay[i]);
}

void disk_close(struct disk *d)
{
	disk_forget_own(d);
	free(d->overlay);
	if (d->fd >= 0)
		close(d->fd);
	*d = (struct disk){ .fd = -1 };
}

/* ---- the file ---- */

static bool file_read(const struct disk *d, u64 at, u8 *to, u64 n)
{
	while (n) {
		ssize_t got = pread(d->fd, to, n, (off_t)at);

		if (got <= 0) {
			if (got < 0 && errno == EINTR)
				continue;
			return false;
		}
		at += (u64)got;
		to += got;
		n -= (u64)got;
	}
	return true;
}

static bool file_write(const struct disk *d, u64 at, const u8 *from, u64 n)
{
	while (n) {
		ssize_t done = pwrite(d->fd, from, n, (off_t)at);

		if (done <= 0) {
			if (done < 0 && errno == EINTR)
				continue;
			return false;
		}
		at += (u64)done;
		from += done;
		n -= (u64)done;
	}
	return true;
}

/* ---- the overlay ---- */

/* The chunk of `at` in memory, to be written. */
static u8 *own_chunk(struct disk *d, u64 at)
{
	u8 **chunk = &d->overlay[at / CHUNK];
	u64 base = align_down(at, CHUNK), n = d->size - base < CHUNK ? d->size - base : CHUNK;
	u8 *bytes;

	if (*chunk && *chunk != zero_chunk)
		return *chunk;
	bytes = calloc(1, CHUNK);
	if (bytes && !*chunk && !file_read(d, base, bytes, n)) {
		free(bytes);
		return NULL;
	}
	return *chunk = bytes;
}

const u8 *disk_own_chunk(const struct disk *d, u64 n)
{
	return d->overlay[n];
}

bool disk_set_own_chunk(struct disk *d, u64 n, const u8 *bytes)
{
	u8 *own = malloc(CHUNK);

	if (!own)
		return false;
	memcpy(own, bytes, CHUNK);
	drop_chunk(&d->overlay[n]);
	d->overlay[n] = own;
	return true;
}

static u64 within_chunk(u64 at, u64 n)
{
	u64 room = CHUNK - at % CHUNK;

	return n < room ? n : room;
}

static bool overlay_read(const struct disk *d, u64 at, u8 *to, u64 n)
{
	for (u64 part; n; at += part, to += part, n -= part) {
		const u8 *chunk = d->overlay[at / CHUNK];

		part = within_chunk(at, n);
		if (chunk)
			memcpy(to, chunk + at % CHUNK, part);
		else if (!file_read(d, at, to, part))
			return false;
	}
	return true;
}

static bool overlay_write(struct disk *d, u64 at, const u8 *from, u64 n)
{
	for (u64 part; n; at += part, from += part, n -= part) {
		u8 *chunk = own_chunk(d, at);

		if (!chunk)
			return false;
		part = within_chunk(at, n);
		memcpy(chunk + at % CHUNK, from, part);
	}
	return true;
}

static bool overlay_zero(struct disk *d, u64 at, u64 n)
{
	for (u64 part; n; at += part, n -= part) {
		u8 **entry = &d->overlay[at / CHUNK], *chunk;

		part = within_chunk(at, n);
		if (part == CHUNK) {
			drop_chunk(entry);
			*entry = (u8 *)zero_chunk; /* never written: own_chunk() takes another for that */
			continue;
		}
		chunk = own_chunk(d, at);
		if (!chunk)
			return false;
		memset(chunk + at % CHUNK, 0, part);
	}
	return true;
}

/* ---- the disk ---- */

static bool is_within(const struct disk *d, u64 at, u64 n)
{
	return at <= d->size && n <= d->size - at;
}

bool disk_read_file(const struct disk *d, u64 at, void *to, u64 n)
{
	return is_within(d, at, n) && file_read(d, at, to, n);
}

bool disk_read(struct disk *d, u64 at, void *to, u64 n)
{
	if (!is_within(d, at, n))
		return false;
	return d->overlay ? overlay_read(d, at, to, n) : file_read(d, at, to, n);
}

static void tell(struct disk *d, u64 at, u64 n, bool makes_zeros)
{
	if (d->will_write && n)
		d->will_write(d->will_write_ctx, d, at, n, makes_zeros);
}

bool disk_write(struct disk *d, u64 at, const void *from, u64 n)
{
	if (d->ro || !is_within(d, at, n))
		return false;
	tell(d, at, n, false);
	return d->overlay ? overlay_write(d, at, from, n) : file_write(d, at, from, n);
}

bool disk_zero(struct disk *d, u64 at, u64 n, bool unmap)
{
	static const u8 zeros[65536];
	int mode = unmap ? FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE : FALLOC_FL_ZERO_RANGE;

	if (d->ro || !is_within(d, at, n))
		return false;
	tell(d, at, n, true);
	if (d->overlay)
		return overlay_zero(d, at, n);
	if (!n || !fallocate(d->fd, mode, (off_t)at, (off_t)n))
		return true;
	for (u64 part; n; at += part, n -= part) { /* the host cannot do it at once */
		part = n < sizeof(zeros) ? n : sizeof(zeros);
		if (!file_write(d, at, zeros, part))
			return false;
	}
	return true;
}

static u64 file_next_data(const struct disk *d, u64 at)
{
	off_t data = lseek(d->fd, (off_t)at, SEEK_DATA);

	if (data < 0)
		return errno == ENXIO ? d->size : at;
	return (u64)data;
}

u64 disk_next_data(const struct disk *d, u64 at)
{
	u64 in_file = at < d->size ? file_next_data(d, at) : d->size;

	while (d->overlay && at < d->size) {
		const u8 *chunk = d->overlay[at / CHUNK];
		u64 end = align_down(at, CHUNK) + CHUNK;

		if (chunk && chunk != zero_chunk)
			return at;
		if (!chunk && in_file < end)
			return in_file > at ? in_file : at;
		at = end;
	}
	return d->overlay ? d->size : in_file;
}

bool disk_flush(struct disk *d)
{
	return d->ro || d->overlay || !fdatasync(d->fd);
}
