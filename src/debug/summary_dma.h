/* What each device did behind the SMMU: part of a summary. */
#ifndef DEBUG_SUMMARY_DMA_H
#define DEBUG_SUMMARY_DMA_H

#include <stdio.h>

#include "hypscope.h"

enum { DMA_READ = 1, DMA_WRITTEN = 2 };

/* A page that was reached: open addressing, a power of two of slots; access 0: the slot is free. */
struct dma_page {
	u64 iova, pa; /* page numbers */
	unsigned access;
};
struct dma_stream {
	u32 stream;
	char name[32];
	u64 reads, writes, read_bytes, written_bytes, events;
	u64 pages, slots;
	struct dma_page *page;
};
struct dma_summary {
	struct dma_stream *stream;
	unsigned streams, room;
	bool incomplete; /* memory ran out */
};

void dma_summary_event(struct dma_summary *d, const struct ev_smmu *e);
/* Name the devices, and put the pages in order; no event comes any more. */
void dma_summary_end(struct dma_summary *d, const struct machine *m);
void dma_summary_free(struct dma_summary *d);
/* Lines, none when no device did anything; a JSON array. */
void dma_summary_text(FILE *out, const struct dma_summary *d);
void dma_summary_json(FILE *out, const struct dma_summary *d);

#endif
