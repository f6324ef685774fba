/* `hypscope lab`: list, show, start, run, check. */
#include "cli/lab.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/session.h"
#include "cli/verbs.h"

static const char *need_lab(const char *word, struct error *e)
{
	const char *lab = word ? lab_find(word) : NULL;

	if (!word)
		error_set(e, ERROR_USAGE, "which lab? `hypscope lab list` has them");
	else if (!lab)
		error_set(e, ERROR_USAGE, "there is no lab '%s': `hypscope lab list` has them", word);
	return lab;
}

/* ---- list, show, start ---- */

static bool list(struct error *e)
{
	const char *lab;

	for (unsigned i = 0; (lab = lab_name(i)); i++) {
		struct lab_check *c = lab_check_of(lab, e);

		if (!c)
			return false;
		printf("%-16s %s\n", lab, c->title);
		free(c);
	}
	return true;
}

static bool show(const struct options *o, const char *word, struct error *e)
{
	const char *lab = need_lab(word, e), *what = o->lab_part ? o->lab_part : "page";
	char name[32];
	const struct lab_file *f;

	if (!lab)
		return false;
	snprintf(name, sizeof(name), "%s%s", what, !strcmp(what, "page") ? ".md" : !strcmp(what, "check") ? "" : ".S");
	f = lab_file(lab, name);
	if (!f)
		return error_set(e, ERROR_USAGE, "--part takes page, starter, frame, solution or check, not '%s'",
				 what);
	fwrite(f->data, 1, f->size, stdout);
	return true;
}

static bool start(const char *word, const char *folder, struct error *e)
{
	const char *lab = need_lab(word, e);
	const struct lab_file *f = lab ? lab_file(lab, "starter.S") : NULL;
	char path[LAB_PATH_MAX];
	FILE *out;
	bool ok;

	if (!f)
		return false;
	if (mkdir(folder, 0777) && errno != EEXIST)
		return error_set(e, ERROR_FILE, "%s: cannot be made: %s", folder, strerror(errno));
	snprintf(path, sizeof(path), "%s/%s.S", folder, lab);
	out = fopen(path, "wx");
	if (!out)
		return error_set(e, ERROR_FILE, "%s: cannot be written: %s", path, strerror(errno));
	ok = fwrite(f->data, 1, f->size, out) == f->size;
	ok &= fclose(out) == 0;
	if (ok)
		printf("%s is yours. `hypscope lab show %s` explains; `hypscope lab check %s` judges.\n", path, lab,
		       path);
	return ok || error_set(e, ERROR_FILE, "%s: cannot be written", path);
}

/* ---- run ---- */

static void machine_of(struct options *o, const struct lab_check *c)
{
	o->el = o->el ? o->el : c->el;
	o->mem = LAB_MEM;
	o->iommu |= c->smmu;
	if (c->cpu && !o->cpu)
		snprintf(o->cpu_name, sizeof(o->cpu_name), "%s", c->cpu);
	for (unsigned i = 0; i < c->params; i++)
		o->load[o->loads++] = (struct hyp_load){
			.at = LAB_PARAMS_AT + 8 * i, .at_given = true, .data = c->param[i].value, .data_size = 8
		};
}

static int run_built(struct options *o, const struct lab_build *b, struct error *e)
{
	struct session s;
	struct hyp_status status;
	int code = 0;

	o->image = b->elf;
	if (session_open(&s, o, false, e)) {
		status = session_run(&s);
		code = session_report(&s, &status);
	}
	session_close(&s, e);
	return code;
}

/* The lab's own files can be run as they are: the starter, or --part solution. */
static bool own_source(struct options *o, const char *lab, char path[LAB_PATH_MAX], struct error *e)
{
	const char *part = o->lab_part ? o->lab_part : "starter";
	char name[32];
	const struct lab_file *f;
	FILE *out;
	int fd;

	snprintf(name, sizeof(name), "%s.S", part);
	f = !strcmp(part, "starter") || !strcmp(part, "solution") ? lab_file(lab, name) : NULL;
	if (!f)
		return error_set(e, ERROR_USAGE, "--part of lab run takes starter or solution, not '%s'", part);
	snprintf(path, LAB_PATH_MAX, "/tmp/hypscope-%s-XXXXXX.S", part);
	fd = mkstemps(path, 2);
	out = fd < 0 ? NULL : fdopen(fd, "wb");
	if (out && fwrite(f->data, 1, f->size, out) == f->size && !fclose(out))
		return true;
	return error_set(e, ERROR_FILE, "%s: cannot be written", path);
}

static int run_lab(struct options *o, const char *word, const char *file, struct error *e)
{
	const char *lab = need_lab(word, e);
	struct lab_check *c = lab ? lab_check_of(lab, e) : NULL;
	char own[LAB_PATH_MAX] = "";
	struct lab_build b = { 0 };
	int code = 0;

	if (c && (file || own_source(o, lab, own, e)) && lab_build(&b, lab, file ? file : own, e)) {
		machine_of(o, c);
		if (b.why)
			error_set(e, ERROR_FILE, "%s: it is no program:\n%.440s", file ? file : own, b.why);
		else
			code = run_built(o, &b, e);
	}
	lab_build_free(&b);
	if (own[0])
		remove(own);
	free(c);
	return code;
}

/* ---- the verb ---- */

static bool parse(struct options *o, unsigned verbs, int argc, char *const *argv, char **word, unsigned *words,
		  struct error *e)
{
	memset(o, 0, sizeof(*o));
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] != '-') {
			word[(*words)++] = argv[i];
		} else if (!options_take(o, verbs, argc, argv, &i, e)) {
			return false;
		}
	}
	return options_finish(o, e);
}

static int carry_out(struct options *o, char **word, unsigned words, struct error *e)
{
	const char *what = words ? word[0] : "";

	if (!strcmp(what, "list") && words == 1)
		list(e);
	else if (!strcmp(what, "show") && words <= 2)
		show(o, words > 1 ? word[1] : NULL, e);
	else if (!strcmp(what, "start") && words <= 3)
		start(words > 1 ? word[1] : NULL, words > 2 ? word[2] : ".", e);
	else if (!strcmp(what, "run") && words <= 3)
		return run_lab(o, words > 1 ? word[1] : NULL, words > 2 ? word[2] : NULL, e);
	else if (!strcmp(what, "check"))
		return lab_mark(o, word + 1, words - 1);
	else
		error_set(e, ERROR_USAGE,
			  "lab takes list, show LAB, start LAB [FOLDER], run LAB [FILE], or check with FILE or FOLDER, "
			  "one or more");
	return 0;
}

int lab_verb(int argc, char *const *argv)
{
	char **word = calloc((size_t)argc + 1, sizeof(*word));
	bool runs = argc && !strcmp(argv[0], "run");
	struct error e = { 0 };
	struct options o;
	unsigned words = 0;
	int code = 0;

	if (!word)
		error_set(&e, ERROR_USAGE, "there is no memory for so many words");
	else if (parse(&o, VERB_LAB | (runs ? VERB_RUN : 0), argc, argv, word, &words, &e) &&
		 (!o.labs || lab_use_folder(o.labs, &e)))
		code = carry_out(&o, word, words, &e);
	free(word);
	if (e.kind) {
		fprintf(stderr, "hypscope: %s.\n", e.text);
		return e.kind;
	}
	return code;
}
