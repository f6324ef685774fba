/* `hypscope lab check`: hand-ins found, made into programs, checked, and reported. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "cli/lab.h"

#define SECONDS_DEFAULT 60 /* of host time for one hand-in */

struct marking {
	const struct options *o;
	const char *lab; /* of --lab, or NULL */
	FILE *junit;	 /* or NULL */
	unsigned checked;
	bool failed, unusable;
};

/* ---- bounded time ---- */

/* A signal handler has no argument. */
static struct machine *volatile running_machine;

static void on_running(struct machine *m)
{
	running_machine = m;
}

static void on_alarm(int number)
{
	if (running_machine)
		hyp_stop(running_machine);
}

static void set_alarm(u64 seconds)
{
	struct itimerval t = { .it_interval = { .tv_usec = seconds ? 200000 : 0 },
			       .it_value = { .tv_sec = (time_t)seconds } };

	signal(SIGALRM, seconds ? on_alarm : SIG_DFL);
	setitimer(ITIMER_REAL, &t, NULL);
}

/* ---- one hand-in ---- */

static void report(struct marking *k, const char *lab, const char *file, const struct lab_result *r)
{
	bool passed = !r->failed && !r->skipped;

	if (k->junit)
		lab_report_junit(k->junit, r, lab, file);
	if (k->o->json) {
		if (k->checked)
			fputs(",\n", stdout);
		lab_report_json(stdout, r, lab, file);
	} else {
		printf("%s: %s %s, %u of %u facts hold\n", file, lab, passed ? "PASSED" : "FAILED", r->passed,
		       r->count);
		if (!k->o->quiet)
			lab_report_text(stdout, r);
	}
	k->checked++;
	k->failed |= !passed;
}

/* The result's texts are those of the check. */
static bool check_built(const struct marking *k, const struct lab_check *c, const struct lab_build *b,
			struct lab_result *r, struct error *e)
{
	bool ok;

	if (b->why) {
		lab_result_not_built(r, b->why);
		return true;
	}
	set_alarm(k->o->timeout ? k->o->timeout : SECONDS_DEFAULT);
	ok = lab_run(c, b->elf, on_running, r, e);
	set_alarm(0);
	return ok;
}

static void unusable(struct marking *k, const char *place, const struct error *e)
{
	struct lab_result r = { 0 };

	fprintf(stderr, "hypscope: %s.\n", e->text);
	k->unusable = true;
	lab_result_not_built(&r, e->text);
	if (k->junit)
		lab_report_junit(k->junit, &r, k->lab ? k->lab : "", place);
	lab_result_free(&r);
}

static void mark(struct marking *k, const char *lab, const char *file)
{
	struct lab_result r = { 0 };
	struct lab_build b = { 0 };
	struct error e = { 0 };
	struct lab_check *c = lab_check_of(lab, &e);

	if (c && lab_build(&b, lab, file, &e) && check_built(k, c, &b, &r, &e))
		report(k, lab, file, &r);
	else
		unusable(k, file, &e);
	lab_build_free(&b);
	lab_result_free(&r);
	free(c);
	fflush(stdout);
}

/* ---- finding them ---- */

static bool is_hand_in(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && name[0] != '.' && (!strcmp(dot, ".S") || !strcmp(dot, ".s") || !strcmp(dot, ".elf"));
}

static int choose(const struct dirent *d)
{
	return is_hand_in(d->d_name);
}

/* In a folder: with --lab the file that has its name, else the only one; without, each that has a lab's name. */
static bool mark_folder(struct marking *k, const char *folder)
{
	struct dirent **entry;
	char path[LAB_PATH_MAX];
	int count = scandir(folder, &entry, choose, alphasort);
	unsigned marked = 0;

	for (int i = 0; i < count; i++) {
		const char *named = lab_find(entry[i]->d_name), *lab = k->lab ? k->lab : named;

		snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name);
		if (lab && (lab == named || (k->lab && count == 1))) {
			mark(k, lab, path);
			marked++;
		}
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	return marked != 0;
}

static void mark_place(struct marking *k, const char *place)
{
	const char *slash = strrchr(place, '/'), *lab = k->lab ? k->lab : lab_find(slash ? slash + 1 : place);
	struct error e = { 0 };
	struct stat st;

	if (stat(place, &st)) {
		error_set(&e, ERROR_FILE, "%s: cannot be found: %s", place, strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		if (mark_folder(k, place))
			return;
		error_set(&e, ERROR_FILE,
			  "%s: there is no hand-in in it: a file with the name of a lab, such as %s.S (`hypscope lab "
			  "list` "
			  "has them), or with --lab one file of any name",
			  place, k->lab ? k->lab : lab_name(0));
	} else if (lab) {
		mark(k, lab, place);
		return;
	} else {
		error_set(&e, ERROR_FILE, "%s: its name does not say which lab it is for: add --lab NAME", place);
	}
	unusable(k, place, &e);
}

/* ---- all of them ---- */

static bool open_junit(struct marking *k, struct error *e)
{
	if (!k->o->junit)
		return true;
	k->junit = fopen(k->o->junit, "w");
	if (!k->junit)
		return error_set(e, ERROR_FILE, "%s: cannot be written: %s", k->o->junit, strerror(errno));
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"hypscope lab check\">\n", k->junit);
	return true;
}

static bool close_junit(struct marking *k, struct error *e)
{
	if (!k->junit)
		return true;
	fputs("</testsuites>\n", k->junit);
	return fclose(k->junit) == 0 ||
	       error_set(e, ERROR_FILE, "%s: cannot be written: is the disk full?", k->o->junit);
}

int lab_mark(const struct options *o, char *const *place, unsigned places)
{
	struct marking k = { .o = o };
	struct error e = { 0 };

	if (o->lab && !(k.lab = lab_find(o->lab)))
		error_set(&e, ERROR_USAGE, "--lab: there is no lab '%s': `hypscope lab list` has them", o->lab);
	if (!places)
		error_set(&e, ERROR_USAGE,
			  "lab check needs a hand-in: a file, or a folder with files that have labs' names");
	if (e.kind || !open_junit(&k, &e)) {
		fprintf(stderr, "hypscope: %s.\n", e.text);
		return e.kind;
	}
	if (o->json)
		fputs("[", stdout);
	for (unsigned i = 0; i < places; i++)
		mark_place(&k, place[i]);
	if (o->json)
		fputs("]\n", stdout);
	if (!close_junit(&k, &e)) {
		fprintf(stderr, "hypscope: %s.\n", e.text);
		return e.kind;
	}
	return k.unusable ? ERROR_FILE : k.failed;
}
