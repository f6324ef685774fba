/* Transactions that wait for software's decision, and who is told of it (IHI 0070, 3.12.2, 4.7). */
#include "smmu/internal.h"

#include "base/error.h"

void smmu_attach(struct smmu *s, u32 stream, const struct dma_client *client)
{
	BUG_ON(s->client_count == SMMU_CLIENTS);
	s->client[s->client_count].stream = stream;
	s->client[s->client_count++].client = *client;
}

const struct dma_client *smmu_client(const struct smmu *s, u32 stream)
{
	for (unsigned i = 0; i < s->client_count; i++)
		if (s->client[i].stream == stream)
			return &s->client[i].client;
	return NULL;
}

int smmu_stall(struct smmu *s, u32 stream, bool told)
{
	const struct dma_client *client = smmu_client(s, stream);

	if (!client || !client->resumed)
		return -1;
	for (int i = 0; i < SMMU_STALLS; i++)
		if (!s->stall[i].used) {
			s->stall[i] = (struct smmu_stall){ .used = true, .told = told, .stream = stream };
			return i;
		}
	return -1;
}

/* The STAG is free before the client acts: its next transaction may want it. */
void smmu_end_stall(struct smmu *s, unsigned stag, enum dma_resume how)
{
	const struct dma_client *client = smmu_client(s, s->stall[stag].stream);

	s->stall[stag].used = false;
	if (client && client->resumed)
		client->resumed(client->ctx, how);
}

void smmu_end_stalls(struct smmu *s, u32 stream, bool all)
{
	for (unsigned i = 0; i < SMMU_STALLS; i++)
		if (s->stall[i].used && (all || s->stall[i].stream == stream))
			smmu_end_stall(s, i, DMA_TERMINATED);
}

/* 7.2.1: a stall that could not be recorded is tried again; it succeeds, or is recorded for what it meets then. */
void smmu_retry_untold(struct smmu *s)
{
	for (unsigned i = 0; i < SMMU_STALLS && smmu_events_writable(s); i++)
		if (s->stall[i].used && !s->stall[i].told)
			smmu_end_stall(s, i, DMA_RETRY);
}
