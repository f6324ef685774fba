/* Reading a whole host file, with errors that name it. */
#ifndef LOADER_FILE_H
#define LOADER_FILE_H

#include "base/error.h"
#include "machine/machine.h"

/* Read `path`, at most `limit` bytes (larger: an error that says what it is for). The caller frees f->bytes. */
bool file_read(const char *path, u64 limit, const char *what, struct host_file *f, struct error *e);

#endif
