/* What is plugged into PCI Express: root ports, NVMe controllers, virtio devices, in the order in which they are given.
 */
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"

_Static_assert(HYP_NVME_QUEUES == NVME_QUEUES - 1 && HYP_NVME_MDTS == NVME_MDTS_MAX &&
		       HYP_BLK_QUEUES == VIRTIO_QUEUES_MAX && HYP_PCI_VECTORS_MAX == VIRTIO_PCI_VECTORS_MAX &&
		       HYP_PCI_VECTORS_DEFAULT == VIRTIO_PCI_VECTORS_DEFAULT && HYP_PCI_ANY_SLOT == PCI_ANY_SLOT,
	       "the public interface has the devices' limits");

static struct pci_function *find_port(struct machine *m, const struct hyp_config *config, const char *name)
{
	unsigned n = 0;

	for (unsigned i = 0; n < m->root_ports; i++) {
		if (config->pci[i].kind != HYP_PCI_ROOT_PORT)
			continue;
		if (config->pci[i].name && !strcmp(config->pci[i].name, name))
			return &m->root_port[n];
		n++;
	}
	return NULL;
}

/* NULL: the configuration has no such device. */
static struct virtio_device *find_device(struct machine *m, const struct hyp_config *config, const struct hyp_pci *p)
{
	switch (p->kind) {
	case HYP_PCI_BLK: return p->disk < m->disks ? &m->blk[p->disk].device : NULL;
	case HYP_PCI_NET: return config->net ? &m->net.device : NULL;
	case HYP_PCI_RNG: return config->rng ? &m->rng.device : NULL;
	default: return config->virtio_console ? &m->console.device : NULL;
	}
}

static struct pci_function *describe_nvme(struct machine *m, const struct hyp_disk *disk, unsigned n)
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
	m->nvmes++;
	nvme_pci_init(p);
	return &p->function;
}

/* The function, ready to be plugged in; NULL: there is nothing that it could be, or it is plugged in already. */
static struct pci_function *describe(struct machine *m, const struct hyp_config *config, const struct hyp_pci *p)
{
	struct virtio_pci *v = &m->virtio_pci[m->virtio_pcis];
	struct pci_function *port = &m->root_port[m->root_ports];
	struct virtio_device *d;

	if (p->kind == HYP_PCI_ROOT_PORT) {
		pci_root_port_init(port, (u8)p->number);
		return port;
	}
	if (p->kind == HYP_PCI_NVME)
		return p->disk < m->disks && m->nvmes < HYP_DISKS ? describe_nvme(m, &config->disk[p->disk], p->disk)
								  : NULL;
	d = find_device(m, config, p);
	if (!d || !d->class || d->transport)
		return NULL;
	m->virtio_pcis++;
	virtio_pci_init(v, d, p->vectors, p->bypass ? &m->bus : NULL);
	return &v->function;
}

static bool refuse(const struct hyp_pci *p, struct error *e)
{
	if (p->bus)
		return error_set(e, ERROR_USAGE,
				 "PCIe: root port '%s' takes one device, in slot 0; give others a port of their own",
				 p->bus);
	if (p->slot == HYP_PCI_ANY_SLOT)
		return error_set(e, ERROR_USAGE, "PCIe: every slot is taken; leave some devices out");
	return error_set(e, ERROR_USAGE, "PCIe: slot %u is taken, or there is none; give another one of 1 to 31",
			 p->slot);
}

static bool plug(struct machine *m, const struct hyp_config *config, const struct hyp_pci *p, struct error *e)
{
	struct pci_function *port = p->bus ? find_port(m, config, p->bus) : NULL, *f;

	if (p->bus && !port)
		return error_set(e, ERROR_USAGE, "PCIe: there is no root port '%s' before its device; add one", p->bus);
	if (p->bus && p->kind == HYP_PCI_ROOT_PORT)
		return error_set(e, ERROR_USAGE, "PCIe: a root port cannot be behind another one, '%s'; leave it out",
				 p->bus);
	f = describe(m, config, p);
	if (!f)
		return error_set(e, ERROR_USAGE, "PCIe: a device is plugged in twice, or is not there");
	if (port && p->slot && p->slot != HYP_PCI_ANY_SLOT)
		return refuse(p, e);
	if (!pci_plug(&m->pcie, f, port, p->slot))
		return refuse(p, e);
	m->root_ports += p->kind == HYP_PCI_ROOT_PORT;
	return true;
}

bool wire_pcie_devices(struct machine *m, const struct hyp_config *config, struct error *e)
{
	if (config->pcis > HYP_PCI_MAX)
		return error_set(e, ERROR_USAGE, "PCIe has room for %u devices; leave some out", HYP_PCI_MAX);
	for (unsigned i = 0; i < config->pcis; i++)
		if (!plug(m, config, &config->pci[i], e))
			return false;
	return true;
}
