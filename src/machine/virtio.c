/*
 * The virtio devices. Those that are not to be on PCI Express take the last virtio-mmio slot that is left, in this
 * order: disks as they are given, network, entropy, console.
 */
#include <string.h>

#include "machine/history.h"
#include "machine/inputs.h"
#include "machine/map.h"

/* disk: which, of that kind. */
static bool is_on_pcie(const struct hyp_config *config, enum hyp_pci_kind kind, unsigned disk)
{
	for (unsigned i = 0; i < config->pcis; i++)
		if (config->pci[i].kind == kind && config->pci[i].disk == disk)
			return true;
	return false;
}

static void attach(struct machine *m, struct virtio_device *d, bool on_pcie)
{
	d->trace = &m->trace;
	if (on_pcie)
		return;
	d->port = (struct dma_port){ &m->bus, bus_dma_access };
	virtio_mmio_attach(&m->virtio, d); /* there are more slots than there can be devices */
}

static void set_serial(struct virtio_blk *b, const char *serial)
{
	memset(b->id, 0, sizeof(b->id));
	memcpy(b->id, serial, strnlen(serial, sizeof(b->id)));
}

static bool add_disk(struct machine *m, const struct hyp_config *config, const struct hyp_disk *disk, struct error *e)
{
	unsigned n = m->disks, most = VIRTIO_QUEUES_MAX;

	if (n == HYP_DISKS)
		return error_set(e, ERROR_USAGE, "%s: there may be %u disks; leave some out", disk->file, HYP_DISKS);
	if (!disk_open(&m->disk[n], disk->file, disk->ro, disk->snapshot, e))
		return false;
	m->disks++;
	if (is_on_pcie(config, HYP_PCI_NVME, n))
		return true;
	virtio_blk_init(&m->blk[n], &m->disk[n], n);
	if (disk->serial)
		set_serial(&m->blk[n], disk->serial);
	if (is_on_pcie(config, HYP_PCI_BLK, n))
		virtio_blk_set_queues(&m->blk[n], disk->queues ? disk->queues : m->smp < most ? m->smp : most);
	attach(m, &m->blk[n].device, is_on_pcie(config, HYP_PCI_BLK, n));
	return true;
}

static void on_net_out(void *ctx, const u8 *frame, size_t size)
{
	struct machine *m = ctx;

	if (m->net_out && !history_repeats(m))
		m->net_out(m->host_ctx, frame, size);
}

static void add_net(struct machine *m, const struct hyp_config *config)
{
	static const u8 mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 }; /* as QEMU's first */

	virtio_net_init(&m->net, mac);
	m->net_out = config->net_out;
	m->net.out = on_net_out;
	m->net.out_ctx = m;
	attach(m, &m->net.device, is_on_pcie(config, HYP_PCI_NET, 0));
}

static void on_console_out(void *ctx, u8 byte)
{
	struct machine *m = ctx;

	if (m->console_out && !history_repeats(m))
		m->console_out(m->host_ctx, HYP_VIRTIO_CONSOLE, byte);
}

static void add_console(struct machine *m, const struct hyp_config *config)
{
	virtio_console_init(&m->console);
	m->console.out = on_console_out;
	m->console.out_ctx = m;
	attach(m, &m->console.device, is_on_pcie(config, HYP_PCI_CONSOLE, 0));
}

bool wire_virtio(struct machine *m, const struct hyp_config *config, struct error *e)
{
	m->virtio.modern = config->virtio_modern;
	for (unsigned i = 0; i < VIRTIO_MMIO_COUNT; i++)
		m->virtio.slot[i].irq = gic_spi(&m->gic, SPI(MAP_VIRTIO_SPI + i));
	for (unsigned i = 0; i < config->disks; i++)
		if (!add_disk(m, config, &config->disk[i], e))
			return false;
	if (config->net)
		add_net(m, config);
	if (config->rng) {
		virtio_rng_init(&m->rng, config->rng_seed);
		attach(m, &m->rng.device, is_on_pcie(config, HYP_PCI_RNG, 0));
	}
	if (config->virtio_console)
		add_console(m, config);
	return wire_pcie_devices(m, config, e);
}

void unplug_virtio(struct machine *m)
{
	for (unsigned i = 0; i < m->disks; i++)
		disk_close(&m->disk[i]);
}

bool machine_net_in(struct machine *m, const u8 *frame, size_t size)
{
	return virtio_queue_runs(&m->net.device, 0) && virtio_net_receive(&m->net, frame, size);
}

bool hyp_net_in(struct machine *m, const u8 *frame, size_t size)
{
	if (size > INPUT_SIZE_MAX || history_repeats(m) || inputs_refuse(m) || !machine_net_in(m, frame, size))
		return false;
	history_change(m);
	inputs_took(m, INPUT_NET, 0, frame, (u32)size);
	return true;
}
