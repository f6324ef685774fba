/* Input logs as files: docs/state.md has the format. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/new_file.h"
#include "machine/identity.h"
#include "machine/input_log.h"

#define MAGIC "HYPINPUT"
#define VERSION 1

struct head {
	char magic[8];
	u32 version, identity_size;
	u64 start_insns, start_hash;
};

/* One input; its bytes follow. */
struct entry {
	u8 kind, detail, waits, reserved;
	u32 size;
	u64 insns, cycle, check;
};

/* ---- in memory ---- */

static void *more(void *old, size_t *room, size_t want, size_t unit)
{
	void *new;

	if (want <= *room)
		return old;
	new = realloc(old, 2 * want * unit);
	if (new)
		*room = 2 * want;
	return new;
}

void input_log_add(struct input_log *l, const struct input *i, const void *bytes)
{
	struct input *input = more(l->input, &l->room, l->count + 1, sizeof(*input));
	u8 *all;

	l->input = input ? input : l->input;
	all = input ? more(l->bytes, &l->bytes_room, l->used + i->size + 1, 1) : NULL;
	l->bytes = all ? all : l->bytes;
	l->failed |= !all;
	if (l->failed)
		return;
	input[l->count] = *i;
	input[l->count++].at = l->used;
	if (i->size)
		memcpy(all + l->used, bytes, i->size);
	l->used += i->size;
}

void input_log_clear(struct input_log *l)
{
	free(l->identity);
	free(l->input);
	free(l->bytes);
	*l = (struct input_log){ 0 };
}

/* ---- writing ---- */

struct writer {
	FILE *out;
	u64 hash;
};

static void put(struct writer *w, const void *data, size_t size)
{
	w->hash = identity_hash(w->hash, data, size);
	fwrite(data, 1, size, w->out);
}

bool input_log_write(const struct input_log *l, const char *path, struct error *e)
{
	struct head head = { MAGIC, VERSION, (u32)strlen(l->identity), l->start_insns, l->start_hash };
	struct writer w = { .hash = IDENTITY_HASH };
	struct new_file file;

	if (l->failed)
		return error_set(e, ERROR_FILE, "%s: the host had not enough memory to record the run; free some",
				 path);
	if (!new_file_open(&file, path, e))
		return false;
	w.out = file.out;
	put(&w, &head, sizeof(head));
	put(&w, l->identity, head.identity_size);
	for (size_t n = 0; n < l->count; n++) {
		const struct input *i = &l->input[n];
		struct entry entry = { i->kind, i->detail, i->waits, 0, i->size, i->insns, i->cycle, i->check };

		put(&w, &entry, sizeof(entry));
		put(&w, l->bytes + i->at, i->size);
	}
	fwrite(&w.hash, sizeof(w.hash), 1, w.out);
	return new_file_keep(&file, e);
}

/* ---- reading ---- */

struct reader {
	FILE *in;
	u64 hash;
};

static bool get(struct reader *r, void *to, size_t size)
{
	if (fread(to, 1, size, r->in) != size)
		return false;
	r->hash = identity_hash(r->hash, to, size);
	return true;
}

static bool get_entry(struct reader *r, struct input_log *l)
{
	struct entry entry;
	u8 bytes[INPUT_SIZE_MAX];
	const struct input *last = l->count ? &l->input[l->count - 1] : NULL;

	if (!get(r, &entry, sizeof(entry)) || entry.kind >= INPUT_KINDS || entry.waits > 1 || entry.reserved ||
	    entry.size > INPUT_SIZE_MAX || entry.insns < (last ? last->insns : l->start_insns) ||
	    !get(r, bytes, entry.size))
		return false;
	input_log_add(l,
		      &(struct input){ .kind = entry.kind,
				       .detail = entry.detail,
				       .waits = entry.waits,
				       .size = entry.size,
				       .insns = entry.insns,
				       .cycle = entry.cycle,
				       .check = entry.check },
		      bytes);
	return !l->failed;
}

static bool get_log(struct reader *r, struct input_log *l, u32 identity_size)
{
	u64 hash;

	l->identity = calloc(1, identity_size + 1);
	if (!l->identity || !get(r, l->identity, identity_size))
		return false;
	do {
		if (!get_entry(r, l))
			return false;
	} while (l->input[l->count - 1].kind != INPUT_END);
	return fread(&hash, sizeof(hash), 1, r->in) == 1 && hash == r->hash && fgetc(r->in) == EOF;
}

static bool read_log(struct reader *r, struct input_log *l, const char *path, struct error *e)
{
	struct head head;

	if (!get(r, &head, sizeof(head)) || memcmp(head.magic, MAGIC, sizeof(head.magic)))
		return error_set(e, ERROR_FILE, "%s: is no recording of inputs; give a file that --record made", path);
	if (head.version != VERSION)
		return error_set(
			e, ERROR_FILE,
			"%s: is a recording of format %u, but this version of hypscope reads format %u; replay it "
			"with the version that made it",
			path, head.version, VERSION);
	l->start_insns = head.start_insns;
	l->start_hash = head.start_hash;
	if (head.identity_size <= IDENTITY_MAX && get_log(r, l, head.identity_size))
		return true;
	input_log_clear(l);
	return error_set(e, ERROR_FILE, "%s: is damaged, or was cut short; record the run again", path);
}

bool input_log_read(struct input_log *l, const char *path, struct error *e)
{
	struct reader r = { fopen(path, "rb"), IDENTITY_HASH };
	bool ok;

	*l = (struct input_log){ 0 };
	if (!r.in)
		return error_set(e, ERROR_FILE, "%s: cannot be opened: %s; check the name", path, strerror(errno));
	ok = read_log(&r, l, path, e);
	fclose(r.in);
	return ok;
}
