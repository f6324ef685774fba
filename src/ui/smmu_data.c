#include "smmu/inspect.h"
#include "ui/smmu_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "debug/explain_dma_internal.h"

struct smmu_probe smmu_query_probe(const struct smmu_query *q)
{
	return (struct smmu_probe){ .stream = q->stream,
				    .ssid = q->ssid,
				    .iova = q->iova,
				    .has_ssid = q->has_ssid,
				    .is_write = q->is_write,
				    .privileged = q->privileged,
				    .instruction = q->instruction };
}

void smmu_choose_device(struct smmu_data *d, const struct machine *m)
{
	const char *name;

	hyp_stream_device(m, 0, &d->probe.stream, &name);
}

void smmu_next_device(struct smmu_data *d, const struct machine *m, int by)
{
	unsigned n = 0, count = 0, own = 0;
	const char *name;
	u32 stream;

	for (; hyp_stream_device(m, count, &stream, &name); count++)
		if (stream == d->probe.stream)
			own = count;
	if (!count)
		return;
	n = (own + count + (unsigned)by) % count;
	hyp_stream_device(m, n, &d->probe.stream, &name);
	d->probe.has_ssid = false;
	d->probe.ssid = 0;
}

/* IHI 0070 7.3: the input address is there from F_UUT on for whatever met a table, or was forbidden. */
bool smmu_choose_event(struct smmu_data *d, const struct machine *m)
{
	struct hyp_smmu_entry e;
	struct hyp_smmu s;

	if (!hyp_smmu(m, &s) || !bits(s.eventq_prod, 19, 0) ||
	    !hyp_smmu_entry(m, HYP_EVENTQ, (u32)bits(s.eventq_prod, 19, 0) - 1, &e))
		return false;
	d->probe = (struct smmu_query){ .stream = (u32)(e.word[0] >> 32),
					.ssid = (u32)bits(e.word[0], 31, 12),
					.has_ssid = bit(e.word[0], 11),
					.iova = e.word[2],
					.is_write = !bit(e.word[1], 35),
					.privileged = bit(e.word[1], 33),
					.instruction = bit(e.word[1], 34) };
	return true;
}

static void take_walk(struct smmu_data *d, const struct smmu_view *v)
{
	const struct smmu_step *last = v->steps ? &v->step[v->steps - 1] : NULL;

	d->has_walk = v->translates && last && last->kind == SMMU_STEP_WALK;
	if (d->has_walk)
		walk_data_take(&d->walk, &last->walk, &v->regime, d->probe.privileged);
}

void smmu_data_update(struct smmu_data *d, struct machine *m)
{
	struct smmu_probe probe = smmu_query_probe(&d->probe);

	free(d->is);
	free(d->would);
	d->device = hyp_stream_name(m, d->probe.stream);
	d->is = hyp_inspect_dma(m, &probe, true);
	d->would = hyp_inspect_dma(m, &probe, false);
	d->has_walk = false;
	if (d->is && d->would)
		take_walk(d, dma_choose(d->is, d->would).ladder);
}

void smmu_data_free(struct smmu_data *d)
{
	free(d->is);
	free(d->would);
	*d = (struct smmu_data){ 0 };
}
