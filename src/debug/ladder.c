#include "debug/ladder.h"

#include <string.h>

#include "base/bits.h"

static const char *const access_words[] = {
	[ACCESS_READ] = "read",
	[ACCESS_WRITE] = "write",
	[ACCESS_FETCH] = "instruction fetch",
	[ACCESS_CACHE] = "cache maintenance",
	[ACCESS_AT_READ] = "AT, as a read",
	[ACCESS_AT_WRITE] = "AT, as a write",
};
static const char *const regime_words[] = {
	[REGIME_EL10] = "EL1&0",
	[REGIME_EL20] = "EL2&0",
	[REGIME_EL2] = "EL2",
	[REGIME_EL3] = "EL3",
};

const char *ladder_access_words(const struct walk *w)
{
	return access_words[w->access.kind];
}

const char *ladder_regime_words(const struct regime *r)
{
	return regime_words[r->id];
}

/* What is written to the stream becomes a text of its own. */
static FILE *words_begin(char *text, size_t size)
{
	memset(text, 0, size);
	return fmemopen(text, size - 1, "w");
}

/* ---- steps ---- */

static const char *kind_of(const struct walk_step *s)
{
	static const char *const kinds[] = {
		[STEP_TABLE] = "table",	      [STEP_BLOCK] = "block", [STEP_PAGE] = "page",  [STEP_INVALID] = "invalid",
		[STEP_RESERVED] = "reserved", [STEP_ABORT] = "abort", [STEP_CACHED] = "tlb",
	};

	return s->kind == STEP_CACHED && s->index_hi ? "walk-cache" : kinds[s->kind];
}

static bool has_output(const struct walk_step *s)
{
	return s->kind == STEP_TABLE || s->kind == STEP_BLOCK || s->kind == STEP_PAGE || s->kind == STEP_CACHED;
}

static void locate(struct ladder_step *to, const struct walk_step *s, bool under_stage2)
{
	to->has_index = true;
	to->index_hi = s->index_hi;
	to->index_lo = s->index_lo;
	to->index = bits(s->input, s->index_hi, s->index_lo);
	to->at = s->at;
	to->table = s->at - 8 * to->index;
	if (!under_stage2)
		return;
	to->at_ipa = s->at_ipa;
	to->table_ipa = s->at_ipa - 8 * to->index;
}

/* The line that the text has, without its indentation. */
static void step_words(struct ladder_step *to, const struct walk *w, const struct walk_step *s, const struct regime *r)
{
	FILE *out = words_begin(to->words, sizeof(to->words));

	if (!out)
		return;
	walk_step_words(out, s, w, r);
	fclose(out);
	memmove(to->words, to->words + strspn(to->words, " "), strlen(to->words + strspn(to->words, " ")) + 1);
}

void ladder_step(struct ladder_step *to, const struct walk *w, const struct regime *r, unsigned i)
{
	const struct walk_step *s = &w->step[i];
	struct desc_place place = walk_step_place(s, r);

	*to = (struct ladder_step){ .number = i + 1,
				    .stage = s->stage,
				    .level = s->level,
				    .nested = s->nested,
				    .updated = s->updated,
				    .kind = kind_of(s),
				    .space = s->stage == 1 ? "va" : "ipa",
				    .input = s->input };
	step_words(to, w, s, r);
	if (has_output(s)) {
		to->output = s->output;
		to->output_space = s->stage == 1 && walk_is_under_stage2(w) ? "ipa" : "pa";
	}
	if (s->kind == STEP_CACHED)
		return;
	locate(to, s, s->stage == 1 && walk_is_under_stage2(w));
	to->has_descriptor = s->kind != STEP_ABORT;
	to->descriptor = s->desc;
	if (to->has_descriptor)
		to->fields = desc_fields(to->field, s->desc, &place);
}

/* ---- the end ---- */

static FILE *memory_begin(struct ladder_memory *to, u8 attr, unsigned sh)
{
	static const char *const words[] = { "non-shareable", "reserved", "outer shareable", "inner shareable" };

	to->is_known = true;
	to->attr = attr;
	to->shareability = words[sh & 3];
	return words_begin(to->words, sizeof(to->words));
}

static void memory_of(struct ladder_memory *to, const struct mem_attrs *a)
{
	FILE *out = memory_begin(to, a->mair, a->sh);

	if (!out)
		return;
	mair_words(out, a->mair);
	fclose(out);
}

/* The walker keeps what stage 2 makes of stage 1's attributes; this is its own. */
static void memory_of_stage2(struct ladder_memory *to, const struct walk *w, const struct regime *r)
{
	FILE *out = memory_begin(to, w->s2_attr & 15, w->s2_attr >> 4);

	if (!out)
		return;
	memattr_words(out, to->attr, r->s2.fwb);
	fclose(out);
}

static void rwx(char *to, bool r, bool w, bool x)
{
	to[0] = r ? 'r' : '-';
	to[1] = w ? 'w' : '-';
	to[2] = x ? 'x' : '-';
	to[3] = 0;
}

static void rights_of(struct ladder_rights *to, const struct walk *w, const struct regime *r)
{
	const struct perms *p = &w->perms;
	bool has_el0 = r->s1.has_el0;

	rwx(to[LADDER_BOTH].privileged, perms_read(p, true), perms_write(p, true), perms_execute(p, true));
	if (has_el0)
		rwx(to[LADDER_BOTH].el0, perms_read(p, false), perms_write(p, false), perms_execute(p, false));
	to[LADDER_BOTH].is_known = true;
	if (w->s1_used) {
		to[LADDER_STAGE1].is_known = true;
		rwx(to[LADDER_STAGE1].privileged, p->s1.r & 2, p->s1.w & 2, p->s1.x & 2);
		if (has_el0)
			rwx(to[LADDER_STAGE1].el0, p->s1.r & 1, p->s1.w & 1, p->s1.x & 1);
	}
	if (w->s2_used) {
		to[LADDER_STAGE2].is_known = true;
		rwx(to[LADDER_STAGE2].privileged, p->s2.r, p->s2.w, p->s2.x & 2);
		rwx(to[LADDER_STAGE2].el0, p->s2.r, p->s2.w, p->s2.x & 1);
	}
}

static void mapping_of(struct ladder_end *to, const struct walk *w, const struct regime *r)
{
	to->has_ipa = w->s2_used;
	to->ipa = w->ipa.v;
	to->pa = w->pa.v;
	to->secure = !w->pa.ns;
	to->is_global = !w->ng;
	if (w->s1_used)
		memory_of(&to->memory[LADDER_STAGE1], &w->s1_attrs);
	if (w->s2_used)
		memory_of_stage2(&to->memory[LADDER_STAGE2], w, r);
	memory_of(&to->memory[LADDER_BOTH], &w->attrs);
	rights_of(to->rights, w, r);
	to->size[0] = (struct ladder_size){ w->s1_used, w->s1_log2, w->s1_level };
	to->size[1] = (struct ladder_size){ w->s2_used, w->s2_log2, w->s2_level };
}

static unsigned target_el(const struct walk *w, const struct regime *r)
{
	if (w->fault.s2)
		return 2;
	return r->id == REGIME_EL3 ? 3 : r->id == REGIME_EL10 ? 1 : 2;
}

/* What the exception leaves behind: D1.3, AArch64.AbortSyndrome, AArch64.ReportException. */
static void fault_of(struct ladder_end *to, const struct walk *w, const struct regime *r, unsigned el)
{
	const struct fault *f = &w->fault;
	FILE *out;

	to->stage = f->s2 ? 2 : 1;
	to->level = f->level;
	to->fsc = fault_status_code(f);
	to->target_el = (u8)target_el(w, r);
	to->on_table_walk = f->s1ptw;
	to->why = f->why;
	to->esr = esr_of_fault(f, (enum access_kind)w->access.kind, el < to->target_el);
	to->far = w->access.va;
	to->has_hpfar = f->s2 && f->ipa_valid;
	if (to->has_hpfar) {
		to->hpfar = bits(f->ipa.v, 51, 12) << 4;
		to->fault_ipa = f->ipa.v;
	}
	out = words_begin(to->fsc_words, sizeof(to->fsc_words));
	if (out) {
		fsc_words(out, to->fsc);
		fclose(out);
	}
	out = words_begin(to->esr_words, sizeof(to->esr_words));
	if (out) {
		esr_words(out, to->esr);
		fclose(out);
	}
}

void ladder_end(struct ladder_end *to, const struct walk *w, const struct regime *r, unsigned el)
{
	FILE *out;

	*to = (struct ladder_end){ .faulted = w->fault.kind != FAULT_NONE };
	out = words_begin(to->words, sizeof(to->words));
	if (out) {
		walk_result_words(out, w);
		fclose(out);
	}
	if (to->faulted)
		fault_of(to, w, r, el);
	else
		mapping_of(to, w, r);
}
