#include "dev/virtio_rng.h"

#define BYTES_MAX 65536u /* of one buffer: a driver asks again for more */

/* SplitMix64: a counter, well mixed. */
static u64 next(struct virtio_rng *r)
{
	u64 v = r->state += 0x9e3779b97f4a7c15ull;

	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9ull;
	v = (v ^ v >> 27) * 0x94d049bb133111ebull;
	return v ^ v >> 31;
}

static void serve(struct virtio_device *d, unsigned n, const struct virtq_chain *c)
{
	struct virtio_rng *r = d->own;
	u64 size = c->in < BYTES_MAX ? c->in : BYTES_MAX, data[512];

	for (u64 done = 0, part; done < size; done += part) {
		part = size - done < sizeof(data) ? size - done : sizeof(data);
		for (unsigned i = 0; i < (part + 7) / 8; i++)
			data[i] = next(r);
		if (!virtq_write(d, c, done, data, part))
			return;
	}
	virtq_give(d, n, c, (u32)size);
}

static void notify(struct virtio_device *d, unsigned n)
{
	virtq_serve(d, n, serve);
}

static const struct virtio_class class = { .name = "virtio-rng", .id = 4, .queues = 1, .notify = notify };

void virtio_rng_init(struct virtio_rng *r, u64 seed)
{
	r->state = seed;
	virtio_init(&r->device, &class, r, 0);
}
