/* A check carried out: the machine made, run from stop to stop, and the facts of each judged. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "debug/symbols.h"
#include "lab/run.h"

/* ---- results ---- */

static struct lab_verdict *new_verdict(struct lab_result *r)
{
	if (r->count == r->room) {
		unsigned room = r->room ? r->room * 2 : 32;
		struct lab_verdict *more = realloc(r->fact, room * sizeof(*more));

		if (!more) {
			r->incomplete = true;
			return NULL;
		}
		r->fact = more;
		r->room = room;
	}
	memset(&r->fact[r->count], 0, sizeof(*r->fact));
	return &r->fact[r->count++];
}

static void count_verdict(struct lab_result *r, const struct lab_verdict *v)
{
	if (v->skipped)
		r->skipped++;
	else if (v->ok)
		r->passed++;
	else
		r->failed++;
}

void lab_result_not_built(struct lab_result *r, const char *why)
{
	struct lab_verdict *v = new_verdict(r);

	if (!v)
		return;
	v->variant = "as given";
	v->name = "the hand-in is a program";
	v->expected = "it assembles, and links with the lab's frame";
	v->found = strdup(why);
	count_verdict(r, v);
}

void lab_result_free(struct lab_result *r)
{
	for (unsigned i = 0; i < r->count; i++) {
		free(r->fact[i].found);
		free(r->fact[i].where);
	}
	free(r->fact);
	memset(r, 0, sizeof(*r));
}

/* ---- one fact ---- */

/* Where the core stands: it is what a student looks for in the listing. */
static char *where_words(const struct lab_state *s)
{
	char *text = NULL, symbol[SYMBOL_TEXT_MAX];
	struct hyp_core core;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	hyp_core_view(s->m, 0, &core);
	fprintf(out, "pc 0x%" PRIx64, core.pc);
	if (symbol_at(s->watch->elf, s->watch->elf_size, core.pc, symbol))
		fprintf(out, " (%s)", symbol);
	fprintf(out, ", EL%u, after %" PRIu64 " instructions", core.el, s->status.insns);
	fclose(out);
	return text;
}

static void judge(const struct lab_state *s, const struct lab_fact *f)
{
	struct lab_verdict *v = new_verdict(s->result);
	size_t size;
	FILE *found;

	if (!v)
		return;
	v->variant = s->variant->title;
	v->name = f->name;
	v->expected = f->text;
	v->otherwise = f->otherwise;
	v->hint = f->hint;
	v->erratum = f->erratum;
	found = open_memstream(&v->found, &size);
	if (!found) {
		s->result->incomplete = true;
		return;
	}
	v->ok = lab_judge(s, f, found);
	fclose(found);
	v->where = where_words(s);
	count_verdict(s->result, v);
}

static void skip(const struct lab_state *s, const struct lab_fact *f)
{
	struct lab_verdict *v = new_verdict(s->result);

	if (!v)
		return;
	v->variant = s->variant->title;
	v->name = f->name;
	v->expected = f->text;
	v->skipped = true;
	count_verdict(s->result, v);
}

/* ---- stops ---- */

static char *not_reached(const struct lab_state *s, bool is_symbol)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (!is_symbol) {
		fputs("the program has no such symbol", out);
	} else {
		fputs(lab_end_words(s->status.end), out);
		if (s->watch->last_exception[0])
			fprintf(out, "; the last exception was: %s", s->watch->last_exception);
	}
	fclose(out);
	return text;
}

static void judge_stop(const struct lab_state *s, const struct lab_stop *stop, bool reached, bool is_symbol)
{
	struct lab_verdict *v = new_verdict(s->result);

	if (!v)
		return;
	v->variant = s->variant->title;
	v->name = stop->symbol ? stop->symbol : "the end";
	v->expected = stop->symbol ? "the run comes to this symbol" : "the run ends within its limit";
	v->ok = reached;
	v->otherwise = stop->otherwise;
	v->hint = stop->hint;
	v->erratum = stop->erratum;
	if (!reached)
		v->found = not_reached(s, is_symbol);
	v->where = where_words(s);
	count_verdict(s->result, v);
}

static bool goes_on(const struct lab_state *s)
{
	return s->status.end == HYP_RUNNING || s->status.end == HYP_POINT;
}

static u64 left_to_run(const struct lab_state *s)
{
	u64 done = hyp_insns(s->m);

	return done < s->c->limit ? s->c->limit - done : 1;
}

static bool run_to_symbol(struct lab_state *s, const struct lab_stop *stop, u64 address)
{
	struct point p = { .what = POINT_EXECUTE,
			   .space = POINT_VA,
			   .at = address,
			   .core = POINT_ANY,
			   .el = POINT_ANY,
			   .vmid = POINT_ANY,
			   .asid = POINT_ANY };
	int number = hyp_point_add(s->m, &p);
	unsigned times = 0;

	while (number >= 0 && times < stop->times && goes_on(s)) {
		s->status = hyp_run(s->m, left_to_run(s));
		times += s->status.end == HYP_POINT;
	}
	if (number >= 0)
		hyp_point_remove(s->m, (unsigned)number);
	return times == stop->times && s->status.end == HYP_POINT;
}

static void remember_counts(struct lab_watch *w)
{
	for (unsigned i = 0; i < w->c->counters; i++)
		w->count[i].at_stop = w->count[i].total;
}

/* The run is over: an earlier stop has said so. */
static void skip_stop(const struct lab_state *s, const struct lab_stop *stop)
{
	for (unsigned i = 0; i < stop->count; i++)
		skip(s, &s->c->fact[stop->first + i]);
}

static void do_stop(struct lab_state *s, const struct lab_stop *stop)
{
	bool is_symbol = true, reached;
	u64 address;

	if (stop->symbol && !goes_on(s)) {
		skip_stop(s, stop);
		return;
	}
	if (stop->symbol) {
		is_symbol = lab_symbol(s->watch, stop->symbol, &address);
		reached = is_symbol && run_to_symbol(s, stop, address);
	} else {
		if (goes_on(s))
			s->status = hyp_run(s->m, left_to_run(s));
		reached = s->status.end != HYP_LIMIT && s->status.end != HYP_STOPPED;
	}
	judge_stop(s, stop, reached, is_symbol);
	/* An end that comes too early, or by the limit, is an end: what is missing then tells more than the end itself.
	 */
	for (unsigned i = 0; i < stop->count; i++)
		(reached || !stop->symbol ? judge : skip)(s, &s->c->fact[stop->first + i]);
	remember_counts(s->watch);
}

/* ---- one variant ---- */

static void on_console(void *ctx, unsigned uart, u8 byte)
{
	struct lab_watch *w = ctx;

	if (uart == 0 && w->said < sizeof(w->console))
		w->console[w->said++] = (char)byte;
}

static bool run_variant(const struct lab_check *c, const struct lab_variant *variant, const char *file,
			struct lab_watch *w, void (*running)(struct machine *m), struct lab_result *r, struct error *e)
{
	struct hyp_load load[LAB_PARAMS_MAX];
	struct hyp_config config = { .cpu = variant->cpu ? variant->cpu : c->cpu,
				     .mem = LAB_MEM,
				     .el = c->el,
				     .smmu = c->smmu,
				     .image = file,
				     .load = load,
				     .loads = c->params,
				     .console_out = on_console,
				     .host_ctx = w,
				     .no_reboot = true };
	struct lab_state s = { .c = c, .variant = variant, .watch = w, .result = r };

	for (unsigned i = 0; i < c->params; i++)
		load[i] = (struct hyp_load){
			.at = LAB_PARAMS_AT + 8 * i, .at_given = true, .data = variant->param[i], .data_size = 8
		};
	w->c = c;
	w->param = variant->param;
	s.m = w->m = hyp_create(&config, e);
	if (!s.m)
		return false;
	lab_watch_start(w);
	if (running)
		running(s.m);
	for (unsigned i = 0; i < c->stops; i++)
		do_stop(&s, &c->stop[i]);
	if (running)
		running(NULL);
	lab_watch_stop(w);
	hyp_destroy(s.m);
	return true;
}

/* ---- all ---- */

static u8 *read_file(const char *name, size_t *size)
{
	FILE *in = fopen(name, "rb");
	u8 *data = NULL;
	long end;

	if (!in)
		return NULL;
	if (!fseek(in, 0, SEEK_END) && (end = ftell(in)) > 0 && end < 64 << 20 && !fseek(in, 0, SEEK_SET)) {
		*size = (size_t)end;
		data = malloc(*size);
		if (data && fread(data, 1, *size, in) != *size) {
			free(data);
			data = NULL;
		}
	}
	fclose(in);
	return data;
}

bool lab_run(const struct lab_check *c, const char *elf_file, void (*running)(struct machine *m), struct lab_result *r,
	     struct error *e)
{
	struct lab_watch *w = malloc(sizeof(*w));
	size_t size = 0;
	u8 *elf = read_file(elf_file, &size);
	bool ok = true;

	if (!elf || !w)
		ok = error_set(e, ERROR_FILE, "%s: cannot be read, or has more than 64 MiB", elf_file);
	for (unsigned i = 0; ok && i < c->variants; i++) {
		memset(w, 0, sizeof(*w));
		w->elf = elf;
		w->elf_size = size;
		ok = run_variant(c, &c->variant[i], elf_file, w, running, r, e);
	}
	if (ok && r->incomplete)
		ok = error_set(e, ERROR_FILE, "%s: memory ran out while it was checked", elf_file);
	free(elf);
	free(w);
	return ok;
}
