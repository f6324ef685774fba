/* Bytes under construction, little-endian: firmware tables. */
#ifndef MACHINE_BLOB_H
#define MACHINE_BLOB_H

#include <string.h>

#include "base/error.h"
#include "base/types.h"

struct blob {
	u8 *bytes; /* the caller's */
	u32 size, room;
};

static inline void blob_put(struct blob *b, const void *data, u32 n)
{
	BUG_ON(b->room - b->size < n);
	memcpy(b->bytes + b->size, data, n);
	b->size += n;
}

/* The low n bytes of v (1..8). */
static inline void blob_number(struct blob *b, u64 v, u32 n)
{
	blob_put(b, &v, n);
}

static inline void blob_zeros(struct blob *b, u32 n)
{
	BUG_ON(b->room - b->size < n);
	memset(b->bytes + b->size, 0, n);
	b->size += n;
}

/* A text in a field of n bytes, padded with `pad`. */
static inline void blob_text(struct blob *b, const char *text, u32 n, u8 pad)
{
	BUG_ON(strlen(text) > n);
	for (u32 i = 0; i < n; i++)
		blob_number(b, *text ? (u8)*text++ : pad, 1);
}

/* Overwrite what is there already. */
static inline void blob_poke(struct blob *b, u32 at, u64 v, u32 n)
{
	BUG_ON(at > b->size || b->size - at < n);
	memcpy(b->bytes + at, &v, n);
}

/* What makes the bytes of [from, size) sum up to zero. */
static inline u8 blob_checksum(const struct blob *b, u32 from)
{
	u8 sum = 0;

	for (u32 i = from; i < b->size; i++)
		sum = (u8)(sum + b->bytes[i]);
	return (u8)-sum;
}

#define BLOB8(b, v) blob_number(b, v, 1)
#define BLOB16(b, v) blob_number(b, v, 2)
#define BLOB32(b, v) blob_number(b, v, 4)
#define BLOB64(b, v) blob_number(b, v, 8)

#endif
