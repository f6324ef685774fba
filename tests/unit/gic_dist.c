/* Distributor and redistributors: registers, access widths, security views, routing, lines. */

#include "gic_script.h"
#include "run_suite.h"

#define SGI 0x10000 /* SGI_base */
#define SECURE_EL1 EL(1, 1)
#define NONSECURE_EL1 EL(1, 0)
/* Group 1 enabled everywhere, all priorities let through, on the current core. */
#define OPEN_GROUP1 DW(0, 2), WR(ICC_PMR_EL1, 0xff), WR(ICC_IGRPEN1_EL1, 1)

static const struct script scripts[] = {
	{ "identification, one security state",
	  false,
	  { DR(0x0000, 0x50), DR(0x0004, 8 | 9 << 19 | 1 << 24), DR(0x0008, 0x43b), DR(0x000c, 0), DR(0xffe8, 0x3b),
	    DR(0xffd0, 0x44), DR(0xffe0, 0x92), DR(0xffe4, 0xb4), DR(0xfff0, 0x0d), DR(0xfffc, 0xb1), RR(0xffe8, 0x3b),
	    RR(0xffe0, 0x93), RR(0x0004, 0x43b), RR(0, 0), END } },
	{ "identification, two security states",
	  true,
	  { SECURE_EL1, DR(0, 0x30), DR(4, 8 | 9 << 19 | 1 << 24 | 1 << 10), NONSECURE_EL1, DR(0, 0x10), END } },
	{ "GICR_TYPER",
	  false,
	  { RR64(8, 0), AT(1), RR64(8, 0x100ull << 32 | 1 << 8), AT(3), RR64(8, 0x101ull << 32 | 3 << 8 | 1 << 4),
	    RR(8, 3 << 8 | 1 << 4), RR(12, 0x101), END } },
	{ "GICD_CTLR: writable bits and DS",
	  true,
	  { SECURE_EL1, DW(0, 0xffffffbf), DR(0, 0x37), NONSECURE_EL1, DR(0, 0x12), DW(0, 0), DR(0, 0x10), SECURE_EL1,
	    DR(0, 0x35), DW(0, 0x40 | 7), DR(0, 0x53), DW(0, 0), DR(0, 0x50), NONSECURE_EL1, DW(0, 3), DR(0, 0x53),
	    END } },
	{ "GICD_CTLR: one security state has no Secure Group 1", false, { DW(0, 0xffffffff), DR(0, 0x53), END } },
	{ "set and clear enables",
	  false,
	  { DW(0x104, 0xf0), DW(0x104, 0x0f), DR(0x104, 0xff), DR(0x184, 0xff), DW(0x184, 0x3c), DR(0x104, 0xc3),
	    DW(0x184, 0), DR(0x104, 0xc3), END } },
	{ "SGIs and PPIs are not in the distributor",
	  false,
	  { DW(0x100, ~0u), DR(0x100, 0), DW(0x400, ~0u), DR(0x400, 0), DW(0xc00, ~0u), DR(0xc00, 0), DW(0x80, ~0u),
	    DR(0x80, 0), DW64(0x6000, 5), DR64(0x6000, 0), RR(SGI + 0x100, 0), END } },
	{ "SPIs beyond the last are RAZ/WI",
	  false,
	  { DW(0x120, ~0u), DR(0x120, ~0u), DW(0x124, ~0u), DR(0x124, 0), DW(0x400 + 288, ~0u), DR(0x400 + 288, 0),
	    DW64(0x6000 + 288 * 8, 1), DR64(0x6000 + 288 * 8, 0), END } },
	{ "reserved offsets and legacy registers are RAZ/WI",
	  false,
	  { DW(0x40, 33), DR(0x40, 0), DW(0x820, ~0u), DR(0x820, 0), DW(0xf00, 1 << 24), DR(0xf00, 0), DW(0x5000, 1),
	    DR(0x5000, 0), DW(0xf20, 1), DR(0xf20, 0), RR(0x70, 0), RW(0x40, 1), RR(0x40, 0), RR(SGI + 0xfffc, 0),
	    END } },
	{ "access widths",
	  false,
	  { DW8(0x423, 0x48), DR8(0x423, 0x48), DR(0x420, 0x48000000), DR16(0x422, 0), DR8(0x104, 0), DW8(0x104, 0xff),
	    DR(0x104, 0), DR64(0x100, 0), RW8(SGI + 0x407, 0xf8), RR(SGI + 0x404, 0xf8000000), RR8(SGI + 0x407, 0xf8),
	    DR(0x421, 0), DW(0x421, ~0u), DR16(0x423, 0), DR(0x420, 0x48000000), END } },
	{ "five priority bits",
	  false,
	  { DW(0x420, 0xffa58007), DR(0x420, 0xf8a08000), RW(SGI + 0x41c, ~0u), RR(SGI + 0x41c, 0xf8f8f8f8), END } },
	{ "GICD_IROUTER by word and doubleword",
	  false,
	  { DW64(0x6100, ~0ull), DR64(0x6100, 0xff80ffffffull), DW(0x6100, 0x102), DR64(0x6100, 0xff00000102ull),
	    DW(0x6104, 0x3), DR64(0x6100, 0x300000102ull), DR(0x6104, 3), DR(0x6100, 0x102), END } },
	{ "interrupt configuration",
	  false,
	  { DW(0xc08, ~0u), DR(0xc08, 0xaaaaaaaa), DW(0xc08, 0x8), DR(0xc08, 0x8), RR(SGI + 0xc00, 0xaaaaaaaa),
	    RW(SGI + 0xc00, 0), RR(SGI + 0xc00, 0xaaaaaaaa), RR(SGI + 0xc04, 0), RW(SGI + 0xc04, 0x80000000),
	    RR(SGI + 0xc04, 0x80000000), END } },
	{ "redistributors are apart",
	  false,
	  { RW(SGI + 0x100, 1 << 27), AT(1), RR(SGI + 0x100, 0), RW(SGI + 0x200, 1 << 5), AT(0), RR(SGI + 0x200, 0),
	    RR(SGI + 0x180, 1 << 27), END } },
	{ "level-sensitive SPI",
	  false,
	  { OPEN_GROUP1, DW(0x84, 2), DW(0x104, 2), SPI(33, 1), DR(0x204, 2), OUT(IRQ), SPI(33, 0), DR(0x204, 0),
	    OUT(0), SPI(33, 1), DW(0x284, 2), DR(0x204, 2), OUT(IRQ), END } },
	{ "edge-triggered SPI",
	  false,
	  { OPEN_GROUP1, DW(0x84, 2), DW(0x104, 2), DW(0xc08, 8), SPI(33, 1), SPI(33, 0), DR(0x204, 2), OUT(IRQ),
	    DW(0x284, 2), DR(0x204, 0), OUT(0), SPI(33, 1), OUT(IRQ), DW(0x284, 2), OUT(0), SPI(33, 1), OUT(0), END } },
	{ "pending by software",
	  false,
	  { OPEN_GROUP1, DW(0x84, 4), DW(0x204, 4), OUT(0), DW(0x104, 4), OUT(IRQ), DR(0x284, 4), DW(0x284, 4), OUT(0),
	    END } },
	{ "an active interrupt is not signalled",
	  false,
	  { OPEN_GROUP1, DW(0x84, 4), DW(0x104, 4), DW(0x304, 4), SPI(34, 1), DR(0x304, 4), OUT(0), DW(0x384, 4),
	    OUT(IRQ), END } },
	{ "disabled group",
	  false,
	  { OPEN_GROUP1, DW(0x84, 4), DW(0x104, 4), SPI(34, 1), OUT(IRQ), DW(0, 0), OUT(0), DW(0, 2), OUT(IRQ),
	    DW(0x184, 4), OUT(0), END } },
	{ "a sleeping redistributor forwards nothing",
	  false,
	  { OPEN_GROUP1, DW(0x84, 4), DW(0x104, 4), SPI(34, 1), OUT(IRQ), RW(0x14, 2), RR(0x14, 6), OUT(0), RW(0x14, 0),
	    RR(0x14, 0), OUT(IRQ), END } },
	{ "routing by affinity",
	  false,
	  { DW(0, 2),
	    DW(0x84, 4),
	    DW(0x104, 4),
	    DW64(0x6110, 0x100),
	    AT(1),
	    WR(ICC_PMR_EL1, 0xff),
	    WR(ICC_IGRPEN1_EL1, 1),
	    AT(0),
	    WR(ICC_PMR_EL1, 0xff),
	    WR(ICC_IGRPEN1_EL1, 1),
	    SPI(34, 1),
	    OUT(0),
	    AT(1),
	    OUT(IRQ),
	    DW64(0x6110, 0),
	    OUT(0),
	    AT(0),
	    OUT(IRQ),
	    DW64(0x6110, 0x55),
	    OUT(0),
	    AT(1),
	    OUT(0),
	    END } },
	{ "1 of N: the first core that takes the group",
	  false,
	  { DW(0, 2),
	    DW(0x84, 4),
	    DW(0x104, 4),
	    DW64(0x6110, 1u << 31),
	    SPI(34, 1),
	    AT(2),
	    WR(ICC_PMR_EL1, 0xff),
	    WR(ICC_IGRPEN1_EL1, 1),
	    OUT(IRQ),
	    AT(1),
	    WR(ICC_PMR_EL1, 0xff),
	    WR(ICC_IGRPEN1_EL1, 1),
	    OUT(IRQ),
	    AT(2),
	    OUT(0),
	    AT(1),
	    RW(0x14, 2),
	    OUT(0),
	    AT(2),
	    OUT(IRQ),
	    RD(ICC_IAR1_EL1, 34),
	    OUT(0),
	    END } },
	{ "Non-secure accesses see Non-secure Group 1 only",
	  true,
	  { SECURE_EL1,	     DW(0x84, 0x2), DW(0x104, 0x7),	   DW(0x304, 0x7),    DW(0x420, 0x40404040),
	    DW(0xc08, 0x2a), DW(0x204, 7),  NONSECURE_EL1,	   DR(0x84, 0),	      DR(0x104, 2),
	    DR(0x204, 2),    DR(0x304, 2),  DR(0xc08, 8),	   DR(0x420, 0x8000), DW(0x184, 7),
	    DW(0x384, 7),    DW(0x284, 7),  DW(0x84, ~0u),	   DW(0xd04, ~0u),    DW(0x420, 0x60606060),
	    DW(0xc08, 0),    SECURE_EL1,    DR(0x104, 5),	   DR(0x304, 5),      DR(0x204, 5),
	    DR(0x84, 2),     DR(0xd04, 0),  DR(0x420, 0x4040b040), DR(0xc08, 0x22),   END } },
	{ "Non-secure routing",
	  true,
	  { SECURE_EL1, DW64(0x6100, 5), NONSECURE_EL1, DR64(0x6100, 0), DW64(0x6100, 1), DW(0x6100, 1), SECURE_EL1,
	    DR64(0x6100, 5), DW(0x84, 1), NONSECURE_EL1, DR64(0x6100, 5), DW(0x6100, 1), DR64(0x6100, 1), END } },
	{ "GICD_NSACR: 1 set pending, 2 clear pending, 3 route",
	  true,
	  { SECURE_EL1,	     DW(0xe08, 0x39), DR(0xe08, 0x39),
	    NONSECURE_EL1,   DR(0xe08, 0),    DW(0xe08, ~0u),
	    DW(0x204, 0xf),  DR(0x204, 7),    DW(0x284, 0xf),
	    SECURE_EL1,	     DR(0x204, 1),    NONSECURE_EL1,
	    DW64(0x6100, 1), DW64(0x6108, 1), DW64(0x6110, 1),
	    DR64(0x6110, 1), SECURE_EL1,      DR64(0x6100, 0),
	    DR64(0x6108, 0), DR(0xe08, 0x39), END } },
	{ "GICD_NSACR: 2 reads the active state, nothing writes it",
	  true,
	  { SECURE_EL1, DW(0xe08, 0x9), DW(0x304, 3), NONSECURE_EL1, DR(0x304, 2), DR(0x384, 2), DW(0x304, 0xf),
	    DW(0x384, 0xf), SECURE_EL1, DR(0x304, 3), END } },
	{ "GICD_IGRPMODR makes Secure Group 1",
	  true,
	  { SECURE_EL1, DW(0xd04, 2), DR(0xd04, 2), DW(0x104, 2), DW(0x204, 2), DW(0, 4), WR(ICC_PMR_EL1, 0xff),
	    WR(ICC_IGRPEN1_EL1, 1), OUT(IRQ), RD(ICC_HPPIR1_EL1, 33), RD(ICC_HPPIR0_EL1, 1023), DW(0xd04, 0), OUT(0),
	    END } },
	{ "GICD_IGRPMODR is RES0 with one security state",
	  false,
	  { DW(0xd04, 2), DR(0xd04, 0), DW(0xe08, 1), DR(0xe08, 0), END } },
	{ "GICR_WAKER belongs to the Secure state",
	  true,
	  { RW(0x14, 2), SECURE_EL1, RR(0x14, 0), RW(0x14, 2), RR(0x14, 6), NONSECURE_EL1, RR(0x14, 0), RW(0x14, 0),
	    SECURE_EL1, RR(0x14, 6), END } },
	{ "Secure SGIs and PPIs in the redistributor",
	  true,
	  { SECURE_EL1, RW(SGI + 0x80, 1u << 30), RW(SGI + 0x100, 3u << 29), RW(SGI + 0x41c, 0x00a0a000), NONSECURE_EL1,
	    RR(SGI + 0x80, 0), RR(SGI + 0x100, 1u << 30), RR(SGI + 0x41c, 0x00400000), RW(SGI + 0x180, ~0u), SECURE_EL1,
	    RR(SGI + 0x100, 1u << 29), RW(SGI + 0xe00, 5), RR(SGI + 0xe00, 5), NONSECURE_EL1, RR(SGI + 0xe00, 0),
	    RW(SGI + 0x200, 3), SECURE_EL1, RR(SGI + 0x200, 0), END } },
};

START_TEST(script)
{
	run_script(&scripts[_i]);
}
END_TEST

START_TEST(no_such_redistributor)
{
	struct bus_access a = { .offset = CORES * GICR_SIZE, .size = 4 };
	u64 v;

	begin(false);
	ck_assert_int_eq(gic_redist_ops.read(&gic, &a, &v), BUS_DECERR);
	ck_assert_int_eq(gic_redist_ops.write(&gic, &a, 0), BUS_DECERR);
}
END_TEST

static unsigned errors, gic_events;

static void on_event(void *ctx, const struct event *e)
{
	errors += e->kind == EV_GUEST_ERROR;
	gic_events += e->kind == EV_GIC;
}

START_TEST(events)
{
	struct tracer t = { 0 };
	struct observer o = { .mask = 1u << EV_GUEST_ERROR | 1u << EV_GIC, .event = on_event };
	struct bus_access reserved = { .offset = 0x5000, .size = 4 }, enable = { .offset = 0x104, .size = 4 };
	struct line line;
	u64 v;

	begin(false);
	trace_attach(&t, &o);
	gic.cfg.trace = &t;
	errors = gic_events = 0;
	gic_dist_ops.read(&gic, &reserved, &v);
	ck_assert_uint_eq(errors, 1);
	gic_dist_ops.write(&gic, &enable, 6);
	ck_assert_uint_eq(gic_events, 2); /* two interrupts enabled */
	line = gic_spi(&gic, 33);
	line_set(&line, true);
	line_set(&line, true);
	ck_assert_uint_eq(gic_events, 3);
}
END_TEST

/* A copy of the state, put back, drives the lines as they were. */
START_TEST(snapshot)
{
	static struct gic_state saved;
	static const struct script up = { "up",
					  false,
					  { OPEN_GROUP1, DW(0x84, 2), DW(0x104, 2), SPI(33, 1), OUT(IRQ), END } };
	struct line line;

	run_script(&up);
	saved = gic.s;
	line = gic_spi(&gic, 33);
	line_set(&line, false);
	ck_assert_uint_eq(outputs[0], 0);
	gic.s = saved;
	gic_refresh(&gic);
	ck_assert_uint_eq(outputs[0], IRQ);
	gic_reset(&gic);
	ck_assert_uint_eq(outputs[0], 0);
	ck_assert(gic_irq_is_pending(&gic, 0, 33)); /* the line is still high */
}
END_TEST

START_TEST(booted_by_firmware)
{
	begin(true);
	gic_boot_nonsecure(&gic);
	gic_boot_el1(&gic);
	for (unsigned i = 0; i < 288; i++)
		ck_assert_int_eq(gic_irq_group(&gic, 0, i), GIC_G1NS);
	ck_assert(!gic.s.core[1].asleep);
	for (unsigned again = 0; again < 2; again++) { /* at the start of the machine, and of the core alone */
		ck_assert(gic.s.core[1].sre_enable[2] && gic.s.core[1].sre_enable[3]);
		ck_assert_uint_eq(gic.s.core[1].pmr, 0xf8);
		gic_reset_cpu_interface(&gic, 1);
	}
	gic_reset(&gic);
	ck_assert(!gic.s.core[1].sre_enable[2] && !gic.s.core[1].sre_enable[3]);
}
END_TEST

/* With one security state nobody but the machine's own firmware may have woken the redistributors. */
START_TEST(booted_awake)
{
	begin(false);
	gic_reset(&gic);
	ck_assert(gic.s.core[0].asleep && gic.s.core[1].asleep);
	gic_boot_awake(&gic);
	ck_assert(!gic.s.core[0].asleep && !gic.s.core[1].asleep);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("dist");
	Suite *s = suite_create("gic_dist");

	tcase_add_loop_test(c, script, 0, ARRAY_SIZE(scripts));
	tcase_add_test(c, no_such_redistributor);
	tcase_add_test(c, events);
	tcase_add_test(c, snapshot);
	tcase_add_test(c, booted_by_firmware);
	tcase_add_test(c, booted_awake);
	suite_add_tcase(s, c);
	return run_suite(s);
}
