/*
 * A small DMA engine for teaching: it copies LEN bytes from SRC to DST through the SMMU, as stream 0x100.
 *
 *	0x00 ID		RO "DMA1"
 *	0x04 CTRL	bit 0 start (W), bit 1 interrupt enable
 *	0x08 STATUS	bit 0 busy, bit 1 done (W1C), bit 2 error (W1C), [15:8] error code: 1 read, 2 write
 *	0x10 SRC (64)	0x18 DST (64)	0x20 LEN (32, at most 1 MiB)
 *	0x28 FAULT_ADDR (64, RO)	0x30 STREAM (RO)
 */
#ifndef DEV_DMA_H
#define DEV_DMA_H

#include "bus/bus.h"
#include "bus/dma.h"
#include "bus/line.h"

#define DMA_STREAM 0x100u

struct dma_engine {
	/* state */
	u32 ctrl, status, len;
	u64 src, dst, fault_addr;
	u32 done;	  /* bytes copied so far */
	bool waits_write; /* stalled in the write of a chunk, not in its read */
	/* wiring */
	struct dma_port port;
	struct line line;
	/* Tells the port's owner who is to be resumed; may be NULL (no stalls). */
	void (*announce)(void *ctx, const struct dma_client *client);
	void *announce_ctx;
};

void dma_reset(struct dma_engine *d);
extern const struct bus_device_ops dma_bus_ops; /* ctx: struct dma_engine */

#endif
