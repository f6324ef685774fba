#include "ui/tlb_data.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bits.h"

typedef unsigned long long ull;

static bool has_vmid(const struct tlb_entry *e)
{
	return e->regime == REGIME_EL10 || e->kind == TLB_S2;
}

static bool has_asid(const struct tlb_entry *e)
{
	return e->kind == TLB_S1 && e->ng;
}

/* ---- words ---- */

/* The number after NAME=, in C's notation; false: the word is another, or (*ok) no number follows. */
static bool named(const char *word, const char *name, u64 *value, bool *ok)
{
	size_t n = strlen(name);
	char *end;

	if (strncasecmp(word, name, n) || word[n] != '=')
		return false;
	*value = strtoull(word + n + 1, &end, 0);
	*ok = *ok && end != word + n + 1 && !*end;
	return true;
}

static bool number(const char *word, u64 *value)
{
	char *end;

	*value = strtoull(word, &end, 0);
	return end != word && !*end;
}

/* The next blank-separated word of *text, copied; false: none is left. */
static bool next_word(const char **text, char word[32])
{
	size_t n;

	*text += strspn(*text, " \t");
	n = strcspn(*text, " \t");
	if (!n)
		return false;
	snprintf(word, 32, "%.*s", (int)n, *text);
	*text += n;
	return true;
}

static void problem(struct tlb_data *t, const char *format, const char *word)
{
	snprintf(t->problem, sizeof(t->problem), format, word);
}

/* ---- the filter ---- */

#define ANY (~0ull)
struct filter {
	u64 vmid, asid, level, in, ipa, pa;
	int stage, regime; /* -1: any */
	int secure, ng;
	bool removed;
};

static const struct {
	const char *word;
	s8 stage, regime, secure, ng;
} flags[] = {
	{ "s1", TLB_S1, -1, -1, -1 },	      { "s2", TLB_S2, -1, -1, -1 },	    { "el1", -1, REGIME_EL10, -1, -1 },
	{ "el1&0", -1, REGIME_EL10, -1, -1 }, { "el2&0", -1, REGIME_EL20, -1, -1 }, { "el2", -1, REGIME_EL2, -1, -1 },
	{ "el3", -1, REGIME_EL3, -1, -1 },    { "secure", -1, -1, 1, -1 },	    { "ns", -1, -1, 0, -1 },
	{ "global", TLB_S1, -1, -1, 0 },      { "ng", TLB_S1, -1, -1, 1 },
};

const char *tlb_filter_help(void)
{
	return "an address, vmid= asid= level= ipa= pa=, s1 s2, el1 el2 el2&0 el3, global ng, secure ns, removed";
}

static bool flag(const char *word, struct filter *f)
{
	for (unsigned i = 0; i < ARRAY_SIZE(flags); i++) {
		if (strcasecmp(word, flags[i].word))
			continue;
		f->stage = flags[i].stage >= 0 ? flags[i].stage : f->stage;
		f->regime = flags[i].regime >= 0 ? flags[i].regime : f->regime;
		f->secure = flags[i].secure >= 0 ? flags[i].secure : f->secure;
		f->ng = flags[i].ng >= 0 ? flags[i].ng : f->ng;
		return true;
	}
	return false;
}

static bool filter_word(const char *word, struct filter *f)
{
	bool ok = true;

	if (!strcasecmp(word, "removed")) {
		f->removed = true;
		return true;
	}
	if (flag(word, f))
		return true;
	if (named(word, "vmid", &f->vmid, &ok) || named(word, "asid", &f->asid, &ok) ||
	    named(word, "level", &f->level, &ok) || named(word, "ipa", &f->ipa, &ok) || named(word, "pa", &f->pa, &ok))
		return ok;
	return number(word, &f->in);
}

static bool parse_filter(const char *text, struct filter *f, struct tlb_data *t)
{
	char word[32];

	*f = (struct filter){ ANY, ANY, ANY, ANY, ANY, ANY, -1, -1, -1, -1, false };
	while (next_word(&text, word))
		if (!filter_word(word, f)) {
			problem(t, "'%s' is no word of a filter", word);
			return false;
		}
	return true;
}

static bool holds(u64 base, unsigned log2, u64 address)
{
	return address == ANY || (base ^ address) >> log2 == 0;
}

static bool tags_fit(const struct filter *f, const struct tlb_entry *e)
{
	if (f->vmid != ANY && (!has_vmid(e) || e->vmid != f->vmid))
		return false;
	if (f->asid != ANY && (!has_asid(e) || e->asid != f->asid))
		return false;
	if (f->level != ANY && (u64)e->level != f->level)
		return false;
	return (f->stage < 0 || e->kind == f->stage) && (f->regime < 0 || e->regime == f->regime) &&
	       (f->secure < 0 || e->secure == f->secure) && (f->ng < 0 || e->ng == f->ng);
}

static bool fits(const struct filter *f, const struct tlb_row *row)
{
	const struct tlb_entry *e = &row->e;
	u64 ipa = e->kind == TLB_S2 ? e->in : e->ipa;

	if (f->ipa != ANY && e->kind == TLB_S1 && !e->s2_used)
		return false;
	return tags_fit(f, e) && (!f->removed || row->removed) && holds(e->in, e->log2, f->in) &&
	       holds(ipa, e->log2, f->ipa) && holds(e->out, e->log2, f->pa);
}

/* ---- the TLBI ---- */

static bool by_address(const struct tlbi_scope *s)
{
	return s->op == TLBI_VA || s->op == TLBI_VAA || s->op == TLBI_IPA;
}

/* "va=0x1000 asid=3" as the register that the instruction takes (C5.5): the page, ASID in [63:48]. */
static bool operand(const char *text, u64 *value, struct tlb_data *t)
{
	u64 va = 0, asid = 0;
	char word[32];

	*value = 0;
	while (next_word(&text, word)) {
		bool ok = true;

		if (number(word, value))
			continue;
		if ((!named(word, "va", &va, &ok) && !named(word, "ipa", &va, &ok) &&
		     !named(word, "asid", &asid, &ok)) ||
		    !ok) {
			problem(t, "'%s' is no operand: a number, va= or ipa=, asid=", word);
			return false;
		}
		*value = bits(va, 55, 12) | asid << 48;
	}
	return true;
}

static void scope_words(FILE *out, const struct hyp_tlbi *tlbi)
{
	static const char *const regimes[] = {
		[REGIME_EL10] = "EL1&0", [REGIME_EL20] = "EL2&0", [REGIME_EL2] = "EL2", [REGIME_EL3] = "EL3"
	};
	static const char *const what[] = {
		[TLBI_VA] = "by VA, ASID's own and global ones", [TLBI_VAA] = "by VA, of every ASID",
		[TLBI_ASID] = "of the ASID, not global ones",	 [TLBI_VMALL] = "all of stage 1",
		[TLBI_VMALLS12] = "all of both stages",		 [TLBI_ALL] = "all",
		[TLBI_IPA] = "of stage 2 alone, by IPA",
	};
	const struct tlbi_scope *s = &tlbi->scope;

	fprintf(out, "%s%s: %s", s->secure ? "Secure " : "", regimes[s->regime], what[s->op]);
	if (s->regime == REGIME_EL10)
		fprintf(out, s->any_vmid ? "; every VMID" : "; VMID %u", s->vmid);
	if (s->op == TLBI_VA || s->op == TLBI_ASID)
		fprintf(out, "; ASID %u", s->asid);
	if (by_address(s))
		fprintf(out, "; 0x%llx to 0x%llx", (ull)s->start, (ull)s->end - 1);
	if (by_address(s) && s->ttl_level >= 0)
		fprintf(out, "; leaves of level %d alone", s->ttl_level);
	if (s->last_level)
		fputs("; cached tables stay", out);
	fputs(tlbi->broadcast ? "; on every core" : "; on this core", out);
}

static bool parse_tlbi(struct tlb_data *t, struct machine *m, const struct tlb_query *q, struct hyp_tlbi *tlbi)
{
	FILE *out;
	u64 value;

	if (!*q->tlbi || !operand(q->operand, &value, t))
		return false;
	if (!hyp_tlbi(m, q->core, q->tlbi, value, tlbi)) {
		problem(t, "TLBI %s does not exist on this core, or removes nothing with this operand", q->tlbi);
		return false;
	}
	out = fmemopen(t->scope, sizeof(t->scope), "w");
	if (out) {
		scope_words(out, tlbi);
		fclose(out);
	}
	return true;
}

static unsigned removed_by(struct machine *m, unsigned core, const struct hyp_tlbi *tlbi)
{
	unsigned at = 0, removed = 0;
	const struct tlb_entry *e;

	while ((e = hyp_tlb_next(m, core, &at)))
		removed += hyp_tlbi_removes(m, core, tlbi, e);
	return removed;
}

/* ---- order ---- */

static u64 sort_key(const struct tlb_row *row, unsigned column)
{
	const struct tlb_entry *e = &row->e;

	switch (column) {
	case TLB_STAGE: return e->kind;
	case TLB_REGIME: return e->regime;
	case TLB_SECURITY: return e->secure;
	case TLB_VMID: return has_vmid(e) ? 1u + e->vmid : 0;
	case TLB_ASID: return has_asid(e) ? 1u + e->asid : 0;
	case TLB_IPA: return e->kind == TLB_S2 ? e->in : e->ipa;
	case TLB_OUTPUT: return e->out;
	case TLB_SIZE: return e->log2;
	case TLB_LEVEL: return (u64)(e->level + 1);
	case TLB_RIGHTS: return (u64)e->perms.s1.r << 8 | (u64)e->perms.s1.w << 4 | e->perms.s1.x;
	case TLB_MEMORY: return e->kind == TLB_S2 ? e->s2_attr : e->attrs.mair;
	default: return e->in;
	}
}

static int compare(u64 a, u64 b)
{
	return (a > b) - (a < b);
}

/* By the column; what is equal there by stage, tags and address, so that the order is always the same. */
static int compare_rows(const void *left, const void *right, void *ctx)
{
	static const u8 then[] = { TLB_INPUT, TLB_STAGE, TLB_REGIME, TLB_VMID, TLB_ASID, TLB_SIZE };
	const struct tlb_query *q = ctx;
	int order = compare(sort_key(left, q->sort), sort_key(right, q->sort));

	for (unsigned i = 0; !order && i < ARRAY_SIZE(then); i++)
		order = compare(sort_key(left, then[i]), sort_key(right, then[i]));
	return q->descending ? -order : order;
}

/* ---- the model ---- */

static bool more_room(struct tlb_data *t)
{
	unsigned room = t->room ? 2 * t->room : 256;
	/* Aligned as entries are. */
	struct tlb_row *row = aligned_alloc(_Alignof(struct tlb_row), room * sizeof(*row));

	if (!row)
		return false;
	if (t->count)
		memcpy(row, t->row, t->count * sizeof(*row));
	free(t->row);
	t->row = row;
	t->room = room;
	return true;
}

static bool collect(struct tlb_data *t, struct machine *m, const struct tlb_query *q, const struct filter *f,
		    const struct hyp_tlbi *tlbi)
{
	const struct tlb_entry *e;
	unsigned at = 0;

	while ((e = hyp_tlb_next(m, q->core, &at))) {
		struct tlb_row row = { .e = *e, .removed = tlbi && hyp_tlbi_removes(m, q->core, tlbi, e) };

		t->total++;
		t->removed += row.removed;
		if (!fits(f, &row))
			continue;
		if (t->count == t->room && !more_room(t))
			return false;
		t->row[t->count++] = row;
	}
	return true;
}

bool tlb_data_update(struct tlb_data *t, struct machine *m, const struct tlb_query *q)
{
	struct tlb_query order = *q;
	struct hyp_tlbi tlbi;
	struct filter f;

	t->total = t->count = t->removed = t->removed_other = 0;
	t->problem[0] = t->scope[0] = 0;
	t->has_tlbi = parse_tlbi(t, m, q, &tlbi);
	t->is_broadcast = t->has_tlbi && tlbi.broadcast;
	if (!parse_filter(q->filter, &f, t))
		parse_filter("", &f, t);
	if (!collect(t, m, q, &f, t->has_tlbi ? &tlbi : NULL))
		return false;
	for (unsigned i = 0; t->is_broadcast && i < hyp_core_count(m); i++)
		if (i != q->core)
			t->removed_other += removed_by(m, i, &tlbi);
	if (t->count)
		qsort_r(t->row, t->count, sizeof(*t->row), compare_rows, &order);
	return true;
}

void tlb_data_free(struct tlb_data *t)
{
	free(t->row);
	*t = (struct tlb_data){ 0 };
}
