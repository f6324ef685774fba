/* `hypscope lab`: what its files share. */
#ifndef CLI_LAB_H
#define CLI_LAB_H

#include "cli/options.h"
#include "lab/lab.h"

#define LAB_PATH_MAX 512

/* ---- lab_files.c ---- */

/* Labs of a teacher's own folder, too; they come before those that are built in. */
bool lab_use_folder(const char *folder, struct error *e);
/* The lab that a word names: "03-hcr", "03", "3"; NULL: none. The word may go on after a lab's name with '.' or '/'. */
const char *lab_find(const char *word);
/* A file of a lab; NULL: it has none of this name. */
const struct lab_file *lab_file(const char *lab, const char *name);
/* A file that all labs share, by number; NULL: there are no more. */
const struct lab_file *lab_shared(unsigned n);
/* Every lab's name, in order; NULL: there are no more. */
const char *lab_name(unsigned i);
struct lab_check *lab_check_of(const char *lab, struct error *e);

/* ---- lab_build.c ---- */

/* A program made of a hand-in. `why` (to be freed): what the assembler or the linker said. */
struct lab_build {
	char folder[LAB_PATH_MAX]; /* a temporary one; "": none was made */
	char elf[LAB_PATH_MAX + 16];
	char *why;
};
/* True also when the hand-in is wrong (b->why is set then). False: the host is: *e says what it lacks. */
bool lab_build(struct lab_build *b, const char *lab, const char *file, struct error *e);
void lab_build_free(struct lab_build *b);

/* ---- lab_mark.c ---- */

/* `lab check`: returns the exit status. */
int lab_mark(const struct options *o, char *const *place, unsigned places);

#endif
