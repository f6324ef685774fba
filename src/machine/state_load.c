/*
 * Reading a machine's state from a file (state_file.h), in two passes: the first only finds out whether the file is
 * whole. What the second then finds to be another machine's, or impossible, leaves the machine as it was.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "machine/history.h"
#include "machine/identity.h"
#include "machine/pages.h"
#include "machine/state.h"
#include "machine/state_file.h"

#define ROOM 65536
#define WINDOW_LOG_MAX 27 /* of the zstd frame: 128 MiB */

enum trouble { FINE, BROKEN, STRANGE, NO_MEMORY };

struct loader {
	FILE *in;
	const char *path;
	struct error *e;
	ZSTD_DCtx *zstd;
	size_t left;	 /* zstd: 0: the frame is at its end */
	size_t at, have; /* of `in_bytes` */
	enum trouble trouble;
	u8 in_bytes[ROOM];
};

static bool refuse(struct loader *l, enum trouble t)
{
	if (!l->trouble)
		l->trouble = t;
	if (t == BROKEN)
		error_set(l->e, ERROR_FILE, "%s: is damaged, or was cut short; save the state again", l->path);
	else if (t == NO_MEMORY)
		error_set(l->e, ERROR_FILE, "%s: the host has not enough memory to load it; free some", l->path);
	return false;
}

/* ---- bytes ---- */

static bool fill(struct loader *l)
{
	if (l->at < l->have)
		return true;
	l->at = 0;
	l->have = fread(l->in_bytes, 1, sizeof(l->in_bytes), l->in);
	return l->have;
}

/* The next bytes of what was saved; false: there are not so many. */
static bool get(struct loader *l, void *to, size_t size)
{
	ZSTD_outBuffer out = { to, size, 0 };

	while (out.pos < size) {
		ZSTD_inBuffer in;
		size_t before = out.pos;
		bool more = fill(l);

		in = (ZSTD_inBuffer){ l->in_bytes, l->have, l->at };
		if (l->trouble || !l->left)
			return refuse(l, BROKEN);
		l->left = ZSTD_decompressStream(l->zstd, &out, &in);
		l->at = in.pos;
		if (ZSTD_isError(l->left) || (!more && out.pos == before))
			return refuse(l, BROKEN);
	}
	return true;
}

/* After the last section: the frame's checksum, and nothing behind it. */
static bool ends_here(struct loader *l)
{
	u8 byte;
	ZSTD_outBuffer out = { &byte, 1, 0 };

	while (l->left) {
		ZSTD_inBuffer in;

		if (!fill(l))
			return refuse(l, BROKEN);
		in = (ZSTD_inBuffer){ l->in_bytes, l->have, l->at };
		l->left = ZSTD_decompressStream(l->zstd, &out, &in);
		l->at = in.pos;
		if (ZSTD_isError(l->left) || out.pos)
			return refuse(l, BROKEN);
	}
	return !fill(l) || refuse(l, BROKEN);
}

static bool rewind_file(struct loader *l)
{
	struct state_head head;

	rewind(l->in);
	l->at = l->have = 0;
	l->left = 1;
	ZSTD_DCtx_reset(l->zstd, ZSTD_reset_session_only);
	if (fread(&head, sizeof(head), 1, l->in) != 1 || memcmp(head.magic, STATE_MAGIC, sizeof(head.magic)))
		return error_set(l->e, ERROR_FILE, "%s: is no saved machine state; give a file that --save made",
				 l->path);
	if (head.version != STATE_VERSION || head.reserved)
		return error_set(
			l->e, ERROR_FILE,
			"%s: is a state of format %u, but this version of hypscope reads format %u; load it with "
			"the version that saved it",
			l->path, head.version, STATE_VERSION);
	return true;
}

/* ---- the first pass ---- */

static bool skip(struct loader *l, u64 size)
{
	u8 bytes[4096];

	for (u64 part; size; size -= part) {
		part = size < sizeof(bytes) ? size : sizeof(bytes);
		if (!get(l, bytes, part))
			return false;
	}
	return true;
}

static bool is_whole(struct loader *l)
{
	struct state_section s;

	do {
		if (!get(l, &s, sizeof(s)) || !skip(l, s.size))
			return false;
	} while (strncmp(s.name, "end", sizeof(s.name)));
	return ends_here(l);
}

/* ---- the second ---- */

static bool strange(struct loader *l, const struct state_section *has, const char *name, unsigned index, u64 size)
{
	error_set(
		l->e, ERROR_FILE,
		"%s: has '%.*s %u' of %llu bytes where this version of hypscope has '%s %u' of %llu; load it with the "
		"version that saved it",
		l->path, (int)sizeof(has->name), has->name, has->index, (unsigned long long)has->size, name, index,
		(unsigned long long)size);
	return refuse(l, STRANGE);
}

static bool is_named(const struct state_section *s, const char *name, unsigned index)
{
	return !strncmp(s->name, name, sizeof(s->name)) && s->index == index;
}

static void get_range(void *ctx, const char *name, unsigned index, void *data, size_t size)
{
	struct loader *l = ctx;
	struct state_section s;

	if (!l->trouble && get(l, &s, sizeof(s))) {
		if (!is_named(&s, name, index) || s.size != size)
			strange(l, &s, name, index, size);
		else if (get(l, data, size))
			return;
	}
	memset(data, 0, size);
}

static bool get_identity(struct loader *l, struct machine *m)
{
	struct state_section s;
	bool ok;
	char *text;

	if (!get(l, &s, sizeof(s)))
		return false;
	if (!is_named(&s, "identity", 0) || s.size > IDENTITY_MAX)
		return strange(l, &s, "identity", 0, IDENTITY_MAX);
	text = calloc(1, s.size + 1);
	if (!text)
		return refuse(l, NO_MEMORY);
	ok = get(l, text, s.size) && identity_check(m, text, l->path, l->e);
	free(text);
	return ok;
}

/* The number of pieces in a section. */
static bool begin_pieces(struct loader *l, const char *name, unsigned n, u64 piece, u64 most, u64 *count)
{
	struct state_section s;

	if (!get(l, &s, sizeof(s)))
		return false;
	if (!is_named(&s, name, n) || s.size % (sizeof(u64) + piece) || s.size / (sizeof(u64) + piece) > most)
		return strange(l, &s, name, n, most * (sizeof(u64) + piece));
	*count = s.size / (sizeof(u64) + piece);
	return true;
}

static bool get_memory(struct loader *l, unsigned n, const struct state_memory *memory)
{
	u64 count, at;

	if (!begin_pieces(l, memory->name, n, PAGE, memory->size / PAGE, &count))
		return false;
	for (; count; count--) {
		if (!get(l, &at, sizeof(at)))
			return false;
		if (at % PAGE || at >= memory->size)
			return refuse(l, BROKEN);
		if (!get(l, memory->bytes + at, PAGE))
			return false;
	}
	return true;
}

static bool get_disk(struct loader *l, unsigned n, struct disk *d)
{
	u8 *bytes = malloc(DISK_CHUNK);
	u64 count, i;
	bool ok = bytes ? begin_pieces(l, "disk", n, DISK_CHUNK, disk_chunks(d), &count) : refuse(l, NO_MEMORY);

	disk_forget_own(d);
	for (; ok && count; count--) {
		ok = get(l, &i, sizeof(i)) && get(l, bytes, DISK_CHUNK);
		if (ok && (i >= disk_chunks(d) || !disk_set_own_chunk(d, i, bytes)))
			ok = refuse(l, i >= disk_chunks(d) ? BROKEN : NO_MEMORY);
	}
	free(bytes);
	return ok;
}

static bool get_large(struct loader *l, struct machine *m)
{
	struct state_memory memory;

	for (unsigned n = 0; machine_memory(m, n, &memory); n++) {
		memory_clear(&(struct memory){ memory.bytes, memory.size });
		if (!get_memory(l, n, &memory))
			return false;
	}
	for (unsigned n = 0; n < m->disks; n++)
		if (!get_disk(l, n, &m->disk[n]))
			return false;
	return true;
}

/* A bank that keeps what is programmed keeps what came. */
static bool store_flash(struct machine *m, const char *path, struct error *e)
{
	for (unsigned i = 0; i < 2; i++)
		if (m->flash[i].store && !m->flash[i].store(m->flash[i].store_ctx, 0, FLASH_BANK_SIZE))
			return error_set(e, ERROR_FILE, "%s: was loaded, but flash %u could not be written to its file",
					 path, i);
	return true;
}

/* ---- as it was before ---- */

struct copy {
	u8 *bytes;
	size_t size, room, at;
	bool failed;
};

static void put_copy(void *ctx, const char *name, unsigned index, void *data, size_t size)
{
	struct copy *c = ctx;

	if (c->size + size > c->room) {
		u8 *more = realloc(c->bytes, 2 * (c->size + size));

		c->failed |= !more;
		if (!more)
			return;
		c->bytes = more;
		c->room = 2 * (c->size + size);
	}
	memcpy(c->bytes + c->size, data, size);
	c->size += size;
}

static void get_copy(void *ctx, const char *name, unsigned index, void *data, size_t size)
{
	struct copy *c = ctx;

	memcpy(data, c->bytes + c->at, size);
	c->at += size;
}

/* The ranges; false: the machine is as it was. */
static bool get_ranges(struct loader *l, struct machine *m)
{
	struct copy before = { 0 };
	bool ok;

	machine_state_visit(m, &(struct state_visitor){ .range = put_copy, .ctx = &before });
	if (before.failed) {
		free(before.bytes);
		return refuse(l, NO_MEMORY);
	}
	machine_state_visit(m, &(struct state_visitor){ .range = get_range, .ctx = l, .restores = true });
	ok = !l->trouble;
	if (ok && !machine_state_is_sound(m))
		ok = error_set(l->e, ERROR_FILE, "%s: holds a state that no machine can be in; save it again", l->path);
	if (!ok) {
		machine_state_visit(m, &(struct state_visitor){ .range = get_copy, .ctx = &before, .restores = true });
		machine_state_restored(m);
	}
	free(before.bytes);
	return ok;
}

static bool load(struct loader *l, struct machine *m)
{
	if (!rewind_file(l) || !is_whole(l) || !rewind_file(l) || !get_identity(l, m) || !get_ranges(l, m))
		return false;
	history_forget(m);
	input_log_clear(&m->inputs.log);
	m->inputs = (struct inputs){ 0 };
	/* The file is whole, and of this layout: what goes wrong from here on is the host's. */
	if (!get_large(l, m)) {
		m->end = HYP_LOCKUP;
		snprintf(m->why, sizeof(m->why), "The machine's memory was not loaded to its end.");
		return false;
	}
	machine_state_restored(m);
	return store_flash(m, l->path, l->e);
}

bool hyp_load(struct machine *m, const char *path, struct error *e)
{
	struct loader *l = calloc(1, sizeof(*l));
	bool ok;

	if (!l)
		return error_set(e, ERROR_FILE, "%s: the host has not enough memory to load it; free some", path);
	*l = (struct loader){ .in = fopen(path, "rb"), .path = path, .e = e, .zstd = ZSTD_createDCtx() };
	if (!l->in)
		ok = error_set(e, ERROR_FILE, "%s: cannot be opened: %s; check the name", path, strerror(errno));
	else if (!l->zstd || ZSTD_isError(ZSTD_DCtx_setParameter(l->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
		ok = refuse(l, NO_MEMORY);
	else
		ok = load(l, m);
	if (l->in)
		fclose(l->in);
	ZSTD_freeDCtx(l->zstd);
	free(l);
	return ok;
}
