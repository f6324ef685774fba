/* The command line: what was asked for, from one table (options.def). */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdio.h>

#include "base/error.h"
#include "base/types.h"

/* Which verbs an option belongs to, as a set. */
enum option_verbs { VERB_RUN = 1, VERB_WALK = 2, VERB_BENCH = 4, VERB_TRACE = 8 };

enum trace_format { TRACE_TEXT, TRACE_TARMAC, TRACE_PERFETTO, TRACE_BIN };

/* Choices are indexes into the option's list; texts point into argv; NULL or 0: not given. */
struct options {
	u64 cpu, smp, mem, el, iommu, trace_format, timing, max_insns, timeout, access_el, core, reps, scale, vs;
	bool secure, semihosting, quiet, json, write, fetch, scaling, help;
	bool access_el_given, core_given;
	const char *kernel, *initrd, *append, *dtb, *dump_dtb, *flash, *flash1;
	const char *serial, *trace, *trace_file, *from, *at, *va, *ipa, *rows;
	const char *image;
	char cpu_name[32];
};

/* Parse what follows the verb. */
bool options_parse(struct options *o, unsigned verbs, int argc, char *const *argv, struct error *e);
/* The options of these verbs, one a line, for --help. */
void options_help(FILE *out, unsigned verbs);
/* The same for the man page and for bash. */
void options_man(FILE *out);
void options_complete(FILE *out);
/* "0x40000000" or "512": a whole word as a number. */
bool parse_number(const char *text, u64 *value);

#endif
