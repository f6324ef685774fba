/* A driver for one NVMe controller, with a memory of the test's own, a disk in a file, and a bus that can abort. */
#ifndef NVME_RIG_H
#define NVME_RIG_H

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "bus/bus.h"
#include "dev/nvme.h"

#define RAM_BASE 0x40000000ull
#define RAM_SIZE 0x400000u
#define BLOCKS 4096u
#define STREAM 0x18u
#define PAGE 4096u

/* Where things are; every queue has 64 KiB of its own. */
#define ASQ_AT (RAM_BASE + 0x10000)
#define ACQ_AT (RAM_BASE + 0x20000)
#define SQ_AT(n) (RAM_BASE + 0x40000 + 0x20000 * (n))
#define CQ_AT(n) (SQ_AT(n) + 0x10000)
#define LIST_AT (RAM_BASE + 0xc0000)
#define DATA_AT (RAM_BASE + 0x100000)
#define ADMIN_ENTRIES 32u
#define IO_ENTRIES 16u

enum { READY = 1, FATAL = 2, SHUT = 8 };
enum { DNR = 0x4000, MORE = 0x2000 };

struct completion {
	u32 result, zero;
	u16 head, sq, cid, status; /* status: bit 0 is the phase */
};

static struct {
	u8 ram[RAM_SIZE];
	struct bus bus;
	struct nvme nvme;
	struct disk disk;
	char path[32];
	struct tracer trace;
	struct observer observer;
	unsigned complaints;
	unsigned messages[NVME_QUEUES], usable_vectors;
	bool pin;
	u64 abort_from, abort_to; /* addresses that abort */
	enum dma_result abort_with;
	bool abort_writes_only;
	u16 tail[4], head[4], cid; /* of queues 0 to 3; the last identifier given */
	u16 phase[4];
	u16 entries[4];
} rig;

static enum dma_result rig_access(void *ctx, const struct dma_request *q)
{
	ck_assert_uint_eq(q->stream, STREAM);
	ck_assert(q->size && q->size <= 4096 && q->address % 4096 + q->size <= 4096);
	if (q->address + q->size > rig.abort_from && q->address < rig.abort_to &&
	    (q->is_write || !rig.abort_writes_only))
		return rig.abort_with;
	return bus_dma_access(ctx, q);
}

static void rig_on_message(void *ctx, unsigned vector)
{
	rig.messages[vector]++;
}

static void rig_on_pin(void *ctx, bool level)
{
	rig.pin = level;
}

static unsigned rig_vectors(const void *ctx)
{
	return rig.usable_vectors;
}

static void rig_on_event(void *ctx, const struct event *e)
{
	rig.complaints++;
}

/* ---- memory and registers ---- */

static void *mem(u64 at)
{
	return rig.ram + (at - RAM_BASE);
}

static u64 rd(u64 reg, unsigned size)
{
	return nvme_read(&rig.nvme, reg, size);
}

static void wr(u64 reg, u64 v)
{
	nvme_write(&rig.nvme, reg, 4, v);
}

static void ring_tail(unsigned q, u32 v)
{
	wr(0x1000 + 8 * q, v);
}

static void ring_head(unsigned q, u32 v)
{
	wr(0x1004 + 8 * q, v);
}

/* ---- the disk's file ---- */

/* Every byte of a block is its number's. */
static u8 byte_of(u64 block)
{
	return (u8)(block * 7 + 1);
}

static void make_file(void)
{
	u8 block[512];
	int fd;

	strcpy(rig.path, "nvme.XXXXXX");
	fd = mkstemp(rig.path);
	ck_assert_int_ge(fd, 0);
	for (u64 i = 0; i < BLOCKS; i++) {
		memset(block, byte_of(i), sizeof(block));
		ck_assert_int_eq(write(fd, block, sizeof(block)), sizeof(block));
	}
	close(fd);
}

/* ---- plugging in ---- */

static void plug(bool ro, bool snapshot)
{
	struct error e = { 0 };

	memset(&rig, 0, sizeof(rig));
	make_file();
	ck_assert_msg(disk_open(&rig.disk, rig.path, ro, snapshot, &e), "%s", e.text);
	bus_add(&rig.bus, &(struct bus_region){ .name = "ram", .base = RAM_BASE, .size = RAM_SIZE, .host = rig.ram });
	rig.observer = (struct observer){ .mask = 1u << EV_GUEST_ERROR, .event = rig_on_event };
	trace_attach(&rig.trace, &rig.observer);
	rig.abort_with = DMA_ABORT;
	rig.usable_vectors = NVME_QUEUES;
	rig.nvme = (struct nvme){ .disk = &rig.disk,
				  .serial = "S1",
				  .io_queues = 8,
				  .mdts = 7,
				  .port = { &rig.bus, rig_access },
				  .stream = STREAM,
				  .trace = &rig.trace,
				  .message = rig_on_message,
				  .pin = rig_on_pin,
				  .vectors = rig_vectors };
	nvme_init(&rig.nvme);
}

static void unplug(void)
{
	disk_close(&rig.disk);
	unlink(rig.path);
}

/* CC: enabled, entries of 64 and 16 bytes, pages of 4096 << mps. */
static void enable(unsigned mps)
{
	wr(0x24, (ADMIN_ENTRIES - 1) << 16 | (ADMIN_ENTRIES - 1));
	wr(0x28, ASQ_AT);
	wr(0x2c, 0);
	wr(0x30, ACQ_AT);
	wr(0x34, 0);
	wr(0x14, 0x00460001 | mps << 7);
	for (unsigned i = 0; i < 4; i++) {
		rig.tail[i] = rig.head[i] = 0;
		rig.phase[i] = 1;
		rig.entries[i] = i ? IO_ENTRIES : ADMIN_ENTRIES;
	}
	memset(mem(ACQ_AT), 0, 16 * ADMIN_ENTRIES);
}

/* ---- commands ---- */

struct command {
	u32 opcode, nsid;
	u64 prp1, prp2;
	u32 dw10, dw11, dw12, dw13;
	u32 flags; /* bits 15:8 of dword 0 */
};

static u64 sq_at(unsigned q)
{
	return q ? SQ_AT(q) : ASQ_AT;
}

/* Put it into the queue without telling; its identifier. */
static u16 submit(unsigned q, struct command c)
{
	u32 dw[16] = { c.opcode | c.flags | (u32)++rig.cid << 16,
		       c.nsid,
		       0,
		       0,
		       0,
		       0,
		       (u32)c.prp1,
		       (u32)(c.prp1 >> 32),
		       (u32)c.prp2,
		       (u32)(c.prp2 >> 32),
		       c.dw10,
		       c.dw11,
		       c.dw12,
		       c.dw13 };

	memcpy(mem(sq_at(q) + 64ull * rig.tail[q]), dw, sizeof(dw));
	rig.tail[q] = (u16)((rig.tail[q] + 1) % rig.entries[q]);
	return rig.cid;
}

/* The next completion of queue q, if there is one; it stays the device's until taken() is told. */
static bool next_completion(unsigned q, struct completion *c)
{
	memcpy(c, mem((q ? CQ_AT(q) : ACQ_AT) + 16ull * rig.head[q]), sizeof(*c));
	if ((c->status & 1) != rig.phase[q])
		return false;
	rig.head[q] = (u16)((rig.head[q] + 1) % rig.entries[q]);
	rig.phase[q] ^= rig.head[q] == 0;
	return true;
}

/* One command to its end: its status without the More bit; *result: dword 0. */
static u16 command_with(unsigned q, struct command c, u32 *result)
{
	struct completion done;
	u16 cid = submit(q, c);

	ring_tail(q, rig.tail[q]);
	ck_assert(next_completion(q, &done));
	ring_head(q, rig.head[q]);
	ck_assert_uint_eq(done.cid, cid);
	ck_assert_uint_eq(done.sq, q);
	ck_assert_uint_eq(done.head, rig.tail[q]);
	ck_assert_uint_eq(done.zero, 0);
	ck_assert_int_eq((done.status >> 1 & MORE) != 0, (done.status >> 1) != 0);
	if (result)
		*result = done.result;
	return done.status >> 1 & ~MORE;
}

static u16 command(unsigned q, struct command c)
{
	return command_with(q, c, NULL);
}

static u16 create_cq(unsigned q, u32 entries, u32 vector, bool interrupts)
{
	memset(mem(CQ_AT(q)), 0, 16 * IO_ENTRIES);
	return command(0, (struct command){ .opcode = 5,
					    .prp1 = CQ_AT(q),
					    .dw10 = q | (entries - 1) << 16,
					    .dw11 = vector << 16 | (u32)interrupts << 1 | 1 });
}

static u16 create_sq(unsigned q, u32 entries, u32 cq)
{
	return command(0,
		       (struct command){
			       .opcode = 1, .prp1 = SQ_AT(q), .dw10 = q | (entries - 1) << 16, .dw11 = cq << 16 | 1 });
}

/* Plugged in, enabled, with one pair of I/O queues. */
static void start(bool ro, bool snapshot)
{
	plug(ro, snapshot);
	enable(0);
	ck_assert_uint_eq(create_cq(1, IO_ENTRIES, 1, true), 0);
	ck_assert_uint_eq(create_sq(1, IO_ENTRIES, 1), 0);
}

#endif
