/* `hypscope walk --stream`: one DMA translation instead of a core's. */
#ifndef CLI_WALK_DMA_H
#define CLI_WALK_DMA_H

#include <stdio.h>

#include "cli/options.h"
#include "debug/explain_dma.h"
#include "hypscope.h"

/* The options ask for it. */
bool walk_is_dma(const struct options *o);
bool walk_dma_check(const struct options *o, struct error *e);
/* The access of the options, and how the SMMU answers it; what they leave out is that of the event (NULL: none), or an
 * error. */
struct walk_dma {
	struct smmu_probe probe;
	const char *name;	      /* the device's, or NULL */
	struct smmu_view *is, *would; /* by what is cached; by memory */
};
bool walk_dma_open(struct walk_dma *d, struct machine *m, const struct options *o, const struct event *ev,
		   struct error *e);
void walk_dma_close(struct walk_dma *d);
/* A record of the stream that the options name, or of any. */
bool walk_dma_is_fault(const struct options *o, const struct event *ev);

#endif
