/*
 * How the parts of a machine show their state to whoever copies it (machine/state.h): as ranges of bytes, in an order
 * that depends on the configuration and on the ranges before. No range holds a pointer.
 */
#ifndef BASE_STATE_H
#define BASE_STATE_H

#include <stddef.h>

#include "base/types.h"

struct state_visitor {
	/* A range of the part `name`, number `index`. The visitor reads it, or with `restores` writes all of it. */
	void (*range)(void *ctx, const char *name, unsigned index, void *data, size_t size);
	/* The same for a range that is shown in a buffer, and has its place at `home`; NULL: that does not matter. */
	void (*copy)(void *ctx, const char *name, unsigned index, void *data, const void *home, size_t size);
	void *ctx;
	bool restores;
};

static inline void state_range(const struct state_visitor *v, const char *name, unsigned index, void *data, size_t size)
{
	v->range(v->ctx, name, index, data, size);
}

static inline void state_copy(const struct state_visitor *v, const char *name, unsigned index, void *data,
			      const void *home, size_t size)
{
	if (v->copy)
		v->copy(v->ctx, name, index, data, home, size);
	else
		v->range(v->ctx, name, index, data, size);
}

/* A member; and the members of *p from one up to, but not including, another. */
#define STATE_MEMBER(v, name, index, p, member) state_range(v, name, index, &(p)->member, sizeof((p)->member))
#define STATE_MEMBERS(v, name, index, p, first, end)                                                                   \
	state_range(v, name, index, (u8 *)(p) + offsetof(__typeof__(*(p)), first),                                     \
		    offsetof(__typeof__(*(p)), end) - offsetof(__typeof__(*(p)), first))

/* Whether a restored member, a bool or an array of them, holds what a bool can: a file may hold any byte. */
static inline bool state_are_bools(const void *data, size_t size)
{
	u8 all = 0;

	for (size_t i = 0; i < size; i++)
		all |= ((const u8 *)data)[i];
	return all <= 1;
}
#define STATE_BOOLS(member)                                                                                            \
	state_are_bools(_Generic((member), bool : &(member), bool * : &(member), const bool * : &(member)), sizeof(member))

#endif
