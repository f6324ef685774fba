/*
 * The board's 32 virtio-mmio transports, all empty: they say "virtio, legacy, no device here" (device ID 0), upon which
 * a driver leaves them alone (virtio 1.2, 4.2.2).
 */
#ifndef DEV_VIRTIO_MMIO_H
#define DEV_VIRTIO_MMIO_H

#include "bus/bus.h"

#define VIRTIO_MMIO_STRIDE 0x200
#define VIRTIO_MMIO_COUNT 32

/* One region for all transports; needs no context. */
extern const struct bus_device_ops virtio_mmio_ops;

#endif
