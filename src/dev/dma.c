#include "dev/dma.h"

#include "base/bits.h"

enum { CTRL_START = 1, CTRL_IRQ = 2, BUSY = 1, DONE = 2, ERROR = 4, CODE_READ = 1, CODE_WRITE = 2 };
#define LEN_MAX (1u << 20)
#define CHUNK 64u

static void update_line(struct dma_engine *d)
{
	line_set(&d->line, (d->ctrl & CTRL_IRQ) && (d->status & (DONE | ERROR)));
}

static void finish(struct dma_engine *d, unsigned code, u64 address)
{
	d->status = (d->status & ~(u32)(BUSY | 0xff00)) | DONE;
	if (code) {
		d->status = (d->status & ~(u32)DONE) | ERROR | code << 8;
		d->fault_addr = address;
	}
	update_line(d);
}

/* The next chunk stays within a 4 KiB page at both ends. */
static u32 chunk_size(const struct dma_engine *d)
{
	u64 n = d->len - d->done, room = 4096 - ((d->src + d->done) & 4095), room2 = 4096 - ((d->dst + d->done) & 4095);

	n = n < CHUNK ? n : CHUNK;
	n = n < room ? n : room;
	return (u32)(n < room2 ? n : room2);
}

static void resumed(void *ctx, bool retry);

static enum dma_result access(struct dma_engine *d, u64 at, u8 *data, u32 n, bool is_write)
{
	struct dma_request q = { .stream = DMA_STREAM, .address = at, .size = n, .is_write = is_write, .data = data };
	struct dma_client client = { d, resumed };
	enum dma_result r;

	if (d->announce)
		d->announce(d->announce_ctx, &client);
	r = d->port.access(d->port.ctx, &q);
	if (r == DMA_STALL)
		d->waits_write = is_write;
	else if (r == DMA_ABORT)
		finish(d, is_write ? CODE_WRITE : CODE_READ, at);
	return r;
}

static void run(struct dma_engine *d)
{
	u8 data[CHUNK];

	while (d->done < d->len) {
		u32 n = chunk_size(d);

		/* A chunk that is resumed after a stall is read again: reads of memory have no effect. */
		if (access(d, d->src + d->done, data, n, false) != DMA_OK ||
		    access(d, d->dst + d->done, data, n, true) != DMA_OK)
			return;
		d->done += n;
	}
	finish(d, 0, 0);
}

static void resumed(void *ctx, bool retry)
{
	struct dma_engine *d = ctx;

	if (!(d->status & BUSY))
		return;
	if (retry)
		run(d);
	else
		finish(d, d->waits_write ? CODE_WRITE : CODE_READ, (d->waits_write ? d->dst : d->src) + d->done);
}

static void start(struct dma_engine *d)
{
	if (d->status & BUSY)
		return;
	d->status = BUSY;
	d->done = 0;
	d->fault_addr = 0;
	update_line(d);
	run(d);
}

static u64 reg_value(const struct dma_engine *d, u64 at)
{
	switch (at) {
	case 0x00: return 0x31414d44;
	case 0x04: return d->ctrl & CTRL_IRQ;
	case 0x08: return d->status;
	case 0x10: return d->src;
	case 0x18: return d->dst;
	case 0x20: return d->len;
	case 0x28: return d->fault_addr;
	case 0x30: return DMA_STREAM;
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
		d->ctrl = value & CTRL_IRQ;
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
	default: break;
	}
	return BUS_OK;
}

const struct bus_device_ops dma_bus_ops = { .read = dma_read, .write = dma_write };

void dma_reset(struct dma_engine *d)
{
	d->ctrl = d->status = d->len = d->done = 0;
	d->src = d->dst = d->fault_addr = 0;
	d->waits_write = false;
}
