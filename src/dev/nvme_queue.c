/* Queues (4.1): fetching commands, executing them, posting completions, interrupting. */
#include <string.h>

#include "base/bits.h"
#include "dev/nvme.h"

bool nvme_runs(const struct nvme *n)
{
	return (n->s.csts & (CSTS_RDY | CSTS_CFS | CSTS_SHST)) == CSTS_RDY;
}

void nvme_complain(struct nvme *n, const char *why, u64 detail)
{
	struct event e = { .kind = EV_GUEST_ERROR, .text = { why, detail } };

	if (n->trace && trace_wants(n->trace, EV_GUEST_ERROR))
		trace_emit(n->trace, &e);
}

void nvme_fail(struct nvme *n, const char *why, u64 detail)
{
	nvme_complain(n, why, detail);
	n->s.csts |= CSTS_CFS;
}

void nvme_log_error(struct nvme *n, const struct nvme_error *e)
{
	struct nvme_state *s = &n->s;

	memmove(&s->error[1], &s->error[0], sizeof(s->error) - sizeof(s->error[0]));
	s->error[0] = *e;
	s->error[0].count = ++s->health.errors;
}

/* ---- completions ---- */

bool nvme_cq_full(const struct nvme_cq *cq)
{
	return (cq->tail + 1) % cq->size == cq->head;
}

static bool wants_pin(const struct nvme *n)
{
	for (unsigned i = 0; i < NVME_QUEUES; i++) {
		const struct nvme_cq *cq = &n->s.cq[i];

		if (cq->size && cq->interrupts && cq->head != cq->tail &&
		    !(cq->vector < 32 && n->s.intm >> cq->vector & 1))
			return true;
	}
	return false;
}

/* One message for all entries that came at once (7.5: what is pending once need not be sent twice). */
void nvme_signal(struct nvme *n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(n->signals); i++)
		for (; n->signals[i]; n->signals[i] &= n->signals[i] - 1) {
			unsigned q = 64 * i + (unsigned)__builtin_ctzll(n->signals[i]);

			if (n->message && n->s.cq[q].interrupts)
				n->message(n->ctx, n->s.cq[q].vector);
		}
	if (n->s.level == wants_pin(n))
		return;
	n->s.level ^= 1;
	if (n->pin)
		n->pin(n->ctx, n->s.level);
}

/* 4.6: there is room, which whoever calls has seen to. */
void nvme_complete(struct nvme *n, unsigned sq, u16 cid, u32 result, u16 status)
{
	unsigned q = n->s.sq[sq].cq;
	struct nvme_cq *cq = &n->s.cq[q];
	u32 entry[4] = { result, 0, n->s.sq[sq].head | (u32)sq << 16,
			 cid | cq->phase << 16 | (u32)(status & 0x7fff) << 17 };

	if (!nvme_dma(n, cq->base + 16ull * cq->tail, entry, sizeof(entry), true)) {
		nvme_fail(n, "nvme: a completion queue entry cannot be written", cq->base + 16ull * cq->tail);
		return;
	}
	cq->tail = (u16)((cq->tail + 1) % cq->size);
	cq->phase ^= cq->tail == 0;
	n->signals[q / 64] |= 1ull << q % 64;
}

/* ---- commands ---- */

static const struct nvme_command_entry *find(const struct nvme_request *r)
{
	const struct nvme_command_entry *table = r->sq ? nvme_io_commands : nvme_admin_commands;
	unsigned count = r->sq ? nvme_io_count : nvme_admin_count;

	for (unsigned i = 0; i < count; i++)
		if (table[i].opcode == nvme_opcode(r))
			return &table[i];
	return NULL;
}

static u16 execute(struct nvme *n, struct nvme_request *r)
{
	const struct nvme_command_entry *command = find(r);

	if (!r->sq && nvme_is_waiting(n, nvme_cid(r)))
		return NVME_ID_CONFLICT | NVME_DNR;
	if (!command)
		return NVME_INVALID_OPCODE | NVME_DNR;
	if (bits(r->dw[0], 9, 8) || bits(r->dw[0], 15, 14)) /* fused, SGLs: not offered */
		return NVME_INVALID_FIELD | NVME_DNR;
	return command->serve(n, r);
}

static void trace(const struct nvme *n, const struct nvme_request *r, u16 status)
{
	const struct nvme_command_entry *command = find(r);

	trace_pci(n->trace, &(struct ev_pci){ .what = PCI_COMPLETION,
					      .function = (u16)n->stream,
					      .name = command ? command->name : NULL,
					      .offset = r->sq,
					      .value = status & 0x7ff,
					      .old = r->count,
					      .detail = r->lba });
}

static void finish(struct nvme *n, const struct nvme_request *r, u16 status)
{
	if (status == NVME_NO_COMPLETION)
		return;
	if (n->trace && trace_wants(n->trace, EV_PCI))
		trace(n, r, status);
	if (status) {
		nvme_log_error(n, &(struct nvme_error){ .sq = r->sq,
							.cid = nvme_cid(r),
							.status = (u16)((status | NVME_MORE) << 1),
							.nsid = r->dw[1],
							.lba = r->lba });
		status |= NVME_MORE;
	}
	nvme_complete(n, r->sq, nvme_cid(r), r->result, status);
}

static void serve_one(struct nvme *n, unsigned q)
{
	struct nvme_sq *sq = &n->s.sq[q];
	struct nvme_request r = { .sq = (u16)q };

	if (!nvme_dma(n, sq->base + 64ull * sq->head, r.dw, sizeof(r.dw), false)) {
		nvme_fail(n, "nvme: a submission queue entry cannot be read", sq->base + 64ull * sq->head);
		return;
	}
	sq->head = (u16)((sq->head + 1) % sq->size);
	finish(n, &r, execute(n, &r));
}

void nvme_serve(struct nvme *n, unsigned q)
{
	struct nvme_sq *sq = &n->s.sq[q];

	while (sq->size && sq->head != sq->tail && nvme_runs(n) && !nvme_cq_full(&n->s.cq[sq->cq]))
		serve_one(n, q);
	nvme_tell_events(n);
}

void nvme_resume(struct nvme *n, unsigned q)
{
	nvme_tell_events(n);
	for (unsigned i = 0; i < NVME_QUEUES; i++)
		if (n->s.sq[i].size && n->s.sq[i].cq == q)
			nvme_serve(n, i);
}
