/*
 * The texts of explain.h, line by line. They have one layout, which colours, pages and JSON go by:
 *
 *	HCR_EL2 = 0x0000000080000001			a head
 *	    [31]     RW           0x1  EL1 is AArch64	a field of it
 *	    zero     TWEDEn TID5			fields that are 0
 *	    note: VI=1 has no effect while IMO=0	a remark, with its kind
 *	  1  stage 1 L1  VA[38:30]=2 …			a head that is numbered: a step
 *	fault        VA 0x9000018: stage 2 …		a head that is labelled
 */
#ifndef DEBUG_LINES_H
#define DEBUG_LINES_H

#include <stdio.h>

#include "base/types.h"

struct span {
	const char *at;
	size_t size;
};

enum line_kind { LINE_HEAD, LINE_STEP, LINE_LABELLED, LINE_FIELD, LINE_ZERO, LINE_REMARK };

struct text_line {
	u8 kind; /* enum line_kind */
	struct span whole;
	struct span place; /* "[63:62]" of a field, " 12" of a step, "zero" */
	struct span name;  /* of a field; the label; "warning" of a remark, or nothing */
	struct span value; /* of a field */
	struct span words; /* the rest */
};

/* Read the line at *text and go behind it; false: there is none. */
bool text_line_next(const char **text, struct text_line *line);

/* What a line is of: a head, or the fields, zeroes and remarks under it. */
static inline bool text_line_is_head(const struct text_line *l)
{
	return l->kind < LINE_FIELD;
}

/* Heads with their fields and remarks, as members of the JSON array that is open. */
struct json;
void explained_json(struct json *j, const char *text);
/* The fields at the beginning of a text, as an array. */
void explained_fields_json(struct json *j, const char *key, const char *text);

#endif
