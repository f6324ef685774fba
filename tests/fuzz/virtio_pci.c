/*
 * virtio devices on PCI Express, by a driver that does anything: configuration space with its window to the BAR, the
 * structures of the BAR, MSI-X, queues that break every rule, resets of each kind. The input is a list of 16-byte
 * steps. The devices are enumerated and started well at first, and what follows may ruin it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "dev/pci_host.h"
#include "dev/virtio_console.h"
#include "dev/virtio_pci.h"
#include "dev/virtio_rng.h"

#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x10000u
#define DOORBELL_BASE 0x08090000ull
#define MEM32_BASE 0x10000000ull
#define MEM64_BASE 0x8000000000ull
#define QUEUE_SIZE 8u
#define STEPS_MAX 300u
#define DEVICES 2u

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

struct step {
	u8 what, where; /* enum kind and WILD; a device (bit 0) and a queue (bit 1) */
	u8 size, index;
	u32 offset;
	u64 v;
};
enum kind { CONFIG_WRITE, CONFIG_READ, BAR_WRITE, BAR_READ, MEMORY, DESCRIPTOR, OFFER, TYPE, RESET, SET_UP, KINDS };
enum { WILD = 0x80 };

static struct board {
	struct bus bus;
	struct pci_host host;
	struct virtio_pci function[DEVICES];
	struct virtio_rng rng;
	struct virtio_console console;
} b;
static u8 ram[RAM_SIZE];
static u64 bytes_out;

/* ---- the board ---- */

static enum bus_result doorbell_write(void *ctx, const struct bus_access *a, u64 value)
{
	if (a->stream != pci_requester(&b.function[0].function) && a->stream != pci_requester(&b.function[1].function))
		abort();
	return BUS_OK;
}

static enum bus_result doorbell_read(void *ctx, const struct bus_access *a, u64 *value)
{
	return BUS_SLVERR;
}

static const struct bus_device_ops doorbell_ops = { doorbell_read, doorbell_write };

static void on_line(void *ctx, unsigned n, bool level)
{
}

static void on_out(void *ctx, u8 byte)
{
	bytes_out++;
}

static enum dma_result through(void *ctx, const struct dma_request *q)
{
	return bus_dma_access(&b.bus, q);
}

static void access(const struct bus_device_ops *ops, void *ctx, u64 offset, unsigned size, bool is_write, u64 v)
{
	struct bus_access a = { .offset = align_down(offset, size), .size = (u8)size, .ns = true };
	u64 read = v;

	if ((is_write ? ops->write(ctx, &a, v) : ops->read(ctx, &a, &read)) != BUS_OK)
		abort();
	if (!is_write && size < 8 && read >> 8 * size)
		abort();
}

static void config(unsigned n, u32 offset, unsigned size, bool is_write, u64 v)
{
	access(&pci_ecam_ops, &b.host, (u64)(n + 1) << 15 | (offset & 0xfff), size, is_write, v);
}

/* The BARs as set_up() places them: BAR 4 of 16 KiB in the 64-bit window, BAR 1 (where = 4) of a page in the other. */
static void bar(unsigned n, unsigned where, u32 offset, unsigned size, bool is_write, u64 v)
{
	if (where & 4)
		access(&pci_window_ops, &b.host.window32, 0x1000 * n + (offset & 0xfff), size, is_write, v);
	else
		access(&pci_window_ops, &b.host.window64, 0x4000 * n + (offset & 0x3fff), size, is_write, v);
}

static u64 queue_at(unsigned n, unsigned q)
{
	return RAM_BASE + 0x1000 * (2 * n + q);
}

static void set_up(unsigned n, u8 features)
{
	config(n, PCI_BAR0 + 4, 4, true, MEM32_BASE + 0x1000 * n);
	config(n, PCI_BAR0 + 16, 4, true, 0x4000 * n);
	config(n, PCI_BAR0 + 20, 4, true, MEM64_BASE >> 32);
	config(n, PCI_COMMAND, 2, true, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	config(n, b.function[n].function.msix + 2u, 2, true, features & 1 ? 0x8000 : 0);
	bar(n, 0, 0x14, 1, true, 0);
	bar(n, 0, 0x14, 1, true, 3);
	bar(n, 0, 0x08, 4, true, 0);
	bar(n, 0, 0x0c, 4, true, features & 2 ? 0x30000000 : 0);
	bar(n, 0, 0x08, 4, true, 1);
	bar(n, 0, 0x0c, 4, true, n ? 0x103 : 0x101); /* RING_RESET, VERSION_1, and of the second one ACCESS_PLATFORM */
	bar(n, 0, 0x14, 1, true, 0xb);
	for (unsigned q = 0; q < b.function[n].device->queues; q++) {
		bar(n, 4, 16 * (q + 1), 8, true, DOORBELL_BASE + 0x40);
		bar(n, 4, 16 * (q + 1) + 12, 4, true, 0);
		bar(n, 0, 0x16, 2, true, q);
		bar(n, 0, 0x18, 2, true, QUEUE_SIZE);
		bar(n, 0, 0x1a, 2, true, q + 1);
		bar(n, 0, 0x20, 8, true, queue_at(n, q));
		bar(n, 0, 0x28, 8, true, queue_at(n, q) + 0x400);
		bar(n, 0, 0x30, 8, true, queue_at(n, q) + 0x800);
		bar(n, 0, 0x1c, 2, true, 1);
	}
	bar(n, 0, 0x14, 1, true, 0xf);
}

static void plug(unsigned n, struct virtio_device *d, struct bus *direct)
{
	virtio_pci_init(&b.function[n], d, VIRTIO_PCI_VECTORS_DEFAULT, direct);
	if (!pci_plug(&b.host, &b.function[n].function, NULL, PCI_ANY_SLOT))
		abort();
	set_up(n, 3);
}

static void build(void)
{
	memset(&b, 0, sizeof(b));
	memset(ram, 0, sizeof(ram));
	bus_add(&b.bus, &(struct bus_region){ .name = "ram", .base = RAM_BASE, .size = RAM_SIZE, .host = ram });
	bus_add(&b.bus, &(struct bus_region){ .name = "doorbell",
					      .base = DOORBELL_BASE,
					      .size = 0x1000,
					      .kind = BUS_MSI,
					      .ops = &doorbell_ops });
	pci_host_init(&b.host);
	b.host.upstream = (struct dma_port){ NULL, through };
	b.host.window32.base = MEM32_BASE;
	b.host.window64.base = MEM64_BASE;
	for (unsigned i = 0; i < 4; i++)
		b.host.line[i] = (struct line){ on_line, NULL, i };
	virtio_rng_init(&b.rng, 1);
	virtio_console_init(&b.console);
	b.console.out = on_out;
	plug(0, &b.rng.device, &b.bus);
	plug(1, &b.console.device, NULL);
}

/* ---- steps ---- */

static void describe(const struct step *s, unsigned n, unsigned q)
{
	u8 *d = ram + (queue_at(n, q) - RAM_BASE) + 16 * (s->index % QUEUE_SIZE);
	u64 at = s->what & WILD ? s->v : RAM_BASE + s->v % RAM_SIZE;
	u32 size = s->what & WILD ? s->offset : s->offset & 0xfff;
	u16 tail[2] = { s->size & 7, s->size >> 3 };

	memcpy(d, &at, 8);
	memcpy(d + 8, &size, 4);
	memcpy(d + 12, tail, 4);
}

static void offer(const struct step *s, unsigned n, unsigned q)
{
	u8 *avail = ram + (queue_at(n, q) - RAM_BASE) + 0x400;
	u16 index, head = s->what & WILD ? (u16)s->v : s->index % QUEUE_SIZE;

	memcpy(&index, avail + 2, 2);
	memcpy(avail + 4 + 2 * (index % QUEUE_SIZE), &head, 2);
	index++;
	memcpy(avail + 2, &index, 2);
	bar(n, 0, 0x3000 + 4 * q, 2, true, q);
}

static void execute(const struct step *s)
{
	unsigned n = s->where & 1, q = s->where >> 1 & 1, size = 1u << (s->size & 3);

	switch ((enum kind)((s->what & ~WILD) % KINDS)) {
	case CONFIG_WRITE: config(n, s->what & WILD ? s->offset : s->offset & 0xff, size, true, s->v); break;
	case CONFIG_READ: config(n, s->offset, size, false, 0); break;
	case BAR_WRITE: bar(n, s->where, s->what & WILD ? s->offset : s->offset & 0x303f, size, true, s->v); break;
	case BAR_READ: bar(n, s->where, s->offset, size, false, 0); break;
	case MEMORY: memcpy(ram + s->offset % (RAM_SIZE - 8), &s->v, 8); break;
	case DESCRIPTOR: describe(s, n, q); break;
	case OFFER: offer(s, n, q); break;
	case TYPE: virtio_console_receive(&b.console, s->index); break;
	case RESET: s->index & 1 ? pci_host_reset(&b.host) : pci_reset(&b.function[n].function); break;
	case SET_UP: set_up(n, s->index); break;
	case KINDS: break;
	}
}

/* What holds always. */
static void check(void)
{
	for (unsigned n = 0; n < DEVICES; n++) {
		const struct virtio_pci *v = &b.function[n];

		for (unsigned q = 0; q < v->device->queues; q++) {
			const struct virtq *x = &v->device->s.q[q];

			if (x->ready && (!x->size || x->size & (x->size - 1) || x->size > VIRTQ_SIZE_MAX))
				abort();
			if (v->s.queue_vector[q] != 0xffff && v->s.queue_vector[q] >= v->function.vectors)
				abort();
		}
		if (pci_pin_driven(&v->function) && !v->device->s.isr)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct step s;

	build();
	for (size_t i = 0; i < size / sizeof(s) && i < STEPS_MAX; i++) {
		memcpy(&s, data + i * sizeof(s), sizeof(s));
		execute(&s);
		check();
	}
	return 0;
}
