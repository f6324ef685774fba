#include "bus/dma.h"

#include <string.h>

#include "base/bits.h"
#include "bus/bus.h"

static enum dma_result write_message(struct bus *b, pa_t at, const struct dma_request *q)
{
	const struct bus_region *r = bus_find(b, at);
	u32 value = 0;

	if (!r || r->kind != BUS_MSI || (q->size != 2 && q->size != 4) || !is_aligned(at.v, 4))
		return DMA_ABORT;
	memcpy(&value, q->data, q->size);
	return bus_dma_write(b, at, q->size, q->stream, value) == BUS_OK ? DMA_OK : DMA_ABORT;
}

enum dma_result bus_dma_access(void *ctx, const struct dma_request *q)
{
	struct bus *b = ctx;
	pa_t at = { q->address, true };

	if (!q->is_write)
		return bus_copy_out(b, at, q->data, q->size) ? DMA_OK : DMA_ABORT;
	return bus_copy_in(b, at, q->data, q->size) ? DMA_OK : write_message(b, at, q);
}
