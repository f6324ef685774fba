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

static bool disk_property(struct options *o, struct hyp_disk *d, const char *word, struct error *e)
{
	if (!strcmp(word, "ro"))
		d->ro = true;
	else if (!strcmp(word, "snapshot"))
		d->snapshot = true;
	else if (!strcmp(word, "if=nvme") || !strcmp(word, "if=virtio"))
		d->nvme = !strcmp(word, "if=nvme");
	else if (!strncmp(word, "serial=", 7) && word[7] && strlen(word + 7) < DISK_SERIAL_MAX)
		d->serial = strcpy(o->disk_serial[o->disks], word + 7);
	else
		return error_set(
			e, ERROR_USAGE,
			"--disk %s does not know '%s': choose if=virtio, if=nvme, ro, snapshot, or serial= with "
			"1 to %u characters",
			d->file, word, DISK_SERIAL_MAX - 1);
	return true;
}

/* What only an NVMe controller has. */
static bool check_disk(const struct hyp_disk *d, struct error *e)
{
	if (d->serial && !d->nvme)
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
	if (!check_disk(d, e))
		return false;
	o->disks++;
	return true;
}
