/*
 * Structures in memory and registers of devices, field by field: STE and CD by the tables of src/smmu, SMMU_* and
 * GITS_* registers by device_fields.def.
 */
#ifndef DEBUG_FIELDS_H
#define DEBUG_FIELDS_H

#include <stdio.h>

#include "base/types.h"

#define FIELD_WORDS_MAX 8
#define FIELD_MEANINGS_MAX 8

struct named_field {
	const char *name;
	u16 hi, lo; /* of the whole structure; within one doubleword */
	bool is_address;
	u8 set; /* of device_fields.def */
	const char *meaning[FIELD_MEANINGS_MAX];
};
struct field_set {
	const char *name;  /* "STE", "SMMU_CR0" */
	const char *title; /* what it is, or NULL */
	u8 words;	   /* doublewords */
	u8 count;
	const struct named_field *field;
};

/* False: there is none of this name (any case). */
bool fields_find(const char *name, struct field_set *set);
/* Its value among the words of the whole: an address keeps its place in its doubleword. */
u64 field_value(const struct named_field *f, const u64 *words);
/* The value in words, or NULL. */
const char *field_meaning(const struct named_field *f, u64 v);
/* Every field that is set or has something to say, a line each, indented; the names of the others; bits without a name
 * that are set. */
void fields_explain(FILE *out, const struct field_set *set, const u64 *words);
/* Which fields differ: "Config 0x6->0x4 (…)", on one line without its end. */
void fields_change_words(FILE *out, const struct field_set *set, const u64 *old, const u64 *words);

#endif
