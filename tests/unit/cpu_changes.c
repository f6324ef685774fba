/* No instruction changes a register that changes_of() leaves out, or the trace would not show it: random words of every
 * row. */
#include "cpu_rig.h"

#include "cpu/changes.h"
#include "cpu/decode.h"
#include "cpu/engine.h"
#include "run_suite.h"

#define WORDS_A_ROW 50

static u64 seed;

static u64 next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* Most registers point into RAM, so that most accesses succeed. */
static void shuffle(struct cpu *c)
{
	for (unsigned i = 0; i < 31; i++)
		c->s.r.x[i] = next() % 8 ? RIG_RAM + 0x10000 + (next() & 0xfff0) : next();
	c->s.r.x[REG_SP] = RIG_RAM + 0x8000 + (next() & 0xff0);
	for (unsigned i = 0; i < 32; i++)
		for (unsigned w = 0; w < EV_INSN_V_WORDS; w++)
			c->s.z[i][w] = next() % 4 ? next() : RIG_RAM + 0x10000;
	cpu_set_nzcv(c, (u32)next() & 0xf0000000);
	c->s.pc = RIG_RAM;
}

static void check(const struct cpu *c, const struct cpu_state *before, const char *name, u32 word,
		  const struct changes *may)
{
	for (unsigned i = 0; i < 31; i++)
		ck_assert_msg(c->s.r.x[i] == before->r.x[i] || may->x >> i & 1, "%s %08x: x%u", name, word, i);
	ck_assert_msg(c->s.r.x[REG_SP] == before->r.x[REG_SP] || may->x >> EV_INSN_SP, "%s %08x: sp", name, word);
	for (unsigned i = 0; i < 32; i++)
		ck_assert_msg(!memcmp(c->s.z[i], before->z[i], sizeof(c->s.z[i])) || may->v >> i & 1, "%s %08x: v%u",
			      name, word, i);
	ck_assert_msg((c->s.r.n < 0 && before->r.n < 0) || (c->s.r.n >= 0 && before->r.n >= 0) || may->nzcv,
		      "%s %08x: n", name, word);
	ck_assert_msg((!c->s.r.z == !before->r.z && c->s.r.c == before->r.c && c->s.r.v == before->r.v) || may->nzcv,
		      "%s %08x: zcv", name, word);
	ck_assert_msg((SYS(c, FPSR) == before->sr[SR_FPSR] && SYS(c, FPCR) == before->sr[SR_FPCR]) || may->fp_status,
		      "%s %08x: fpsr or fpcr", name, word);
}

/* Whether it executed without an exception. */
static bool execute(struct cpu *c, unsigned wanted, u32 word)
{
	struct cpu_state before;
	struct changes may;
	unsigned row;
	struct op op;

	row = decode(&c->feat, word, &op);
	if (row != wanted)
		return false;
	shuffle(c);
	if (c->context_stale)
		host_context(c);
	before = c->s;
	c->next_pc = c->s.pc + 4;
	may = changes_of(word, insn_rows[row].cls);
	insn_rows[row].step(c, &op);
	check(c, &before, insn_rows[row].name, word, &may);
	return c->s.exc.kind == EXC_NONE;
}

static void setup(struct cpu_rig *g)
{
	rig_create(g);
	memset(&g->cpu->feat, 1, sizeof(g->cpu->feat));
	g->cpu->feat.pa_bits = 48;
	SYS(g->cpu, SCR_EL3) = 1;
	SYS(g->cpu, HCR_EL2) = 1ull << 31;
	seed = 0x9e3779b97f4a7c15;
}

START_TEST(changes_hold)
{
	unsigned rows_done = 0;
	struct cpu_state start;
	struct cpu_rig g;

	setup(&g);
	start = g.cpu->s;
	for (unsigned row = 1; row < insn_row_count; row++) {
		const struct insn_row *r = &insn_rows[row];
		bool done = false;

		for (unsigned n = 0; n < WORDS_A_ROW; n++) {
			done |= execute(g.cpu, row, ((u32)next() & ~r->mask) | r->value);
			g.cpu->s = start;
			cpu_context_changed(g.cpu);
		}
		rows_done += done;
	}
	/* The others always raise exceptions here: SVC, BRK, system registers with a random name... */
	ck_assert_uint_gt(rows_done * 100, insn_row_count * 95);
	rig_destroy(&g);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_changes");
	TCase *t = tcase_create("rows");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, changes_hold);
	suite_add_tcase(s, t);
	return run_suite(s);
}
