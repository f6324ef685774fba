/* Running the whole machine on programs of a few instructions: how runs end, bounds, several cores, equal runs. */
#include <check.h>
#include <string.h>

#include "machine/machine.h"
#include "machine/map.h"
#include "run_suite.h"

#define PROGRAM (MAP_RAM_BASE + 0x1000)

#define POWER_OFF 0x52800100, 0x72b08000, 0xd4000003 /* mov w0, #0x84000008; smc #0 */

static const u32 off[] = { POWER_OFF };
static const u32 off_hvc[] = { 0x52800100, 0x72b08000, 0xd4000002 };
static const u32 reset[] = { 0x52800120, 0x72b08000, 0xd4000003 };
static const u32 exit_42[] = {
	0x10000081,	      /* adr x1, 1f */
	0x52800300,	      /* mov w0, #0x18 (SYS_EXIT) */
	0xd45e0000,	      /* hlt #0xf000 */
	0xd503201f,	      /* nop */
	0x00020026, 0, 42, 0, /* 1: */
};
static const u32 hello[] = {
	0xd2a12001, /* mov x1, #0x9000000 */
	0x52800d02, /* mov w2, #'h' */
	0x39000022, /* strb w2, [x1] */
	0x52800d22, /* mov w2, #'i' */
	0x39000022, /* strb w2, [x1] */
	POWER_OFF,
};
static const u32 wait_for_ever[] = { 0xd503207f, 0x17ffffff }; /* wfi; b .-4 */
static const u32 no_vectors[] = { 0x00000000 };		       /* udf #0, with VBAR_EL2 = 0: flash full of zeros */
static const u32 count[] = {
	0x91000400, /* add x0, x0, #1 */
	0x8b000021, /* add x1, x1, x0 */
	0x17fffffe, /* b .-8 */
};
/* Wait 1000 ticks of the counter; X0: how late the core woke. */
static const u32 wait_1000[] = {
	0xd53be040, /* mrs x0, cntvct_el0 */
	0x910fa000, /* add x0, x0, #1000 */
	0xd5031020, /* wfit x0 */
	0xd53be053, /* mrs x19, cntvct_el0 */
	0xcb000273, /* sub x19, x19, x0 */
	POWER_OFF,
};
/* An illegal return (to EL3) to X20; X19: the syndrome of the exception that follows. */
static const u32 illegal_return[] = {
	0x10000000,	    /* adr x0, . */
	0xd51cc000,	    /* msr vbar_el2, x0 */
	0xd51c4034,	    /* msr elr_el2, x20 */
	0xd28079a1,	    /* mov x1, #0x3cd */
	0xd51c4001,	    /* msr spsr_el2, x1 */
	0xd69f03e0,	    /* eret */
	[128] = 0xd53c5213, /* mrs x19, esr_el2 */
	POWER_OFF,
};
/* Enable the UART's receive interrupt in the GIC, wait, take the byte and the pending INTID. */
static const u32 wait_for_key[] = {
	0xd2a10001, /* mov x1, #0x8000000 (GICD) */
	0x52800242, /* mov w2, #0x12 */
	0xb9000022, /* str w2, [x1] (CTLR: ARE, EnableGrp1) */
	0x52800042, /* mov w2, #2 */
	0xb9008422, /* str w2, [x1, #0x84] (IGROUPR1) */
	0xb9010422, /* str w2, [x1, #0x104] (ISENABLER1) */
	0xd2a10141, /* mov x1, #0x80a0000 (GICR) */
	0xb900143f, /* str wzr, [x1, #0x14] (WAKER: awake) */
	0xd2801fe2, /* mov x2, #0xff */
	0xd5184602, /* msr icc_pmr_el1, x2 */
	0xd2800022, /* mov x2, #1 */
	0xd518cce2, /* msr icc_igrpen1_el1, x2 */
	0xd2a12001, /* mov x1, #0x9000000 (UART) */
	0x52800202, /* mov w2, #0x10 */
	0xb9003822, /* str w2, [x1, #0x38] (IMSC: receive) */
	0xd503207f, /* wfi */
	0xd538cc55, /* mrs x21, icc_hppir1_el1 */
	0xb9400034, /* ldr w20, [x1] */
	POWER_OFF,
};
/* Core 0 starts core 1 and spins until core 1 has written its context argument (77) to `flag`. */
static const u32 two_cores[] = {
	0x52800060,		/* mov w0, #3 */
	0x72b88000,		/* movk w0, #0xc400, lsl #16 (CPU_ON) */
	0xd2800021,		/* mov x1, #1 */
	0x10000142,		/* adr x2, second */
	0xd28009a3,		/* mov x3, #77 */
	0xd4000003,		/* smc #0 */
	0xaa0003f4,		/* mov x20, x0 */
	0x100001a4,		/* adr x4, flag */
	0xb9400085,		/* 1: ldr w5, [x4] */
	0x34ffffe5,		/* cbz w5, 1b */
	POWER_OFF,  0x100000e4, /* second: adr x4, flag */
	0xd2807d06,		/* mov x6, #1000 */
	0xf10004c6,		/* 2: subs x6, x6, #1 */
	0x54ffffe1,		/* b.ne 2b */
	0xb9000080,		/* str w0, [x4] */
	0xd503207f,		/* 3: wfi */
	0x17ffffff,		/* b 3b */
	0,			/* flag */
};
/* Two cores count to 40000 together; a taken branch between load- and store-exclusive lets their turns end there. The
 * last to finish ends the wait of the other, which sleeps in WFE with its monitor set. Exit code 0: none was lost. */
static const u32 count_together[] = {
	0xd2b88000,	     /* mov x0, #0xc4000000 */
	0xf2800060,	     /* movk x0, #0x3 */
	0xd2800021,	     /* mov x1, #0x1 */
	0x10000042,	     /* adr x2, 1f */
	0xd4000003,	     /* smc #0x0 */
	0x100004a4,	     /* 1: adr x4, counter */
	0xd289c405,	     /* mov x5, #0x4e20 */
	0xc85ffc86,	     /* 2: ldaxr x6, [x4] */
	0x14000001,	     /* b 3f */
	0x910004c6,	     /* 3: add x6, x6, #0x1 */
	0xc807fc86,	     /* stlxr w7, x6, [x4] */
	0x35ffff87,	     /* cbnz w7, 2b */
	0xf10004a5,	     /* subs x5, x5, #0x1 */
	0x54ffff41,	     /* b.ne 2b */
	0x100003c4,	     /* adr x4, finished */
	0xc85f7c86,	     /* 4: ldxr x6, [x4] */
	0x910004c6,	     /* add x6, x6, #0x1 */
	0xc8077c86,	     /* stxr w7, x6, [x4] */
	0x35ffffa7,	     /* cbnz w7, 4b */
	0xd53800a0,	     /* mrs x0, mpidr_el1 */
	0xf2401c1f,	     /* tst x0, #0xff */
	0x54000060,	     /* 5: b.eq 6f */
	0xd503207f,	     /* wfi */
	0x17fffffe,	     /* b 5b */
	0xd50320bf,	     /* 6: sevl */
	0xd503205f,	     /* 7: wfe */
	0xc85f7c86,	     /* ldxr x6, [x4] */
	0xf10008df,	     /* cmp x6, #0x2 */
	0x54ffffa1,	     /* b.ne 7b */
	0x10000121,	     /* adr x1, block */
	0x10000184,	     /* adr x4, counter */
	0xf9400080,	     /* ldr x0, [x4] */
	0xd2938802,	     /* mov x2, #0x9c40 */
	0xeb02001f,	     /* cmp x0, x2 */
	0x9a9f07e0,	     /* cset x0, ne */
	0xf9000420,	     /* str x0, [x1, #8] */
	0x52800300,	     /* mov w0, #0x18 */
	0xd45e0000,	     /* hlt #0xf000 */
	0x00020026, 0, 0, 0, /* block */
	0,	    0,	     /* counter */
	0,	    0,	     /* finished */
};

/*
 * Core 0 starts all others; each takes a lock 1000 times (LDAXR/STXR, waiting by WFE) to increment a word, counts
 * itself as done, and switches itself off; core 0 waits for eight and leaves the word in X20.
 */
static const u32 eight_cores[] = {
	0xd2800013,	     /* mov x19, #0x0 */
	0xd2800034,	     /* mov x20, #0x1 */
	0x10000122,	     /* adr x2, 2c */
	0xaa1403e3,	     /* mov x3, x20 */
	0xaa1403e1,	     /* mov x1, x20 */
	0x52800060,	     /* mov w0, #0x3 */
	0x72b88000,	     /* movk w0, #0xc400, lsl #16 */
	0xd4000003,	     /* smc #0x0 */
	0x91000694,	     /* add x20, x20, #0x1 */
	0xb4ffff20,	     /* cbz x0, 8 */
	0xd2800000,	     /* mov x0, #0x0 */
	0x1000042a,	     /* adr x10, b0 */
	0xd2807d0b,	     /* mov x11, #0x3e8 */
	0x885ffd41,	     /* ldaxr w1, [x10] */
	0x35000281,	     /* cbnz w1, 88 */
	0x52800022,	     /* mov w2, #0x1 */
	0x88037d42,	     /* stxr w3, w2, [x10] */
	0x35ffff83,	     /* cbnz w3, 34 */
	0xb9400544,	     /* ldr w4, [x10, #4] */
	0x11000484,	     /* add w4, w4, #0x1 */
	0xb9000544,	     /* str w4, [x10, #4] */
	0x889ffd5f,	     /* stlr wzr, [x10] */
	0xd100056b,	     /* sub x11, x11, #0x1 */
	0xb5fffecb,	     /* cbnz x11, 34 */
	0x9100214c,	     /* add x12, x10, #0x8 */
	0x52800025,	     /* mov w5, #0x1 */
	0xb825019f,	     /* stadd w5, [x12] */
	0xd503209f,	     /* sev */
	0xb5000100,	     /* cbnz x0, 90 */
	0xb9400186,	     /* ldr w6, [x12] */
	0x710020df,	     /* cmp w6, #0x8 */
	0x54000100,	     /* b.eq 9c */
	0xd503205f,	     /* wfe */
	0x17fffffc,	     /* b 74 */
	0xd503205f,	     /* wfe */
	0x17ffffea,	     /* b 34 */
	0x52800040,	     /* mov w0, #0x2 */
	0x72b08000,	     /* movk w0, #0x8400, lsl #16 */
	0xd4000003,	     /* smc #0x0 */
	0xb9400554,	     /* ldr w20, [x10, #4] */
	0x52800100,	     /* mov w0, #0x8 */
	0x72b08000,	     /* movk w0, #0x8400, lsl #16 */
	0xd4000003,	     /* smc #0x0 */
	0xd503201f,	     /* nop */
	0,	    0, 0, 0, /* lock, what it guards, cores done */
};

static char console[16];
static unsigned console_count;

static void on_console(void *ctx, unsigned uart, u8 byte)
{
	ck_assert_uint_eq(uart, 0);
	if (console_count < sizeof(console))
		console[console_count++] = (char)byte;
}

static struct machine *make(const struct hyp_config *config, const u32 *program, size_t size)
{
	struct hyp_config c = *config;
	struct boot boot = { .pc = PROGRAM };
	struct error e = { 0 };
	struct machine *m;

	c.mem = 16 << 20;
	c.console_out = on_console;
	console_count = 0;
	m = machine_create(&c, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert(bus_copy_in(&m->bus, (pa_t){ PROGRAM, true }, program, size));
	machine_reset(m, &boot);
	return m;
}

static const struct end_case {
	const char *name;
	struct hyp_config c;
	const u32 *program;
	size_t size;
	enum hyp_end end;
	int code;
	const char *why;
} ends[] = {
#define PROGRAM_OF(p) p, sizeof(p)
	{ "power off from EL2", { .el = 2 }, PROGRAM_OF(off), HYP_POWER_OFF, 0, NULL },
	{ "power off from EL1 under nothing", { .el = 1 }, PROGRAM_OF(off_hvc), HYP_POWER_OFF, 0, NULL },
	{ "power off from EL2 under EL3", { .el = 2, .secure = true }, PROGRAM_OF(off), HYP_POWER_OFF, 0, NULL },
	{ "reset", { .el = 2 }, PROGRAM_OF(reset), HYP_RESET, 0, NULL },
	{ "EL3 serves itself: SMC goes to its vectors", { .el = 3 }, PROGRAM_OF(off), HYP_LOCKUP, 0, "EL3" },
	{ "semihosting", { .el = 2, .semihosting = true }, PROGRAM_OF(exit_42), HYP_EXIT, 42, NULL },
	{ "no semihosting", { .el = 2 }, PROGRAM_OF(exit_42), HYP_LOCKUP, 0, "EL2" },
	{ "console", { .el = 2 }, PROGRAM_OF(hello), HYP_POWER_OFF, 0, NULL },
	{ "deadlock", { .el = 2 }, PROGRAM_OF(wait_for_ever), HYP_DEADLOCK, 0, "Core 0 waits (WFI) at PC 0x4000100" },
	{ "deadlock of two",
	  { .el = 1, .smp = 2 },
	  PROGRAM_OF(wait_for_ever),
	  HYP_DEADLOCK,
	  0,
	  "in EL1; masked: DAIF. Core 1 is off." },
	{ "no vectors", { .el = 2 }, PROGRAM_OF(no_vectors), HYP_LOCKUP, 0, "ESR_EL2 0x2000000" },
	{ "two cores", { .el = 2, .smp = 2 }, PROGRAM_OF(two_cores), HYP_POWER_OFF, 0, NULL },
	{ "two cores, one of them not there", { .el = 2, .smp = 1 }, PROGRAM_OF(two_cores), HYP_LIMIT, 0, NULL },
	{ "two cores count",
	  { .el = 2, .smp = 2, .semihosting = true },
	  PROGRAM_OF(count_together),
	  HYP_EXIT,
	  0,
	  NULL },
	{ "functional timing",
	  { .el = 2, .timing = HYP_TIMING_FUNCTIONAL },
	  PROGRAM_OF(hello),
	  HYP_POWER_OFF,
	  0,
	  NULL },
};

START_TEST(how_runs_end)
{
	const struct end_case *t = &ends[_i];
	struct machine *m = make(&t->c, t->program, t->size);
	struct hyp_status s = hyp_run(m, 1000000);

	ck_assert_msg(s.end == t->end, "%s: ended with %d: %s", t->name, s.end, s.why);
	ck_assert_int_eq(s.exit_code, t->code);
	if (t->why)
		ck_assert_msg(strstr(s.why, t->why) != NULL, "%s: %s", t->name, s.why);
	if (t->program == hello)
		ck_assert(console_count == 2 && memcmp(console, "hi", 2) == 0);
	machine_destroy(m);
}
END_TEST

/* The bound is exact, for both engines and for any split; pieces make the same run. */
static const u64 pieces[] = { 1, 2, 3, 7, 100, 1023, 1024, 2049, 5000, 99999, 100000 };

START_TEST(bounds)
{
	struct hyp_config c = { .el = 2 };
	struct machine *whole = make(&c, count, sizeof(count)), *split = make(&c, count, sizeof(count));
	struct hyp_status s = hyp_run(whole, 100000);
	u64 left = 100000;

	ck_assert_int_eq(s.end, HYP_LIMIT);
	ck_assert_uint_eq(s.insns, 100000);
	ck_assert_uint_eq(whole->core[0]->s.r.x[0], 33334);
	while (left) {
		u64 n = pieces[_i] < left ? pieces[_i] : left;

		s = hyp_run(split, n);
		left -= n;
		ck_assert_int_eq(s.end, HYP_LIMIT);
		ck_assert_uint_eq(s.insns, 100000 - left);
	}
	ck_assert_uint_eq(hyp_state_hash(whole), hyp_state_hash(split));
	machine_destroy(whole);
	machine_destroy(split);
}
END_TEST

START_TEST(cores_in_pieces)
{
	struct hyp_config c = { .el = 2, .smp = 2 };
	struct machine *whole = make(&c, two_cores, sizeof(two_cores));
	struct machine *split = make(&c, two_cores, sizeof(two_cores));
	struct hyp_status s = hyp_run(whole, 0), t = { 0 };
	u64 insns = s.insns;

	ck_assert_int_eq(s.end, HYP_POWER_OFF);
	ck_assert_uint_eq(whole->core[0]->s.r.x[20], 0); /* CPU_ON: success */
	ck_assert_uint_eq(whole->core[0]->s.r.x[5], 77);
	for (unsigned i = 0; t.end != HYP_POWER_OFF && i < 5000000; i++)
		t = hyp_run(split, pieces[_i]);
	ck_assert_int_eq(t.end, HYP_POWER_OFF);
	ck_assert_uint_eq(t.insns, insns);
	ck_assert_uint_eq(hyp_state_hash(whole), hyp_state_hash(split));
	machine_destroy(whole);
	machine_destroy(split);
}
END_TEST

START_TEST(a_lock_for_eight)
{
	struct hyp_config c = { .el = 2, .smp = 8 };
	struct machine *whole = make(&c, eight_cores, sizeof(eight_cores));
	struct machine *split = make(&c, eight_cores, sizeof(eight_cores));
	struct hyp_status s = hyp_run(whole, 100000000), t = { 0 };

	ck_assert_msg(s.end == HYP_POWER_OFF, "ended with %d: %s", s.end, s.why);
	ck_assert_uint_eq(whole->core[0]->s.r.x[20], 8000);
	for (unsigned i = 1; i < 8; i++)
		ck_assert_int_eq(whole->core[i]->s.halt, CORE_OFF);
	for (unsigned i = 0; t.end != HYP_POWER_OFF && i < 1000000; i++)
		t = hyp_run(split, 4999);
	ck_assert_uint_eq(t.insns, s.insns);
	ck_assert_uint_eq(hyp_state_hash(whole), hyp_state_hash(split));
	machine_destroy(whole);
	machine_destroy(split);
}
END_TEST

/* An idle machine jumps to its next deadline, and not beyond. */
START_TEST(idle_time)
{
	struct hyp_config c = { .el = 2 };
	struct machine *m = make(&c, wait_1000, sizeof(wait_1000));
	struct hyp_status s = hyp_run(m, 1000);

	ck_assert_int_eq(s.end, HYP_POWER_OFF);
	ck_assert_uint_le(m->core[0]->s.r.x[19], 10);
	ck_assert_uint_ge(s.cycles, 1000 * m->clock.per_tick);
	ck_assert_uint_lt(s.cycles, 1100 * m->clock.per_tick);
	machine_destroy(m);
}
END_TEST

/* The host may let idle time pass as slowly as it likes: the run is the same. */
static struct {
	unsigned asked;
	u64 from, to;
} waited;

static bool wait_twice(void *ctx, u64 from_ns, u64 to_ns)
{
	waited.from = from_ns;
	waited.to = to_ns;
	return ++waited.asked % 3 != 0;
}

START_TEST(idle_time_of_the_host)
{
	struct hyp_config c = { .el = 2 }, slow = { .el = 2, .idle = wait_twice };
	struct machine *at_once = make(&c, wait_1000, sizeof(wait_1000));
	struct machine *m = make(&slow, wait_1000, sizeof(wait_1000));
	struct hyp_status s, want = hyp_run(at_once, 1000);
	unsigned stops = 0;

	waited.asked = 0;
	for (s = hyp_run(m, 1000); s.end == HYP_STOPPED; s = hyp_run(m, 1000))
		stops++;
	ck_assert_int_eq(s.end, HYP_POWER_OFF);
	ck_assert_uint_ge(waited.asked, 3);
	ck_assert_uint_eq(stops, waited.asked - waited.asked / 3);
	/* 1000 ticks of 16 ns, but for the instructions before the wait. */
	ck_assert_uint_le(waited.to - waited.from, 16000);
	ck_assert_uint_ge(waited.to - waited.from, 15000);
	ck_assert_uint_eq(s.cycles, want.cycles);
	ck_assert_uint_eq(hyp_state_hash(m), hyp_state_hash(at_once));
	machine_destroy(m);
	machine_destroy(at_once);
}
END_TEST

/* The fetch is tried before PSTATE.IL is looked at. */
static const struct {
	u64 pc;
	unsigned ec;
} returns[] = {
	{ PROGRAM, 0x0e },     /* Illegal Execution state */
	{ PROGRAM + 2, 0x22 }, /* PC alignment */
	{ 1ull << 54, 0x21 },  /* Address size fault of the fetch */
};

START_TEST(illegal_returns)
{
	struct hyp_config c = { .el = 2 };
	struct machine *m = make(&c, illegal_return, sizeof(illegal_return));

	m->core[0]->s.r.x[20] = returns[_i].pc;
	ck_assert_int_eq(hyp_run(m, 1000).end, HYP_POWER_OFF);
	ck_assert_uint_eq(m->core[0]->s.r.x[19] >> 26, returns[_i].ec);
	machine_destroy(m);
}
END_TEST

/* A machine that waits for a key is dead only as long as none comes. */
START_TEST(key_wakes)
{
	struct hyp_config c = { .el = 2 };
	struct machine *m = make(&c, wait_for_key, sizeof(wait_for_key));
	struct hyp_status s;

	ck_assert(!hyp_console_listens(m, 0));
	s = hyp_run(m, 1000);
	ck_assert_int_eq(s.end, HYP_DEADLOCK);
	ck_assert(hyp_console_listens(m, 0));
	ck_assert(!hyp_console_in(m, 1, 'x'));
	s = hyp_run(m, 1000);
	ck_assert_int_eq(s.end, HYP_DEADLOCK);
	ck_assert(hyp_console_in(m, 0, 'k'));
	s = hyp_run(m, 1000);
	ck_assert_msg(s.end == HYP_POWER_OFF, "%s", s.why);
	ck_assert_str_eq(s.why, "");
	ck_assert_uint_eq(m->core[0]->s.r.x[20], 'k');
	ck_assert_uint_eq(m->core[0]->s.r.x[21], 33);
	machine_destroy(m);
}
END_TEST

static void stop_at_third(void *ctx, const struct event *e)
{
	hyp_stop(ctx);
}

START_TEST(observers_stop)
{
	struct hyp_config c = { .el = 2 };
	struct machine *m = make(&c, count, sizeof(count));
	struct observer o = { .mask = 1 << EV_INSN, .event = stop_at_third, .ctx = m };
	struct hyp_status s;

	trace_attach(hyp_tracer(m), &o);
	s = hyp_run(m, 0);
	ck_assert_int_eq(s.end, HYP_STOPPED);
	ck_assert_uint_le(s.insns, 6);
	trace_detach(hyp_tracer(m), &o);
	s = hyp_run(m, 10);
	ck_assert_int_eq(s.end, HYP_LIMIT);
	machine_destroy(m);
}
END_TEST

/* Tracing changes nothing. */
static void ignore(void *ctx, const struct event *e)
{
	++*(u64 *)ctx;
}

START_TEST(traced_equals_fast)
{
	struct hyp_config c = { .el = 2, .smp = 2 };
	struct machine *fast = make(&c, two_cores, sizeof(two_cores));
	struct machine *traced = make(&c, two_cores, sizeof(two_cores));
	u64 seen = 0;
	struct observer o = { .mask = ~0u, .event = ignore, .ctx = &seen };
	struct hyp_status s = hyp_run(fast, 0);

	trace_attach(hyp_tracer(traced), &o);
	ck_assert_uint_eq(hyp_run(traced, 0).insns, s.insns);
	ck_assert_uint_ge(seen, s.insns);
	ck_assert_uint_eq(hyp_state_hash(fast), hyp_state_hash(traced));
	machine_destroy(fast);
	machine_destroy(traced);
}
END_TEST

static const struct {
	struct hyp_config c;
	const char *says;
} wrong[] = {
	{ { .cpu = "z80" }, "there is no CPU called 'z80'; choose one of " },
	{ { .smp = 65 }, "at most 64 cores, not 65" },
	{ { .el = 4 }, "there is no EL4" },
	{ { .mem = 12345 }, "RAM of 12345 bytes" },
	{ { .mem = 1ull << 40 }, "RAM of" },
	{ { .el = 2, .no_virtualization = true }, "no EL2 to start in" },
};

START_TEST(wrong_use)
{
	struct error e = { 0 };

	ck_assert_ptr_null(machine_create(&wrong[_i].c, &e));
	ck_assert_int_eq(e.kind, ERROR_USAGE);
	ck_assert_msg(strstr(e.text, wrong[_i].says) != NULL, "%s", e.text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("machine");
	TCase *t = tcase_create("machine");

	tcase_add_loop_test(t, how_runs_end, 0, (int)ARRAY_SIZE(ends));
	tcase_add_loop_test(t, bounds, 0, (int)ARRAY_SIZE(pieces));
	tcase_add_loop_test(t, cores_in_pieces, 0, (int)ARRAY_SIZE(pieces));
	tcase_add_test(t, a_lock_for_eight);
	tcase_add_test(t, idle_time);
	tcase_add_test(t, idle_time_of_the_host);
	tcase_add_loop_test(t, illegal_returns, 0, ARRAY_SIZE(returns));
	tcase_add_test(t, key_wakes);
	tcase_add_test(t, observers_stop);
	tcase_add_test(t, traced_equals_fast);
	tcase_add_loop_test(t, wrong_use, 0, (int)ARRAY_SIZE(wrong));
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return run_suite(s);
}
