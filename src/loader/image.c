/* Linux Images, raw binaries, boot layout. */
#include "loader/image.h"

#include <string.h>

#include "base/bits.h"

#define MIB (1ull << 20)
#define RAW_OFFSET 0x80000u /* raw binaries, and Images older than the text_offset rule */

static u64 word64(const u8 *at)
{
	u64 v;

	memcpy(&v, at, 8);
	return v;
}

/* The 64-byte header: text_offset at 8, image_size at 16, flags at 24, "ARM\x64" at 56. */
bool image_is_linux(const u8 *file, size_t size, struct linux_header *h)
{
	if (size < 64 || memcmp(file + 56, "ARM\x64", 4) != 0)
		return false;
	*h = (struct linux_header){ word64(file + 8), word64(file + 16), word64(file + 24) };
	/* Before v3.17 image_size is 0 and text_offset has no defined endianness. */
	if (!h->image_size)
		h->text_offset = RAW_OFFSET;
	return true;
}

bool image_check(const u8 *file, size_t size, const char *name, struct error *e)
{
	static const struct {
		const char *magic;
		u8 length;
		const char *what, *remedy;
	} kinds[] = {
		{ "\xfd"
		  "7zXZ",
		  5, "is compressed with xz", "decompress it first: unxz" },
		{ "\x28\xb5\x2f\xfd", 4, "is compressed with zstd", "decompress it first: unzstd" },
		{ "\xd0\x0d\xfe\xed", 4, "is a device tree or a FIT image", "give a device tree with --dtb" },
		{ "!<arch>", 7, "is an archive of object files", "link it first" },
	};

	if (!size)
		return error_set(e, ERROR_FILE, "%s: is empty; give an ELF file, a Linux Image or a raw binary", name);
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++)
		if (size >= kinds[i].length && memcmp(file, kinds[i].magic, kinds[i].length) == 0)
			return error_set(e, ERROR_FILE, "%s: %s; %s", name, kinds[i].what, kinds[i].remedy);
	return true;
}

static bool too_large(const struct boot_sizes *s, const char *name, const char *what, u64 size, struct error *e)
{
	return error_set(e, ERROR_FILE, "%s: %s (%llu bytes) does not fit in the %llu MiB of RAM; give more with --mem",
			 name, what, (unsigned long long)size, (unsigned long long)(s->ram_size / MIB));
}

/*
 * The stub is at the start of RAM, the kernel at text_offset (2 MiB further when it would lie on the stub), the initrd
 * in the middle of RAM or at 128 MiB, whichever is less, but beyond the kernel; the device tree at the next 2 MiB
 * boundary.
 */
bool image_layout(const struct boot_sizes *s, const char *name, struct boot_layout *l, struct error *e)
{
	u64 offset = s->text_offset < 4096 ? s->text_offset + 2 * MIB : s->text_offset;
	u64 middle = s->ram_size / 2 < 128 * MIB ? s->ram_size / 2 : 128 * MIB;
	u64 after_kernel, initrd, dtb;

	if (offset < s->text_offset || offset > s->ram_size || s->kernel > s->ram_size - offset)
		return too_large(s, name, "the image", s->kernel, e);
	after_kernel = align_up(offset + s->kernel, 2 * MIB);
	initrd = after_kernel > middle ? after_kernel : middle;
	if (s->initrd && (initrd > s->ram_size || s->initrd > s->ram_size - initrd))
		return too_large(s, name, "the initial RAM disk behind it", s->initrd, e);
	dtb = align_up(initrd + s->initrd, 2 * MIB);
	if (dtb > s->ram_size || s->dtb > s->ram_size - dtb) {
		/* A small machine without an initrd: right behind the kernel. */
		dtb = after_kernel;
		if (s->initrd || dtb > s->ram_size || s->dtb > s->ram_size - dtb)
			return too_large(s, name, "the device tree behind it", s->dtb, e);
	}
	*l = (struct boot_layout){ s->ram_base, s->ram_base + offset, s->ram_base + initrd, s->ram_base + dtb };
	return true;
}

void image_stub(u8 stub[BOOT_STUB_SIZE], u64 kernel, u64 dtb)
{
	static const u32 code[] = {
		0x580000c0, /* ldr x0, dtb (24) */
		0xaa1f03e1, /* mov x1, xzr */
		0xaa1f03e2, /* mov x2, xzr */
		0xaa1f03e3, /* mov x3, xzr */
		0x58000084, /* ldr x4, kernel (32) */
		0xd61f0080, /* br x4 */
	};

	memcpy(stub, code, sizeof(code));
	memcpy(stub + 24, &dtb, 8);
	memcpy(stub + 32, &kernel, 8);
}
