/* Facts about translations: those of a core, and those of a device. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "debug/explain.h"
#include "lab/run.h"
#include "smmu/inspect.h"

#define VTTBR_ROOT 0x0000fffffffffffeull

struct wanted {
	u64 at, to, size, vttbr;
	bool has_vttbr;
};

static bool wanted_values(const struct lab_state *s, const struct lab_fact *f, struct wanted *v, FILE *found)
{
	const char *why = NULL;
	bool ok = lab_value(s->watch, f->a, &v->at, &why) && (f->faults || lab_value(s->watch, f->to, &v->to, &why)) &&
		  (f->size == LAB_NONE || lab_value(s->watch, f->size, &v->size, &why)) &&
		  (f->b == LAB_NONE || lab_value(s->watch, f->b, &v->vttbr, &why));

	v->has_vttbr = f->b != LAB_NONE;
	if (!ok)
		fputs(why ? why : "an address has no value", found);
	return ok;
}

/* The output address of the page or block, with the rest of the input: the walk's own result. */
static void rights_of(const struct walk *w, char rights[4])
{
	unsigned n = 0;

	if (perms_read(&w->perms, true))
		rights[n++] = 'r';
	if (perms_write(&w->perms, true))
		rights[n++] = 'w';
	if (perms_execute(&w->perms, true))
		rights[n++] = 'x';
	rights[n] = 0;
}

static bool mapping_holds(const struct lab_fact *f, const struct wanted *v, const struct walk *w)
{
	/* What stage 2 alone says: MemAttr[3:2] is 0 for Device (D8.6.5); with stage 1 off the combination is Device.
	 */
	bool device = f->kind == FACT_S2 ? !(w->s2_attr >> 2 & 3) : w->attrs.type != MEM_NORMAL;
	char rights[4];

	rights_of(w, rights);
	if (w->fault.kind != FAULT_NONE || w->pa.v != v->to)
		return false;
	if (f->rights && strcmp(f->rights, rights))
		return false;
	if (f->memory != LAB_MEM_ANY && device != (f->memory == LAB_MEM_DEVICE))
		return false;
	return f->size == LAB_NONE || (w->s2_used && v->size == (u64)1 << (w->s2_log2 & 63));
}

static bool fault_holds(const struct lab_fact *f, const struct walk *w)
{
	return w->fault.kind != FAULT_NONE && (!f->fault || w->fault.kind == f->fault) &&
	       (f->level == LAB_LEVEL_ANY || w->fault.level == f->level);
}

static void walk_words(FILE *found, const struct walk *w, const struct regime *r, const char *input)
{
	char rights[4];

	walk_outcome_words(found, w, input);
	if (w->fault.kind == FAULT_NONE) {
		rights_of(w, rights);
		fprintf(found, " [%s]", *rights ? rights : "no access");
		if (w->s2_used)
			fprintf(found, ", mapped by stage 2 in a piece of 0x%" PRIx64, (u64)1 << (w->s2_log2 & 63));
	}
	for (unsigned i = 0; i < w->count; i++) {
		const struct walk_step *step = &w->step[i];

		if (step->stage != 2 || step->nested)
			continue;
		fputs("; ", found);
		walk_step_words(found, step, w, r);
	}
}

bool lab_judge_walk(const struct lab_state *s, const struct lab_fact *f, FILE *found)
{
	struct mmu_access access = { .kind = f->access, .privileged = true, .no_update = true };
	struct wanted v = { 0 };
	struct regime r;
	struct walk w;

	if (!wanted_values(s, f, &v, found))
		return false;
	hyp_regime(s->m, 0, 1, &r);
	r.prepared = false;
	if (f->kind == FACT_S2)
		r.s1.enabled = false;
	if (v.has_vttbr) {
		r.s2.ttb = v.vttbr & VTTBR_ROOT;
		r.s2.enabled = true;
	}
	if (f->kind == FACT_S2 && !r.s2.enabled) {
		fputs("stage 2 is off (HCR_EL2.VM = 0): an IPA is a PA", found);
		return false;
	}
	access.va = v.at;
	/* Rights are asked for apart from the address, so that both can be told. */
	access.any_rights = !f->faults && f->access == ACCESS_READ;
	hyp_walk(s->m, 0, &r, &access, &w);
	walk_words(found, &w, &r, f->kind == FACT_S2 ? "IPA" : "VA");
	return f->faults ? fault_holds(f, &w) : mapping_holds(f, &v, &w);
}

bool lab_judge_dma(const struct lab_state *s, const struct lab_fact *f, FILE *found)
{
	struct smmu_probe probe = { 0 };
	struct wanted v = { 0 };
	struct smmu_view *view;
	u64 stream;
	bool through, ok;

	if (!wanted_values(s, f, &v, found) || !lab_value(s->watch, f->stream, &stream, NULL))
		return false;
	probe.stream = (u32)stream;
	probe.iova = v.at;
	probe.is_write = f->access == ACCESS_WRITE;
	view = hyp_inspect_dma(s->m, &probe, true);
	if (!view) {
		fputs("there is no SMMU", found);
		return false;
	}
	through = view->how != NULL;
	if (through)
		fprintf(found, "the device reaches PA 0x%" PRIx64 " (%s)", view->pa, view->how);
	else
		fprintf(found, "the device is stopped%s%s", view->why ? ": " : "", view->why ? view->why : "");
	if (!through && view->has_event)
		fprintf(found, ", event 0x%02x", (unsigned)bits(view->event[0], 7, 0));
	ok = f->faults ? !through : through && view->pa == v.to;
	free(view);
	return ok;
}
