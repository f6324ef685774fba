/* The queues in memory: rings of 2^n entries, indexes with one more bit that tells full from empty (IHI 0070, 3.5). */
#include "smmu/internal.h"

#define OVERFLOW_FLAG (1u << 31) /* OVFLG in PROD, OVACKFLG in CONS */

unsigned smmu_queue_log2(u64 base)
{
	unsigned n = (unsigned)bits(base, 4, 0);

	return n > SMMU_QUEUE_LOG2_MAX ? SMMU_QUEUE_LOG2_MAX : n;
}

static u32 difference(const struct smmu_queue *q)
{
	return (*q->prod ^ *q->cons) & (u32)ones(smmu_queue_log2(q->base) + 1);
}

bool smmu_queue_is_empty(const struct smmu_queue *q)
{
	return !difference(q);
}

bool smmu_queue_is_full(const struct smmu_queue *q)
{
	return difference(q) == 1u << smmu_queue_log2(q->base);
}

/* The ring is aligned to its size, to 32 bytes at least; what is beyond OAS is cut off (3.4.3). */
u64 smmu_queue_entry(const struct smmu *s, const struct smmu_queue *q, u32 index)
{
	unsigned log2 = smmu_queue_log2(q->base), size = log2 + q->entry_log2;
	u64 base = q->base & ones(s->pa_bits) & ~ones(size > 5 ? size : 5);

	return base + ((u64)(index & ones(log2)) << q->entry_log2);
}

bool smmu_queue_overflowed(const struct smmu_queue *q)
{
	return (*q->prod ^ *q->cons) & OVERFLOW_FLAG;
}

void smmu_queue_set_overflow(struct smmu_queue *q)
{
	if (!smmu_queue_overflowed(q))
		*q->prod ^= OVERFLOW_FLAG;
}

bool smmu_queue_put(struct smmu *s, struct smmu_queue *q, const u64 *words)
{
	u32 mask = (u32)ones(smmu_queue_log2(q->base) + 1);

	if (!bus_copy_in(s->bus, (pa_t){ smmu_queue_entry(s, q, *q->prod), true }, words, 1ull << q->entry_log2))
		return false;
	*q->prod = (*q->prod & OVERFLOW_FLAG) | ((*q->prod + 1) & mask);
	return true;
}
