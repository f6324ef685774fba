/* A file that appears under its name when it is complete, or not at all. */
#ifndef BASE_NEW_FILE_H
#define BASE_NEW_FILE_H

#include <stdio.h>

#include "base/error.h"

struct new_file {
	FILE *out;
	char *path, *temporary;
};

/* False: *e names the file and says why not. */
bool new_file_open(struct new_file *f, const char *path, struct error *e);
/* Everything was written: give it its name. False: it could not be; what had that name is as it was. */
bool new_file_keep(struct new_file *f, struct error *e);
/* It is not to be. */
void new_file_drop(struct new_file *f);

#endif
