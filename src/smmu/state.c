/* The SMMU's state, for copies of the machine. Of cached structures the words are state; what they mean follows. */
#include "smmu/internal.h"

/* Whether an entry is there; what comes back may be anything. */
static bool visit_cached(const struct state_visitor *v, const char *name, unsigned i, bool *cached)
{
	u8 byte = *cached;

	state_copy(v, name, i, &byte, cached, sizeof(byte));
	if (v->restores)
		*cached = byte != 0;
	return *cached;
}

static void visit_structures(struct smmu *s, const struct state_visitor *v)
{
	for (unsigned i = 0; i < SMMU_STES; i++) {
		if (visit_cached(v, "smmu-ste", i, &s->ste[i].cached))
			STATE_MEMBERS(v, "smmu-ste", i, &s->ste[i], stream, why);
	}
	for (unsigned i = 0; i < SMMU_CDS; i++) {
		if (visit_cached(v, "smmu-cd", i, &s->cd[i].cached))
			STATE_MEMBERS(v, "smmu-cd", i, &s->cd[i], stream, why);
	}
}

void smmu_visit(struct smmu *s, const struct state_visitor *v)
{
	STATE_MEMBER(v, "smmu", 0, s, r);
	STATE_MEMBER(v, "smmu", 0, s, stall);
	visit_structures(s, v);
	tlb_visit(s->tlb, v, "smmu-tlb", 0);
}

void smmu_restored(struct smmu *s)
{
	u32 cr2 = s->r.cr2;

	for (unsigned i = 0; i < SMMU_STES; i++)
		if (s->ste[i].cached)
			smmu_understand_ste(s, &s->ste[i]);
	for (unsigned i = 0; i < SMMU_CDS; i++)
		if (s->cd[i].cached) {
			s->r.cr2 = s->cd[i].e2h ? cr2 | CR2_E2H : cr2 & ~(u32)CR2_E2H;
			smmu_understand_cd(s, smmu_ste_of(s, s->cd[i].stream)->word, &s->cd[i]);
		}
	s->r.cr2 = cr2;
}
