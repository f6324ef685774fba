/*
 * The board's 32 virtio-mmio transports (virtio 1.2, 4.2), each with a device or empty. They speak the legacy interface
 * (Version 1, as software for this board expects) or the modern one (Version 2), all alike. An empty one says "no
 * device here" (device ID 0), upon which a driver leaves it alone.
 */
#ifndef DEV_VIRTIO_MMIO_H
#define DEV_VIRTIO_MMIO_H

#include "bus/bus.h"
#include "bus/line.h"
#include "dev/virtio.h"

#define VIRTIO_MMIO_STRIDE 0x200
#define VIRTIO_MMIO_COUNT 32

struct virtio_mmio_slot {
	struct virtio_device *device; /* NULL: empty */
	struct line irq;
	struct virtio_mmio_state {
		u32 device_features_sel, driver_features_sel, queue_sel;
		u32 page_size; /* legacy; 0: not set yet */
		u32 align[VIRTIO_QUEUES_MAX], pfn[VIRTIO_QUEUES_MAX];
	} s;
};

struct virtio_mmio {
	bool modern;
	unsigned used; /* slots with a device: the last ones */
	struct virtio_mmio_slot slot[VIRTIO_MMIO_COUNT];
};

/* Plug a device into the last slot that is empty, as QEMU does; the caller has wired its port. False: all are taken. */
bool virtio_mmio_attach(struct virtio_mmio *v, struct virtio_device *d);
/* Every device and its transport as at power-on. */
void virtio_mmio_reset(struct virtio_mmio *v);

extern const struct bus_device_ops virtio_mmio_ops; /* ctx: struct virtio_mmio; one region for all */

#endif
