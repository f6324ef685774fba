/* FEAT_BTI over several instructions: which branches to which pages leave PSTATE.BTYPE to be looked at, in both
 * engines. */
#include "cpu_rig.h"
#include "run_suite.h"

#define A 0x40010000ull /* code here is unguarded, */
#define B 0x40011000ull /* here guarded, */
#define C 0x40012000ull /* here unguarded, */
#define VECTORS 0x40020000ull
#define TABLES 0x40030000ull

#define BLR(n) (0xd63f0000u | (n) << 5)
#define BR(n) (0xd61f0000u | (n) << 5)
#define RET 0xd65f03c0u
#define BRANCH(from, to) (0x14000000u | (((to) - (from)) >> 2 & 0x3ffffff))
#define BTI_C 0xd503245fu
#define BTI_J 0xd503249fu
#define NOP 0xd503201fu
#define BRK 0xd4200000u
#define EC_BTI 0x0d
#define EC_BRK 0x3c

static struct cpu_rig g;

/* x1 = B, x2 = C, x16 = B + 0x40, x30 = C + 0x80; where the exception was taken from. */
static const struct {
	const char *name;
	struct {
		u64 at;
		u32 word;
	} code[8];
	u8 ec, iss, btype;
	u64 elr;
} cases[] = {
	{ "a call into a guarded page without a landing pad", { { A, BLR(1) }, { B, NOP } }, EC_BTI, 2, 2, B },
	{ "a call to a landing pad", { { A, BLR(1) }, { B, BTI_C }, { B + 4, BRK } }, EC_BRK, 0, 0, B + 4 },
	{ "a call to a pad for jumps", { { A, BLR(1) }, { B, BTI_J } }, EC_BTI, 2, 2, B },
	{ "a call into an unguarded page", { { A, BLR(2) }, { C, NOP }, { C + 4, BRK } }, EC_BRK, 0, 0, C + 4 },
	{ "an exception at what was called", { { A, BLR(2) }, { C, BRK } }, EC_BRK, 0, 2, C },
	{ "a direct branch after a call",
	  { { A, BLR(2) }, { C, BRANCH(C, B) }, { B, NOP }, { B + 4, BRK } },
	  EC_BRK,
	  0,
	  0,
	  B + 4 },
	{ "a return after a call",
	  { { A, BLR(2) }, { C, NOP }, { C + 4, RET }, { A + 4, BRANCH(A + 4, B) }, { B, BRK } },
	  EC_BRK,
	  0,
	  0,
	  B },
	{ "a call and a jump in turn", { { A, BLR(2) }, { C, RET }, { A + 4, BR(1) }, { B, NOP } }, EC_BTI, 1, 1, B },
	{ "a jump from a guarded page",
	  { { A, BRANCH(A, B) }, { B, BR(16) }, { B + 0x40, BTI_C }, { B + 0x44, BRK } },
	  EC_BRK,
	  0,
	  0,
	  B + 0x44 },
	{ "a jump by X2 from a guarded page to an unguarded one",
	  { { A, BRANCH(A, B) }, { B, BR(2) }, { C, BRK } },
	  EC_BRK,
	  0,
	  3,
	  C },
	{ "a call from there and the return to the guarded page",
	  { { A, BRANCH(A, B) }, { B, BLR(2) }, { C, RET }, { B + 4, NOP }, { B + 8, BRK } },
	  EC_BRK,
	  0,
	  0,
	  B + 8 },
};

static void put(u64 at, u32 word)
{
	memcpy(g.ram + (at - RIG_RAM), &word, sizeof(word));
}

static void map(void)
{
	u64 *level1 = rig_ram(&g, TABLES), *level2 = rig_ram(&g, TABLES + 0x1000),
	    *level3 = rig_ram(&g, TABLES + 0x2000);

	level1[RIG_RAM >> 30] = (TABLES + 0x1000) | 3;
	level2[0] = (TABLES + 0x2000) | 3;
	for (u64 at = RIG_RAM; at < RIG_RAM + RIG_RAM_SIZE; at += 4096)
		level3[(at - RIG_RAM) >> 12] = at | 0x703 | (at == B ? 1ull << 50 : 0);
}

static void start(unsigned n)
{
	struct cpu *c;

	rig_create(&g);
	c = g.cpu;
	c->feat.bti = true;
	map();
	for (unsigned i = 0; i < ARRAY_SIZE(cases[n].code) && cases[n].code[i].at; i++)
		put(cases[n].code[i].at, cases[n].code[i].word);
	put(VECTORS + 0x200, 0xd503207f); /* WFI */
	SYS(c, VBAR_EL2) = VECTORS;
	SYS(c, MAIR_EL2) = 0xff;
	SYS(c, TCR_EL2) = 25;
	SYS(c, TTBR0_EL2) = TABLES;
	SYS(c, SCTLR_EL2) = 1;
	cpu_context_changed(c);
	c->s.pc = A;
	c->s.r.x[1] = B;
	c->s.r.x[2] = C;
	c->s.r.x[16] = B + 0x40;
}

static void check(unsigned n, const char *engine)
{
	const struct cpu *c = g.cpu;
	u64 esr = SYS(c, ESR_EL2), spsr = SYS(c, SPSR_EL2);

	ck_assert_msg(esr >> 26 == cases[n].ec && (esr & 3) == cases[n].iss && (spsr >> 10 & 3) == cases[n].btype &&
			      SYS(c, ELR_EL2) == cases[n].elr,
		      "%s, %s: ESR 0x%llx, BTYPE %llu, at 0x%llx", cases[n].name, engine, (unsigned long long)esr,
		      (unsigned long long)(spsr >> 10 & 3), (unsigned long long)SYS(c, ELR_EL2));
	rig_destroy(&g);
}

START_TEST(by_each_engine)
{
	start((unsigned)_i);
	ck_assert_int_eq(cpu_run(g.cpu, 1000), STOP_HALT);
	check((unsigned)_i, "fast");
	start((unsigned)_i);
	ck_assert_int_eq(cpu_run_traced(g.cpu, 1000, 100), STOP_HALT);
	check((unsigned)_i, "traced");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_bti");
	TCase *tc = tcase_create("all");

	tcase_add_loop_test(tc, by_each_engine, 0, (int)ARRAY_SIZE(cases));
	suite_add_tcase(s, tc);
	return run_suite(s);
}
