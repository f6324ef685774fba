/*
 * Branches with authentication, exception generation, hints, barriers and PSTATE by immediate: one vector a row,
 * executed at EL2 by both engines, with what each leaves in PC, PSTATE, X30, ESR_EL2, the event register and the
 * monitor.
 */
#include "cpu/decode.h"
#include "cpu/engine.h"
#include "cpu/pauth.h"
#include "cpu_rig.h"
#include "run_suite.h"

static struct cpu_rig g;

#define CODE (RIG_RAM + 0x4000)
#define TARGET (CODE + 0x100)
#define VECTORS (RIG_RAM + 0x8000)
#define STACK 0x1230
#define WFI 0xd503207full

/* What a case looks at, in one number. */
enum { PAN = 1, UAO = 2, SPSEL = 4, SSBS = 8, DIT = 16, ALLINT = 32, EVENT = 64, MONITOR = 128 };
/* Where execution goes: to the next instruction, to TARGET, there with X30 set, or into an exception. */
enum where { ON, JUMPS, CALLS, TRAPS };
enum { UNDEFINED = 0x02000000, BRK_5 = 0xf2000005 };
/* How X1, or X30, or ELR_EL2, which hold TARGET, are signed: by key, with X2, zero, or SP. */
enum signing { PLAIN, IA_X2, IB_X2, IA_ZERO, IB_ZERO, IA_SP, IB_SP };

static const struct system_case {
	u32 insn;
	const char *text;
	u8 where, signing, before, after;
	u32 esr;
} cases[] = {
	{ 0x00001234, "udf #0x1234", TRAPS, PLAIN, 0, 0, UNDEFINED },
	{ 0x54000811, "bc.ne .+256", JUMPS, PLAIN, 0, 0, 0 },
	{ 0x54000810, "bc.eq .+256", ON, PLAIN, 0, 0, 0 },
	{ 0xd61f083f, "braaz x1", JUMPS, IA_ZERO, 0, 0, 0 },
	{ 0xd61f0c3f, "brabz x1", JUMPS, IB_ZERO, 0, 0, 0 },
	{ 0xd63f083f, "blraaz x1", CALLS, IA_ZERO, 0, 0, 0 },
	{ 0xd63f0c3f, "blrabz x1", CALLS, IB_ZERO, 0, 0, 0 },
	{ 0xd71f0822, "braa x1, x2", JUMPS, IA_X2, 0, 0, 0 },
	{ 0xd71f0c22, "brab x1, x2", JUMPS, IB_X2, 0, 0, 0 },
	{ 0xd73f0822, "blraa x1, x2", CALLS, IA_X2, 0, 0, 0 },
	{ 0xd73f0c22, "blrab x1, x2", CALLS, IB_X2, 0, 0, 0 },
	{ 0xd65f0bff, "retaa", JUMPS, IA_SP, 0, 0, 0 },
	{ 0xd65f0fff, "retab", JUMPS, IB_SP, 0, 0, 0 },
	{ 0xd69f0bff, "eretaa", JUMPS, IA_SP, 0, EVENT, 0 },
	{ 0xd69f0fff, "eretab", JUMPS, IB_SP, 0, EVENT, 0 },
	{ 0xd6bf03e0, "drps", TRAPS, PLAIN, 0, 0, UNDEFINED },
	{ 0xd42000a0, "brk #5", TRAPS, PLAIN, 0, 0, BRK_5 },
	{ 0xd4a00001, "dcps1", TRAPS, PLAIN, 0, 0, UNDEFINED },
	{ 0xd4a00002, "dcps2", TRAPS, PLAIN, 0, 0, UNDEFINED },
	{ 0xd4a00003, "dcps3", TRAPS, PLAIN, 0, 0, UNDEFINED },
	{ 0xd5032fdf, "hint #126", ON, PLAIN, 0, 0, 0 },
	{ 0xd503201f, "nop", ON, PLAIN, 0, 0, 0 },
	{ 0xd503203f, "yield", ON, PLAIN, 0, 0, 0 },
	{ 0xd503205f, "wfe", ON, PLAIN, EVENT, 0, 0 },
	{ 0xd503209f, "sev", ON, PLAIN, 0, EVENT, 0 },
	{ 0xd50320bf, "sevl", ON, PLAIN, 0, EVENT, 0 },
	{ 0xd50320df, "dgh", ON, PLAIN, 0, 0, 0 },
	{ 0xd503221f, "esb", ON, PLAIN, 0, 0, 0 },
	{ 0xd503223f, "psb csync", ON, PLAIN, 0, 0, 0 },
	{ 0xd503225f, "tsb csync", ON, PLAIN, 0, 0, 0 },
	{ 0xd503229f, "csdb", ON, PLAIN, 0, 0, 0 },
	{ 0xd50322df, "clrbhb", ON, PLAIN, 0, 0, 0 },
	{ 0xd503241f, "bti", ON, PLAIN, 0, 0, 0 },
	{ 0xd503245f, "bti c", ON, PLAIN, 0, 0, 0 },
	{ 0xd503249f, "bti j", ON, PLAIN, 0, 0, 0 },
	{ 0xd50324df, "bti jc", ON, PLAIN, 0, 0, 0 },
	{ 0xd5031003, "wfet x3", ON, PLAIN, 0, 0, 0 },
	{ 0xd5031023, "wfit x3", ON, PLAIN, 0, 0, 0 },
	{ 0xd5033f5f, "clrex", ON, PLAIN, MONITOR, 0, 0 },
	{ 0xd5033f9f, "dsb sy", ON, PLAIN, MONITOR, MONITOR, 0 },
	{ 0xd503309f, "ssbb", ON, PLAIN, 0, 0, 0 },
	{ 0xd503349f, "pssbb", ON, PLAIN, 0, 0, 0 },
	{ 0xd5033e3f, "dsb synxs", ON, PLAIN, 0, 0, 0 },
	{ 0xd5033bbf, "dmb ish", ON, PLAIN, 0, 0, 0 },
	{ 0xd5033fdf, "isb", ON, PLAIN, 0, 0, 0 },
	{ 0xd50330ff, "sb", ON, PLAIN, 0, 0, 0 },
	{ 0xd500417f, "msr uao, #1", ON, PLAIN, 0, UAO, 0 },
	{ 0xd500407f, "msr uao, #0", ON, PLAIN, UAO, 0, 0 },
	{ 0xd500419f, "msr pan, #1", ON, PLAIN, 0, PAN, 0 },
	{ 0xd500409f, "msr pan, #0", ON, PLAIN, PAN, 0, 0 },
	{ 0xd50041bf, "msr spsel, #1", ON, PLAIN, 0, SPSEL, 0 },
	{ 0xd50040bf, "msr spsel, #0", ON, PLAIN, SPSEL, 0, 0 },
	{ 0xd501411f, "msr allint, #1", ON, PLAIN, 0, ALLINT, 0 },
	{ 0xd503413f, "msr ssbs, #1", ON, PLAIN, 0, SSBS, 0 },
	{ 0xd503403f, "msr ssbs, #0", ON, PLAIN, SSBS, 0, 0 },
	{ 0xd503415f, "msr dit, #1", ON, PLAIN, 0, DIT, 0 },
	{ 0xd503405f, "msr dit, #0", ON, PLAIN, DIT, 0, 0 },
	{ 0xd52b7561, "sysl x1, #3, c7, c5, #3", TRAPS, PLAIN, 0, 0, UNDEFINED },
	{ 0xf9800420, "prfm pldl1keep, [x1, #8]", ON, PLAIN, 0, 0, 0 },
	{ 0xf89ff020, "prfum pldl1keep, [x1, #-1]", ON, PLAIN, 0, 0, 0 },
	{ 0xf8a36820, "prfm pldl1keep, [x1, x3]", ON, PLAIN, 0, 0, 0 },
	{ 0xf8a34820, "prfm pldl1keep, [x1, w3, uxtw]", ON, PLAIN, 0, 0, 0 },
	{ 0xf8a3d820, "prfm pldl1keep, [x1, w3, sxtw #3]", ON, PLAIN, 0, 0, 0 },
	{ 0xd8000100, "prfm pldl1keep, .+0x20", ON, PLAIN, 0, 0, 0 },
};

static u8 looked_at(const struct cpu_state *s)
{
	const struct pstate *p = &s->p;

	return (u8)(p->pan * PAN | p->uao * UAO | p->sp * SPSEL | p->ssbs * SSBS | p->dit * DIT | p->allint * ALLINT |
		    s->event * EVENT | s->excl_valid * MONITOR);
}

static u64 signed_target(struct cpu *c, enum signing how)
{
	const u64 modifiers[] = { 0, c->s.r.x[2], c->s.r.x[2], 0, 0, STACK, STACK };
	u64 out = TARGET;

	if (how != PLAIN)
		ck_assert(pauth_sign(c, TARGET, modifiers[how], (how & 1) ? PAUTH_IA : PAUTH_IB, &out));
	ck_assert(how == PLAIN || out != TARGET);
	return out;
}

static void set_up(const struct system_case *t)
{
	struct cpu *c = g.cpu;
	u64 target;

	memset(g.ram, 0, RIG_RAM_SIZE);
	*rig_ram(&g, CODE) = WFI << 32 | t->insn;
	*rig_ram(&g, TARGET) = WFI;
	for (unsigned i = 0; i < 16; i++)
		*rig_ram(&g, VECTORS + 0x80 * i) = WFI;
	memset(&c->s.r, 0, sizeof(c->s.r));
	c->s.r.z = 1; /* NE */
	c->s.p = (struct pstate){ .el = 2, .sp = !!(t->before & SPSEL), .daif = 15 };
	c->s.p.pan = !!(t->before & PAN);
	c->s.p.uao = !!(t->before & UAO);
	c->s.p.ssbs = !!(t->before & SSBS);
	c->s.p.dit = !!(t->before & DIT);
	c->s.event = t->before & EVENT;
	c->s.excl_valid = t->before & MONITOR;
	c->s.r.x[2] = 0x5566;
	c->s.r.x[REG_SP] = STACK;
	SYS(c, VBAR_EL2) = VECTORS;
	SYS(c, SPSR_EL2) = 0x3c8; /* EL2t */
	SYS(c, ESR_EL2) = 0;
	SYS(c, APIAKEYLO_EL1) = SYS(c, APIBKEYHI_EL1) = 0x0123456789abcdef;
	SYS(c, SCR_EL3) = 1 | 1 << SCR_EL3_APK_LSB | 1 << SCR_EL3_API_LSB;
	SYS(c, SCTLR_EL2) = 1ull << SCTLR_EL2_EnIA_LSB | 1ull << SCTLR_EL2_EnIB_LSB;
	cpu_context_changed(c);
	target = signed_target(c, t->signing);
	c->s.r.x[1] = c->s.r.x[30] = SYS(c, ELR_EL2) = target;
}

static void run(enum where where, bool step)
{
	struct cpu *c = g.cpu;
	u64 until = (c->s.time >> 4) + 10000;

	c->s.pc = CODE;
	c->s.halt = CORE_RUNS;
	c->s.nested_exc = 0;
	if (step)
		cpu_run_traced(c, until, 2);
	else
		cpu_run(c, until);
	ck_assert_uint_eq(c->s.halt, CORE_WFI);
	if (where == TRAPS)
		ck_assert_uint_eq(c->s.pc & ~0xfffull, VECTORS);
	else
		ck_assert_uint_eq(c->s.pc, where == ON ? CODE + 8 : TARGET + 4);
}

START_TEST(instruction)
{
	const struct system_case *t = &cases[_i];
	struct cpu_regs before;

	for (unsigned step = 0; step < 2; step++) {
		set_up(t);
		before = g.cpu->s.r;
		run(t->where, step);
		ck_assert_msg(SYS(g.cpu, ESR_EL2) == t->esr, "%s: ESR 0x%llx", t->text,
			      (unsigned long long)SYS(g.cpu, ESR_EL2));
		if (t->where == TRAPS)
			continue;
		ck_assert_msg(looked_at(&g.cpu->s) == t->after, "%s: 0x%x", t->text, looked_at(&g.cpu->s));
		if (t->where == CALLS)
			before.x[30] = CODE + 4;
		for (unsigned i = 0; i < 31; i++)
			ck_assert_msg(g.cpu->s.r.x[i] == before.x[i], "%s changes x%u", t->text, i);
	}
}
END_TEST

static unsigned times_told;

static void count_told(void *ctx, unsigned core)
{
	times_told++;
}

/* The GIC knows the EL at once, and is told when its lines may change: when the security state or EL3 is involved. */
START_TEST(gic_knows_the_level)
{
	static const struct {
		u8 el;
		bool secure;
		unsigned told;
	} steps[] = { { 1, false, 0 }, { 0, false, 0 }, { 3, true, 1 }, { 2, false, 2 }, { 1, false, 2 } };
	struct gic_view view = { 0 };
	struct cpu *c = g.cpu;

	c->gic_view = &view;
	c->gic.view_changed = count_told;
	cpu_context_changed(c);
	times_told = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(steps); i++) {
		cpu_set_el_sp(c, steps[i].el, 1);
		ck_assert_uint_eq(view.el, steps[i].el);
		ck_assert_uint_eq(view.secure, steps[i].secure);
		ck_assert_uint_eq(view.scr_el3, SYS(c, SCR_EL3));
		ck_assert_uint_eq(times_told, steps[i].told);
	}
}
END_TEST

static void setup(void)
{
	rig_create(&g);
	memset(&g.cpu->feat, 1, offsetof(struct cpu_features, pa_bits));
	g.cpu->feat.el1_aa32 = g.cpu->feat.el0_aa32 = g.cpu->feat.absent = false;
}

static void teardown(void)
{
	rig_destroy(&g);
}

int main(void)
{
	Suite *suite = suite_create("cpu_system");
	TCase *t = tcase_create("instructions");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, instruction, 0, ARRAY_SIZE(cases));
	tcase_add_test(t, gic_knows_the_level);
	suite_add_tcase(suite, t);
	return run_suite_here(suite);
}
