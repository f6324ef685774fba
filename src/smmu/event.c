/* Event records, when they are written and what is in them (IHI 0070, 7.2, 7.3, 7.4); and the trace of all that. */
#include "smmu/internal.h"

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

void smmu_trace_access(struct smmu *s, const struct dma_request *q, u64 pa, const char *how)
{
	struct event e = { .kind = EV_SMMU };

	if (!s->trace || !trace_wants(s->trace, EV_SMMU))
		return;
	e.smmu = (struct ev_smmu){ .what = SMMU_TRANSLATE,
				   .name = how,
				   .stream = q->stream,
				   .iova = q->address,
				   .pa = pa,
				   .size = q->size,
				   .is_write = q->is_write };
	trace_emit(s->trace, &e);
}

/* ---- the table of types ---- */

/* Which fields a type's record has (7.3.2 to 7.3.20). */
enum {
	HAS_SSV = 1,  /* SSV and SubstreamID */
	HAS_SSID = 2, /* SubstreamID alone */
	HAS_RNW = 4,
	HAS_ATTRS = 8, /* InD, PnU */
	HAS_INPUT = 16,
	HAS_FETCH = 32, /* FetchAddr[51:3] */
	HAS_FAULT = 64, /* STALL, STAG, S2, CLASS, IPA[51:12] */
	HAS_STAGE = 128 /* S2, CLASS */
};
#define FAULT_RECORD (HAS_SSV | HAS_RNW | HAS_ATTRS | HAS_INPUT | HAS_FAULT | HAS_STAGE)

static const struct type {
	const char *name;
	u8 has;
} types[] = {
	[F_UUT] = { "F_UUT", HAS_SSV | HAS_RNW | HAS_ATTRS | HAS_INPUT },
	[C_BAD_STREAMID] = { "C_BAD_STREAMID", HAS_SSV },
	[F_STE_FETCH] = { "F_STE_FETCH", HAS_SSV | HAS_FETCH },
	[C_BAD_STE] = { "C_BAD_STE", HAS_SSV },
	[F_BAD_ATS_TREQ] = { "F_BAD_ATS_TREQ", HAS_SSV | HAS_INPUT },
	[F_STREAM_DISABLED] = { "F_STREAM_DISABLED", HAS_SSV },
	[F_TRANSL_FORBIDDEN] = { "F_TRANSL_FORBIDDEN", HAS_SSV | HAS_RNW | HAS_INPUT },
	[C_BAD_SUBSTREAMID] = { "C_BAD_SUBSTREAMID", HAS_SSID },
	[F_CD_FETCH] = { "F_CD_FETCH", HAS_SSV | HAS_FETCH },
	[C_BAD_CD] = { "C_BAD_CD", HAS_SSV },
	[F_WALK_EABT] = { "F_WALK_EABT", HAS_SSV | HAS_RNW | HAS_ATTRS | HAS_INPUT | HAS_FETCH | HAS_STAGE },
	[F_TRANSLATION] = { "F_TRANSLATION", FAULT_RECORD },
	[F_ADDR_SIZE] = { "F_ADDR_SIZE", FAULT_RECORD },
	[F_ACCESS] = { "F_ACCESS", FAULT_RECORD },
	[F_PERMISSION] = { "F_PERMISSION", FAULT_RECORD },
};

const char *smmu_event_name(unsigned type)
{
	return type < ARRAY_SIZE(types) && types[type].name ? types[type].name : "reserved";
}

/* ---- a record ---- */

static u64 identity(const struct smmu_event *e, unsigned has)
{
	bool ssv = e->has_ssid && has & HAS_SSV;
	u64 w = e->type | (u64)e->stream << 32;

	return w | (u64)ssv << 11 | (ssv || has & HAS_SSID ? (e->ssid & ones(20)) << 12 : 0);
}

static u64 details(const struct smmu_event *e, unsigned has)
{
	u64 w = 0;

	if (has & HAS_RNW)
		w |= (u64)e->is_read << 35;
	if (has & HAS_ATTRS)
		w |= (u64)e->privileged << 33 | (u64)(e->instruction && e->is_read) << 34;
	if (has & HAS_STAGE)
		w |= (u64)e->s2 << 39 | (u64)e->klass << 40;
	if (has & HAS_FAULT)
		w |= (e->stall ? 1ull << 31 | e->stag : 0);
	if (e->type == F_PERMISSION && e->klass == CLASS_TT)
		w |= (u64)e->tt_read << 44; /* TTRnW */
	return w;
}

/* F_BAD_ATS_TREQ: what was asked for (R, W, X, PRIV), in the places that E_PAGE_REQUEST has its rights in; Span 1. */
static void ats_details(const struct smmu_event *e, u64 *words)
{
	words[1] =
		1ull << 44 | 1ull << 35 | (u64)!e->is_read << 34 | (u64)e->instruction << 33 | (u64)e->privileged << 32;
	words[2] = e->address & ~0xfffull;
}

static void fill_record(const struct smmu_event *e, u64 *words)
{
	unsigned has = types[e->type].has;

	words[0] = identity(e, has);
	words[1] = details(e, has);
	words[2] = has & HAS_INPUT ? e->address : 0;
	words[3] = has & HAS_FETCH		? e->fetch & ones(52) & ~7ull
		   : (has & HAS_FAULT) && e->s2 ? e->fetch & ones(52) & ~0xfffull
						: 0;
	if (e->type == F_BAD_ATS_TREQ)
		ats_details(e, words);
}

/* ---- the queue ---- */

static struct smmu_queue event_queue(struct smmu *s)
{
	return (struct smmu_queue){ s->r.eventq_base, &s->r.eventq_prod, &s->r.eventq_cons, 5 };
}

static bool is_enabled(const struct smmu *s)
{
	return (s->r.cr0 & CR0_EVENTQEN) && !smmu_gerror_is_active(s, GERROR_EVENTQ_ABT);
}

bool smmu_events_writable(struct smmu *s)
{
	struct smmu_queue q = event_queue(s);

	return is_enabled(s) && !smmu_queue_is_full(&q);
}

void smmu_record_event(struct smmu *s, const struct smmu_event *e)
{
	struct smmu_queue q = event_queue(s);
	bool was_empty = smmu_queue_is_empty(&q);
	u64 words[4];

	fill_record(e, words);
	smmu_trace(s, SMMU_EVENT, smmu_event_name(e->type), e->stream, e->address, 0, !e->is_read, words, 4);
	if (!is_enabled(s) || s->only_looks)
		return;
	if (smmu_queue_is_full(&q)) {
		smmu_queue_set_overflow(&q);
		return;
	}
	if (!smmu_queue_put(s, &q, words)) {
		smmu_raise_gerror(s, GERROR_EVENTQ_ABT);
		return;
	}
	smmu_update_lines(s);
	if (was_empty)
		smmu_interrupt(s, IRQ_EVENTQ);
}
