/* Loading: good ELF files land where they say, each malformed one gets its sentence; Linux Images and their layout. */
#include <check.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "loader/elf_load.h"
#include "loader/image.h"
#include "loader/unpack.h"
#include "run_suite.h"

#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x100000u
#define FILE_SIZE 0x400u
#define PAYLOAD 0x200u

static u8 ram[RAM_SIZE], secure_ram[0x1000], flash[0x1000];
static struct bus bus;
static u8 file[FILE_SIZE];
static Elf64_Ehdr header;
static Elf64_Phdr segment[2];

static void setup(void)
{
	memset(&bus, 0, sizeof(bus));
	memset(ram, 0xaa, sizeof(ram));
	memset(file, 0, sizeof(file));
	bus_add(&bus, &(struct bus_region){ "ram", RAM_BASE, RAM_SIZE, BUS_RAM, false, ram, NULL, NULL });
	bus_add(&bus, &(struct bus_region){ "secram", 0xe000000, 0x1000, BUS_RAM, true, secure_ram, NULL, NULL });
	bus_add(&bus, &(struct bus_region){ "flash", 0, 0x1000, BUS_DEVICE, false, flash, NULL, NULL });
	bus_add(&bus, &(struct bus_region){ "device", 0x9000000, 0x1000, BUS_DEVICE, false, NULL, NULL, NULL });
	header = (Elf64_Ehdr){ .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			       .e_type = ET_EXEC,
			       .e_machine = EM_AARCH64,
			       .e_version = EV_CURRENT,
			       .e_entry = RAM_BASE + 0x1004,
			       .e_phoff = sizeof(header),
			       .e_ehsize = sizeof(header),
			       .e_phentsize = sizeof(segment[0]),
			       .e_phnum = 1 };
	segment[0] = (Elf64_Phdr){ .p_type = PT_LOAD,
				   .p_offset = PAYLOAD,
				   .p_vaddr = RAM_BASE + 0x1000,
				   .p_paddr = RAM_BASE + 0x1000,
				   .p_filesz = 0x100,
				   .p_memsz = 0x180 };
	segment[1] = (Elf64_Phdr){ .p_type = PT_NOTE };
	for (unsigned i = 0; i < 0x200; i++)
		file[PAYLOAD + i] = (u8)(i + 1);
}

static bool load(size_t size, struct elf_image *image, struct error *e)
{
	*e = (struct error){ 0 };
	memcpy(file, &header, sizeof(header));
	memcpy(file + sizeof(header), segment, sizeof(segment));
	return elf_load(&bus, file, size, "x.elf", image, e);
}

START_TEST(good)
{
	struct elf_image image;
	struct error e;

	ck_assert_msg(load(FILE_SIZE, &image, &e), "%s", e.text);
	ck_assert_uint_eq(image.entry, RAM_BASE + 0x1004);
	ck_assert_uint_eq(image.lo, RAM_BASE + 0x1000);
	ck_assert_uint_eq(image.hi, RAM_BASE + 0x1180);
	ck_assert(!image.secure);
	ck_assert_mem_eq(ram + 0x1000, file + PAYLOAD, 0x100);
	for (unsigned i = 0x100; i < 0x180; i++)
		ck_assert_uint_eq(ram[0x1000 + i], 0);
	ck_assert_uint_eq(ram[0x1180], 0xaa);
	ck_assert_uint_eq(ram[0xfff], 0xaa);
}
END_TEST

/* Virtual addresses are of no use before the MMU is on: segments and entry go by physical ones. */
START_TEST(virtual_addresses)
{
	struct elf_image image;
	struct error e;

	segment[0].p_vaddr = 0xffff800008001000;
	header.e_entry = 0xffff800008001010;
	header.e_type = ET_DYN;
	ck_assert_msg(load(FILE_SIZE, &image, &e), "%s", e.text);
	ck_assert_uint_eq(image.entry, RAM_BASE + 0x1010);
}
END_TEST

START_TEST(other_memories)
{
	struct elf_image image;
	struct error e;

	segment[0].p_paddr = segment[0].p_vaddr = header.e_entry = 0xe000000;
	ck_assert_msg(load(FILE_SIZE, &image, &e), "%s", e.text);
	ck_assert(image.secure);
	ck_assert_uint_eq(secure_ram[0], 1);
	segment[0].p_paddr = segment[0].p_vaddr = header.e_entry = 0x800;
	ck_assert_msg(load(FILE_SIZE, &image, &e), "%s", e.text);
	ck_assert(!image.secure);
	ck_assert_uint_eq(flash[0x800], 1);
}
END_TEST

/* One field wrong at a time. */
static const struct bad {
	const char *says; /* what the sentence must contain */
	u16 offset;	  /* in the file: header or first program header */
	u8 width;
	u64 value;
	u16 size; /* of the file; 0: all */
} bad[] = {
#define EH(field) offsetof(Elf64_Ehdr, field), sizeof(header.field)
#define PH(field) sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, field), sizeof(segment[0].field)
	{ "ends inside its header (20 bytes)", EH(e_version), EV_CURRENT, 20 },
	{ "ends inside its header (63 bytes)", EH(e_version), EV_CURRENT, 63 },
	{ "ends inside its header (6 bytes)", EH(e_version), EV_CURRENT, 6 },
	{ "not a 64-bit ELF file", EI_CLASS, 1, ELFCLASS32, 0 },
	{ "not a 64-bit ELF file", EI_CLASS, 1, 7, 0 },
	{ "big-endian", EI_DATA, 1, ELFDATA2MSB, 0 },
	{ "unknown byte order", EI_DATA, 1, 9, 0 },
	{ "is an ELF file for x86-64 (machine type 62)", EH(e_machine), EM_X86_64, 0 },
	{ "32-bit Arm", EH(e_machine), EM_ARM, 0 },
	{ "another machine (machine type 65535)", EH(e_machine), 0xffff, 0 },
	{ "not an executable", EH(e_type), ET_REL, 0 },
	{ "not an executable", EH(e_type), ET_CORE, 0 },
	{ "no segments", EH(e_phnum), 0, 0 },
	{ "truncated", EH(e_phnum), 0xffff, 0 },
	{ "truncated", EH(e_phoff), FILE_SIZE - 8, 0 },
	{ "truncated", EH(e_phoff), ~0ull - 8, 0 },
	{ "truncated", EH(e_phentsize), 32, 0 },
	{ "its 1 program headers at offset 64", EH(e_version), EV_CURRENT, 100 },
	{ "no segments", PH(p_type), PT_NOTE, 0 },
	{ "no segments", PH(p_memsz), 0, 0 },
	{ "dynamic loader", PH(p_type), PT_INTERP, 0 },
	{ "truncated: segment 0 needs 256 bytes at offset 512", PH(p_type), PT_LOAD, 600 },
	{ "truncated: segment 0", PH(p_offset), ~0ull, 0 },
	{ "truncated: segment 0", PH(p_filesz), ~0ull, 0 },
	{ "larger in the file than in memory", PH(p_memsz), 0xff, 0 },
	{ "does not fit in memory, which is 0x40000000-0x400fffff", PH(p_paddr), RAM_BASE - 4, 0 },
	{ "does not fit in memory", PH(p_paddr), RAM_BASE + RAM_SIZE - 0x17f, 0 },
	{ "does not fit in memory", PH(p_paddr), ~0ull - 0x10, 0 },
	{ "does not fit in memory", PH(p_paddr), 0x9000000, 0 },
	{ "does not fit in memory", PH(p_memsz), ~0ull, 0 },
	{ "does not fit in memory", PH(p_memsz), RAM_SIZE, 0 },
	{ "entry point 0x40001002", EH(e_entry), RAM_BASE + 0x1002, 0 },
	{ "entry point 0x1234567890", EH(e_entry), 0x1234567890, 0 },
};

START_TEST(malformed)
{
	const struct bad *b = &bad[_i];
	struct elf_image image;
	struct error e = { 0 };
	bool ok;
	u8 *exact;

	memcpy(file, &header, sizeof(header));
	memcpy(file + sizeof(header), segment, sizeof(segment));
	memcpy(file + b->offset, &b->value, b->width);
	/* In a block of exactly its size, so that a sanitizer sees a read beyond it. */
	exact = malloc(b->size ? b->size : FILE_SIZE);
	memcpy(exact, file, b->size ? b->size : FILE_SIZE);
	ok = elf_load(&bus, exact, b->size ? b->size : FILE_SIZE, "x.elf", &image, &e);
	free(exact);
	ck_assert_msg(!ok, "row %d was loaded", _i);
	ck_assert_int_eq(e.kind, ERROR_FILE);
	ck_assert_msg(strncmp(e.text, "x.elf: ", 7) == 0, "%s", e.text);
	ck_assert_msg(strstr(e.text, b->says) != NULL, "row %d: %s", _i, e.text);
	/* Reason, then remedy. */
	ck_assert_msg(strstr(e.text, "; ") != NULL, "row %d: %s", _i, e.text);
}
END_TEST

START_TEST(recognised)
{
	struct linux_header h;

	ck_assert(!elf_is((const u8 *)"\x7f"
				      "EL",
			  3));
	memcpy(file, &header, sizeof(header));
	ck_assert(elf_is(file, FILE_SIZE));
	memset(file, 0, sizeof(file));
	memcpy(file + 56, "ARM\x64", 4);
	file[8] = 0x34;
	ck_assert(!image_is_linux(file, 63, &h));
	ck_assert(image_is_linux(file, FILE_SIZE, &h));
	ck_assert_uint_eq(h.text_offset, 0x80000); /* image_size 0: before v3.17 */
	file[18] = 1;
	ck_assert(image_is_linux(file, FILE_SIZE, &h));
	ck_assert_uint_eq(h.text_offset, 0x34);
	ck_assert_uint_eq(h.image_size, 0x10000);
}
END_TEST

static const struct {
	const char *bytes;
	u8 size;
	const char *says; /* NULL: fine */
} raw[] = {
	{ "", 0, "is empty" },
	{ "\xfd"
	  "7zXZ\0",
	  6, "unxz" },
	{ "\x28\xb5\x2f\xfd", 4, "unzstd" },
	{ "\xd0\x0d\xfe\xed", 4, "--dtb" },
	{ "!<arch>\n", 8, "link it first" },
	{ "\x1f", 1, NULL },
	{ "\x00\x00\x00\x14", 4, NULL },
};

START_TEST(raw_files)
{
	struct error e = { 0 };
	bool ok = image_check((const u8 *)raw[_i].bytes, raw[_i].size, "y.bin", &e);

	ck_assert_int_eq(ok, !raw[_i].says);
	if (raw[_i].says)
		ck_assert_msg(strstr(e.text, raw[_i].says) != NULL, "%s", e.text);
}
END_TEST

/* "hypscope" 1000 times, by gzip -9. */
static const u8 gzipped[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc5, 0xb1, 0x09,
			      0x00, 0x30, 0x08, 0x00, 0xb0, 0x63, 0x8b, 0xe0, 0xa6, 0xe0, 0xd4, 0xef, 0x3d, 0xc4,
			      0x64, 0x49, 0xfe, 0x9e, 0x57, 0x1d, 0x69, 0xdb, 0xb6, 0x6d, 0xdb, 0xb6, 0x6d, 0xdb,
			      0xb6, 0x6d, 0xdb, 0xf6, 0xe1, 0x17, 0x79, 0x71, 0xe5, 0xcb, 0x40, 0x1f, 0x00, 0x00 };

START_TEST(unpacked)
{
	struct error e = { 0 };
	struct packed p;
	size_t size;
	u8 *bytes;

	ck_assert(unpack_find(gzipped, sizeof(gzipped), &p) && !p.zboot);
	bytes = unpack(gzipped, &p, 8000, "k.gz", &size, &e);
	ck_assert_msg(bytes != NULL, "%s", e.text);
	ck_assert_uint_eq(size, 8000);
	ck_assert_mem_eq(bytes + 7992, "hypscope", 8);
	free(bytes);
	ck_assert_ptr_null(unpack(gzipped, &p, 7999, "k.gz", &size, &e));
	ck_assert_msg(strstr(e.text, "k.gz") && strstr(e.text, "7999") && strstr(e.text, "--mem"), "%s", e.text);
}
END_TEST

/* An EFI image with the payload at offset 80: cut, damaged, of another kind. */
START_TEST(unpacked_efi)
{
	static const struct {
		const char *how;
		u32 at, size;
		u8 damage;
		const char *says; /* NULL: good */
	} images[] = {
		{ "gzip", 80, sizeof(gzipped), 0, NULL },
		{ "gzip", 80, sizeof(gzipped) - 9, 0, "cut short" },
		{ "gzip", 80, sizeof(gzipped), 0xff, "damaged" },
		{ "gzip", 80, 0x100000, 0, "lacks its payload" },
		{ "gzip", 0xfffffff0, 0x20, 0, "lacks its payload" },
		{ "zstd22", 80, sizeof(gzipped), 0, "'zstd22'" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(images); i++) {
		u8 efi[80 + sizeof(gzipped)] = "MZ\0\0zimg";
		struct error e = { 0 };
		struct packed p;
		size_t size;
		u8 *bytes;

		memcpy(efi + 8, &images[i].at, 4);
		memcpy(efi + 12, &images[i].size, 4);
		strcpy((char *)efi + 24, images[i].how);
		memcpy(efi + 80, gzipped, sizeof(gzipped));
		efi[80 + 20] ^= images[i].damage;
		ck_assert(unpack_find(efi, sizeof(efi), &p) && p.zboot);
		bytes = unpack(efi, &p, 1 << 20, "vmlinuz", &size, &e);
		ck_assert_msg(!bytes == !!images[i].says, "row %u: %s", i, e.text);
		if (images[i].says)
			ck_assert_msg(strstr(e.text, images[i].says) && strstr(e.text, "vmlinuz"), "%s", e.text);
		free(bytes);
		ck_assert(!unpack_find(efi, 63, &p));
	}
}
END_TEST

#define MIB (1ull << 20)
static const struct {
	const char *name;
	struct boot_sizes s;
	u64 kernel, initrd, dtb; /* offsets in RAM; 0: does not fit */
	const char *says;
} layouts[] = {
	{ "Linux, 512 MiB",
	  { .ram_size = 512 * MIB, .text_offset = 0, .kernel = 30 * MIB, .initrd = 3 * MIB, .dtb = MIB },
	  2 * MIB,
	  128 * MIB,
	  132 * MIB,
	  NULL },
	{ "Linux, 123 MiB",
	  { .ram_size = 123 * MIB, .text_offset = 0, .kernel = 30 * MIB, .initrd = MIB, .dtb = MIB },
	  2 * MIB,
	  123 * MIB / 2,
	  64 * MIB,
	  NULL },
	{ "no initrd",
	  { .ram_size = 512 * MIB, .text_offset = 0, .kernel = 30 * MIB, .dtb = MIB },
	  2 * MIB,
	  128 * MIB,
	  128 * MIB,
	  NULL },
	{ "raw binary",
	  { .ram_size = 64 * MIB, .text_offset = 0x80000, .kernel = 100, .dtb = MIB },
	  0x80000,
	  32 * MIB,
	  32 * MIB,
	  NULL },
	{ "large kernel pushes the rest",
	  { .ram_size = 512 * MIB, .text_offset = 0, .kernel = 200 * MIB, .initrd = MIB, .dtb = MIB },
	  2 * MIB,
	  202 * MIB,
	  204 * MIB,
	  NULL },
	{ "kernel larger than RAM",
	  { .ram_size = 16 * MIB, .text_offset = 0, .kernel = 16 * MIB, .dtb = MIB },
	  0,
	  0,
	  0,
	  "z: the image (16777216 bytes) does not fit in the 16 MiB of RAM; give more with --mem" },
	{ "wild text_offset",
	  { .ram_size = 16 * MIB, .text_offset = ~0ull, .kernel = 1, .dtb = MIB },
	  0,
	  0,
	  0,
	  "the image" },
	{ "wild image_size",
	  { .ram_size = 16 * MIB, .text_offset = 0, .kernel = ~0ull, .dtb = MIB },
	  0,
	  0,
	  0,
	  "the image" },
	{ "initrd does not fit",
	  { .ram_size = 16 * MIB, .text_offset = 0, .kernel = MIB, .initrd = 9 * MIB, .dtb = MIB },
	  0,
	  0,
	  0,
	  "the initial RAM disk" },
	{ "device tree does not fit",
	  { .ram_size = 16 * MIB, .text_offset = 0, .kernel = MIB, .initrd = 8 * MIB, .dtb = MIB },
	  0,
	  0,
	  0,
	  "the device tree" },
	{ "small machine: device tree behind the kernel",
	  { .ram_size = 1 * MIB, .text_offset = 0x80000, .kernel = 100, .dtb = MIB / 2 },
	  0,
	  0,
	  0,
	  "the device tree" },
};

START_TEST(layout)
{
	struct boot_sizes s = layouts[_i].s;
	struct boot_layout l;
	struct error e = { 0 };
	bool ok;

	s.ram_base = RAM_BASE;
	ok = image_layout(&s, "z", &l, &e);
	ck_assert_msg(ok == !layouts[_i].says, "%s: %s", layouts[_i].name, e.text);
	if (!ok) {
		ck_assert_msg(strstr(e.text, layouts[_i].says) != NULL, "%s: %s", layouts[_i].name, e.text);
		return;
	}
	ck_assert_uint_eq(l.stub, RAM_BASE);
	ck_assert_uint_eq(l.kernel, RAM_BASE + layouts[_i].kernel);
	ck_assert_uint_eq(l.initrd, RAM_BASE + layouts[_i].initrd);
	ck_assert_uint_eq(l.dtb, RAM_BASE + layouts[_i].dtb);
}
END_TEST

START_TEST(stub)
{
	u8 code[BOOT_STUB_SIZE];
	u64 v;

	image_stub(code, 0x40200000, 0x48000000);
	memcpy(&v, code + 24, 8);
	ck_assert_uint_eq(v, 0x48000000);
	memcpy(&v, code + 32, 8);
	ck_assert_uint_eq(v, 0x40200000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("loader");
	TCase *t = tcase_create("loader");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, good);
	tcase_add_test(t, virtual_addresses);
	tcase_add_test(t, other_memories);
	tcase_add_loop_test(t, malformed, 0, (int)ARRAY_SIZE(bad));
	tcase_add_test(t, recognised);
	tcase_add_loop_test(t, raw_files, 0, (int)ARRAY_SIZE(raw));
	tcase_add_test(t, unpacked);
	tcase_add_test(t, unpacked_efi);
	tcase_add_loop_test(t, layout, 0, (int)ARRAY_SIZE(layouts));
	tcase_add_test(t, stub);
	suite_add_tcase(s, t);
	return run_suite(s);
}
