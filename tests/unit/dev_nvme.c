/* The NVMe controller: registers, queues, doorbells, events, and every admin command, well and badly formed. */
#include "nvme_rig.h"
#include "run_suite.h"

static u16 delete_queue(u32 opcode, u32 q)
{
	return command(0, (struct command){ .opcode = opcode, .dw10 = q });
}

/* ---- registers ---- */

START_TEST(registers)
{
	static const struct {
		u64 at;
		unsigned size;
		u64 value;
	} is[] = {
		{ 0x00, 8, 0x004000200f0107ffull },
		{ 0x00, 4, 0x0f0107ff },
		{ 0x04, 4, 0x00400020 },
		{ 0x02, 2, 0x0f01 },
		{ 0x05, 1, 0x00 },
		{ 0x08, 4, 0x00010400 },
		{ 0x0a, 1, 1 },
		{ 0x14, 4, 0 },
		{ 0x1c, 4, 0 },
		{ 0x20, 4, 0 },
		{ 0x38, 8, 0 },
		{ 0x1000, 4, 0 },
		{ 0x3ffc, 4, 0 },
	};

	plug(false, false);
	for (unsigned i = 0; i < ARRAY_SIZE(is); i++)
		ck_assert_uint_eq(rd(is[i].at, is[i].size), is[i].value);
	nvme_write(&rig.nvme, 0x28, 8, 0x123456789abcdefull); /* reserved bits do not keep */
	ck_assert_uint_eq(rd(0x28, 8), 0x123456789abc000ull);
	wr(0x34, 0x55);
	ck_assert_uint_eq(rd(0x30, 8), 0x5500000000ull);
	wr(0x24, ~0u);
	ck_assert_uint_eq(rd(0x24, 4), 0x0fff0fff);
	ck_assert_uint_eq(rig.complaints, 0);
	nvme_write(&rig.nvme, 0x24, 2, 0); /* too narrow */
	wr(0x00, 0);			   /* read-only */
	wr(0x1c, ~0u);
	ck_assert_uint_eq(rig.complaints, 3);
	ck_assert_uint_eq(rd(0x24, 4), 0x0fff0fff);
	ck_assert_uint_eq(rd(0x1c, 4), 0);
	unplug();
}
END_TEST

/* What cannot be enabled ends in CSTS.CFS, and a reset takes that away. */
START_TEST(enabling)
{
	static const struct {
		u32 cc, aqa, asq, acq;
	} bad[] = {
		{ 0x00460011, 0x001f001f, 0, 0 },      { 0x00460281, 0x001f001f, 0, 0 },
		{ 0x00460801, 0x001f001f, 0, 0 },      { 0x00460001, 0x00000001, 0, 0 },
		{ 0x00460001, 0x00010000, 0, 0 },      { 0x00460081, 0x001f001f, 0x1000, 0 },
		{ 0x00460081, 0x001f001f, 0, 0x1000 },
	};

	plug(false, false);
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		wr(0x24, bad[i].aqa);
		wr(0x28, ASQ_AT + bad[i].asq);
		wr(0x30, ACQ_AT + bad[i].acq);
		wr(0x14, bad[i].cc);
		ck_assert_msg(rd(0x1c, 4) == FATAL, "case %u", i);
		wr(0x14, 0);
		ck_assert_uint_eq(rd(0x1c, 4), 0);
	}
	enable(0);
	ck_assert_uint_eq(rd(0x1c, 4), READY);
	ck_assert_uint_eq(rd(0x14, 4), 0x00460001);
	wr(0x14, 0x00460391); /* settled: command set and page size stay */
	ck_assert_uint_eq(rd(0x14, 4), 0x00460001);
	unplug();
}
END_TEST

START_TEST(reset)
{
	start(false, false);
	wr(0x0c, 5);
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 9, .dw10 = 8, .dw11 = 0x77 }), 0);
	ck_assert(rig.pin == false);
	submit(1, (struct command){ .opcode = 0, .nsid = 1 });
	ring_tail(1, 1);
	ck_assert(rig.pin);
	wr(0x14, 0);
	ck_assert(!rig.pin);
	ck_assert_uint_eq(rd(0x1c, 4), 0);
	ck_assert_uint_eq(rd(0x10, 4), 0);
	ck_assert_uint_eq(rd(0x24, 4), 0x001f001f); /* the admin queues' registers stay */
	ck_assert_uint_eq(rd(0x28, 8), ASQ_AT);
	ring_tail(0, 1); /* nobody listens */
	enable(0);
	ck_assert_uint_eq(delete_queue(0, 1), 0x101 | DNR); /* the I/O queues are gone */
	ck_assert_uint_eq(delete_queue(4, 1), 0x101 | DNR);
	{
		u32 v;

		ck_assert_uint_eq(command_with(0, (struct command){ .opcode = 10, .dw10 = 8 }, &v), 0);
		ck_assert_uint_eq(v, 0);
	}
	nvme_reset(&rig.nvme);
	ck_assert_uint_eq(rd(0x24, 4) | rd(0x28, 8) | rd(0x30, 8) | rd(0x14, 4) | rd(0x1c, 4), 0);
	unplug();
}
END_TEST

START_TEST(shutdown)
{
	start(false, false);
	wr(0x14, 0x00460001 | (u32)_i << 14);
	ck_assert_uint_eq(rd(0x1c, 4), READY | SHUT);
	submit(0, (struct command){ .opcode = 0x0a, .dw10 = 7 });
	ring_tail(0, rig.tail[0]);
	ck_assert(!next_completion(0, &(struct completion){ 0 })); /* served no more, until a reset */
	wr(0x14, 0x00460001);
	ck_assert_uint_eq(rd(0x1c, 4), READY | SHUT);
	wr(0x14, 0);
	ck_assert_uint_eq(rd(0x1c, 4), 0);
	enable(0);
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 0x0a, .dw10 = 7 }), 0);
	unplug();
}
END_TEST

/* ---- queues ---- */

START_TEST(creating_queues)
{
	static const struct {
		u32 opcode, dw10, dw11;
		u64 offset;
		u16 status;
	} bad[] = {
		{ 5, 0x000f0000, 1, 0, 0x101 },
		{ 5, 0x000f0001, 1, 0, 0x101 },
		{ 5, 0x000f0009, 1, 0, 0x101 },
		{ 5, 0x000fffff, 1, 0, 0x101 },
		{ 5, 0x00000002, 1, 0, 0x102 },
		{ 5, 0x08000002, 1, 0, 0x102 },
		{ 5, 0x000f0002, 0, 0, 0x002 },
		{ 5, 0x000f0002, 1, 8, 0x013 },
		{ 5, 0x000f0002, 65u << 16 | 1, 0, 0x108 },
		{ 1, 0x000f0000, 0x10001, 0, 0x101 },
		{ 1, 0x000f0001, 0x10001, 0, 0x101 },
		{ 1, 0x000f0009, 0x10001, 0, 0x101 },
		{ 1, 0x00000002, 0x10001, 0, 0x102 },
		{ 1, 0x08000002, 0x10001, 0, 0x102 },
		{ 1, 0x000f0002, 0x10000, 0, 0x002 },
		{ 1, 0x000f0002, 0x10001, 8, 0x013 },
		{ 1, 0x000f0002, 0x00001, 0, 0x101 },
		{ 1, 0x000f0002, 0x90001, 0, 0x101 },
		{ 1, 0x000f0002, 0x20001, 0, 0x100 },
		{ 0, 0, 0, 0, 0x101 },
		{ 0, 2, 0, 0, 0x101 },
		{ 0, 0xffff, 0, 0, 0x101 },
		{ 4, 0, 0, 0, 0x101 },
		{ 4, 2, 0, 0, 0x101 },
		{ 4, 0xffff, 0, 0, 0x101 },
		{ 4, 1, 0, 0, 0x10c },
	};

	start(false, false);
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		u16 status = command(0, (struct command){ .opcode = bad[i].opcode,
							  .prp1 = SQ_AT(2) + bad[i].offset,
							  .dw10 = bad[i].dw10,
							  .dw11 = bad[i].dw11 });

		ck_assert_msg(status == (bad[i].status | DNR), "case %u: %#x", i, status);
	}
	ck_assert_uint_eq(delete_queue(0, 1), 0);
	ck_assert_uint_eq(delete_queue(4, 1), 0);
	ck_assert_uint_eq(create_cq(1, IO_ENTRIES, 64, true), 0);
	unplug();
}
END_TEST

/* With a pin there is one vector; entry sizes must be set before queues are made. */
START_TEST(vectors_and_entry_sizes)
{
	plug(false, false);
	enable(0);
	rig.usable_vectors = 1;
	ck_assert_uint_eq(create_cq(1, IO_ENTRIES, 1, true), 0x108 | DNR);
	ck_assert_uint_eq(create_cq(1, IO_ENTRIES, 0, true), 0);
	wr(0x14, 1);
	ck_assert_uint_eq(create_cq(2, IO_ENTRIES, 0, true), 0x102 | DNR);
	ck_assert_uint_eq(create_sq(1, IO_ENTRIES, 1), 0x102 | DNR);
	wr(0x14, 0x00460001);
	ck_assert_uint_eq(create_sq(1, IO_ENTRIES, 1), 0);
	unplug();
}
END_TEST

/* Round and round: phases, heads and wraps are checked by command(). */
START_TEST(wrapping)
{
	start(false, false);
	for (unsigned i = 0; i < 5 * IO_ENTRIES; i++) {
		ck_assert_uint_eq(command(1, (struct command){ .opcode = 0, .nsid = 1 }), 0);
		ck_assert_uint_eq(command(0, (struct command){ .opcode = 0x0a, .dw10 = 7 }), 0);
	}
	ck_assert_uint_eq(rig.complaints, 0);
	unplug();
}
END_TEST

/* Many commands by one doorbell, and one message for them. */
START_TEST(batch)
{
	struct completion c;

	start(false, false);
	rig.messages[1] = 0;
	for (unsigned i = 0; i < IO_ENTRIES - 1; i++)
		submit(1, (struct command){ .opcode = 0, .nsid = 1 });
	ring_tail(1, rig.tail[1]);
	ck_assert_uint_eq(rig.messages[1], 1);
	for (unsigned i = 0; i < IO_ENTRIES - 1; i++)
		ck_assert(next_completion(1, &c) && c.status == 1);
	ck_assert(!next_completion(1, &c));
	unplug();
}
END_TEST

/* A queue that is full holds commands back until the driver has made room; two submission queues share it. */
START_TEST(full_completion_queue)
{
	struct completion c;

	plug(false, false);
	enable(0);
	ck_assert_uint_eq(create_cq(1, 4, 1, true), 0);
	ck_assert_uint_eq(create_sq(1, IO_ENTRIES, 1), 0);
	ck_assert_uint_eq(create_sq(2, IO_ENTRIES, 1), 0);
	for (unsigned i = 0; i < 2; i++) {
		submit(1, (struct command){ .opcode = 0, .nsid = 1 });
		submit(2, (struct command){ .opcode = 0, .nsid = 1 });
	}
	rig.entries[1] = 4;
	ring_tail(1, 2);
	ring_tail(2, 2);
	for (unsigned i = 0; i < 3; i++)
		ck_assert(next_completion(1, &c) && c.sq == 1 + i / 2);
	ck_assert(!next_completion(1, &c));
	ring_head(1, 1);
	ck_assert(next_completion(1, &c) && c.sq == 2 && c.head == 2);
	ck_assert(!next_completion(1, &c));
	unplug();
}
END_TEST

START_TEST(bad_doorbells)
{
	static const struct {
		u64 at;
		u32 value;
		u16 info;
	} bad[] = {
		{ 0x1000 + 8 * 2, 0, 0 },  { 0x1004 + 8 * 2, 0, 0 },  { 0x1000 + 8 * 64, 0, 0 },
		{ 0x1000 + 8 * 65, 0, 0 }, { 0x3ff8, 0, 0 },	      { 0x1008, IO_ENTRIES, 1 },
		{ 0x1008, 0xffff, 1 },	   { 0x100c, IO_ENTRIES, 1 }, { 0x100c, 1, 1 },
	};
	struct completion c;

	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		start(false, false);
		submit(0, (struct command){ .opcode = 0x0c });
		ring_tail(0, rig.tail[0]);
		ck_assert(!next_completion(0, &c));
		wr(bad[i].at, bad[i].value);
		ck_assert_msg(next_completion(0, &c), "case %u", i);
		ck_assert_uint_eq(c.result, 0x00010000u | (u32)bad[i].info << 8);
		ck_assert_uint_eq(rd(0x1c, 4), READY);
		unplug();
	}
}
END_TEST

/* More commands than there is room for beside those that wait. */
START_TEST(overtaking)
{
	plug(false, false);
	enable(0);
	ck_assert_uint_eq(create_cq(1, 2, 1, true), 0);
	ck_assert_uint_eq(create_sq(1, IO_ENTRIES, 1), 0);
	for (unsigned i = 0; i < 8; i++)
		submit(1, (struct command){ .opcode = 0, .nsid = 1 });
	ring_tail(1, 8); /* one is done, seven wait */
	ck_assert_uint_eq(rig.complaints, 0);
	ring_tail(1, 1);
	ck_assert_uint_eq(rig.complaints, 1);
	ring_tail(1, 0); /* up to the last place but one */
	ck_assert_uint_eq(rig.complaints, 1);
	unplug();
}
END_TEST

/* ---- interrupts ---- */

START_TEST(interrupts)
{
	plug(false, false);
	enable(0);
	ck_assert_uint_eq(create_cq(1, IO_ENTRIES, 3, true), 0);
	ck_assert_uint_eq(create_cq(2, IO_ENTRIES, 4, false), 0);
	ck_assert_uint_eq(create_sq(1, IO_ENTRIES, 1), 0);
	ck_assert_uint_eq(create_sq(2, IO_ENTRIES, 2), 0);
	ck_assert_uint_eq(rig.messages[0], 4);
	ck_assert(!rig.pin);
	submit(1, (struct command){ .opcode = 0, .nsid = 1 });
	ring_tail(1, 1);
	ck_assert(rig.pin && rig.messages[3] == 1);
	wr(0x0c, 1u << 3); /* mask */
	ck_assert(!rig.pin);
	ck_assert_uint_eq(rd(0x0c, 4), 8);
	wr(0x10, 1u << 3);
	ck_assert(rig.pin);
	ring_head(1, 1);
	ck_assert(!rig.pin);
	submit(2, (struct command){ .opcode = 0, .nsid = 1 });
	ring_tail(2, 1);
	ck_assert(!rig.pin && !rig.messages[4]);
	unplug();
}
END_TEST

/* ---- what stops the controller ---- */

START_TEST(fatal)
{
	static const struct {
		u64 from, to;
		bool writes;
		enum dma_result with;
	} bad[] = { { ASQ_AT, ASQ_AT + 1, false, DMA_ABORT },
		    { ACQ_AT, ACQ_AT + 1, true, DMA_ABORT },
		    { ASQ_AT, ASQ_AT + 64, false, DMA_STALL } };

	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		plug(false, false);
		enable(0);
		rig.abort_from = bad[i].from;
		rig.abort_to = bad[i].to;
		rig.abort_writes_only = bad[i].writes;
		rig.abort_with = bad[i].with;
		submit(0, (struct command){ .opcode = 0x0a, .dw10 = 7 });
		ring_tail(0, 1);
		ck_assert_uint_eq(rd(0x1c, 4), READY | FATAL);
		ck_assert(!next_completion(0, &(struct completion){ 0 }));
		rig.abort_to = 0;
		ring_tail(0, 2);
		ck_assert(!next_completion(0, &(struct completion){ 0 }));
		wr(0x14, 0);
		enable(0);
		ck_assert_uint_eq(command(0, (struct command){ .opcode = 0x0a, .dw10 = 7 }), 0);
		unplug();
	}
}
END_TEST

/* ---- identify ---- */

static u16 identify(u32 cns, u32 nsid)
{
	memset(mem(DATA_AT), 0xee, 4096);
	return command(0, (struct command){ .opcode = 6, .nsid = nsid, .prp1 = DATA_AT, .dw10 = cns });
}

static u64 field(unsigned at, unsigned size)
{
	u64 v = 0;

	memcpy(&v, mem(DATA_AT + at), size);
	return v;
}

START_TEST(identify_controller)
{
	static const struct {
		unsigned at, size;
		u64 value;
	} is[] = { { 0, 4, 0x1af41b36 }, { 77, 1, 7 },	     { 78, 2, 0 },  { 80, 4, 0x10400 }, { 111, 1, 1 },
		   { 256, 2, 0 },	 { 258, 1, 3 },	     { 259, 1, 3 }, { 260, 1, 3 },	{ 261, 1, 6 },
		   { 262, 1, 3 },	 { 512, 2, 0x4466 }, { 516, 4, 1 }, { 520, 2, 0x9d },	{ 525, 1, 7 },
		   { 536, 4, 0 },	 { 768 + 68, 1, 0 } };

	start(false, false);
	ck_assert_uint_eq(identify(1, 0), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(is); i++)
		ck_assert_uint_eq(field(is[i].at, is[i].size), is[i].value);
	ck_assert_mem_eq(mem(DATA_AT + 4), "S1                  ", 20);
	ck_assert_mem_eq(mem(DATA_AT + 768), "nqn.2014-08.org.nvmexpress:uuid:", 32);
	ck_assert_uint_eq(strlen(mem(DATA_AT + 768)), 68);
	unplug();
}
END_TEST

START_TEST(identify_namespace)
{
	u8 uuid[16];

	start(_i, false);
	ck_assert_uint_eq(identify(0, 1), 0);
	ck_assert_uint_eq(field(0, 8), BLOCKS);
	ck_assert_uint_eq(field(8, 8), BLOCKS);
	ck_assert_uint_eq(field(25, 1), 0);
	ck_assert_uint_eq(field(99, 1), (u64)_i); /* write protected */
	ck_assert_uint_eq(field(128, 4), 9u << 16);
	ck_assert_uint_eq(identify(0, 0), 0x00b | DNR);
	ck_assert_uint_eq(identify(0, 2), 0x00b | DNR);
	ck_assert_uint_eq(identify(0, 0xffffffff), 0x00b | DNR);
	ck_assert_uint_eq(identify(2, 0), 0);
	ck_assert_uint_eq(field(0, 8), 1);
	ck_assert_uint_eq(identify(2, 1), 0);
	ck_assert_uint_eq(field(0, 8), 0);
	ck_assert_uint_eq(identify(2, 0xfffffffe), 0x00b | DNR);
	ck_assert_uint_eq(identify(3, 1), 0);
	ck_assert_uint_eq(field(0, 4), 0x1003);
	ck_assert_uint_eq(field(20, 4), 0);
	memcpy(uuid, mem(DATA_AT + 4), 16);
	ck_assert_uint_eq(uuid[6] >> 4, 8);
	ck_assert_uint_eq(identify(3, 2), 0x00b | DNR);
	ck_assert_uint_eq(identify(0x10, 0), 0x002 | DNR);
	rig.nvme.number = 1;
	ck_assert_uint_eq(identify(3, 1), 0);
	ck_assert_mem_ne(mem(DATA_AT + 4), uuid, 16);
	unplug();
}
END_TEST

/* ---- features ---- */

START_TEST(setting_features)
{
	static const struct {
		u32 dw10, dw11, nsid;
		u16 status;
		u32 value; /* read afterwards */
	} is[] = {
		{ 0x01, 0x12345602, 0, 0, 0x12345602 },
		{ 0x02, 0, 0, 0, 0 },
		{ 0x02, 1, 0, 0x002 | DNR, 0 },
		{ 0x04, 350, 0, 0, 350 },
		{ 0x05, 0x20, 1, 0, 0x20 },
		{ 0x05, 0x10000, 1, 0x002 | DNR, 0x20 },
		{ 0x05, 0x21, 0xffffffff, 0, 0x21 },
		{ 0x05, 0, 0, 0x00b | DNR, 0x21 },
		{ 0x06, 0, 0, 0, 0 },
		{ 0x06, 1, 0, 0, 1 },
		{ 0x06, 0, 1, 0x10f | DNR, 1 },
		{ 0x07, 0x00030003, 0, 0, 0x00070007 },
		{ 0x07, 0x0000ffff, 0, 0x002 | DNR, 0x00070007 },
		{ 0x08, 0x1234, 0, 0, 0x1234 },
		{ 0x0a, 1, 0, 0, 1 },
		{ 0x0b, 0xffffffff, 0, 0, 0x11f },
		{ 0x80000008, 1, 0, 0x10d | DNR, 0x1234 },
	};
	u32 v;

	plug(false, false);
	enable(0);
	for (unsigned i = 0; i < ARRAY_SIZE(is); i++) {
		u32 id = is[i].dw10 & 0xff;
		u16 status = command(
			0, (struct command){ .opcode = 9, .nsid = is[i].nsid, .dw10 = is[i].dw10, .dw11 = is[i].dw11 });

		ck_assert_msg(status == is[i].status, "case %u: %#x", i, status);
		ck_assert_uint_eq(command_with(0, (struct command){ .opcode = 10, .nsid = id == 5, .dw10 = id }, &v),
				  0);
		ck_assert_msg(v == is[i].value, "case %u: %#x", i, v);
	}
	unplug();
}
END_TEST

START_TEST(getting_features)
{
	static const struct {
		u32 dw10, dw11, nsid;
		u16 status;
		u32 value;
	} is[] = {
		{ 0x01, 0, 0, 0, 7 },
		{ 0x101, 0, 0, 0, 7 },
		{ 0x201, 0, 0, 0, 7 },
		{ 0x301, 0, 0, 0, 4 },
		{ 0x401, 0, 0, 0x002, 0 },
		{ 0x305, 0, 1, 0, 6 },
		{ 0x05, 0, 0xffffffff, 0x00b, 0 },
		{ 0x04, 0, 0, 0, 343 },
		{ 0x04, 1u << 20, 0, 0, 0 },
		{ 0x04, 1u << 16, 0, 0x002, 0 },
		{ 0x04, 2u << 20, 0, 0x002, 0 },
		{ 0x06, 0, 0, 0, 1 },
		{ 0x107, 0, 0, 0, 0x00070007 },
		{ 0x09, 64, 0, 0, 64 },
		{ 0x09, 65, 0, 0x002, 0 },
		{ 0x03, 0, 0, 0x002, 0 },
		{ 0x0c, 0, 0, 0x002, 0 },
		{ 0x00, 0, 0, 0x002, 0 },
		{ 0x84, 0, 1, 0x002, 0 },
	};

	plug(false, false);
	enable(0);
	for (unsigned i = 0; i < ARRAY_SIZE(is); i++) {
		u32 v = ~0u;
		u16 status = command_with(
			0, (struct command){ .opcode = 10, .nsid = is[i].nsid, .dw10 = is[i].dw10, .dw11 = is[i].dw11 },
			&v);

		ck_assert_msg(status == (is[i].status ? is[i].status | DNR : 0), "case %u: %#x", i, status);
		if (!status)
			ck_assert_msg(v == is[i].value, "case %u: %#x", i, v);
	}
	unplug();
}
END_TEST

START_TEST(vector_configuration)
{
	u32 v;

	start(false, false);
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 9, .dw10 = 9, .dw11 = 0x10000 | 40 }), 0);
	ck_assert_uint_eq(command_with(0, (struct command){ .opcode = 10, .dw10 = 9, .dw11 = 40 }, &v), 0);
	ck_assert_uint_eq(v, 0x10000 | 40);
	ck_assert_uint_eq(command_with(0, (struct command){ .opcode = 10, .dw10 = 9, .dw11 = 39 }, &v), 0);
	ck_assert_uint_eq(v, 39);
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 9, .dw10 = 9, .dw11 = 0xffff }), 0x002 | DNR);
	/* The number of queues, once there are some. */
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 9, .dw10 = 7, .dw11 = 0x10001 }), 0x00c | DNR);
	unplug();
}
END_TEST

/* ---- logs ---- */

static u16 get_log(u32 id, u32 bytes, u64 from, u32 nsid, bool keep)
{
	memset(mem(DATA_AT), 0xee, 8192);
	return command(0, (struct command){ .opcode = 2,
					    .nsid = nsid,
					    .prp1 = DATA_AT,
					    .prp2 = DATA_AT + PAGE,
					    .dw10 = id | (bytes / 4 - 1) << 16 | (u32)keep << 15,
					    .dw12 = (u32)from,
					    .dw13 = (u32)(from >> 32) });
}

START_TEST(logs)
{
	static const struct {
		u32 id, bytes;
		u64 from;
		u32 nsid;
		u16 status;
	} bad[] = { { 0, 512, 0, 0, 0x109 }, { 6, 512, 0, 0, 0x109 },	{ 0x80, 512, 0, 0, 0x109 },
		    { 2, 512, 2, 0, 0x002 }, { 2, 512, 512, 0, 0x002 }, { 2, 512, 1ull << 32, 0, 0x002 },
		    { 2, 512, 0, 1, 0x002 } };

	start(false, false);
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_uint_eq(get_log(bad[i].id, bad[i].bytes, bad[i].from, bad[i].nsid, false),
				  bad[i].status | DNR);
	ck_assert_uint_eq(get_log(2, 512, 0, 0xffffffff, false), 0);
	ck_assert_uint_eq(field(0, 4), 100u << 24 | 323 << 8);
	ck_assert_uint_eq(field(112, 8), 1);
	ck_assert_uint_eq(field(176, 8), ARRAY_SIZE(bad));
	ck_assert_uint_eq(field(512, 1), 0xee);
	ck_assert_uint_eq(get_log(2, 512, 508, 0, false), 0); /* from an offset: no more than there is */
	ck_assert_uint_eq(field(0, 4), 0);
	ck_assert_uint_eq(field(4, 1), 0xee);
	ck_assert_uint_eq(get_log(3, 512, 0, 0, false), 0);
	ck_assert_uint_eq(field(0, 1), 1);
	ck_assert_uint_eq(get_log(4, 4096, 0, 0, false), 0);
	ck_assert_uint_eq(field(0, 8), 0);
	ck_assert_uint_eq(get_log(5, 8192, 0, 0, false), 0);
	ck_assert_uint_eq(field(4 * 6, 4), 1);
	ck_assert_uint_eq(field(4 * 7, 4), 0);
	ck_assert_uint_eq(field(1024 + 4 * 1, 4), 3);
	ck_assert_uint_eq(field(1024 + 4 * 2, 4), 1);
	ck_assert_uint_eq(field(4096, 1), 0xee);
	unplug();
}
END_TEST

START_TEST(error_log)
{
	start(false, false);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(
			command(1, (struct command){ .opcode = 2, .nsid = 1, .prp1 = DATA_AT, .dw10 = BLOCKS + i }),
			0x080 | DNR);
	ck_assert_uint_eq(get_log(1, 256, 0, 0, false), 0);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_uint_eq(field(64 * i, 8), 5 - i);
		ck_assert_uint_eq(field(64 * i + 8, 2), 1);
		ck_assert_uint_eq(field(64 * i + 12, 2), (0x080u | DNR | MORE) << 1 & 0xffff);
		ck_assert_uint_eq(field(64 * i + 16, 8), BLOCKS + 4 - i);
		ck_assert_uint_eq(field(64 * i + 24, 4), 1);
	}
	unplug();
}
END_TEST

/* ---- asynchronous events, abort ---- */

START_TEST(events)
{
	struct completion c;
	u16 first, cid;

	start(false, false);
	first = submit(0, (struct command){ .opcode = 0x0c });
	for (unsigned i = 0; i < 3; i++)
		submit(0, (struct command){ .opcode = 0x0c });
	cid = submit(0, (struct command){ .opcode = 0x0c });
	ring_tail(0, rig.tail[0]);
	ck_assert(next_completion(0, &c)); /* a fifth is too many */
	ck_assert_uint_eq(c.cid, cid);
	ck_assert_uint_eq(c.status >> 1, 0x105 | DNR | MORE);
	ring_head(0, rig.head[0]);
	ring_tail(5, 1); /* a doorbell of no queue */
	ck_assert(next_completion(0, &c));
	ck_assert_uint_eq(c.cid, first);
	ring_head(0, rig.head[0]);
	ring_tail(5, 1); /* masked, until the log is read */
	ck_assert(!next_completion(0, &c));
	ck_assert_uint_eq(get_log(1, 64, 0, 0, true), 0);
	ring_tail(5, 1);
	ck_assert(!next_completion(0, &c));
	ck_assert_uint_eq(get_log(1, 64, 0, 0, false), 0);
	ck_assert_uint_eq(field(8, 4), 0xffffffff);
	ring_tail(5, 1);
	ck_assert(next_completion(0, &c));
	ring_head(0, rig.head[0]);
	ck_assert_uint_eq(c.cid, first + 1);
	unplug();
}
END_TEST

/* An event waits for a request; and temperature has its own. */
START_TEST(temperature_event)
{
	struct completion c;

	start(false, false);
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 9, .dw10 = 11, .dw11 = 2 }), 0);
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 9, .dw10 = 4, .dw11 = 300 }), 0);
	submit(0, (struct command){ .opcode = 0x0c });
	ring_tail(0, rig.tail[0]);
	ck_assert(next_completion(0, &c));
	ring_head(0, rig.head[0]);
	ck_assert_uint_eq(c.result, 0x00020101);
	ck_assert_uint_eq(get_log(2, 512, 0, 0, false), 0);
	ck_assert_uint_eq(field(0, 1), 2);
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 9, .dw10 = 4, .dw11 = 400 }), 0);
	ck_assert_uint_eq(get_log(2, 512, 0, 0, false), 0);
	ck_assert_uint_eq(field(0, 1), 0);
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 9, .dw10 = 4, .dw11 = 1u << 20 | 330 }), 0);
	submit(0, (struct command){ .opcode = 0x0c });
	ring_tail(0, rig.tail[0]);
	ck_assert(next_completion(0, &c) && c.result == 0x00020101);
	unplug();
}
END_TEST

START_TEST(aborting)
{
	struct completion c;
	u32 result;
	u16 waits;

	start(false, false);
	ck_assert_uint_eq(command_with(0, (struct command){ .opcode = 8, .dw10 = 77u << 16 | 1 }, &result), 0);
	ck_assert_uint_eq(result, 1);
	waits = submit(0, (struct command){ .opcode = 0x0c });
	submit(0, (struct command){ .opcode = 8, .dw10 = (u32)waits << 16 });
	ring_tail(0, rig.tail[0]);
	ck_assert(next_completion(0, &c));
	ck_assert_uint_eq(c.cid, waits);
	ck_assert_uint_eq(c.status >> 1, 0x007);
	ck_assert(next_completion(0, &c));
	ck_assert_uint_eq(c.result, 0);
	ck_assert_uint_eq(c.status >> 1, 0);
	unplug();
}
END_TEST

/* The identifier of a request that is outstanding cannot be used again. */
START_TEST(conflict)
{
	struct completion c;

	start(false, false);
	submit(0, (struct command){ .opcode = 0x0c });
	rig.cid--;
	submit(0, (struct command){ .opcode = 0x0a, .dw10 = 7 });
	ring_tail(0, rig.tail[0]);
	ck_assert(next_completion(0, &c));
	ck_assert_uint_eq(c.status >> 1, 0x003 | DNR | MORE);
	unplug();
}
END_TEST

/* ---- commands that are not there ---- */

START_TEST(opcodes)
{
	static const u8 admin[] = { 0, 1, 2, 4, 5, 6, 8, 9, 10, 12 }, io[] = { 0, 1, 2, 5, 8, 9, 12 };

	start(false, false);
	for (unsigned q = 0; q < 2; q++)
		for (unsigned op = 0; op < 256; op++)
			if (!memchr(q ? io : admin, (int)op, q ? sizeof(io) : sizeof(admin)))
				ck_assert_uint_eq(command(q, (struct command){ .opcode = op, .nsid = 1 }), 0x001 | DNR);
	for (unsigned bits = 0; bits < 4; bits++) { /* fused; SGLs */
		static const u32 flags[] = { 0x100, 0x200, 0x4000, 0x8000 };

		ck_assert_uint_eq(command(1, (struct command){ .opcode = 0, .nsid = 1, .flags = flags[bits] }),
				  0x002 | DNR);
		ck_assert_uint_eq(command(0, (struct command){ .opcode = 10, .dw10 = 7, .flags = flags[bits] }),
				  0x002 | DNR);
	}
	unplug();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dev_nvme");
	TCase *t = tcase_create("controller");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, registers);
	tcase_add_test(t, enabling);
	tcase_add_test(t, reset);
	tcase_add_loop_test(t, shutdown, 1, 3);
	tcase_add_test(t, creating_queues);
	tcase_add_test(t, vectors_and_entry_sizes);
	tcase_add_test(t, wrapping);
	tcase_add_test(t, batch);
	tcase_add_test(t, full_completion_queue);
	tcase_add_test(t, bad_doorbells);
	tcase_add_test(t, overtaking);
	tcase_add_test(t, interrupts);
	tcase_add_test(t, fatal);
	tcase_add_test(t, identify_controller);
	tcase_add_loop_test(t, identify_namespace, 0, 2);
	tcase_add_test(t, setting_features);
	tcase_add_test(t, getting_features);
	tcase_add_test(t, vector_configuration);
	tcase_add_test(t, logs);
	tcase_add_test(t, error_log);
	tcase_add_test(t, events);
	tcase_add_test(t, temperature_event);
	tcase_add_test(t, aborting);
	tcase_add_test(t, conflict);
	tcase_add_test(t, opcodes);
	suite_add_tcase(s, t);
	return run_suite(s);
}
