/* `hypscope walk --stream`: one DMA translation instead of a core's. */
#ifndef CLI_WALK_DMA_H
#define CLI_WALK_DMA_H

#include <stdio.h>

#include "cli/options.h"
#include "hypscope.h"

/* The options ask for it. */
bool walk_is_dma(const struct options *o);
bool walk_dma_check(const struct options *o, struct error *e);
/* Explain the access of the options; what they leave out is that of the event (NULL: none), or an error. */
bool walk_dma_explain(struct machine *m, const struct options *o, const struct event *ev, FILE *out, struct error *e);
/* A record of the stream that the options name, or of any. */
bool walk_dma_is_fault(const struct options *o, const struct event *ev);

#endif
