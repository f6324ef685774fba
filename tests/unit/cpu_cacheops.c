/* DC and IC: which of them translate, the rights they need, and DC ZVA. */
#include "cpu_rig.h"
#include "cpu/sysinsn.h"
#include "run_suite.h"

static struct cpu_rig g;

#define L1 (RIG_RAM + 0x1000)
#define L2 (RIG_RAM + 0x2000)
#define L3 (RIG_RAM + 0x3000)
#define DATA (RIG_RAM + 0x8000)

enum { VA_USER, VA_USER_READ_ONLY, VA_PRIVILEGED, VA_READ_ONLY, VA_DEVICE, PAGES };
#define PAGE_VA(n) ((u64)(n) << 12)
#define VA_INVALID PAGE_VA(100)

static void set_up(unsigned el)
{
	static const u64 attributes[PAGES] = { 1 << 6, 3 << 6, 0 << 6, 2 << 6, 1 << 6 | 1 << 2 };
	struct cpu *c = g.cpu;

	*rig_ram(&g, L1) = L2 | 3;
	*rig_ram(&g, L2) = L3 | 3;
	for (unsigned i = 0; i < PAGES; i++)
		*rig_ram(&g, L3 + 8 * i) = (DATA + PAGE_VA(i)) | attributes[i] | 1 << 10 | 3 << 8 | 3;
	memset(g.ram + (DATA - RIG_RAM), 0xa5, PAGE_VA(PAGES));
	memset(c->s.sr, 0, sizeof(c->s.sr));
	SYS(c, SCR_EL3) = 1;
	SYS(c, TCR_EL1) = 25ull << TCR_EL1_T0SZ_LSB | 1ull << TCR_EL1_EPD1_LSB | 5ull << TCR_EL1_IPS_LSB;
	SYS(c, TTBR0_EL1) = L1;
	SYS(c, MAIR_EL1) = 0x00ff;
	SYS(c, SCTLR_EL1) = 1ull << SCTLR_EL1_M_LSB | 1ull << SCTLR_EL1_C_LSB;
	SYS(c, DCZID_EL0) = 4; /* 64 bytes */
	c->s.p = (struct pstate){ .el = (u8)el, .sp = 1 };
	c->s.exc.kind = EXC_NONE;
	tlb_init(c->tlb, 64, 4, NULL);
	cpu_flush_host(c);
	cpu_context_changed(c);
}

static bool execute(enum sysinsn which, u64 value)
{
	bool is_ic = which <= SI_IC_IVAU;

	return is_ic ? sys_ic(g.cpu, which, value) : sys_dc(g.cpu, which, value);
}

#define SAME_EL_OR_NOT(el) ((el) == 0 ? 0x24ull : 0x25ull)
#define CM (1u << 8)
#define WNR (1u << 6)
enum { NONE = 0, TRANSLATION_3 = 0x07, PERMISSION_3 = 0x0f, ALIGNMENT = 0x21 };

static const struct {
	const char *name;
	u16 insn;
	u8 el;
	u64 va;
	u32 iss; /* 0: no fault */
} cases[] = {
	{ "IVAC needs write", SI_DC_IVAC, 1, PAGE_VA(VA_READ_ONLY), PERMISSION_3 | CM | WNR },
	{ "IVAC", SI_DC_IVAC, 1, PAGE_VA(VA_PRIVILEGED), NONE },
	{ "CVAC at EL1 needs no right", SI_DC_CVAC, 1, PAGE_VA(VA_READ_ONLY), NONE },
	{ "CVAC unmapped", SI_DC_CVAC, 1, VA_INVALID + 0x123, TRANSLATION_3 | CM | WNR },
	{ "CVAC at EL0 needs read", SI_DC_CVAC, 0, PAGE_VA(VA_PRIVILEGED), PERMISSION_3 | CM | WNR },
	{ "CVAC at EL0", SI_DC_CVAC, 0, PAGE_VA(VA_USER_READ_ONLY), NONE },
	{ "CVAP at EL0", SI_DC_CVAP, 0, PAGE_VA(VA_PRIVILEGED), PERMISSION_3 | CM | WNR },
	{ "CVADP at EL0", SI_DC_CVADP, 0, PAGE_VA(VA_PRIVILEGED), PERMISSION_3 | CM | WNR },
	{ "CIVAC at EL0", SI_DC_CIVAC, 0, PAGE_VA(VA_USER_READ_ONLY), NONE },
	{ "CIVAC unmapped", SI_DC_CIVAC, 1, VA_INVALID, TRANSLATION_3 | CM | WNR },
	{ "CVAU at EL0", SI_DC_CVAU, 0, PAGE_VA(VA_PRIVILEGED), PERMISSION_3 | CM | WNR },
	{ "CVAU unmapped", SI_DC_CVAU, 1, VA_INVALID, TRANSLATION_3 | CM | WNR },
	{ "ISW takes any operand", SI_DC_ISW, 1, ~0ull, NONE },
	{ "CSW", SI_DC_CSW, 1, ~0ull, NONE },
	{ "CISW", SI_DC_CISW, 1, ~0ull, NONE },
	{ "IC IALLU", SI_IC_IALLU, 1, ~0ull, NONE },
	{ "IC IALLUIS", SI_IC_IALLUIS, 1, ~0ull, NONE },
	{ "IC IVAU", SI_IC_IVAU, 1, PAGE_VA(VA_READ_ONLY), NONE },
	{ "IC IVAU unmapped", SI_IC_IVAU, 1, VA_INVALID, TRANSLATION_3 | CM | WNR },
	{ "IC IVAU at EL0", SI_IC_IVAU, 0, PAGE_VA(VA_PRIVILEGED), PERMISSION_3 | CM | WNR },
	{ "ZVA", SI_DC_ZVA, 0, PAGE_VA(VA_USER) + 0x7f, NONE },
	{ "ZVA read-only", SI_DC_ZVA, 0, PAGE_VA(VA_USER_READ_ONLY) + 0x55, PERMISSION_3 | WNR },
	{ "ZVA privileged", SI_DC_ZVA, 0, PAGE_VA(VA_PRIVILEGED), PERMISSION_3 | WNR },
	{ "ZVA unmapped", SI_DC_ZVA, 1, VA_INVALID + 0x33, TRANSLATION_3 | WNR },
	{ "ZVA of Device memory", SI_DC_ZVA, 1, PAGE_VA(VA_DEVICE) + 0x40, ALIGNMENT | WNR },
};

START_TEST(faults)
{
	const struct exc *e = &g.cpu->s.exc;
	u64 esr = SAME_EL_OR_NOT(cases[_i].el) << 26 | 1u << 25 | cases[_i].iss;
	bool ok;

	set_up(cases[_i].el);
	ok = execute(cases[_i].insn, cases[_i].va);
	ck_assert_msg(ok == (cases[_i].iss == NONE), "%s: %s", cases[_i].name, ok ? "no fault" : "fault");
	if (ok)
		return;
	ck_assert_msg(e->esr == esr, "%s: ESR %#lx, not %#lx", cases[_i].name, e->esr, esr);
	ck_assert_msg(e->far == cases[_i].va, "%s: FAR %#lx", cases[_i].name, e->far);
	for (u64 i = 0; i < PAGE_VA(PAGES); i++)
		ck_assert(g.ram[DATA - RIG_RAM + i] == 0xa5);
}
END_TEST

START_TEST(zero_block)
{
	set_up(1);
	for (unsigned bs = 2; bs < 6; bs++) {
		u64 size = 4ull << bs, block = 0x100;

		memset(g.ram + (DATA - RIG_RAM), 0xa5, 0x1000);
		SYS(g.cpu, DCZID_EL0) = bs;
		ck_assert(execute(SI_DC_ZVA, PAGE_VA(VA_USER) + block + 3));
		for (u64 i = 0; i < 0x1000; i++)
			ck_assert_msg(g.ram[DATA - RIG_RAM + i] == (i >= block && i < block + size ? 0 : 0xa5),
				      "BS %u: byte %#lx", bs, i);
	}
}
END_TEST

/* CTR_EL0.IDC, DIC: no maintenance to the point of unification, so nothing is translated. */
START_TEST(unification)
{
	set_up(1);
	SYS(g.cpu, CTR_EL0) = 1ull << CTR_EL0_IDC_LSB;
	ck_assert(execute(SI_DC_CVAU, VA_INVALID));
	ck_assert(!execute(SI_IC_IVAU, VA_INVALID));
	SYS(g.cpu, CTR_EL0) = 1ull << CTR_EL0_DIC_LSB;
	ck_assert(!execute(SI_DC_CVAU, VA_INVALID));
	ck_assert(execute(SI_IC_IVAU, VA_INVALID));
	ck_assert(!execute(SI_DC_CVAC, VA_INVALID));
}
END_TEST

static void set_up_core(void)
{
	rig_create(&g);
}

static void tear_down_core(void)
{
	rig_destroy(&g);
}

int main(void)
{
	Suite *suite = suite_create("cpu_cacheops");
	TCase *tc = tcase_create("cacheops");

	tcase_add_unchecked_fixture(tc, set_up_core, tear_down_core);
	tcase_add_loop_test(tc, faults, 0, ARRAY_SIZE(cases));
	tcase_add_test(tc, zero_block);
	tcase_add_test(tc, unification);
	suite_add_tcase(suite, tc);
	return run_suite_here(suite);
}
