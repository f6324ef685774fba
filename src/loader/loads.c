#include "loader/loads.h"

#include <string.h>

#include "loader/elf_load.h"

typedef unsigned long long ull;

bool place_add(struct places *p, const char *name, u64 at, u64 size, struct error *e)
{
	if (!size)
		return true;
	for (unsigned i = 0; i < p->count; i++) {
		const struct place *old = &p->place[i];

		if (at < old->hi && old->lo < at + size)
			return error_set(e, ERROR_FILE,
					 "%s: would lie at 0x%llx-0x%llx, on %s (0x%llx-0x%llx); give another address",
					 name, (ull)at, (ull)(at + size - 1), old->name, (ull)old->lo,
					 (ull)(old->hi - 1));
	}
	if (p->count < PLACES_MAX)
		p->place[p->count++] = (struct place){ name, at, at + size };
	return true;
}

bool place_is_taken(const struct places *p, u64 at, u64 size)
{
	for (unsigned i = 0; i < p->count; i++)
		if (at < p->place[i].hi && p->place[i].lo < at + size)
			return true;
	return false;
}

static bool no_memory(const char *name, u64 at, u64 size, struct error *e)
{
	return error_set(e, ERROR_FILE, "%s: there is no memory for its %llu bytes at 0x%llx; give another address",
			 name, (ull)size, (ull)at);
}

static bool load_number(struct bus *b, struct places *p, const struct hyp_load *l, struct error *e)
{
	u8 bytes[8];

	memcpy(bytes, &l->data, sizeof(bytes));
	if (!load_bytes(b, l->at, bytes, l->data_size, l->data_size))
		return no_memory("a number", l->at, l->data_size, e);
	return place_add(p, "a number", l->at, l->data_size, e);
}

bool load_one(struct bus *b, struct places *p, const struct hyp_load *l, const struct host_file *f, u64 *entry,
	      struct error *e)
{
	struct elf_image elf;

	*entry = l->at;
	if (!l->file)
		return load_number(b, p, l, e);
	if (!l->raw && elf_is(f->bytes, f->size)) {
		if (!elf_load(b, f->bytes, f->size, l->file, &elf, e))
			return false;
		*entry = elf.entry;
		return place_add(p, l->file, elf.lo, elf.hi - elf.lo, e);
	}
	if (!l->at_given)
		return error_set(e, ERROR_FILE, "%s: is not an ELF file, which says where it goes; give an address",
				 l->file);
	if (!load_bytes(b, l->at, f->bytes, f->size, f->size))
		return no_memory(l->file, l->at, f->size, e);
	return place_add(p, l->file, l->at, f->size, e);
}
