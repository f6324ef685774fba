/* PL061: data with its address mask, directions, edge and level interrupts, outputs, the power key. */
#include <check.h>
#include <string.h>

#include "dev/pl061.h"
#include "run_suite.h"

enum { DIR = 0x400, IS = 0x404, IBE = 0x408, IEV = 0x40c, IE = 0x410, RIS = 0x414, MIS = 0x418, IC = 0x41c };
enum { AFSEL = 0x420, DATA = 0x3fc };
enum { POWER_KEY = 3 };

static struct pl061 gpio;
static struct clock test_clock;
static bool line_level;
static u8 driven;

static void on_line(void *ctx, unsigned n, bool level)
{
	line_level = level;
}

static void on_out(void *ctx, unsigned n, bool level)
{
	driven = (u8)(level ? driven | 1u << n : driven & ~(1u << n));
}

static void setup(void)
{
	memset(&test_clock, 0, sizeof(test_clock));
	memset(&gpio, 0, sizeof(gpio));
	test_clock.per_tick = 16;
	pl061_init(&gpio, &test_clock);
	gpio.irq = (struct line){ on_line, NULL, 0 };
	for (unsigned i = 0; i < PL061_PINS; i++)
		gpio.out[i] = (struct line){ on_out, NULL, i };
	line_level = false;
	driven = 0;
}

static u64 rd(u64 offset)
{
	u64 v = ~0ull;
	struct bus_access a = { .offset = offset, .size = 4 };

	ck_assert_int_eq(pl061_ops.read(&gpio, &a, &v), BUS_OK);
	return v;
}

static void wr(u64 offset, u64 v)
{
	struct bus_access a = { .offset = offset, .size = 4 };

	ck_assert_int_eq(pl061_ops.write(&gpio, &a, v), BUS_OK);
}

static void pin(unsigned n, bool level)
{
	struct line l = pl061_pin(&gpio, n);

	line_set(&l, level);
}

static const struct {
	u64 offset, reset, write, want;
} regs[] = {
	{ DATA, 0, 0xff, 0 }, /* all are inputs */
	{ DIR, 0, 0x1a5, 0xa5 },  { IS, 0, 0xff, 0xff },    { IBE, 0, 0xff, 0xff },   { IEV, 0, 0xff, 0xff },
	{ IE, 0, 0xff, 0xff },	  { RIS, 0, 0xff, 0 },	    { MIS, 0, 0xff, 0 },      { IC, 0, 0xff, 0 },
	{ AFSEL, 0, 0xff, 0xff }, { 0x424, 0, 0xff, 0 },    { 0xfdc, 0, 0xff, 0 },    { 0xfe0, 0x61, 0, 0x61 },
	{ 0xfe4, 0x10, 0, 0x10 }, { 0xff4, 0xf0, 0, 0xf0 }, { 0xffc, 0xb1, 0, 0xb1 },
};

START_TEST(registers)
{
	ck_assert_uint_eq(rd(regs[_i].offset), regs[_i].reset);
	wr(regs[_i].offset, regs[_i].write);
	ck_assert_uint_eq(rd(regs[_i].offset), regs[_i].want);
	pl061_reset(&gpio);
	ck_assert_uint_eq(rd(regs[_i].offset), regs[_i].reset);
}
END_TEST

START_TEST(data_mask)
{
	wr(DIR, 0x0f);
	wr(DATA, 0xff);
	ck_assert_uint_eq(rd(DATA), 0x0f);
	ck_assert_uint_eq(driven, 0x0f);
	wr(0x5 << 2, 0);
	ck_assert_uint_eq(rd(DATA), 0x0a);
	ck_assert_uint_eq(driven, 0x0a);
	pin(7, true);
	pin(0, true); /* an output: not seen */
	ck_assert_uint_eq(rd(DATA), 0x8a);
	ck_assert_uint_eq(rd(0x82 << 2), 0x82);
	ck_assert_uint_eq(rd(0), 0);
	wr(DIR, 0);
	ck_assert_uint_eq(driven, 0);
	ck_assert_uint_eq(rd(DATA), 0x81);
	wr(DIR, 0xff);
	ck_assert_uint_eq(rd(DATA), 0x0a);
	pl061_reset(&gpio);
	ck_assert_uint_eq(driven, 0);
}
END_TEST

/* What pin 2 raises by its configuration. */
static const struct {
	const char *name;
	bool level_sensitive, both, high;
	bool on_rise, while_high, on_fall, after;
} kinds[] = {
	{ "falling edge", false, false, false, false, false, true, true },
	{ "rising edge", false, false, true, true, false, false, false },
	{ "both edges", false, true, false, true, false, true, true },
	{ "high level", true, false, true, true, true, false, false },
	{ "low level", true, false, false, false, false, true, true },
};

START_TEST(interrupt_kinds)
{
	wr(IS, kinds[_i].level_sensitive << 2);
	wr(IBE, kinds[_i].both << 2);
	wr(IEV, kinds[_i].high << 2 | 0xfb);
	wr(IC, 0xff);
	wr(IE, 0x04);
	pin(2, true);
	ck_assert_msg(line_level == kinds[_i].on_rise, "%s", kinds[_i].name);
	wr(IC, 0x04); /* forgets edges, not levels */
	ck_assert_msg(line_level == kinds[_i].while_high, "%s", kinds[_i].name);
	pin(2, false);
	ck_assert_msg(line_level == kinds[_i].on_fall, "%s", kinds[_i].name);
	ck_assert_msg(rd(MIS) == (u64)kinds[_i].after << 2, "%s", kinds[_i].name);
	wr(IE, 0);
	ck_assert(!line_level);
	ck_assert_uint_eq(rd(MIS), 0);
	ck_assert_msg(rd(RIS) == (u64)kinds[_i].after << 2, "%s", kinds[_i].name);
}
END_TEST

START_TEST(power_key)
{
	wr(IEV, 0xff);
	wr(IE, 1 << POWER_KEY);
	test_clock.now = 1000;
	pl061_press(&gpio, POWER_KEY);
	ck_assert(line_level);
	ck_assert_uint_eq(rd(DATA), 1 << POWER_KEY);
	wr(IC, 1 << POWER_KEY);
	ck_assert(!line_level);
	ck_assert_uint_eq(test_clock.earliest, 1000 + 100000000);
	test_clock.now = test_clock.earliest;
	clock_fire(&test_clock);
	ck_assert_uint_eq(rd(DATA), 0);
	ck_assert(!line_level);
	pl061_press(&gpio, POWER_KEY);
	pl061_reset(&gpio);
	ck_assert_uint_eq(rd(DATA), 0);
	ck_assert_uint_eq(test_clock.earliest, CLOCK_NEVER);
}
END_TEST

START_TEST(sizes)
{
	struct bus_access wide = { .offset = DIR, .size = 8 }, upper = { .offset = DIR + 1, .size = 1 };
	u64 v = 1;

	wr(DIR, 0xff);
	ck_assert_int_eq(pl061_ops.read(&gpio, &upper, &v), BUS_OK);
	ck_assert_uint_eq(v, 0);
	ck_assert_int_eq(pl061_ops.write(&gpio, &upper, 0), BUS_OK);
	ck_assert_uint_eq(rd(DIR), 0xff);
	ck_assert_int_eq(pl061_ops.read(&gpio, &wide, &v), BUS_SLVERR);
	ck_assert_int_eq(pl061_ops.write(&gpio, &wide, 0), BUS_SLVERR);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("pl061");
	Suite *s = suite_create("dev_pl061");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_loop_test(c, registers, 0, ARRAY_SIZE(regs));
	tcase_add_test(c, data_mask);
	tcase_add_loop_test(c, interrupt_kinds, 0, ARRAY_SIZE(kinds));
	tcase_add_test(c, power_key);
	tcase_add_test(c, sizes);
	suite_add_tcase(s, c);
	return run_suite(s);
}
