#include "cli/image_symbols.h"

#include <stdlib.h>
#include <string.h>

#include "hypscope.h"

struct image {
	const u8 *bytes;
	size_t size;
	u8 *read; /* to be freed; NULL: a ROM's bytes */
};

static u8 *read_file(const char *name, size_t *size)
{
	FILE *f = fopen(name, "rb");
	u8 *data = NULL;
	long end;

	if (f && !fseek(f, 0, SEEK_END) && (end = ftell(f)) > 0 && !fseek(f, 0, SEEK_SET)) {
		data = malloc((size_t)end);
		*size = data ? fread(data, 1, (size_t)end, f) : 0;
	}
	if (f)
		fclose(f);
	return data;
}

static bool open_rom(const char *name, struct image *image)
{
	unsigned count;
	const struct hyp_rom *roms = hyp_roms(&count);

	for (unsigned i = 0; i < count; i++)
		if (!strcmp(roms[i].name, name)) {
			*image = (struct image){ .bytes = roms[i].image, .size = roms[i].size };
			return true;
		}
	return false;
}

static bool open_image(const struct options *o, struct image *image)
{
	const char *name = o->image ? o->image : o->kernel ? o->kernel : "demo";

	if (open_rom(name, image))
		return true;
	image->bytes = image->read = read_file(name, &image->size);
	return image->read;
}

bool image_symbol_find(const struct options *o, const char *name, u64 *value)
{
	struct image image = { 0 };
	bool found = open_image(o, &image) && symbol_find(image.bytes, image.size, name, value);

	free(image.read);
	return found;
}

bool image_symbol_at(const struct options *o, u64 address, char text[SYMBOL_TEXT_MAX])
{
	struct image image = { 0 };
	bool found = open_image(o, &image) && symbol_at(image.bytes, image.size, address, text);

	free(image.read);
	return found;
}

struct symbol_table *image_symbols(const struct options *o)
{
	struct image image = { 0 };
	struct symbol_table *t = open_image(o, &image) ? symbol_table_make(image.bytes, image.size) : NULL;

	free(image.read);
	return t;
}
