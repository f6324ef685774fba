#include "loader/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define ZBOOT_HEADER 64u

static u32 word32(const u8 *at)
{
	u32 v;

	memcpy(&v, at, 4);
	return v;
}

bool unpack_find(const u8 *file, size_t size, struct packed *p)
{
	if (size >= 2 && memcmp(file, "\x1f\x8b", 2) == 0) {
		*p = (struct packed){ .size = size, .how = "gzip" };
		return true;
	}
	if (size < ZBOOT_HEADER || memcmp(file, "MZ", 2) != 0 || memcmp(file + 4, "zimg", 4) != 0)
		return false;
	*p = (struct packed){ .at = word32(file + 8), .size = word32(file + 12), .zboot = true };
	memcpy(p->how, file + 24, 32);
	if (p->at > size || p->size > size - p->at)
		p->size = 0;
	return true;
}

/* Room grows as it is needed; one byte more than the limit shows that it does not suffice. */
static bool grow(u8 **bytes, size_t *room, u64 limit)
{
	size_t next = *room > limit / 2 ? (size_t)limit + 1 : 2 * *room;
	u8 *larger = next > *room ? realloc(*bytes, next) : NULL;

	if (!larger)
		return false;
	*bytes = larger;
	*room = next;
	return true;
}

/* NULL: *status is zlib's; Z_MEM_ERROR stands for a full room, too. */
static u8 *inflate_all(const u8 *from, size_t n, u64 limit, size_t *size, int *status)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)from, .avail_in = (uInt)n };
	size_t room = 1 << 20, done = 0;
	u8 *bytes = malloc(room);

	*status = bytes ? inflateInit2(&z, 16 + MAX_WBITS) : Z_MEM_ERROR;
	while (*status == Z_OK) {
		uInt before;

		if (done == room && !grow(&bytes, &room, limit)) {
			*status = Z_MEM_ERROR;
			break;
		}
		before = z.avail_out = room - done < 1u << 30 ? (uInt)(room - done) : 1u << 30;
		z.next_out = bytes + done;
		*status = inflate(&z, Z_NO_FLUSH);
		done += before - z.avail_out;
	}
	inflateEnd(&z);
	*size = done;
	if (*status == Z_STREAM_END && done <= limit)
		return bytes;
	if (*status == Z_STREAM_END)
		*status = Z_MEM_ERROR;
	free(bytes);
	return NULL;
}

u8 *unpack(const u8 *file, const struct packed *p, u64 limit, const char *name, size_t *size, struct error *e)
{
	u8 *bytes;
	int status;

	if (strcmp(p->how, "gzip") != 0) {
		error_set(e, ERROR_FILE,
			  "%s: is an EFI image compressed with '%s', and only gzip can be unpacked; "
			  "give the Image within",
			  name, p->how);
		return NULL;
	}
	if (!p->size) {
		error_set(e, ERROR_FILE, "%s: is an EFI image that lacks its payload; copy it again", name);
		return NULL;
	}
	bytes = inflate_all(file + p->at, p->size, limit, size, &status);
	if (bytes)
		return bytes;
	if (status == Z_MEM_ERROR)
		error_set(e, ERROR_FILE,
			  "%s: unpacked, it has more than the %llu bytes there is room for; "
			  "give more with --mem",
			  name, (unsigned long long)limit);
	else
		error_set(e, ERROR_FILE, "%s: the gzip data in it is %s; copy it again", name,
			  status == Z_BUF_ERROR ? "cut short" : "damaged");
	return NULL;
}
