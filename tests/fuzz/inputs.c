/* Recordings of inputs from arbitrary bytes; their checksum is made right first, when the first byte is odd. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "machine/identity.h"
#include "machine/input_log.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define HEAD 32
#define ENTRY 32

/* As the reader sums: the head, the identity, each entry's head and bytes. */
static u64 sum_of(const u8 *data, size_t size)
{
	u64 h = IDENTITY_HASH;
	u32 part;
	size_t at = HEAD;

	if (size < HEAD)
		return 0;
	memcpy(&part, data + 12, 4);
	h = identity_hash(h, data, HEAD);
	for (bool entry = false; part <= size - at; entry = true) {
		h = identity_hash(h, data + at, part);
		at += part;
		if (entry && data[at - part - ENTRY] == INPUT_END)
			break;
		if (size - at < ENTRY)
			break;
		h = identity_hash(h, data + at, ENTRY);
		memcpy(&part, data + at + 4, 4);
		at += ENTRY;
	}
	return h;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static int fd = -1;
	struct input_log log;
	struct error e = { 0 };
	char path[64];
	u64 sum;

	if (!size)
		return 0;
	if (fd < 0)
		fd = memfd_create("inputs", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	sum = sum_of(data + 1, size - 1);
	if (ftruncate(fd, 0) || pwrite(fd, data + 1, size - 1, 0) < 0 ||
	    (data[0] & 1 && pwrite(fd, &sum, sizeof(sum), (off_t)size - 1) < 0))
		abort();
	if (input_log_read(&log, path, &e))
		input_log_clear(&log);
	else if (!e.text[0])
		abort();
	return 0;
}
