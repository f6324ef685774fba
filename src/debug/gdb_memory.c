/* Memory, in the space that `monitor space` chose. */
#include "debug/gdb_internal.h"

static bool place(const char **at, u64 *address, u64 *size)
{
	return gdb_hex_number(at, address) && gdb_char(at, ',') && gdb_hex_number(at, size);
}

void gdb_read_memory(struct gdb *g, const char *at, bool binary)
{
	u8 bytes[GDB_PACKET / 2 - 8];
	u64 address, size, got;

	if (!place(&at, &address, &size) || *at) {
		gdb_put(g, "E22");
		return;
	}
	if (size > sizeof(bytes))
		size = sizeof(bytes);
	got = hyp_memory_read(g->m, g->core, g->space, address, bytes, size);
	if (size && !got)
		gdb_put(g, "E14");
	else if (binary)
		gdb_put(g, "b"), gdb_put_binary(g, bytes, got);
	else
		gdb_put_hex(g, bytes, got);
}

void gdb_write_memory(struct gdb *g, const char *at, const char *end, bool binary)
{
	u8 bytes[GDB_PACKET];
	const void *from = bytes;
	u64 address, size;

	if (!place(&at, &address, &size) || !gdb_char(&at, ':') || size > sizeof(bytes)) {
		gdb_put(g, "E22");
		return;
	}
	if (binary)
		from = at;
	if (binary ? (u64)(end - at) != size : !gdb_hex_bytes(&at, bytes, size) || at != end) {
		gdb_put(g, "E22");
		return;
	}
	gdb_put(g, hyp_memory_write(g->m, g->core, g->space, address, from, size) == size ? "OK" : "E14");
}
