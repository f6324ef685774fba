#include "smmu/inspect.h"

#include <stdlib.h>
#include <string.h>

#include "smmu/internal.h"

struct inspection {
	struct smmu s; /* the copy */
	struct tracer tracer;
	struct observer observer;
	struct smmu_view *view;
};

/* ---- what happens on the copy ---- */

static struct smmu_step *new_step(struct smmu_view *v, enum smmu_step_kind kind)
{
	static const struct smmu_step none;
	struct smmu_step *step = &v->step[v->steps < SMMU_STEPS_MAX - 1 ? v->steps++ : SMMU_STEPS_MAX - 1];

	*step = none;
	step->kind = (u8)kind;
	return step;
}

static void on_smmu(struct smmu_view *v, const struct ev_smmu *e)
{
	struct smmu_step *step;

	switch (e->what) {
	case SMMU_TRANSLATE:
		v->how = e->name;
		v->pa = e->pa;
		break;
	case SMMU_EVENT:
		v->has_event = true;
		memcpy(v->event, e->words, sizeof(v->event));
		break;
	case SMMU_STE:
	case SMMU_CD:
	case SMMU_L1STD:
	case SMMU_L1CD:
		step = new_step(v, SMMU_STEP_FETCH);
		step->what = e->what;
		step->at = e->iova;
		memcpy(step->word, e->words, 8u * e->word_count);
		break;
	default: break;
	}
}

static void on_event(void *ctx, const struct event *e)
{
	struct inspection *i = ctx;

	if (e->kind == EV_WALK)
		new_step(i->view, SMMU_STEP_WALK)->walk = *(const struct walk *)e->walk;
	else
		on_smmu(i->view, &e->smmu);
}

/* Hardware updates of descriptors are said to have been made, and are not. */
static bool no_update(void *ctx, pa_t at, u64 expect, u64 wish, u64 *seen)
{
	struct smmu *s = ctx;

	return bus_copy_out(s->bus, at, seen, 8);
}

/* ---- the copy ---- */

static bool copy_tlb(struct inspection *i, const struct tlb *from, bool with_entries)
{
	struct tlb *t = tlb_create();

	i->s.tlb = t;
	if (!t)
		return false;
	if (with_entries) {
		memcpy(t, from, sizeof(*t));
		t->dropped = NULL;
		t->trace = &i->tracer;
	} else {
		tlb_init(t, 1, 1, &i->tracer);
	}
	return true;
}

static void copy_state(struct inspection *i, const struct smmu *s, bool with_caches)
{
	i->s = *s;
	i->s.only_looks = true;
	i->s.trace = &i->tracer;
	smmu_set_memory(&i->s);
	i->s.memory.cas64 = no_update;
	memset(i->s.line, 0, sizeof(i->s.line));
	i->s.send_event = NULL;
	if (!with_caches)
		smmu_forget_streams(&i->s, 0, ~0ull);
	i->observer = (struct observer){ .mask = 1u << EV_SMMU | 1u << EV_WALK, .event = on_event, .ctx = i };
	trace_attach(&i->tracer, &i->observer);
}

/* ---- which configuration ruled ---- */

static const struct smmu_step *fetched(const struct smmu_view *v, enum ev_smmu_what what)
{
	for (unsigned n = 0; n < v->steps; n++)
		if (v->step[n].kind == SMMU_STEP_FETCH && v->step[n].what == what)
			return &v->step[n];
	return NULL;
}

static bool ends_in_walk(const struct smmu_view *v)
{
	return v->steps && v->step[v->steps - 1].kind == SMMU_STEP_WALK;
}

static void take_configuration(struct smmu_view *v, struct inspection *i, const struct smmu_path *p)
{
	if (p->ste) {
		v->has_ste = true;
		v->ste_cached = !fetched(v, SMMU_STE);
		v->why = p->ste->why;
		memcpy(v->ste, p->ste->word, sizeof(v->ste));
	}
	if (p->cd) {
		v->has_cd = true;
		v->cd_cached = !fetched(v, SMMU_CD);
		memcpy(v->cd, p->cd->word, sizeof(v->cd));
	} else if (fetched(v, SMMU_CD)) {
		v->has_cd = true;
		memcpy(v->cd, fetched(v, SMMU_CD)->word, sizeof(v->cd));
		v->why = smmu_cd_why(&i->s, v->ste, v->cd);
	}
	v->translates = p->regime != NULL;
	if (p->regime)
		v->regime = *p->regime;
}

struct smmu_view *smmu_inspect(const struct smmu *s, const struct smmu_probe *probe, bool with_caches)
{
	struct inspection *i = calloc(1, sizeof(*i));
	struct smmu_view *v = calloc(1, sizeof(*v));
	struct smmu_path p;
	u8 data[1] = { 0 };
	struct dma_request q = { .stream = probe->stream,
				 .ssid = probe->ssid,
				 .has_ssid = probe->has_ssid,
				 .address = probe->iova,
				 .size = sizeof(data),
				 .is_write = probe->is_write,
				 .privileged = probe->privileged,
				 .instruction = probe->instruction,
				 .data = data };

	if (i && v)
		copy_state(i, s, with_caches);
	if (i && v && copy_tlb(i, s->tlb, with_caches)) {
		i->view = v;
		v->r = s->r;
		v->result = (u8)smmu_access_by(&i->s, &q, &p);
		take_configuration(v, i, &p);
		v->from_tlb = v->translates && !ends_in_walk(v);
		tlb_destroy(i->s.tlb);
		free(i);
		return v;
	}
	free(i);
	free(v);
	return NULL;
}

bool smmu_look_at_entry(const struct smmu *s, u64 base, unsigned words, u32 index, u64 *at, u64 *to)
{
	struct smmu_queue q = { .base = base, .entry_log2 = (u8)(3 + __builtin_ctz(words)) };

	*at = smmu_queue_entry(s, &q, index);
	return bus_copy_out(s->bus, (pa_t){ *at, true }, to, 8ull * words);
}
