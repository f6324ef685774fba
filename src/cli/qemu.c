/* QEMU's command line: words, groups of properties, and their table. What they come to is in qemu_map.c. */
#include "cli/qemu.h"

#include <stdlib.h>
#include <string.h>

enum kind { K_TEXT, K_FLAG, K_GROUP, K_CALL, K_NOTHING, K_ONLY, K_REFUSED, K_LIST, K_NUMBER, K_SIZE, K_SWITCH };

/* clang-format off */
#define EACH_GROUP(G)                                                                                                  \
	G(machine) G(cpu) G(smp) G(memory) G(accel) G(semihosting) G(drive) G(global) G(netdev) G(nic) \
	G(object) G(chardev) G(loader) G(virtio_blk) G(virtio_blk_pci) G(virtio_net) G(virtio_net_pci) \
	G(virtio_rng) G(virtio_rng_pci) G(virtio_serial) G(virtio_serial_pci) G(virtconsole) G(nvme) \
	G(root_port)
/* clang-format on */

enum group {
	GROUP_none,
#define G(name) GROUP_##name,
	EACH_GROUP(G)
#undef G
};

static bool (*const map_group[])(struct qemu *q, struct error *e) = {
#define G(name) [GROUP_##name] = qemu_##name,
	EACH_GROUP(G)
#undef G
};

struct row {
	const char *name;
	enum kind kind;
	enum group group;
	size_t field; /* of struct options, or of struct qemu_values */
	bool (*call)(struct qemu *q, const char *word, struct error *e);
	const char *accepted, *remedy;
};

static bool qemu_device(struct qemu *q, const char *word, struct error *e);

static const struct row options[] = {
#define TEXT(name, f) { name, K_TEXT, GROUP_none, offsetof(struct options, f), NULL, NULL, NULL },
#define FLAG(name, f) { name, K_FLAG, GROUP_none, offsetof(struct options, f), NULL, NULL, NULL },
#define GROUP(name, g) { name, K_GROUP, GROUP_##g, 0, NULL, NULL, NULL },
#define CALL(name, f) { name, K_CALL, GROUP_none, 0, qemu_##f, NULL, NULL },
#define NOTHING(name) { name, K_NOTHING, GROUP_none, 0, NULL, NULL, NULL },
#define ONLY(name, accepted, remedy) { name, K_ONLY, GROUP_none, 0, NULL, accepted, remedy },
#define REFUSED(name, remedy) { name, K_REFUSED, GROUP_none, 0, NULL, NULL, remedy },
#define PROP(...)
#define DRIVER(...)
#define NO_DRIVER(...)
#include "cli/qemu.def"
#undef TEXT
#undef FLAG
#undef GROUP
#undef CALL
#undef NOTHING
#undef ONLY
#undef REFUSED
#undef PROP
#undef DRIVER
#undef NO_DRIVER
};

#define TEXT(...)
#define FLAG(...)
#define GROUP(...)
#define CALL(...)
#define NOTHING(...)
#define ONLY(...)
#define REFUSED(...)
static const struct row props[] = {
#define PROP(g, key, kind, f, accepted, remedy)                                                                        \
	{ key, K_##kind, GROUP_##g, offsetof(struct qemu_values, f), NULL, accepted, remedy },
#define DRIVER(...)
#define NO_DRIVER(...)
#include "cli/qemu.def"
#undef PROP
#undef DRIVER
#undef NO_DRIVER
};

static const struct row drivers[] = {
#define PROP(...)
#define DRIVER(name, g) { name, K_GROUP, GROUP_##g, 0, NULL, NULL, NULL },
#define NO_DRIVER(name, remedy) { name, K_REFUSED, GROUP_none, 0, NULL, NULL, remedy },
#include "cli/qemu.def"
};

/* ---- values ---- */

/* Is `word` one of "a|b|c"? */
static bool one_of(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (;;) {
		size_t item = strcspn(list, "|");

		if (item == n && !memcmp(list, word, n))
			return true;
		if (!list[item])
			return false;
		list += item + 1;
	}
}

static bool parse_switch(const char *word, u64 *value)
{
	*value = one_of("on|yes|true", word);
	return *value || one_of("off|no|false", word);
}

/* QEMU's -m counts MiB when there is no unit. */
static bool parse_mem(const char *word, u64 *value)
{
	if (!parse_number(word, value))
		return parse_size(word, value);
	if (*value >> 44)
		return false;
	*value <<= 20;
	return true;
}

static bool list_add(struct qemu_list *list, const char *value, const char *option, struct error *e)
{
	if (list->count == QEMU_LIST)
		return error_set(e, ERROR_USAGE, "-%s: '%s' is one too many, there may be %u: leave some out", option,
				 value, QEMU_LIST);
	list->item[list->count++] = value;
	return true;
}

static bool store_prop(struct qemu *q, const struct row *p, const char *option, const char *value, struct error *e)
{
	void *field = (char *)&q->v + p->field;
	struct qemu_number *number = field;
	bool ok = true;

	switch (p->kind) {
	case K_TEXT: *(const char **)field = value; return true;
	case K_LIST: return list_add(field, value, option, e);
	case K_NUMBER: ok = parse_number(value, &number->value); break;
	case K_SIZE: ok = parse_mem(value, &number->value); break;
	case K_SWITCH: ok = parse_switch(value, &number->value); break;
	case K_ONLY:
		return one_of(p->accepted, value) ||
		       error_set(e, ERROR_USAGE, "-%s %s=%s cannot be had: %s", option, p->name, value, p->remedy);
	default: return error_set(e, ERROR_USAGE, "-%s %s=%s cannot be had: %s", option, p->name, value, p->remedy);
	}
	number->given = true;
	return ok || error_set(e, ERROR_USAGE, "-%s: '%s=%s' is not %s", option, p->name, value,
			       p->kind == K_SWITCH ? "a switch, write on or off"
			       : p->kind == K_SIZE ? "a size, write for example 512 or 4G"
						   : "a number, write for example 4 or 0x40000000");
}

/* ---- groups ---- */

static const struct row *find_prop(enum group g, const char *key, size_t n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(props); i++)
		if (props[i].group == g && strlen(props[i].name) == n && !memcmp(props[i].name, key, n))
			return &props[i];
	return NULL;
}

static const struct row *first_prop(enum group g)
{
	const struct row *p = props;

	while (p->group != g)
		p++;
	return p;
}

/* Cut the next "key=value" off *rest, in place; ",," is a comma. NULL: there is none. */
static char *cut_item(char **rest)
{
	char *item = *rest, *to = item, *from = item;

	if (!item)
		return NULL;
	for (; *from && (*from != ',' || from[1] == ','); from++) {
		if (*from == ',')
			from++;
		*to++ = *from;
	}
	*rest = *from ? from + 1 : NULL;
	*to = 0;
	return item;
}

static bool unknown_prop(const char *option, const char *item, enum group g, struct error *e)
{
	char known[300] = "";

	for (unsigned i = 0; i < ARRAY_SIZE(props); i++) {
		size_t n = strlen(known);

		if (props[i].group == g && n + strlen(props[i].name) + 3 < sizeof(known))
			strcat(strcat(known, n ? ", " : ""), props[i].name);
	}
	return error_set(e, ERROR_USAGE, "-%s does not know '%s' here: leave it out, or choose one of %s", option, item,
			 known);
}

/* "a,b=c,d": the first may stand for the group's first property; another one without a value is a switch. */
static bool read_item(struct qemu *q, enum group g, const char *option, char *item, bool first, struct error *e)
{
	char *value = strchr(item, '=');
	const struct row *p = find_prop(g, item, value ? (size_t)(value - item) : strlen(item));

	if (!value && first)
		return store_prop(q, first_prop(g), option, item, e);
	if (!p)
		return unknown_prop(option, item, g, e);
	return store_prop(q, p, option, value ? value + 1 : "on", e);
}

static bool read_group(struct qemu *q, enum group g, const char *option, char *rest, bool first, struct error *e)
{
	memset(&q->v, 0, sizeof(q->v));
	for (char *item = cut_item(&rest); item; item = cut_item(&rest)) {
		if (!read_item(q, g, option, item, first, e))
			return false;
		first = false;
	}
	return map_group[g](q, e);
}

/* A copy that can be cut into pieces and lives as long as the options. */
static char *copy_word(struct qemu *q, const char *word)
{
	char *copy = q->o->words + q->words_used;

	q->words_used += strlen(word) + 1;
	return strcpy(copy, word);
}

static bool qemu_device(struct qemu *q, const char *word, struct error *e)
{
	char *rest = copy_word(q, word), *driver = cut_item(&rest);

	if (!strncmp(driver, "driver=", 7))
		driver += 7;
	for (unsigned i = 0; i < ARRAY_SIZE(drivers); i++) {
		if (strcmp(drivers[i].name, driver))
			continue;
		if (drivers[i].kind == K_REFUSED)
			return error_set(e, ERROR_USAGE, "-device %s cannot be had: %s", driver, drivers[i].remedy);
		q->driver = driver;
		return read_group(q, drivers[i].group, "device", rest, false, e);
	}
	return error_set(e, ERROR_USAGE, "-device %s is not known here: leave it out, or choose one that --help lists",
			 driver);
}

/* ---- options ---- */

static const struct row *find_option(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(options[i].name, name))
			return &options[i];
	return NULL;
}

static bool take_word(struct qemu *q, const struct row *r, const char *word, struct error *e)
{
	switch (r->kind) {
	case K_TEXT: *(const char **)((char *)q->o + r->field) = word; return true;
	case K_GROUP: return read_group(q, r->group, r->name, copy_word(q, word), true, e);
	case K_CALL: return r->call(q, word, e);
	default:
		return one_of(r->accepted, word) ||
		       error_set(e, ERROR_USAGE, "-%s %s cannot be had: %s", r->name, word, r->remedy);
	}
}

/* An option of hypscope itself, by its own name: QEMU has none of these. */
static bool own_option(struct qemu *q, int argc, char *const *argv, int *i, struct error *e)
{
	if (strncmp(argv[*i], "--", 2) == 0 && options_know(argv[*i]))
		return options_take(q->o, VERB_RUN, argc, argv, i, e);
	return error_set(e, ERROR_USAGE,
			 "'%s' is not an option of QEMU's that is known here: leave it out; "
			 "`hypscope-system-aarch64 --help` lists them",
			 argv[*i]);
}

static bool read_option(struct qemu *q, int argc, char *const *argv, int *i, struct error *e)
{
	const char *name = argv[*i] + 1 + (argv[*i][1] == '-');
	const struct row *r = find_option(name);

	if (!r)
		return own_option(q, argc, argv, i, e);
	switch (r->kind) {
	case K_NOTHING: return true;
	case K_FLAG: *(bool *)((char *)q->o + r->field) = true; return true;
	case K_REFUSED: return error_set(e, ERROR_USAGE, "-%s cannot be had: %s", r->name, r->remedy);
	default: break;
	}
	if (*i + 1 >= argc)
		return error_set(e, ERROR_USAGE, "-%s needs a value: write it behind the option", r->name);
	return take_word(q, r, argv[++*i], e);
}

bool qemu_parse(struct options *o, int argc, char *const *argv, struct error *e)
{
	struct qemu q = { .o = o };
	size_t room = 1;

	memset(o, 0, sizeof(*o));
	for (int i = 0; i < argc; i++)
		room += strlen(argv[i]) + 1;
	o->words = calloc(2, room); /* each word once as it is, and once as something is made from it */
	if (!o->words)
		return error_set(e, ERROR_USAGE, "the host has not enough memory: free some");
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] != '-' || !argv[i][1])
			return error_set(e, ERROR_USAGE, "'%s' is not an option: write a disk's file as -drive %s",
					 argv[i], "if=none,id=…,file=…");
		if (!read_option(&q, argc, argv, &i, e))
			return false;
	}
	return qemu_finish(&q, e);
}

static void help_props(FILE *out, enum group g)
{
	for (unsigned i = 0; i < ARRAY_SIZE(props); i++)
		if (props[i].group == g && props[i].kind != K_REFUSED)
			fprintf(out, "        %s%s%s\n", props[i].name, props[i].accepted ? "=" : "",
				props[i].accepted ? props[i].accepted : "");
}

static void help_option(FILE *out, const struct row *r)
{
	static const char *const values[] = {
		[K_TEXT] = " VALUE", [K_CALL] = " VALUE", [K_GROUP] = " VALUE,key=value,..."
	};
	const char *value = r->kind < ARRAY_SIZE(values) && values[r->kind] ? values[r->kind] : "";

	fprintf(out, "  -%s%s%s%s\n", r->name, value, r->kind == K_ONLY ? " " : "",
		r->kind == K_ONLY ? r->accepted : "");
	/* Of two names of a group, the last one has the list. */
	if (r->kind == K_GROUP && (r + 1 == options + ARRAY_SIZE(options) || r[1].group != r->group))
		help_props(out, r->group);
}

void qemu_help(FILE *out)
{
	fputs("usage: hypscope-system-aarch64 OPTIONS\nhypscope by QEMU's option names; also its own: `hypscope run "
	      "--help`\n\n",
	      out);
	for (unsigned i = 0; i < ARRAY_SIZE(options); i++)
		if (options[i].kind != K_REFUSED)
			help_option(out, &options[i]);
	fputs("devices of -device:\n", out);
	for (unsigned i = 0; i < ARRAY_SIZE(drivers); i++) {
		if (drivers[i].kind == K_REFUSED)
			continue;
		fprintf(out, "  %s\n", drivers[i].name);
		help_props(out, drivers[i].group);
	}
}
