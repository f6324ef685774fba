#include "lab/check_lex.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool lab_wrong(struct lab_parser *p, const char *format, ...)
{
	char text[320];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return error_set(p->e, ERROR_FILE, "%s:%u: %s", p->file, p->line, text);
}

const char *lab_keep(struct lab_parser *p, const char *text, size_t n)
{
	struct lab_check *c = p->c;
	char *kept = c->text + c->texts;

	if (n + 1 > sizeof(c->text) - c->texts) {
		lab_wrong(p, "the check is too long: its texts have more than %u bytes", LAB_TEXT_MAX);
		return NULL;
	}
	memcpy(kept, text, n);
	kept[n] = 0;
	c->texts += n + 1;
	return kept;
}

void lab_skip_space(struct lab_parser *p)
{
	p->at += strspn(p->at, " \t");
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool lab_take(struct lab_parser *p, const char *word)
{
	size_t n = strlen(word);

	lab_skip_space(p);
	if (strncmp(p->at, word, n) || (is_name(word[n - 1]) && is_name(p->at[n])))
		return false;
	p->at += n;
	return true;
}

size_t lab_name_length(const struct lab_parser *p)
{
	size_t n = 0;

	while (is_name(p->at[n]))
		n++;
	return n;
}

const char *lab_take_name(struct lab_parser *p, const char *what)
{
	const char *name;
	size_t n;

	lab_skip_space(p);
	n = lab_name_length(p);
	if (!n) {
		lab_wrong(p, "%s is wanted where '%.40s' stands", what, p->at);
		return NULL;
	}
	name = lab_keep(p, p->at, n);
	p->at += n;
	return name;
}

const char *lab_take_quoted(struct lab_parser *p, const char *what)
{
	const char *end, *text;

	lab_skip_space(p);
	end = *p->at == '"' ? strchr(p->at + 1, '"') : NULL;
	if (!end) {
		lab_wrong(p, "%s is wanted, in double quotes, where '%.40s' stands", what, p->at);
		return NULL;
	}
	text = lab_keep(p, p->at + 1, (size_t)(end - p->at - 1));
	p->at = end + 1;
	return text;
}

bool lab_take_number(struct lab_parser *p, u64 *value, const char *what)
{
	char *end;

	lab_skip_space(p);
	errno = 0;
	*value = *p->at >= '0' && *p->at <= '9' ? strtoull(p->at, &end, 0) : 0;
	if (*p->at < '0' || *p->at > '9' || errno || is_name(*end))
		return lab_wrong(p, "%s is wanted, a number, where '%.40s' stands", what, p->at);
	p->at = end;
	return true;
}

const char *lab_take_rest(struct lab_parser *p, const char *what)
{
	const char *rest;

	lab_skip_space(p);
	if (!*p->at) {
		lab_wrong(p, "%s is missing", what);
		return NULL;
	}
	rest = lab_keep(p, p->at, strlen(p->at));
	p->at += strlen(p->at);
	return rest;
}

bool lab_at_end(struct lab_parser *p)
{
	lab_skip_space(p);
	return !*p->at || lab_wrong(p, "'%.60s' is too much in this line", p->at);
}
