/* PSCI and the SMC Calling Convention, function by function, called as the engine calls them. */
#include <check.h>
#include <string.h>

#include "machine/machine.h"
#include "machine/map.h"
#include "run_suite.h"

#define ENTRY (MAP_RAM_BASE + 0x1000)

static struct machine *m;

static void make(unsigned el, bool secure, unsigned smp)
{
	struct hyp_config c = { .el = el, .secure = secure, .smp = smp, .mem = 1 << 20 };
	struct boot boot = { .pc = ENTRY };
	struct error e = { 0 };

	m = machine_create(&c, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	machine_reset(m, &boot);
}

static s64 call(u32 function, u64 x1, u64 x2, u64 x3)
{
	struct cpu *c = m->core[0];

	c->s.r.x[0] = function;
	c->s.r.x[1] = x1;
	c->s.r.x[2] = x2;
	c->s.r.x[3] = x3;
	ck_assert(psci_call(m, c, true, 0));
	return (s64)c->s.r.x[0];
}

/* Two cores, core 1 off, EL2. */
static const struct {
	u32 function;
	u64 x1, x2, x3;
	s64 want;
} calls[] = {
	{ 0x84000000, 0, 0, 0, 0x10001 },    /* PSCI_VERSION */
	{ 0x80000000, 0, 0, 0, 0x10001 },    /* SMCCC_VERSION */
	{ 0x80000001, 0x80000000, 0, 0, 0 }, /* SMCCC_ARCH_FEATURES */
	{ 0x80000001, 0x80008000, 0, 0, -1 },
	{ 0x84000006, 0, 0, 0, 2 },  /* MIGRATE_INFO_TYPE */
	{ 0x84000005, 0, 0, 0, -1 }, /* MIGRATE */
	/* PSCI_FEATURES */
	{ 0x8400000a, 0xc4000003, 0, 0, 0 },
	{ 0x8400000a, 0x84000003, 0, 0, 0 },
	{ 0x8400000a, 0x80000000, 0, 0, 0 },
	{ 0x8400000a, 0xc4000012, 0, 0, 0 },
	{ 0x8400000a, 0xc4000000, 0, 0, -1 }, /* no 64-bit form */
	{ 0x8400000a, 0x8400000e, 0, 0, -1 }, /* SYSTEM_SUSPEND */
	/* AFFINITY_INFO */
	{ 0xc4000004, 0, 0, 0, 0 },
	{ 0xc4000004, 1, 0, 0, 1 },
	{ 0x84000004, 1, 0, 0, 1 },
	{ 0xc4000004, 2, 0, 0, -2 },
	{ 0xc4000004, 0x100000001, 0, 0, -2 },
	{ 0x84000004, 0x100000001, 0, 0, 1 }, /* 32-bit arguments */
	{ 0xc4000004, 0, 1, 0, -2 },
	/* CPU_ON */
	{ 0xc4000003, 0, ENTRY, 0, -4 },
	{ 0xc4000003, 2, ENTRY, 0, -2 },
	{ 0xc4000003, 1, 0x1234567000, 0, -9 },
	{ 0xc4000003, 1, ENTRY + 2, 0, -9 },
	{ 0xc4000003, 1, ENTRY, 0, 0 },
	/* not ours */
	{ 0x84000012, 1, 0, 0, -2 }, /* SYSTEM_RESET2, no such type */
	{ 0xc6000000, 0, 0, 0, -1 },
	{ 0, 0, 0, 0, -1 },
};

START_TEST(answers)
{
	make(2, false, 2);
	ck_assert_msg(call(calls[_i].function, calls[_i].x1, calls[_i].x2, calls[_i].x3) == calls[_i].want,
		      "row %d: 0x%x answers %lld", _i, calls[_i].function, (long long)m->core[0]->s.r.x[0]);
	ck_assert_int_eq(m->end, HYP_RUNNING);
	machine_destroy(m);
}
END_TEST

/* Clusters of 16: the affinity that CPU_ON takes is MPIDR_EL1's, and the redistributor's. */
START_TEST(clusters)
{
	static const struct {
		unsigned n;
		u32 affinity;
	} cores[] = { { 15, 0xf }, { 16, 0x100 }, { 17, 0x101 }, { 33, 0x201 } };

	make(2, false, 34);
	for (unsigned i = 0; i < ARRAY_SIZE(cores); i++) {
		const struct cpu *c = m->core[cores[i].n];
		struct bus_access a = { .offset = cores[i].n * GICR_SIZE + 8, .size = 8 };
		u64 typer;

		ck_assert_uint_eq(SYS(c, MPIDR_EL1), 0x80000000 | cores[i].affinity);
		ck_assert_uint_eq(SYS(c, VMPIDR_EL2), 0x80000000 | cores[i].affinity);
		ck_assert_int_eq(call(0xc4000003, cores[i].affinity, ENTRY, 0), 0);
		ck_assert_int_eq(c->s.halt, CORE_RUNS);
		ck_assert_int_eq(call(0xc4000004, cores[i].affinity, 0, 0), 0);
		ck_assert_int_eq(gic_redist_ops.read(&m->gic, &a, &typer), BUS_OK);
		ck_assert_uint_eq(typer >> 32, cores[i].affinity);
		ck_assert_uint_eq(typer >> 4 & 1, cores[i].n == 33); /* Last */
	}
	ck_assert_int_eq(call(0xc4000004, 16, 0, 0), -2);
	ck_assert_int_eq(call(0xc4000004, 0x202, 0, 0), -2);
	machine_destroy(m);
}
END_TEST

/* A core that is switched on finds itself as firmware leaves it. */
START_TEST(core_on_and_off)
{
	const struct cpu *c;

	make(2, true, 2);
	c = m->core[1];
	ck_assert_int_eq(c->s.halt, CORE_OFF);
	ck_assert_int_eq(call(0xc4000003, 1, ENTRY + 0x40, 0x123456789abc), 0);
	ck_assert_int_eq(c->s.halt, CORE_RUNS);
	ck_assert_uint_eq(c->s.pc, ENTRY + 0x40);
	ck_assert_uint_eq(c->s.r.x[0], 0x123456789abc);
	ck_assert_uint_eq(c->s.p.el, 2);
	ck_assert_uint_eq(c->s.p.sp, 1);
	ck_assert_uint_eq(c->s.p.daif, 15);
	ck_assert(!cpu_is_secure(c));
	ck_assert(SYSF(c, SCR_EL3, HCE) && SYSF(c, SCR_EL3, RW) && SYSF(c, SCR_EL3, FGTEn));
	ck_assert_uint_eq(SYS(c, CNTFRQ_EL0), 62500000);
	ck_assert_int_eq(call(0xc4000004, 1, 0, 0), 0);
	/* CPU_OFF by core 1 itself */
	m->core[1]->s.r.x[0] = 0x84000002;
	ck_assert(psci_call(m, m->core[1], true, 0));
	ck_assert_int_eq(c->s.halt, CORE_OFF);
	ck_assert_int_eq(call(0xc4000004, 1, 0, 0), 1);
	machine_destroy(m);
}
END_TEST

static const struct {
	unsigned el;
	bool secure, smc, hvc;
} conduits[] = { { 1, false, false, true },
		 { 1, true, true, false },
		 { 2, false, true, false },
		 { 2, true, true, false },
		 { 3, true, false, false } };

START_TEST(conduit)
{
	struct cpu *c;

	make(conduits[_i].el, conduits[_i].secure, 1);
	c = m->core[0];
	c->s.r.x[0] = 0x84000000;
	ck_assert_int_eq(psci_call(m, c, true, 0), conduits[_i].smc);
	c->s.r.x[0] = 0x84000000;
	ck_assert_int_eq(psci_call(m, c, false, 0), conduits[_i].hvc);
	/* A call with an immediate is no call of the convention. */
	ck_assert(!psci_call(m, c, true, 42));
	ck_assert(!psci_call(m, c, false, 42));
	machine_destroy(m);
}
END_TEST

static const struct {
	u32 function;
	enum hyp_end end;
} ends[] = {
	{ 0x84000008, HYP_POWER_OFF }, { 0x84000009, HYP_RESET }, { 0x84000012, HYP_RESET }, { 0xc4000012, HYP_RESET }
};

START_TEST(end)
{
	make(2, false, 1);
	call(ends[_i].function, 0, 0, 0);
	ck_assert_int_eq(m->end, ends[_i].end);
	machine_destroy(m);
}
END_TEST

/* Who is its own firmware gets all its cores at once. */
START_TEST(reset_state)
{
	make(3, true, 3);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(m->core[i]->s.halt, CORE_RUNS);
		ck_assert_uint_eq(m->core[i]->s.pc, ENTRY);
		ck_assert_uint_eq(m->core[i]->s.p.el, 3);
		ck_assert(cpu_is_secure(m->core[i]));
	}
	machine_destroy(m);
	make(1, false, 3);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(m->core[i]->s.halt, i ? CORE_OFF : CORE_RUNS);
		ck_assert_uint_eq(m->core[i]->s.p.el, 1);
		ck_assert(!cpu_has_el(m->core[i], 2) && !cpu_has_el(m->core[i], 3));
	}
	machine_destroy(m);
}
END_TEST

START_TEST(suspend)
{
	make(2, false, 1);
	ck_assert_int_eq(call(0xc4000001, 0, ENTRY, 0), 0);
	ck_assert_int_eq(m->core[0]->s.halt, CORE_WFI);
	machine_destroy(m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("psci");
	TCase *t = tcase_create("psci");

	tcase_add_loop_test(t, answers, 0, (int)ARRAY_SIZE(calls));
	tcase_add_test(t, core_on_and_off);
	tcase_add_test(t, clusters);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, conduit, 0, (int)ARRAY_SIZE(conduits));
	tcase_add_loop_test(t, end, 0, (int)ARRAY_SIZE(ends));
	tcase_add_test(t, reset_state);
	tcase_add_test(t, suspend);
	suite_add_tcase(s, t);
	return run_suite(s);
}
