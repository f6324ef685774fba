#include "ui/png.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void put32(u8 *to, u32 v)
{
	for (int i = 0; i < 4; i++)
		to[i] = (u8)(v >> (24 - 8 * i));
}

/* Length, type, data, checksum of type and data (PNG 5.3). */
static bool chunk(FILE *f, const char *type, const u8 *data, u32 size)
{
	u8 head[8], tail[4];
	uLong crc = crc32(crc32(0, Z_NULL, 0), (const u8 *)type, 4);

	put32(head, size);
	memcpy(head + 4, type, 4);
	if (size)
		crc = crc32(crc, data, size);
	put32(tail, (u32)crc);
	return fwrite(head, 1, 8, f) == 8 && (!size || fwrite(data, 1, size, f) == size) && fwrite(tail, 1, 4, f) == 4;
}

/* Each row after its filter type (PNG 9.2): Up, which suits flat surfaces. */
static u8 *filtered(const u8 *rgb, u32 width, u32 height, size_t *size)
{
	size_t row = 3 * (size_t)width;
	u8 *out = malloc((row + 1) * height), *to = out;
	const u8 *above = NULL;

	for (u32 y = 0; out && y < height; y++, rgb += row) {
		*to++ = 2;
		for (size_t i = 0; i < row; i++)
			*to++ = (u8)(rgb[i] - (above ? above[i] : 0));
		above = rgb;
	}
	*size = (row + 1) * height;
	return out;
}

static bool write_all(FILE *f, const u8 *rgb, u32 width, u32 height)
{
	static const u8 signature[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
	u8 header[13] = { [8] = 8, [9] = 2 };
	size_t raw_size;
	u8 *raw = filtered(rgb, width, height, &raw_size);
	uLongf packed_size = compressBound(raw_size);
	u8 *packed = malloc(packed_size);
	bool ok = raw && packed && compress2(packed, &packed_size, raw, raw_size, 9) == Z_OK;

	put32(header, width);
	put32(header + 4, height);
	ok = ok && fwrite(signature, 1, 8, f) == 8 && chunk(f, "IHDR", header, sizeof(header)) &&
	     chunk(f, "IDAT", packed, (u32)packed_size) && chunk(f, "IEND", NULL, 0);
	free(raw);
	free(packed);
	return ok;
}

bool png_write(const char *file, const u8 *rgb, u32 width, u32 height)
{
	FILE *f = fopen(file, "wb");
	bool ok;

	if (!f)
		return false;
	ok = write_all(f, rgb, width, height);
	if (!ok && !errno)
		errno = ENOMEM;
	return !fclose(f) && ok;
}
