/* A command's data: Physical Region Pages (4.3), and moving bytes by DMA. */
#include "base/bits.h"
#include "dev/nvme.h"

bool nvme_dma(struct nvme *n, u64 at, void *data, u64 size, bool is_write)
{
	u8 *p = data;

	while (size) {
		u64 room = 4096 - at % 4096, part = size < room ? size : room;
		struct dma_request q = {
			.stream = n->stream, .address = at, .size = (u32)part, .is_write = is_write, .data = p
		};

		if (n->port.access(n->port.ctx, &q) != DMA_OK)
			return false;
		at += part;
		p += part;
		size -= part;
	}
	return true;
}

static void add(struct nvme_buffer *b, u64 at, u64 size)
{
	b->segment[b->count++] = (struct nvme_segment){ at, (u32)size };
}

static u16 add_pages(struct nvme_buffer *b, const u64 *entry, unsigned count, u64 page, u64 *left)
{
	for (unsigned i = 0; i < count; i++) {
		u64 part = *left < page ? *left : page;

		if (entry[i] % page)
			return NVME_PRP_OFFSET_INVALID | NVME_DNR;
		add(b, entry[i], part);
		*left -= part;
	}
	return NVME_OK;
}

/*
 * The last entry of a page of the list leads to the next page, where there are more left. Ends: every page but the
 * first has 512 entries or more.
 */
static u16 find_by_list(struct nvme *n, u64 list, u64 left, struct nvme_buffer *b)
{
	u64 page = nvme_page(n), entry[NVME_SEGMENTS];

	if (list % 8)
		return NVME_PRP_OFFSET_INVALID | NVME_DNR;
	while (left) {
		u64 room = (page - list % page) / 8, need = (left + page - 1) / page;
		unsigned count = (unsigned)(need < room ? need : room), pages = need > room ? count - 1 : count;
		u16 status;

		if (!nvme_dma(n, list, entry, 8ull * count, false))
			return NVME_DATA_TRANSFER_ERROR;
		status = add_pages(b, entry, pages, page, &left);
		if (status)
			return status;
		if (pages == count)
			break;
		list = entry[pages];
		if (list % page)
			return NVME_PRP_OFFSET_INVALID | NVME_DNR;
	}
	return NVME_OK;
}

u16 nvme_find_buffer(struct nvme *n, const struct nvme_request *r, u32 size, struct nvme_buffer *b)
{
	u64 page = nvme_page(n), prp1 = nvme_qword(r, 6), prp2 = nvme_qword(r, 8), room = page - prp1 % page;

	b->count = b->current = 0;
	b->done = 0;
	if (prp1 % 4)
		return NVME_PRP_OFFSET_INVALID | NVME_DNR;
	add(b, prp1, size < room ? size : room);
	if (size <= room)
		return NVME_OK;
	if (size - room > page)
		return find_by_list(n, prp2, size - room, b);
	if (prp2 % page)
		return NVME_PRP_OFFSET_INVALID | NVME_DNR;
	add(b, prp2, size - room);
	return NVME_OK;
}

u16 nvme_copy(struct nvme *n, struct nvme_buffer *b, void *data, u32 size, bool is_write)
{
	u8 *p = data;

	while (size) {
		const struct nvme_segment *s = &b->segment[b->current];
		u32 left = s->size - b->done, part = size < left ? size : left;

		if (!nvme_dma(n, s->at + b->done, p, part, is_write))
			return NVME_DATA_TRANSFER_ERROR;
		p += part;
		size -= part;
		b->done += part;
		if (b->done == s->size) {
			b->current++;
			b->done = 0;
		}
	}
	return NVME_OK;
}

u16 nvme_reply(struct nvme *n, const struct nvme_request *r, const void *data, u32 size)
{
	struct nvme_buffer b;
	u16 status = nvme_find_buffer(n, r, size, &b);

	return status ? status : nvme_copy(n, &b, (void *)data, size, true);
}
