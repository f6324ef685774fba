/* Admin commands (5): which there are, and those that make and delete I/O queues. */
#include "base/bits.h"
#include "dev/nvme.h"

static unsigned vectors(const struct nvme *n)
{
	return n->vectors ? n->vectors(n->ctx) : NVME_QUEUES;
}

/* What the commands that create queues have in common (5.3, 5.4): base, size, identifier. */
static u16 check_queue(const struct nvme *n, const struct nvme_request *r, bool exists, unsigned entry_field,
		       unsigned entry_log2)
{
	u32 q = bits(r->dw[10], 15, 0), size = bits(r->dw[10], 31, 16);

	if (!q || q > n->io_queues || exists)
		return NVME_INVALID_QUEUE_ID | NVME_DNR;
	if (!size || size >= NVME_ENTRIES_MAX || bits(n->s.cc, entry_field + 3, entry_field) != entry_log2)
		return NVME_INVALID_QUEUE_SIZE | NVME_DNR;
	if (!bit(r->dw[11], 0)) /* CAP.CQR: contiguous queues only */
		return NVME_INVALID_FIELD | NVME_DNR;
	if (nvme_qword(r, 6) % nvme_page(n))
		return NVME_PRP_OFFSET_INVALID | NVME_DNR;
	return NVME_OK;
}

static u16 create_cq(struct nvme *n, struct nvme_request *r)
{
	u32 q = bits(r->dw[10], 15, 0), vector = bits(r->dw[11], 31, 16);
	u16 status = check_queue(n, r, q < NVME_QUEUES && n->s.cq[q].size, CC_IOCQES, 4);

	if (status)
		return status;
	if (vector >= vectors(n))
		return NVME_INVALID_VECTOR | NVME_DNR;
	n->s.cq[q] = (struct nvme_cq){ .base = nvme_qword(r, 6),
				       .size = (u16)(bits(r->dw[10], 31, 16) + 1),
				       .vector = (u16)vector,
				       .phase = 1,
				       .interrupts = bit(r->dw[11], 1) };
	return NVME_OK;
}

static u16 create_sq(struct nvme *n, struct nvme_request *r)
{
	u32 q = bits(r->dw[10], 15, 0), cq = bits(r->dw[11], 31, 16);
	u16 status = check_queue(n, r, q < NVME_QUEUES && n->s.sq[q].size, CC_IOSQES, 6);

	if (status)
		return status;
	if (!cq || cq > n->io_queues)
		return NVME_INVALID_QUEUE_ID | NVME_DNR;
	if (!n->s.cq[cq].size)
		return NVME_CQ_INVALID | NVME_DNR;
	n->s.sq[q] =
		(struct nvme_sq){ .base = nvme_qword(r, 6), .size = (u16)(bits(r->dw[10], 31, 16) + 1), .cq = (u16)cq };
	return NVME_OK;
}

static u16 delete_sq(struct nvme *n, struct nvme_request *r)
{
	u32 q = bits(r->dw[10], 15, 0);

	if (!q || q >= NVME_QUEUES || !n->s.sq[q].size)
		return NVME_INVALID_QUEUE_ID | NVME_DNR;
	n->s.sq[q] = (struct nvme_sq){ 0 };
	return NVME_OK;
}

static u16 delete_cq(struct nvme *n, struct nvme_request *r)
{
	u32 q = bits(r->dw[10], 15, 0);

	if (!q || q >= NVME_QUEUES || !n->s.cq[q].size)
		return NVME_INVALID_QUEUE_ID | NVME_DNR;
	for (unsigned i = 1; i < NVME_QUEUES; i++)
		if (n->s.sq[i].size && n->s.sq[i].cq == q)
			return NVME_INVALID_QUEUE_DELETION | NVME_DNR;
	n->s.cq[q] = (struct nvme_cq){ 0 };
	return NVME_OK;
}

const struct nvme_command_entry nvme_admin_commands[] = {
	{ NVME_DELETE_SQ, false, "Delete I/O Submission Queue", delete_sq },
	{ NVME_CREATE_SQ, false, "Create I/O Submission Queue", create_sq },
	{ NVME_GET_LOG_PAGE, false, "Get Log Page", nvme_get_log_page },
	{ NVME_DELETE_CQ, false, "Delete I/O Completion Queue", delete_cq },
	{ NVME_CREATE_CQ, false, "Create I/O Completion Queue", create_cq },
	{ NVME_IDENTIFY, false, "Identify", nvme_identify },
	{ NVME_ABORT, false, "Abort", nvme_abort },
	{ NVME_SET_FEATURES, false, "Set Features", nvme_set_features },
	{ NVME_GET_FEATURES, false, "Get Features", nvme_get_features },
	{ NVME_ASYNC_EVENT_REQUEST, false, "Asynchronous Event Request", nvme_async_event_request },
};
const unsigned nvme_admin_count = ARRAY_SIZE(nvme_admin_commands);
