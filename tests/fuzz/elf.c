/* The image loader on arbitrary files: an ELF file or not, it is loaded or refused, and nothing else happens. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "loader/elf_load.h"
#include "loader/image.h"

#define RAM_SIZE 0x10000u

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct bus bus;
	static u8 ram[RAM_SIZE];
	struct elf_image image = { 0 };
	struct linux_header h = { 0 };
	struct boot_layout layout;
	struct boot_sizes sizes = { .ram_base = 0x40000000, .ram_size = RAM_SIZE, .dtb = 0x1000 };
	struct error e = { 0 };

	if (!bus.count)
		bus_add(&bus, &(struct bus_region){ "ram", 0x40000000, RAM_SIZE, BUS_RAM, false, ram, NULL, NULL });
	if (elf_load(&bus, data, size, "fuzz", &image, &e) == (e.kind != ERROR_NONE))
		abort();
	e = (struct error){ 0 };
	if (!image_check(data, size, "fuzz", &e) || !image_is_linux(data, size, &h))
		return 0;
	sizes.text_offset = h.text_offset;
	sizes.kernel = h.image_size;
	if (!image_layout(&sizes, "fuzz", &layout, &e))
		return 0;
	/* What fits lies in RAM. */
	if (layout.kernel - sizes.ram_base > RAM_SIZE || layout.kernel - sizes.ram_base + sizes.kernel > RAM_SIZE ||
	    layout.dtb - sizes.ram_base + sizes.dtb > RAM_SIZE)
		abort();
	return 0;
}
