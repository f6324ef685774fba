/* The benchmark suite: one image, whose rows report themselves by lines on the console (roms/bench). */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include "cli/options.h"
#include "hypscope.h"

#define BENCH_ROWS_MAX 64

/* One row as measured once. */
struct bench_value {
	bool done, skipped;
	u64 iterations, check, insns; /* insns: 0 when the runner cannot count */
	u64 bytes;		      /* of the binary trace, when there is one */
	double seconds;		      /* host CPU time */
};

struct bench_run {
	struct bench_value row[BENCH_ROWS_MAX];
};

/* A place to run the image, and what follows its console. */
struct bench_follow {
	struct bench_run *run;
	double (*cpu_time)(void *ctx);
	u64 (*insns)(void *ctx), (*bytes)(void *ctx); /* or NULL */
	void *ctx;
	char line[128];
	size_t length;
	struct bench_value at_begin;
	bool finished, garbled;
};

struct bench_row {
	const char *name, *what;
	u64 events; /* per iteration */
};
const struct bench_row *bench_rows(unsigned *count);
/* "mix,hvc" as a set of rows; NULL: all. */
bool bench_rows_parse(const char *list, u64 *mask, struct error *e);
/* Write the image with these parameters to a temporary file, whose name is stored in path (to be unlinked). */
bool bench_image_write(u64 scale, u64 mask, char path[64], struct error *e);
/* One byte of the console. */
void bench_console(struct bench_follow *f, u8 byte);

/* Run the image in this process, every event traced to a binary file (NULL: without tracing). */
bool bench_run_here(const struct hyp_config *config, FILE *trace, u64 history, struct bench_run *run, struct error *e);
/* Run it on QEMU with the same core and RAM. */
bool bench_run_qemu(const char *cpu, u64 mem, const char *path, struct bench_run *run, struct error *e);
/* Run this program anew; host seconds from start to exit, and peak resident bytes. */
bool bench_run_self(const char *const *argv, double *seconds, u64 *peak, struct error *e);

/* The suite as the options ask for it. */
bool bench_suite(const struct options *o, FILE *out, struct error *e);
bool bench_scaling(const struct options *o, FILE *out, struct error *e);

#endif
