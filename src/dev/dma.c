#include "dev/dma.h"

#include "base/bits.h"

#include <string.h>

enum { CTRL_START = 1, CTRL_IRQ = 2, CTRL_ATS = 4, CTRL_PRI = 8, CTRL_KEPT = CTRL_IRQ | CTRL_ATS | CTRL_PRI };
enum { BUSY = 1, DONE = 2, ERROR = 4 };
enum { CODE_READ = 1, CODE_WRITE = 2, CODE_TRANSLATION = 3, CODE_PAGE = 4 };
#define LEN_MAX (1u << 20)
#define CHUNK 64u
#define PASID_VALID (1u << 31)

static void update_line(struct dma_engine *d)
{
	line_set(&d->line, (d->ctrl & CTRL_IRQ) && (d->status & (DONE | ERROR)));
}

static void finish(struct dma_engine *d, unsigned code, u64 address)
{
	d->status = (d->status & ~(u32)(BUSY | 0xff00)) | DONE;
	d->page = DMA_PAGE_NONE;
	if (code) {
		d->status = (d->status & ~(u32)DONE) | ERROR | code << 8;
		d->fault_addr = address;
	}
	update_line(d);
}

static enum dma_result fail(struct dma_engine *d, unsigned code, u64 address)
{
	finish(d, code, address);
	return DMA_ABORT;
}

/* ---- translations of its own ---- */

static struct dma_atc_entry *atc_find(struct dma_engine *d, u64 at, bool is_write)
{
	for (unsigned i = 0; i < DMA_ATC; i++) {
		struct dma_atc_entry *e = &d->atc[i];

		if (e->valid && e->pasid == d->pasid && e->in == (at & ~ones(e->log2)) &&
		    (is_write ? e->write : e->read))
			return e;
	}
	return NULL;
}

static void atc_fill(struct dma_engine *d, u64 at, const struct dma_translation *t)
{
	d->atc[d->next] = (struct dma_atc_entry){ .valid = true,
						  .read = t->read,
						  .write = t->write,
						  .log2 = t->log2,
						  .pasid = d->pasid,
						  .in = at & ~ones(t->log2),
						  .out = t->address };
	d->next = (d->next + 1) % DMA_ATC;
}

static bool invalidate(void *ctx, const struct dma_invalidation *what)
{
	struct dma_engine *d = ctx;

	for (unsigned i = 0; i < DMA_ATC; i++) {
		struct dma_atc_entry *e = &d->atc[i];
		bool same = what->global || !what->has_ssid == !(e->pasid & PASID_VALID);

		if (what->has_ssid && !what->global)
			same &= (e->pasid & ones(20)) == what->ssid;
		if (same && e->in <= what->last && (e->in | ones(e->log2)) >= what->address)
			e->valid = false;
	}
	return true;
}

/* Ask for a page; the answer can come at once, or later. True: it came, and it is yes. */
static bool ask_for_page(struct dma_engine *d, u64 at, bool is_write)
{
	struct dma_page_request q = { .stream = DMA_STREAM,
				      .address = at,
				      .has_ssid = d->pasid & PASID_VALID,
				      .ssid = d->pasid & (u32)ones(20),
				      .read = !is_write,
				      .write = is_write,
				      .last = true };

	d->page = DMA_PAGE_ASKING;
	d->ats.request_page(d->ats.ctx, &q);
	if (d->page == DMA_PAGE_ASKING)
		d->page = DMA_PAGE_WAITING;
	return d->page == DMA_PAGE_GRANTED;
}

static enum dma_result request(struct dma_engine *d, u64 at, bool is_write, struct dma_translation *t)
{
	struct dma_translation_request q = { .stream = DMA_STREAM,
					     .address = at,
					     .has_ssid = d->pasid & PASID_VALID,
					     .ssid = d->pasid & (u32)ones(20),
					     .no_write = !is_write };

	if (!d->ats.translate || d->ats.translate(d->ats.ctx, &q, t) != DMA_ATS_SUCCESS)
		return DMA_ABORT;
	return (is_write ? t->write : t->read) ? DMA_OK : DMA_STALL;
}

/* The translation of `at`: kept, or asked for; when there is none, after asking once for the page. */
static enum dma_result translate(struct dma_engine *d, u64 at, bool is_write, struct dma_atc_entry **e)
{
	struct dma_translation t;

	*e = atc_find(d, at, is_write);
	while (!*e) {
		enum dma_result r = request(d, at, is_write, &t);

		if (r == DMA_ABORT || (r == DMA_STALL && (!(d->ctrl & CTRL_PRI) || !d->ats.request_page)))
			return fail(d, CODE_TRANSLATION, at);
		if (r == DMA_OK) {
			atc_fill(d, at, &t);
			*e = atc_find(d, at, is_write);
			break;
		}
		if (d->page != DMA_PAGE_NONE || (!ask_for_page(d, at, is_write) && d->page != DMA_PAGE_WAITING))
			return fail(d, CODE_PAGE, at);
		if (d->page == DMA_PAGE_WAITING)
			return DMA_STALL;
	}
	d->page = DMA_PAGE_NONE;
	return DMA_OK;
}

/* ---- copying ---- */

/* The next chunk stays within a 4 KiB page at both ends. */
static u32 chunk_size(const struct dma_engine *d)
{
	u64 n = d->len - d->done, room = 4096 - ((d->src + d->done) & 4095), room2 = 4096 - ((d->dst + d->done) & 4095);

	n = n < CHUNK ? n : CHUNK;
	n = n < room ? n : room;
	return (u32)(n < room2 ? n : room2);
}

static enum dma_result access(struct dma_engine *d, u64 at, u8 *data, u32 n, bool is_write)
{
	struct dma_request q = { .stream = DMA_STREAM,
				 .address = at,
				 .size = n,
				 .is_write = is_write,
				 .has_ssid = d->pasid & PASID_VALID,
				 .ssid = d->pasid & (u32)ones(20),
				 .data = data };
	struct dma_atc_entry *e;
	enum dma_result r;

	d->waits_write = is_write;
	if (d->ctrl & CTRL_ATS) {
		r = translate(d, at, is_write, &e);
		if (r != DMA_OK)
			return r;
		q.translated = true;
		q.address = e->out | (at & ones(e->log2));
	}
	r = d->port.access(d->port.ctx, &q);
	return r == DMA_ABORT ? fail(d, is_write ? CODE_WRITE : CODE_READ, at) : r;
}

static void run(struct dma_engine *d)
{
	u8 data[CHUNK];

	while (d->done < d->len) {
		u32 n = chunk_size(d);

		/* A chunk that is resumed after a stall is read again: reads of memory have no effect. */
		memset(data, 0, sizeof(data));
		if (!d->zeroes && access(d, d->src + d->done, data, n, false) != DMA_OK)
			return;
		if (access(d, d->dst + d->done, data, n, true) != DMA_OK)
			return;
		d->done += n;
		d->zeroes = false;
	}
	finish(d, 0, 0);
}

static void resumed(void *ctx, enum dma_resume how)
{
	struct dma_engine *d = ctx;

	if (!(d->status & BUSY))
		return;
	if (how == DMA_TERMINATED) {
		fail(d, d->waits_write ? CODE_WRITE : CODE_READ, (d->waits_write ? d->dst : d->src) + d->done);
		return;
	}
	if (how == DMA_IGNORED && d->waits_write)
		d->done += chunk_size(d);
	d->zeroes = how == DMA_IGNORED && !d->waits_write;
	run(d);
}

static void page_response(void *ctx, u16 group, enum dma_page_response code)
{
	struct dma_engine *d = ctx;
	bool waiting = d->page == DMA_PAGE_WAITING;

	if (group || (d->page != DMA_PAGE_ASKING && !waiting))
		return;
	d->page = code == DMA_PAGE_SUCCESS ? DMA_PAGE_GRANTED : DMA_PAGE_REFUSED;
	if (!waiting)
		return;
	if (d->page == DMA_PAGE_GRANTED)
		run(d);
	else
		fail(d, CODE_PAGE, (d->waits_write ? d->dst : d->src) + d->done);
}

struct dma_client dma_client(struct dma_engine *d)
{
	return (struct dma_client){
		.ctx = d, .resumed = resumed, .invalidate = invalidate, .page_response = page_response
	};
}

static void start(struct dma_engine *d)
{
	if (d->status & BUSY)
		return;
	d->status = BUSY;
	d->done = 0;
	d->fault_addr = 0;
	d->zeroes = false;
	d->page = DMA_PAGE_NONE;
	update_line(d);
	run(d);
}

/* ---- registers ---- */

static u64 reg_value(const struct dma_engine *d, u64 at)
{
	switch (at) {
	case 0x00: return 0x31414d44;
	case 0x04: return d->ctrl & CTRL_KEPT;
	case 0x08: return d->status;
	case 0x10: return d->src;
	case 0x18: return d->dst;
	case 0x20: return d->len;
	case 0x28: return d->fault_addr;
	case 0x30: return DMA_STREAM;
	case 0x34: return d->pasid;
	default: return 0;
	}
}

static enum bus_result dma_read(void *ctx, const struct bus_access *a, u64 *value)
{
	unsigned shift = a->offset & 4 && a->offset >= 0x10 && a->offset < 0x30 ? 32 : 0;

	if (a->size < 4)
		return BUS_SLVERR;
	*value = reg_value(ctx, shift ? a->offset - 4 : a->offset) >> shift;
	if (a->size == 4)
		*value = (u32)*value;
	return BUS_OK;
}

static void set_half(u64 *reg, const struct bus_access *a, u64 value)
{
	*reg = a->size == 8 ? value : deposit(*reg, a->offset & 4 ? 32 : 0, 32, value);
}

static enum bus_result dma_write(void *ctx, const struct bus_access *a, u64 value)
{
	struct dma_engine *d = ctx;

	if (a->size < 4)
		return BUS_SLVERR;
	switch (a->offset) {
	case 0x04:
		d->ctrl = value & CTRL_KEPT;
		update_line(d);
		if (value & CTRL_START)
			start(d);
		break;
	case 0x08:
		d->status &= ~((u32)value & (DONE | ERROR));
		update_line(d);
		break;
	case 0x10:
	case 0x14: set_half(&d->src, a, value); break;
	case 0x18:
	case 0x1c: set_half(&d->dst, a, value); break;
	case 0x20: d->len = value > LEN_MAX ? LEN_MAX : (u32)value; break;
	case 0x34: d->pasid = (u32)value & (PASID_VALID | (u32)ones(20)); break;
	default: break;
	}
	return BUS_OK;
}

const struct bus_device_ops dma_bus_ops = { .read = dma_read, .write = dma_write };

void dma_reset(struct dma_engine *d)
{
	*d = (struct dma_engine){ .port = d->port, .ats = d->ats, .line = d->line };
}
