/* JSON as it is written: members in the order of the calls, commas and indentation by this file. */
#ifndef DEBUG_JSON_H
#define DEBUG_JSON_H

#include <stdio.h>

#include "base/types.h"

struct json {
	FILE *out;
	unsigned depth;
	bool has_member; /* of what is open now */
};

/* `key` is NULL for what an array holds, and for the whole. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
/* NULL: null. */
void json_text(struct json *j, const char *key, const char *text);
/* A 64-bit number as a string, "0x40000000": JSON's numbers are not that wide. */
void json_hex(struct json *j, const char *key, u64 value);
void json_number(struct json *j, const char *key, s64 value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

/* A string alone, quoted. */
void json_string(FILE *out, const char *text);
void json_bytes(FILE *out, const char *text, size_t size);

#endif
