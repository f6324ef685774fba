/*
 * One translation as a numbered ladder: each descriptor read, what it says, then the result, or the fault with the
 * field that caused it and the registers that it sets. Arm ARM D8.2.
 */
#include "base/bits.h"
#include "debug/explain.h"
#include "debug/ladder.h"

typedef unsigned long long ull;

static void size_words(FILE *out, unsigned log2)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };

	if (log2 >= 60)
		fputs("everything", out);
	else
		fprintf(out, "%u %s", 1u << log2 % 10, units[log2 / 10]);
}

/* Index bits tell the granule: a level's entries cover desc_log2() bytes. */
static u8 granule_of(const struct walk_step *s)
{
	u8 g = GRANULE_4K;

	while (g < GRANULE_64K && desc_log2(g, s->level) != s->index_lo)
		g++;
	return g;
}

struct desc_place walk_step_place(const struct walk_step *s, const struct regime *r)
{
	struct desc_place at = { .stage = s->stage, .level = s->level, .granule = granule_of(s) };

	if (r && s->stage == 1) {
		at.ds = r->s1.ds;
		at.mair = r->s1.mair;
	} else if (r) {
		at.ds = r->s2.ds;
		at.fwb = r->s2.fwb;
	}
	return at;
}

bool walk_is_under_stage2(const struct walk *w)
{
	bool found = w->s2_used;

	for (unsigned i = 0; i < w->count && !found; i++)
		found = w->step[i].nested;
	return found;
}

/* "stage 1 L1  VA[38:30]=1" */
static void index_words(FILE *out, const struct walk_step *s)
{
	fprintf(out, "stage %u L%d  %s[%u:%u]=%llu", s->stage, s->level, s->stage == 1 ? "VA" : "IPA", s->index_hi,
		s->index_lo, (ull)bits(s->input, s->index_hi, s->index_lo));
}

void walk_step_words(FILE *out, const struct walk_step *s, const struct walk *w, const struct regime *r)
{
	struct desc_place at = walk_step_place(s, r);

	if (s->nested)
		fputs("  ", out);
	if (s->kind == STEP_CACHED && s->index_hi) {
		fprintf(out, "stage %u  L%d table at %s 0x%llx, from the walk cache", s->stage, s->level,
			s->stage == 1 && walk_is_under_stage2(w) ? "IPA" : "PA", (ull)s->output);
		return;
	}
	if (s->kind == STEP_CACHED) {
		fprintf(out, "stage 2  IPA 0x%llx = PA 0x%llx, from the TLB (L%d)", (ull)s->input, (ull)s->output,
			s->level);
		return;
	}
	index_words(out, s);
	if (s->stage == 1 && walk_is_under_stage2(w))
		fprintf(out, "  at IPA 0x%llx = PA 0x%llx", (ull)s->at_ipa, (ull)s->at);
	else
		fprintf(out, "  at PA 0x%llx", (ull)s->at);
	if (s->kind == STEP_ABORT) {
		fputs(": the read aborts, no memory there", out);
		return;
	}
	fprintf(out, ": 0x%016llx  ", (ull)s->desc);
	desc_words(out, s->desc, &at);
	if (s->updated)
		fputs("  (AF or dirty state written back)", out);
}

static void rwx(FILE *out, bool r, bool w, bool x)
{
	fprintf(out, "%c%c%c", r ? 'r' : '-', w ? 'w' : '-', x ? 'x' : '-');
}

static void perms_words(FILE *out, const struct perms *p, bool has_el0)
{
	fputs(has_el0 ? "privileged " : "", out);
	rwx(out, perms_read(p, true), perms_write(p, true), perms_execute(p, true));
	if (has_el0) {
		fputs(", EL0 ", out);
		rwx(out, perms_read(p, false), perms_write(p, false), perms_execute(p, false));
	}
	if (p->s1.guarded)
		fputs(", guarded", out);
}

static void stage_perms_words(FILE *out, const struct walk *w, const struct regime *r)
{
	const struct perms *p = &w->perms;

	if (!w->s1_used || !w->s2_used)
		return;
	fputs(" (stage 1: ", out);
	rwx(out, p->s1.r & 2, p->s1.w & 2, p->s1.x & 2);
	if (r->s1.has_el0) {
		fputs(" / ", out);
		rwx(out, p->s1.r & 1, p->s1.w & 1, p->s1.x & 1);
	}
	fputs("; stage 2: ", out);
	rwx(out, p->s2.r, p->s2.w, p->s2.x & 2);
	fputc(')', out);
}

static void attrs_words(FILE *out, const struct mem_attrs *a)
{
	static const char *const sh[] = { "non-shareable", "reserved", "outer shareable", "inner shareable" };

	mair_words(out, a->mair);
	fprintf(out, ", %s", sh[a->sh & 3]);
}

void walk_outcome_words(FILE *out, const struct walk *w, const char *input)
{
	if (w->fault.kind == FAULT_NONE) {
		fprintf(out, "%s 0x%llx -> ", input, (ull)w->access.va);
		if (w->s2_used)
			fprintf(out, "IPA 0x%llx -> ", (ull)w->ipa.v);
		fprintf(out, "PA 0x%llx (%s)", (ull)w->pa.v, w->pa.ns ? "Non-secure" : "Secure");
		return;
	}
	fprintf(out, "%s 0x%llx: stage %u ", input, (ull)w->access.va, w->fault.s2 ? 2 : 1);
	fsc_words(out, fault_status_code(&w->fault));
	if (w->fault.s1ptw)
		fputs(", on a stage-1 table walk", out);
	if (w->fault.why)
		fprintf(out, ": %s", w->fault.why);
}

void walk_result_words(FILE *out, const struct walk *w)
{
	walk_outcome_words(out, w, "VA");
}

void explain_mapping(FILE *out, const struct walk *w, const struct regime *r)
{
	fputs("memory       ", out);
	attrs_words(out, &w->attrs);
	fputs("\npermissions  ", out);
	perms_words(out, &w->perms, r->s1.has_el0);
	stage_perms_words(out, w, r);
	fputs("\nmapped by    ", out);
	if (w->s1_used) {
		fprintf(out, "stage 1: ");
		size_words(out, w->s1_log2);
		fprintf(out, " at level %d%s", w->s1_level, w->ng ? ", not global" : ", global");
	} else {
		fputs("stage 1: off (flat)", out);
	}
	if (w->s2_used) {
		fputs("; stage 2: ", out);
		size_words(out, w->s2_log2);
		fprintf(out, " at level %d", w->s2_level);
	}
	fputc('\n', out);
}

static void explain_result(FILE *out, const struct walk *w, const struct regime *r)
{
	fputs("result       ", out);
	walk_result_words(out, w);
	fputc('\n', out);
	explain_mapping(out, w, r);
}

static void explain_fault(FILE *out, const struct walk *w, const struct regime *r, unsigned el)
{
	const struct fault *f = &w->fault;
	struct ladder_end e;

	ladder_end(&e, w, r, el);
	fprintf(out, "fault        %s\ntaken to     EL%u\n", e.words, e.target_el);
	fprintf(out, "ESR_EL%u      0x%llx  %s\n", e.target_el, (ull)e.esr, e.esr_words);
	fprintf(out, "FAR_EL%u      0x%llx\n", e.target_el, (ull)e.far);
	if (e.has_hpfar)
		fprintf(out, "HPFAR_EL2    0x%llx  IPA page 0x%llx\n", (ull)e.hpfar, (ull)(e.fault_ipa & ~0xfffull));
	if (f->s2 && !f->s1ptw && w->access.kind != ACCESS_FETCH)
		fputs("             (a single-register load or store also sets ISV, SAS, SRT, SF and AR in the ESR)\n",
		      out);
}

void explain_walk_heading(FILE *out, const struct walk *w, const struct regime *r, unsigned el)
{
	fprintf(out, "VA 0x%llx, %s at EL%u, %s regime, %s", (ull)w->access.va, ladder_access_words(w), el,
		ladder_regime_words(r), r->secure ? "Secure" : "Non-secure");
	if (r->id == REGIME_EL10)
		fprintf(out, ", VMID %u", r->vmid);
	if (r->s1.has_el0)
		fprintf(out, ", ASID %u", r->s1.asid);
	fprintf(out, "\nstage 1 %s, stage 2 %s\n", r->s1.enabled ? "on" : "off (VA = IPA)",
		r->s2.enabled ? "on" : "off");
}

unsigned explain_steps(FILE *out, const struct walk *w, const struct regime *r, unsigned first)
{
	for (unsigned i = 0; i < w->count; i++) {
		fprintf(out, "%3u  ", first + i);
		walk_step_words(out, &w->step[i], w, r);
		fputc('\n', out);
	}
	return first + w->count;
}

void explain_walk(FILE *out, const struct walk *w, const struct regime *r, unsigned el)
{
	explain_walk_heading(out, w, r, el);
	explain_steps(out, w, r, 1);
	if (w->fault.kind == FAULT_NONE)
		explain_result(out, w, r);
	else
		explain_fault(out, w, r, el);
}
