/*
 * How a device masters the bus: through whatever translates its addresses, or straight to memory. A device that can do
 * more than wait for an answer (stalls, an address translation cache of its own) is a dma_client to whoever owns the
 * port.
 */
#ifndef BUS_DMA_H
#define BUS_DMA_H

#include "base/types.h"

enum dma_result {
	DMA_OK,
	DMA_ABORT, /* terminated: the device sees an error */
	DMA_STALL, /* an SMMU keeps the transaction: the client's `resumed` is called when software has decided */
};

struct dma_request {
	u32 stream;
	u64 address;
	u32 size; /* bytes, 1..4096; within one 4 KiB page */
	bool is_write;
	bool privileged, instruction;
	bool has_ssid;	 /* a substream (PCIe: PASID) comes with it */
	bool translated; /* the address is what a translation request was answered: PCIe's AT field */
	u32 ssid;
	u8 *data;
};

struct dma_port {
	void *ctx;
	enum dma_result (*access)(void *ctx, const struct dma_request *q);
};

/* ---- PCIe address translation services (ATS) and page requests (PRI) ---- */

struct dma_translation_request {
	u32 stream, ssid;
	u64 address;
	bool has_ssid;
	bool no_write;		  /* no intention to write */
	bool privileged, execute; /* need a substream */
};

enum dma_ats_status { DMA_ATS_SUCCESS, DMA_ATS_UNSUPPORTED, DMA_ATS_ABORT };

/* The completion of a successful translation request; without read and write, there is no access. */
struct dma_translation {
	u64 address;
	u8 log2; /* bytes that it translates */
	bool read, write, execute, privileged;
};

struct dma_page_request {
	u32 stream, ssid;
	u64 address;
	bool has_ssid, privileged, execute, read, write;
	bool last; /* of its group; with a substream and no right asked for: a Stop Marker */
	u16 group; /* Page Request Group Index, 9 bits */
};

enum dma_page_response { DMA_PAGE_SUCCESS = 0, DMA_PAGE_INVALID = 1, DMA_PAGE_FAILURE = 15 };

/* What a device that keeps translations of its own asks whoever owns its port. */
struct dma_ats_port {
	void *ctx;
	enum dma_ats_status (*translate)(void *ctx, const struct dma_translation_request *q,
					 struct dma_translation *answer);
	void (*request_page)(void *ctx, const struct dma_page_request *q);
};

/* A port straight to memory (ctx: struct bus), Non-secure. What is not memory aborts, as no device masters another; but
 * a write of 2 or 4 bytes, 4-byte aligned, reaches a region that is BUS_MSI, with the request's stream. */
enum dma_result bus_dma_access(void *ctx, const struct dma_request *q);

enum dma_resume {
	DMA_RETRY,	/* make the access again */
	DMA_TERMINATED, /* it ended with an abort */
	DMA_IGNORED,	/* it ended as if it had succeeded: zeroes were read, nothing was written */
};

struct dma_invalidation {
	u32 ssid;
	bool has_ssid, global;
	u64 address, last; /* both inclusive */
};

/* What the port's owner calls a device for. All may be NULL. */
struct dma_client {
	void *ctx;
	void (*resumed)(void *ctx, enum dma_resume how); /* without it nothing stalls */
	/* The device forgets translations that it keeps; false: its completion never came. */
	bool (*invalidate)(void *ctx, const struct dma_invalidation *what);
	void (*page_response)(void *ctx, u16 group, enum dma_page_response code);
};

#endif
