/* One DMA translation as parts of an HTML page. */
#include <stdlib.h>

#include "debug/explain_dma_internal.h"
#include "debug/page.h"

/* A text that some function writes, as it comes. */
struct text {
	FILE *out;
	char *text;
	size_t size;
};

static bool text_open(struct text *t)
{
	t->text = NULL;
	t->out = open_memstream(&t->text, &t->size);
	return t->out;
}

static void text_page(struct text *t, FILE *out)
{
	fclose(t->out);
	page_explained(out, t->text, false);
	free(t->text);
}

static void head_page(FILE *out, const char *name, const struct smmu_probe *probe, const struct smmu_view *is,
		      bool stale)
{
	struct text t;

	if (!text_open(&t))
		return;
	dma_heading(t.out, name, probe);
	dma_smmu_line(t.out, is);
	if (stale)
		dma_cached_structures(t.out, is);
	text_page(&t, out);
}

static void ladder_page(FILE *out, const struct smmu_view *v)
{
	struct text t;
	unsigned n = 1;

	for (unsigned i = 0; i < v->steps && text_open(&t); i++) {
		const struct smmu_step *s = &v->step[i];

		if (s->kind == SMMU_STEP_FETCH)
			dma_fetch_line(t.out, s, n++);
		else if (i + 1 == v->steps)
			dma_regime_line(t.out, v);
		text_page(&t, out);
		if (s->kind == SMMU_STEP_WALK)
			n = page_ladder(out, &s->walk, v->translates ? &v->regime : NULL, n);
	}
}

void explain_dma_page(FILE *out, const char *name, const struct smmu_probe *probe, const struct smmu_view *is,
		      const struct smmu_view *would)
{
	struct dma_view v = dma_choose(is, would);
	const struct walk *w = dma_last_walk(v.end);
	struct text t;

	head_page(out, name, probe, is, v.stale);
	ladder_page(out, v.ladder);
	fprintf(out, "<h2>%s</h2>\n", v.end->how ? "the result" : "the fault");
	if (text_open(&t)) {
		dma_result_lines(t.out, probe, v.end);
		text_page(&t, out);
	}
	if (v.end->how && w)
		page_parts(out, w, &v.end->regime);
	if (text_open(&t)) {
		dma_stale_lines(t.out, is, would);
		text_page(&t, out);
	}
}
