/* PL031: the machine's time in seconds, loading, matching, interrupt, access sizes. */
#include <check.h>
#include <string.h>

#include "dev/pl031.h"
#include "run_suite.h"

enum { DR = 0x00, MR = 0x04, LR = 0x08, CR = 0x0c, IMSC = 0x10, RIS = 0x14, MIS = 0x18, ICR = 0x1c };
#define EPOCH 1700000000u
#define SECOND (16ull * CLOCK_CNTFRQ)

static struct pl031 rtc;
static struct clock test_clock;
static bool line_level;

static void on_line(void *ctx, unsigned n, bool level)
{
	line_level = level;
}

static void setup(void)
{
	memset(&test_clock, 0, sizeof(test_clock));
	test_clock.per_tick = 16;
	pl031_init(&rtc, &test_clock, EPOCH);
	rtc.irq = (struct line){ on_line, NULL, 0 };
	line_level = false;
}

static u64 rd(u64 offset, u8 size)
{
	u64 v = ~0ull;
	struct bus_access a = { .offset = offset, .size = size };

	ck_assert_int_eq(pl031_ops.read(&rtc, &a, &v), BUS_OK);
	return v;
}

static void wr(u64 offset, u64 v)
{
	struct bus_access a = { .offset = offset, .size = 4 };

	ck_assert_int_eq(pl031_ops.write(&rtc, &a, v), BUS_OK);
}

static void run_to(u64 cycle)
{
	test_clock.now = cycle;
	clock_fire(&test_clock);
}

static const struct {
	u64 offset, reset, write, want;
} regs[] = {
	{ DR, EPOCH, 5, EPOCH },
	{ MR, 0, 0x12345678, 0x12345678 },
	{ LR, 0, 0x12345678, 0x12345678 },
	{ CR, 1, 0, 1 },
	{ IMSC, 0, 0xff, 1 },
	{ RIS, 0, 1, 0 },
	{ MIS, 0, 1, 0 },
	{ ICR, 0, 1, 0 },
	{ 0x20, 0, ~0ull, 0 },
	{ 0xfdc, 0, ~0ull, 0 },
	{ 0xfe0, 0x31, 0, 0x31 },
	{ 0xfe4, 0x10, 0, 0x10 },
	{ 0xfe8, 0x04, 0, 0x04 },
	{ 0xff0, 0x0d, 0, 0x0d },
	{ 0xffc, 0xb1, 0, 0xb1 },
};

START_TEST(registers)
{
	ck_assert_uint_eq(rd(regs[_i].offset, 4), regs[_i].reset);
	wr(regs[_i].offset, regs[_i].write);
	ck_assert_uint_eq(rd(regs[_i].offset, 4), regs[_i].want);
	pl031_reset(&rtc);
	ck_assert_uint_eq(rd(regs[_i].offset, 4), regs[_i].reset);
}
END_TEST

START_TEST(seconds_pass)
{
	run_to(SECOND - 1);
	ck_assert_uint_eq(rd(DR, 4), EPOCH);
	run_to(SECOND);
	ck_assert_uint_eq(rd(DR, 4), EPOCH + 1);
	wr(LR, 100);
	ck_assert_uint_eq(rd(DR, 4), 100);
	run_to(3 * SECOND + 5);
	ck_assert_uint_eq(rd(DR, 4), 102);
	wr(LR, 0xffffffff);
	run_to(4 * SECOND);
	ck_assert_uint_eq(rd(DR, 4), 0);
}
END_TEST

START_TEST(a_match_interrupts)
{
	wr(IMSC, 1);
	wr(MR, EPOCH + 2);
	ck_assert_uint_eq(test_clock.earliest, 2 * SECOND);
	run_to(2 * SECOND - 1);
	ck_assert_uint_eq(rd(RIS, 4), 0);
	run_to(2 * SECOND);
	ck_assert_uint_eq(rd(RIS, 4), 1);
	ck_assert_uint_eq(rd(MIS, 4), 1);
	ck_assert(line_level);
	wr(IMSC, 0);
	ck_assert(!line_level);
	ck_assert_uint_eq(rd(MIS, 4), 0);
	ck_assert_uint_eq(rd(RIS, 4), 1);
	wr(IMSC, 1);
	wr(ICR, 0);
	ck_assert(line_level);
	wr(ICR, 1);
	ck_assert(!line_level);
	ck_assert_uint_eq(rd(RIS, 4), 0);
}
END_TEST

START_TEST(a_match_at_once_and_again_after_wrapping)
{
	wr(IMSC, 1);
	wr(MR, EPOCH);
	ck_assert_uint_eq(rd(RIS, 4), 1);
	ck_assert(line_level);
	wr(ICR, 1);
	ck_assert_uint_eq(test_clock.earliest, SECOND << 32);
	wr(LR, EPOCH - 1); /* time goes back: the match comes again */
	ck_assert_uint_eq(rd(RIS, 4), 0);
	run_to(SECOND);
	ck_assert_uint_eq(rd(RIS, 4), 1);
}
END_TEST

/* A match that cannot interrupt is seen later, and does not keep an idle machine busy. */
START_TEST(a_masked_match)
{
	wr(MR, EPOCH + 2);
	ck_assert_uint_eq(test_clock.earliest, CLOCK_NEVER);
	run_to(2 * SECOND - 1);
	ck_assert_uint_eq(rd(RIS, 4), 0);
	run_to(7 * SECOND);
	ck_assert_uint_eq(rd(RIS, 4), 1);
	ck_assert(!line_level);
	wr(IMSC, 1);
	ck_assert(line_level);
	ck_assert_uint_eq(test_clock.earliest, CLOCK_NEVER);
	wr(ICR, 1);
	ck_assert_uint_eq(test_clock.earliest, SECOND * ((1ull << 32) + 2));
}
END_TEST

START_TEST(sizes)
{
	struct bus_access wide = { .offset = DR, .size = 8 };
	u64 v;

	ck_assert_uint_eq(rd(DR, 2), EPOCH & 0xffff);
	ck_assert_uint_eq(rd(DR + 3, 1), EPOCH >> 24);
	wr(MR + 1, 7); /* not a register's first byte */
	ck_assert_uint_eq(rd(MR, 4), 0);
	ck_assert_int_eq(pl031_ops.read(&rtc, &wide, &v), BUS_SLVERR);
	ck_assert_int_eq(pl031_ops.write(&rtc, &wide, 0), BUS_SLVERR);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("pl031");
	Suite *s = suite_create("dev_pl031");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_loop_test(c, registers, 0, ARRAY_SIZE(regs));
	tcase_add_test(c, seconds_pass);
	tcase_add_test(c, a_match_interrupts);
	tcase_add_test(c, a_match_at_once_and_again_after_wrapping);
	tcase_add_test(c, a_masked_match);
	tcase_add_test(c, sizes);
	suite_add_tcase(s, c);
	return run_suite(s);
}
