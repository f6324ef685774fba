#include "debug/json.h"

#include <string.h>

/* So deep each member has a line of its own; what is deeper shares one. */
#define DEPTH_OF_LINES 2

void json_bytes(FILE *out, const char *text, size_t size)
{
	fputc('"', out);
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

void json_string(FILE *out, const char *text)
{
	json_bytes(out, text, strlen(text));
}

static void line(struct json *j)
{
	fprintf(j->out, "\n%*s", 2 * (int)j->depth, "");
}

static void member(struct json *j, const char *key)
{
	if (j->has_member)
		fputs(j->depth > DEPTH_OF_LINES ? ", " : ",", j->out);
	if (j->depth && j->depth <= DEPTH_OF_LINES)
		line(j);
	if (key) {
		json_string(j->out, key);
		fputs(": ", j->out);
	}
	j->has_member = true;
}

void json_open(struct json *j, const char *key, char bracket)
{
	member(j, key);
	fputc(bracket, j->out);
	j->depth++;
	j->has_member = false;
}

void json_close(struct json *j, char bracket)
{
	bool lines = j->has_member && j->depth <= DEPTH_OF_LINES;

	j->depth--;
	if (lines)
		line(j);
	fputc(bracket, j->out);
	if (!j->depth)
		fputc('\n', j->out);
	j->has_member = true;
}

void json_text(struct json *j, const char *key, const char *text)
{
	if (!text) {
		json_null(j, key);
		return;
	}
	member(j, key);
	json_string(j->out, text);
}

void json_hex(struct json *j, const char *key, u64 value)
{
	member(j, key);
	fprintf(j->out, "\"0x%llx\"", (unsigned long long)value);
}

void json_number(struct json *j, const char *key, s64 value)
{
	member(j, key);
	fprintf(j->out, "%lld", (long long)value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	member(j, key);
	fputs(value ? "true" : "false", j->out);
}

void json_null(struct json *j, const char *key)
{
	member(j, key);
	fputs("null", j->out);
}
