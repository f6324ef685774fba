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
	u8 what;  /* enum kind, and bits 6 and 7: values as they are, which are tamed otherwise */
	u8 where; /* bits 2:1: the device; 0: the queue */
	u8 a, b;
	u32 v;
	u64 w;
};
enum kind { WRITE_REG, READ_REG, DESCRIPTOR, OFFER, MEMORY, FROM_HOST, BLOCK_REQUEST, KINDS };
enum { WILD_ADDRESS = 0x80, WILD_SIZE = 0x40 };

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

	if (c->where & 2)
		virtio_console_receive(&b->console, c->a);
	else
		virtio_net_receive(&b->net, frame, c->v & 2047);
}

static u8 *queue(const struct command *c)
{
	return ram + 0x2000 * (c->where & 7);
}

static void describe(const struct command *c, unsigned i, u64 at, u32 size, unsigned flags, unsigned next)
{
	u8 *d = queue(c) + 16 * (i & 15);
	u16 tail[2] = { (u16)flags, (u16)next };

	memcpy(d, &at, 8);
	memcpy(d + 8, &size, 4);
	memcpy(d + 12, tail, 4);
}

static u64 address(const struct command *c, u64 v)
{
	return c->what & WILD_ADDRESS ? v : RAM_BASE + v % RAM_SIZE;
}

static void offer(struct board *b, const struct command *c, u16 head)
{
	u8 *avail = queue(c) + 0x100;
	u16 index;

	memcpy(&index, avail + 2, 2);
	memcpy(avail + 4 + 2 * (index & 15), &head, 2);
	index++;
	memcpy(avail + 2, &index, 2);
	put(b, c->where >> 1 & 3, 0x50, c->where & 1);
}

/* Header, data, status, with what they say out of the input. */
static void block_request(struct board *b, const struct command *c)
{
	struct command blk = *c;
	u32 type = c->a & 15;
	u64 sector = c->what & WILD_SIZE ? c->w : c->b;
	u8 *header = ram + 0x30000;

	blk.where = 0;
	memcpy(header, &type, 4);
	memcpy(header + 8, &sector, 8);
	describe(&blk, 0, RAM_BASE + 0x30000, 16, 1, 1);
	describe(&blk, 1, address(c, c->w >> 16), c->v & (c->what & WILD_SIZE ? ~0u : 0x3fe00 | c->a),
		 c->a & 16 ? 3 : 1, 2);
	describe(&blk, 2, RAM_BASE + 0x30010, 1, 2, 0);
	offer(b, &blk, 0);
}

static void execute(struct board *b, const struct command *c)
{
	unsigned device = c->where >> 1 & 3;

	switch ((enum kind)(c->what % KINDS)) {
	case WRITE_REG: poke(b, device, 4ull * c->a, 1u << (c->b & 3), true, c->v); break;
	case READ_REG: poke(b, device, 4ull * c->a, 1u << (c->b & 3), false, 0); break;
	case DESCRIPTOR:
		describe(c, c->a, address(c, c->w), c->what & WILD_SIZE ? c->v : c->v & 0xfff, c->b & 7, c->b >> 3);
		break;
	case OFFER: offer(b, c, c->what & WILD_SIZE ? (u16)c->v : c->a & 15); break;
	case MEMORY: memcpy(ram + c->v % (RAM_SIZE - 8), &c->w, 8); break;
	case FROM_HOST: from_host(b, c); break;
	case BLOCK_REQUEST: block_request(b, c); break;
	case KINDS: break;
	}
}

/* What holds always. */
static void check(const struct board *b)
{
	for (unsigned i = 31; i > 31 - DEVICES; i--) {
		const struct virtio_device *d = b->mmio.slot[i].device;

		for (unsigned n = 0; n < d->queues; n++)
			if (d->s.q[n].ready && (d->s.q[n].size & (d->s.q[n].size - 1) || !d->s.q[n].size))
				abort();
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct board b;
	size_t commands = !size ? 0 : (size - 1) / sizeof(struct command);

	memset(ram, 0, sizeof(ram));
	build(&b, size ? data[0] : 0);
	for (size_t i = 0; i < commands && i < COMMANDS_MAX; i++) {
		struct command c;

		memcpy(&c, data + 1 + i * sizeof(c), sizeof(c));
		execute(&b, &c);
		check(&b);
	}
	disk_close(&b.disk);
	return 0;
}
