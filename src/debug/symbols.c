#include "debug/symbols.h"

#include <gelf.h>
#include <string.h>

static bool find_in_table(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, const char *name, u64 *value)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Sym symbol;

	for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
		const char *text = elf_strptr(elf, header->sh_link, symbol.st_name);

		if (text && symbol.st_shndx != SHN_UNDEF && !strcmp(text, name)) {
			*value = symbol.st_value;
			return true;
		}
	}
	return false;
}

bool symbol_find(const u8 *image, size_t size, const char *name, u64 *value)
{
	Elf *elf;
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	bool found = false;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return false;
	/* libelf does not write to an image opened for reading; its interface lacks the const. */
	elf = elf_memory((char *)(uintptr_t)image, size);
	while (elf && !found && (section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
			found = find_in_table(elf, section, &header, name, value);
	elf_end(elf);
	return found;
}
