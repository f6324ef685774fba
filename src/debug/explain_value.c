/* `hypscope decode NAME=VALUE …`: which explanation a name asks for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bits.h"
#include "debug/disasm.h"
#include "debug/explain.h"
#include "debug/fields.h"
#include "debug/regs.h"

typedef unsigned long long ull;

struct argument {
	char name[48];
	u64 value; /* the first of `words` */
	u64 words[FIELD_WORDS_MAX];
	unsigned count;
};

static bool parse_value(const char *text, u64 *value)
{
	char *end;

	if (*text == '-' || !*text)
		return false;
	errno = 0;
	*value = strtoull(text, &end, 0);
	return !*end && !errno;
}

/* Numbers with colons between. */
static bool parse_words(const char *text, struct argument *a)
{
	char one[32];

	a->count = 0;
	for (;;) {
		size_t n = strcspn(text, ":");

		if (n >= sizeof(one) || a->count == FIELD_WORDS_MAX)
			return false;
		memcpy(one, text, n);
		one[n] = 0;
		if (!parse_value(one, &a->words[a->count++]))
			return false;
		if (!text[n])
			return true;
		text += n + 1;
	}
}

static bool parse_argument(const char *text, struct argument *a, struct error *e)
{
	const char *equals = strchr(text, '=');
	size_t n = equals ? (size_t)(equals - text) : 0;

	if (!n || n >= sizeof(a->name))
		return error_set(e, ERROR_USAGE,
				 "'%s' is not NAME=VALUE: write for example HCR_EL2=0x80000001, insn=0xd503201f, "
				 "s2desc:1:4K=0x7fd",
				 text);
	memcpy(a->name, text, n);
	a->name[n] = 0;
	if (!parse_words(equals + 1, a))
		return error_set(e, ERROR_USAGE,
				 "'%s' is not a 64-bit number: write it in decimal, or as 0x… (of a structure: its "
				 "doublewords, with colons between)",
				 equals + 1);
	a->value = a->words[0];
	return true;
}

/* ---- descriptors: s1desc, s2desc, s2desc:LEVEL, s2desc:LEVEL:GRANULE ---- */

static bool parse_granule(const char *text, u8 *granule)
{
	static const char *const names[] = { "4K", "16K", "64K" };

	for (u8 g = 0; g < ARRAY_SIZE(names); g++)
		if (!strcasecmp(text, names[g])) {
			*granule = g;
			return true;
		}
	return false;
}

/* "", ":2" or ":2:16K" after the name; `any_level` when no level was given. */
static bool parse_place(const char *text, struct desc_place *at, bool *any_level)
{
	char *end;
	long level;

	*any_level = !*text;
	if (!*text)
		return true;
	if (*text != ':')
		return false;
	level = strtol(text + 1, &end, 10);
	if (end == text + 1 || level < -1 || level > 3)
		return false;
	at->level = (s8)level;
	return !*end || (*end == ':' && parse_granule(end + 1, &at->granule));
}

static bool decode_desc(FILE *out, const struct argument *a, struct error *e)
{
	struct desc_place at = { .stage = (u8)(a->name[1] - '0') };
	bool any_level;

	if (!parse_place(a->name + 6, &at, &any_level))
		return error_set(e, ERROR_USAGE,
				 "'%s': write %.6s, %.6s:LEVEL or %.6s:LEVEL:GRANULE, with a level of -1 to 3 and 4K, "
				 "16K or 64K",
				 a->name, a->name, a->name, a->name);
	/* The same word means a table at levels 0 to 2 and a page at level 3: without a level show all that differ. */
	for (s8 level = any_level ? 1 : at.level; level <= (any_level ? 3 : at.level); level++) {
		at.level = level;
		explain_desc(out, a->value, &at);
	}
	return true;
}

static bool is_desc(const char *name)
{
	return (!strncasecmp(name, "s1desc", 6) || !strncasecmp(name, "s2desc", 6)) && (!name[6] || name[6] == ':');
}

/* ---- the rest ---- */

static bool decode_insn(FILE *out, const struct argument *a, struct error *e)
{
	char text[DISASM_MAX];

	if (a->value >> 32)
		return error_set(e, ERROR_USAGE, "0x%llx is not an A64 instruction: they have 32 bits", (ull)a->value);
	disasm(text, 0, (u32)a->value);
	fprintf(out, "insn 0x%08llx  %s\n", (ull)a->value, text);
	return true;
}

/* Doublewords that are left out are 0. */
static bool decode_fields(FILE *out, const struct field_set *set, const struct argument *a, struct error *e)
{
	if (a->count > set->words)
		return error_set(e, ERROR_USAGE, "%s has %u doubleword%s, not %u", set->name, set->words,
				 set->words == 1 ? "" : "s", a->count);
	fputs(set->name, out);
	if (set->title)
		fprintf(out, ", %s", set->title);
	fputs(" =", out);
	for (unsigned i = 0; i < set->words; i++)
		fprintf(out, " 0x%016llx", (ull)a->words[i]);
	fputc('\n', out);
	fields_explain(out, set, a->words);
	return true;
}

static bool decode_one(FILE *out, const struct argument *a, struct error *e)
{
	struct field_set set;

	if (fields_find(a->name, &set))
		return decode_fields(out, &set, a, e);
	if (a->count > 1)
		return error_set(e, ERROR_USAGE, "'%s' is one number, not several with colons between", a->name);
	if (!strcasecmp(a->name, "insn"))
		return decode_insn(out, a, e);
	if (is_desc(a->name))
		return decode_desc(out, a, e);
	if (!strcasecmp(a->name, "esr")) {
		explain_esr(out, a->value);
		return true;
	}
	if (!strcasecmp(a->name, "mair")) {
		mair_words(out, (u8)a->value);
		fputc('\n', out);
		return true;
	}
	if (explain_reg(out, a->name, a->value))
		return true;
	return error_set(e, ERROR_USAGE,
			 "'%s' is not known: give a system register's name, an SMMU or ITS register's, or insn, esr, "
			 "s1desc, s2desc, mair, STE, CD, EVENT",
			 a->name);
}

/* Registers that only make sense together. */
static void decode_together(FILE *out, const struct argument *a, unsigned count)
{
	const struct argument *vtcr = NULL, *vttbr = NULL;

	for (unsigned i = 0; i < count; i++) {
		if (!strcasecmp(a[i].name, "VTCR_EL2"))
			vtcr = &a[i];
		if (!strcasecmp(a[i].name, "VTTBR_EL2"))
			vttbr = &a[i];
	}
	if (vtcr && vttbr) {
		fputs("together\n", out);
		explain_stage2(out, vtcr->value, true, vttbr->value);
	}
}

bool explain_values(FILE *out, unsigned count, char *const *args, struct error *e)
{
	struct argument *a = calloc(count ? count : 1, sizeof(*a));
	bool ok = a != NULL;

	for (unsigned i = 0; ok && i < count; i++)
		ok = parse_argument(args[i], &a[i], e);
	for (unsigned i = 0; ok && i < count; i++)
		ok = decode_one(out, &a[i], e);
	if (ok)
		decode_together(out, a, count);
	free(a);
	return ok;
}
