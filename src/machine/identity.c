#include "machine/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

u64 identity_hash(u64 hash, const void *data, size_t size)
{
	const u8 *p = data;

	for (size_t at = 0; at < size; at += 8) {
		u64 word = 0;

		memcpy(&word, p + at, size - at < 8 ? size - at : 8);
		hash = (hash ^ word) * 0x100000001b3ull;
	}
	return hash;
}

/* ---- the lines ---- */

static void say_cores(FILE *out, const struct machine *m)
{
	fprintf(out, "cpu=%s%s\n", m->model.name, m->model.pauth_impdef ? ",pauth-impdef" : "");
	fprintf(out, "timing=%016" PRIx64 "\n", identity_hash(IDENTITY_HASH, m->model.cost, sizeof(m->model.cost)));
	fprintf(out, "smp=%u\nmem=%" PRIu64 "\nel=%u\n", m->smp, m->mem, m->el);
	fprintf(out, "secure=%d\nvirtualization=%d\n", m->secure, m->virtualization);
	fprintf(out, "semihosting=%d\nno-reboot=%d\n", m->semihosting, m->no_reboot);
}

static void say_board(FILE *out, const struct machine *m)
{
	fprintf(out, "gic-version=%u\nits=%d\nsmmu=%d\n", m->gic_v4 ? 4 : 3, m->its, m->smmu);
	for (unsigned i = 0; i < 2; i++)
		fprintf(out, "flash%u=%s\n", i,
			m->flash[i].write_protected ? "ro"
			: m->flash[i].store	    ? "rw"
						    : "volatile");
}

/* By the place where each is plugged in. */
static void say_devices(FILE *out, const struct machine *m)
{
	const struct virtio_mmio *v = &m->virtio;

	for (unsigned i = VIRTIO_MMIO_COUNT - v->used; i < VIRTIO_MMIO_COUNT; i++)
		fprintf(out, "virtio-mmio%u=%s,%s,queues=%u\n", i, v->slot[i].device->class->name,
			v->modern ? "modern" : "legacy", v->slot[i].device->queues);
	for (unsigned i = 0; i < m->pcie.functions; i++) {
		const struct pci_function *f = m->pcie.function[i];

		fprintf(out, "pci%u=%s,slot=%u%s,vectors=%u\n", i, f->name, f->devfn >> 3,
			f->bridge ? ",behind a root port" : "", f->vectors);
	}
	for (unsigned i = 0; i < m->virtio_pcis; i++)
		fprintf(out, "virtio-pci%u=%s,queues=%u%s\n", i, m->virtio_pci[i].device->class->name,
			m->virtio_pci[i].device->queues, m->virtio_pci[i].direct ? ",bypass" : "");
	for (unsigned i = 0; i < m->nvmes; i++)
		fprintf(out, "nvme%u=%s,queues=%u,mdts=%u\n", i, m->nvme[i].nvme.serial, m->nvme[i].nvme.io_queues,
			m->nvme[i].nvme.mdts);
}

/* What its file holds now: what the guest sees, but for what a snapshot has of its own. */
static bool say_disk(FILE *out, struct machine *m, unsigned n, struct error *e)
{
	static const u64 step = 1 << 16;
	const struct disk *d = &m->disk[n];
	u64 hash = IDENTITY_HASH, part;
	u8 *bytes = malloc(step);
	bool ok = bytes;

	for (u64 at = 0; ok && at < d->size; at += part) {
		part = d->size - at < step ? d->size - at : step;
		ok = disk_read_file(d, at, bytes, part);
		hash = identity_hash(hash, bytes, part);
	}
	free(bytes);
	fprintf(out, "disk%u=%" PRIu64 " bytes,contents %016" PRIx64 "%s\n", n, d->size, hash,
		d->ro	     ? ",ro"
		: d->overlay ? ",snapshot"
			     : "");
	return ok || error_set(e, ERROR_FILE, "disk %u cannot be read to its end; check its image", n);
}

static void say_images(FILE *out, const struct machine *m)
{
	if (m->images.digest)
		fprintf(out, "images=%016" PRIx64 "\n", m->images.digest(m->images.ctx));
	fprintf(out, "device-tree=%016" PRIx64 "\n", identity_hash(IDENTITY_HASH, m->dt, DT_SIZE));
}

char *identity_of(struct machine *m, struct error *e)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	bool ok = out;

	if (!out) {
		error_set(e, ERROR_FILE, "the host has not enough memory to describe the machine; free some");
		return NULL;
	}
	say_cores(out, m);
	say_board(out, m);
	say_devices(out, m);
	say_images(out, m);
	for (unsigned i = 0; ok && i < m->disks; i++)
		ok = say_disk(out, m, i, e);
	fclose(out);
	if (ok)
		return text;
	free(text);
	return NULL;
}

/* ---- comparing ---- */

static size_t line_size(const char *line)
{
	return strcspn(line, "\n");
}

static bool refuse(const char *file, const char *here, const char *path, struct error *e)
{
	int in_file = (int)line_size(file), now = (int)line_size(here);

	if (!in_file)
		return error_set(e, ERROR_FILE, "%s: was made by a machine without %.*s; give the options of that run",
				 path, now, here);
	if (!now)
		return error_set(e, ERROR_FILE,
				 "%s: was made by a machine with %.*s, which this one has not; give the "
				 "options of that run",
				 path, in_file, file);
	return error_set(e, ERROR_FILE,
			 "%s: was made by a machine with %.*s, this one has %.*s; give the options and "
			 "files of that run",
			 path, in_file, file, now, here);
}

bool identity_check(struct machine *m, const char *text, const char *path, struct error *e)
{
	char *own = identity_of(m, e), *line = own;
	bool ok = own;

	while (ok && (*line || *text)) {
		size_t in_file = line_size(text), here = line_size(line);

		ok = in_file == here && !memcmp(text, line, here);
		if (!ok)
			refuse(text, line, path, e);
		text += in_file + (text[in_file] != 0);
		line += here + (line[here] != 0);
	}
	free(own);
	return ok;
}
