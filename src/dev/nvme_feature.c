/* Features (5.21): none is saveable, as the values of a controller reset are always the defaults. */
#include "base/bits.h"
#include "dev/nvme.h"

enum { CHANGES = 1, OF_NAMESPACE = 2 };
enum select { SELECT_CURRENT, SELECT_DEFAULT, SELECT_SAVED, SELECT_CAPABILITIES };

struct feature {
	u8 id, is;
	u32 value; /* by default */
	u32 mask;  /* of the bits that can be set */
};

static const struct feature features[] = {
	{ NVME_F_ARBITRATION, CHANGES, 7, 0xffffff07 },
	{ NVME_F_POWER, CHANGES, 0, 0xff },
	{ NVME_F_TEMPERATURE, CHANGES, NVME_KELVIN_WARM, 0xffff },
	{ NVME_F_ERROR_RECOVERY, CHANGES | OF_NAMESPACE, 0, 0xffff },
	{ NVME_F_WRITE_CACHE, CHANGES, 1, 1 },
	{ NVME_F_QUEUES, CHANGES, 0, 0 }, /* the controller decides */
	{ NVME_F_COALESCING, CHANGES, 0, 0xffff },
	{ NVME_F_VECTOR, CHANGES, 0, 0 }, /* kept by vector */
	{ NVME_F_WRITE_ATOMICITY, CHANGES, 0, 1 },
	{ NVME_F_ASYNC_EVENTS, CHANGES, 0, 0x11f },
};

static const struct feature *find(u32 id)
{
	for (unsigned i = 0; i < ARRAY_SIZE(features); i++)
		if (features[i].id == id)
			return &features[i];
	return NULL;
}

void nvme_reset_features(struct nvme *n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(features); i++)
		n->s.feature[features[i].id] = features[i].value;
}

/* ---- temperature (5.21.1.4) ---- */

bool nvme_is_too_warm(const struct nvme *n)
{
	return NVME_KELVIN >= n->s.feature[NVME_F_TEMPERATURE] || NVME_KELVIN <= n->s.cold;
}

/* There is the composite temperature only, whose number is 0; 15 means every sensor, when set. */
static bool has_sensor(u32 dw11, bool sets)
{
	u32 sensor = (u32)bits(dw11, 19, 16);

	return bits(dw11, 21, 20) < 2 && (!sensor || (sets && sensor == 15));
}

static u16 set_temperature(struct nvme *n, u32 dw11)
{
	bool was = nvme_is_too_warm(n);

	if (!has_sensor(dw11, true))
		return NVME_INVALID_FIELD | NVME_DNR;
	if (bits(dw11, 21, 20))
		n->s.cold = dw11 & 0xffff;
	else
		n->s.feature[NVME_F_TEMPERATURE] = dw11 & 0xffff;
	if (!was && nvme_is_too_warm(n) && bit(n->s.feature[NVME_F_ASYNC_EVENTS], 1))
		nvme_raise(n, NVME_E_HEALTH, NVME_E_TEMPERATURE);
	return NVME_OK;
}

/* ---- interrupt vectors (5.21.1.9) ---- */

static u16 set_vector(struct nvme *n, u32 dw11)
{
	u32 v = dw11 & 0xffff;

	if (v >= NVME_QUEUES)
		return NVME_INVALID_FIELD | NVME_DNR;
	n->s.uncoalesced[v / 32] = (u32)deposit(n->s.uncoalesced[v / 32], v % 32, 1, bit(dw11, 16));
	return NVME_OK;
}

static u16 get_vector(const struct nvme *n, u32 dw11, bool current, u32 *value)
{
	u32 v = dw11 & 0xffff;

	if (v >= NVME_QUEUES)
		return NVME_INVALID_FIELD | NVME_DNR;
	*value = v | (u32)(current && bit(n->s.uncoalesced[v / 32], v % 32)) << 16;
	return NVME_OK;
}

/* ---- queues (5.21.1.7) ---- */

static u32 queues(const struct nvme *n)
{
	return (n->io_queues - 1) | (n->io_queues - 1) << 16;
}

static u16 set_queues(const struct nvme *n, u32 dw11, u32 *result)
{
	if (bits(dw11, 15, 0) == 0xffff || bits(dw11, 31, 16) == 0xffff)
		return NVME_INVALID_FIELD | NVME_DNR;
	for (unsigned i = 1; i < NVME_QUEUES; i++)
		if (n->s.sq[i].size || n->s.cq[i].size)
			return NVME_SEQUENCE_ERROR | NVME_DNR;
	*result = queues(n);
	return NVME_OK;
}

/* ---- commands ---- */

static u16 check_namespace(const struct feature *f, u32 nsid, bool sets)
{
	if (!(f->is & OF_NAMESPACE))
		return nsid && nsid != NVME_ALL_NAMESPACES && sets ? NVME_NOT_NAMESPACE_SPECIFIC | NVME_DNR : NVME_OK;
	return nsid == 1 || (sets && nsid == NVME_ALL_NAMESPACES) ? NVME_OK : NVME_INVALID_NAMESPACE | NVME_DNR;
}

static u16 set_value(struct nvme *n, const struct feature *f, u32 v)
{
	if ((f->id == NVME_F_POWER && bits(v, 4, 0)) || (f->id == NVME_F_ERROR_RECOVERY && bit(v, 16)))
		return NVME_INVALID_FIELD | NVME_DNR; /* one power state; no errors for deallocated blocks */
	/* 5.21.1.6: what the cache holds is not lost when it goes off. */
	if (f->id == NVME_F_WRITE_CACHE && !(v & 1) && !disk_flush(n->disk)) {
		n->s.health.media_errors++;
		return NVME_WRITE_FAULT;
	}
	n->s.feature[f->id] = v & f->mask;
	return NVME_OK;
}

u16 nvme_set_features(struct nvme *n, struct nvme_request *r)
{
	const struct feature *f = find((u32)bits(r->dw[10], 7, 0));
	u16 status;

	if (!f)
		return NVME_INVALID_FIELD | NVME_DNR;
	if (bit(r->dw[10], 31))
		return NVME_NOT_SAVEABLE | NVME_DNR;
	status = check_namespace(f, r->dw[1], true);
	if (status)
		return status;
	switch (f->id) {
	case NVME_F_TEMPERATURE: return set_temperature(n, r->dw[11]);
	case NVME_F_QUEUES: return set_queues(n, r->dw[11], &r->result);
	case NVME_F_VECTOR: return set_vector(n, r->dw[11]);
	default: return set_value(n, f, r->dw[11]);
	}
}

static u16 get_value(const struct nvme *n, const struct feature *f, u32 dw11, bool current, u32 *value)
{
	*value = current ? n->s.feature[f->id] : f->value;
	switch (f->id) {
	case NVME_F_TEMPERATURE:
		if (!has_sensor(dw11, false))
			return NVME_INVALID_FIELD | NVME_DNR;
		if (bits(dw11, 21, 20))
			*value = current ? n->s.cold : 0;
		return NVME_OK;
	case NVME_F_QUEUES: *value = queues(n); return NVME_OK;
	case NVME_F_VECTOR: return get_vector(n, dw11, current, value);
	default: return NVME_OK;
	}
}

u16 nvme_get_features(struct nvme *n, struct nvme_request *r)
{
	const struct feature *f = find((u32)bits(r->dw[10], 7, 0));
	u32 select = (u32)bits(r->dw[10], 10, 8);
	u16 status;

	if (!f || select > SELECT_CAPABILITIES)
		return NVME_INVALID_FIELD | NVME_DNR;
	if (select == SELECT_CAPABILITIES) {
		r->result = (f->is & OF_NAMESPACE ? 2 : 0) | (f->is & CHANGES ? 4 : 0);
		return NVME_OK;
	}
	status = check_namespace(f, r->dw[1], false);
	return status ? status : get_value(n, f, r->dw[11], select == SELECT_CURRENT, &r->result);
}
