/* Compressed kernels: whatever the bytes, they are unpacked within the limit or refused. */
#include <stdlib.h>

#include "loader/unpack.h"

#define LIMIT (1u << 22)

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct error e = { 0 };
	struct packed p;
	size_t unpacked = 0;
	u8 *bytes;

	if (!unpack_find(data, size, &p))
		return 0;
	bytes = unpack(data, &p, LIMIT, "fuzz", &unpacked, &e);
	if ((bytes != NULL) == (e.kind != ERROR_NONE) || (bytes && unpacked > LIMIT))
		abort();
	free(bytes);
	return 0;
}
