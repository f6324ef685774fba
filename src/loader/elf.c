/* ELF64 loading. Layouts: System V ABI, "Object Files"; ELF for the Arm 64-bit Architecture. */
#include "loader/elf_load.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"

bool elf_is(const u8 *file, size_t size)
{
	return size >= SELFMAG && memcmp(file, ELFMAG, SELFMAG) == 0;
}

bool load_bytes(struct bus *b, u64 at, const u8 *from, u64 size, u64 total)
{
	const struct bus_region *r = bus_find(b, (pa_t){ at, false });
	u64 offset = r ? at - r->base : 0;

	if (!total)
		return true;
	if (!r || !r->host || r->kind == BUS_ROM || total > r->size - offset)
		return false;
	if (r->kind == BUS_RAM)
		return bus_copy_in(b, (pa_t){ at, false }, from, size) &&
		       (memset(r->host + offset + size, 0, total - size), true);
	/* Flash in array mode: its contents before power-on. */
	memcpy(r->host + offset, from, size);
	memset(r->host + offset + size, 0, total - size);
	return true;
}

static const char *machine_name(unsigned machine)
{
	static const struct {
		u16 machine;
		const char *name;
	} names[] = { { EM_386, "x86" },     { EM_X86_64, "x86-64" }, { EM_ARM, "32-bit Arm" }, { EM_RISCV, "RISC-V" },
		      { EM_PPC64, "POWER" }, { EM_MIPS, "MIPS" },     { EM_S390, "S/390" } };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "another machine";
}

static bool header_ok(const Elf64_Ehdr *h, size_t size, const char *name, struct error *e)
{
	if (size < EI_NIDENT || (h->e_ident[EI_CLASS] == ELFCLASS64 && size < sizeof(*h)))
		return error_set(e, ERROR_FILE, "%s: the ELF file ends inside its header (%zu bytes); copy it again",
				 name, size);
	if (h->e_ident[EI_DATA] == ELFDATA2MSB)
		return error_set(e, ERROR_FILE,
				 "%s: is a big-endian ELF file; build it for little-endian AArch64 (-mlittle-endian)",
				 name);
	if (h->e_ident[EI_CLASS] != ELFCLASS64)
		return error_set(e, ERROR_FILE,
				 "%s: is not a 64-bit ELF file; build it for AArch64 (aarch64-linux-gnu-gcc)", name);
	if (h->e_ident[EI_DATA] != ELFDATA2LSB)
		return error_set(e, ERROR_FILE,
				 "%s: the ELF header has an unknown byte order (%u); copy the file again", name,
				 h->e_ident[EI_DATA]);
	if (h->e_machine != EM_AARCH64)
		return error_set(e, ERROR_FILE,
				 "%s: is an ELF file for %s (machine type %u); build it for AArch64 (machine type 183)",
				 name, machine_name(h->e_machine), h->e_machine);
	if (h->e_type != ET_EXEC && h->e_type != ET_DYN)
		return error_set(e, ERROR_FILE, "%s: is not an executable ELF file (type %u); link it first", name,
				 h->e_type);
	if (!h->e_phnum)
		return error_set(e, ERROR_FILE, "%s: the ELF file has no segments to load; link it as an executable",
				 name);
	if (h->e_phentsize != sizeof(Elf64_Phdr) || h->e_phoff > size ||
	    (size - h->e_phoff) / sizeof(Elf64_Phdr) < h->e_phnum)
		return error_set(e, ERROR_FILE,
				 "%s: the ELF file is truncated: its %u program headers at offset %llu lie beyond its "
				 "end (%zu bytes); "
				 "copy it again",
				 name, h->e_phnum, (unsigned long long)h->e_phoff, size);
	return true;
}

static bool segment_ok(const Elf64_Phdr *p, unsigned n, size_t size, const char *name, struct error *e)
{
	if (p->p_filesz > size || p->p_offset > size - p->p_filesz)
		return error_set(e, ERROR_FILE,
				 "%s: the ELF file is truncated: segment %u needs %llu bytes at offset %llu of %zu; "
				 "copy it again",
				 name, n, (unsigned long long)p->p_filesz, (unsigned long long)p->p_offset, size);
	if (p->p_filesz > p->p_memsz)
		return error_set(e, ERROR_FILE,
				 "%s: segment %u of the ELF file is larger in the file than in memory; link it again",
				 name, n);
	return true;
}

static bool load_segment(struct bus *b, const u8 *file, const Elf64_Phdr *p, unsigned n, const char *name,
			 struct elf_image *image, struct error *e)
{
	if (!load_bytes(b, p->p_paddr, file + p->p_offset, p->p_filesz, p->p_memsz))
		return error_set(
			e, ERROR_FILE,
			"%s: segment %u (%llu bytes at 0x%llx) does not fit in memory, which is 0x%llx-0x%llx; "
			"link it there or give more with --mem",
			name, n, (unsigned long long)p->p_memsz, (unsigned long long)p->p_paddr,
			(unsigned long long)b->ram_base, (unsigned long long)(b->ram_base + b->ram_size - 1));
	if (p->p_paddr < image->lo)
		image->lo = p->p_paddr;
	if (p->p_paddr + p->p_memsz > image->hi)
		image->hi = p->p_paddr + p->p_memsz;
	image->secure |= bus_find(b, (pa_t){ p->p_paddr, false })->secure_only;
	return true;
}

/* e_entry is virtual; execution starts with the MMU off. */
static void find_entry(const Elf64_Phdr *p, u64 entry, struct elf_image *image)
{
	if (entry >= p->p_vaddr && entry - p->p_vaddr < p->p_memsz)
		image->entry = entry - p->p_vaddr + p->p_paddr;
}

bool elf_load(struct bus *b, const u8 *file, size_t size, const char *name, struct elf_image *image, struct error *e)
{
	Elf64_Ehdr h = { 0 };
	unsigned loaded = 0;

	memcpy(&h, file, size < sizeof(h) ? size : sizeof(h));
	if (!header_ok(&h, size, name, e))
		return false;
	*image = (struct elf_image){ .entry = h.e_entry, .lo = ~0ull };
	for (unsigned n = 0; n < h.e_phnum; n++) {
		Elf64_Phdr p;

		memcpy(&p, file + h.e_phoff + n * sizeof(p), sizeof(p));
		if (p.p_type == PT_INTERP)
			return error_set(e, ERROR_FILE,
					 "%s: is a Linux program with a dynamic loader; give a bare-metal image", name);
		if (p.p_type != PT_LOAD || !p.p_memsz)
			continue;
		if (!segment_ok(&p, n, size, name, e) || !load_segment(b, file, &p, n, name, image, e))
			return false;
		find_entry(&p, h.e_entry, image);
		loaded++;
	}
	if (!loaded)
		return error_set(e, ERROR_FILE, "%s: the ELF file has no segments to load; link it as an executable",
				 name);
	if (image->entry & 3 || !bus_host(b, (pa_t){ image->entry, false }, 4, false))
		return error_set(e, ERROR_FILE,
				 "%s: the entry point 0x%llx is not in memory; link it with its entry in a segment",
				 name, (unsigned long long)image->entry);
	return true;
}
