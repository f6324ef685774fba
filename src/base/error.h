/*
 * Host mistakes (a bad file, a bad option) as values: one clear sentence that names the thing and the
 * remedy, and the exit status of the command-line contract. The library never prints it; the caller does.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/types.h"

enum error_kind {
	ERROR_NONE = 0,
	ERROR_USAGE = 2, /* wrong use */
	ERROR_FILE = 3,	 /* an image or file could not be used */
};

struct error {
	enum error_kind kind;
	char text[480]; /* without the full stop: whoever prints it adds that */
};

/* Record an error (the first one wins) and return false, so that callers can `return error_set(...)`. */
bool error_set(struct error *e, enum error_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A broken invariant of our own: print where, and abort. Never reachable by guest or image input. */
_Noreturn void bug_at(const char *file, int line, const char *what);
#define BUG_ON(cond)                                                                                                   \
	do {                                                                                                           \
		if (unlikely(cond))                                                                                    \
			bug_at(__FILE__, __LINE__, #cond);                                                             \
	} while (0)

#endif
