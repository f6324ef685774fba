/* One DMA translation explained: StreamID, STE, CD, stage 1, stage 2, PA; or the event, and the field that made it. */
#ifndef DEBUG_EXPLAIN_DMA_H
#define DEBUG_EXPLAIN_DMA_H

#include <stdio.h>

#include "smmu/inspect.h"

/* `is`: as the SMMU goes, by what it has cached; `would`: as memory says now. `name`: the device's, or NULL. */
void explain_dma(FILE *out, const char *name, const struct smmu_probe *probe, const struct smmu_view *is,
		 const struct smmu_view *would);
/* The same as members of the JSON object that is open, and as parts of an HTML page. */
struct json;
void explain_dma_json(struct json *j, const char *name, const struct smmu_probe *probe, const struct smmu_view *is,
		      const struct smmu_view *would);
void explain_dma_page(FILE *out, const char *name, const struct smmu_probe *probe, const struct smmu_view *is,
		      const struct smmu_view *would);

#endif
