/*
 * Every virtio device, by a driver that does anything. The input's first byte chooses the interface; its head is a list
 * of 8-byte commands, and all of it is what memory holds first, so that rings and requests have contents. Devices are
 * set up well, and what follows may ruin it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dev/virtio_blk.h"
#include "dev/virtio_console.h"
#include "dev/virtio_mmio.h"
#include "dev/virtio_net.h"
#include "dev/virtio_rng.h"

#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x40000u
#define SECTORS 256u
#define COMMANDS_MAX 256u
#define DEVICES 4u

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

struct command {
	u8 what; /* bits 1:0: write, read, notify, host; 3:2: the device; 5:4: log2 size */
	u8 reg;	 /* in words */
	u16 at;	 /* of memory, in units of 4 bytes, that is set first when bit 6 of `what` is */
	u32 value;
} __attribute__((packed));

struct board {
	struct bus bus;
	struct virtio_mmio mmio;
	struct disk disk;
	struct virtio_blk blk;
	struct virtio_rng rng;
	struct virtio_console console;
	struct virtio_net net;
};

static u8 ram[RAM_SIZE];

static void poke(struct board *b, unsigned device, u64 reg, unsigned bytes, bool write, u64 v)
{
	u64 offset = (31 - device) * VIRTIO_MMIO_STRIDE + reg % VIRTIO_MMIO_STRIDE;
	struct bus_access a = { .offset = offset & ~(u64)(bytes - 1), .size = (u8)bytes };

	if (write)
		virtio_mmio_ops.write(&b->mmio, &a, v);
	else
		virtio_mmio_ops.read(&b->mmio, &a, &v);
}

static void put(struct board *b, unsigned device, u64 reg, u64 v)
{
	poke(b, device, reg, 4, true, v);
}

static void set_up_queue(struct board *b, unsigned device, unsigned n)
{
	u64 base = RAM_BASE + 0x2000 * (device * 2 + n);

	put(b, device, 0x30, n);
	put(b, device, 0x38, 16);
	if (!b->mmio.modern) {
		put(b, device, 0x40, base / 4096);
		return;
	}
	put(b, device, 0x80, base);
	put(b, device, 0x90, base + 0x100);
	put(b, device, 0xa0, base + 0x1000);
	put(b, device, 0x44, 1);
}

static void set_up(struct board *b, unsigned device, u32 features)
{
	put(b, device, 0x28, 4096);
	put(b, device, 0x70, 0);
	put(b, device, 0x24, 0);
	put(b, device, 0x20, features);
	put(b, device, 0x24, 1);
	put(b, device, 0x20, 1);
	put(b, device, 0x70, b->mmio.modern ? 0xb : 3);
	set_up_queue(b, device, 0);
	set_up_queue(b, device, 1);
	put(b, device, 0x70, b->mmio.modern ? 0xf : 7);
}

static void attach(struct board *b, struct virtio_device *d)
{
	d->port = (struct dma_port){ &b->bus, bus_dma_access };
	virtio_mmio_attach(&b->mmio, d);
}

static void open_disk(struct disk *d, bool ro, bool snapshot)
{
	*d = (struct disk){ .size = SECTORS * DISK_SECTOR, .ro = ro, .fd = memfd_create("disk", MFD_CLOEXEC) };
	if (d->fd < 0 || ftruncate(d->fd, SECTORS * DISK_SECTOR))
		abort();
	if (snapshot)
		d->overlay = calloc(d->size / 65536 + 1, sizeof(*d->overlay));
}

static void build(struct board *b, u8 how)
{
	static const u8 mac[6];

	memset(b, 0, sizeof(*b));
	bus_add(&b->bus, &(struct bus_region){ .name = "ram", .base = RAM_BASE, .size = RAM_SIZE, .host = ram });
	b->mmio.modern = how & 1;
	open_disk(&b->disk, how & 2, how & 4);
	virtio_blk_init(&b->blk, &b->disk, 0);
	virtio_rng_init(&b->rng, 1);
	virtio_console_init(&b->console);
	virtio_net_init(&b->net, mac);
	attach(b, &b->blk.device);
	attach(b, &b->rng.device);
	attach(b, &b->console.device);
	attach(b, &b->net.device);
	for (unsigned i = 0; i < DEVICES; i++)
		set_up(b, i, how & 8 ? 0x30000000 : how & 16 ? 0x30006a64 : 0);
}

/* Something from outside. */
static void from_host(struct board *b, const struct command *c)
{
	static const u8 frame[2048];

	if (c->value & 1)
		virtio_console_receive(&b->console, (u8)(c->value >> 8));
	else if (virtio_queue_runs(&b->net.device, 0))
		virtio_net_receive(&b->net, frame, c->value >> 8 & 2047);
}

static void execute(struct board *b, const struct command *c)
{
	unsigned device = c->what >> 2 & 3, bytes = 1u << (c->what >> 4 & 3);

	if (c->what & 0x40)
		memcpy(ram + 4ull * c->at % RAM_SIZE, &c->value, 4);
	switch (c->what & 3) {
	case 0: poke(b, device, 4ull * c->reg, c->what & 0x80 ? bytes : 4, true, c->value); break;
	case 1: poke(b, device, 4ull * c->reg, bytes, false, 0); break;
	case 2: put(b, device, 0x50, c->reg & 1); break;
	default: from_host(b, c); break;
	}
}

/* What holds always. */
static void check(const struct board *b)
{
	for (unsigned i = 31; i > 31 - DEVICES; i--) {
		const struct virtio_device *d = b->mmio.slot[i].device;

		for (unsigned n = 0; n < d->class->queues; n++)
			if (d->s.q[n].ready && (d->s.q[n].size & (d->s.q[n].size - 1) || !d->s.q[n].size))
				abort();
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct board b;
	size_t commands = size / sizeof(struct command);

	if (!size)
		return 0;
	memset(ram, 0, sizeof(ram));
	memcpy(ram, data, size < RAM_SIZE ? size : RAM_SIZE);
	build(&b, data[0]);
	for (size_t i = 0; i < commands && i < COMMANDS_MAX; i++) {
		struct command c;

		memcpy(&c, data + i * sizeof(c), sizeof(c));
		execute(&b, &c);
		check(&b);
	}
	disk_close(&b.disk);
	return 0;
}
