/* What QEMU's options for devices come to: what a device asks for, who has it, and where on PCIe it is plugged in. */
#include <stdlib.h>
#include <string.h>

#include "cli/qemu.h"

#define USAGE(...) error_set(e, ERROR_USAGE, __VA_ARGS__)

/* ---- places on PCIe ---- */

static bool find_port(const struct qemu *q, const char *name)
{
	for (unsigned i = 0; i < q->o->pcis; i++) {
		const struct hyp_pci *p = &q->o->pci[i];

		if (p->kind == HYP_PCI_ROOT_PORT && p->name && !strcmp(p->name, name))
			return true;
	}
	return false;
}

/* "SLOT" or "SLOT.0" in hexadecimal. */
static bool read_slot(const char *text, u8 *slot)
{
	char *end;
	unsigned long n = strtoul(text, &end, 16);

	if (end == text || (*end && strcmp(end, ".0")) || n > 31 || *text == '-' || *text == '+')
		return false;
	*slot = (u8)n;
	return true;
}

static bool plug(struct qemu *q, enum hyp_pci_kind kind, struct error *e)
{
	struct qemu_values *v = &q->v;
	struct options *o = q->o;
	struct hyp_pci p = { .kind = (u8)kind,
			     .slot = HYP_PCI_ANY_SLOT,
			     .vectors = v->vectors.given ? (unsigned)v->vectors.value : HYP_PCI_VECTORS_DEFAULT,
			     .bypass = !v->iommu_platform.value,
			     .name = v->id,
			     .number = (unsigned)v->number.value };

	if (o->pcis == HYP_PCI_MAX)
		return USAGE("-device %s: there may be %u devices on PCIe: leave some out", q->driver, HYP_PCI_MAX);
	if (v->slot && !read_slot(v->slot, &p.slot))
		return USAGE("-device %s,addr=%s: there is no such place: write a device number from 1 to 1f, and its "
			     "function 0",
			     q->driver, v->slot);
	if (v->bus && strcmp(v->bus, "pcie.0")) {
		if (!find_port(q, v->bus))
			return USAGE("-device %s,bus=%s: there is no such bus: write -device pcie-root-port,id=%s "
				     "before it, or bus=pcie.0",
				     q->driver, v->bus, v->bus);
		p.bus = v->bus;
	}
	if (v->vectors.value > HYP_PCI_VECTORS_MAX)
		return USAGE("-device %s,vectors=%llu: there may be %u: write a smaller number", q->driver,
			     (unsigned long long)v->vectors.value, HYP_PCI_VECTORS_MAX);
	o->pci[o->pcis++] = p;
	return true;
}

bool qemu_root_port(struct qemu *q, struct error *e)
{
	if (q->v.number.value > 255)
		return USAGE("-device pcie-root-port,slot=%llu: it is a number of 8 bits: write 0 to 255",
			     (unsigned long long)q->v.number.value);
	return plug(q, HYP_PCI_ROOT_PORT, e);
}

/* On the root bus QEMU takes the next free number from 1 on, and from 2 on where it has a network by default. */
static void choose_slots(struct qemu *q)
{
	u8 first = q->network_chosen || q->o->nodefaults ? 1 : 2;
	u32 taken = 1;

	for (unsigned i = 0; i < q->o->pcis; i++) {
		struct hyp_pci *p = &q->o->pci[i];

		if (p->bus)
			continue;
		if (p->slot == HYP_PCI_ANY_SLOT) {
			p->slot = first;
			while (p->slot < 32 && taken >> p->slot & 1)
				p->slot++;
		}
		if (p->slot < 32)
			taken |= 1u << p->slot;
	}
}

/* ---- disks ---- */

static bool want_drive(struct qemu *q, bool on_pcie, struct error *e)
{
	if (!q->v.backend)
		return USAGE("-device %s needs a drive: write drive=NAME, and id=NAME with its -drive", q->driver);
	if (q->disks == QEMU_DRIVES)
		return USAGE("-device drive=%s: there may be %u disks: leave some out", q->v.backend, DISKS_MAX);
	if (q->v.serial && (!*q->v.serial || strlen(q->v.serial) >= DISK_SERIAL_MAX))
		return USAGE("-device %s,serial=%s: it has 1 to %u characters: write a shorter one", q->driver,
			     q->v.serial, DISK_SERIAL_MAX - 1);
	q->disk[q->disks++] = (struct qemu_disk){ .drive = q->v.backend,
						  .serial = q->v.serial,
						  .queues = (unsigned)q->v.queues.value,
						  .mdts = (unsigned)q->v.mdts.value,
						  .on_pcie = on_pcie,
						  .pci = q->o->pcis };
	return true;
}

bool qemu_virtio_blk(struct qemu *q, struct error *e)
{
	return want_drive(q, false, e);
}

bool qemu_virtio_blk_pci(struct qemu *q, struct error *e)
{
	const struct qemu_number *n = &q->v.queues;

	if (n->given && (!n->value || n->value > HYP_BLK_QUEUES))
		return USAGE("-device virtio-blk-pci,num-queues=%llu cannot be had: write 1 to %u",
			     (unsigned long long)n->value, HYP_BLK_QUEUES);
	return want_drive(q, true, e) && plug(q, HYP_PCI_BLK, e);
}

bool qemu_nvme(struct qemu *q, struct error *e)
{
	struct qemu_values *v = &q->v;

	if (v->queues.given && (!v->queues.value || v->queues.value > HYP_NVME_QUEUES))
		return USAGE("-device nvme,max_ioqpairs=%llu cannot be had: write 1 to %u",
			     (unsigned long long)v->queues.value, HYP_NVME_QUEUES);
	if (v->mdts.given && (!v->mdts.value || v->mdts.value > HYP_NVME_MDTS))
		return USAGE("-device nvme,mdts=%llu cannot be had: write 1 to %u", (unsigned long long)v->mdts.value,
			     HYP_NVME_MDTS);
	return want_drive(q, true, e) && plug(q, HYP_PCI_NVME, e);
}

static bool add_disk(struct qemu *q, struct qemu_drive *d, struct error *e)
{
	struct options *o = q->o;

	if (d->used)
		return USAGE("-drive %s: another -device has it already: give each a drive of its own", d->disk.file);
	if (o->disks == DISKS_MAX)
		return USAGE("-drive %s: there may be %u disks: leave some out", d->disk.file, DISKS_MAX);
	d->used = true;
	o->disk[o->disks++] = d->disk;
	return true;
}

static struct qemu_drive *find_drive(struct qemu *q, const char *id)
{
	for (unsigned i = 0; i < q->drives; i++)
		if (q->drive[i].id && !strcmp(q->drive[i].id, id))
			return &q->drive[i];
	return NULL;
}

static bool connect_disk(struct qemu *q, const struct qemu_disk *disk, struct error *e)
{
	struct qemu_drive *d = find_drive(q, disk->drive);
	struct options *o = q->o;

	if (!d)
		return USAGE("-device drive=%s: there is no such drive: write -drive if=none,id=%s,file=…", disk->drive,
			     disk->drive);
	if (!add_disk(q, d, e))
		return false;
	o->disk[o->disks - 1].serial = disk->serial;
	o->disk[o->disks - 1].queues = disk->queues;
	o->disk[o->disks - 1].mdts = disk->mdts;
	if (disk->on_pcie)
		o->pci[disk->pci].disk = o->disks - 1;
	return true;
}

/* A drive with if=virtio brings its own device, behind those of -device. */
static bool own_device(struct qemu *q, struct qemu_drive *d, struct error *e)
{
	q->driver = "virtio-blk-pci";
	q->v = (struct qemu_values){ 0 };
	if (!add_disk(q, d, e) || !plug(q, HYP_PCI_BLK, e))
		return false;
	q->o->pci[q->o->pcis - 1].disk = q->o->disks - 1;
	return true;
}

static bool connect_disks(struct qemu *q, struct error *e)
{
	for (unsigned i = 0; i < q->disks; i++)
		if (!connect_disk(q, &q->disk[i], e))
			return false;
	for (unsigned i = 0; i < q->drives; i++) {
		struct qemu_drive *d = &q->drive[i];

		if (!d->id && !own_device(q, d, e))
			return false;
		if (!d->used)
			return USAGE("-drive id=%s: no -device has it: write -device virtio-blk-pci,drive=%s, or "
				     "leave it out",
				     d->id, d->id);
	}
	return true;
}

/* ---- network ---- */

/* "user,hostfwd=…,hostfwd=…", in o->words: no longer than what it is made from. */
static bool add_network(struct qemu *q, struct error *e)
{
	char *text = &q->o->words[q->words_used], *end = text;

	if (q->network)
		return USAGE("there is a network already, and the machine has one: leave the second one out");
	end = stpcpy(end, "user");
	for (unsigned i = 0; i < q->v.forward.count; i++)
		end = stpcpy(stpcpy(end, ",hostfwd="), q->v.forward.item[i]);
	q->words_used += (size_t)(end - text) + 1;
	q->network = text;
	return true;
}

bool qemu_net(struct qemu *q, const char *word, struct error *e)
{
	q->network_chosen = true;
	return !strcmp(word, "none") ||
	       USAGE("-net %s cannot be had: write -nic user, or -netdev user with a -device, or -net none", word);
}

bool qemu_netdev(struct qemu *q, struct error *e)
{
	q->network_chosen = true;
	if (!q->v.id)
		return USAGE("-netdev needs an id: write id=NAME, and netdev=NAME with its -device");
	q->netdev = q->v.id;
	return add_network(q, e);
}

/* A network and its device at once. */
bool qemu_nic(struct qemu *q, struct error *e)
{
	const char *model = q->v.model ? q->v.model : "virtio";
	bool on_mmio = !strcmp(model, "virtio-net-device");

	q->network_chosen = true;
	if (!q->v.net || (strcmp(q->v.net, "none") && strcmp(q->v.net, "user")))
		return USAGE("-nic %s cannot be had: write -nic none or -nic user,model=virtio-net-pci",
			     q->v.net ? q->v.net : "without a kind");
	if (!on_mmio && strcmp(model, "virtio") && strcmp(model, "virtio-net-pci"))
		return USAGE("-nic model=%s cannot be had: the network device is virtio's, write "
			     "model=virtio-net-pci",
			     model);
	if (!strcmp(q->v.net, "none"))
		return true;
	q->nic_on_pcie = !on_mmio;
	return add_network(q, e);
}

bool qemu_virtio_net(struct qemu *q, struct error *e)
{
	if (!q->v.backend)
		return USAGE("-device %s needs a network: write netdev=NAME, and id=NAME with its -netdev", q->driver);
	if (q->net_device)
		return USAGE("-device %s,netdev=%s: there may be one: leave it out", q->driver, q->v.backend);
	q->net_device = q->v.backend;
	return true;
}

bool qemu_virtio_net_pci(struct qemu *q, struct error *e)
{
	return qemu_virtio_net(q, e) && plug(q, HYP_PCI_NET, e);
}

/* The board's own device is there before those of -device. */
static bool plug_nic(struct qemu *q, struct error *e)
{
	struct options *o = q->o;
	struct hyp_pci nic;

	q->driver = "virtio-net-pci";
	q->v = (struct qemu_values){ 0 };
	if (!plug(q, HYP_PCI_NET, e))
		return false;
	nic = o->pci[o->pcis - 1];
	memmove(o->pci + 1, o->pci, (o->pcis - 1) * sizeof(o->pci[0]));
	o->pci[0] = nic;
	for (unsigned i = 0; i < q->disks; i++)
		q->disk[i].pci++;
	return true;
}

static bool connect_network(struct qemu *q, struct error *e)
{
	const char *asked = q->net_device, *is = q->netdev;

	if (asked && (!is || strcmp(asked, is)))
		return USAGE("-device netdev=%s: there is no such network: write -netdev user,id=%s", asked, asked);
	if (is && !asked)
		return USAGE("-netdev id=%s: no -device has it: write -device virtio-net-pci,netdev=%s", is, is);
	q->o->net = q->network;
	return !q->nic_on_pcie || plug_nic(q, e);
}

/* ---- entropy ---- */

bool qemu_object(struct qemu *q, struct error *e)
{
	if (!q->v.id)
		return USAGE("-object needs an id: write id=NAME, and rng=NAME with its -device");
	q->entropy = q->v.id;
	return true;
}

bool qemu_virtio_rng(struct qemu *q, struct error *e)
{
	if (q->o->rng)
		return USAGE("-device %s: there may be one: leave the second one out", q->driver);
	q->o->rng = true;
	q->rng_device = q->v.backend;
	return true;
}

bool qemu_virtio_rng_pci(struct qemu *q, struct error *e)
{
	return qemu_virtio_rng(q, e) && plug(q, HYP_PCI_RNG, e);
}

static bool connect_entropy(struct qemu *q, struct error *e)
{
	if (q->rng_device && (!q->entropy || strcmp(q->rng_device, q->entropy)))
		return USAGE("-device rng=%s: there is no such object: write -object rng-builtin,id=%s", q->rng_device,
			     q->rng_device);
	if (q->entropy && !q->rng_device)
		return USAGE("-object id=%s: no -device has it: write -device virtio-rng-pci,rng=%s", q->entropy,
			     q->entropy);
	return true;
}

/* ---- console ---- */

/* What of the host a console may have, as --virtio-console spells it. */
bool qemu_chardev(struct qemu *q, struct error *e)
{
	const char *type = q->v.type ? q->v.type : "";

	if (!q->v.id)
		return USAGE("-chardev needs an id: write id=NAME, and chardev=NAME with its -device");
	if (q->chardev)
		return USAGE("-chardev id=%s: there may be one: leave it out", q->v.id);
	q->chardev_id = q->v.id;
	if (!strcmp(type, "stdio") || !strcmp(type, "null")) {
		q->chardev = type;
		return true;
	}
	if (strcmp(type, "file") || !q->v.file)
		return USAGE("-chardev %s,id=%s cannot be had: write stdio, null, or file with path=FILE", type,
			     q->v.id);
	q->chardev = &q->o->words[q->words_used];
	q->words_used += (size_t)(stpcpy(stpcpy(&q->o->words[q->words_used], "file:"), q->v.file) - q->chardev) + 1;
	return true;
}

bool qemu_virtio_serial(struct qemu *q, struct error *e)
{
	if (q->serial_device)
		return USAGE("-device %s: there may be one: leave the second one out", q->driver);
	q->serial_device = true;
	return true;
}

bool qemu_virtio_serial_pci(struct qemu *q, struct error *e)
{
	return qemu_virtio_serial(q, e) && plug(q, HYP_PCI_CONSOLE, e);
}

bool qemu_virtconsole(struct qemu *q, struct error *e)
{
	if (!q->serial_device)
		return USAGE("-device virtconsole has no bus: write -device virtio-serial-pci before it");
	if (!q->v.backend)
		return USAGE("-device virtconsole needs a chardev: write chardev=NAME, and id=NAME with its -chardev");
	if (q->console)
		return USAGE("-device virtconsole,chardev=%s: there may be one: leave it out", q->v.backend);
	q->console = q->v.backend;
	return true;
}

static bool connect_console(struct qemu *q, struct error *e)
{
	const char *asked = q->console, *is = q->chardev_id;

	if (q->serial_device && !asked)
		return USAGE("-device virtio-serial-pci has no port: write -device virtconsole,chardev=NAME behind it");
	if (asked && (!is || strcmp(asked, is)))
		return USAGE("-device chardev=%s: there is no such chardev: write -chardev stdio,id=%s", asked, asked);
	if (is && !asked)
		return USAGE("-chardev id=%s: no -device has it: write -device virtconsole,chardev=%s", is, is);
	if (asked)
		q->o->virtio_console = q->chardev;
	return true;
}

bool qemu_connect(struct qemu *q, struct error *e)
{
	if (!connect_network(q, e) || !connect_disks(q, e) || !connect_entropy(q, e) || !connect_console(q, e))
		return false;
	choose_slots(q);
	return true;
}
