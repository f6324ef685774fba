/* The virtio devices and their places: each takes the last virtio-mmio slot that is left, in the order disks. */
#include "machine/machine.h"
#include "machine/map.h"

static bool attach(struct machine *m, struct virtio_device *d)
{
	d->port = (struct dma_port){ &m->bus, bus_dma_access };
	d->trace = &m->trace;
	return virtio_mmio_attach(&m->virtio, d);
}

static bool add_disk(struct machine *m, const struct hyp_disk *disk, struct error *e)
{
	unsigned n = m->disks;

	if (n == HYP_DISKS)
		return error_set(e, ERROR_USAGE, "%s: there may be %u disks; leave some out", disk->file, HYP_DISKS);
	if (!disk_open(&m->disk[n], disk->file, disk->ro, disk->snapshot, e))
		return false;
	m->disks++;
	virtio_blk_init(&m->blk[n], &m->disk[n], n);
	return attach(m, &m->blk[n].device);
}

bool wire_virtio(struct machine *m, const struct hyp_config *config, struct error *e)
{
	m->virtio.modern = config->virtio_modern;
	for (unsigned i = 0; i < VIRTIO_MMIO_COUNT; i++)
		m->virtio.slot[i].irq = gic_spi(&m->gic, SPI(MAP_VIRTIO_SPI + i));
	for (unsigned i = 0; i < config->disks; i++)
		if (!add_disk(m, &config->disk[i], e))
			return false;
	return true;
}

void unplug_virtio(struct machine *m)
{
	for (unsigned i = 0; i < m->disks; i++)
		disk_close(&m->disk[i]);
}
