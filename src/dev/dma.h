/*
 * A small DMA engine for teaching: it copies LEN bytes from SRC to DST through the SMMU, as stream 0x100.
 *
 *	0x00 ID		RO "DMA1"
 *	0x04 CTRL	bit 0 start (W), bit 1 interrupt enable, bit 2 ATS: ask for translations, and keep them,
 *			bit 3 PRI: ask for pages that are not there
 *	0x08 STATUS	bit 0 busy, bit 1 done (W1C), bit 2 error (W1C), [15:8] error code: 1 read, 2 write,
 *			3 translation refused, 4 page refused
 *	0x10 SRC (64)	0x18 DST (64)	0x20 LEN (32, at most 1 MiB)
 *	0x28 FAULT_ADDR (64, RO)	0x30 STREAM (RO)
 *	0x34 PASID	[19:0], bit 31 valid: accesses have this substream
 */
#ifndef DEV_DMA_H
#define DEV_DMA_H

#include "bus/bus.h"
#include "bus/dma.h"
#include "bus/line.h"

#define DMA_STREAM 0x100u
#define DMA_ATC 4 /* translations that it keeps */

/* A page that was asked for. */
enum dma_page { DMA_PAGE_NONE, DMA_PAGE_ASKING, DMA_PAGE_WAITING, DMA_PAGE_GRANTED, DMA_PAGE_REFUSED };

struct dma_atc_entry {
	bool valid, read, write;
	u8 log2;
	u32 pasid;
	u64 in, out;
};

struct dma_engine {
	/* state */
	u32 ctrl, status, len, pasid;
	u64 src, dst, fault_addr;
	u32 done;	  /* bytes copied so far */
	bool waits_write; /* stalled in the write of a chunk, not in its read */
	bool zeroes;	  /* the read of this chunk ended as if it had succeeded: zeroes */
	u8 page;	  /* enum dma_page */
	u8 next;	  /* place in the ATC that is filled next */
	struct dma_atc_entry atc[DMA_ATC];
	/* wiring */
	struct dma_port port;
	struct dma_ats_port ats; /* empty: CTRL's ATS finds nobody */
	struct line line;
};

void dma_reset(struct dma_engine *d);
/* What the port's owner may call the engine for. */
struct dma_client dma_client(struct dma_engine *d);
extern const struct bus_device_ops dma_bus_ops; /* ctx: struct dma_engine */

#endif
