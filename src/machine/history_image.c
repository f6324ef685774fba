#include "machine/history_image.h"

#include <stdlib.h>
#include <string.h>

#include "machine/state.h"

#define PAGE DELTA_PAGE

/* ---- pages by the host's address ---- */

static u64 place_of(const struct image *g, u64 host)
{
	return (host * 0x9e3779b97f4a7c15ull >> 20) & (g->places - 1);
}

static void enter(struct image *g, u64 n)
{
	u64 at = place_of(g, g->page[n].host);

	while (g->place[at])
		at = (at + 1) & (g->places - 1);
	g->place[at] = (u32)n + 1;
}

static bool grow(struct image *g)
{
	u64 room = g->room ? 2 * g->room : 1024;
	struct image_page *page = realloc(g->page, room * sizeof(*page));
	u32 *place;

	if (!page)
		return false;
	g->page = page;
	place = calloc(4 * room, sizeof(*place));
	if (!place)
		return false;
	free(g->place);
	g->place = place;
	g->places = 4 * room;
	g->room = room;
	for (u64 i = 0; i < g->count; i++)
		enter(g, i);
	return true;
}

static struct image_page *page_of(struct image *g, u64 host)
{
	u8 *bytes;

	if (g->places)
		for (u64 at = place_of(g, host); g->place[at]; at = (at + 1) & (g->places - 1))
			if (g->page[g->place[at] - 1].host == host)
				return &g->page[g->place[at] - 1];
	bytes = calloc(1, PAGE);
	if (!bytes || (g->count == g->room && !grow(g))) {
		free(bytes);
		g->failed = true;
		return NULL;
	}
	g->page[g->count] = (struct image_page){ .host = host, .bytes = bytes };
	enter(g, g->count);
	return &g->page[g->count++];
}

/* ---- taking ---- */

static void note(struct image *g, struct image_page *p, unsigned offset, const u8 *from, unsigned n, bool wanted)
{
	if (memcmp(p->bytes + offset, from, n) == 0)
		return;
	if (wanted && !p->xor)
		p->xor = calloc(1, PAGE);
	if (wanted && !p->xor) {
		g->failed = true;
		return;
	}
	for (unsigned i = 0; wanted && i < n; i++)
		p->xor [offset + i] = p->bytes[offset + i] ^ from[i];
	memcpy(p->bytes + offset, from, n);
}

struct work {
	struct image *g;
	bool wanted;
};

/* A range's parts, by the host's pages. */
static unsigned part(uintptr_t at, size_t left)
{
	size_t room = PAGE - at % PAGE;

	return (unsigned)(left < room ? left : room);
}

static void take_copy(void *ctx, const char *name, unsigned index, void *data, const void *home, size_t size)
{
	struct work *w = ctx;
	const u8 *from = data;
	uintptr_t at = (uintptr_t)home;

	for (unsigned n; size; at += n, from += n, size -= n) {
		struct image_page *p = page_of(w->g, at / PAGE);

		n = part(at, size);
		if (p)
			note(w->g, p, at % PAGE, from, n, w->wanted);
	}
}

static void take_range(void *ctx, const char *name, unsigned index, void *data, size_t size)
{
	take_copy(ctx, name, index, data, data, size);
}

bool image_update(struct image *g, struct machine *m, void (*changed)(void *ctx, u64 page, const u8 * xor), void *ctx)
{
	struct work w = { g, changed != NULL };
	struct state_visitor v = { .range = take_range, .copy = take_copy, .ctx = &w };

	g->failed = false;
	machine_state_visit(m, &v);
	for (u64 i = 0; changed && i < g->count; i++)
		if (g->page[i].xor) {
			changed(ctx, i, g->page[i].xor);
			free(g->page[i].xor);
			g->page[i].xor = NULL;
		}
	return !g->failed;
}

/* ---- giving ---- */

void image_apply(struct image *g, u64 n, const u8 * xor)
{
	delta_xor(g->page[n].bytes, xor);
}

static void give_copy(void *ctx, const char *name, unsigned index, void *data, const void *home, size_t size)
{
	struct work *w = ctx;
	u8 *to = data;
	uintptr_t at = (uintptr_t)home;

	for (unsigned n; size; at += n, to += n, size -= n) {
		struct image_page *p = page_of(w->g, at / PAGE);

		n = part(at, size);
		BUG_ON(!p);
		memcpy(to, p->bytes + at % PAGE, n);
	}
}

static void give_range(void *ctx, const char *name, unsigned index, void *data, size_t size)
{
	give_copy(ctx, name, index, data, data, size);
}

void image_restore(struct image *g, struct machine *m)
{
	struct work w = { g, false };
	struct state_visitor v = { .range = give_range, .copy = give_copy, .ctx = &w, .restores = true };

	machine_state_visit(m, &v);
	machine_state_restored(m);
}

void image_free(struct image *g)
{
	for (u64 i = 0; i < g->count; i++) {
		free(g->page[i].bytes);
		free(g->page[i].xor);
	}
	free(g->page);
	free(g->place);
	*g = (struct image){ 0 };
}

u64 image_size(const struct image *g)
{
	return g->count * (PAGE + sizeof(struct image_page)) + g->places * sizeof(*g->place);
}
