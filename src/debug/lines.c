#include "debug/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "debug/json.h"

#define INDENT 4
#define LABEL_COLUMN 13
#define ADDRESS_COLUMN 13 /* the name of a field without a place */
#define ZERO_COLUMN 15	  /* at most: where a list of zero fields goes on */

static struct span span(const char *at, const char *end)
{
	return (struct span){ at, (size_t)(end - at) };
}

/* ---- reading ---- */

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	return p;
}

static bool starts(const char *p, const char *end, const char *with)
{
	size_t n = strlen(with);

	return (size_t)(end - p) >= n && !memcmp(p, with, n);
}

static const char *find(const char *p, const char *end, const char *what)
{
	while (p < end && !starts(p, end, what))
		p++;
	return p;
}

/* "[63:62]  State        0x1  pending", or without a place for an address. */
static bool read_field(struct text_line *l, const char *p, const char *end)
{
	const char *name = p, *name_end, *value;
	struct span place = { 0 };

	if (*p == '[') {
		name = find(p, end, "]");
		if (name == end)
			return false;
		place = span(p, name + 1);
		name = skip_blanks(name + 1, end);
	}
	name_end = find(name, end, "  ");
	value = find(name, end, " 0x");
	if (value < name_end)
		name_end = value;
	value = skip_blanks(name_end, end);
	if (value == end || *value < '0' || *value > '9')
		return false;
	l->kind = LINE_FIELD;
	l->place = place;
	l->name = span(name, name_end);
	l->value = span(value, find(value, end, " "));
	l->words = span(skip_blanks(l->value.at + l->value.size, end), end);
	return true;
}

/* "zero     NAME NAME" and lines that go on with it; the first word tells a remark's kind. */
static void read_remark(struct text_line *l, const char *p, const char *end)
{
	static const char *const kinds[] = { "warning", "remedy", "note", "meaning" };

	l->kind = LINE_REMARK;
	l->words = span(p, end);
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *colon = p + strlen(kinds[i]);

		if (!starts(p, end, kinds[i]) || !starts(colon, end, ": "))
			continue;
		l->name = span(p, colon);
		l->words = span(colon + 2, end);
	}
}

static void read_indented(struct text_line *l, const char *start, const char *end)
{
	const char *p = skip_blanks(start, end);

	if (starts(p, end, "zero ")) {
		l->kind = LINE_ZERO;
		l->place = span(p, p + 4);
		l->words = span(skip_blanks(p + 4, end), end);
	} else if (p == end || ((*p == '[' || p - start == ADDRESS_COLUMN) && read_field(l, p, end))) {
		return;
	} else if (p - start > INDENT && p - start <= ZERO_COLUMN && *p != '(') {
		l->kind = LINE_ZERO;
		l->words = span(p, end);
	} else {
		read_remark(l, p, end);
	}
}

static bool read_label(struct text_line *l, const char *start, const char *end)
{
	const char *gap = find(start, end, "  ");

	if (gap == end || gap == start || skip_blanks(gap, end) < start + LABEL_COLUMN || gap - start >= LABEL_COLUMN)
		return false;
	l->kind = LINE_LABELLED;
	l->name = span(start, gap);
	l->words = span(skip_blanks(gap, end), end);
	return true;
}

static bool read_step(struct text_line *l, const char *start, const char *end)
{
	const char *number = skip_blanks(start, end), *p = number;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	if (p == number || p - start != 3 || !starts(p, end, "  "))
		return false;
	l->kind = LINE_STEP;
	l->place = span(start, p);
	l->words = span(p + 2, end);
	return true;
}

bool text_line_next(const char **text, struct text_line *l)
{
	const char *start = *text, *end = start + strcspn(start, "\n");

	*l = (struct text_line){ .kind = LINE_HEAD, .whole = span(start, end), .words = span(start, end) };
	if (!*start)
		return false;
	*text = *end ? end + 1 : end;
	if (read_step(l, start, end))
		return true;
	if (starts(start, end, "    "))
		read_indented(l, start, end);
	else
		read_label(l, start, end);
	return true;
}

/* ---- JSON ---- */

static void span_json(struct json *j, const char *key, struct span s)
{
	char *copy = strndup(s.at ? s.at : "", s.size);

	json_text(j, key, copy);
	free(copy);
}

static void field_json(struct json *j, const struct text_line *l)
{
	char *end;

	json_open(j, NULL, '{');
	span_json(j, "name", l->name);
	if (l->place.size) {
		unsigned long hi = strtoul(l->place.at + 1, &end, 10);

		json_number(j, "hi", (s64)hi);
		json_number(j, "lo", *end == ':' ? (s64)strtoul(end + 1, NULL, 10) : (s64)hi);
	}
	json_hex(j, "value", strtoull(l->value.at, NULL, 0));
	span_json(j, "words", l->words);
	json_close(j, '}');
}

static void remark_json(struct json *j, const struct text_line *l)
{
	json_open(j, NULL, '{');
	if (l->name.size)
		span_json(j, "kind", l->name);
	else
		json_null(j, "kind");
	span_json(j, "words", l->words);
	json_close(j, '}');
}

/* The lines of one kind under a head, as an array. */
static void list_json(struct json *j, const char *key, const char *text, enum line_kind kind)
{
	struct text_line l;

	json_open(j, key, '[');
	while (text_line_next(&text, &l) && !text_line_is_head(&l)) {
		if (l.kind != kind)
			continue;
		if (kind == LINE_FIELD)
			field_json(j, &l);
		else
			remark_json(j, &l);
	}
	json_close(j, ']');
}

void explained_fields_json(struct json *j, const char *key, const char *text)
{
	list_json(j, key, text, LINE_FIELD);
}

void explained_json(struct json *j, const char *text)
{
	struct text_line l;

	while (text_line_next(&text, &l)) {
		const char *equals = find(l.words.at, l.words.at + l.words.size, " = 0x");

		if (!text_line_is_head(&l))
			continue;
		json_open(j, NULL, '{');
		if (equals < l.words.at + l.words.size)
			span_json(j, "name", span(l.words.at, find(l.words.at, equals, ",")));
		else
			json_null(j, "name");
		span_json(j, "words", l.words);
		list_json(j, "fields", text, LINE_FIELD);
		list_json(j, "remarks", text, LINE_REMARK);
		json_close(j, '}');
	}
}
