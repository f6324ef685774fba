/*
 * hyp_create(): the machine with its images in place. What runs first:
 *
 *	a flash image (PC = 0; a kernel beside it is offered by fw_cfg), or
 *	an ELF file or built-in ROM (PC = its entry; the device tree at the start of RAM), or
 *	a Linux Image or raw binary (by the boot stub at the start of RAM: x0 = device tree).
 *
 * What was put together is kept, and put into memory again when the machine is reset.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/elf_load.h"
#include "loader/file.h"
#include "loader/image.h"
#include "loader/loads.h"
#include "loader/unpack.h"
#include "machine/identity.h"
#include "machine/machine.h"
#include "machine/map.h"

#define APPEND_MAX 65536

/*
 * What is put together. Names in it are the caller's, and gone when the machine runs: they are for errors, and what
 * went well once goes well again.
 */
struct plan {
	struct machine *m;
	struct hyp_config config;
	const struct hyp_rom *rom; /* or NULL */
	const char *name;	   /* of the image */
	const u8 *image;
	size_t size;
	struct host_file image_file, dtb_file;
	struct hyp_load *load; /* config.loads of them, with their files' bytes */
	struct host_file *load_file;
	struct places places;
	bool by_stub; /* which places the device tree, too */
	struct boot boot;
	struct error *e;
};

/* ---- the device tree ---- */

static bool make_dt(struct plan *p, u64 initrd_start, u64 initrd_size)
{
	struct dt_config c;

	machine_dt_config(p->m, &c);
	c.initrd_start = initrd_start;
	c.initrd_end = initrd_start + initrd_size;
	if (p->dtb_file.bytes)
		return dt_adopt(&c, p->dtb_file.bytes, p->dtb_file.size, p->config.dtb, p->m->dt, p->e);
	dt_build(&c, p->m->dt);
	return true;
}

/* For what is not Linux: at the start of RAM, unless something else was put there. */
static bool place_dt_at_start(struct plan *p)
{
	size_t size;
	const void *blob;

	if (!make_dt(p, 0, 0))
		return false;
	blob = hyp_device_tree(p->m, &size);
	if (place_is_taken(&p->places, MAP_RAM_BASE, size))
		return true;
	if (!load_bytes(&p->m->bus, MAP_RAM_BASE, blob, size, size))
		return error_set(p->e, ERROR_USAGE,
				 "the device tree (%zu bytes) does not fit in RAM; give more with --mem", size);
	return place_add(&p->places, "the device tree", MAP_RAM_BASE, size, p->e);
}

/* ---- kinds of images ---- */

static bool boot_elf(struct plan *p)
{
	struct elf_image elf;

	if (!elf_load(&p->m->bus, p->image, p->size, p->name, &elf, p->e))
		return false;
	if (elf.secure && p->m->el < 3)
		return error_set(p->e, ERROR_FILE, "%s: lies in Secure memory, but starts at EL%u; give --el 3",
				 p->name, p->m->el);
	p->boot.pc = elf.entry;
	return place_add(&p->places, p->name, elf.lo, elf.hi - elf.lo, p->e);
}

static bool boot_by_stub(struct plan *p)
{
	struct machine *m = p->m;
	const struct host_file *initrd = &m->file[FILE_INITRD];
	struct linux_header h = { .text_offset = 0x80000 };
	struct boot_sizes s = { .ram_base = MAP_RAM_BASE, .ram_size = m->mem, .initrd = initrd->size, .dtb = DT_SIZE };
	struct boot_layout at;
	u8 stub[BOOT_STUB_SIZE];

	if (!image_check(p->image, p->size, p->name, p->e))
		return false;
	image_is_linux(p->image, p->size, &h);
	s.text_offset = h.text_offset;
	s.kernel = h.image_size > p->size ? h.image_size : p->size;
	if (!image_layout(&s, p->name, &at, p->e) || !make_dt(p, at.initrd, initrd->size))
		return false;
	image_stub(stub, at.kernel, at.dtb);
	p->boot.pc = at.stub;
	p->by_stub = true;
	/* The layout lies in RAM, so none of these can fail. */
	return load_bytes(&m->bus, at.kernel, p->image, p->size, p->size) &&
	       load_bytes(&m->bus, at.initrd, initrd->bytes, initrd->size, initrd->size) &&
	       load_bytes(&m->bus, at.dtb, m->dt, DT_SIZE, DT_SIZE) &&
	       load_bytes(&m->bus, at.stub, stub, sizeof(stub), sizeof(stub)) &&
	       place_add(&p->places, "the boot stub", at.stub, sizeof(stub), p->e) &&
	       place_add(&p->places, p->name, at.kernel, p->size, p->e) &&
	       place_add(&p->places, "the initial RAM disk", at.initrd, initrd->size, p->e) &&
	       place_add(&p->places, "the device tree", at.dtb, DT_SIZE, p->e);
}

/* Firmware finds kernel, initial RAM disk and command line by fw_cfg. */
static void offer_kernel(struct machine *m)
{
	static const struct {
		u8 file, size_key, data_key;
	} items[] = { { FILE_KERNEL, FW_CFG_KERNEL_SIZE, FW_CFG_KERNEL_DATA },
		      { FILE_INITRD, FW_CFG_INITRD_SIZE, FW_CFG_INITRD_DATA } };

	for (unsigned i = 0; i < ARRAY_SIZE(items); i++) {
		const struct host_file *f = &m->file[items[i].file];

		if (!f->bytes)
			continue;
		fw_cfg_add_number(&m->fw_cfg, items[i].size_key, f->size, 4);
		fw_cfg_add(&m->fw_cfg, items[i].data_key, f->bytes, (u32)f->size);
	}
	if (m->append) {
		fw_cfg_add_number(&m->fw_cfg, FW_CFG_CMDLINE_SIZE, strlen(m->append) + 1, 4);
		fw_cfg_add(&m->fw_cfg, FW_CFG_CMDLINE_DATA, m->append, (u32)strlen(m->append) + 1);
	}
}

/* ---- files ---- */

static bool read_bank(struct plan *p, unsigned bank)
{
	const char *path = p->config.flash[bank];
	enum hyp_flash_mode mode = p->config.flash_mode[bank];
	struct flash *flash = &p->m->flash[bank];
	struct flash_file *file = &p->m->flash_file[bank];

	if (!path)
		return true;
	if (!flash_file_load(file, path, mode == HYP_FLASH_PERSISTENT, p->m->flash_data[bank].bytes, p->e))
		return false;
	flash->write_protected = mode == HYP_FLASH_READ_ONLY;
	if (mode == HYP_FLASH_PERSISTENT) {
		flash->store = flash_file_store;
		flash->store_ctx = file;
	}
	return true;
}

static bool read_flash(struct plan *p)
{
	return read_bank(p, 0) && read_bank(p, 1);
}

/* What struct hyp_load brings. */
static bool read_loads(struct plan *p)
{
	unsigned n = p->config.loads;

	p->load = calloc(n + 1, sizeof(*p->load));
	p->load_file = calloc(n + 1, sizeof(*p->load_file));
	if (!p->load || !p->load_file)
		return error_set(p->e, ERROR_USAGE, "the host has not enough memory to load files; free some");
	for (unsigned i = 0; i < n; i++) {
		const char *file = p->config.load[i].file;

		p->load[i] = p->config.load[i];
		if (file && !file_read(file, p->m->mem + FLASH_BANK_SIZE, "this machine", &p->load_file[i], p->e))
			return false;
	}
	return true;
}

/* A compressed kernel is unpacked; but firmware is given an EFI image as it is. */
static bool read_kernel(struct plan *p, const char *path, u64 limit, struct host_file *f)
{
	struct packed packed;
	size_t size;
	u8 *bytes;

	if (!file_read(path, limit, "RAM", f, p->e))
		return false;
	if (!unpack_find(f->bytes, f->size, &packed) || (packed.zboot && p->config.flash[0]))
		return true;
	bytes = unpack(f->bytes, &packed, limit, path, &size, p->e);
	free(f->bytes);
	*f = (struct host_file){ bytes, bytes ? size : 0 };
	return bytes;
}

/* The image's bytes: a ROM, a file, or the kernel. */
static bool read_image(struct plan *p)
{
	const struct hyp_config *c = &p->config;

	if (p->rom) {
		p->name = p->rom->name;
		p->image = p->rom->image;
		p->size = p->rom->size;
	} else if (c->image) {
		p->name = c->image;
		if (!read_kernel(p, c->image, p->m->mem + FLASH_BANK_SIZE, &p->image_file))
			return false;
		p->image = p->image_file.bytes;
		p->size = p->image_file.size;
	} else if (c->kernel) {
		p->name = c->kernel;
		p->image = p->m->file[FILE_KERNEL].bytes;
		p->size = p->m->file[FILE_KERNEL].size;
	}
	return true;
}

static bool read_files(struct plan *p)
{
	const struct hyp_config *c = &p->config;
	struct machine *m = p->m;
	u64 limit = m->mem < 0xffffffff ? m->mem : 0xffffffff; /* fw_cfg counts in 32 bits */

	if (c->append) {
		if (strlen(c->append) >= APPEND_MAX)
			return error_set(p->e, ERROR_USAGE, "the kernel's command line has %zu bytes; give at most %u",
					 strlen(c->append), APPEND_MAX - 1);
		m->append = strdup(c->append);
	}
	if (c->kernel && !read_kernel(p, c->kernel, limit, &m->file[FILE_KERNEL]))
		return false;
	if (c->initrd && !file_read(c->initrd, limit, "RAM", &m->file[FILE_INITRD], p->e))
		return false;
	if (c->dtb && !file_read(c->dtb, DT_SIZE / 2, "a device tree", &p->dtb_file, p->e))
		return false;
	return read_flash(p) && read_loads(p) && read_image(p);
}

static const struct hyp_rom *find_rom(const char *name)
{
	unsigned count;
	const struct hyp_rom *roms = hyp_roms(&count);

	for (unsigned i = 0; name && i < count; i++)
		if (strcmp(roms[i].name, name) == 0)
			return &roms[i];
	return NULL;
}

/* ---- into memory ---- */

static bool load_image(struct plan *p)
{
	if (p->config.flash[0])
		p->boot.pc = MAP_FLASH0_BASE;
	if (p->config.flash[0] || !p->image) /* the machine alone, or what struct hyp_load brings */
		return true;
	return elf_is(p->image, p->size) ? boot_elf(p) : boot_by_stub(p);
}

static bool load_beside(struct plan *p)
{
	for (unsigned i = 0; i < p->config.loads; i++) {
		u64 entry;

		if (!load_one(&p->m->bus, &p->places, &p->load[i], &p->load_file[i], &entry, p->e))
			return false;
		if (p->load[i].starts)
			p->boot = (struct boot){ .pc = entry };
	}
	return true;
}

static bool load(struct plan *p)
{
	p->places.count = 0;
	p->boot = (struct boot){ 0 };
	if (!load_image(p) || !load_beside(p))
		return false;
	return p->by_stub || place_dt_at_start(p);
}

/* struct machine_images */

static bool images_load(void *ctx, struct boot *boot)
{
	struct error e = { 0 };
	struct plan *p = ctx;
	bool ok;

	p->e = &e;
	ok = load(p);
	*boot = p->boot;
	return ok;
}

static u64 images_digest(void *ctx)
{
	const struct plan *p = ctx;
	const struct machine *m = p->m;
	u64 h = identity_hash(IDENTITY_HASH, p->image, p->size);

	for (unsigned i = 0; i < FILE_COUNT; i++)
		h = identity_hash(h, m->file[i].bytes, m->file[i].size);
	h = identity_hash(h, p->dtb_file.bytes, p->dtb_file.size);
	for (unsigned i = 0; i < p->config.loads; i++)
		h = identity_hash(h, p->load_file[i].bytes, p->load_file[i].size);
	return m->append ? identity_hash(h, m->append, strlen(m->append)) : h;
}

static void images_free(void *ctx)
{
	struct plan *p = ctx;

	for (unsigned i = 0; p->load_file && i < p->config.loads; i++)
		free(p->load_file[i].bytes);
	free(p->load_file);
	free(p->load);
	free(p->image_file.bytes);
	free(p->dtb_file.bytes);
	free(p);
}

/* ---- the whole ---- */

static bool starts_something(const struct hyp_config *c, struct error *e)
{
	bool starts = c->image || c->kernel || c->flash[0] || c->bare;

	for (unsigned i = 0; i < c->loads; i++) {
		starts |= c->load[i].starts;
		if (c->load[i].starts && c->load[i].core)
			return error_set(e, ERROR_USAGE,
					 "core %u cannot be started by what is loaded; start core 0, "
					 "and the others by PSCI CPU_ON",
					 c->load[i].core);
	}
	return starts || error_set(e, ERROR_USAGE,
				   "there is nothing to run; give an image, --kernel or --flash (-kernel, -bios)");
}

static bool check_images(const struct hyp_config *c, struct error *e)
{
	if (!starts_something(c, e))
		return false;
	if (c->image && (c->kernel || c->flash[0]))
		return error_set(e, ERROR_USAGE, "%s: an image cannot be combined with --%s; give one of them",
				 c->image, c->kernel ? "kernel" : "flash");
	return true;
}

/* What built-in ROMs and firmware bring with them. */
static void complete(struct hyp_config *c, const struct hyp_rom *rom)
{
	if (rom) {
		c->el = c->el ? c->el : 3;
		c->mem = c->mem ? c->mem : rom->mem;
		c->smmu = c->semihosting = true;
	}
	if (c->flash[0] && c->secure && !c->el)
		c->el = 3; /* firmware starts at the highest exception level there is */
}

struct machine *hyp_create(const struct hyp_config *config, struct error *e)
{
	struct plan *p = calloc(1, sizeof(*p));

	if (!p) {
		error_set(e, ERROR_USAGE, "the host has not enough memory for a machine; free some");
		return NULL;
	}
	*p = (struct plan){ .config = *config, .rom = find_rom(config->image), .e = e };
	complete(&p->config, p->rom);
	if (!check_images(&p->config, e) || !(p->m = machine_create(&p->config, e))) {
		images_free(p);
		return NULL;
	}
	p->m->images = (struct machine_images){ images_load, images_free, images_digest, p };
	if (!read_files(p) || !load(p)) {
		machine_destroy(p->m);
		return NULL;
	}
	if (config->flash[0])
		offer_kernel(p->m);
	machine_reset(p->m, &p->boot);
	return p->m;
}
