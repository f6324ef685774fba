#include "machine/flash_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536u
#define PAGE 4096u

static bool cannot(struct error *e, const char *path, const char *what, const char *remedy)
{
	return error_set(e, ERROR_FILE, "%s: %s: %s; %s", path, what, strerror(errno), remedy);
}

static bool check(const char *path, const struct stat *st, struct error *e)
{
	if (!S_ISREG(st->st_mode))
		return error_set(e, ERROR_FILE, "%s: is not a regular file; give a file as an image of flash", path);
	if (st->st_size > FLASH_BANK_SIZE)
		return error_set(e, ERROR_FILE,
				 "%s: has %lld bytes, but a flash bank has room for %u; give a smaller one", path,
				 (long long)st->st_size, FLASH_BANK_SIZE);
	return true;
}

/* Two machines that write one file would each see half of it. A file system without locks is taken as it is. */
static bool lock(int fd, const char *path, struct error *e)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_OFD_SETLK, &whole) == 0 || (errno != EAGAIN && errno != EACCES))
		return true;
	return error_set(e, ERROR_FILE, "%s: another machine writes to it; give each its own copy", path);
}

static bool is_zero(const u8 *bytes, size_t n)
{
	return n == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0);
}

/* Pages of zeros are left alone: the bank is zero, and what is not touched takes no memory. */
static void take(u8 *to, const u8 *from, size_t n)
{
	for (size_t at = 0, part; at < n; at += part) {
		part = n - at < PAGE ? n - at : PAGE;
		if (!is_zero(from + at, part))
			memcpy(to + at, from + at, part);
	}
}

static bool read_extent(int fd, u8 *bytes, off_t at, off_t end)
{
	u8 buffer[CHUNK];

	while (at < end) {
		ssize_t n = pread(fd, buffer, end - at < CHUNK ? (size_t)(end - at) : CHUNK, at);

		if (n <= 0) {
			errno = n ? errno : EIO; /* it became shorter meanwhile */
			return false;
		}
		take(bytes + at, buffer, (size_t)n);
		at += n;
	}
	return true;
}

/* Holes are skipped where the file system tells of them, else they read as zeros. */
static bool read_data(int fd, u8 *bytes, off_t size)
{
	off_t at = 0;

	while (at < size) {
		off_t data = lseek(fd, at, SEEK_DATA), hole;

		if (data < 0 && errno == ENXIO)
			return true; /* nothing but a hole follows */
		if (data < 0)
			data = at;
		hole = lseek(fd, data, SEEK_HOLE);
		if (hole < 0 || hole > size)
			hole = size;
		if (!read_extent(fd, bytes, data, hole))
			return false;
		at = hole;
	}
	return true;
}

static bool load(int fd, const char *path, bool persist, u8 *bytes, struct error *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return cannot(e, path, "cannot be examined", "check the file");
	if (!check(path, &st, e) || (persist && !lock(fd, path, e)))
		return false;
	return read_data(fd, bytes, st.st_size) || cannot(e, path, "could not be read to its end", "copy it again");
}

bool flash_file_load(struct flash_file *f, const char *path, bool persist, u8 *bytes, struct error *e)
{
	int fd = open(path, (persist ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	bool ok;

	if (fd < 0 && persist && (errno == EACCES || errno == EROFS || errno == EPERM))
		return cannot(e, path, "cannot be opened for writing", "give a copy that can be written, or ,ro");
	if (fd < 0)
		return cannot(e, path, "cannot be opened", "check the name");
	ok = load(fd, path, persist, bytes, e);
	if (!ok || !persist) {
		close(fd);
		return ok;
	}
	*f = (struct flash_file){ .open = true, .fd = fd, .bytes = bytes, .path = strdup(path) };
	return true;
}

bool flash_file_store(void *ctx, u32 at, u32 size)
{
	struct flash_file *f = ctx;

	while (size) {
		ssize_t n = pwrite(f->fd, f->bytes + at, size, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			f->failed = f->failed ? f->failed : n ? errno : ENOSPC;
			return false;
		}
		at += (u32)n;
		size -= (u32)n;
	}
	return true;
}

bool flash_file_sync(struct flash_file *f, struct error *e)
{
	if (!f->open)
		return true;
	if (!f->failed && fdatasync(f->fd) != 0)
		f->failed = errno;
	errno = f->failed;
	return !f->failed ||
	       cannot(e, f->path, "what the guest programmed could not be written", "free some space there");
}

void flash_file_close(struct flash_file *f)
{
	if (!f->open)
		return;
	close(f->fd);
	free(f->path);
	*f = (struct flash_file){ 0 };
}
