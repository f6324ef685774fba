/*
 * The NVMe controller, by a driver that does anything. The input's first byte says what the disk is like; the rest is a
 * list of 24-byte steps. The controller is set up well, and what follows may ruin it. Only the first part of memory is
 * mapped for it: the rest must never change.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bus/bus.h"
#include "dev/nvme.h"

#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x18000u
#define MAPPED 0x10000u
#define GUARD 0xa7
#define BLOCKS 512u
#define STEPS_MAX 200u
#define PAIRS 4u /* of queues in use, admin included */
#define ENTRIES 8u

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

struct step {
	u8 what; /* enum kind, and bits 6 and 7: values as they are, which are tamed otherwise */
	u8 queue, opcode, nsid;
	u32 a;
	u64 v, w;
};
enum kind { WRITE_REG, READ_REG, COMMAND, RING, TAKE, MEMORY, LIST, RESTART, CUT, KINDS };
enum { WILD_ADDRESS = 0x80, WILD_VALUE = 0x40 };

struct board {
	struct bus bus;
	struct disk disk;
	struct nvme nvme;
	unsigned tail[PAIRS];
};

static u8 ram[RAM_SIZE];

static enum dma_result mapped_access(void *ctx, const struct dma_request *q)
{
	u64 at = q->address - RAM_BASE;

	if (!q->size || q->size > 4096 || q->address % 4096 + q->size > 4096)
		abort();
	return at < MAPPED && q->size <= MAPPED - at ? bus_dma_access(ctx, q) : DMA_ABORT;
}

static u64 queue_at(unsigned q, bool completion)
{
	return RAM_BASE + 0x2000 * q + (completion ? 0x1000 : 0);
}

static void ring(struct board *b, unsigned q)
{
	nvme_write(&b->nvme, 0x1000 + 8 * q, 4, b->tail[q]);
}

static void submit(struct board *b, unsigned q, const u32 dw[16])
{
	memcpy(ram + (queue_at(q, false) - RAM_BASE) + 64ull * b->tail[q], dw, 64);
	b->tail[q] = (b->tail[q] + 1) % ENTRIES;
	ring(b, q);
}

/* The driver has seen all completions of queue q. */
static void take(struct board *b, unsigned q)
{
	nvme_write(&b->nvme, 0x1004 + 8 * q, 4, b->nvme.s.cq[q].tail);
}

static void start(struct board *b)
{
	memset(b->tail, 0, sizeof(b->tail));
	nvme_write(&b->nvme, 0x14, 4, 0);
	nvme_write(&b->nvme, 0x24, 4, (ENTRIES - 1) << 16 | (ENTRIES - 1));
	nvme_write(&b->nvme, 0x28, 8, queue_at(0, false));
	nvme_write(&b->nvme, 0x30, 8, queue_at(0, true));
	nvme_write(&b->nvme, 0x14, 4, 0x00460001);
	for (unsigned q = 1; q < PAIRS; q++)
		for (unsigned sq = 0; sq < 2; sq++) {
			u32 dw[16] = { sq ? 1 : 5 };

			dw[6] = (u32)queue_at(q, !sq);
			dw[10] = q | (ENTRIES - 1) << 16;
			dw[11] = sq ? q << 16 | 1 : q << 16 | 3;
			submit(b, 0, dw);
			take(b, 0);
		}
}

static void build(struct board *b, u8 how)
{
	memset(b, 0, sizeof(*b));
	bus_add(&b->bus, &(struct bus_region){ .name = "ram", .base = RAM_BASE, .size = RAM_SIZE, .host = ram });
	b->disk = (struct disk){ .size = BLOCKS * DISK_SECTOR, .ro = how & 1, .fd = memfd_create("disk", MFD_CLOEXEC) };
	if (b->disk.fd < 0 || ftruncate(b->disk.fd, BLOCKS * DISK_SECTOR))
		abort();
	if (how & 2)
		b->disk.overlay = calloc(b->disk.size / 65536 + 1, sizeof(*b->disk.overlay));
	b->nvme = (struct nvme){
		.disk = &b->disk, .serial = "fuzz", .io_queues = 8, .mdts = 5, .port = { &b->bus, mapped_access }
	};
	nvme_init(&b->nvme);
	start(b);
}

static u64 address(const struct step *s, u64 v)
{
	return s->what & WILD_ADDRESS ? v : RAM_BASE + v % (MAPPED + 0x1000);
}

/* A command that is there, whose blocks, queues and pages mostly are, too. */
static void tame(const struct step *s, u32 dw[16])
{
	static const u8 admin[] = { 0, 1, 2, 4, 5, 6, 8, 9, 10, 12 }, io[] = { 0, 1, 2, 5, 8, 9, 12 };
	bool is_io = s->queue % PAIRS;

	dw[0] = (dw[0] & 0xffff0000) | (is_io ? io[s->opcode % sizeof(io)] : admin[s->opcode % sizeof(admin)]);
	dw[1] = is_io || s->nsid & 1;
	dw[6] &= ~511u;
	dw[8] &= ~511u;
	dw[12] = is_io ? s->a >> 16 & 0xff : 0;
	if (is_io) {
		dw[10] &= BLOCKS - 1;
		dw[11] = dw[0] == 9 ? 4 : 0;
	} else if (s->nsid & 2) {
		dw[10] &= 0x00ff000f;
	}
}

static void command(struct board *b, const struct step *s)
{
	u32 dw[16] = { s->opcode | s->a << 16, s->nsid };
	u64 prp1 = address(s, s->v), prp2 = address(s, s->v >> 32);

	memcpy(&dw[6], &prp1, 8);
	memcpy(&dw[8], &prp2, 8);
	memcpy(&dw[10], &s->w, 8);
	dw[12] = s->a >> 16;
	if (!(s->what & WILD_VALUE))
		tame(s, dw);
	submit(b, s->queue % PAIRS, dw);
	if (s->nsid & 4)
		take(b, s->queue % PAIRS);
}

/* Entries of a PRP list. */
static void list(const struct step *s)
{
	u64 at = s->a % (MAPPED - 256) & ~7u;

	for (unsigned i = 0; i < 32; i++) {
		u64 entry = address(s, s->v + s->w * i);

		if (!(s->what & WILD_VALUE))
			entry &= ~4095ull;
		memcpy(ram + at + 8 * i, &entry, 8);
	}
}

static void cut(struct board *b, const struct step *s)
{
	if (ftruncate(b->disk.fd, s->v % (BLOCKS * DISK_SECTOR)))
		abort();
}

static void execute(struct board *b, const struct step *s)
{
	unsigned q = s->queue % PAIRS;
	u64 reg = s->what & WILD_ADDRESS ? 0x1000 + 4 * (s->a & 0xfff) : 4 * (s->a & 15);
	unsigned bytes = 1u << (s->opcode & 3);

	switch ((enum kind)((s->what & 0x3f) % KINDS)) {
	case WRITE_REG: nvme_write(&b->nvme, reg & ~(u64)(bytes - 1), bytes, s->v); break;
	case READ_REG: nvme_read(&b->nvme, reg & ~(u64)(bytes - 1), bytes); break;
	case COMMAND: command(b, s); break;
	case RING:
		b->tail[q] = s->what & WILD_VALUE ? (unsigned)s->a & 15 : (b->tail[q] + s->opcode) % ENTRIES;
		ring(b, q);
		b->tail[q] %= ENTRIES;
		break;
	case TAKE: take(b, q); break;
	case MEMORY: memcpy(ram + s->a % (MAPPED - 16), &s->v, 16); break;
	case LIST: list(s); break;
	case RESTART: start(b); break;
	case CUT: cut(b, s); break;
	case KINDS: break;
	}
}

/* What holds always. */
static void check(const struct board *b)
{
	for (unsigned i = 0; i < NVME_QUEUES; i++) {
		const struct nvme_sq *sq = &b->nvme.s.sq[i];
		const struct nvme_cq *cq = &b->nvme.s.cq[i];

		if (sq->size && (sq->head >= sq->size || sq->tail >= sq->size || !b->nvme.s.cq[sq->cq].size))
			abort();
		if (cq->size && (cq->head >= cq->size || cq->tail >= cq->size))
			abort();
	}
	if (b->nvme.s.aers > NVME_AERS)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct board b;
	size_t steps = !size ? 0 : (size - 1) / sizeof(struct step);

	memset(ram, 0, MAPPED);
	memset(ram + MAPPED, GUARD, RAM_SIZE - MAPPED);
	build(&b, size ? data[0] : 0);
	for (size_t i = 0; i < steps && i < STEPS_MAX; i++) {
		struct step s;

		memcpy(&s, data + 1 + i * sizeof(s), sizeof(s));
		execute(&b, &s);
		check(&b);
	}
	for (size_t i = MAPPED; i < RAM_SIZE; i++)
		if (ram[i] != GUARD)
			abort();
	disk_close(&b.disk);
	return 0;
}
