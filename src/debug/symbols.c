#include "debug/symbols.h"

#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
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

/* "$x" and "$d" mark code and data; absolute symbols are numbers. */
static bool is_place(const char *name, const GElf_Sym *s)
{
	unsigned type = GELF_ST_TYPE(s->st_info);

	return name[0] != '$' && type != STT_SECTION && type != STT_FILE && s->st_shndx != SHN_ABS;
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

	if (!is_place(name, s) || offset > NEAR || (n->found && s->st_value <= n->value))
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

/* ---- a table ---- */

struct symbol {
	u64 value;
	u32 order; /* of two at one place the first in the image is named */
	char *name;
};
struct symbol_table {
	struct symbol *symbol; /* by value */
	size_t count, room;
};

static bool add_symbol(void *ctx, const char *name, const GElf_Sym *s)
{
	struct symbol_table *t = ctx;
	struct symbol *bigger;

	if (!is_place(name, s))
		return false;
	if (t->count == t->room) {
		size_t room = t->room ? 2 * t->room : 256;

		bigger = realloc(t->symbol, room * sizeof(*bigger));
		if (!bigger)
			return true;
		t->symbol = bigger;
		t->room = room;
	}
	t->symbol[t->count] = (struct symbol){ s->st_value, (u32)t->count, strdup(name) };
	return !t->symbol[t->count++].name;
}

static int by_value(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

struct symbol_table *symbol_table_make(const u8 *image, size_t size)
{
	struct symbol_table *t = calloc(1, sizeof(*t));
	bool stopped = t && visit_symbols(image, size, add_symbol, t);

	if (!t || stopped || !t->count) {
		symbol_table_free(t);
		return NULL;
	}
	qsort(t->symbol, t->count, sizeof(*t->symbol), by_value);
	return t;
}

void symbol_table_free(struct symbol_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++)
		free(t->symbol[i].name);
	free(t->symbol);
	free(t);
}

bool symbol_table_find(const struct symbol_table *t, const char *name, u64 *value)
{
	for (size_t i = 0; i < t->count; i++)
		if (!strcmp(t->symbol[i].name, name)) {
			*value = t->symbol[i].value;
			return true;
		}
	return false;
}

bool symbol_table_at(const struct symbol_table *t, u64 address, char text[SYMBOL_TEXT_MAX])
{
	size_t low = 0, high = t->count;
	u64 offset;

	/* Invariant: symbols below `low` are not above the address, those from `high` on are. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->symbol[middle].value <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || (offset = address - t->symbol[low - 1].value) > NEAR)
		return false;
	while (low > 1 && t->symbol[low - 2].value == t->symbol[low - 1].value)
		low--;
	snprintf(text, SYMBOL_TEXT_MAX, offset ? "%s+0x%llx" : "%s", t->symbol[low - 1].name,
		 (unsigned long long)offset);
	return true;
}
