/* The pieces of an explained DMA translation, for text, JSON and page. */
#ifndef DEBUG_EXPLAIN_DMA_INTERNAL_H
#define DEBUG_EXPLAIN_DMA_INTERNAL_H

#include "debug/explain_dma.h"

/* What is shown: what is cached and as memory says now where memory has it; a TLB entry that says the same as the
 * tables is no news. */
struct dma_view {
	bool stale;
	const struct smmu_view *ladder, *end;
};
struct dma_view dma_choose(const struct smmu_view *is, const struct smmu_view *would);

/* Lines. */
void dma_heading(FILE *out, const char *name, const struct smmu_probe *q);
void dma_smmu_line(FILE *out, const struct smmu_view *v);
void dma_fetch_line(FILE *out, const struct smmu_step *s, unsigned n);
void dma_regime_line(FILE *out, const struct smmu_view *v);
void dma_result_lines(FILE *out, const struct smmu_probe *q, const struct smmu_view *v);
void dma_stale_lines(FILE *out, const struct smmu_view *is, const struct smmu_view *would);
/* A configuration from the cache has no fetch: its fields are shown all the same. */
void dma_cached_structures(FILE *out, const struct smmu_view *is);

/* Words. */
const char *dma_structure_name(const struct smmu_step *s);
void dma_reason_words(FILE *out, const struct smmu_view *v);
const char *dma_silence(const struct smmu_view *v);
const char *dma_ending(const struct smmu_view *v);
/* The walk of the transaction itself, or NULL. */
const struct walk *dma_last_walk(const struct smmu_view *v);

#endif
