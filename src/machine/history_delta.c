#include "machine/history_delta.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/error.h"

/* Speed counts: most of a page is zeros, which any level finds. */
#define LEVEL (-3)
#define WINDOW_LOG 17

/* A page as it stands in the stream. */
struct record {
	u64 key;
	u8 page[DELTA_PAGE];
};
_Static_assert(sizeof(struct record) == 8 + DELTA_PAGE, "no padding");

struct reader {
	ZSTD_DCtx *ctx;
	ZSTD_inBuffer in;
	u64 left;
	struct record record;
};

struct delta_tools {
	ZSTD_CCtx *ctx;
	struct delta out; /* being made */
	size_t room;
	bool failed;
	struct reader reader[2];
};

struct delta_tools *delta_tools_new(void)
{
	struct delta_tools *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->ctx = ZSTD_createCCtx();
	t->reader[0].ctx = ZSTD_createDCtx();
	t->reader[1].ctx = ZSTD_createDCtx();
	if (t->ctx && t->reader[0].ctx && t->reader[1].ctx) {
		ZSTD_CCtx_setParameter(t->ctx, ZSTD_c_compressionLevel, LEVEL);
		ZSTD_CCtx_setParameter(t->ctx, ZSTD_c_windowLog, WINDOW_LOG);
		return t;
	}
	delta_tools_free(t);
	return NULL;
}

void delta_tools_free(struct delta_tools *t)
{
	if (!t)
		return;
	ZSTD_freeCCtx(t->ctx);
	ZSTD_freeDCtx(t->reader[0].ctx);
	ZSTD_freeDCtx(t->reader[1].ctx);
	free(t->out.bytes);
	free(t);
}

size_t delta_tools_size(const struct delta_tools *t)
{
	return sizeof(*t) + t->room + ZSTD_sizeof_CCtx(t->ctx) + ZSTD_sizeof_DCtx(t->reader[0].ctx) +
	       ZSTD_sizeof_DCtx(t->reader[1].ctx);
}

/* ---- making ---- */

void delta_begin(struct delta_tools *t)
{
	ZSTD_CCtx_reset(t->ctx, ZSTD_reset_session_only);
	t->out.size = 0;
	t->out.pages = 0;
	t->failed = false;
}

static bool grow(struct delta_tools *t)
{
	size_t room = t->room ? 2 * t->room : 1 << 16;
	u8 *bytes = realloc(t->out.bytes, room);

	if (!bytes)
		return false;
	t->out.bytes = bytes;
	t->room = room;
	return true;
}

/* Everything of `size` bytes; or, at the end, what is left. */
static void compress(struct delta_tools *t, const void *from, size_t size, ZSTD_EndDirective end)
{
	ZSTD_inBuffer in = { from, size, 0 };
	size_t left = 1;

	while (!t->failed && (end == ZSTD_e_continue ? in.pos < in.size : left != 0)) {
		ZSTD_outBuffer out;

		if (t->room - t->out.size < DELTA_PAGE && !grow(t)) {
			t->failed = true;
			return;
		}
		out = (ZSTD_outBuffer){ t->out.bytes, t->room, t->out.size };
		left = ZSTD_compressStream2(t->ctx, &out, &in, end);
		t->failed = ZSTD_isError(left);
		t->out.size = out.pos;
	}
}

void delta_put(struct delta_tools *t, u64 key, const u8 *page)
{
	compress(t, &key, sizeof(key), ZSTD_e_continue);
	compress(t, page, DELTA_PAGE, ZSTD_e_continue);
	t->out.pages++;
}

bool delta_end(struct delta_tools *t, struct delta *out)
{
	*out = (struct delta){ 0 };
	if (!t->out.pages)
		return true;
	compress(t, NULL, 0, ZSTD_e_end);
	if (!t->failed)
		out->bytes = malloc(t->out.size);
	if (!out->bytes)
		return false;
	memcpy(out->bytes, t->out.bytes, t->out.size);
	out->size = t->out.size;
	out->pages = t->out.pages;
	return true;
}

void delta_free(struct delta *d)
{
	free(d->bytes);
	*d = (struct delta){ 0 };
}

/* ---- reading ---- */

/* To the next page; false: there is none. */
static bool next(struct reader *r)
{
	ZSTD_outBuffer out = { &r->record, sizeof(r->record), 0 };

	if (!r->left)
		return false;
	r->left--;
	while (out.pos < out.size) {
		size_t before = out.pos, left = ZSTD_decompressStream(r->ctx, &out, &r->in);

		BUG_ON(ZSTD_isError(left) || (out.pos == before && r->in.pos == r->in.size));
	}
	return true;
}

static bool first(struct reader *r, const struct delta *d)
{
	ZSTD_DCtx_reset(r->ctx, ZSTD_reset_session_only);
	r->in = (ZSTD_inBuffer){ d->bytes, d->size, 0 };
	r->left = d->pages;
	return next(r);
}

void delta_each(struct delta_tools *t, const struct delta *d, void (*page)(void *ctx, u64 key, const u8 *page),
		void *ctx)
{
	struct reader *r = &t->reader[0];

	for (bool more = first(r, d); more; more = next(r))
		page(ctx, r->record.key, r->record.page);
}

static bool is_zero(const u8 *page)
{
	return !page[0] && memcmp(page, page + 1, DELTA_PAGE - 1) == 0;
}

bool delta_join(struct delta_tools *t, const struct delta *a, const struct delta *b, struct delta *out)
{
	struct reader *ra = &t->reader[0], *rb = &t->reader[1];
	bool in_a = first(ra, a), in_b = first(rb, b);

	delta_begin(t);
	while (in_a || in_b) {
		if (in_a && (!in_b || ra->record.key < rb->record.key)) {
			delta_put(t, ra->record.key, ra->record.page);
			in_a = next(ra);
		} else if (in_b && (!in_a || rb->record.key < ra->record.key)) {
			delta_put(t, rb->record.key, rb->record.page);
			in_b = next(rb);
		} else {
			delta_xor(ra->record.page, rb->record.page);
			if (!is_zero(ra->record.page))
				delta_put(t, ra->record.key, ra->record.page);
			in_a = next(ra);
			in_b = next(rb);
		}
	}
	return delta_end(t, out);
}
