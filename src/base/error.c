#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool error_set(struct error *e, enum error_kind kind, const char *format, ...)
{
	va_list args;

	if (e->kind != ERROR_NONE)
		return false;
	e->kind = kind;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	return false;
}

_Noreturn void bug_at(const char *file, int line, const char *what)
{
	fprintf(stderr, "hypscope: internal error at %s:%d: %s\n", file, line, what);
	abort();
}
