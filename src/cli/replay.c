/* `hypscope trace --from FILE`: the trace that the run would have printed. */
#include <errno.h>
#include <string.h>

#include "cli/session.h"
#include "cli/verbs.h"

/* What to print: what was asked for, if it was recorded. */
static bool choose(const struct options *o, u32 recorded, u32 *mask, struct error *e)
{
	*mask = recorded;
	if (!o->trace)
		return true;
	if (!trace_classes(o->trace, mask, e))
		return false;
	return !(*mask & ~recorded) ||
	       error_set(e, ERROR_FILE, "%s does not hold all of '%s': leave --trace out, or record it again", o->from,
			 o->trace);
}

static bool print(struct bin_reader *r, const struct options *o, struct error *e)
{
	struct tracer tracer = { .cycles_per_tick = bin_reader_cycles_per_tick(r) };
	struct trace_out out;
	u32 mask;
	bool ok;

	if (!choose(o, bin_reader_mask(r), &mask, e) || !trace_out_start(&out, o, &tracer, stdout, mask, e))
		return false;
	ok = bin_reader_run(r, &tracer, e);
	return trace_out_end(&out, &tracer, e) && ok;
}

bool replay_trace(const struct options *o, struct error *e)
{
	FILE *in = fopen(o->from, "rb");
	struct bin_reader *r;
	bool ok;

	if (!in)
		return error_set(e, ERROR_FILE, "%s: %s; --from needs a file that can be read", o->from,
				 strerror(errno));
	r = bin_reader_open(in, o->from, e);
	ok = r && print(r, o, e);
	if (r)
		bin_reader_close(r);
	fclose(in);
	return ok;
}
