/* The event queue, global errors, interrupt lines, and the trace of all that (IHI 0070, chapters 3.5, 7). */
#include "smmu/smmu.h"

#include "base/bits.h"

enum { GERROR_CMDQ_ERR = 1, IRQ_GERROR = 1, IRQ_EVENTQ = 4, CR0_EVENTQEN = 4, GERROR_EVENTQ_ABT = 4 };
#define OVERFLOWED (1u << 31)

void smmu_trace(struct smmu *s, unsigned what, const char *name, u32 stream, u64 iova, u64 pa, bool is_write,
		const u64 *words, unsigned count)
{
	struct event e = { .kind = EV_SMMU };

	if (!s->trace || !trace_wants(s->trace, EV_SMMU))
		return;
	e.smmu = (struct ev_smmu){ .what = (u8)what,
				   .name = name,
				   .stream = stream,
				   .iova = iova,
				   .pa = pa,
				   .is_write = is_write,
				   .words = words,
				   .word_count = (u8)count };
	trace_emit(s->trace, &e);
}

static unsigned log2size(const struct smmu *s)
{
	unsigned n = (unsigned)bits(s->r.eventq_base, 4, 0);

	return n > 19 ? 19 : n;
}

static bool is_empty(const struct smmu *s)
{
	u32 mask = (u32)ones(log2size(s) + 1);

	return ((s->r.eventq_prod ^ s->r.eventq_cons) & mask) == 0;
}

static bool is_full(const struct smmu *s)
{
	u32 mask = (u32)ones(log2size(s) + 1);

	return ((s->r.eventq_prod ^ s->r.eventq_cons) & mask) == 1u << log2size(s);
}

/* The event-queue line is a level while records wait and the interrupt is enabled; so is GERROR's while one is active.
 */
void smmu_update_lines(struct smmu *s)
{
	line_set(&s->line[SMMU_LINE_EVENT], (s->r.irq_ctrl & IRQ_EVENTQ) && !is_empty(s));
	line_set(&s->line[SMMU_LINE_GERROR], (s->r.irq_ctrl & IRQ_GERROR) && s->r.gerror != s->r.gerrorn);
}

void smmu_raise_gerror(struct smmu *s, u32 mask)
{
	/* Active while GERROR and GERRORN differ: raising an active error changes nothing. */
	s->r.gerror ^= mask & ~(s->r.gerror ^ s->r.gerrorn);
	smmu_update_lines(s);
}

static const char *event_name(unsigned type)
{
	switch (type) {
	case F_UUT: return "F_UUT";
	case C_BAD_STREAMID: return "C_BAD_STREAMID";
	case F_STE_FETCH: return "F_STE_FETCH";
	case C_BAD_STE: return "C_BAD_STE";
	case F_STREAM_DISABLED: return "F_STREAM_DISABLED";
	case C_BAD_SUBSTREAMID: return "C_BAD_SUBSTREAMID";
	case F_CD_FETCH: return "F_CD_FETCH";
	case C_BAD_CD: return "C_BAD_CD";
	case F_WALK_EABT: return "F_WALK_EABT";
	case F_TRANSLATION: return "F_TRANSLATION";
	case F_ADDR_SIZE: return "F_ADDR_SIZE";
	case F_ACCESS: return "F_ACCESS";
	case F_PERMISSION: return "F_PERMISSION";
	default: return "F_TLB_CONFLICT";
	}
}

static void write_record(struct smmu *s, const u64 *words)
{
	u64 base = s->r.eventq_base & ones(52) & ~ones(log2size(s) + 5 > 5 ? log2size(s) + 5 : 5);
	u64 at = base + 32 * (s->r.eventq_prod & ones(log2size(s)));

	for (unsigned i = 0; i < 4; i++)
		if (bus_dma_write(s->bus, (pa_t){ at + 8 * i, true }, 8, 0, words[i]) != BUS_OK) {
			smmu_raise_gerror(s, GERROR_EVENTQ_ABT);
			return;
		}
	s->r.eventq_prod = (s->r.eventq_prod & OVERFLOWED) | ((s->r.eventq_prod + 1) & (u32)ones(log2size(s) + 1));
}

void smmu_record_event(struct smmu *s, const struct smmu_event *e)
{
	u64 words[4] = { e->type | (u64)e->stream << 32, 0, e->address, e->fetch };
	bool is_translation = e->type >= F_TRANSLATION || e->type == F_WALK_EABT;

	if (is_translation)
		words[1] = e->stag | (u64)e->stall << 31 | (u64)!e->privileged << 33 | (u64)e->instruction << 34 |
			   (u64)e->is_read << 35 | (u64)e->s2 << 39 | (u64)(e->klass & 3) << 40;
	else if (e->type != F_UUT)
		words[2] = 0;
	smmu_trace(s, SMMU_EVENT, event_name(e->type), e->stream, e->address, 0, !e->is_read, words, 4);
	if (!(s->r.cr0 & CR0_EVENTQEN))
		return;
	if (is_full(s)) {
		/* The record is lost: OVFLG differs from OVACKFLG until software acknowledges. */
		if (!((s->r.eventq_prod ^ s->r.eventq_cons) & OVERFLOWED))
			s->r.eventq_prod ^= OVERFLOWED;
		return;
	}
	write_record(s, words);
	smmu_update_lines(s);
}
