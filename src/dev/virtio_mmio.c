/* Empty virtio-mmio transports: three constants, everything else reads as zero and ignores writes. */
#include "dev/virtio_mmio.h"

static enum bus_result virtio_read(void *ctx, const struct bus_access *a, u64 *value)
{
	if (a->size > 4)
		return BUS_SLVERR;
	*value = 0;
	if (a->size != 4)
		return BUS_OK; /* 4.2.2.2: a driver must use aligned 32-bit accesses to these */
	switch (a->offset % VIRTIO_MMIO_STRIDE) {
	case 0x0: *value = 0x74726976; break; /* MagicValue: "virt" */
	case 0x4: *value = 1; break;	      /* Version: legacy */
	case 0xc: *value = 0x554d4551; break; /* VendorID: "QEMU", as drivers for this board know it */
	default: break;			      /* DeviceID 0: nothing attached */
	}
	return BUS_OK;
}

static enum bus_result virtio_write(void *ctx, const struct bus_access *a, u64 value)
{
	return a->size > 4 ? BUS_SLVERR : BUS_OK;
}

const struct bus_device_ops virtio_mmio_ops = { virtio_read, virtio_write };
