/* A fuzz target's input, taken piece by piece; after its end come zeros. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <string.h>

#include "base/types.h"

struct input {
	const u8 *at;
	size_t left;
};

static inline u64 take(struct input *in, size_t n)
{
	u64 v = 0;

	if (n > in->left)
		n = in->left;
	memcpy(&v, in->at, n);
	in->at += n;
	in->left -= n;
	return v;
}

#endif
