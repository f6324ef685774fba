#include "cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum option_kind { FLAG, TEXT, NUMBER, SIZE, ROOM, CHOICE, DISK, PORT };

#define BATCH (VERB_RUN | VERB_TRACE | VERB_WALK)
#define MACHINE (BATCH | VERB_GUI)
#define GUI VERB_GUI
#define TRACE VERB_TRACE
#define WALK VERB_WALK
#define BENCH VERB_BENCH
#define LAB VERB_LAB
#define DECODE VERB_DECODE

struct option {
	const char *name, *argument, *choices, *help;
	u8 kind; /* enum option_kind */
	u8 verbs;
	u16 field; /* offset in struct options */
};

static const struct option table[] = {
#define OPTION(name, kind, field, argument, verbs, choices, help)                                                      \
	{ name, argument, choices, help, kind, verbs, offsetof(struct options, field) },
#include "cli/options.def"
#undef OPTION
};

/* ---- values ---- */

bool parse_number(const char *text, u64 *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 0);
	return !*end && !errno;
}

/* 512M, 4G, 0x20000000: bytes. A bare number below 1 MiB counts MiB, as other emulators have it. */
bool parse_size(const char *text, u64 *value)
{
	static const char units[] = "KMGT";
	char number[32];
	size_t n = strlen(text);
	const char *unit = n && n < sizeof(number) ? strchr(units, text[n - 1] & ~0x20) : NULL;
	unsigned shift;

	if (!unit || !*unit) {
		if (!parse_number(text, value))
			return false;
		if (*value < 1 << 20)
			*value <<= 20;
		return true;
	}
	memcpy(number, text, n - 1);
	number[n - 1] = 0;
	shift = 10 * (unsigned)(unit - units + 1);
	if (!parse_number(number, value) || *value > ~0ull >> shift)
		return false;
	*value <<= shift;
	return true;
}

/* The n-th of "a|b|c" in `word`; false when there are fewer. */
static bool nth_choice(const char *choices, unsigned n, char *word, size_t size)
{
	while (n--) {
		const char *bar = strchr(choices, '|');

		if (!bar)
			return false;
		choices = bar + 1;
	}
	snprintf(word, size, "%.*s", (int)strcspn(choices, "|"), choices);
	return true;
}

static bool parse_choice(const char *choices, const char *text, u64 *value)
{
	char word[32];

	for (unsigned n = 0; nth_choice(choices, n, word, sizeof(word)); n++)
		if (!strcmp(word, text)) {
			*value = n;
			return true;
		}
	return false;
}

static bool bad_choice(const struct option *opt, const char *value, struct error *e)
{
	char known[128];
	size_t n = 0;

	for (const char *c = opt->choices; *c && n + 3 < sizeof(known); c++) {
		if (*c == '|') {
			known[n++] = ',';
			known[n++] = ' ';
		} else {
			known[n++] = *c;
		}
	}
	known[n] = 0;
	return error_set(e, ERROR_USAGE, "--%s does not know '%s': choose one of %s", opt->name, value, known);
}

static bool store_port(const struct option *opt, const char *value, u64 *number, struct error *e)
{
	u64 port = GDB_PORT;

	if (value && (!parse_number(value, &port) || port > 65535))
		return error_set(e, ERROR_USAGE, "--%s takes a port, 0 to 65535, not '%s'", opt->name, value);
	*number = 1 + port;
	return true;
}

static bool store(struct options *o, const struct option *opt, const char *value, struct error *e)
{
	void *field = (char *)o + opt->field;
	u64 *number = field;

	switch ((enum option_kind)opt->kind) {
	case FLAG: *(bool *)field = true; return true;
	case TEXT: *(const char **)field = value; return true;
	case NUMBER:
		return parse_number(value, number) ||
		       error_set(e, ERROR_USAGE, "--%s takes a number, not '%s'", opt->name, value);
	case ROOM:
	case SIZE:
		if (!parse_size(value, number))
			return error_set(e, ERROR_USAGE, "--%s takes a size such as 512M or 4G, not '%s'", opt->name,
					 value);
		*number += opt->kind == ROOM;
		return true;
	case CHOICE: return parse_choice(opt->choices, value, number) || bad_choice(opt, value, e);
	case DISK: return options_disk(o, value, e);
	case PORT: return store_port(opt, value, number, e);
	}
	return false;
}

/* ---- parsing ---- */

static const struct option *find(const char *name, size_t n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++)
		if (strlen(table[i].name) == n && !memcmp(table[i].name, name, n))
			return &table[i];
	return NULL;
}

bool options_know(const char *word)
{
	return strncmp(word, "--", 2) == 0 && find(word + 2, strcspn(word + 2, "="));
}

static bool take_image(struct options *o, const char *word, struct error *e)
{
	if (o->image)
		return error_set(e, ERROR_USAGE, "'%s' is a second image after '%s': give one", word, o->image);
	o->image = word;
	return true;
}

/* One option at argv[*i]; takes the next word when the value is not attached by '='. */
bool options_take(struct options *o, unsigned verbs, int argc, char *const *argv, int *i, struct error *e)
{
	const char *word = argv[*i], *name = strncmp(word, "--", 2) ? "" : word + 2, *value = strchr(name, '=');
	const struct option *opt = find(name, value ? (size_t)(value - name) : strlen(name));

	if (!opt)
		return error_set(e, ERROR_USAGE, "'%s' is not an option: `hypscope --help` lists them all", word);
	if (!(opt->verbs & verbs))
		return error_set(e, ERROR_USAGE, "--%s does not belong to this verb: `hypscope --help` says to which",
				 opt->name);
	if (opt->kind == FLAG && value)
		return error_set(e, ERROR_USAGE, "--%s takes no value: leave '%s' out", opt->name, value);
	if (value)
		value++;
	else if (opt->kind == PORT) {
		if (*i + 1 < argc && argv[*i + 1][0] >= '0' && argv[*i + 1][0] <= '9')
			value = argv[++*i];
	} else if (opt->kind != FLAG) {
		if (*i + 1 >= argc)
			return error_set(e, ERROR_USAGE, "--%s needs a value: %s", opt->name, opt->argument);
		value = argv[++*i];
	}
	return store(o, opt, value, e);
}

static bool check_ranges(const struct options *o, struct error *e)
{
	if (o->smp > 64)
		return error_set(e, ERROR_USAGE, "--smp %llu: there may be 1 to 64 cores", (unsigned long long)o->smp);
	if (o->el > 3)
		return error_set(e, ERROR_USAGE, "--el %llu: execution starts at EL1, EL2 or EL3",
				 (unsigned long long)o->el);
	if (o->access_el > 3)
		return error_set(e, ERROR_USAGE, "--access-el %llu: exception levels are 0 to 3",
				 (unsigned long long)o->access_el);
	if (o->mem & ((1 << 20) - 1))
		return error_set(e, ERROR_USAGE, "--mem must be a multiple of 1M");
	if (o->from && o->trace_format == TRACE_BIN)
		return error_set(e, ERROR_USAGE, "--from reads a binary trace: choose another --trace-format to make");
	if ((o->trace_format == TRACE_BIN || (o->trace_format == TRACE_PERFETTO && !o->from)) && !o->trace_file)
		return error_set(e, ERROR_USAGE, "--trace-format %s needs a file to write: add --trace-file FILE",
				 o->trace_format == TRACE_BIN ? "bin" : "perfetto");
	if (o->from && o->image)
		return error_set(e, ERROR_USAGE, "--from prints a trace that was recorded: leave '%s' out", o->image);
	if (o->wait && !o->gdb_port)
		return error_set(e, ERROR_USAGE, "--wait waits for a debugger: add --gdb");
	return true;
}

bool options_cpu(struct options *o, const char *name, struct error *e)
{
	return store(o, find("cpu", 3), name, e);
}

static bool given(int argc, char *const *argv, const char *name)
{
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], name, strlen(name)))
			return true;
	return false;
}

bool options_parse(struct options *o, unsigned verbs, int argc, char *const *argv, struct error *e)
{
	memset(o, 0, sizeof(*o));
	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			o->help = true;
		else if (argv[i][0] != '-' ? !take_image(o, argv[i], e) : !options_take(o, verbs, argc, argv, &i, e))
			return false;
	}
	o->access_el_given = given(argc, argv, "--access-el");
	o->core_given = given(argc, argv, "--core");
	options_plug(o);
	return options_finish(o, e);
}

bool options_finish(struct options *o, struct error *e)
{
	nth_choice(find("cpu", 3)->choices, (unsigned)o->cpu, o->cpu_name, sizeof(o->cpu_name));
	return check_ranges(o, e);
}

void options_free(struct options *o)
{
	free(o->words);
	o->words = NULL;
}

/* ---- descriptions ---- */

static void help_line(FILE *out, const struct option *opt)
{
	char left[64];

	snprintf(left, sizeof(left), "--%s%s%s", opt->name, opt->argument ? " " : "",
		 opt->argument ? opt->argument : "");
	if (strlen(left) > 28)
		fprintf(out, "  %s\n  %-28s %s\n", left, "", opt->help);
	else
		fprintf(out, "  %-28s %s\n", left, opt->help);
}

void options_help(FILE *out, unsigned verbs)
{
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].verbs & verbs)
			help_line(out, &table[i]);
}

/* roff: a '-' that is to be a minus sign is written \-. */
static void man_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '-')
			fputc('\\', out);
		fputc(*text, out);
	}
}

void options_man(FILE *out)
{
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
		fputs(".TP\n.B \\-\\-", out);
		man_text(out, table[i].name);
		if (table[i].argument) {
			fputs(" \\fI", out);
			man_text(out, table[i].argument);
			fputs("\\fR", out);
		}
		fputc('\n', out);
		man_text(out, table[i].help);
		fputs(".\n", out);
	}
}

void options_complete(FILE *out)
{
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++)
		fprintf(out, "%s--%s", i ? " " : "", table[i].name);
	fputc('\n', out);
}
