/* hypscope: the verbs. Everything else is in the library, or in the file that has a verb's name. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/qemu.h"
#include "cli/session.h"
#include "cli/verbs.h"

static int fail(const struct error *e)
{
	fprintf(stderr, "hypscope: %s.\n", e->text);
	return e->kind;
}

static int run_session(struct session *s, struct error *e)
{
	struct hyp_status status;

	if (s->o->dump_dtb)
		return session_dump_dtb(s, e) ? 0 : fail(e);
	status = session_run(s);
	if (s->o->record && !hyp_record_end(s->m, s->o->record, e))
		return fail(e);
	if (s->o->save && !hyp_save(s->m, s->o->save, e))
		return fail(e);
	return session_report(s, &status);
}

static int run_options(const struct options *o, bool traces)
{
	struct error e = { 0 }, late = { 0 };
	struct session s;
	int code;

	if (o->from)
		return replay_trace(o, &e) ? 0 : fail(&e);
	code = session_open(&s, o, traces, &e) ? run_session(&s, &e) : fail(&e);
	if (!session_close(&s, &late))
		code = fail(&late);
	return code;
}

static int run_image(int argc, char *const *argv, unsigned verb, bool traces)
{
	struct error e = { 0 };
	struct options o;

	return options_parse(&o, verb, argc, argv, &e) ? run_options(&o, traces) : fail(&e);
}

/* Called hypscope-system-aarch64: the same program with QEMU's options. */
static int run_qemu(int argc, char *const *argv)
{
	struct error e = { 0 };
	struct options o;
	int code = 0;

	if (!qemu_parse(&o, argc, argv, &e))
		code = fail(&e);
	else if (o.help)
		qemu_help(stdout);
	else if (o.version)
		puts("hypscope " HYPSCOPE_VERSION);
	else
		code = run_options(&o, false);
	options_free(&o);
	return code;
}

static bool called_qemu(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strstr(slash ? slash + 1 : path, "system-aarch64");
}

static int verb_run(int argc, char *const *argv)
{
	return run_image(argc, argv, VERB_RUN, false);
}

static int verb_trace(int argc, char *const *argv)
{
	return run_image(argc, argv, VERB_TRACE, true);
}

static int verb_walk(int argc, char *const *argv)
{
	struct error e = { 0 };
	struct options o;

	if (!options_parse(&o, VERB_WALK, argc, argv, &e) || !walk_image(&o, stdout, &e))
		return fail(&e);
	return 0;
}

static int verb_decode(int argc, char *const *argv)
{
	struct error e = { 0 };

	return decode_values(argc, argv, stdout, &e) ? 0 : fail(&e);
}

static int verb_roms(int argc, char *const *argv)
{
	unsigned count;
	const struct hyp_rom *roms = hyp_roms(&count);

	for (unsigned i = 0; i < count; i++)
		printf("%-16s %s\n", roms[i].name, roms[i].summary);
	return 0;
}

static int verb_gui(int argc, char *const *argv)
{
	struct error e = { 0 };
	struct options o;
	int status = 0;

	if (!options_parse(&o, VERB_GUI, argc, argv, &e))
		return fail(&e);
	gui_become(argc, argv);
	return gui_image(&o, &status, &e) ? status : fail(&e);
}

static int verb_bench(int argc, char *const *argv)
{
	struct error e = { 0 };
	struct options o;

	if (!options_parse(&o, VERB_BENCH, argc, argv, &e) || !bench_run(&o, stdout, &e))
		return fail(&e);
	return 0;
}

static const struct verb {
	const char *name, *usage, *help;
	unsigned options; /* enum option_verbs */
	int (*run)(int argc, char *const *argv);
} verbs[] = {
	{ "run", "[OPTIONS] [IMAGE]", "run an image: a file, or the name of a built-in ROM (default demo)", VERB_RUN,
	  verb_run },
	{ "trace", "[OPTIONS] [IMAGE]", "the same, with the trace on; or --from a binary trace", VERB_TRACE,
	  verb_trace },
	{ "walk", "[OPTIONS] [IMAGE]", "stop at a point, then explain one translation, step by step", VERB_WALK,
	  verb_walk },
	{ "decode", "[OPTIONS] NAME=VALUE ...",
	  "explain a register's value, insn=, esr=, s1desc=, s2desc=[:LEVEL[:GRANULE]]", VERB_DECODE, verb_decode },
	{ "roms", "", "list the built-in ROMs", 0, verb_roms },
	{ "gui", "[OPTIONS] [IMAGE]", "the same in a window, to step through and look into", VERB_GUI, verb_gui },
	{ "lab", "list|show|start|run|check ...", "the classroom labs: explained, begun, run, judged", VERB_LAB,
	  lab_verb },
	{ "bench", "[OPTIONS] [IMAGE]", "how fast the benchmark suite (or one image) runs here, as a table or --json",
	  VERB_BENCH, verb_bench },
};

static void help_all(FILE *out)
{
	fputs("hypscope: an AArch64 machine whose subject is EL2\n\nusage: hypscope              same as: hypscope run "
	      "demo\n",
	      out);
	for (unsigned i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(out, "       hypscope %-6s %-20s %s\n", verbs[i].name, verbs[i].usage, verbs[i].help);
	fputs("\noptions of run, trace, walk, decode, gui, bench and lab:\n", out);
	options_help(out, VERB_RUN | VERB_TRACE | VERB_WALK | VERB_DECODE | VERB_GUI | VERB_BENCH | VERB_LAB);
	fputs("\nexit status: 0 power-off; the guest's own by semihosting; 2 wrong use; 3 unusable file; 4 the machine "
	      "died;\n"
	      "             124 --max-insns or --timeout reached; 130 interrupted\n"
	      "On a terminal Ctrl-A x ends the run, Ctrl-A p presses the power key, Ctrl-A h says more; all other keys "
	      "are the guest's.\n",
	      out);
}

static void help_verb(FILE *out, const struct verb *v)
{
	fprintf(out, "usage: hypscope %s %s\n%s\n", v->name, v->usage, v->help);
	if (v->options) {
		fputs("\noptions:\n", out);
		options_help(out, v->options);
	}
}

/* The words of bash completion: verbs first, then options. For the completion file; not in --help. */
static void complete(FILE *out)
{
	for (unsigned i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(out, "%s%s", i ? " " : "", verbs[i].name);
	fputc('\n', out);
	options_complete(out);
}

static bool wants_help(int argc, char *const *argv)
{
	for (int i = 0; i < argc; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

static int dispatch(int argc, char *const *argv)
{
	for (unsigned i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(argv[0], verbs[i].name))
			continue;
		if (!wants_help(argc - 1, argv + 1))
			return verbs[i].run(argc - 1, argv + 1);
		help_verb(stdout, &verbs[i]);
		return 0;
	}
	fprintf(stderr,
		"hypscope: '%s' is not a verb: to run an image write `hypscope run %s`; `hypscope --help` lists all.\n",
		argv[0], argv[0]);
	return ERROR_USAGE;
}

int main(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : "run";

	signal(SIGXFSZ, SIG_IGN); /* a disk image at the limit of a file's size is a write that fails, not our end */
	if (called_qemu(argv[0]))
		return run_qemu(argc - 1, argv + 1);
	if (!strcmp(first, "--help") || !strcmp(first, "-h") || !strcmp(first, "help"))
		help_all(stdout);
	else if (!strcmp(first, "--version"))
		puts("hypscope " HYPSCOPE_VERSION);
	else if (!strcmp(first, "--man-options"))
		options_man(stdout);
	else if (!strcmp(first, "--complete"))
		complete(stdout);
	else if (argc <= 1 || first[0] == '-')
		return verb_run(argc - 1, argv + 1);
	else
		return dispatch(argc - 1, argv + 1);
	return 0;
}
