/* A driver for one virtio device behind virtio-mmio, in a memory of the test's own. */
#ifndef VIRTIO_RIG_H
#define VIRTIO_RIG_H

#include <string.h>

#include "base/bits.h"
#include "dev/virtio_mmio.h"

#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x200000u
#define QUEUE_SIZE 16u
/* Where queue n has its parts: a legacy layout with an alignment of 4096 bytes, which serves the modern interface too.
 */
#define DESC_AT(n) (RAM_BASE + 0x10000 * (n))
#define AVAIL_AT(n) (DESC_AT(n) + 16 * QUEUE_SIZE)
#define USED_AT(n) (DESC_AT(n) + 0x1000)
#define TABLE_AT (RAM_BASE + 0x80000) /* for indirect descriptors */
#define DATA_AT (RAM_BASE + 0x100000) /* for buffers */

enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };
enum {
	R_MAGIC = 0x00,
	R_VERSION = 0x04,
	R_DEVICE = 0x08,
	R_VENDOR = 0x0c,
	R_FEATURES = 0x10,
	R_FEATURES_SEL = 0x14,
	R_DRIVER_FEATURES = 0x20,
	R_DRIVER_FEATURES_SEL = 0x24,
	R_PAGE_SIZE = 0x28,
	R_SEL = 0x30,
	R_NUM_MAX = 0x34,
	R_NUM = 0x38,
	R_ALIGN = 0x3c,
	R_PFN = 0x40,
	R_READY = 0x44,
	R_NOTIFY = 0x50,
	R_ISR = 0x60,
	R_ACK = 0x64,
	R_STATUS = 0x70,
	R_DESC = 0x80,
	R_AVAIL = 0x90,
	R_USED = 0xa0,
	R_CONFIG = 0x100
};

static struct {
	u8 ram[RAM_SIZE];
	struct bus bus;
	struct virtio_mmio mmio;
	struct tracer trace;
	struct observer observer;
	unsigned errors; /* events of guest errors */
	bool line;
	unsigned rises; /* of the line */
} rig;

static void rig_on_line(void *ctx, unsigned n, bool level)
{
	rig.rises += level && !rig.line;
	rig.line = level;
}

static void rig_on_event(void *ctx, const struct event *e)
{
	rig.errors++;
}

static u64 rd_sized(u64 reg, unsigned size)
{
	u64 v = ~0ull;
	struct bus_access a = { .offset = 31 * VIRTIO_MMIO_STRIDE + reg, .size = (u8)size };

	return virtio_mmio_ops.read(&rig.mmio, &a, &v) == BUS_OK ? v : ~0ull;
}

static u32 rd(u64 reg)
{
	return (u32)rd_sized(reg, 4);
}

static void wr_sized(u64 reg, unsigned size, u64 v)
{
	struct bus_access a = { .offset = 31 * VIRTIO_MMIO_STRIDE + reg, .size = (u8)size };

	virtio_mmio_ops.write(&rig.mmio, &a, v);
}

static void wr(u64 reg, u64 v)
{
	wr_sized(reg, 4, v);
}

/* Plug it in. */
static void rig_attach(struct virtio_device *d, bool modern)
{
	memset(&rig, 0, sizeof(rig));
	bus_add(&rig.bus, &(struct bus_region){ .name = "ram", .base = RAM_BASE, .size = RAM_SIZE, .host = rig.ram });
	rig.observer = (struct observer){ .mask = 1u << EV_GUEST_ERROR, .event = rig_on_event };
	trace_attach(&rig.trace, &rig.observer);
	rig.mmio.modern = modern;
	for (unsigned i = 0; i < VIRTIO_MMIO_COUNT; i++)
		rig.mmio.slot[i].irq = (struct line){ rig_on_line, NULL, i };
	d->port = (struct dma_port){ &rig.bus, bus_dma_access };
	d->trace = &rig.trace;
	virtio_mmio_attach(&rig.mmio, d);
}

static u64 rig_offered(void)
{
	u64 v;

	wr(R_FEATURES_SEL, 0);
	v = rd(R_FEATURES);
	wr(R_FEATURES_SEL, 1);
	return v | (u64)rd(R_FEATURES) << 32;
}

/* Reset, and accept `features` (a modern driver VERSION_1 too). */
static void rig_negotiate(u64 features)
{
	wr(R_PAGE_SIZE, 4096);
	wr(R_STATUS, 0);
	wr(R_STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
	features |= rig.mmio.modern ? VIRTIO_F_VERSION_1 : 0;
	for (unsigned i = 0; i < 2; i++) {
		wr(R_DRIVER_FEATURES_SEL, i);
		wr(R_DRIVER_FEATURES, (u32)(features >> 32 * i));
	}
	if (rig.mmio.modern)
		wr(R_STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK);
}

static void rig_place_queue(unsigned n)
{
	wr(R_SEL, n);
	wr(R_NUM, QUEUE_SIZE);
	if (!rig.mmio.modern) {
		wr(R_ALIGN, 4096);
		wr(R_PFN, DESC_AT(n) / 4096);
		return;
	}
	wr(R_DESC, DESC_AT(n));
	wr(R_AVAIL, AVAIL_AT(n));
	wr(R_USED, USED_AT(n));
	wr(R_READY, 1);
}

static void rig_start(struct virtio_device *d, bool modern, u64 features)
{
	rig_attach(d, modern);
	rig_negotiate(features);
	for (unsigned i = 0; i < d->queues; i++)
		rig_place_queue(i);
	wr(R_STATUS, rd(R_STATUS) | VIRTIO_DRIVER_OK);
}

/* ---- memory ---- */

static void *mem(u64 at)
{
	return rig.ram + (at - RAM_BASE);
}

static u16 *u16_at(u64 at)
{
	return mem(at);
}

/* Entry i of a descriptor table. */
static void desc(u64 table, unsigned i, u64 at, u32 size, unsigned flags, unsigned next)
{
	u8 *d = mem(table + 16 * i);
	u16 tail[2] = { (u16)flags, (u16)next };

	memcpy(d, &at, 8);
	memcpy(d + 8, &size, 4);
	memcpy(d + 12, tail, 4);
}

/* Make the chain that begins at descriptor `head` available, without telling. */
static void offer(unsigned n, unsigned head)
{
	u16 *index = u16_at(AVAIL_AT(n) + 2);

	*u16_at(AVAIL_AT(n) + 4 + 2 * (*index % QUEUE_SIZE)) = (u16)head;
	++*index;
}

static void kick(unsigned n, unsigned head)
{
	offer(n, head);
	wr(R_NOTIFY, n);
}

static unsigned used_count(unsigned n)
{
	return *u16_at(USED_AT(n) + 2);
}

/* The last used entry: its length; *head: its chain. */
static u32 used_last(unsigned n, u32 *head)
{
	u32 entry[2];

	memcpy(entry, mem(USED_AT(n) + 4 + 8 * ((used_count(n) - 1) % QUEUE_SIZE)), sizeof(entry));
	*head = entry[0];
	return entry[1];
}

#endif
