#include "bus/dma.h"

#include "bus/bus.h"

enum dma_result bus_dma_access(void *ctx, const struct dma_request *q)
{
	struct bus *b = ctx;
	pa_t at = { q->address, true };
	bool ok = q->is_write ? bus_copy_in(b, at, q->data, q->size) : bus_copy_out(b, at, q->data, q->size);

	return ok ? DMA_OK : DMA_ABORT;
}
