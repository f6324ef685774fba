/* Flash bank: array reads, CFI query, identification, programming, erasing, on a real bus. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dev/flash.h"
#include "run_suite.h"

#define BASE 0x4000000ull

static struct bus bus;
static struct flash flash;
static u8 *data;

static void setup(void)
{
	memset(&bus, 0, sizeof(bus));
	data = calloc(1, FLASH_BANK_SIZE);
	memset(data, 0xff, 2 * FLASH_BLOCK);
	flash_init(&flash, &bus, BASE, data);
	bus_add(&bus,
		&(struct bus_region){ "flash", BASE, FLASH_BANK_SIZE, BUS_DEVICE, false, data, &flash_ops, &flash });
}

static void teardown(void)
{
	free(data);
}

static u64 rd(u64 offset, unsigned size)
{
	u64 v;

	ck_assert_int_eq(bus_read(&bus, (pa_t){ BASE + offset, true }, size, 0, &v), BUS_OK);
	return v;
}

static void wr(u64 offset, unsigned size, u64 v)
{
	ck_assert_int_eq(bus_write(&bus, (pa_t){ BASE + offset, true }, size, 0, v), BUS_OK);
}

static bool in_array_mode(void)
{
	return bus_host(&bus, (pa_t){ BASE, true }, 4, false) != NULL;
}

START_TEST(cfi_query)
{
	static const u8 want[] = { 'Q', 'R', 'Y', 1, 0, 0x31, 0 };

	ck_assert(in_array_mode());
	wr(0x55 * 4, 4, 0x00980098);
	ck_assert(!in_array_mode());
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++)
		ck_assert_uint_eq(rd((0x10 + i) * 4, 4), want[i] * 0x10001u);
	ck_assert_uint_eq(rd(0x10 * 4, 2), 'Q');
	ck_assert_uint_eq(rd(0x10 * 4 + 2, 2), 'Q');
	ck_assert_uint_eq(rd(0x11 * 4, 1), 'R');
	ck_assert_uint_eq(rd(0x11 * 4 + 1, 1), 0);
	ck_assert_uint_eq(rd(0x10 * 4, 8), 0x0052005200510051);
	ck_assert_uint_eq(rd(0x27 * 4, 2), 25); /* 32 MiB a device */
	/* 256 blocks of 128 KiB */
	ck_assert_uint_eq(rd(0x2d * 4, 2) | rd(0x2e * 4, 2) << 8, 255);
	ck_assert_uint_eq((rd(0x2f * 4, 2) | rd(0x30 * 4, 2) << 8) * 256, 128 * 1024);
	ck_assert_uint_eq(rd(0x31 * 4, 2), 'P');
	ck_assert_uint_eq(rd(0x34 * 4, 2), '1');
	wr(0, 4, 0x00ff00ff);
	ck_assert(in_array_mode());
	ck_assert_uint_eq(rd(0, 4), 0xffffffff);
}
END_TEST

START_TEST(identification)
{
	wr(0, 4, 0x00900090);
	ck_assert_uint_eq(rd(0, 4), 0x00890089);
	ck_assert_uint_eq(rd(4, 4), 0x00180018);
	ck_assert_uint_eq(rd(FLASH_BLOCK + 8, 4), 0);
	wr(0, 4, 0x00700070);
	ck_assert_uint_eq(rd(0x1000, 4), 0x00800080);
	/* A command of any width reaches both devices. */
	wr(0, 2, 0xff);
	ck_assert(in_array_mode());
	wr(0x55, 1, 0x98);
	ck_assert_uint_eq(rd(0x10 * 4, 4), 0x00510051);
	wr(0, 1, 0xff);
	/* What is no command (AMD's reset) leaves array mode on. */
	wr(0, 4, 0x00f000f0);
	ck_assert(in_array_mode());
}
END_TEST

START_TEST(program_word)
{
	wr(0x100, 4, 0x00400040);
	wr(0x100, 4, 0x12345678);
	ck_assert_uint_eq(rd(0x100, 4), 0x00800080);
	wr(0x100, 4, 0x00400040);
	wr(0x100, 4, 0xf0f0f0f0); /* bits only go from 1 to 0 */
	wr(0, 4, 0x00ff00ff);
	ck_assert_uint_eq(rd(0x100, 4), 0x12345678 & 0xf0f0f0f0);
	ck_assert_uint_eq(rd(0x104, 4), 0xffffffff);
	/* In halfwords, as U-Boot does. */
	wr(0x200, 2, 0x10);
	wr(0x200, 2, 0xabcd);
	wr(0, 4, 0x00ff00ff);
	ck_assert_uint_eq(rd(0x200, 4), 0xffffabcd);
}
END_TEST

START_TEST(erase_block)
{
	memset(data, 0, 2 * FLASH_BLOCK);
	wr(FLASH_BLOCK + 0x40, 4, 0x00200020);
	wr(FLASH_BLOCK + 0x40, 4, 0x00d000d0);
	ck_assert_uint_eq(rd(0, 4), 0x00800080);
	wr(0, 4, 0x00ff00ff);
	ck_assert_uint_eq(rd(FLASH_BLOCK - 4, 4), 0);
	ck_assert_uint_eq(rd(FLASH_BLOCK, 4), 0xffffffff);
	ck_assert_uint_eq(rd(2 * FLASH_BLOCK - 4, 4), 0xffffffff);
	ck_assert_uint_eq(rd(2 * FLASH_BLOCK, 4), 0);
	/* Without its confirmation an erase is a sequence error, cleared by 0x50. */
	wr(0, 4, 0x00200020);
	wr(0, 4, 0x00ff00ff);
	ck_assert_uint_eq(rd(0, 4), 0x00b000b0);
	wr(0, 4, 0x00500050);
	wr(0, 4, 0x00700070);
	ck_assert_uint_eq(rd(0, 4), 0x00800080);
	wr(0, 4, 0x00ff00ff);
	ck_assert_uint_eq(rd(0, 4), 0);
}
END_TEST

START_TEST(program_buffer)
{
	wr(0x400, 4, 0x00e800e8);
	ck_assert_uint_eq(rd(0x400, 4), 0x00800080);
	wr(0x400, 4, 0x001f001f);
	for (u32 i = 0; i < 32; i++)
		wr(0x400 + 4 * i, 4, 0x01010101 * i);
	wr(0x400, 4, 0x00d000d0);
	ck_assert_uint_eq(rd(0x400, 4), 0x00800080);
	wr(0, 4, 0x00ff00ff);
	for (u32 i = 0; i < 32; i++)
		ck_assert_uint_eq(rd(0x400 + 4 * i, 4), 0x01010101 * i);
}
END_TEST

START_TEST(program_buffer_halfwords)
{
	wr(0x440, 2, 0xe8);
	wr(0x440, 2, 2);
	for (u32 i = 0; i < 3; i++)
		wr(0x440 + 2 * i, 2, 0x0101 * (i + 1));
	wr(0x440, 2, 0xd0);
	wr(0, 2, 0xff);
	ck_assert_uint_eq(rd(0x440, 8), 0xffff030302020101);
}
END_TEST

START_TEST(program_buffer_errors)
{
	/* Too many words. */
	wr(0, 4, 0x00e800e8);
	wr(0, 4, 0x00200020);
	ck_assert_uint_eq(rd(0, 4), 0x00b000b0);
	wr(0, 4, 0x00500050);
	/* A word in another block. */
	wr(0, 4, 0x00e800e8);
	wr(0, 4, 0);
	wr(FLASH_BLOCK, 4, 0);
	ck_assert_uint_eq(rd(0, 4), 0x00b000b0);
	wr(0, 4, 0x00500050);
	/* No confirmation. */
	wr(0, 4, 0x00e800e8);
	wr(0, 4, 0);
	wr(0, 4, 0);
	wr(0, 4, 0x00ff00ff);
	ck_assert_uint_eq(rd(0, 4), 0x00b000b0);
	wr(0, 4, 0x00500050);
	ck_assert_uint_eq(rd(0, 4), 0xffffffff);
	ck_assert_uint_eq(rd(FLASH_BLOCK, 4), 0xffffffff);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("flash");
	TCase *t = tcase_create("flash");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, cfi_query);
	tcase_add_test(t, identification);
	tcase_add_test(t, program_word);
	tcase_add_test(t, erase_block);
	tcase_add_test(t, program_buffer);
	tcase_add_test(t, program_buffer_halfwords);
	tcase_add_test(t, program_buffer_errors);
	suite_add_tcase(s, t);
	return run_suite(s);
}
