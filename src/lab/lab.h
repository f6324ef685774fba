/*
 * The classroom labs: the check of one is carried out on a hand-in, which is a program for the machine, and every fact
 * is judged by what the machine is in, not by what the program prints.
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <stdio.h>

#include "hypscope.h"
#include "lab/check.h"

/* Where a lab's parameters are in memory when the program starts: 64 bits each, in their order. */
#define LAB_PARAMS_AT 0x5f000000u
#define LAB_MEM (512u << 20)

/* A file of a lab, or (lab "") one that all of them share. */
struct lab_file {
	const char *lab, *name;
	const u8 *data;
	size_t size;
};
const struct lab_file *lab_files(unsigned *count);

/* One fact, judged. `found` and `where` are the result's, all other texts those of the check, which must outlive it. */
struct lab_verdict {
	const char *variant, *name;
	bool ok, skipped; /* skipped: the run did not come that far */
	const char *expected, *otherwise, *hint, *erratum;
	char *found, *where; /* NULL: nothing to say */
};
struct lab_result {
	struct lab_verdict *fact;
	unsigned count, room, passed, failed, skipped;
	bool incomplete; /* memory ran out */
};

/* Carry out the check on an ELF file, in each of its variants. False: *e says why it cannot be. `running` (or NULL) is
 * told each machine that runs, and NULL when it does not any more: who stops it by hyp_stop() fails what is left. */
bool lab_run(const struct lab_check *c, const char *elf_file, void (*running)(struct machine *m), struct lab_result *r,
	     struct error *e);
void lab_result_free(struct lab_result *r);
/* The fact that a hand-in could not be made into a program. */
void lab_result_not_built(struct lab_result *r, const char *why);

/* Reports: for people, what does not hold; one testsuite of JUnit's XML; one JSON object. `name` is the hand-in's. */
void lab_report_text(FILE *out, const struct lab_result *r);
void lab_report_junit(FILE *out, const struct lab_result *r, const char *lab, const char *name);
void lab_report_json(FILE *out, const struct lab_result *r, const char *lab, const char *name);
/* Text as it may stand in XML, and in a JSON string. */
void lab_xml_text(FILE *out, const char *text);
void lab_json_text(FILE *out, const char *text);

#endif
