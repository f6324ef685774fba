/* Registers (3.1): capabilities, enabling, reset, shutdown, doorbells. */
#include "dev/nvme.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"

/* Queues must be contiguous, 7.5 seconds until ready at most, the NVM command set, pages of 4 to 64 KiB. */
#define CAPABILITIES ((u64)(NVME_ENTRIES_MAX - 1) | 1ull << 16 | 15ull << 24 | 1ull << 37 | 4ull << 52)
#define MPS_MAX 4u
#define CC_WRITABLE 0x00fffff1u
/* Settled when the controller is enabled, which is when they may change. */
#define CC_SETTLED 0x00003ff0u
#define AQA_WRITABLE 0x0fff0fffu

/* ---- reset, enabling, shutdown ---- */

/* 7.3.2: everything but what the driver says of the admin queues, and what the device keeps for good. */
static void reset_controller(struct nvme *n)
{
	struct nvme_state old = n->s;

	memset(&n->s, 0, sizeof(n->s));
	n->s.aqa = old.aqa;
	n->s.asq = old.asq;
	n->s.acq = old.acq;
	n->s.cc = old.cc;
	n->s.health = old.health;
	memcpy(n->s.error, old.error, sizeof(old.error));
	nvme_reset_features(n);
	if (n->pin && old.level)
		n->pin(n->ctx, false);
}

/* A loss of power that no shutdown came before counts as unsafe (5.14.1.2). */
void nvme_reset(struct nvme *n)
{
	struct nvme_health *h = &n->s.health;

	h->unsafe_shutdowns += (n->s.csts & (CSTS_RDY | CSTS_SHST)) == CSTS_RDY;
	h->power_cycles++;
	n->s.aqa = n->s.cc = 0;
	n->s.asq = n->s.acq = 0;
	reset_controller(n);
}

void nvme_init(struct nvme *n)
{
	BUG_ON(!n->disk || !n->io_queues || n->io_queues >= NVME_QUEUES || !n->mdts || n->mdts > NVME_MDTS_MAX);
	memset(&n->s, 0, sizeof(n->s));
	memset(n->signals, 0, sizeof(n->signals));
	nvme_reset(n);
}

/* What 3.1.5 and 3.1.8 to 3.1.10 ask of the driver. */
static const char *find_obstacle(const struct nvme_state *s)
{
	u32 cc = s->cc;
	u64 page = 4096ull << (cc >> CC_MPS & 15);

	if (bits(cc, CC_CSS + 2, CC_CSS))
		return "nvme: enabled with another command set than NVM";
	if (bits(cc, CC_MPS + 3, CC_MPS) > MPS_MAX)
		return "nvme: enabled with a page size that is not offered";
	if (bits(cc, CC_AMS + 2, CC_AMS))
		return "nvme: enabled with an arbitration that is not offered";
	if (!bits(s->aqa, 11, 0) || !bits(s->aqa, 27, 16))
		return "nvme: enabled with an admin queue of one entry";
	if (s->asq % page || s->acq % page)
		return "nvme: enabled with an admin queue that is not page aligned";
	return NULL;
}

static void enable(struct nvme *n)
{
	struct nvme_state *s = &n->s;
	const char *obstacle = find_obstacle(s);

	if (obstacle) {
		nvme_fail(n, obstacle, s->cc);
		return;
	}
	s->sq[0] = (struct nvme_sq){ .base = s->asq, .size = (u16)(bits(s->aqa, 11, 0) + 1) };
	s->cq[0] = (struct nvme_cq){
		.base = s->acq, .size = (u16)(bits(s->aqa, 27, 16) + 1), .phase = 1, .interrupts = 1
	};
	s->csts |= CSTS_RDY;
}

/* 7.6.2: what was written is on the medium, or the driver hears of it by the one way that is left. */
static void shut_down(struct nvme *n)
{
	if (!disk_flush(n->disk))
		nvme_fail(n, "nvme: the disk cannot be flushed at shutdown", 0);
	n->s.csts |= CSTS_SHST_COMPLETE;
}

static void write_cc(struct nvme *n, u32 v)
{
	u32 old = n->s.cc;
	bool was_enabled = bit(old, CC_EN), is_enabled = bit(v, CC_EN);

	v &= CC_WRITABLE;
	if (was_enabled && is_enabled)
		v = (v & ~CC_SETTLED) | (old & CC_SETTLED);
	n->s.cc = v;
	if (was_enabled && !is_enabled)
		reset_controller(n);
	else if (!was_enabled && is_enabled)
		enable(n);
	if (bits(v, CC_SHN + 1, CC_SHN) && !(n->s.csts & CSTS_SHST))
		shut_down(n);
}

/* ---- doorbells (3.1.20, 3.1.21) ---- */

static void bad_doorbell(struct nvme *n, u32 info, u64 index)
{
	nvme_complain(n,
		      info == NVME_E_NO_DOORBELL ? "nvme: a doorbell of no queue was written"
						 : "nvme: a doorbell was written with a value that cannot be",
		      index);
	nvme_log_error(n, &(struct nvme_error){ .sq = 0xffff, .cid = 0xffff });
	nvme_raise(n, NVME_E_ERROR, info);
	nvme_tell_events(n);
}

/* How far it is from one place of a ring to another. */
static unsigned distance(unsigned from, unsigned to, unsigned size)
{
	return to >= from ? to - from : to + size - from;
}

static void ring_tail(struct nvme *n, unsigned q, u32 v)
{
	struct nvme_sq *sq = q < NVME_QUEUES ? &n->s.sq[q] : NULL;

	if (!sq || !sq->size)
		bad_doorbell(n, NVME_E_NO_DOORBELL, 2ull * q);
	else if (v >= sq->size || distance(sq->head, sq->tail, sq->size) + distance(sq->tail, v, sq->size) >= sq->size)
		bad_doorbell(n, NVME_E_DOORBELL_VALUE, 2ull * q);
	else {
		sq->tail = (u16)v;
		nvme_serve(n, q);
	}
}

static void ring_head(struct nvme *n, unsigned q, u32 v)
{
	struct nvme_cq *cq = q < NVME_QUEUES ? &n->s.cq[q] : NULL;
	bool was_full;

	if (!cq || !cq->size)
		bad_doorbell(n, NVME_E_NO_DOORBELL, 2ull * q + 1);
	else if (v >= cq->size || distance(cq->head, v, cq->size) > distance(cq->head, cq->tail, cq->size))
		bad_doorbell(n, NVME_E_DOORBELL_VALUE, 2ull * q + 1);
	else {
		was_full = nvme_cq_full(cq);
		cq->head = (u16)v;
		if (was_full)
			nvme_resume(n, q);
	}
}

static void ring(struct nvme *n, u64 index, u32 v)
{
	v &= 0xffff;
	if (!nvme_runs(n))
		return;
	if (index & 1)
		ring_head(n, (unsigned)(index / 2), v);
	else
		ring_tail(n, (unsigned)(index / 2), v);
	nvme_signal(n);
}

/* ---- the window ---- */

static void set_mask(struct nvme *n, u32 v)
{
	n->s.intm = v;
	nvme_signal(n);
}

static void write_word(struct nvme *n, u64 reg, u32 v)
{
	struct nvme_state *s = &n->s;

	if (reg >= NVME_DOORBELLS) {
		ring(n, (reg - NVME_DOORBELLS) / 4, v);
		return;
	}
	switch (reg) {
	case NVME_INTMS: set_mask(n, s->intm | v); break;
	case NVME_INTMC: set_mask(n, s->intm & ~v); break;
	case NVME_CC: write_cc(n, v); break;
	case NVME_AQA: s->aqa = v & AQA_WRITABLE; break;
	case NVME_ASQ: s->asq = deposit(s->asq, 0, 32, v & ~0xfffu); break;
	case NVME_ASQ + 4: s->asq = deposit(s->asq, 32, 32, v); break;
	case NVME_ACQ: s->acq = deposit(s->acq, 0, 32, v & ~0xfffu); break;
	case NVME_ACQ + 4: s->acq = deposit(s->acq, 32, 32, v); break;
	default: nvme_complain(n, "nvme: a register that cannot be written was", reg);
	}
}

void nvme_write(struct nvme *n, u64 offset, unsigned size, u64 value)
{
	if (size < 4) { /* 3.1: registers are accessed by 32 bits, or 64 */
		nvme_complain(n, "nvme: a register was written by less than 32 bits", offset);
		return;
	}
	write_word(n, offset, (u32)value);
	if (size == 8)
		write_word(n, offset + 4, (u32)(value >> 32));
}

static u32 read_word(const struct nvme *n, u64 reg)
{
	const struct nvme_state *s = &n->s;

	switch (reg) {
	case NVME_CAP: return (u32)CAPABILITIES;
	case NVME_CAP + 4: return (u32)(CAPABILITIES >> 32);
	case NVME_VS: return NVME_VERSION;
	case NVME_INTMS:
	case NVME_INTMC: return s->intm;
	case NVME_CC: return s->cc;
	case NVME_CSTS: return s->csts;
	case NVME_AQA: return s->aqa;
	case NVME_ASQ: return (u32)s->asq;
	case NVME_ASQ + 4: return (u32)(s->asq >> 32);
	case NVME_ACQ: return (u32)s->acq;
	case NVME_ACQ + 4: return (u32)(s->acq >> 32);
	default: return 0; /* doorbells, too: what they read is for vendors to choose */
	}
}

u64 nvme_read(const struct nvme *n, u64 offset, unsigned size)
{
	u64 at = align_down(offset, 4), v = read_word(n, at);

	if (size == 8)
		v |= (u64)read_word(n, at + 4) << 32;
	return v >> 8 * (offset - at) & ones(8 * size);
}
