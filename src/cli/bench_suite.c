/* `hypscope bench` without an image: the suite's tables. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/bench.h"

typedef unsigned long long ull;

#define REPS_DEFAULT 5
#define REPS_MAX 99
#define MEM_DEFAULT (512ull << 20)

/* All repetitions, and the two sides of a comparison. */
struct suite {
	const struct options *o;
	unsigned reps;
	u64 mask;
	char path[64];
	struct bench_run own[REPS_MAX], qemu[REPS_MAX];
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *value, unsigned count)
{
	qsort(value, count, sizeof(*value), by_value);
	return count & 1 ? value[count / 2] : (value[count / 2 - 1] + value[count / 2]) / 2;
}

static double median_seconds(const struct bench_run *run, unsigned reps, unsigned row)
{
	double seconds[REPS_MAX];

	for (unsigned i = 0; i < reps; i++)
		seconds[i] = run[i].row[row].seconds;
	return median(seconds, reps);
}

static struct hyp_config config_of(const struct options *o, const char *path)
{
	return (struct hyp_config){
		.cpu = o->cpu_name,
		.smp = (unsigned)o->smp,
		.mem = o->mem,
		.el = 2,
		.timing = o->timing ? HYP_TIMING_FUNCTIONAL : HYP_TIMING_APPROX,
		.image = path,
	};
}

static bool open_suite(struct suite *s, const struct options *o, struct error *e)
{
	s->o = o;
	s->reps = o->reps ? (unsigned)o->reps : REPS_DEFAULT;
	if (o->reps > REPS_MAX)
		return error_set(e, ERROR_USAGE, "--reps takes 1 to %u, not %llu", REPS_MAX, (ull)o->reps);
	return bench_rows_parse(o->rows, &s->mask, e) && bench_image_write(o->scale, s->mask, s->path, e);
}

/* Traced to the file that the options name, if they do: each run writes it anew. */
static bool run_own(const struct suite *s, const struct hyp_config *config, struct bench_run *run, struct error *e)
{
	const char *path = s->o->traced;
	FILE *trace = path ? fopen(path, "w") : NULL;
	bool ok;

	if (path && !trace)
		return error_set(e, ERROR_FILE, "%s: %s; --traced needs a file that can be written", path,
				 strerror(errno));
	ok = bench_run_here(config, trace, s->o->history ? s->o->history - 1 : 0, run, e);
	if (trace)
		fclose(trace);
	return ok;
}

static bool measure(struct suite *s, struct error *e)
{
	struct hyp_config config = config_of(s->o, s->path);
	bool ok = true;

	for (unsigned i = 0; i < s->reps && ok; i++) {
		ok = run_own(s, &config, &s->own[i], e);
		if (ok && s->o->vs)
			ok = bench_run_qemu(s->o->cpu_name, s->o->mem ? s->o->mem : MEM_DEFAULT, s->path, &s->qemu[i],
					    e);
	}
	return ok;
}

/* ---- tables ---- */

struct figures {
	const struct bench_row *row;
	const struct bench_value *own, *qemu; /* of the first repetition */
	double own_ns, qemu_ns;		      /* per event; 0: not measured */
	double own_mips, qemu_mips;
	double own_bytes; /* of trace, an instruction */
	bool differ;	  /* the check values */
};

static double rate(u64 insns, double seconds)
{
	return seconds > 0 ? (double)insns / seconds * 1e-6 : 0;
}

static struct figures figures_of(const struct suite *s, unsigned row)
{
	unsigned count;
	struct figures f = {
		&bench_rows(&count)[row], &s->own[0].row[row], &s->qemu[0].row[row], 0, 0, 0, 0, 0, false
	};
	double events = (double)f.own->iterations * (double)f.row->events;
	double own = median_seconds(s->own, s->reps, row), qemu = median_seconds(s->qemu, s->reps, row);

	if (f.own->done) {
		f.own_ns = own / events * 1e9;
		f.own_mips = rate(f.own->insns, own);
		f.own_bytes = (double)f.own->bytes / (double)f.own->insns;
	}
	if (f.qemu->done)
		f.qemu_ns = qemu / ((double)f.qemu->iterations * (double)f.row->events) * 1e9;
	if (f.own->done && f.qemu->done) {
		f.qemu_mips = rate(f.own->insns, qemu);
		f.differ = f.own->check != f.qemu->check || f.own->iterations != f.qemu->iterations;
	}
	return f;
}

static void print_text(FILE *out, const struct figures *f, const struct options *o)
{
	bool vs = o->vs;

	if (f->own->done)
		fprintf(out, "%-11s %9llu %016llx %9.1f %11.2f", f->row->name, (ull)f->own->iterations,
			(ull)f->own->check, f->own_mips, f->own_ns);
	else
		fprintf(out, "%-11s %9s %-16s %9s %11s", f->row->name, "-", "not on this core", "-", "-");
	if (o->traced)
		fprintf(out, " %10.2f", f->own_bytes);
	if (vs && f->own->done && f->qemu->done)
		fprintf(out, " %9.1f %11.2f %8.2f%s", f->qemu_mips, f->qemu_ns,
			f->own_ns > 0 ? f->qemu_ns / f->own_ns : 0, f->differ ? " DIFFERS" : "");
	else if (vs && f->qemu->done)
		fprintf(out, " %9s %11.2f %8s", "-", f->qemu_ns, "-");
	else if (vs)
		fprintf(out, " %9s %11s %8s", "-", "-", "-");
	fprintf(out, "  %s\n", f->row->what);
}

static void print_json(FILE *out, const struct figures *f, const struct options *o)
{
	bool vs = o->vs;

	fprintf(out, "{\"name\":\"%s\",\"event\":\"%s\",\"skipped\":%s", f->row->name, f->row->what,
		f->own->done ? "false" : "true");
	if (f->own->done)
		fprintf(out,
			",\"iterations\":%llu,\"check\":\"0x%llx\",\"insns\":%llu,\"mips\":%.1f,\"ns_per_event\":%.3f",
			(ull)f->own->iterations, (ull)f->own->check, (ull)f->own->insns, f->own_mips, f->own_ns);
	if (o->traced && f->own->done)
		fprintf(out, ",\"bytes_per_insn\":%.3f", f->own_bytes);
	if (vs && f->qemu->done)
		fprintf(out, ",\"qemu_ns_per_event\":%.3f,\"qemu_check\":\"0x%llx\"", f->qemu_ns, (ull)f->qemu->check);
	if (vs && f->own->done && f->qemu->done)
		fprintf(out, ",\"ratio\":%.3f", f->own_ns > 0 ? f->qemu_ns / f->own_ns : 0);
	fputs("}\n", out);
}

/* All rows as one piece of work. */
struct total {
	double insns, seconds, bytes;
};

static void add_row(struct total *t, const struct figures *f)
{
	if (!f->own->done || f->own_mips <= 0)
		return;
	t->insns += (double)f->own->insns;
	t->seconds += (double)f->own->insns / (f->own_mips * 1e6);
	t->bytes += (double)f->own->bytes;
}

static void print_total(FILE *out, const struct total *t, bool json)
{
	if (t->insns > 0)
		fprintf(out,
			json ? "{\"name\":\"all\",\"insns\":%.0f,\"mips\":%.1f,\"bytes_per_insn\":%.3f}\n"
			     : "all: %.0f instructions, %.1f MIPS, %.2f bytes an instruction\n",
			t->insns, t->insns / t->seconds * 1e-6, t->bytes / t->insns);
}

static bool print_rows(const struct suite *s, FILE *out, struct error *e)
{
	struct total total = { 0 };
	unsigned count, differ = 0;
	bool vs = s->o->vs;

	bench_rows(&count);
	if (!s->o->json)
		fprintf(out, "%-11s %9s %-16s %9s %11s%s%s  event\n", "row", "turns", "check", "MIPS", "ns/event",
			s->o->traced ? " bytes/insn" : "", vs ? " QEMU MIPS    ns/event    ratio" : "");
	for (unsigned i = 0; i < count; i++) {
		struct figures f;

		if (!(s->mask >> i & 1))
			continue;
		f = figures_of(s, i);
		differ += f.differ;
		(s->o->json ? print_json : print_text)(out, &f, s->o);
		add_row(&total, &f);
	}
	if (s->o->traced)
		print_total(out, &total, s->o->json);
	return !differ || error_set(e, ERROR_FILE,
				    "%u rows gave another check value than on QEMU: one of the two is wrong", differ);
}

/* What a process costs: memory of the mix, and the way from exec to exit of the smallest ROM. */
static bool print_process(const struct suite *s, FILE *out, struct error *e)
{
	static const char *const hello[] = { "hypscope", "run", "--quiet", "hello", NULL };
	const char *mix[] = { "hypscope", "run", "--quiet", "--cpu", s->o->cpu_name, NULL, NULL };
	double seconds[REPS_MAX], ignored;
	char path[64];
	u64 peak, hello_peak, mask;
	bool ok = bench_rows_parse("mix", &mask, e) && bench_image_write(s->o->scale, mask, path, e);

	if (!ok)
		return false;
	mix[5] = path;
	ok = bench_run_self(mix, &ignored, &peak, e);
	unlink(path);
	for (unsigned i = 0; ok && i < s->reps; i++)
		ok = bench_run_self(hello, &seconds[i], &hello_peak, e);
	if (!ok)
		return false;
	fprintf(out,
		s->o->json ? "{\"name\":\"process\",\"mix_peak_bytes\":%llu,\"hello_ms\":%.1f}\n"
			   : "peak memory of the mix, guest RAM included: %llu bytes; run hello, from exec to exit: "
			     "%.1f ms\n",
		(ull)peak, median(seconds, s->reps) * 1e3);
	return true;
}

bool bench_suite(const struct options *o, FILE *out, struct error *e)
{
	struct suite *s = calloc(1, sizeof(*s));
	bool ok = s ? open_suite(s, o, e) : error_set(e, ERROR_FILE, "no memory for the results");

	if (ok) {
		/* Processes first: a child's peak starts from its parent's. */
		ok = (o->rows || print_process(s, out, e)) && measure(s, e) && print_rows(s, out, e);
		unlink(s->path);
	}
	free(s);
	return ok;
}

/* ---- scaling ---- */

static const struct variant {
	const char *label, *cpu; /* cpu NULL: that of the options */
	unsigned smp;
	u64 mem;
} variants[] = {
	{ "1 core", NULL, 1, 512ull << 20 },
	{ "2 cores", NULL, 2, 512ull << 20 },
	{ "4 cores", NULL, 4, 512ull << 20 },
	{ "8 cores", NULL, 8, 512ull << 20 },
	{ "64 MiB", NULL, 1, 64ull << 20 },
	{ "1 GiB", NULL, 1, 1ull << 30 },
	{ "4 GiB", NULL, 1, 4ull << 30 },
	{ "16 GiB", NULL, 1, 16ull << 30 },
	{ "cortex-a72", "cortex-a72", 1, 512ull << 20 },
	{ "neoverse-n1", "neoverse-n1", 1, 512ull << 20 },
	{ "neoverse-v2", "neoverse-v2", 1, 512ull << 20 },
	{ "max", "max", 1, 512ull << 20 },
};

/* Nanoseconds an instruction, of these rows. */
#define SCALING_ROWS "mix,stride512,switch1,switch256,world1,world4096"

static void scaling_head(const struct suite *s, FILE *out)
{
	unsigned count;
	const struct bench_row *rows = bench_rows(&count);

	fprintf(out, "%-12s", "machine");
	for (unsigned row = 0; row < count; row++)
		if (s->mask >> row & 1)
			fprintf(out, " %11s", rows[row].name);
	fputs("   ns per instruction\n", out);
}

static bool scaling_row(struct suite *s, const struct variant *v, FILE *out, struct error *e)
{
	struct hyp_config config = config_of(s->o, s->path);
	unsigned count;

	bench_rows(&count);
	config.smp = v->smp;
	config.mem = v->mem;
	if (v->cpu)
		config.cpu = v->cpu;
	for (unsigned i = 0; i < s->reps; i++)
		if (!run_own(s, &config, &s->own[i], e))
			return false;
	fprintf(out, s->o->json ? "{\"variant\":\"%s\"" : "%-12s", v->label);
	for (unsigned row = 0; row < count; row++) {
		double ns = median_seconds(s->own, s->reps, row) / (double)s->own[0].row[row].insns * 1e9;

		if (!(s->mask >> row & 1))
			continue;
		if (s->o->json)
			fprintf(out, ",\"%s\":%.3f", bench_rows(&count)[row].name, ns);
		else
			fprintf(out, " %11.3f", ns);
	}
	fputs(s->o->json ? "}\n" : "\n", out);
	return true;
}

bool bench_scaling(const struct options *o, FILE *out, struct error *e)
{
	struct suite *s = calloc(1, sizeof(*s));
	struct options scaling = *o;
	bool ok;

	scaling.rows = SCALING_ROWS;
	ok = s ? open_suite(s, &scaling, e) : error_set(e, ERROR_FILE, "no memory for the results");
	if (ok) {
		if (!o->json)
			scaling_head(s, out);
		for (unsigned i = 0; i < ARRAY_SIZE(variants) && ok; i++)
			ok = scaling_row(s, &variants[i], out, e);
		unlink(s->path);
	}
	free(s);
	return ok;
}
