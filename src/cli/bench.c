/* `hypscope bench`: how fast the machine runs on this host, by the suite or by one image. */
#include "cli/bench.h"
#include "cli/session.h"
#include "cli/verbs.h"

typedef unsigned long long ull;

struct result {
	const char *name;
	struct hyp_status status;
	double seconds;
};

static bool measure(const struct options *o, const char *image, struct result *r, struct error *e)
{
	struct options quiet = *o;
	struct session s;
	bool ok;

	quiet.image = image;
	quiet.serial = "null";
	ok = session_open(&s, &quiet, false, e);
	if (ok) {
		r->name = image;
		r->status = session_run(&s);
		r->seconds = s.end - s.start;
		ok = r->status.end == HYP_POWER_OFF || (r->status.end == HYP_EXIT && !r->status.exit_code) ||
		     error_set(e, ERROR_FILE, "%s: does not end by a power-off; measure an image that does", image);
	}
	return session_close(&s, e) && ok;
}

static void print(FILE *out, const struct result *r, bool json)
{
	double mips = r->seconds > 0 ? (double)r->status.insns / r->seconds * 1e-6 : 0;

	if (json)
		fprintf(out, "{\"name\":\"%s\",\"insns\":%llu,\"cycles\":%llu,\"host_seconds\":%.3f,\"mips\":%.1f}\n",
			r->name, (ull)r->status.insns, (ull)r->status.cycles, r->seconds, mips);
	else
		fprintf(out, "%-24s %14llu %14llu %10.3f %10.1f\n", r->name, (ull)r->status.insns,
			(ull)r->status.cycles, r->seconds, mips);
}

bool bench_run(const struct options *o, FILE *out, struct error *e)
{
	struct result r;

	if (!o->image)
		return (o->scaling ? bench_scaling : bench_suite)(o, out, e);
	if (o->vs || o->scaling || o->rows || o->traced)
		return error_set(e, ERROR_USAGE,
				 "--vs, --rows, --scaling and --traced are the suite's: leave out the image");
	if (!o->json)
		fprintf(out, "%-24s %14s %14s %10s %10s\n", "image", "instructions", "cycles", "seconds", "million/s");
	if (!measure(o, o->image, &r, e))
		return false;
	print(out, &r, o->json);
	return true;
}
