/* What the events of exceptions and returns say they go between: a guest, EL0 and its kernel, a host without stage 2.
 */
#include "cpu_rig.h"
#include "run_suite.h"

static struct cpu_rig rig;
static struct event seen[8];
static unsigned seen_count;

static void keep(void *ctx, const struct event *e)
{
	ck_assert_uint_lt(seen_count, ARRAY_SIZE(seen));
	seen[seen_count++] = *e;
}

static struct observer observer = { .mask = 1u << EV_EXC | 1u << EV_ERET | 1u << EV_HYP, .event = keep };

static void setup(void)
{
	rig_create(&rig);
	trace_attach(&rig.trace, &observer);
	seen_count = 0;
}

static void teardown(void)
{
	rig_destroy(&rig);
}

#define VM (1ull << HCR_EL2_VM_LSB)
#define DC (1ull << HCR_EL2_DC_LSB)
#define TGE (1ull << HCR_EL2_TGE_LSB)
#define E2H (1ull << HCR_EL2_E2H_LSB)
#define RW (1ull << HCR_EL2_RW_LSB)

static const struct {
	u64 hcr;
	u8 from, to;
	u8 crossing;
} cases[] = {
	{ RW, 0, 1, CROSS_KERNEL },
	{ RW | VM, 0, 1, CROSS_KERNEL },
	{ RW | E2H | TGE, 0, 2, CROSS_KERNEL },
	{ RW | E2H | TGE | VM, 0, 2, CROSS_KERNEL },
	{ RW, 1, 2, CROSS_HOST },
	{ RW, 0, 2, CROSS_HOST },
	{ RW | VM, 1, 2, CROSS_VM },
	{ RW | VM, 0, 2, CROSS_VM },
	{ RW | DC, 1, 2, CROSS_VM },
	{ RW | E2H | VM, 1, 2, CROSS_VM },
	{ RW | VM, 1, 1, CROSS_OTHER },
	{ RW | VM, 2, 2, CROSS_OTHER },
	{ RW | VM, 1, 3, CROSS_OTHER },
};

/* There by an HVC's exception, back by an exception return. */
START_TEST(there_and_back)
{
	struct cpu *c = rig.cpu;
	bool vm = cases[_i].crossing == CROSS_VM;
	unsigned n = 0;

	SYS(c, HCR_EL2) = cases[_i].hcr;
	SYS(c, SCR_EL3) |= 1u << SCR_EL3_RW_LSB;
	SYS(c, VTTBR_EL2) = 0x7000050000000ull;
	cpu_set_el_sp(c, cases[_i].from, cases[_i].from != 0);
	c->s.pc = 0x1000;
	cpu_call_exception(c, cases[_i].to, 0x16, 5, false);
	cpu_take_exception(c);
	ck_assert_uint_eq(seen[n].kind, EV_EXC);
	ck_assert_uint_eq(seen[n++].exc.crossing, cases[_i].crossing);
	if (vm) {
		ck_assert_str_eq(seen[n].hyp.what, "vm-exit");
		ck_assert_uint_eq(seen[n].hyp.detail[0], EXC_SYNC);
		ck_assert_uint_eq(seen[n].hyp.detail[1], 0x5a000005);
		ck_assert_uint_eq(seen[n++].hyp.detail[3], 0);
	}
	ck_assert_uint_eq(seen_count, n);
	cpu_exception_return(c, 0x1000, (u64)cases[_i].from << 2 | (cases[_i].from != 0));
	ck_assert_uint_eq(c->s.p.el, cases[_i].from);
	ck_assert_uint_eq(seen[n].kind, EV_ERET);
	ck_assert_uint_eq(seen[n++].eret.crossing, cases[_i].crossing);
	if (vm) {
		ck_assert_str_eq(seen[n].hyp.what, "vm-entry");
		ck_assert_uint_eq(seen[n++].hyp.detail[2], 0x7000050000000ull);
	}
	ck_assert_uint_eq(seen_count, n);
}
END_TEST

/* A stage-2 abort tells the IPA: HPFAR_EL2's page with the low bits of FAR_EL2. */
START_TEST(abort_address)
{
	struct fault f = { .kind = FAULT_TRANSLATION, .level = 3, .s2 = true, .ipa_valid = true, .va = 0xffff123 };
	struct mmu_access a = { .va = f.va, .kind = ACCESS_WRITE };
	struct cpu *c = rig.cpu;

	f.ipa.v = 0x9000000;
	SYS(c, HCR_EL2) = RW | VM;
	cpu_set_el_sp(c, 1, 1);
	cpu_data_abort(c, &f, &a, 0);
	cpu_take_exception(c);
	ck_assert_uint_eq(seen_count, 2);
	ck_assert_str_eq(seen[1].hyp.what, "vm-exit");
	ck_assert_uint_eq(seen[1].hyp.detail[3], 0x9000123);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_crossing");
	TCase *t = tcase_create("crossing");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, there_and_back, 0, ARRAY_SIZE(cases));
	tcase_add_test(t, abort_address);
	suite_add_tcase(s, t);
	return run_suite(s);
}
