/* PL011: FIFOs and their levels, interrupts in both directions, access sizes, identification. */
#include <check.h>
#include <string.h>

#include "dev/pl011.h"
#include "run_suite.h"

enum { DR = 0x00, RSR = 0x04, FR = 0x18, ILPR = 0x20, IBRD = 0x24, FBRD = 0x28, LCR_H = 0x2c, CR = 0x30, IFLS = 0x34 };
enum { IMSC = 0x38, RIS = 0x3c, MIS = 0x40, ICR = 0x44, DMACR = 0x48 };

static struct pl011 uart;
static struct clock test_clock;
static char sent[64];
static unsigned sent_count, edges;
static bool line_level;

static void on_out(void *ctx, u8 byte)
{
	sent[sent_count++] = (char)byte;
}

static void on_line(void *ctx, unsigned n, bool level)
{
	ck_assert_uint_eq(n, 33);
	edges++;
	line_level = level;
}

static void setup(void)
{
	memset(&test_clock, 0, sizeof(test_clock));
	test_clock.per_tick = 16;
	pl011_init(&uart, &test_clock);
	uart.irq = (struct line){ on_line, NULL, 33 };
	uart.out = on_out;
	sent_count = edges = 0;
	line_level = false;
}

static u64 rd(u64 offset, u8 size)
{
	u64 v = ~0ull;
	struct bus_access a = { .offset = offset, .size = size };

	ck_assert_int_eq(pl011_ops.read(&uart, &a, &v), BUS_OK);
	return v;
}

static void wr(u64 offset, u8 size, u64 v)
{
	struct bus_access a = { .offset = offset, .size = size };

	ck_assert_int_eq(pl011_ops.write(&uart, &a, v), BUS_OK);
}

static const struct {
	u64 offset, reset, write, want;
} regs[] = {
	{ RSR, 0, 0xff, 0 },
	{ FR, 0x90, 0xffff, 0x90 },
	{ ILPR, 0, ~0u, 0xff },
	{ IBRD, 0, ~0u, 0xffff },
	{ FBRD, 0, ~0u, 0x3f },
	{ LCR_H, 0, ~0u, 0xff },
	{ CR, 0x300, 0xffffff7f, 0xff07 },
	{ IFLS, 0x12, ~0u, 0x3f },
	{ IMSC, 0, ~0u, 0x7ff },
	{ RIS, 0, ~0u, 0 },
	{ MIS, 0, ~0u, 0 },
	{ ICR, 0, ~0u, 0 },
	{ DMACR, 0, ~0u, 7 },
	{ 0x80, 0, ~0u, 0 }, /* test registers: not there */
	{ 0xfe0, 0x11, ~0u, 0x11 },
	{ 0xfe4, 0x10, 0, 0x10 },
	{ 0xfe8, 0x14, 0, 0x14 },
	{ 0xfec, 0, ~0u, 0 },
	{ 0xff0, 0x0d, 0, 0x0d },
	{ 0xff4, 0xf0, 0, 0xf0 },
	{ 0xff8, 0x05, 0, 0x05 },
	{ 0xffc, 0xb1, 0, 0xb1 },
};

START_TEST(registers)
{
	ck_assert_msg(rd(regs[_i].offset, 4) == regs[_i].reset, "reset of %#lx", regs[_i].offset);
	wr(regs[_i].offset, 4, regs[_i].write);
	ck_assert_msg(rd(regs[_i].offset, 4) == regs[_i].want, "after a write to %#lx: %#lx", regs[_i].offset,
		      rd(regs[_i].offset, 4));
}
END_TEST

START_TEST(sizes)
{
	struct bus_access a = { .offset = DR, .size = 8 };
	u64 v;

	wr(IBRD, 2, 0x1234);
	ck_assert_uint_eq(rd(IBRD, 1), 0x34);
	ck_assert_uint_eq(rd(IBRD + 1, 1), 0x12);
	ck_assert_uint_eq(rd(IBRD + 2, 2), 0);
	wr(IBRD + 1, 1, 0xff);
	ck_assert_uint_eq(rd(IBRD, 4), 0x1234);
	wr(DR, 1, 'a');
	wr(DR, 2, 0x100 | 'b');
	wr(DR, 4, 'c');
	wr(DR + 1, 1, 'd');
	ck_assert_uint_eq(sent_count, 3);
	ck_assert_mem_eq(sent, "abc", 3);
	ck_assert_int_eq(pl011_ops.read(&uart, &a, &v), BUS_SLVERR);
	ck_assert_int_eq(pl011_ops.write(&uart, &a, 0), BUS_SLVERR);
}
END_TEST

START_TEST(transmit_interrupt)
{
	wr(IMSC, 4, 0x20);
	ck_assert_uint_eq(edges, 0);
	wr(DR, 4, 'x');
	ck_assert(line_level);
	ck_assert_uint_eq(rd(MIS, 4), 0x20);
	wr(ICR, 4, 0x20);
	ck_assert(!line_level);
	wr(DR, 4, 'y');
	wr(IMSC, 4, 0);
	ck_assert(!line_level);
	ck_assert_uint_eq(rd(RIS, 4), 0x20);
	ck_assert_uint_eq(rd(MIS, 4), 0);
}
END_TEST

/* Without FIFOs: one byte deep, the interrupt with every byte, gone when it is read. */
START_TEST(receive_without_fifo)
{
	wr(IMSC, 4, 0x10);
	ck_assert(pl011_receive(&uart, 'q'));
	ck_assert(!pl011_receive(&uart, 'r'));
	ck_assert(line_level);
	ck_assert_uint_eq(rd(FR, 4), 0xc0);
	ck_assert_uint_eq(rd(DR, 4), 'q');
	ck_assert(!line_level);
	ck_assert_uint_eq(rd(FR, 4), 0x90);
	ck_assert_uint_eq(rd(DR, 4), 0);
}
END_TEST

static const struct {
	u8 ifls;
	unsigned trigger;
} levels[] = { { 0, 2 }, { 1, 4 }, { 2, 8 }, { 3, 12 }, { 4, 14 } };

START_TEST(receive_levels)
{
	wr(LCR_H, 4, 0x70);
	wr(IFLS, 4, (u64)levels[_i].ifls << 3);
	wr(IMSC, 4, 0x10);
	for (unsigned i = 0; i < PL011_FIFO; i++) {
		ck_assert_int_eq(line_level, i >= levels[_i].trigger);
		ck_assert(pl011_receive(&uart, (u8)(i + 1)));
	}
	ck_assert(!pl011_receive(&uart, 0xee));
	ck_assert_uint_eq(rd(FR, 4) & 0x50, 0x40);
	for (unsigned i = 0; i < PL011_FIFO; i++) {
		ck_assert_uint_eq(rd(DR, 4), i + 1);
		ck_assert_int_eq(line_level, PL011_FIFO - i - 1 >= levels[_i].trigger);
	}
	ck_assert_uint_eq(rd(FR, 4) & 0x50, 0x10);
}
END_TEST

/* Fewer bytes than the level: the timeout interrupt tells of them, 32 bit periods later. */
START_TEST(receive_timeout)
{
	wr(LCR_H, 4, 0x70);
	wr(IBRD, 4, 13); /* 115384 baud: 32 bits are 277.3 us, 17333 ticks of 16 cycles */
	wr(IMSC, 4, 0x50);
	pl011_receive(&uart, 'k');
	ck_assert_uint_eq(rd(RIS, 4), 0);
	ck_assert_uint_eq(test_clock.earliest, 277329);
	test_clock.now = 277328;
	clock_fire(&test_clock);
	ck_assert(!line_level);
	test_clock.now = 277329;
	clock_fire(&test_clock);
	ck_assert(line_level);
	ck_assert_uint_eq(rd(MIS, 4), 0x40);
	ck_assert_uint_eq(rd(DR, 4), 'k');
	ck_assert(!line_level);
	ck_assert_uint_eq(test_clock.earliest, CLOCK_NEVER);
}
END_TEST

START_TEST(fifo_switch_empties)
{
	wr(LCR_H, 4, 0x70);
	for (unsigned i = 0; i < 9; i++)
		pl011_receive(&uart, 'z');
	ck_assert_uint_eq(rd(RIS, 4), 0x10);
	wr(LCR_H, 4, 0x60);
	ck_assert_uint_eq(rd(RIS, 4), 0);
	ck_assert_uint_eq(rd(FR, 4), 0x90);
}
END_TEST

START_TEST(loopback)
{
	wr(CR, 4, 0x381);
	wr(DR, 4, 'l');
	wr(DR, 4, 'm'); /* overrun: one byte deep */
	ck_assert_uint_eq(sent_count, 0);
	ck_assert_uint_eq(rd(RIS, 4), 0x400 | 0x20 | 0x10);
	ck_assert_uint_eq(rd(DR, 4), 0x800 | 'l');
	ck_assert_uint_eq(rd(RSR, 4), 8);
	wr(RSR, 4, 0);
	ck_assert_uint_eq(rd(RSR, 4), 0);
	wr(ICR, 4, 0x7ff);
	wr(CR, 4, 0x381 | 0x3c00); /* RTS, DTR, Out1, Out2 come back as CTS, DSR, DCD, RI */
	ck_assert_uint_eq(rd(FR, 4), 0x90 | 0x107);
	ck_assert_uint_eq(rd(RIS, 4), 0xf);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pl011");
	TCase *t = tcase_create("pl011");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, registers, 0, (int)ARRAY_SIZE(regs));
	tcase_add_test(t, sizes);
	tcase_add_test(t, transmit_interrupt);
	tcase_add_test(t, receive_without_fifo);
	tcase_add_loop_test(t, receive_levels, 0, (int)ARRAY_SIZE(levels));
	tcase_add_test(t, receive_timeout);
	tcase_add_test(t, fifo_switch_empties);
	tcase_add_test(t, loopback);
	suite_add_tcase(s, t);
	return run_suite(s);
}
