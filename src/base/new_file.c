#include "base/new_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool cannot(const char *path, struct error *e)
{
	return error_set(e, ERROR_FILE, "%s: cannot be written: %s; check the name, and the space there", path,
			 strerror(errno));
}

static void forget(struct new_file *f)
{
	free(f->path);
	free(f->temporary);
	*f = (struct new_file){ 0 };
}

bool new_file_open(struct new_file *f, const char *path, struct error *e)
{
	int fd = -1;

	*f = (struct new_file){ .path = strdup(path) };
	if (f->path && asprintf(&f->temporary, "%s.XXXXXX", path) < 0)
		f->temporary = NULL;
	if (f->temporary)
		fd = mkstemp(f->temporary);
	if (fd >= 0 && !fchmod(fd, 0644))
		f->out = fdopen(fd, "wb");
	if (f->out)
		return true;
	cannot(path, e);
	if (fd >= 0) {
		close(fd);
		unlink(f->temporary);
	}
	forget(f);
	return false;
}

bool new_file_keep(struct new_file *f, struct error *e)
{
	bool ok = !fflush(f->out) && !ferror(f->out) && !fsync(fileno(f->out));

	ok = !fclose(f->out) && ok;
	ok = ok && !rename(f->temporary, f->path);
	if (!ok) {
		cannot(f->path, e);
		unlink(f->temporary);
	}
	forget(f);
	return ok;
}

void new_file_drop(struct new_file *f)
{
	if (!f->out)
		return;
	fclose(f->out);
	unlink(f->temporary);
	forget(f);
}
