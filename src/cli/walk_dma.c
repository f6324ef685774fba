#include "cli/walk_dma.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

/* A number, or bus:device.function as lspci writes it. */
static bool parse_stream(const char *text, u32 *stream)
{
	unsigned bus, device, function;
	int used = 0;
	u64 n;

	if (parse_number(text, &n) && n <= 0xffffffff) {
		*stream = (u32)n;
		return true;
	}
	if (sscanf(text, "%2x:%2x.%1x%n", &bus, &device, &function, &used) != 3 || text[used] || device > 31 ||
	    function > 7)
		return false;
	*stream = bus << 8 | device << 3 | function;
	return true;
}

/* ADDRESS[,ssid=N] */
static bool parse_iova(const char *text, struct smmu_probe *q)
{
	size_t n = strcspn(text, ",");
	char address[32];
	u64 ssid;

	if (n >= sizeof(address))
		return false;
	memcpy(address, text, n);
	address[n] = 0;
	if (!parse_number(address, &q->iova))
		return false;
	if (!text[n])
		return true;
	if (strncmp(text + n, ",ssid=", 6) || !parse_number(text + n + 6, &ssid) || ssid >> 20)
		return false;
	q->has_ssid = true;
	q->ssid = (u32)ssid;
	return true;
}

bool walk_is_dma(const struct options *o)
{
	return o->stream || o->iova || (o->at && !strcmp(o->at, "dma-fault"));
}

bool walk_dma_check(const struct options *o, struct error *e)
{
	struct smmu_probe q;

	if (o->stream && !parse_stream(o->stream, &q.stream))
		return error_set(e, ERROR_USAGE,
				 "--stream takes a stream ID such as 0x10, or a PCI function such as 00:02.0, not '%s'",
				 o->stream);
	if (o->iova && !parse_iova(o->iova, &q))
		return error_set(e, ERROR_USAGE,
				 "--iova takes an address such as 0x40000000, or 0x40000000,ssid=1, not '%s'", o->iova);
	if (walk_is_dma(o) && (o->va || o->ipa))
		return error_set(e, ERROR_USAGE,
				 "--stream and --iova explain a device's access, --va and --ipa a core's: "
				 "give one of them");
	return true;
}

bool walk_dma_is_fault(const struct options *o, const struct event *ev)
{
	u32 stream;

	if (ev->kind != EV_SMMU || ev->smmu.what != SMMU_EVENT)
		return false;
	return !o->stream || (parse_stream(o->stream, &stream) && stream == ev->smmu.stream);
}

static bool choose_probe(const struct options *o, const struct event *ev, struct smmu_probe *q, struct error *e)
{
	const u64 *record = ev && ev->kind == EV_SMMU && ev->smmu.what == SMMU_EVENT ? ev->smmu.words : NULL;

	*q = (struct smmu_probe){ 0 };
	if (record)
		*q = (struct smmu_probe){ .stream = ev->smmu.stream,
					  .iova = ev->smmu.iova,
					  .has_ssid = bit(record[0], 11),
					  .ssid = (u32)bits(record[0], 31, 12),
					  .is_write = ev->smmu.is_write,
					  .privileged = bit(record[1], 33),
					  .instruction = bit(record[1], 34) };
	if (!record && (!o->stream || !o->iova))
		return error_set(e, ERROR_USAGE,
				 "a device's access needs both --stream and --iova, unless it stops at dma-fault");
	if (o->stream)
		parse_stream(o->stream, &q->stream);
	if (o->iova) {
		q->has_ssid = false;
		parse_iova(o->iova, q);
	}
	if (o->write || o->fetch) {
		q->is_write = o->write;
		q->instruction = o->fetch;
	}
	q->privileged |= o->privileged;
	return true;
}

bool walk_dma_open(struct walk_dma *d, struct machine *m, const struct options *o, const struct event *ev,
		   struct error *e)
{
	*d = (struct walk_dma){ 0 };
	if (!choose_probe(o, ev, &d->probe, e))
		return false;
	d->name = hyp_stream_name(m, d->probe.stream);
	d->is = hyp_inspect_dma(m, &d->probe, true);
	d->would = hyp_inspect_dma(m, &d->probe, false);
	if (d->is && d->would)
		return true;
	walk_dma_close(d);
	return error_set(e, ERROR_USAGE, "the machine has no SMMU: add --iommu smmuv3");
}

void walk_dma_close(struct walk_dma *d)
{
	free(d->is);
	free(d->would);
	*d = (struct walk_dma){ 0 };
}
