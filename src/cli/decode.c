/* `hypscope decode`: values explained. */
#include <stdlib.h>
#include <string.h>

#include "cli/explained.h"
#include "cli/verbs.h"
#include "debug/explain.h"
#include "debug/json.h"
#include "debug/lines.h"
#include "debug/page.h"

/* Options go to *o, all else to `values`. */
static bool sort_arguments(int argc, char *const *argv, struct options *o, char **values, unsigned *count,
			   struct error *e)
{
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "--", 2) != 0)
			values[(*count)++] = argv[i];
		else if (!options_take(o, VERB_DECODE, argc, argv, &i, e))
			return false;
	}
	return *count ||
	       error_set(e, ERROR_USAGE, "decode needs NAME=VALUE, for example: hypscope decode HCR_EL2=0x80000001");
}

static void as_json(FILE *out, const char *text)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	json_text(&j, "format", "hypscope decode");
	json_number(&j, "version", 1);
	json_open(&j, "explained", '[');
	explained_json(&j, text);
	json_close(&j, ']');
	json_close(&j, '}');
}

static void as_page(FILE *out, const char *text)
{
	page_begin(out, "hypscope: values explained");
	page_explained(out, text, true);
	page_end(out);
}

static bool show(const struct options *o, FILE *out, struct held *text, struct error *e)
{
	struct held page, json;

	fflush(text->out);
	if (o->html) {
		if (!held_open(&page, e))
			return false;
		as_page(page.out, text->text);
	}
	if (!o->json)
		return explained_print(o, out, text, o->html ? &page : NULL, e);
	if (!held_open(&json, e))
		return false;
	as_json(json.out, text->text);
	held_drop(text);
	return explained_print(o, out, &json, o->html ? &page : NULL, e);
}

bool decode_values(int argc, char *const *argv, FILE *out, struct error *e)
{
	char **values = calloc((size_t)argc + 1, sizeof(*values));
	struct options o = { 0 };
	unsigned count = 0;
	struct held text;
	bool ok = values && sort_arguments(argc, argv, &o, values, &count, e) && held_open(&text, e);

	if (ok) {
		ok = explain_values(text.out, count, values, e) && show(&o, out, &text, e);
		held_drop(&text);
	}
	free(values);
	return ok;
}
