/*
 * What debuggers ask of the machine: breakpoints and watchpoints stop at the instruction, by address space, core, EL,
 * VMID and ASID; steps; registers and memory. And a run that is stopped, looked at and resumed is the run that was not.
 */
#include <check.h>
#include <string.h>

#include "machine/machine.h"
#include "machine/map.h"
#include "run_suite.h"

#define PROGRAM (MAP_RAM_BASE + 0x1000)
#define DATA (MAP_RAM_BASE + 0x2000)

/* X0 counts; each turn writes it to DATA, reads it back, and swaps it with the next word. */
static const u32 loop[] = {
	0xd2a80001, /* mov x1, #0x40000000 */
	0x91400821, /* add x1, x1, #0x2, lsl #12 */
	0x91000400, /* 1: add x0, x0, #1 */
	0xf9000020, /* str x0, [x1] */
	0xf9400022, /* ldr x2, [x1] */
	0xf8208023, /* swp x0, x3, [x1] */
	0xf1000c1f, /* cmp x0, #3 */
	0x54ffff61, /* b.ne 1b */
	0xd503201f, /* nop */
	0x14000000, /* b . */
};
enum {
	LOOP = PROGRAM + 8,
	STORE = PROGRAM + 12,
	LOAD = PROGRAM + 16,
	SWAP = PROGRAM + 20,
	CMP = PROGRAM + 24,
	BNE = PROGRAM + 28,
	END = PROGRAM + 36
};

static struct machine *make(const u32 *program, size_t size, unsigned smp)
{
	struct hyp_config c = { .cpu = "neoverse-n1", .mem = 16 << 20, .el = 2, .smp = smp };
	struct boot boot = { .pc = PROGRAM };
	struct error e = { 0 };
	struct machine *m = machine_create(&c, &e);

	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert(bus_copy_in(&m->bus, (pa_t){ PROGRAM, true }, program, size));
	machine_reset(m, &boot);
	return m;
}

static u64 pc_of(struct machine *m)
{
	struct hyp_core c;

	hyp_core_view(m, 0, &c);
	return c.pc;
}

static struct point at(unsigned what, enum point_space space, u64 address, u64 size)
{
	return (struct point){ .what = (u8)what,
			       .space = (u8)space,
			       .at = address,
			       .size = size,
			       .core = POINT_ANY,
			       .el = POINT_ANY,
			       .vmid = POINT_ANY,
			       .asid = POINT_ANY };
}

static unsigned add(struct machine *m, unsigned what, enum point_space space, u64 address, u64 size)
{
	struct point p = at(what, space, address, size);
	int n = hyp_point_add(m, &p);

	ck_assert_int_ge(n, 0);
	return (unsigned)n;
}

static void nothing(void *ctx, const struct event *e)
{
}

/* Half of the tests run by the engine that shows every instruction. */
static void observe(struct machine *m, struct observer *o, bool traced)
{
	*o = (struct observer){ .mask = 1u << EV_INSN | 1u << EV_MEM, .event = nothing };
	if (traced)
		trace_attach(hyp_tracer(m), o);
}

START_TEST(breakpoint)
{
	struct machine *m = make(loop, sizeof(loop), 1);
	struct observer o;
	unsigned n;

	observe(m, &o, _i);
	ck_assert_int_eq(hyp_run(m, 5).end, HYP_LIMIT); /* decoded and executed before */
	n = add(m, POINT_EXECUTE, POINT_VA, BNE, 4);	/* fused with the comparison in the fast engine */
	for (u64 turn = 1; turn <= 3; turn++) {
		struct hyp_status s = hyp_run(m, 1000);

		ck_assert_int_eq(s.end, HYP_POINT);
		ck_assert_uint_eq(hyp_hit(m)->number, n);
		ck_assert_uint_eq(hyp_hit(m)->core, 0);
		ck_assert_uint_eq(hyp_hit(m)->pc, BNE);
		ck_assert_uint_eq(pc_of(m), BNE);
		ck_assert_uint_eq(s.insns, 2 + 6 * turn - 1);
		ck_assert_uint_eq(m->core[0]->s.r.x[0], turn);
	}
	hyp_point_remove(m, n);
	ck_assert_int_eq(hyp_run(m, 1000).end, HYP_LIMIT);
	ck_assert_uint_eq(pc_of(m), END);
	hyp_destroy(m);
}
END_TEST

/* A place that is reached again without anything executed in between is another visit. */
START_TEST(breakpoint_on_itself)
{
	struct machine *m = make(loop, sizeof(loop), 1);
	struct observer o;

	observe(m, &o, _i);
	add(m, POINT_EXECUTE, POINT_VA, END, 4);
	for (u64 turn = 0; turn < 3; turn++) {
		ck_assert_int_eq(hyp_run(m, 1000).end, HYP_POINT);
		ck_assert_uint_eq(hyp_insns(m), 2 + 3 * 6 + 1 + turn);
	}
	hyp_destroy(m);
}
END_TEST

static const struct watch_case {
	const char *name;
	unsigned what;
	enum point_space space;
	u64 at, size;
	u64 pcs[4]; /* where it stops in turn, ends with 0 */
} watches[] = {
	{ "writes by VA", POINT_WRITE, POINT_VA, DATA, 8, { STORE, SWAP, STORE, 0 } },
	{ "reads", POINT_READ, POINT_VA, DATA, 8, { LOAD, SWAP, LOAD, 0 } },
	{ "both", POINT_READ | POINT_WRITE, POINT_VA, DATA, 1, { STORE, LOAD, SWAP, 0 } },
	{ "the last byte", POINT_WRITE, POINT_VA, DATA + 7, 1, { STORE, SWAP, STORE, 0 } },
	{ "by PA", POINT_WRITE, POINT_PA, DATA + 4, 4, { STORE, SWAP, STORE, 0 } },
	{ "from before", POINT_WRITE, POINT_PA, DATA - 64, 65, { STORE, SWAP, STORE, 0 } },
	{ "the tag byte does not count", POINT_READ, POINT_VA, DATA | 0xab00000000000000, 8, { LOAD, SWAP, LOAD, 0 } },
	{ "beside it", POINT_READ | POINT_WRITE, POINT_VA, DATA + 8, 8, { 0 } },
	{ "by IPA, where stage 2 is off", POINT_WRITE, POINT_IPA, DATA, 8, { 0 } },
};

START_TEST(watchpoint)
{
	const struct watch_case *t = &watches[_i / 2];
	struct machine *m = make(loop, sizeof(loop), 1);
	struct observer o;
	unsigned n;

	observe(m, &o, _i & 1);
	ck_assert_int_eq(hyp_run(m, 5).end, HYP_LIMIT); /* the page has slots */
	ck_assert_int_eq(hyp_run(m, 3).end, HYP_LIMIT);
	n = add(m, t->what, t->space, t->at, t->size);
	m->core[0]->s.pc = LOOP;
	m->core[0]->s.r.x[0] = 0;
	for (unsigned k = 0; t->pcs[k]; k++) {
		ck_assert_msg(hyp_run(m, 1000).end == HYP_POINT, "%s, %u: not stopped", t->name, k);
		ck_assert_msg(pc_of(m) == t->pcs[k] && hyp_hit(m)->pc == t->pcs[k], "%s: at 0x%llx", t->name,
			      (unsigned long long)pc_of(m));
		ck_assert_uint_eq(hyp_hit(m)->number, n);
		ck_assert_uint_eq(hyp_hit(m)->va, DATA);
		ck_assert_uint_eq(hyp_hit(m)->pa, DATA);
		ck_assert_uint_eq(hyp_hit(m)->size, 8);
		ck_assert_uint_eq(hyp_hit(m)->is_write, t->pcs[k] != LOAD);
	}
	hyp_point_remove(m, n);
	ck_assert_int_eq(hyp_run(m, 1000).end, HYP_LIMIT);
	ck_assert_uint_eq(pc_of(m), END);
	ck_assert_uint_eq(m->core[0]->s.r.x[0], 3);
	hyp_destroy(m);
}
END_TEST

/* Only at the named EL, core, VMID, ASID. */
START_TEST(qualified)
{
	struct machine *m = make(loop, sizeof(loop), 1);
	struct point p = at(POINT_EXECUTE, POINT_VA, LOOP, 4);
	s32 *const field[] = { &p.core, &p.el, &p.vmid, &p.asid };
	int n;

	for (unsigned i = 0; i < ARRAY_SIZE(field); i++) {
		p.core = p.el = p.vmid = p.asid = POINT_ANY;
		*field[i] = 1;
		ck_assert_int_ge(hyp_point_add(m, &p), 0);
	}
	ck_assert_int_eq(hyp_run(m, 6).end, HYP_LIMIT);
	p.core = 0;
	p.el = 2;
	p.vmid = p.asid = POINT_ANY;
	n = hyp_point_add(m, &p);
	ck_assert_int_eq(hyp_run(m, 100).end, HYP_POINT);
	ck_assert_int_eq((int)hyp_hit(m)->number, n);
	hyp_destroy(m);
}
END_TEST

START_TEST(points_run_out)
{
	struct machine *m = make(loop, sizeof(loop), 1);
	struct point p = at(POINT_EXECUTE, POINT_VA, 0, 4);

	for (unsigned i = 0; i < POINTS_MAX; i++)
		ck_assert_int_eq(hyp_point_add(m, &p), (int)i);
	ck_assert_int_eq(hyp_point_add(m, &p), -1);
	hyp_point_remove(m, 7);
	hyp_point_remove(m, 7);
	hyp_point_remove(m, POINTS_MAX);
	ck_assert(hyp_point(m, 7) == NULL && hyp_point(m, 8) != NULL && hyp_point(m, POINTS_MAX) == NULL);
	ck_assert_int_eq(hyp_point_add(m, &p), 7);
	hyp_destroy(m);
}
END_TEST

/* ---- steps ---- */

START_TEST(steps)
{
	struct machine *m = make(loop, sizeof(loop), 2);
	u64 insns = 0;

	add(m, POINT_EXECUTE, POINT_VA, PROGRAM, 4); /* where it stands does not count */
	for (unsigned i = 0; i < 5; i++) {
		struct hyp_status s = hyp_step(m, 0, i & 1);

		ck_assert_int_eq(s.end, HYP_LIMIT);
		ck_assert_uint_eq(s.insns, ++insns);
		ck_assert_uint_eq(pc_of(m), PROGRAM + 4 * insns);
	}
	/* A core that is off does not step alone. */
	ck_assert_int_eq(hyp_step(m, 1, true).end, HYP_STOPPED);
	ck_assert_uint_eq(hyp_insns(m), insns);
	hyp_destroy(m);
}
END_TEST

START_TEST(step_meets_a_point)
{
	struct machine *m = make(loop, sizeof(loop), 1);

	ck_assert_int_eq(hyp_run(m, 3).end, HYP_LIMIT);
	add(m, POINT_WRITE, POINT_VA, DATA, 8);
	ck_assert_int_eq(hyp_step(m, 0, _i).end, HYP_POINT);
	ck_assert_uint_eq(pc_of(m), STORE);
	ck_assert_int_eq(hyp_step(m, 0, _i).end, HYP_LIMIT);
	ck_assert_uint_eq(pc_of(m), LOAD);
	hyp_destroy(m);
}
END_TEST

/* ---- registers and memory ---- */

START_TEST(registers)
{
	struct machine *m = make(loop, sizeof(loop), 1);
	u64 v[2] = { 0x0123456789abcdef, 0xfedcba9876543210 }, w[2], value;
	struct hyp_core c;

	hyp_core_view(m, 0, &c);
	c.x[7] = 77;
	c.sp = 0x40008000;
	c.pc = LOOP;
	hyp_core_set(m, 0, &c);
	hyp_vector_set(m, 0, 31, v);
	hyp_vector(m, 0, 31, w);
	ck_assert_mem_eq(v, w, sizeof(v));
	ck_assert(hyp_sysreg(m, 0, SR_SP_EL2, &value));
	ck_assert_uint_eq(value, 0x40008000);
	ck_assert_uint_eq(hyp_pstate(m, 0), 0x3c9);
	ck_assert(hyp_pstate_set(m, 0, 0x600003c4)); /* Z, C; EL1t */
	ck_assert_uint_eq(hyp_pstate(m, 0), 0x600003c4);
	ck_assert(!hyp_pstate_set(m, 0, 0x600003d3)); /* AArch32 */
	ck_assert(!hyp_pstate_set(m, 0, 0x3cd));      /* EL3 is not there */
	hyp_core_view(m, 0, &c);
	ck_assert_uint_eq(c.el, 1);
	ck_assert_uint_eq(c.sp, 0); /* SP_EL0 */
	ck_assert(hyp_sysreg_set(m, 0, SR_SP_EL2, 16));
	ck_assert(hyp_sysreg(m, 0, SR_SP_EL2, &value) && value == 16);
	hyp_destroy(m);
}
END_TEST

/* By name, whatever the core's EL may; without a side effect; as far as the architecture lets itself be written. */
START_TEST(system_registers)
{
	struct machine *m = make(loop, sizeof(loop), 1);
	u64 value;

	ck_assert(hyp_pstate_set(m, 0, 0x3c5)); /* EL1: an access by the core would be UNDEFINED */
	ck_assert(hyp_sysreg_set(m, 0, SR_ICH_LR0_EL2, 1ull << 62 | 27));
	ck_assert(hyp_sysreg(m, 0, SR_ICH_LR0_EL2, &value));
	ck_assert_uint_eq(value, 1ull << 62 | 27);
	ck_assert(hyp_sysreg_set(m, 0, SR_HCR_EL2, ~0ull));
	ck_assert(hyp_sysreg(m, 0, SR_HCR_EL2, &value));
	ck_assert_uint_ne(value, ~0ull);
	ck_assert_uint_ne(value, 0);
	ck_assert(!hyp_sysreg_set(m, 0, SR_MIDR_EL1, 0));
	ck_assert(!hyp_sysreg(m, 0, SR_ICC_IAR1_EL1, &value)); /* would acknowledge */
	ck_assert(hyp_sysreg_exists(m, 0, SR_ICC_IAR1_EL1));
	ck_assert(!hyp_sysreg(m, 0, SR_ICC_SGI1R_EL1, &value)); /* write-only */
	ck_assert(!hyp_sysreg_exists(m, 0, SR_SCR_EL3));
	ck_assert(!hyp_sysreg_exists(m, 0, SR_ICH_LR15_EL2));
	ck_assert(!hyp_sysreg_exists(m, 0, SR_COUNT));
	hyp_destroy(m);
}
END_TEST

START_TEST(memory)
{
	struct machine *m = make(loop, sizeof(loop), 1);
	u8 bytes[64] = { 1, 2, 3, 4 }, back[64] = { 0 };
	u64 top = MAP_RAM_BASE + (16 << 20);
	u32 nop = 0xd503201f;

	for (unsigned space = HYP_SPACE_VA; space <= HYP_SPACE_PA; space++) {
		ck_assert_uint_eq(hyp_memory_write(m, 0, space, DATA + 4090, bytes, sizeof(bytes)), sizeof(bytes));
		ck_assert_uint_eq(hyp_memory_read(m, 0, space, DATA + 4090, back, sizeof(back)), sizeof(back));
		ck_assert_mem_eq(bytes, back, sizeof(back));
		ck_assert_uint_eq(hyp_memory_read(m, 0, space, top, back, 1), 0);
		ck_assert_uint_eq(hyp_memory_read(m, 0, space, top - 4096, back, 64), 64);
		ck_assert_uint_eq(hyp_memory_read(m, 0, space, MAP_UART_BASE, back, 4), 0);
		bytes[0]++;
	}
	/* Code that was executed already. */
	ck_assert_int_eq(hyp_run(m, 5).end, HYP_LIMIT);
	ck_assert_uint_eq(hyp_memory_write(m, 0, HYP_SPACE_VA, BNE, &nop, 4), 4);
	ck_assert_int_eq(hyp_run(m, 20).end, HYP_LIMIT);
	ck_assert_uint_eq(pc_of(m), END);
	ck_assert_uint_eq(m->core[0]->s.r.x[0], 1);
	hyp_destroy(m);
}
END_TEST

/* ---- the same run ---- */

#define INSNS 300000ull

static u64 random_next(u64 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/* Look at all that can be looked at. */
static void look(struct machine *m)
{
	u64 value;
	u8 bytes[64];

	for (unsigned core = 0; core < hyp_core_count(m); core++) {
		struct hyp_core c;

		hyp_core_view(m, core, &c);
		for (unsigned r = 0; r < SR_COUNT; r++)
			if (hyp_sysreg_exists(m, core, r))
				hyp_sysreg(m, core, r, &value);
		for (unsigned space = HYP_SPACE_VA; space <= HYP_SPACE_PA; space++) {
			hyp_memory_read(m, core, space, c.pc, bytes, sizeof(bytes));
			hyp_memory_read(m, core, space, c.sp, bytes, sizeof(bytes));
		}
	}
}

/* Stop at where it was some time before, at accesses near its stack, after steps; with both engines by turns. */
static void run_stopped(struct machine *m, struct observer *o)
{
	u64 seed = 88172645463325252ull, done = 0;
	struct hyp_status s = { .end = HYP_LIMIT };

	while (done < INSNS && (s.end == HYP_LIMIT || s.end == HYP_POINT)) {
		u64 n = random_next(&seed) % 30000 + 1;
		struct hyp_core c;
		unsigned first, second;

		hyp_core_view(m, (unsigned)(random_next(&seed) % hyp_core_count(m)), &c);
		first = add(m, POINT_EXECUTE, POINT_VA, c.pc, 4);
		second = add(m, random_next(&seed) & 1 ? POINT_WRITE : POINT_READ | POINT_WRITE, random_next(&seed) % 3,
			     align_down(c.sp, 4096), 4096);
		if (random_next(&seed) & 1)
			trace_attach(hyp_tracer(m), o);
		s = hyp_run(m, n < INSNS - done ? n : INSNS - done);
		done = s.insns;
		for (unsigned k = 0; k < 3 && done < INSNS && (s.end == HYP_LIMIT || s.end == HYP_POINT); k++) {
			s = hyp_step(m, 0, false);
			done = s.insns;
		}
		trace_detach(hyp_tracer(m), o);
		if (random_next(&seed) % 4 == 0)
			look(m);
		hyp_point_remove(m, first);
		hyp_point_remove(m, second);
	}
}

static const struct {
	const char *rom;
	unsigned smp;
} roms[] = { { "demo", 1 }, { "hello", 1 }, { "errata-g8", 1 } };

START_TEST(stopping_changes_nothing)
{
	struct hyp_config config = { .image = roms[_i].rom, .smp = roms[_i].smp };
	struct observer o = { .mask = 1u << EV_INSN | 1u << EV_MEM, .event = nothing };
	struct error e = { 0 };
	struct machine *whole = hyp_create(&config, &e), *stopped = hyp_create(&config, &e);
	struct hyp_status s, t;

	ck_assert_msg(whole != NULL && stopped != NULL, "%s", e.text);
	run_stopped(stopped, &o);
	t = hyp_run(stopped, 1);
	s = hyp_run(whole, t.insns);
	ck_assert_uint_eq(s.insns, t.insns);
	ck_assert_msg(s.cycles == t.cycles, "%s: %llu cycles, not %llu", roms[_i].rom, (unsigned long long)t.cycles,
		      (unsigned long long)s.cycles);
	ck_assert_msg(hyp_state_hash(whole) == hyp_state_hash(stopped), "%s: another state", roms[_i].rom);
	hyp_destroy(whole);
	hyp_destroy(stopped);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("machine_points");
	TCase *t = tcase_create("points");

	tcase_set_timeout(t, 240);
	tcase_add_loop_test(t, breakpoint, 0, 2);
	tcase_add_loop_test(t, breakpoint_on_itself, 0, 2);
	tcase_add_loop_test(t, watchpoint, 0, 2 * (int)ARRAY_SIZE(watches));
	tcase_add_test(t, qualified);
	tcase_add_test(t, points_run_out);
	tcase_add_test(t, steps);
	tcase_add_loop_test(t, step_meets_a_point, 0, 2);
	tcase_add_test(t, registers);
	tcase_add_test(t, system_registers);
	tcase_add_test(t, memory);
	tcase_add_loop_test(t, stopping_changes_nothing, 0, (int)ARRAY_SIZE(roms));
	suite_add_tcase(s, t);
	return run_suite(s);
}
