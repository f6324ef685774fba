#include "debug/summary_dma.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 256
#define RANGES_SHOWN 16

typedef unsigned long long ull;

/* ---- counting ---- */

static struct dma_stream *stream_of(struct dma_summary *d, u32 stream)
{
	struct dma_stream *grown;

	for (unsigned i = 0; i < d->streams; i++)
		if (d->stream[i].stream == stream)
			return &d->stream[i];
	if (d->streams == d->room) {
		grown = realloc(d->stream, (d->room + 8) * sizeof(*grown));
		if (!grown) {
			d->incomplete = true;
			return NULL;
		}
		d->stream = grown;
		d->room += 8;
	}
	d->stream[d->streams] = (struct dma_stream){ .stream = stream };
	return &d->stream[d->streams++];
}

static struct dma_page *slot_of(const struct dma_stream *s, u64 iova, u64 pa)
{
	u64 at = (iova * 0x9e3779b97f4a7c15ull ^ pa * 0x9fb21c651e98df25ull) >> 20;
	struct dma_page *p = &s->page[at & (s->slots - 1)];

	while (p->access && (p->iova != iova || p->pa != pa))
		p = &s->page[++at & (s->slots - 1)];
	return p;
}

static bool grow(struct dma_stream *s)
{
	struct dma_stream more = *s;

	more.slots = s->slots ? s->slots * 2 : SLOTS_FIRST;
	more.page = calloc(more.slots, sizeof(*more.page));
	if (!more.page)
		return false;
	for (u64 i = 0; i < s->slots; i++)
		if (s->page[i].access)
			*slot_of(&more, s->page[i].iova, s->page[i].pa) = s->page[i];
	free(s->page);
	*s = more;
	return true;
}

static void reach(struct dma_summary *d, struct dma_stream *s, u64 iova, u64 pa, unsigned access)
{
	struct dma_page *p;

	if (s->pages * 2 >= s->slots && !grow(s)) {
		d->incomplete = true;
		return;
	}
	p = slot_of(s, iova, pa);
	s->pages += !p->access;
	p->iova = iova;
	p->pa = pa;
	p->access |= access;
}

void dma_summary_event(struct dma_summary *d, const struct ev_smmu *e)
{
	struct dma_stream *s;

	if (e->what != SMMU_EVENT && (e->what != SMMU_TRANSLATE || !e->size))
		return;
	s = stream_of(d, e->stream);
	if (!s)
		return;
	if (e->what == SMMU_EVENT) {
		s->events++;
		return;
	}
	*(e->is_write ? &s->writes : &s->reads) += 1;
	*(e->is_write ? &s->written_bytes : &s->read_bytes) += e->size;
	reach(d, s, e->iova >> 12, e->pa >> 12, e->is_write ? DMA_WRITTEN : DMA_READ);
}

/* ---- the end ---- */

static int by_address(const void *a, const void *b)
{
	const struct dma_page *x = a, *y = b;

	if (x->iova != y->iova)
		return x->iova < y->iova ? -1 : 1;
	return x->pa < y->pa ? -1 : x->pa > y->pa;
}

static int by_stream(const void *a, const void *b)
{
	const struct dma_stream *x = a, *y = b;

	return x->stream < y->stream ? -1 : x->stream > y->stream;
}

static void put_in_order(struct dma_stream *s)
{
	u64 n = 0;

	for (u64 i = 0; i < s->slots; i++)
		if (s->page[i].access)
			s->page[n++] = s->page[i];
	s->slots = n;
	if (n)
		qsort(s->page, n, sizeof(*s->page), by_address);
}

void dma_summary_end(struct dma_summary *d, const struct machine *m)
{
	for (unsigned i = 0; i < d->streams; i++) {
		const char *name = hyp_stream_name(m, d->stream[i].stream);

		snprintf(d->stream[i].name, sizeof(d->stream[i].name), "%s", name ? name : "no device");
		put_in_order(&d->stream[i]);
	}
	if (d->streams)
		qsort(d->stream, d->streams, sizeof(*d->stream), by_stream);
}

void dma_summary_free(struct dma_summary *d)
{
	for (unsigned i = 0; i < d->streams; i++)
		free(d->stream[i].page);
	free(d->stream);
}

/* ---- telling ---- */

/* How many pages from `at` on are one range: neighbours at both ends, reached alike. */
static u64 range_at(const struct dma_stream *s, u64 at)
{
	const struct dma_page *p = &s->page[at];
	u64 n = 1;

	while (at + n < s->pages && p[n].iova == p->iova + n && p[n].pa == p->pa + n && p[n].access == p->access)
		n++;
	return n;
}

static const char *access_words(unsigned access)
{
	static const char *const words[] = { "", "read", "written", "read and written" };

	return words[access & 3];
}

static void ranges_text(FILE *out, const struct dma_stream *s)
{
	u64 shown = 0, n, at = 0;

	for (; at < s->pages && shown < RANGES_SHOWN; at += n, shown++) {
		n = range_at(s, at);
		fprintf(out, "    IOVA 0x%llx -> PA 0x%llx, %llu page%s, %s\n", (ull)s->page[at].iova << 12,
			(ull)s->page[at].pa << 12, (ull)n, n == 1 ? "" : "s", access_words(s->page[at].access));
	}
	if (at < s->pages)
		fprintf(out, "    ... and %llu more pages\n", (ull)(s->pages - at));
}

void dma_summary_text(FILE *out, const struct dma_summary *d)
{
	for (unsigned i = 0; i < d->streams; i++) {
		const struct dma_stream *s = &d->stream[i];

		fprintf(out,
			"DMA of stream 0x%x (%s): %llu reads of %llu bytes, %llu writes of %llu bytes, %llu pages "
			"reached, %llu events\n",
			s->stream, s->name, (ull)s->reads, (ull)s->read_bytes, (ull)s->writes, (ull)s->written_bytes,
			(ull)s->pages, (ull)s->events);
		ranges_text(out, s);
	}
}

static void ranges_json(FILE *out, const struct dma_stream *s)
{
	for (u64 at = 0, n; at < s->pages; at += n) {
		n = range_at(s, at);
		fprintf(out, "%s{\"iova\":\"0x%llx\",\"pa\":\"0x%llx\",\"pages\":%llu,\"access\":\"%s\"}",
			at ? "," : "", (ull)s->page[at].iova << 12, (ull)s->page[at].pa << 12, (ull)n,
			access_words(s->page[at].access));
	}
}

void dma_summary_json(FILE *out, const struct dma_summary *d)
{
	fputc('[', out);
	for (unsigned i = 0; i < d->streams; i++) {
		const struct dma_stream *s = &d->stream[i];

		fprintf(out,
			"%s{\"stream\":\"0x%x\",\"device\":\"%s\",\"reads\":%llu,\"read_bytes\":%llu,\"writes\":%llu,"
			"\"written_bytes\":%llu,\"pages\":%llu,\"events\":%llu,\"ranges\":[",
			i ? "," : "", s->stream, s->name, (ull)s->reads, (ull)s->read_bytes, (ull)s->writes,
			(ull)s->written_bytes, (ull)s->pages, (ull)s->events);
		ranges_json(out, s);
		fputs("]}", out);
	}
	fputc(']', out);
}
