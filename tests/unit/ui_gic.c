/* The GIC view's model: list registers as cards, what keeps an interrupt, maintenance causes, the distributor. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "gic/gic_regs.h"
#include "ui/gic_rows.h"
#include "ui_rig.h"
#include "run_suite.h"

static struct hyp_gic g;

static void start(void)
{
	struct hyp_config c = { .cpu = "max", .mem = 16 << 20, .el = 2, .bare = true };

	make(&c);
}

static void stop(void)
{
	model_free(&model);
	hyp_destroy(m);
}

static void poke(unsigned key, u64 value)
{
	ck_assert(gic_sysreg_poke(&m->gic, 0, (u16)key, value));
}

static void expect(const char *what)
{
	ck_assert_msg(strstr(rows_text(), what) != NULL, "'%s' is not in:\n%s", what, rows_text());
}

static void look(void)
{
	hyp_gic(m, 0, &g);
	model_clear(&model);
}

/* HW=1 has a physical INTID, HW=0 the EOI bit. */
#define LR(state, hw, eoi_or_pintid, group, priority, vintid)                                                          \
	((u64)(state) << 62 | (u64)(hw) << 61 | (u64)(group) << 60 | (u64)(priority) << 48 |                           \
	 ((hw) ? (u64)(eoi_or_pintid) << 32 : (u64)(eoi_or_pintid) << 41) | (vintid))

static const struct {
	u64 lr, vmcr;
	struct lr_fields f;
	const char *next[2];
} cards[] = {
	{ LR(1, 0, 0, 1, 0xa0, 40), 0, { 1, false, false, 1, 0xa0, 40, 0 }, { "reads ICV_IAR1_EL1: active" } },
	{ LR(1, 0, 0, 0, 0x20, 3), 0, { 1, false, false, 0, 0x20, 3, 0 }, { "reads ICV_IAR0_EL1: active" } },
	{ LR(1, 0, 0, 1, 0x20, 8193),
	  0,
	  { 1, false, false, 1, 0x20, 8193, 0 },
	  { "reads ICV_IAR1_EL1: invalid (an LPI)" } },
	{ LR(2, 1, 27, 1, 0xa0, 27),
	  0,
	  { 2, true, false, 1, 0xa0, 27, 27 },
	  { "writes ICV_EOIR1_EL1: invalid", "physical INTID 27 is deactivated" } },
	{ LR(2, 0, 1, 1, 0xa0, 50),
	  1 << 9,
	  { 2, false, true, 1, 0xa0, 50, 512 },
	  { "writes ICV_DIR_EL1: invalid", "maintenance interrupt" } },
	{ LR(3, 0, 0, 0, 0xa0, 50), 0, { 3, false, false, 0, 0xa0, 50, 0 }, { "writes ICV_EOIR0_EL1: pending" } },
};

START_TEST(card)
{
	struct lr_fields f;
	char next[128], title[64];

	poke(GIC_ICH_VMCR_EL2, cards[_i].vmcr);
	poke(GIC_ICH_LR0_EL2 + 2, cards[_i].lr);
	look();
	f = lr_fields(g.lr[2]);
	ck_assert_uint_eq(f.state, cards[_i].f.state);
	ck_assert(f.hw == cards[_i].f.hw && f.eoi == cards[_i].f.eoi);
	ck_assert_uint_eq(f.group, cards[_i].f.group);
	ck_assert_uint_eq(f.priority, cards[_i].f.priority);
	ck_assert_uint_eq(f.vintid, cards[_i].f.vintid);
	if (f.hw)
		ck_assert_uint_eq(f.pintid, cards[_i].f.pintid);
	for (unsigned i = 0; i < 2; i++) {
		if (!cards[_i].next[i]) {
			ck_assert_ptr_null(lr_next(&g, 2, i, next));
			continue;
		}
		ck_assert_ptr_nonnull(lr_next(&g, 2, i, next));
		ck_assert_msg(strstr(next, cards[_i].next[i]) != NULL, "%s", next);
	}
	gic_lr_rows(&model, &g);
	snprintf(title, sizeof(title), "ICH_LR2_EL2  vINTID %u, %s", f.vintid, lr_state_name(f.state));
	expect(title);
	expect("1 of 16 in use");
	snprintf(title, sizeof(title), "[%s]", lr_state_name(f.state));
	expect(title);
}
END_TEST

/* Ended with EOI=1: no longer valid, but not free either. */
START_TEST(ended)
{
	poke(GIC_ICH_LR0_EL2, LR(0, 0, 1, 1, 0xa0, 50));
	poke(GIC_ICH_HCR_EL2, 1);
	look();
	gic_lr_rows(&model, &g);
	expect("1 of 16 in use");
	expect("ICH_EISR_EL2");
	model_clear(&model);
	gic_maintenance_rows(&model, m, 0, &g);
	expect("! EOI");
	expect("asserted");
}
END_TEST

START_TEST(maintenance)
{
	poke(GIC_ICH_HCR_EL2, 1 | 1 << 1 | 1 << 5 | 1 << 6); /* UIE, VGrp0DIE, VGrp1EIE */
	look();
	gic_maintenance_rows(&model, m, 0, &g);
	ck_assert_uint_eq(g.misr, 1 << 1 | 1 << 5);
	expect("! U ");
	expect("! VGrp0D");
	ck_assert_ptr_null(strstr(rows_text(), "! VGrp1E"));
	ck_assert_ptr_null(strstr(rows_text(), "! EOI"));
}
END_TEST

START_TEST(priorities)
{
	look();
	gic_cpu_rows(&model, &g);
	expect("idle (0xff)");
	poke(GIC_ICH_AP1R0_EL2, 1u << 20);
	poke(GIC_ICC_AP1R0_EL1, 1u << 4);
	look();
	gic_cpu_rows(&model, &g);
	expect("0xa0");
	ck_assert_uint_eq(g.vrunning, 20u << (8 - g.vpre_bits));
	ck_assert_uint_eq(g.running, 4u << (8 - g.pre_bits));
}
END_TEST

static void set_spi(unsigned intid, bool level)
{
	struct line line = gic_spi(&m->gic, intid);

	line_set(&line, level);
}

START_TEST(distributor)
{
	unsigned all, some;

	set_spi(40, true);
	look();
	gic_irq_rows(&model, m, 0, &g, false, "");
	some = model.rows;
	expect("is not enabled (ISENABLER)");
	expect("level, high");
	model_clear(&model);
	gic_irq_rows(&model, m, 0, &g, true, "");
	all = model.rows;
	ck_assert_uint_ge(all, some + 31);
	expect("PPI timer CNTV");
	expect("PPI maintenance");
	model_clear(&model);
	gic_irq_rows(&model, m, 0, &g, true, "timer cnt");
	ck_assert_uint_lt(model.rows, some + 6);
	expect("PPI timer CNTHV");
	ck_assert_ptr_null(strstr(rows_text(), "SPI"));
	ck_assert(!model.failed);
}
END_TEST

START_TEST(lpi)
{
	struct gic_lpis *l = &m->gic.s.lpi[0][GIC_LPI];

	l->enabled = true;
	l->propbaser = 0x40100000 | 15;
	l->pending[0] = 4;
	l->some[0] = 1;
	look();
	ck_assert(g.lpis);
	gic_irq_rows(&model, m, 0, &g, false, "");
	expect("8194 LPI         pending edge");
	expect("is not enabled (LPI configuration table, INV)");
}
END_TEST

START_TEST(lines)
{
	m->core[0]->s.p.el = 1;
	m->core[0]->s.p.daif = 2;
	m->core[0]->s.sr[SR_HCR_EL2] = 0x10;
	poke(GIC_ICH_HCR_EL2, 1);
	poke(GIC_ICH_VMCR_EL2, 0xf0000002);
	poke(GIC_ICH_LR0_EL2, LR(1, 0, 0, 1, 0xa0, 40));
	look();
	gic_line_rows(&model, &g);
	ck_assert(g.line[2]);
	expect("not taken: the guest's PSTATE.I masks it");
	m->core[0]->s.p.daif = 0;
	look();
	gic_line_rows(&model, &g);
	expect("is taken at the next instruction");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ui_gic");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, start, stop);
	tcase_add_loop_test(t, card, 0, sizeof(cards) / sizeof(cards[0]));
	tcase_add_test(t, ended);
	tcase_add_test(t, maintenance);
	tcase_add_test(t, priorities);
	tcase_add_test(t, distributor);
	tcase_add_test(t, lpi);
	tcase_add_test(t, lines);
	suite_add_tcase(s, t);
	return run_suite(s);
}
