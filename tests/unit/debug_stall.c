/* What keeps a core: the words, and why an interrupt does not come. */
#include <check.h>
#include <string.h>

#include "debug/stall_words.h"
#include "debug/symbols.h"
#include "gic/gic.h"
#include "machine/machine.h"
#include "machine/map.h"
#include "run_suite.h"

static const struct {
	struct hyp_stall s;
	const char *symbol, *text;
} cases[] = {
	{ { .state = HYP_CORE_RUNS, .pc = 0x40001000, .el = 1, .daif = 3, .in_guest = true, .vmid = 7, .irq = true },
	  "loop+0x8",
	  "  core 2 runs at 0x40001000 <loop+0x8> in EL1, guest VMID 7; masked: IF\n    IRQ is asserted\n" },
	{ { .state = HYP_CORE_WFI,
	    .pc = 0x1000,
	    .el = 2,
	    .daif = 2,
	    .now = 100,
	    .irq = true,
	    .pending_count = 2,
	    .pending = { { 27, NULL }, { 33, "is not enabled (ISENABLER)" } },
	    .timer = { { "CNTP", true, false, 150 }, { "CNTV", true, true, ~0ull }, { "CNTHP", false, false, 7 } } },
	  NULL,
	  "  core 2 waits for an interrupt (WFI) at 0x1000 in EL2; masked: I\n"
	  "    IRQ is asserted, and masked by PSTATE\n"
	  "    INTID 27 is pending\n"
	  "    INTID 33 is pending: is not enabled (ISENABLER)\n"
	  "    timer CNTP expires in 50 cycles\n"
	  "    timer CNTV has expired, masked by IMASK\n" },
	{ { .state = HYP_CORE_OFF, .pc = 5 }, NULL, "  core 2 is off\n" },
};

START_TEST(words)
{
	char text[1024] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");

	stall_words(f, 2, &cases[_i].s, cases[_i].symbol);
	fclose(f);
	ck_assert_str_eq(text, cases[_i].text);
}
END_TEST

/* Each step takes one obstacle out of the way. */
START_TEST(obstacles)
{
	static struct gic g;
	struct gic_config cfg = { .cores = 2, .spis = 32, .pri_bits = 5, .maintenance = 25, .affinity = { 0, 1 } };
	struct gic_core *k = &g.s.core[0];
	struct line line;

	gic_init(&g, &cfg);
	line = gic_ppi(&g, 0, 27);
	line_set(&line, true);
	ck_assert_ptr_nonnull(strstr(gic_irq_obstacle(&g, 0, 27), "not enabled"));
	k->bank.enable = k->bank.group = 1u << 27 | 1u << 28;
	k->bank.priority[27] = 0xa0;
	k->bank.active = 1u << 27;
	ck_assert_ptr_nonnull(strstr(gic_irq_obstacle(&g, 0, 27), "still active"));
	k->bank.active = 0;
	ck_assert_ptr_nonnull(strstr(gic_irq_obstacle(&g, 0, 27), "GICD_CTLR"));
	g.s.ctlr |= 2;
	k->asleep = true;
	ck_assert_ptr_nonnull(strstr(gic_irq_obstacle(&g, 0, 27), "GICR_WAKER"));
	k->asleep = false;
	ck_assert_ptr_nonnull(strstr(gic_irq_obstacle(&g, 0, 27), "ICC_IGRPEN"));
	k->igrpen[GIC_G1NS] = true;
	k->pmr = 0x80;
	gic_refresh(&g);
	ck_assert_ptr_nonnull(strstr(gic_irq_obstacle(&g, 0, 27), "ICC_PMR"));
	k->pmr = 0xf0;
	k->apr[GIC_G1NS][0] = 1u << (0x80 >> 3);
	gic_refresh(&g);
	ck_assert_ptr_nonnull(strstr(gic_irq_obstacle(&g, 0, 27), "does not preempt"));
	k->apr[GIC_G1NS][0] = 0;
	line = gic_ppi(&g, 0, 28);
	line_set(&line, true);
	gic_refresh(&g);
	ck_assert_ptr_nonnull(strstr(gic_irq_obstacle(&g, 0, 27), "comes first"));
	line_set(&line, false);
	ck_assert_ptr_null(gic_irq_obstacle(&g, 0, 27));
}
END_TEST

START_TEST(machine)
{
	struct hyp_config config = { .image = "demo" };
	struct machine *m;
	struct hyp_stall s;
	struct error e;
	char text[SYMBOL_TEXT_MAX];
	const struct hyp_rom *roms;
	unsigned count;

	m = hyp_create(&config, &e);
	ck_assert_ptr_nonnull(m);
	hyp_core_stall(m, 0, &s);
	ck_assert_uint_eq(s.state, HYP_CORE_RUNS);
	ck_assert_uint_eq(s.el, 3);
	ck_assert(s.secure && !s.in_guest);
	roms = hyp_roms(&count);
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(roms[i].name, "demo")) {
			ck_assert(symbol_at(roms[i].image, roms[i].size, s.pc, text));
			ck_assert_ptr_null(strchr(text, '+'));
			ck_assert(symbol_at(roms[i].image, roms[i].size, s.pc + 4, text));
			ck_assert(!symbol_at(roms[i].image, roms[i].size, 0x1000, text));
		}
	hyp_destroy(m);
}
END_TEST

/* An LPI that is pending and not enabled is among what keeps a core. */
START_TEST(lpi)
{
	struct hyp_config config = { .image = "demo" };
	struct machine *m;
	struct hyp_stall s;
	struct error e;

	m = hyp_create(&config, &e);
	ck_assert_ptr_nonnull(m);
	m->gic.s.lpi[0][GIC_LPI].enabled = true;
	m->gic.s.lpi[0][GIC_LPI].propbaser = MAP_RAM_BASE | 15;
	m->gic.s.lpi[0][GIC_LPI].pending[0] = 2;
	hyp_core_stall(m, 0, &s);
	ck_assert_uint_eq(s.pending_count, 1);
	ck_assert_uint_eq(s.pending[0].intid, 8193);
	ck_assert_ptr_nonnull(strstr(s.pending[0].obstacle, "INV"));
	hyp_destroy(m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("debug_stall");
	TCase *t = tcase_create("stall");

	tcase_add_loop_test(t, words, 0, ARRAY_SIZE(cases));
	tcase_add_test(t, obstacles);
	tcase_add_test(t, machine);
	tcase_add_test(t, lpi);
	suite_add_tcase(s, t);
	return run_suite(s);
}
