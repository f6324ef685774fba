#include "loader/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool check(const char *path, const struct stat *st, u64 limit, const char *what, struct error *e)
{
	if (S_ISDIR(st->st_mode))
		return error_set(e, ERROR_FILE, "%s: is a directory; give a file as %s", path, what);
	if (!S_ISREG(st->st_mode))
		return error_set(e, ERROR_FILE, "%s: is not a regular file; give a file as %s", path, what);
	if ((u64)st->st_size > limit)
		return error_set(e, ERROR_FILE,
				 "%s: has %llu bytes, but %s has room for %llu; give a smaller one or more --mem", path,
				 (unsigned long long)st->st_size, what, (unsigned long long)limit);
	return true;
}

static bool read_all(FILE *in, const char *path, struct host_file *f, struct error *e)
{
	if (fread(f->bytes, 1, f->size, in) == f->size)
		return true;
	free(f->bytes);
	*f = (struct host_file){ 0 };
	return error_set(e, ERROR_FILE, "%s: could not be read to its end; copy it again", path);
}

bool file_read(const char *path, u64 limit, const char *what, struct host_file *f, struct error *e)
{
	FILE *in = fopen(path, "rb");
	struct stat st;
	bool ok;

	if (!in || fstat(fileno(in), &st) != 0) {
		error_set(e, ERROR_FILE, "%s: cannot be opened: %s; check the name", path, strerror(errno));
		if (in)
			fclose(in);
		return false;
	}
	ok = check(path, &st, limit, what, e);
	if (ok) {
		f->size = (size_t)st.st_size;
		f->bytes = malloc(f->size + 1);
		ok = f->bytes ? read_all(in, path, f, e)
			      : error_set(e, ERROR_FILE, "%s: the host has not enough memory to read it; free some",
					  path);
	}
	fclose(in);
	return ok;
}
