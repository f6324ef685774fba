/* The benchmark image: its rows, its parameters, and measuring between the lines it prints. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/bench.h"
#include "debug/trace_bin.h"
#include "debug/trace_text.h"

extern const unsigned char bench_image[];
extern const unsigned long bench_image_size;

static const struct bench_row rows[] = {
#define BENCH_ROW(name, iterations, work, prepare, finish, events, what) { #name, what, events },
#include "../../roms/bench/rows.def"
#undef BENCH_ROW
};
_Static_assert(ARRAY_SIZE(rows) <= BENCH_ROWS_MAX, "a bit of the mask for each row");

const struct bench_row *bench_rows(unsigned *count)
{
	*count = ARRAY_SIZE(rows);
	return rows;
}

static int row_find(const char *name, size_t length)
{
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++)
		if (strlen(rows[i].name) == length && !memcmp(rows[i].name, name, length))
			return (int)i;
	return -1;
}

bool bench_rows_parse(const char *list, u64 *mask, struct error *e)
{
	*mask = list ? 0 : (1ull << ARRAY_SIZE(rows)) - 1;
	while (list) {
		size_t length = strcspn(list, ",");
		int row = row_find(list, length);

		if (row < 0)
			return error_set(e, ERROR_USAGE,
					 "--rows: the suite has no row '%.*s'; hypscope bench --scale 12 lists all",
					 (int)length, list);
		*mask |= 1ull << row;
		list = list[length] ? list + length + 1 : NULL;
	}
	return true;
}

/* The two words of parameters follow this mark (roms/bench/kernels.S). */
static bool write_image(int fd, u64 scale, u64 mask)
{
	static const char mark[8] = "HYPBENCH";
	const u64 words[2] = { scale, mask };
	const u8 *at = memmem(bench_image, bench_image_size, mark, sizeof(mark));
	long offset;

	if (!at)
		return false;
	offset = at - bench_image + (long)sizeof(mark);
	return write(fd, bench_image, bench_image_size) == (ssize_t)bench_image_size &&
	       pwrite(fd, words, sizeof(words), offset) == (ssize_t)sizeof(words);
}

bool bench_image_write(u64 scale, u64 mask, char path[64], struct error *e)
{
	int fd;
	bool ok;

	if (scale > 63)
		return error_set(e, ERROR_USAGE, "--scale takes 0 to 63, not %llu", (unsigned long long)scale);
	strcpy(path, "/tmp/hypscope-bench-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		return error_set(e, ERROR_FILE, "%s: cannot be made; bench needs a /tmp that can be written", path);
	ok = write_image(fd, scale, mask);
	ok &= close(fd) == 0;
	if (!ok) {
		unlink(path);
		error_set(e, ERROR_FILE, "%s: cannot be written; is /tmp full?", path);
	}
	return ok;
}

/* ---- the console ---- */

/* "E name iterations check". */
static void row_ends(struct bench_follow *f, struct bench_value *v, const char *rest, const struct bench_value *now)
{
	unsigned long long n, check;

	if (sscanf(rest, " 0x%llx 0x%llx", &n, &check) != 2) {
		f->garbled = true;
		return;
	}
	*v = (struct bench_value){ .done = true,
				   .iterations = n,
				   .check = check,
				   .insns = now->insns - f->at_begin.insns,
				   .bytes = now->bytes - f->at_begin.bytes,
				   .seconds = now->seconds - f->at_begin.seconds };
}

static void line_ends(struct bench_follow *f, const struct bench_value *now)
{
	const char *name = f->line + 2;
	size_t length = f->length > 2 ? strcspn(name, " ") : 0;
	int row = length && f->line[1] == ' ' ? row_find(name, length) : -1;

	if (!strcmp(f->line, "DONE"))
		f->finished = true;
	else if (row < 0)
		f->garbled = true;
	else if (f->line[0] == 'S')
		f->run->row[row].skipped = true;
	else if (f->line[0] == 'B')
		f->at_begin = *now;
	else if (f->line[0] == 'E')
		row_ends(f, &f->run->row[row], name + length, now);
}

void bench_console(struct bench_follow *f, u8 byte)
{
	if (byte == '\n') {
		struct bench_value now = { .seconds = f->cpu_time(f->ctx),
					   .insns = f->insns ? f->insns(f->ctx) : 0,
					   .bytes = f->bytes ? f->bytes(f->ctx) : 0 };

		f->line[f->length] = 0;
		line_ends(f, &now);
		f->length = 0;
		if (f->line[0] == 'B') /* what this took is not the row's */
			f->at_begin.seconds = f->cpu_time(f->ctx);
	} else if (byte != '\r' && f->length + 1 < sizeof(f->line)) {
		f->line[f->length++] = (char)byte;
	}
}

/* ---- in this process ---- */

struct here {
	struct machine *m;
	struct bin_writer *trace; /* or NULL */
	struct bench_follow follow;
};

static double own_cpu_time(void *ctx)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static u64 own_insns(void *ctx)
{
	struct here *h = ctx;

	return hyp_insns(h->m);
}

static u64 own_bytes(void *ctx)
{
	struct here *h = ctx;

	return h->trace ? bin_writer_bytes(h->trace) : 0;
}

static void on_byte(void *ctx, unsigned uart, u8 byte)
{
	struct here *h = ctx;

	bench_console(&h->follow, byte);
}

/* Every event, as `--trace all --trace-format bin`. */
static bool start_trace(struct here *h, FILE *trace, struct error *e)
{
	u32 mask;

	if (!trace)
		return true;
	h->trace = trace_classes("all", &mask, e) ? bin_writer_start(hyp_tracer(h->m), trace, mask) : NULL;
	return h->trace || error_set(e, ERROR_FILE, "no memory for the trace");
}

static bool end_trace(struct here *h, struct error *e)
{
	return !h->trace || bin_writer_end(h->trace, hyp_tracer(h->m)) ||
	       error_set(e, ERROR_FILE, "the trace could not be written to its end; free some space there");
}

bool bench_run_here(const struct hyp_config *config, FILE *trace, u64 history, struct bench_run *run, struct error *e)
{
	struct here h = {
		.follow = { .run = run, .cpu_time = own_cpu_time, .insns = own_insns, .bytes = own_bytes, .ctx = &h }
	};
	struct hyp_config c = *config;
	struct hyp_status s = { 0 };
	bool ok;

	memset(run, 0, sizeof(*run));
	c.console_out = on_byte;
	c.host_ctx = &h;
	h.m = hyp_create(&c, e);
	if (!h.m)
		return false;
	ok = (!history || hyp_history_start(h.m, history, e)) && start_trace(&h, trace, e);
	if (ok)
		s = hyp_run(h.m, 0);
	ok = (!h.trace || end_trace(&h, e)) && ok;
	hyp_destroy(h.m);
	if (!ok)
		return false;
	if (s.end != HYP_POWER_OFF || !h.follow.finished || h.follow.garbled)
		return error_set(e, ERROR_FILE, "the benchmark image did not reach its end on this machine");
	return true;
}
