/*
 * virtio entropy device (virtio 1.2, 5.4). Its numbers come from a generator with a seed, so that runs repeat: good for
 * starting systems, worthless as secrets.
 */
#ifndef DEV_VIRTIO_RNG_H
#define DEV_VIRTIO_RNG_H

#include "dev/virtio.h"

struct virtio_rng {
	struct virtio_device device;
	u64 state; /* of the generator; a reset does not start it again */
};

void virtio_rng_init(struct virtio_rng *r, u64 seed);

#endif
