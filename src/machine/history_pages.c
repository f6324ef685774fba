#include "machine/history_pages.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/engine.h"
#include "machine/state.h"

#define PAGE DELTA_PAGE

static const u8 zeros[PAGE];

static unsigned space_of(u64 key)
{
	return (unsigned)(key >> KEY_SPACE);
}

static u64 page_of(u64 key)
{
	return key & ones(KEY_SPACE);
}

/* ---- pages by key ---- */

static u8 *memory_page(const struct live_pages *l, u64 key)
{
	return (u8 *)l->watch.memory[space_of(key)].bytes + page_of(key) * PAGE;
}

/* A disk may end in the midst of a page. */
static u64 disk_part(const struct disk *d, u64 at)
{
	return d->size - at < PAGE ? d->size - at : PAGE;
}

/* What the page holds, in `buffer` when it is of a disk. */
static const u8 *page_read(const struct live_pages *l, u64 key, u8 *buffer)
{
	struct disk *d;
	u64 at = page_of(key) * PAGE, n;

	if (space_of(key) < SPACE_IMAGE)
		return memory_page(l, key);
	d = &l->m->disk[space_of(key) - SPACE_DISK];
	n = disk_part(d, at);
	if (!disk_read(d, at, buffer, n))
		n = 0;
	memset(buffer + n, 0, PAGE - n);
	return buffer;
}

static void page_write(struct live_pages *l, u64 key, const u8 *bytes)
{
	unsigned space = space_of(key);
	u64 at = page_of(key) * PAGE;
	struct disk *d;

	if (space >= SPACE_DISK) {
		d = &l->m->disk[space - SPACE_DISK];
		disk_write(d, at, bytes, disk_part(d, at));
		return;
	}
	memcpy(memory_page(l, key), bytes, PAGE);
	for (unsigned i = 0; i < 2; i++)
		if (l->watch.memory[space].bytes == l->m->flash_data[i].bytes && l->m->flash_file[i].open)
			flash_file_store(&l->m->flash_file[i], (u32)at, PAGE);
}

/* ---- keeping ---- */

static u8 *take_spare(struct live_pages *l)
{
	struct spare_page *s = l->spare;

	if (!s)
		return malloc(PAGE);
	l->spare = s->next;
	l->spares--;
	l->bytes -= PAGE;
	return (u8 *)s;
}

static void give_spare(struct live_pages *l, u8 *page)
{
	struct spare_page *s = (struct spare_page *)(void *)page;

	if (!page || l->spares >= l->most) {
		free(page);
		return;
	}
	s->next = l->spare;
	l->spare = s;
	l->spares++;
	l->bytes += PAGE;
}

static void drop_all(struct live_pages *l)
{
	l->bytes = l->spares * PAGE;
	for (u64 i = 0; i < l->count; i++)
		give_spare(l, l->page[i].old);
	l->count = 0;
}

/* The host has no memory for it, or it is far more than was to be kept: then there is no way back. */
static void lose(struct live_pages *l)
{
	l->lost = true;
	drop_all(l);
	machine_interrupt_slice(l->m);
}

static bool make_room(struct live_pages *l)
{
	u64 room = l->room ? 2 * l->room : 1024;
	struct live_page *more;

	if (l->count < l->room)
		return true;
	more = realloc(l->page, room * sizeof(*more));
	if (!more)
		return false;
	l->page = more;
	l->room = room;
	return true;
}

static void keep(struct live_pages *l, u64 key, const u8 *bytes)
{
	bool zero = !bytes[0] && memcmp(bytes, bytes + 1, PAGE - 1) == 0;
	u8 *old = zero ? NULL : take_spare(l);

	if (l->count >= 2 * l->most || !make_room(l) || (!zero && !old)) {
		give_spare(l, old);
		lose(l);
		return;
	}
	if (old)
		memcpy(old, bytes, PAGE);
	l->page[l->count++] = (struct live_page){ key, old };
	l->bytes += sizeof(struct live_page) + (old ? PAGE : 0);
	if (l->count >= l->most && !l->full) {
		l->full = true;
		machine_interrupt_slice(l->m);
	}
}

static void on_memory_write(void *ctx, unsigned memory, u64 page)
{
	struct live_pages *l = ctx;

	if (!l->lost && !l->restoring)
		keep(l, page_key(memory, page), l->watch.memory[memory].bytes + page * PAGE);
}

static void keep_disk_page(struct live_pages *l, unsigned n, u64 page)
{
	u64 *word = &l->told[n][page / 64], bit = 1ull << page % 64, key = page_key(SPACE_DISK + n, page);
	u8 buffer[PAGE];

	if (*word & bit)
		return;
	*word |= bit;
	keep(l, key, page_read(l, key, buffer));
}

static void on_disk_write(void *ctx, struct disk *d, u64 at, u64 n, bool makes_zeros)
{
	struct live_pages *l = ctx;
	u64 end = at + n;

	while (at < end && !l->lost && !l->restoring) {
		if (makes_zeros) { /* which changes nothing where there are zeros */
			u64 data = disk_next_data(d, at);

			if (data >= end)
				return;
			at = data;
		}
		keep_disk_page(l, (unsigned)(d - l->m->disk), at / PAGE);
		at = align_down(at, PAGE) + PAGE;
	}
}

/* ---- starting and stopping ---- */

static u64 bitmap_size(u64 bytes)
{
	return (bytes / PAGE / 64 + 1) * sizeof(u64);
}

bool live_pages_start(struct live_pages *l, struct machine *m, u64 most)
{
	struct state_memory memory;
	bool ok = true;

	*l = (struct live_pages){ .m = m, .most = most, .watch = { .first_write = on_memory_write, .ctx = l } };
	while (machine_memory(m, l->watch.count, &memory)) {
		u64 *told = calloc(1, bitmap_size(memory.size));

		ok = ok && told;
		l->watch.memory[l->watch.count].bytes = memory.bytes;
		l->watch.memory[l->watch.count].size = memory.size;
		l->watch.memory[l->watch.count++].told = told;
	}
	for (unsigned i = 0; i < m->disks; i++) {
		l->told[i] = calloc(1, bitmap_size(m->disk[i].size));
		ok = ok && l->told[i];
		m->disk[i].will_write = on_disk_write;
		m->disk[i].will_write_ctx = l;
	}
	m->bus.watch = &l->watch;
	return ok;
}

void live_pages_stop(struct live_pages *l)
{
	if (!l->m)
		return;
	l->m->bus.watch = NULL;
	drop_all(l);
	while (l->spare)
		free(take_spare(l));
	free(l->page);
	for (unsigned i = 0; i < l->watch.count; i++)
		free(l->watch.memory[i].told);
	for (unsigned i = 0; i < l->m->disks; i++) {
		l->m->disk[i].will_write = NULL;
		free(l->told[i]);
	}
}

u64 live_pages_fixed(const struct live_pages *l)
{
	u64 size = 0;

	for (unsigned i = 0; i < l->watch.count; i++)
		size += bitmap_size(l->watch.memory[i].size);
	for (unsigned i = 0; i < l->m->disks; i++)
		size += bitmap_size(l->m->disk[i].size);
	return size;
}

/* ---- going on, going back ---- */

static int by_key(const void *a, const void *b)
{
	u64 x = ((const struct live_page *)a)->key, y = ((const struct live_page *)b)->key;

	return (x > y) - (x < y);
}

void live_pages_sort(struct live_pages *l)
{
	if (l->count)
		qsort(l->page, l->count, sizeof(*l->page), by_key);
}

static void forget_told(struct live_pages *l)
{
	for (u64 i = 0; i < l->count; i++) {
		unsigned space = space_of(l->page[i].key);
		u64 page = page_of(l->page[i].key);
		u64 *told = space < SPACE_IMAGE ? l->watch.memory[space].told : l->told[space - SPACE_DISK];

		told[page / 64] = 0;
	}
}

static void forget_all_told(struct live_pages *l)
{
	for (unsigned i = 0; i < l->watch.count; i++)
		memset(l->watch.memory[i].told, 0, bitmap_size(l->watch.memory[i].size));
	for (unsigned i = 0; i < l->m->disks; i++)
		memset(l->told[i], 0, bitmap_size(l->m->disk[i].size));
}

void live_pages_clear(struct live_pages *l)
{
	if (l->lost)
		forget_all_told(l);
	else
		forget_told(l);
	drop_all(l);
	l->full = l->lost = false;
	/* The engine's own pointers: its next write to a page is to be noticed. */
	for (unsigned i = 0; i < l->m->smp; i++)
		host_flush_writes(l->m->core[i]);
}

void live_pages_undo(struct live_pages *l)
{
	l->restoring = true;
	for (u64 i = 0; i < l->count; i++)
		page_write(l, l->page[i].key, l->page[i].old ? l->page[i].old : zeros);
	l->restoring = false;
	live_pages_clear(l);
}

bool live_page_changed(struct live_pages *l, const struct live_page *p, u8 * xor)
{
	u8 buffer[PAGE] __attribute__((aligned(8)));
	const u8 *now = page_read(l, p->key, buffer), *old = p->old ? p->old : zeros;

	if (memcmp(now, old, PAGE) == 0)
		return false;
	memcpy(xor, now, PAGE);
	delta_xor(xor, old);
	return true;
}

void live_pages_apply(struct live_pages *l, u64 key, const u8 * xor)
{
	u8 buffer[PAGE] __attribute__((aligned(8))), made[PAGE] __attribute__((aligned(8)));

	l->restoring = true;
	memcpy(made, page_read(l, key, buffer), PAGE);
	delta_xor(made, xor);
	page_write(l, key, made);
	l->restoring = false;
}
