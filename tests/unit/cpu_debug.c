/*
 * Self-hosted debug of EL1 by EL2 (MDCR_EL2.TDE): software step over three instructions, then a breakpoint, then a
 * watchpoint; what EL2 sees in ESR, ELR and FAR, to the bit. Arm ARM D2.
 */
#include <check.h>
#include <string.h>

#include "machine/machine.h"
#include "machine/map.h"
#include "run_suite.h"

#define BASE (MAP_RAM_BASE + 0x1000)
#define GUEST (BASE + 0x44)
#define LOWER_SYNC (BASE + 0xc00)
#define RECORD (BASE + 0xc80)

static const u32 program[] = {
	0x10004000, /* adr x0, vectors */
	0xd51cc000, /* msr vbar_el2, x0 */
	0xd2802000, /* mov x0, #0x100 */
	0xd51c1120, /* msr mdcr_el2, x0 */
	0xd2b00000, /* mov x0, #0x80000000 */
	0xd51c1100, /* msr hcr_el2, x0 */
	0xd510109f, /* msr oslar_el1, xzr */
	0xd2800020, /* mov x0, #0x1 */
	0xd5100240, /* msr mdscr_el1, x0 */
	0x10000100, /* adr x0, guest */
	0xd51c4020, /* msr elr_el2, x0 */
	0xd28078a0, /* mov x0, #0x3c5 */
	0xb26b0000, /* orr x0, x0, #0x200000 */
	0xd51c4000, /* msr spsr_el2, x0 */
	0xd2800014, /* mov x20, #0x0 */
	0x10006235, /* adr x21, record */
	0xd69f03e0, /* eret */
	0xd2800021, /* mov x1, #0x1 */
	0xc85f7ea2, /* ldxr x2, [x21] */
	0xd2800063, /* mov x3, #0x3 */
	0xd2800084, /* mov x4, #0x4 */
	0x10006165, /* adr x5, record */
	0xf90080a4, /* str x4, [x5, #256] */
	0xd4000001, /* svc #0x0 */
	0x14000000, /* b guest+0x1c */
};
/* At VBAR_EL2 + 0x400: note ESR, ELR, FAR at `record`; then what comes next. */
static const u32 handler[] = {
	0xd53c5216, /* mrs x22, esr_el2 */
	0xd53c4037, /* mrs x23, elr_el2 */
	0xd53c6018, /* mrs x24, far_el2 */
	0xa8815eb6, /* stp x22, x23, [x21], #16 */
	0xf80086b8, /* str x24, [x21], #8 */
	0x91000694, /* add x20, x20, #0x1 */
	0xf1000e9f, /* cmp x20, #0x3 */
	0x540000eb, /* b.lt again */
	0x54000140, /* b.eq set_breakpoint */
	0xf100129f, /* cmp x20, #0x4 */
	0x540001e0, /* b.eq set_watchpoint */
	0x52800100, /* mov w0, #0x8 */
	0x72b08000, /* movk w0, #0x8400, lsl #16 */
	0xd4000003, /* smc #0x0 */
	0xd53c4016, /* mrs x22, spsr_el2 */
	0xb26b02d6, /* orr x22, x22, #0x200000 */
	0xd51c4016, /* msr spsr_el2, x22 */
	0xd69f03e0, /* eret */
	0xd2900016, /* mov x22, #0x8000 */
	0xd5100256, /* msr mdscr_el1, x22 */
	0x10ffa036, /* adr x22, guest+0x10 */
	0xd5100196, /* msr dbgbvr1_el1, x22 */
	0xd2803cf6, /* mov x22, #0x1e7 */
	0xd51001b6, /* msr dbgbcr1_el1, x22 */
	0xd69f03e0, /* eret */
	0xd51001bf, /* msr dbgbcr1_el1, xzr */
	0x100000d6, /* adr x22, record */
	0x910402d6, /* add x22, x22, #0x100 */
	0xd51000d6, /* msr dbgwvr0_el1, x22 */
	0xd283fef6, /* mov x22, #0x1ff7 */
	0xd51000f6, /* msr dbgwcr0_el1, x22 */
	0xd69f03e0, /* eret */
};

static const struct seen {
	const char *what;
	u64 esr, elr, far;
	bool has_far;
} expected[] = {
	{ "step over MOV", 0xcb000022, GUEST + 4, 0, false },
	{ "step over LDXR: EX", 0xcb000062, GUEST + 8, 0, false },
	{ "step over MOV", 0xcb000022, GUEST + 12, 0, false },
	{ "breakpoint 1", 0xc2000022, GUEST + 16, 0, false },
	{ "watchpoint 0", 0xd2000062, GUEST + 20, RECORD + 256, true },
};

START_TEST(el2_debugs_el1)
{
	struct hyp_config config = { .mem = 64ull << 20, .el = 2 };
	struct error e = { 0 };
	struct boot boot = { .pc = BASE };
	struct machine *m = machine_create(&config, &e);
	u64 record[15];

	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert(bus_copy_in(&m->bus, (pa_t){ BASE, true }, program, sizeof(program)));
	ck_assert(bus_copy_in(&m->bus, (pa_t){ LOWER_SYNC, true }, handler, sizeof(handler)));
	machine_reset(m, &boot);
	ck_assert_int_eq(hyp_run(m, 1000).end, HYP_POWER_OFF);
	ck_assert(bus_copy_out(&m->bus, (pa_t){ RECORD, true }, record, sizeof(record)));
	for (unsigned i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct seen *x = &expected[i];

		ck_assert_msg(record[3 * i] == x->esr, "%s: ESR 0x%llx", x->what, (unsigned long long)record[3 * i]);
		ck_assert_msg(record[3 * i + 1] == x->elr, "%s: ELR 0x%llx", x->what,
			      (unsigned long long)record[3 * i + 1]);
		if (x->has_far)
			ck_assert_msg(record[3 * i + 2] == x->far, "%s: FAR 0x%llx", x->what,
				      (unsigned long long)record[3 * i + 2]);
	}
	hyp_destroy(m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_debug");
	TCase *t = tcase_create("debug");

	tcase_add_test(t, el2_debugs_el1);
	suite_add_tcase(s, t);
	return run_suite(s);
}
