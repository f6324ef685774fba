/* NVMe I/O commands: data by every kind of PRP, blocks out of range, read-only disks, and errors of bus and host. */
#include <signal.h>
#include <sys/resource.h>

#include "nvme_rig.h"
#include "run_suite.h"

#define WRITE_ 1u
#define READ_ 2u
#define COMPARE_ 5u
#define ZEROES_ 8u
#define DSM_ 9u
#define VERIFY_ 12u

static u16 blocks(u32 opcode, u64 lba, u32 count, u64 prp1, u64 prp2)
{
	return command(1, (struct command){ .opcode = opcode,
					    .nsid = 1,
					    .prp1 = prp1,
					    .prp2 = prp2,
					    .dw10 = (u32)lba,
					    .dw11 = (u32)(lba >> 32),
					    .dw12 = count - 1 });
}

static u8 file_byte(u64 at)
{
	int fd = open(rig.path, O_RDONLY);
	u8 v = 0;

	ck_assert_int_eq(pread(fd, &v, 1, (off_t)at), 1);
	close(fd);
	return v;
}

static bool ram_is(u64 at, u8 byte, u64 n)
{
	const u8 *p = mem(at);

	for (u64 i = 0; i < n; i++)
		if (p[i] != byte)
			return false;
	return true;
}

/* ---- where data is (4.3) ---- */

/* Entry i of a list of pages; the data's page i lies at twice that, so that none follows another. */
static u64 page_at(unsigned i)
{
	return DATA_AT + 2ull * PAGE * i;
}

static void put_entry(u64 at, u64 v)
{
	memcpy(mem(at), &v, 8);
}

static void check_pages(u64 first_offset, unsigned count)
{
	for (u64 i = 0; i < count; i++) {
		u64 from = first_offset + i * 512, at = page_at((unsigned)(from / PAGE)) + from % PAGE;

		ck_assert_msg(ram_is(at, byte_of(100 + i), 512), "block %llu", (unsigned long long)i);
	}
}

START_TEST(one_page)
{
	start(false, false);
	memset(mem(DATA_AT), 0xee, 2 * PAGE);
	ck_assert_uint_eq(blocks(READ_, 5, 1, DATA_AT + 512, 0), 0);
	ck_assert(ram_is(DATA_AT, 0xee, 512) && ram_is(DATA_AT + 512, byte_of(5), 512) &&
		  ram_is(DATA_AT + 1024, 0xee, PAGE));
	ck_assert_uint_eq(blocks(READ_, 5, 8, DATA_AT, 0x123), 0); /* PRP2 does not matter */
	ck_assert(ram_is(DATA_AT + PAGE - 512, byte_of(12), 512) && ram_is(DATA_AT + PAGE, 0xee, PAGE));
	unplug();
}
END_TEST

START_TEST(two_pages)
{
	start(false, false);
	ck_assert_uint_eq(blocks(READ_, 100, 8, page_at(0) + 1024, page_at(1)), 0);
	check_pages(1024, 8);
	ck_assert_uint_eq(blocks(READ_, 100, 16, page_at(0), page_at(1)), 0);
	check_pages(0, 16);
	ck_assert_uint_eq(blocks(READ_, 100, 1, page_at(0) + PAGE - 4, page_at(1)), 0); /* a block across */
	ck_assert(ram_is(page_at(0) + PAGE - 4, byte_of(100), 4) && ram_is(page_at(1), byte_of(100), 508));
	unplug();
}
END_TEST

/* Lists that begin anywhere in their page, and go on in another. */
START_TEST(lists)
{
	static const struct {
		u64 first; /* offset of the data in its first page */
		u64 list;  /* offset of the list in its page */
		unsigned count;
	} is[] = {
		{ 0, 0, 17 },
		{ 512, 0, 17 },
		{ 0, 0, 1024 },
		{ 3584, 0, 1024 },
		{ 0, PAGE - 8, 32 },
		{ 0, PAGE - 16, 24 },
		{ 0, PAGE - 16, 25 },
		{ 512, PAGE - 24, 1000 },
		{ 0, PAGE - 1016, 1024 },
		{ 4, PAGE - 1016, 1016 },
	};

	start(false, false);
	for (unsigned i = 0; i < ARRAY_SIZE(is); i++) {
		unsigned pages = (unsigned)((is[i].first + 512ull * is[i].count + PAGE - 1) / PAGE);
		u64 at = LIST_AT + is[i].list;

		memset(mem(DATA_AT), 0, 0x200000);
		for (unsigned n = 1; n < pages; n++, at += 8) {
			if (at % PAGE == PAGE - 8 && n + 1 < pages) {
				put_entry(at, LIST_AT + 2 * PAGE);
				at = LIST_AT + 2 * PAGE;
			}
			put_entry(at, page_at(n));
		}
		ck_assert_uint_eq(blocks(READ_, 100, is[i].count, page_at(0) + is[i].first, LIST_AT + is[i].list), 0);
		if (is[i].first % 512 == 0)
			check_pages(is[i].first, is[i].count);
		ck_assert_uint_eq(blocks(COMPARE_, 100, is[i].count, page_at(0) + is[i].first, LIST_AT + is[i].list),
				  0);
	}
	unplug();
}
END_TEST

START_TEST(large_pages)
{
	plug(false, false);
	enable(4); /* 64 KiB */
	ck_assert_uint_eq(create_cq(1, IO_ENTRIES, 1, true), 0);
	ck_assert_uint_eq(create_sq(1, IO_ENTRIES, 1), 0);
	ck_assert_uint_eq(blocks(READ_, 7, 200, DATA_AT + 0x2000, DATA_AT + 0x40000), 0);
	for (unsigned i = 0; i < 112; i++)
		ck_assert(ram_is(DATA_AT + 0x2000 + 512 * i, byte_of(7 + i), 512));
	for (unsigned i = 112; i < 200; i++)
		ck_assert(ram_is(DATA_AT + 0x40000 + 512 * (i - 112), byte_of(7 + i), 512));
	ck_assert_uint_eq(blocks(READ_, 7, 200, DATA_AT, DATA_AT + 0x1000), 0x013 | DNR);
	unplug();
}
END_TEST

/* What 4.3 forbids, and addresses that are nowhere: nothing moves, or nothing more. */
START_TEST(bad_prps)
{
	static const struct {
		u64 prp1, prp2;
		unsigned count;
		u16 status;
	} bad[] = {
		{ DATA_AT + 2, 0, 1, 0x013 | DNR },
		{ DATA_AT, DATA_AT + 4, 16, 0x013 | DNR },
		{ DATA_AT, LIST_AT + 4, 17, 0x013 | DNR },
		{ DATA_AT, LIST_AT + 0x100, 17, 0x013 | DNR },	  /* an entry with an offset */
		{ DATA_AT, LIST_AT + PAGE - 8, 32, 0x013 | DNR }, /* a link with an offset */
		{ 0x1000, 0, 1, 0x004 },
		{ ~0ull & ~(u64)0xfff, 0, 8, 0x004 },
		{ DATA_AT, 0x1000, 16, 0x004 },
		{ DATA_AT, 0x2000, 17, 0x004 },
		{ DATA_AT, LIST_AT + 0x200, 24, 0x004 }, /* an entry that leads nowhere */
		{ RAM_BASE + RAM_SIZE - 512, RAM_BASE + RAM_SIZE, 2, 0x004 },
	};

	start(false, false);
	put_entry(LIST_AT + 0x100, DATA_AT + PAGE + 8);
	put_entry(LIST_AT + PAGE - 8, LIST_AT + 8);
	put_entry(LIST_AT + 0x200, DATA_AT + PAGE);
	put_entry(LIST_AT + 0x208, 0x3000);
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
		for (unsigned writes = 0; writes < 2; writes++) {
			u16 status = blocks(writes ? WRITE_ : READ_, 8, bad[i].count, bad[i].prp1, bad[i].prp2);

			ck_assert_msg(status == bad[i].status, "case %u: %#x", i, status);
		}
	ck_assert_uint_eq(rd(0x1c, 4), READY); /* the controller goes on */
	unplug();
}
END_TEST

/* An access that the SMMU stops, in data and in a list. */
START_TEST(aborted)
{
	start(false, false);
	put_entry(LIST_AT, DATA_AT + PAGE);
	put_entry(LIST_AT + 8, DATA_AT + 2 * PAGE);
	rig.abort_with = _i ? DMA_STALL : DMA_ABORT;
	rig.abort_from = DATA_AT + 2 * PAGE;
	rig.abort_to = DATA_AT + 3 * PAGE;
	ck_assert_uint_eq(blocks(READ_, 8, 24, DATA_AT, LIST_AT), 0x004);
	ck_assert_uint_eq(blocks(WRITE_, 8, 24, DATA_AT, LIST_AT), 0x004);
	ck_assert_uint_eq(blocks(COMPARE_, 8, 24, DATA_AT, LIST_AT), 0x004);
	rig.abort_from = LIST_AT;
	rig.abort_to = LIST_AT + 8;
	ck_assert_uint_eq(blocks(READ_, 8, 24, DATA_AT, LIST_AT), 0x004);
	rig.abort_to = 0;
	ck_assert_uint_eq(blocks(READ_, 8, 24, DATA_AT, LIST_AT), 0);
	unplug();
}
END_TEST

/* ---- blocks ---- */

START_TEST(ranges)
{
	static const u32 opcodes[] = { READ_, WRITE_, COMPARE_, ZEROES_, VERIFY_ };

	start(false, false);
	for (unsigned i = 0; i < ARRAY_SIZE(opcodes); i++) {
		ck_assert_uint_eq(blocks(opcodes[i], BLOCKS, 1, DATA_AT, 0), 0x080 | DNR);
		ck_assert_uint_eq(blocks(opcodes[i], BLOCKS - 1, 2, DATA_AT, 0), 0x080 | DNR);
		ck_assert_uint_eq(blocks(opcodes[i], ~0ull, 1, DATA_AT, 0), 0x080 | DNR);
		ck_assert_uint_eq(blocks(opcodes[i], 1ull << 55, 1, DATA_AT, 0), 0x080 | DNR);
		for (unsigned n = 0; n < 3; n++) {
			static const u32 nsid[] = { 0, 2, 0xffffffff };

			ck_assert_uint_eq(
				command(1, (struct command){ .opcode = opcodes[i], .nsid = nsid[n], .prp1 = DATA_AT }),
				0x00b | DNR);
		}
	}
	ck_assert_uint_eq(blocks(READ_, BLOCKS - 1, 1, DATA_AT, 0), 0);
	ck_assert(ram_is(DATA_AT, byte_of(BLOCKS - 1), 512));
	ck_assert_uint_eq(blocks(READ_, 0, 1025, DATA_AT, LIST_AT), 0x002 | DNR); /* MDTS */
	ck_assert_uint_eq(blocks(VERIFY_, 0, BLOCKS, 0, 0), 0);
	unplug();
}
END_TEST

START_TEST(writing)
{
	start(false, _i);
	memset(mem(DATA_AT), 0xa5, 2 * PAGE);
	ck_assert_uint_eq(blocks(WRITE_, 50, 16, DATA_AT, DATA_AT + PAGE), 0);
	ck_assert_uint_eq(file_byte(50 * 512), _i ? byte_of(50) : 0xa5);
	ck_assert_uint_eq(file_byte(66 * 512 - 1), _i ? byte_of(65) : 0xa5);
	ck_assert_uint_eq(file_byte(66 * 512), byte_of(66));
	ck_assert_uint_eq(file_byte(50 * 512 - 1), byte_of(49));
	ck_assert_uint_eq(blocks(COMPARE_, 50, 16, DATA_AT, DATA_AT + PAGE), 0);
	*(u8 *)mem(DATA_AT + 2 * PAGE - 1) = 0;
	ck_assert_uint_eq(blocks(COMPARE_, 50, 16, DATA_AT, DATA_AT + PAGE), 0x285 | DNR);
	ck_assert_uint_eq(command(1, (struct command){ .opcode = 0, .nsid = 1 }), 0);
	ck_assert_uint_eq(command(1, (struct command){ .opcode = 0, .nsid = 0xffffffff }), 0);
	ck_assert_uint_eq(command(1, (struct command){ .opcode = 0, .nsid = 0 }), 0x00b | DNR);
	/* FUA, and without a write cache */
	ck_assert_uint_eq(
		command(1, (struct command){ .opcode = 1, .nsid = 1, .prp1 = DATA_AT, .dw10 = 9, .dw12 = 1u << 30 }),
		0);
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 9, .dw10 = 6, .dw11 = 0 }), 0);
	ck_assert_uint_eq(blocks(WRITE_, 70, 1, DATA_AT, 0), 0);
	unplug();
}
END_TEST

START_TEST(zeroes)
{
	start(false, _i & 1);
	ck_assert_uint_eq(command(1, (struct command){ .opcode = ZEROES_,
						       .nsid = 1,
						       .dw10 = 64,
						       .dw12 = 255 | (_i & 2 ? 1u << 25 : 0) }),
			  0);
	ck_assert_uint_eq(blocks(READ_, 64, 8, DATA_AT, 0), 0);
	ck_assert(ram_is(DATA_AT, 0, PAGE));
	ck_assert_uint_eq(blocks(READ_, 319, 2, DATA_AT, 0), 0);
	ck_assert(ram_is(DATA_AT, 0, 512) && ram_is(DATA_AT + 512, byte_of(320), 512));
	unplug();
}
END_TEST

static void put_range(unsigned i, u64 lba, u32 count)
{
	u32 words[2] = { 0, count };

	memcpy(mem(DATA_AT + 16 * i), words, 8);
	memcpy(mem(DATA_AT + 16 * i + 8), &lba, 8);
}

static u16 manage(unsigned count, bool deallocates)
{
	return command(
		1,
		(struct command){
			.opcode = DSM_, .nsid = 1, .prp1 = DATA_AT, .dw10 = count - 1, .dw11 = (u32)deallocates << 2 });
}

START_TEST(deallocating)
{
	start(false, _i);
	put_range(0, 10, 2);
	put_range(1, 20, 0);
	put_range(2, 30, 1);
	ck_assert_uint_eq(manage(3, false), 0);
	ck_assert_uint_eq(blocks(READ_, 10, 1, DATA_AT + PAGE, 0), 0);
	ck_assert(ram_is(DATA_AT + PAGE, byte_of(10), 512));
	ck_assert_uint_eq(manage(3, true), 0);
	ck_assert_uint_eq(blocks(READ_, 10, 3, DATA_AT + PAGE, 0), 0);
	ck_assert(ram_is(DATA_AT + PAGE, 0, 1024) && ram_is(DATA_AT + PAGE + 1024, byte_of(12), 512));
	ck_assert_uint_eq(blocks(READ_, 20, 1, DATA_AT + PAGE, 0), 0);
	ck_assert(ram_is(DATA_AT + PAGE, byte_of(20), 512));
	ck_assert_uint_eq(blocks(READ_, 30, 1, DATA_AT + PAGE, 0), 0);
	ck_assert(ram_is(DATA_AT + PAGE, 0, 512));
	put_range(0, 40, 1);
	put_range(1, BLOCKS, 1);
	ck_assert_uint_eq(manage(2, true), 0x080 | DNR);
	ck_assert_uint_eq(blocks(READ_, 40, 1, DATA_AT + PAGE, 0), 0); /* none of it was done */
	ck_assert(ram_is(DATA_AT + PAGE, byte_of(40), 512));
	ck_assert_uint_eq(command(1, (struct command){ .opcode = DSM_, .nsid = 1, .prp1 = 0x1000, .dw11 = 4 }), 0x004);
	ck_assert_uint_eq(command(1, (struct command){ .opcode = DSM_, .nsid = 2, .prp1 = DATA_AT, .dw11 = 4 }),
			  0x00b | DNR);
	unplug();
}
END_TEST

/* A snapshot whose blocks are all discarded needs no memory for them, and takes writes again. */
START_TEST(discarding_a_snapshot)
{
	start(false, true);
	ck_assert_uint_eq(blocks(WRITE_, 128, 1, DATA_AT + PAGE, 0), 0);
	put_range(0, 1, BLOCKS - 1);
	ck_assert_uint_eq(manage(1, true), 0);
	for (unsigned i = 2; i < BLOCKS / 128; i++)
		ck_assert_ptr_eq(rig.disk.overlay[i], rig.disk.overlay[1]);
	memset(mem(DATA_AT + PAGE), 0xa5, 512);
	ck_assert_uint_eq(blocks(WRITE_, 130, 1, DATA_AT + PAGE, 0), 0);
	ck_assert_uint_eq(blocks(READ_, 129, 3, DATA_AT + PAGE, 0), 0);
	ck_assert(ram_is(DATA_AT + PAGE, 0, 512) && ram_is(DATA_AT + PAGE + 512, 0xa5, 512) &&
		  ram_is(DATA_AT + PAGE + 1024, 0, 512));
	ck_assert_uint_eq(blocks(READ_, 258, 1, DATA_AT + PAGE, 0), 0); /* the other chunks are as they were */
	ck_assert(ram_is(DATA_AT + PAGE, 0, 512));
	ck_assert_uint_eq(blocks(READ_, 0, 1, DATA_AT + PAGE, 0), 0);
	ck_assert(ram_is(DATA_AT + PAGE, byte_of(0), 512));
	unplug();
}
END_TEST

START_TEST(read_only)
{
	start(true, false);
	put_range(0, 10, 1);
	ck_assert_uint_eq(blocks(WRITE_, 1, 1, DATA_AT, 0), 0x020 | DNR);
	ck_assert_uint_eq(blocks(ZEROES_, 1, 1, 0, 0), 0x020 | DNR);
	ck_assert_uint_eq(manage(1, true), 0x020 | DNR);
	ck_assert_uint_eq(manage(1, false), 0);
	ck_assert_uint_eq(blocks(READ_, 1, 1, DATA_AT + PAGE, 0), 0);
	ck_assert_uint_eq(blocks(COMPARE_, 1, 1, DATA_AT + PAGE, 0), 0);
	ck_assert_uint_eq(command(1, (struct command){ .opcode = 0, .nsid = 1 }), 0);
	unplug();
}
END_TEST

/* ---- the host's errors ---- */

static u64 media_errors(void)
{
	u64 v;

	ck_assert_uint_eq(command(0, (struct command){ .opcode = 2, .prp1 = DATA_AT, .dw10 = 127u << 16 | 2 }), 0);
	memcpy(&v, mem(DATA_AT + 160), 8);
	return v;
}

/* The image was cut short while the machine runs. */
START_TEST(truncated)
{
	start(false, _i);
	ck_assert_int_eq(truncate(rig.path, 100 * 512), 0);
	ck_assert_uint_eq(blocks(READ_, 92, 8, DATA_AT, 0), 0);
	ck_assert_uint_eq(blocks(READ_, 93, 8, DATA_AT, 0), 0x281);
	ck_assert_uint_eq(blocks(READ_, 3000, 1, DATA_AT, 0), 0x281);
	ck_assert_uint_eq(blocks(COMPARE_, 3000, 1, DATA_AT, 0), 0x281);
	ck_assert_uint_eq(blocks(VERIFY_, 0, 200, 0, 0), 0x281);
	if (_i) /* what is around it cannot be kept */
		ck_assert_uint_eq(blocks(WRITE_, 3000, 1, DATA_AT, 0), 0x280);
	ck_assert_uint_eq(media_errors(), _i ? 5 : 4);
	ck_assert_uint_eq(rd(0x1c, 4), READY);
	unplug();
}
END_TEST

/* The host's disk is full: a file cannot grow over a limit, as one that is cut short would have to. */
START_TEST(host_is_full)
{
	struct rlimit old, low;

	start(false, false);
	ck_assert_int_eq(truncate(rig.path, 0), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	low = (struct rlimit){ 100 * 512, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &low);
	ck_assert_uint_eq(blocks(WRITE_, 50, 1, DATA_AT, 0), 0);
	ck_assert_uint_eq(blocks(WRITE_, 99, 2, DATA_AT, 0), 0x280);
	ck_assert_uint_eq(blocks(WRITE_, 3000, 8, DATA_AT, 0), 0x280);
	setrlimit(RLIMIT_FSIZE, &old);
	ck_assert_uint_eq(blocks(WRITE_, 3000, 8, DATA_AT, 0), 0);
	ck_assert_uint_eq(media_errors(), 2);
	unplug();
}
END_TEST

/* Nothing can be made durable any more: FLUSH, FUA, and shutdown say so. */
START_TEST(flush_fails)
{
	int pipes[2], kept;

	start(false, false);
	ck_assert_int_eq(pipe(pipes), 0);
	kept = dup(rig.disk.fd);
	dup2(pipes[1], rig.disk.fd); /* what fdatasync() refuses */
	ck_assert_uint_eq(command(1, (struct command){ .opcode = 0, .nsid = 1 }), 0x280);
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 9, .dw10 = 6, .dw11 = 0 }), 0x280);
	ck_assert_uint_eq(blocks(WRITE_, 1, 1, DATA_AT, 0), 0x280);
	wr(0x14, 0x00464001);
	ck_assert_uint_eq(rd(0x1c, 4), READY | FATAL | SHUT);
	dup2(kept, rig.disk.fd);
	close(kept);
	close(pipes[0]);
	close(pipes[1]);
	unplug();
}
END_TEST

/* The health log counts what was moved. */
START_TEST(counters)
{
	start(false, false);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(blocks(READ_, 0, 8, DATA_AT, 0), 0);
	ck_assert_uint_eq(blocks(WRITE_, 0, 8, DATA_AT, 0), 0);
	ck_assert_uint_eq(rig.nvme.s.health.sectors_read, 24);
	ck_assert_uint_eq(command(0, (struct command){ .opcode = 2, .prp1 = DATA_AT, .dw10 = 127u << 16 | 2 }), 0);
	ck_assert_uint_eq(*(u8 *)mem(DATA_AT + 32), 1);
	ck_assert_uint_eq(*(u8 *)mem(DATA_AT + 64), 3);
	ck_assert_uint_eq(*(u8 *)mem(DATA_AT + 80), 1);
	nvme_reset(&rig.nvme); /* without a shutdown */
	ck_assert_uint_eq(rig.nvme.s.health.unsafe_shutdowns, 1);
	ck_assert_uint_eq(rig.nvme.s.health.power_cycles, 2);
	unplug();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dev_nvme_io");
	TCase *t = tcase_create("commands");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, one_page);
	tcase_add_test(t, two_pages);
	tcase_add_test(t, lists);
	tcase_add_test(t, large_pages);
	tcase_add_test(t, bad_prps);
	tcase_add_loop_test(t, aborted, 0, 2);
	tcase_add_test(t, ranges);
	tcase_add_loop_test(t, writing, 0, 2);
	tcase_add_loop_test(t, zeroes, 0, 4);
	tcase_add_loop_test(t, deallocating, 0, 2);
	tcase_add_test(t, discarding_a_snapshot);
	tcase_add_test(t, read_only);
	tcase_add_loop_test(t, truncated, 0, 2);
	tcase_add_test(t, host_is_full);
	tcase_add_test(t, flush_fails);
	tcase_add_test(t, counters);
	suite_add_tcase(s, t);
	return run_suite(s);
}
