/* How a device masters the bus: through whatever translates its addresses, or straight to memory. */
#ifndef BUS_DMA_H
#define BUS_DMA_H

#include "base/types.h"

enum dma_result {
	DMA_OK,
	DMA_ABORT, /* terminated: the device sees an error */
	DMA_STALL, /* an SMMU keeps the transaction: `resumed` is called when software has decided */
};

struct dma_request {
	u32 stream;
	u64 address;
	u32 size; /* bytes, 1..4096; within one 4 KiB page */
	bool is_write;
	bool privileged, instruction;
	u8 *data;
};

struct dma_port {
	void *ctx;
	enum dma_result (*access)(void *ctx, const struct dma_request *q);
};

/* A port straight to memory (ctx: struct bus), Non-secure. What is not memory aborts, as no device masters another; but
 * a write of 2 or 4 bytes, 4-byte aligned, reaches a region that is BUS_MSI, with the request's stream. */
enum dma_result bus_dma_access(void *ctx, const struct dma_request *q);

/* A device that can wait for a stalled transaction gives the port's owner this. */
struct dma_client {
	void *ctx;
	void (*resumed)(void *ctx, bool retry); /* retry: make the access again; else it was terminated */
};

#endif
