/* The words of a check's line, for check_parse.c and check_value.c. */
#ifndef LAB_CHECK_LEX_H
#define LAB_CHECK_LEX_H

#include "lab/check.h"

#define LAB_LINE_MAX 400
#define LAB_DEPTH_MAX 16 /* of parentheses */

struct lab_parser {
	struct lab_check *c;
	const char *file;
	unsigned line, depth;
	char text[LAB_LINE_MAX]; /* the line, trimmed */
	const char *at;		 /* what of it is still to read */
	struct error *e;
};

/* "file:line: sentence"; returns false. */
bool lab_wrong(struct lab_parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The text is kept with the check; NULL: there is no room (the error is set). */
const char *lab_keep(struct lab_parser *p, const char *text, size_t n);
void lab_skip_space(struct lab_parser *p);
/* Is this word (or sign) next? Then it is taken. */
bool lab_take(struct lab_parser *p, const char *word);
/* The length of the name that is next: letters, digits, '_'; 0: none is. */
size_t lab_name_length(const struct lab_parser *p);
/* A name, or NULL with the error set: `what` says what is wanted. */
const char *lab_take_name(struct lab_parser *p, const char *what);
/* "text in quotes". */
const char *lab_take_quoted(struct lab_parser *p, const char *what);
bool lab_take_number(struct lab_parser *p, u64 *value, const char *what);
/* What is left of the line. */
const char *lab_take_rest(struct lab_parser *p, const char *what);
bool lab_at_end(struct lab_parser *p);

/* ---- check_value.c ---- */

/* A value, as a node's index in *node. */
bool lab_parse_value(struct lab_parser *p, s16 *node);
/* A value without operators. */
bool lab_parse_primary(struct lab_parser *p, s16 *node);

#endif
