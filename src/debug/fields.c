#include "debug/fields.h"

#include <string.h>
#include <strings.h>

#include "base/bits.h"

typedef unsigned long long ull;

/* The number of each set, in order of the table. */
enum set_id {
#define SET(set, title, words) SET_##set,
#define FIELD(set, name, hi, lo, ...)
#define ADDRESS(set, name, hi, lo)
#include "debug/device_fields.def"
};

static const struct named_field ste[] = {
#define FIELD(code, name, hi, lo, ...) { name, hi, lo, false, 0, { __VA_ARGS__ } },
#define ADDRESS(code, name, hi, lo) { name, hi, lo, true, 0, { NULL } },
#include "smmu/ste.def"
};
static const struct named_field cd[] = {
#define FIELD(code, name, hi, lo, ...) { name, hi, lo, false, 0, { __VA_ARGS__ } },
#define ADDRESS(code, name, hi, lo) { name, hi, lo, true, 0, { NULL } },
#include "smmu/cd.def"
};
static const struct named_field others[] = {
#define SET(set, title, words)
#define FIELD(set, name, hi, lo, ...) { name, hi, lo, false, SET_##set, { __VA_ARGS__ } },
#define ADDRESS(set, name, hi, lo) { name, hi, lo, true, SET_##set, { NULL } },
#include "debug/device_fields.def"
};

static const struct {
	const char *name, *title;
	u8 words;
} sets[] = {
#define SET(set, title, words) { #set, title, words },
#define FIELD(set, name, hi, lo, ...)
#define ADDRESS(set, name, hi, lo)
#include "debug/device_fields.def"
};

static struct field_set set_of(unsigned id)
{
	struct field_set set = { .name = sets[id].name, .title = sets[id].title, .words = sets[id].words };

	for (unsigned i = 0; i < ARRAY_SIZE(others); i++) {
		if (others[i].set != id)
			continue;
		if (!set.field)
			set.field = &others[i];
		set.count++;
	}
	return set;
}

bool fields_find(const char *name, struct field_set *set)
{
	if (!strcasecmp(name, "STE")) {
		*set = (struct field_set){ "STE", "stream table entry", 8, ARRAY_SIZE(ste), ste };
		return true;
	}
	if (!strcasecmp(name, "CD")) {
		*set = (struct field_set){ "CD", "context descriptor", 8, ARRAY_SIZE(cd), cd };
		return true;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(sets); i++)
		if (!strcasecmp(name, sets[i].name)) {
			*set = set_of(i);
			return true;
		}
	return false;
}

/* ---- values ---- */

u64 field_value(const struct named_field *f, const u64 *words)
{
	u64 v = bits(words[f->lo / 64], f->hi % 64, f->lo % 64);

	return f->is_address ? v << f->lo % 64 : v;
}

const char *field_meaning(const struct named_field *f, u64 v)
{
	return !f->is_address && v < FIELD_MEANINGS_MAX ? f->meaning[v] : NULL;
}

static void field_line(FILE *out, const struct named_field *f, u64 v)
{
	char place[16];

	if (f->hi == f->lo)
		snprintf(place, sizeof(place), "[%u]", f->lo);
	else
		snprintf(place, sizeof(place), "[%u:%u]", f->hi, f->lo);
	fprintf(out, "    %-10s %-12s 0x%llx", place, f->name, (ull)v);
	if (field_meaning(f, v))
		fprintf(out, "  %s", field_meaning(f, v));
	fputc('\n', out);
}

static void zero_fields(FILE *out, const struct field_set *set, const u64 *words)
{
	unsigned column = 0;
	bool any = false;

	for (unsigned i = 0; i < set->count; i++) {
		const struct named_field *f = &set->field[i];

		if (field_value(f, words) || field_meaning(f, 0))
			continue;
		if (!column)
			column = (unsigned)fprintf(out, "%s    %-10s", any ? "\n" : "", any ? "" : "zero");
		column += (unsigned)fprintf(out, " %s", f->name);
		if (column > 100)
			column = 0;
		any = true;
	}
	if (any)
		fputc('\n', out);
}

/* Bits that no field has. */
static void unnamed_bits(FILE *out, const struct field_set *set, const u64 *words)
{
	for (unsigned w = 0; w < set->words; w++) {
		u64 known = 0;

		for (unsigned i = 0; i < set->count; i++)
			if (set->field[i].lo / 64 == w)
				known |= deposit(0, set->field[i].lo % 64, set->field[i].hi - set->field[i].lo + 1u,
						 ~0ull);
		if (words[w] & ~known)
			fprintf(out, "    bits of no field that are set: 0x%llx of doubleword %u\n",
				(ull)(words[w] & ~known), w);
	}
}

void fields_explain(FILE *out, const struct field_set *set, const u64 *words)
{
	for (unsigned i = 0; i < set->count; i++) {
		u64 v = field_value(&set->field[i], words);

		if (v || field_meaning(&set->field[i], v))
			field_line(out, &set->field[i], v);
	}
	zero_fields(out, set, words);
	unnamed_bits(out, set, words);
}

void fields_change_words(FILE *out, const struct field_set *set, const u64 *old, const u64 *words)
{
	const char *comma = "";

	for (unsigned i = 0; i < set->count; i++) {
		const struct named_field *f = &set->field[i];
		u64 was = field_value(f, old), is = field_value(f, words);

		if (was == is)
			continue;
		fprintf(out, "%s%s 0x%llx -> 0x%llx", comma, f->name, (ull)was, (ull)is);
		if (field_meaning(f, is))
			fprintf(out, " (%s)", field_meaning(f, is));
		comma = ", ";
	}
}
