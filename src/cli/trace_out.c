#include "cli/trace_out.h"

#include <errno.h>
#include <string.h>

const char *trace_out_default(const struct options *o)
{
	switch ((enum trace_format)o->trace_format) {
	case TRACE_TARMAC: return "insn,mem,exc,sysreg";
	case TRACE_PERFETTO: return "exc,el0,hyp,gic";
	default: return "exc,hyp";
	}
}

static bool start(struct trace_out *t, struct tracer *tracer, u32 mask)
{
	switch (t->format) {
	case TRACE_BIN: t->bin = bin_writer_start(tracer, t->file, mask); return t->bin;
	case TRACE_TARMAC: t->tarmac = trace_tarmac_start(tracer, t->file, mask); return t->tarmac;
	case TRACE_PERFETTO: t->perfetto = trace_perfetto_start(tracer, t->file, mask); return t->perfetto;
	default: trace_text_start(&t->text, tracer, t->file, mask); return true;
	}
}

bool trace_out_start(struct trace_out *t, const struct options *o, struct tracer *tracer, FILE *standard, u32 mask,
		     struct error *e)
{
	memset(t, 0, sizeof(*t));
	t->format = (enum trace_format)o->trace_format;
	t->name = o->trace_file ? o->trace_file : "the trace";
	t->file = o->trace_file ? fopen(o->trace_file, "w") : standard;
	if (!t->file)
		return error_set(e, ERROR_FILE, "%s: %s; --trace-file needs a file that can be written", o->trace_file,
				 strerror(errno));
	if (start(t, tracer, mask))
		return true;
	if (o->trace_file)
		fclose(t->file);
	t->file = NULL;
	return error_set(e, ERROR_FILE, "%s: %s", t->name, strerror(ENOMEM));
}

bool trace_out_end(struct trace_out *t, struct tracer *tracer, struct error *e)
{
	bool ok = true;

	if (!t->file)
		return true;
	switch (t->format) {
	case TRACE_BIN: ok = bin_writer_end(t->bin, tracer); break;
	case TRACE_TARMAC: trace_tarmac_end(t->tarmac, tracer); break;
	case TRACE_PERFETTO: trace_perfetto_end(t->perfetto, tracer); break;
	default: trace_text_end(&t->text, tracer);
	}
	if (ferror(t->file))
		ok = false;
	if (t->file != stderr && t->file != stdout && fclose(t->file))
		ok = false;
	t->file = NULL;
	return ok || error_set(e, ERROR_FILE, "%s: the trace could not be written to its end; free some space there",
			       t->name);
}
