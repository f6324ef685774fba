/* AT: what each form translates, as whom, and PAR_EL1 to the bit; and when it is an exception instead. */
#include "cpu_rig.h"
#include "cpu/sysinsn.h"
#include "run_suite.h"

static struct cpu_rig g;

/* ---- tables: 4 KiB granule, 39-bit addresses, so that walks begin at level 1 ---- */

#define S1 (RIG_RAM + 0x1000)	/* EL1&0 (and EL2 without E2H): levels 1, 2, 3 in three pages */
#define HOST (RIG_RAM + 0x4000) /* EL2&0 */
#define S2 (RIG_RAM + 0x10000)

#define TABLE 3ull
#define PAGE 3ull
#define BLOCK 1ull
#define AF (1ull << 10)
#define AP(n) ((u64)(n) << 6)
#define SH(n) ((u64)(n) << 8)
#define ATTR(n) ((u64)(n) << 2)

enum { WB, DEVICE, NON_CACHEABLE }; /* MAIR indexes */
#define MAIR 0x4404ffull

/* Stage 1, the first 2 MiB: a page each */
#define VA_PRIVILEGED 0x0000
#define VA_USER 0x1000
#define VA_READ_ONLY 0x2000
#define VA_USER_READ_ONLY 0x3000
#define VA_NO_AF 0x4000
#define VA_INVALID 0x5000
#define VA_DEVICE 0x6000
#define VA_NON_CACHEABLE 0x7000
#define VA_S2_INVALID 0x8000
#define VA_S2_READ_ONLY 0x9000
/* … and elsewhere: tables where stage 2 maps nothing, and where nothing lives */
#define VA_WALK_S2_INVALID 0x200000
#define VA_WALK_ABORTS 0x400000

/* Intermediate addresses, in 2 MiB blocks of stage 2 */
#define IPA_TABLES 0x40000000ull /* identity, read and write */
#define IPA_NORMAL 0x40200000ull /* to PA_NORMAL */
#define IPA_INVALID 0x40400000ull
#define IPA_READ_ONLY 0x40600000ull /* Non-cacheable */
#define PA_NORMAL 0x80200000ull
#define PA_READ_ONLY 0x80600000ull

static void put(u64 at, unsigned index, u64 value)
{
	*rig_ram(&g, at + 8ull * index) = value;
}

static void build_stage1(void)
{
	put(S1, 0, (S1 + 0x1000) | TABLE);
	put(S1 + 0x1000, 0, (S1 + 0x2000) | TABLE);
	put(S1 + 0x1000, 1, IPA_INVALID | TABLE);
	put(S1 + 0x1000, 2, 0x90000000 | TABLE);
	put(S1 + 0x2000, 0, IPA_NORMAL | PAGE | AF | AP(0) | SH(3) | ATTR(WB));
	put(S1 + 0x2000, 1, (IPA_NORMAL + 0x1000) | PAGE | AF | AP(1) | SH(3) | ATTR(WB));
	put(S1 + 0x2000, 2, (IPA_NORMAL + 0x2000) | PAGE | AF | AP(2) | SH(2) | ATTR(WB));
	put(S1 + 0x2000, 3, (IPA_NORMAL + 0x3000) | PAGE | AF | AP(3) | SH(0) | ATTR(WB));
	put(S1 + 0x2000, 4, (IPA_NORMAL + 0x4000) | PAGE | AP(0) | SH(3) | ATTR(WB));
	put(S1 + 0x2000, 6, (IPA_NORMAL + 0x6000) | PAGE | AF | AP(0) | SH(3) | ATTR(DEVICE));
	put(S1 + 0x2000, 7, (IPA_NORMAL + 0x7000) | PAGE | AF | AP(0) | SH(3) | ATTR(NON_CACHEABLE));
	put(S1 + 0x2000, 8, IPA_INVALID | PAGE | AF | AP(0) | SH(3) | ATTR(WB));
	put(S1 + 0x2000, 9, IPA_READ_ONLY | PAGE | AF | AP(0) | SH(3) | ATTR(WB));
	put(HOST, 0, (HOST + 0x1000) | TABLE);
	put(HOST + 0x1000, 0, (HOST + 0x2000) | TABLE);
	put(HOST + 0x2000, 0, 0x40300000 | PAGE | AF | AP(1) | SH(3) | ATTR(WB));
}

static void build_stage2(void)
{
	u64 s2ap_rw = 3 << 6, s2ap_r = 1 << 6, write_back = 0xf << 2, non_cacheable = 5 << 2;

	put(S2, 1, (S2 + 0x1000) | TABLE);
	put(S2 + 0x1000, 0, IPA_TABLES | BLOCK | AF | SH(3) | s2ap_rw | write_back);
	put(S2 + 0x1000, 1, PA_NORMAL | BLOCK | AF | SH(3) | s2ap_rw | write_back);
	put(S2 + 0x1000, 3, PA_READ_ONLY | BLOCK | AF | SH(3) | s2ap_r | non_cacheable);
}

#define VM (1ull << HCR_EL2_VM_LSB)
#define E2H (1ull << HCR_EL2_E2H_LSB)
#define TGE (1ull << HCR_EL2_TGE_LSB)

static void set_up(unsigned el, u64 hcr)
{
	struct cpu *c = g.cpu;
	u64 tcr = 25ull << TCR_EL1_T0SZ_LSB | 1ull << TCR_EL1_IRGN0_LSB | 1ull << TCR_EL1_ORGN0_LSB |
		  3ull << TCR_EL1_SH0_LSB;

	memset(c->s.sr, 0, sizeof(c->s.sr));
	SYS(c, SCR_EL3) = 1;
	SYS(c, HCR_EL2) = hcr;
	SYS(c, TCR_EL1) = tcr | 1ull << TCR_EL1_EPD1_LSB | 5ull << TCR_EL1_IPS_LSB;
	SYS(c, TCR_EL2) = hcr & E2H ? SYS(c, TCR_EL1) : tcr | 5ull << TCR_EL2_PS_LSB;
	SYS(c, TTBR0_EL1) = S1;
	SYS(c, TTBR0_EL2) = hcr & E2H ? HOST : S1;
	SYS(c, MAIR_EL1) = SYS(c, MAIR_EL2) = MAIR;
	SYS(c, SCTLR_EL1) = SYS(c, SCTLR_EL2) = 1ull << SCTLR_EL1_M_LSB | 1ull << SCTLR_EL1_C_LSB;
	SYS(c, VTTBR_EL2) = S2;
	SYS(c, VTCR_EL2) = 25ull << VTCR_EL2_T0SZ_LSB | 1ull << VTCR_EL2_SL0_LSB | 5ull << VTCR_EL2_PS_LSB |
			   1ull << VTCR_EL2_IRGN0_LSB | 1ull << VTCR_EL2_ORGN0_LSB | 3ull << VTCR_EL2_SH0_LSB;
	SYS(c, PAR_EL1) = 0xdead;
	c->s.p = (struct pstate){ .el = (u8)el, .sp = 1 };
	c->s.exc.kind = EXC_NONE;
	cpu_context_changed(c);
}

/* ---- results ---- */

#define OK(pa, attr, sh) ((pa) | (u64)(attr) << 56 | 1ull << 11 | 1ull << 9 | (u64)(sh) << 7)
#define OK_SECURE(pa, attr, sh) (OK(pa, attr, sh) & ~(1ull << 9))
#define FAULT(fst) (1ull << 11 | (u64)(fst) << 1 | 1)
#define FAULT_S2(fst) (FAULT(fst) | 1ull << 9)
#define FAULT_WALK(fst) (FAULT_S2(fst) | 1ull << 8)

enum { TRANSLATION = 0x04, ACCESS = 0x08, PERMISSION = 0x0c }; /* plus the level */

static const struct at_case {
	const char *name;
	u16 insn;
	u8 el;
	bool pan;
	u64 hcr, va, par;
} cases[] = {
	/* stage 1 of EL1 */
	{ "page", SI_AT_S1E1R, 1, 0, 0, VA_PRIVILEGED, OK(IPA_NORMAL, 0xff, 3) },
	{ "offset", SI_AT_S1E1R, 1, 0, 0, VA_PRIVILEGED + 0xfff, OK(IPA_NORMAL, 0xff, 3) },
	{ "outer shareable", SI_AT_S1E1R, 1, 0, 0, VA_READ_ONLY, OK(IPA_NORMAL + 0x2000, 0xff, 2) },
	{ "non-shareable", SI_AT_S1E1R, 1, 0, 0, VA_USER_READ_ONLY, OK(IPA_NORMAL + 0x3000, 0xff, 0) },
	{ "device", SI_AT_S1E1R, 1, 0, 0, VA_DEVICE, OK(IPA_NORMAL + 0x6000, 0x04, 2) },
	{ "non-cacheable", SI_AT_S1E1R, 1, 0, 0, VA_NON_CACHEABLE, OK(IPA_NORMAL + 0x7000, 0x44, 2) },
	{ "invalid", SI_AT_S1E1R, 1, 0, 0, VA_INVALID, FAULT(TRANSLATION + 3) },
	{ "invalid at level 1", SI_AT_S1E1R, 1, 0, 0, 0x40000000, FAULT(TRANSLATION + 1) },
	{ "beyond TCR.T0SZ", SI_AT_S1E1R, 1, 0, 0, 1ull << 40, FAULT(TRANSLATION) },
	{ "TTBR1 off", SI_AT_S1E1R, 1, 0, 0, ~0xfffull, FAULT(TRANSLATION) },
	{ "access flag", SI_AT_S1E1R, 1, 0, 0, VA_NO_AF, FAULT(ACCESS + 3) },
	{ "write", SI_AT_S1E1W, 1, 0, 0, VA_PRIVILEGED, OK(IPA_NORMAL, 0xff, 3) },
	{ "write, read-only", SI_AT_S1E1W, 1, 0, 0, VA_READ_ONLY, FAULT(PERMISSION + 3) },
	/* as EL0 */
	{ "EL0", SI_AT_S1E0R, 1, 0, 0, VA_USER, OK(IPA_NORMAL + 0x1000, 0xff, 3) },
	{ "EL0, privileged page", SI_AT_S1E0R, 1, 0, 0, VA_PRIVILEGED, FAULT(PERMISSION + 3) },
	{ "EL0 write", SI_AT_S1E0W, 1, 0, 0, VA_USER, OK(IPA_NORMAL + 0x1000, 0xff, 3) },
	{ "EL0 write, read-only", SI_AT_S1E0W, 1, 0, 0, VA_USER_READ_ONLY, FAULT(PERMISSION + 3) },
	/* PAN counts in the P forms only */
	{ "PAN, plain", SI_AT_S1E1R, 1, 1, 0, VA_USER, OK(IPA_NORMAL + 0x1000, 0xff, 3) },
	{ "PAN, RP", SI_AT_S1E1RP, 1, 1, 0, VA_USER, FAULT(PERMISSION + 3) },
	{ "PAN, WP", SI_AT_S1E1WP, 1, 1, 0, VA_USER, FAULT(PERMISSION + 3) },
	{ "PAN off, RP", SI_AT_S1E1RP, 1, 0, 0, VA_USER, OK(IPA_NORMAL + 0x1000, 0xff, 3) },
	{ "PAN, RP, privileged page", SI_AT_S1E1RP, 1, 1, 0, VA_PRIVILEGED, OK(IPA_NORMAL, 0xff, 3) },
	/* stage 2 on: S1E1 stops at the IPA, though its walk goes through stage 2 */
	{ "S1 under S2", SI_AT_S1E1R, 2, 0, VM, VA_PRIVILEGED, OK(IPA_NORMAL, 0xff, 3) },
	{ "S1 under S2, output unmapped", SI_AT_S1E1R, 2, 0, VM, VA_S2_INVALID, OK(IPA_INVALID, 0xff, 3) },
	{ "S1 under S2, walk unmapped", SI_AT_S1E1R, 2, 0, VM, VA_WALK_S2_INVALID, FAULT_WALK(TRANSLATION + 2) },
	/* both stages */
	{ "S12", SI_AT_S12E1R, 2, 0, VM, VA_PRIVILEGED, OK(PA_NORMAL, 0xff, 3) },
	{ "S12 without S2", SI_AT_S12E1R, 2, 0, 0, VA_PRIVILEGED, OK(IPA_NORMAL, 0xff, 3) },
	{ "S12 as EL0", SI_AT_S12E0R, 2, 0, VM, VA_PRIVILEGED, FAULT(PERMISSION + 3) },
	{ "S12 as EL0, user", SI_AT_S12E0W, 2, 0, VM, VA_USER, OK(PA_NORMAL + 0x1000, 0xff, 3) },
	{ "S12, S1 fault", SI_AT_S12E1R, 2, 0, VM, VA_INVALID, FAULT(TRANSLATION + 3) },
	{ "S12, S2 fault", SI_AT_S12E1R, 2, 0, VM, VA_S2_INVALID, FAULT_S2(TRANSLATION + 2) },
	{ "S12, walk unmapped", SI_AT_S12E1R, 2, 0, VM, VA_WALK_S2_INVALID, FAULT_WALK(TRANSLATION + 2) },
	{ "S12, S2 attributes", SI_AT_S12E1R, 2, 0, VM, VA_S2_READ_ONLY, OK(PA_READ_ONLY, 0x44, 2) },
	{ "S12, S2 read-only", SI_AT_S12E1W, 2, 0, VM, VA_S2_READ_ONLY, FAULT_S2(PERMISSION + 2) },
	{ "S12 in a host", SI_AT_S12E1R, 2, 0, E2H | TGE, VA_PRIVILEGED, OK(IPA_NORMAL, 0xff, 3) },
	/* EL2 and EL3 */
	{ "EL2", SI_AT_S1E2R, 2, 0, VM, VA_PRIVILEGED, OK(IPA_NORMAL, 0xff, 3) },
	{ "EL2 write", SI_AT_S1E2W, 2, 0, VM, VA_READ_ONLY, FAULT(PERMISSION + 3) },
	{ "EL2 with E2H", SI_AT_S1E2R, 2, 0, E2H, VA_PRIVILEGED, OK(0x40300000, 0xff, 3) },
	{ "EL1 from EL2 with E2H", SI_AT_S1E1R, 2, 0, E2H, VA_PRIVILEGED, OK(IPA_NORMAL, 0xff, 3) },
	{ "EL1 in a host is EL2&0", SI_AT_S1E1R, 2, 0, E2H | TGE, VA_PRIVILEGED, OK(0x40300000, 0xff, 3) },
	{ "EL0 in a host is EL2&0", SI_AT_S1E0W, 2, 0, E2H | TGE, VA_PRIVILEGED, OK(0x40300000, 0xff, 3) },
	{ "EL1 in a host, from EL3", SI_AT_S1E1R, 3, 0, E2H | TGE, VA_PRIVILEGED, OK(0x40300000, 0xff, 3) },
	{ "EL3, stage 1 off", SI_AT_S1E3R, 3, 0, 0, 0x12345678, OK_SECURE(0x12345000ull, 0x00, 2) },
	{ "EL3, beyond PA size", SI_AT_S1E3W, 3, 0, 0, 1ull << 50, FAULT(0x00) },
};

START_TEST(result)
{
	const struct at_case *t = &cases[_i];
	struct cpu *c = g.cpu;

	set_up(t->el, t->hcr);
	c->s.p.pan = t->pan;
	ck_assert_msg(sys_at(c, t->insn, t->va), "%s: exception", t->name);
	ck_assert_msg(SYS(c, PAR_EL1) == t->par, "%s: PAR_EL1 %#lx, not %#lx", t->name, SYS(c, PAR_EL1), t->par);
}
END_TEST

START_TEST(every_form_has_a_case)
{
	bool seen[SI_COUNT] = { false };

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++)
		seen[cases[i].insn] = true;
	for (unsigned i = SI_AT_S1E1R; i <= SI_AT_S1E3W; i++)
		ck_assert_msg(seen[i], "no case for AT number %u", i - SI_AT_S1E1R);
}
END_TEST

/* ---- exceptions instead of results ---- */

#define ESR(ec, fsc, ptw) ((u64)(ec) << 26 | 1ull << 25 | 1ull << 8 | (u64)(ptw) << 7 | 1ull << 6 | (fsc))

static const struct {
	const char *name;
	u16 insn;
	u8 el;
	u64 hcr, va, esr, ipa;
	u8 target_el;
} aborts[] = {
	{ "S2 fault on EL1's own walk", SI_AT_S1E1R, 1, VM, VA_WALK_S2_INVALID, ESR(0x24, TRANSLATION + 2, 1),
	  IPA_INVALID, 2 },
	{ "the same, write", SI_AT_S1E1W, 1, VM, VA_WALK_S2_INVALID + 0x3123, ESR(0x24, TRANSLATION + 2, 1),
	  IPA_INVALID, 2 },
	{ "external abort, EL1", SI_AT_S1E1R, 1, 0, VA_WALK_ABORTS, ESR(0x25, 0x17, 0), 0, 1 },
	{ "external abort, from EL2", SI_AT_S1E1R, 2, 0, VA_WALK_ABORTS, ESR(0x25, 0x17, 0), 0, 2 },
};

START_TEST(exception)
{
	struct cpu *c = g.cpu;
	const struct exc *e = &c->s.exc;

	set_up(aborts[_i].el, aborts[_i].hcr);
	ck_assert_msg(!sys_at(c, aborts[_i].insn, aborts[_i].va), "%s: no exception", aborts[_i].name);
	ck_assert_msg(e->target_el == aborts[_i].target_el, "%s: to EL%u", aborts[_i].name, e->target_el);
	ck_assert_msg(e->esr == aborts[_i].esr, "%s: ESR %#lx, not %#lx", aborts[_i].name, e->esr, aborts[_i].esr);
	ck_assert_msg(e->far == aborts[_i].va, "%s: FAR %#lx", aborts[_i].name, e->far);
	if (aborts[_i].ipa)
		ck_assert_msg(e->hpfar_valid && (e->ipa & ~0xfffull) == aborts[_i].ipa, "%s: IPA %#lx", aborts[_i].name,
			      e->ipa);
	ck_assert_uint_eq(SYS(c, PAR_EL1), 0xdead);
}
END_TEST

/* With hardware updates on, the Access flag is set, dirty state is not, and the TLB is not filled. */
START_TEST(side_effects)
{
	struct cpu *c = g.cpu;
	u64 *no_af = rig_ram(&g, S1 + 0x2000 + 8 * 4), *clean = rig_ram(&g, S1 + 0x2000 + 8 * 2);
	u64 dbm = 1ull << 51;
	struct regime r;

	set_up(1, 0);
	c->feat.hafdbs_af = c->feat.hafdbs_dirty = true;
	SYS(c, TCR_EL1) |= 1ull << TCR_EL1_HA_LSB | 1ull << TCR_EL1_HD_LSB;
	*clean |= dbm;
	ck_assert(sys_at(c, SI_AT_S1E1R, VA_NO_AF));
	ck_assert_uint_eq(SYS(c, PAR_EL1), OK(IPA_NORMAL + 0x4000, 0xff, 3));
	ck_assert_uint_eq(*no_af & AF, AF);
	ck_assert(sys_at(c, SI_AT_S1E1W, VA_READ_ONLY));
	ck_assert_uint_eq(SYS(c, PAR_EL1), OK(IPA_NORMAL + 0x2000, 0xff, 2));
	ck_assert_uint_eq(*clean & AP(2), AP(2));
	cpu_build_regime_el10(c, &r);
	ck_assert_ptr_null(tlb_lookup(c->tlb, &r, VA_NO_AF));
	*no_af &= ~AF;
	*clean &= ~dbm;
	c->feat.hafdbs_af = c->feat.hafdbs_dirty = false;
}
END_TEST

static void set_up_core(void)
{
	rig_create(&g);
	build_stage1();
	build_stage2();
}

static void tear_down_core(void)
{
	rig_destroy(&g);
}

int main(void)
{
	Suite *suite = suite_create("cpu_at");
	TCase *tc = tcase_create("at");

	tcase_add_unchecked_fixture(tc, set_up_core, tear_down_core);
	tcase_add_loop_test(tc, result, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tc, exception, 0, ARRAY_SIZE(aborts));
	tcase_add_test(tc, every_form_has_a_case);
	tcase_add_test(tc, side_effects);
	suite_add_tcase(suite, tc);
	return run_suite_here(suite);
}
