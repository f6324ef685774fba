/* Writing a machine's state to a file (state_file.h). */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/new_file.h"
#include "machine/identity.h"
#include "machine/pages.h"
#include "machine/state.h"
#include "machine/state_file.h"

#define ROOM 65536
#define LEVEL 1 /* what memory holds is mostly either zeros or packed already */

struct saver {
	struct new_file file;
	ZSTD_CCtx *zstd;
	bool failed; /* the compressor has no memory */
	u8 out[ROOM];
};

static void compress(struct saver *s, const void *data, size_t size, ZSTD_EndDirective mode)
{
	ZSTD_inBuffer in = { data, size, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { s->out, sizeof(s->out), 0 };

		left = ZSTD_compressStream2(s->zstd, &out, &in, mode);
		if (ZSTD_isError(left)) {
			s->failed = true;
			return;
		}
		fwrite(s->out, 1, out.pos, s->file.out);
	} while (in.pos < in.size || (mode == ZSTD_e_end && left));
}

static void put(struct saver *s, const void *data, size_t size)
{
	if (!s->failed)
		compress(s, data, size, ZSTD_e_continue);
}

static void begin_section(struct saver *s, const char *name, unsigned index, u64 size)
{
	struct state_section head = { .index = index, .size = size };

	strncpy(head.name, name, sizeof(head.name) - 1);
	put(s, &head, sizeof(head));
}

static void put_range(void *ctx, const char *name, unsigned index, void *data, size_t size)
{
	begin_section(ctx, name, index, size);
	put(ctx, data, size);
}

static void put_memory(struct saver *s, unsigned n, const struct state_memory *memory)
{
	struct pages pages;
	u64 count = 0;

	pages_open(&pages, memory->bytes, memory->size);
	for (u64 at = 0; pages_next(&pages, &at); at += PAGE)
		count++;
	begin_section(s, memory->name, n, count * (sizeof(u64) + PAGE));
	for (u64 at = 0; pages_next(&pages, &at); at += PAGE) {
		put(s, &at, sizeof(at));
		put(s, memory->bytes + at, PAGE);
	}
	pages_close(&pages);
}

static void put_disk(struct saver *s, unsigned n, const struct disk *d)
{
	u64 count = 0, chunks = disk_chunks(d);

	for (u64 i = 0; i < chunks; i++)
		count += disk_own_chunk(d, i) != NULL;
	begin_section(s, "disk", n, count * (sizeof(u64) + DISK_CHUNK));
	for (u64 i = 0; i < chunks; i++)
		if (disk_own_chunk(d, i)) {
			put(s, &i, sizeof(i));
			put(s, disk_own_chunk(d, i), DISK_CHUNK);
		}
}

static void put_all(struct saver *s, struct machine *m, const char *identity)
{
	static const struct state_head head = { STATE_MAGIC, STATE_VERSION, 0 };
	struct state_memory memory;

	fwrite(&head, sizeof(head), 1, s->file.out);
	begin_section(s, "identity", 0, strlen(identity));
	put(s, identity, strlen(identity));
	machine_state_visit(m, &(struct state_visitor){ .range = put_range, .ctx = s });
	for (unsigned n = 0; machine_memory(m, n, &memory); n++)
		put_memory(s, n, &memory);
	for (unsigned n = 0; n < m->disks; n++)
		put_disk(s, n, &m->disk[n]);
	begin_section(s, "end", 0, 0);
	compress(s, NULL, 0, ZSTD_e_end);
}

static bool save(struct saver *s, struct machine *m, const char *identity, const char *path, struct error *e)
{
	s->zstd = ZSTD_createCCtx();
	if (!s->zstd || ZSTD_isError(ZSTD_CCtx_setParameter(s->zstd, ZSTD_c_compressionLevel, LEVEL)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(s->zstd, ZSTD_c_checksumFlag, 1)))
		return error_set(e, ERROR_FILE, "%s: the host has not enough memory to compress it; free some", path);
	if (!new_file_open(&s->file, path, e))
		return false;
	put_all(s, m, identity);
	if (!s->failed)
		return new_file_keep(&s->file, e);
	new_file_drop(&s->file);
	return error_set(e, ERROR_FILE, "%s: the host has not enough memory to compress it; free some", path);
}

bool hyp_save(struct machine *m, const char *path, struct error *e)
{
	struct saver *s = calloc(1, sizeof(*s));
	char *identity = s ? identity_of(m, e) : NULL;
	bool ok = s ? identity && save(s, m, identity, path, e)
		    : error_set(e, ERROR_FILE, "%s: the host has not enough memory to save a state; free some", path);

	if (s)
		ZSTD_freeCCtx(s->zstd);
	free(identity);
	free(s);
	return ok;
}
