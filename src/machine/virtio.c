/*
 * The virtio devices and their places: each takes the last virtio-mmio slot that is left, in this order: disks as they
 * are given, network, entropy, console. A disk may also be behind an NVMe controller.
 */
#include <stdio.h>

#include "machine/machine.h"
#include "machine/map.h"

static void attach(struct machine *m, struct virtio_device *d)
{
	d->port = (struct dma_port){ &m->bus, bus_dma_access };
	d->trace = &m->trace;
	virtio_mmio_attach(&m->virtio, d); /* there are more slots than there can be devices */
}

/* A controller of its own for each. */
static bool add_nvme(struct machine *m, const struct hyp_disk *disk, unsigned n, struct error *e)
{
	struct nvme_pci *p = &m->nvme[m->nvmes];

	p->nvme = (struct nvme){ .disk = &m->disk[n],
				 .io_queues = disk->queues ? disk->queues : NVME_QUEUES - 1,
				 .mdts = disk->mdts ? disk->mdts : NVME_MDTS_MAX,
				 .number = m->nvmes,
				 .trace = &m->trace };
	if (disk->serial)
		snprintf(p->nvme.serial, sizeof(p->nvme.serial), "%s", disk->serial);
	else
		snprintf(p->nvme.serial, sizeof(p->nvme.serial), "hypscope-%u", n);
	nvme_pci_init(p);
	if (!pci_plug(&m->pcie, &p->function, NULL, PCI_ANY_SLOT))
		return error_set(e, ERROR_USAGE, "%s: there is no PCIe slot left for it; leave a device out",
				 disk->file);
	m->nvmes++;
	return true;
}

static bool add_disk(struct machine *m, const struct hyp_disk *disk, struct error *e)
{
	unsigned n = m->disks;

	if (n == HYP_DISKS)
		return error_set(e, ERROR_USAGE, "%s: there may be %u disks; leave some out", disk->file, HYP_DISKS);
	if (!disk_open(&m->disk[n], disk->file, disk->ro, disk->snapshot, e))
		return false;
	m->disks++;
	if (disk->nvme)
		return add_nvme(m, disk, n, e);
	virtio_blk_init(&m->blk[n], &m->disk[n], n);
	attach(m, &m->blk[n].device);
	return true;
}

static void add_net(struct machine *m, const struct hyp_config *config)
{
	static const u8 mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 }; /* as QEMU's first */

	virtio_net_init(&m->net, mac);
	m->net.out = config->net_out;
	m->net.out_ctx = config->host_ctx;
	attach(m, &m->net.device);
}

static void on_console_out(void *ctx, u8 byte)
{
	struct machine *m = ctx;

	if (m->console_out)
		m->console_out(m->host_ctx, HYP_VIRTIO_CONSOLE, byte);
}

static void add_console(struct machine *m)
{
	virtio_console_init(&m->console);
	m->console.out = on_console_out;
	m->console.out_ctx = m;
	attach(m, &m->console.device);
}

bool wire_virtio(struct machine *m, const struct hyp_config *config, struct error *e)
{
	m->virtio.modern = config->virtio_modern;
	for (unsigned i = 0; i < VIRTIO_MMIO_COUNT; i++)
		m->virtio.slot[i].irq = gic_spi(&m->gic, SPI(MAP_VIRTIO_SPI + i));
	for (unsigned i = 0; i < config->disks; i++)
		if (!add_disk(m, &config->disk[i], e))
			return false;
	if (config->net)
		add_net(m, config);
	if (config->rng) {
		virtio_rng_init(&m->rng, config->rng_seed);
		attach(m, &m->rng.device);
	}
	if (config->virtio_console)
		add_console(m);
	return true;
}

void unplug_virtio(struct machine *m)
{
	for (unsigned i = 0; i < m->disks; i++)
		disk_close(&m->disk[i]);
}

bool hyp_net_in(struct machine *m, const u8 *frame, size_t size)
{
	return virtio_queue_runs(&m->net.device, 0) && virtio_net_receive(&m->net, frame, size);
}
