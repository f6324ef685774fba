#include "debug/explain_dma_internal.h"

#include <string.h>

#include "base/bits.h"
#include "debug/device_words.h"
#include "debug/explain.h"
#include "debug/fields.h"
#include "smmu/fields.h"

typedef unsigned long long ull;

enum { CR0_SMMUEN = 1, CR2_RECINVSID = 2, GBPA_ABORT_BIT = 20 };

/* ---- heading ---- */

void dma_heading(FILE *out, const char *name, const struct smmu_probe *q)
{
	fprintf(out, "stream 0x%x", q->stream);
	if (name)
		fprintf(out, " (%s)", name);
	if (q->has_ssid)
		fprintf(out, ", substream %u", q->ssid);
	fprintf(out, ", %s %s of IOVA 0x%llx\n", q->privileged ? "privileged" : "unprivileged",
		q->is_write	 ? "write"
		: q->instruction ? "instruction fetch"
				 : "read",
		(ull)q->iova);
}

void dma_smmu_line(FILE *out, const struct smmu_view *v)
{
	u32 cfg = v->r.strtab_base_cfg;

	if (!(v->r.cr0 & CR0_SMMUEN)) {
		fprintf(out, "SMMU         off (SMMU_CR0.SMMUEN=0), SMMU_GBPA.ABORT=%u: everything %s\n",
			bit(v->r.gbpa, GBPA_ABORT_BIT), bit(v->r.gbpa, GBPA_ABORT_BIT) ? "is aborted" : "passes");
		return;
	}
	fprintf(out, "SMMU         on, %s stream table for 2^%u streams at PA 0x%llx\n",
		bits(cfg, 17, 16) == 1 ? "two-level" : "linear", (unsigned)bits(cfg, 5, 0),
		(ull)(v->r.strtab_base & ones(52) & ~0x3full));
}

/* ---- the ladder ---- */

static void structure(FILE *out, const char *name, const u64 *words)
{
	struct field_set set;

	if (fields_find(name, &set))
		fields_explain(out, &set, words);
}

const char *dma_structure_name(const struct smmu_step *s)
{
	static const char *const names[] = {
		[SMMU_STE] = "STE", [SMMU_CD] = "CD", [SMMU_L1STD] = "L1STD", [SMMU_L1CD] = "L1CD"
	};

	return names[s->what];
}

void dma_fetch_line(FILE *out, const struct smmu_step *s, unsigned n)
{
	fprintf(out, "%3u  %s at PA 0x%llx\n", n, dma_structure_name(s), (ull)s->at);
	structure(out, dma_structure_name(s), s->word);
}

void dma_regime_line(FILE *out, const struct smmu_view *v)
{
	const struct regime *r = &v->regime;

	if (!v->translates)
		return;
	fprintf(out, "stage 1 %s, stage 2 %s", r->s1.enabled ? "on" : "bypassed (IOVA = IPA)",
		r->s2.enabled ? "on" : "bypassed");
	if (r->id == REGIME_EL10)
		fprintf(out, ", VMID %u", r->vmid);
	if (r->s1.enabled && r->s1.has_el0)
		fprintf(out, ", ASID %u", r->s1.asid);
	fputc('\n', out);
}

static void ladder(FILE *out, const struct smmu_view *v)
{
	unsigned n = 1;

	for (unsigned i = 0; i < v->steps; i++) {
		const struct smmu_step *s = &v->step[i];

		if (s->kind == SMMU_STEP_FETCH) {
			dma_fetch_line(out, s, n++);
			continue;
		}
		if (i + 1 == v->steps)
			dma_regime_line(out, v);
		n = explain_steps(out, &s->walk, v->translates ? &v->regime : NULL, n);
	}
}

/* ---- how it ended ---- */

const struct walk *dma_last_walk(const struct smmu_view *v)
{
	const struct smmu_step *s = v->steps ? &v->step[v->steps - 1] : NULL;

	return s && s->kind == SMMU_STEP_WALK ? &s->walk : NULL;
}

/* Of events of the configuration: which field. */
static void configuration_words(FILE *out, const struct smmu_view *v, unsigned type)
{
	switch (type) {
	case C_BAD_STREAMID: fputs("the stream table has no such stream", out); break;
	case F_STE_FETCH: fputs("no memory at the STE's address, or at its L1STD's", out); break;
	case C_BAD_STE: fprintf(out, "STE: %s", v->why ? v->why : "ILLEGAL"); break;
	case F_STREAM_DISABLED: fputs("STE.S1DSS does not let this substream pass", out); break;
	case C_BAD_SUBSTREAMID: fputs("STE.S1CDMax has no such substream, or its L1CD is not valid", out); break;
	case F_CD_FETCH: fputs("no memory at the CD's address, or at its L1CD's", out); break;
	case C_BAD_CD: fprintf(out, "CD: %s", v->why ? v->why : "ILLEGAL"); break;
	default: fputs("the transaction is unsupported", out);
	}
}

void dma_reason_words(FILE *out, const struct smmu_view *v)
{
	unsigned type = v->has_event ? (unsigned)bits(v->event[0], 7, 0) : 0;
	const struct walk *w = dma_last_walk(v);

	if (!(v->r.cr0 & CR0_SMMUEN))
		fputs("SMMU_GBPA.ABORT=1", out);
	else if (w && w->fault.kind != FAULT_NONE)
		walk_outcome_words(out, w, "input");
	else if (type && type < F_WALK_EABT)
		configuration_words(out, v, type);
	else if (!v->has_ste)
		fputs("the stream table has no such stream", out);
	else if (!(STE_CONFIG(v->ste) & CONFIG_PASSES))
		fprintf(out, "STE.Config=%llu: abort", (ull)STE_CONFIG(v->ste));
	else
		fputs(v->why ? v->why : "the address is beyond the input size", out);
}

/* Why there is no record. */
const char *dma_silence(const struct smmu_view *v)
{
	const struct walk *w = dma_last_walk(v);

	if (!(v->r.cr0 & CR0_SMMUEN))
		return "SMMU_GBPA.ABORT records nothing";
	if (!v->has_ste)
		return "SMMU_CR2.RECINVSID=0";
	if (!(STE_CONFIG(v->ste) & CONFIG_PASSES))
		return "STE.Config=0b0xx records nothing";
	return w && w->fault.s2 ? "STE.S2R=0" : "CD.R=0";
}

static void event_lines(FILE *out, const struct smmu_view *v)
{
	unsigned type = (unsigned)bits(v->event[0], 7, 0);

	if (!v->has_event) {
		fprintf(out, "event        none: %s\n", dma_silence(v));
		return;
	}
	fprintf(out, "event        %s", smmu_event_name(type));
	for (unsigned i = 0; i < 4; i++)
		fprintf(out, " 0x%016llx", (ull)v->event[i]);
	fputc('\n', out);
	structure(out, type < F_WALK_EABT ? "CONFIG_EVENT" : "EVENT", v->event);
	if (!(v->r.cr0 & 4))
		fputs("             (not written: SMMU_CR0.EVENTQEN=0)\n", out);
}

const char *dma_ending(const struct smmu_view *v)
{
	return v->result == DMA_STALL	? "the transaction stalls until CMD_RESUME"
	       : v->result == DMA_ABORT ? "the device sees an abort"
					: "the device sees success: zeroes are read, writes are ignored (CD.A=0)";
}

void dma_result_lines(FILE *out, const struct smmu_probe *q, const struct smmu_view *v)
{
	const struct walk *w = dma_last_walk(v);

	if (!v->how) {
		fputs("fault        ", out);
		dma_reason_words(out, v);
		fprintf(out, "\nso           %s\n", dma_ending(v));
		event_lines(out, v);
		return;
	}
	fprintf(out, "result       IOVA 0x%llx -> ", (ull)q->iova);
	if (w && w->s1_used && w->s2_used)
		fprintf(out, "IPA 0x%llx -> ", (ull)w->ipa.v);
	fprintf(out, "PA 0x%llx (%s%s)\n", (ull)v->pa, v->how, v->from_tlb ? ", by a TLB entry" : "");
	if (w)
		explain_mapping(out, w, &v->regime);
}

/* ---- what is stale ---- */

static bool ste_differs(const struct smmu_view *is, const struct smmu_view *would)
{
	return is->has_ste && is->ste_cached && would->has_ste && memcmp(is->ste, would->ste, sizeof(is->ste));
}

static bool cd_differs(const struct smmu_view *is, const struct smmu_view *would)
{
	return is->has_cd && is->cd_cached && would->has_cd && memcmp(is->cd, would->cd, sizeof(is->cd));
}

/* The cache has an entry where memory's way no longer comes to one. */
static bool is_stale_otherwise(const struct smmu_view *is, const struct smmu_view *would)
{
	return is->ste_cached && !would->has_ste;
}

static void outcome(FILE *out, const struct smmu_view *v)
{
	if (v->how)
		fprintf(out, "%s to PA 0x%llx", v->how, (ull)v->pa);
	else
		dma_reason_words(out, v);
}

static void stale_structure(FILE *out, const char *name, const u64 *cached, const u64 *memory, const char *command)
{
	struct field_set set;

	fprintf(out, "stale        the %s that rules is cached; memory says ", name);
	if (fields_find(name, &set))
		fields_change_words(out, &set, cached, memory);
	fprintf(out, ": %s makes it known\n", command);
}

void dma_stale_lines(FILE *out, const struct smmu_view *is, const struct smmu_view *would)
{
	bool differs = is->result != would->result || (is->how && is->pa != would->pa);

	if (ste_differs(is, would))
		stale_structure(out, "STE", is->ste, would->ste, "CMD_CFGI_STE");
	if (cd_differs(is, would))
		stale_structure(out, "CD", is->cd, would->cd, "CMD_CFGI_CD");
	if (is_stale_otherwise(is, would))
		fputs("stale        the STE that rules is cached; the stream table has none now\n", out);
	/* Under a stale configuration nobody knows whether the entry would matter. */
	if (differs && is->from_tlb && !ste_differs(is, would) && !cd_differs(is, would)) {
		fprintf(out, "stale        a TLB entry answers (");
		outcome(out, is);
		fputs("): a TLBI command makes the tables known\n", out);
	}
	if (differs) {
		fputs("afterwards   ", out);
		outcome(out, would);
		fputc('\n', out);
	}
}

/* ---- all ---- */

/* A configuration from the cache has no fetch: its fields are shown all the same. */
void dma_cached_structures(FILE *out, const struct smmu_view *is)
{
	if (is->has_ste && is->ste_cached) {
		fputs("     STE as cached\n", out);
		structure(out, "STE", is->ste);
	}
	if (is->has_cd && is->cd_cached) {
		fputs("     CD as cached\n", out);
		structure(out, "CD", is->cd);
	}
}

struct dma_view dma_choose(const struct smmu_view *is, const struct smmu_view *would)
{
	bool stale = ste_differs(is, would) || cd_differs(is, would) || is_stale_otherwise(is, would);
	bool same = !stale && is->how && would->how && is->pa == would->pa;

	return (struct dma_view){ .stale = stale, .ladder = stale ? is : would, .end = same ? would : is };
}

void explain_dma(FILE *out, const char *name, const struct smmu_probe *probe, const struct smmu_view *is,
		 const struct smmu_view *would)
{
	struct dma_view v = dma_choose(is, would);

	dma_heading(out, name, probe);
	dma_smmu_line(out, is);
	if (v.stale)
		dma_cached_structures(out, is);
	ladder(out, v.ladder);
	if (v.stale && is->from_tlb)
		dma_regime_line(out, is);
	dma_result_lines(out, probe, v.end);
	dma_stale_lines(out, is, would);
}
