/* Options that describe a device: "WORD,key=value,flag". */
#include <string.h>

#include "cli/options.h"

/* The next part of `text`, up to a comma (",," stands for one that belongs to it); NULL: the part has no room. */
static const char *take_part(const char *text, char *part, size_t room)
{
	size_t n = 0;

	for (; *text && (text[0] != ',' || text[1] == ','); text++) {
		if (n + 1 == room)
			return NULL;
		part[n++] = *text;
		text += *text == ',';
	}
	part[n] = 0;
	return *text ? text + 1 : text;
}

static bool disk_interface(u8 *to, const char *name)
{
	static const char *const names[] = { "virtio", "virtio-mmio", "nvme" };

	for (u8 i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i])) {
			*to = i;
			return true;
		}
	return false;
}

static bool disk_property(struct options *o, struct hyp_disk *d, const char *word, struct error *e)
{
	if (!strcmp(word, "ro"))
		d->ro = true;
	else if (!strcmp(word, "snapshot"))
		d->snapshot = true;
	else if (!strncmp(word, "if=", 3) && disk_interface(&o->disk_if[o->disks], word + 3))
		return true;
	else if (!strncmp(word, "serial=", 7) && word[7] && strlen(word + 7) < DISK_SERIAL_MAX)
		d->serial = strcpy(o->disk_serial[o->disks], word + 7);
	else
		return error_set(e, ERROR_USAGE,
				 "--disk %s does not know '%s': choose if=virtio, if=virtio-mmio, if=nvme, ro, "
				 "snapshot, or serial= with "
				 "1 to %u characters",
				 d->file, word, DISK_SERIAL_MAX - 1);
	return true;
}

/* What only an NVMe controller has. */
static bool check_disk(const struct options *o, const struct hyp_disk *d, struct error *e)
{
	if (d->serial && o->disk_if[o->disks] != DISK_NVME)
		return error_set(e, ERROR_USAGE, "--disk %s: serial= is for if=nvme: leave it out", d->file);
	return true;
}

bool options_disk(struct options *o, const char *text, struct error *e)
{
	struct hyp_disk *d = &o->disk[o->disks];
	char word[32];

	if (o->disks == DISKS_MAX)
		return error_set(e, ERROR_USAGE, "--disk %s: there may be %u disks; leave some out", text, DISKS_MAX);
	*d = (struct hyp_disk){ .file = o->disk_file[o->disks] };
	text = take_part(text, o->disk_file[o->disks], DISK_FILE_MAX);
	if (!text || !d->file[0])
		return error_set(e, ERROR_USAGE, "--disk needs a file, with a name of at most %u bytes",
				 DISK_FILE_MAX - 1);
	while (*text) {
		const char *rest = take_part(text, word, sizeof(word));

		if (!disk_property(o, d, rest ? word : text, e))
			return false;
		text = rest;
	}
	if (!check_disk(o, d, e))
		return false;
	o->disks++;
	return true;
}

static void plug(struct options *o, enum hyp_pci_kind kind, unsigned disk)
{
	o->pci[o->pcis++] = (struct hyp_pci){
		.kind = (u8)kind,
		.slot = HYP_PCI_ANY_SLOT,
		.disk = disk,
		.vectors = HYP_PCI_VECTORS_DEFAULT,
		.bypass = !o->iommu,
	};
}

void options_plug(struct options *o)
{
	bool virtio = o->virtio_mmio == VIRTIO_MMIO_NONE;

	for (unsigned i = 0; i < o->disks; i++)
		if (o->disk_if[i] == DISK_NVME || (o->disk_if[i] == DISK_VIRTIO && virtio))
			plug(o, o->disk_if[i] == DISK_NVME ? HYP_PCI_NVME : HYP_PCI_BLK, i);
	if (!virtio)
		return;
	if (o->net && strcmp(o->net, "none"))
		plug(o, HYP_PCI_NET, 0);
	if (o->rng || o->rng_seed)
		plug(o, HYP_PCI_RNG, 0);
	if (o->virtio_console)
		plug(o, HYP_PCI_CONSOLE, 0);
}
