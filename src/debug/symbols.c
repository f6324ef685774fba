#include "debug/symbols.h"

#include <gelf.h>
#include <stdio.h>
#include <string.h>

#define NEAR 0x10000

static bool visit_table(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
			bool (*visit)(void *ctx, const char *name, const GElf_Sym *s), void *ctx)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Sym symbol;

	for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
		const char *text = elf_strptr(elf, header->sh_link, symbol.st_name);

		if (text && text[0] && symbol.st_shndx != SHN_UNDEF && visit(ctx, text, &symbol))
			return true;
	}
	return false;
}

/* Call `visit` for every symbol that has a name, until it returns true; whether it did. */
static bool visit_symbols(const u8 *image, size_t size, bool (*visit)(void *ctx, const char *name, const GElf_Sym *s),
			  void *ctx)
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
			found = visit_table(elf, section, &header, visit, ctx);
	elf_end(elf);
	return found;
}

struct wanted {
	const char *name;
	u64 value;
};

static bool is_wanted(void *ctx, const char *name, const GElf_Sym *s)
{
	struct wanted *w = ctx;

	if (strcmp(name, w->name))
		return false;
	w->value = s->st_value;
	return true;
}

bool symbol_find(const u8 *image, size_t size, const char *name, u64 *value)
{
	struct wanted w = { .name = name };

	if (!visit_symbols(image, size, is_wanted, &w))
		return false;
	*value = w.value;
	return true;
}

struct nearest {
	u64 address, value;
	char *text;
	bool found;
};

static bool is_nearer(void *ctx, const char *name, const GElf_Sym *s)
{
	struct nearest *n = ctx;
	u64 offset = n->address - s->st_value;

	/* "$x" and "$d" mark code and data. */
	if (name[0] == '$' || GELF_ST_TYPE(s->st_info) == STT_SECTION || GELF_ST_TYPE(s->st_info) == STT_FILE ||
	    offset > NEAR || (n->found && s->st_value <= n->value))
		return false;
	n->found = true;
	n->value = s->st_value;
	snprintf(n->text, SYMBOL_TEXT_MAX, offset ? "%s+0x%llx" : "%s", name, (unsigned long long)offset);
	return false;
}

bool symbol_at(const u8 *image, size_t size, u64 address, char text[SYMBOL_TEXT_MAX])
{
	struct nearest n = { .address = address, .text = text };

	visit_symbols(image, size, is_nearer, &n);
	return n.found;
}
