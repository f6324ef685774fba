/* Asynchronous events (5.2), and Abort (5.1), which can only meet requests for them: all else is done at once. */
#include "base/bits.h"
#include "dev/nvme.h"

bool nvme_is_waiting(const struct nvme *n, u16 cid)
{
	for (unsigned i = 0; i < n->s.aers; i++)
		if (n->s.aer[i] == cid)
			return true;
	return false;
}

static u16 take(struct nvme *n, unsigned at)
{
	u16 cid = n->s.aer[at];

	n->s.aers--;
	for (unsigned i = at; i < n->s.aers; i++)
		n->s.aer[i] = n->s.aer[i + 1];
	n->s.aer[n->s.aers] = 0;
	return cid;
}

u16 nvme_async_event_request(struct nvme *n, struct nvme_request *r)
{
	if (n->s.aers == NVME_AERS)
		return NVME_TOO_MANY_AERS | NVME_DNR;
	n->s.aer[n->s.aers++] = nvme_cid(r);
	return NVME_NO_COMPLETION;
}

/* Of each type one is told, until the driver has read its log page. */
void nvme_raise(struct nvme *n, enum nvme_event type, u32 info)
{
	if (n->s.event_masked >> type & 1 || n->s.event_pending >> type & 1)
		return;
	n->s.event_pending |= 1u << type;
	n->s.event_info[type] = info;
}

void nvme_tell_events(struct nvme *n)
{
	static const u8 log[NVME_EVENTS] = { NVME_L_ERROR, NVME_L_HEALTH, NVME_L_CHANGED_NAMESPACES };

	for (unsigned type = 0; type < NVME_EVENTS && n->s.event_pending; type++) {
		if (!(n->s.event_pending >> type & 1) || !n->s.aers || !nvme_runs(n) || nvme_cq_full(&n->s.cq[0]))
			continue;
		n->s.event_pending &= ~(1u << type);
		n->s.event_masked |= 1u << type;
		nvme_complete(n, 0, take(n, 0), type | n->s.event_info[type] << 8 | (u32)log[type] << 16, NVME_OK);
	}
}

void nvme_clear_event(struct nvme *n, enum nvme_event type)
{
	n->s.event_pending &= ~(1u << type);
	n->s.event_masked &= ~(1u << type);
}

/* The request is completed if there is room for both completions, else it stays: bit 0 of the result says so. */
u16 nvme_abort(struct nvme *n, struct nvme_request *r)
{
	u16 sq = (u16)r->dw[10], cid = (u16)(r->dw[10] >> 16);
	const struct nvme_cq *cq = &n->s.cq[0];

	r->result = 1;
	if (sq || (cq->tail + 2) % cq->size == cq->head)
		return NVME_OK;
	for (unsigned i = 0; i < n->s.aers; i++)
		if (n->s.aer[i] == cid) {
			nvme_complete(n, 0, take(n, i), 0, NVME_ABORT_REQUESTED);
			r->result = 0;
			break;
		}
	return NVME_OK;
}
