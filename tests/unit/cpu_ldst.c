/*
 * Loads, stores, exclusives and atomics of general-purpose registers, instruction by instruction, in both engines.
 *
 * The memory behind them is a test's: 256 bytes at BASE, byte i being i below 0x40 and 0x80 | i above. What is checked
 * is what the instruction does with it: registers, stored bytes, monitor, and the size and kind of the access asked
 * for.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/decode.h"
#include "cpu/engine.h"
#include "cpu/exec.h"
#include "cpu/features.h"
#include "cpu/exclusive.h"
#include "cpu/pauth.h"
#include "a64_rows.h"
#include "run_suite.h"

#define BASE 0x10000ull
#define MEM_SIZE 0x100u
#define RAM_AT 0x40000000ull
#define MEM_NONE 0

struct change {
	u8 reg; /* 0: none */
	u64 value;
};

struct ldst_case {
	u32 insn;
	const char *text;
	u8 size; /* of the access asked for; 0: none is made */
	u8 flags;
	struct change out[3];
	struct {
		u8 at, bytes;
		u64 value[2];
	} store;
	u8 marked_before, marked_after; /* bytes marked at BASE + 0x40 by the exclusive monitor; 0: open */
};

static const struct ldst_case cases[] = {
#define CASE(...) { __VA_ARGS__ },
#include "cpu_ldst_cases.def"
#undef CASE
};

/* ---- the world around one instruction ---- */

enum world_fault { NO_FAULT, MEMORY_FAULTS, SP_FAULTS, AUTHENTICATION_FAULTS };

static struct {
	_Alignas(4096) u8 mem[4096];
	struct bus bus;
	struct cpu *cpu;
	enum world_fault fault;
	unsigned accesses, size, flags, sp_checks;
	bool faulted, ended;
} w;

static u8 *access_memory(u64 va, unsigned size, unsigned flags)
{
	unsigned total = flags & MEM_PAIR ? 2 * size : size;

	w.accesses++;
	w.size = size;
	w.flags = flags;
	ck_assert_uint_ge(va, BASE);
	ck_assert_uint_le(va + total, BASE + MEM_SIZE);
	return w.fault == MEMORY_FAULTS ? NULL : w.mem + (va - BASE);
}

bool mem_read(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags)
{
	const u8 *p = access_memory(va, size, flags);

	if (!p)
		return false;
	c->data[0] = c->data[1] = 0;
	memcpy(&c->data[0], p, size < 8 ? size : 8);
	if (flags & MEM_PAIR)
		memcpy(&c->data[1], p + size, size);
	else if (size == 16)
		memcpy(&c->data[1], p + 8, 8);
	return true;
}

bool mem_write(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags)
{
	u8 *p = access_memory(va, size, flags);

	if (!p)
		return false;
	memcpy(p, &c->data[0], size);
	if (flags & MEM_PAIR)
		memcpy(p + size, &c->data[1], size);
	return true;
}

bool mem_read_miss(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags)
{
	return mem_read(c, op, va, size, flags);
}

bool mem_write_miss(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags)
{
	return mem_write(c, op, va, size, flags);
}

void *mem_atomic(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags)
{
	return access_memory(va, size, flags);
}

bool mem_translate(struct cpu *c, const struct op *op, const struct mmu_access *a, struct translation *t)
{
	memset(t, 0, sizeof(*t));
	t->pa.v = a->va - BASE + RAM_AT;
	return w.fault != MEMORY_FAULTS;
}

u8 *host_slot(const struct cpu *c, enum slot_table table, u64 va, unsigned alignment, const struct tlb_entry **entry)
{
	return NULL;
}

bool cpu_sp_check(struct cpu *c)
{
	w.sp_checks++;
	return w.fault != SP_FAULTS;
}

/* The tag byte stands for the code: it says whether the key is right, and authentication removes it. */
bool pauth_auth_branch(struct cpu *c, u64 ptr, u64 modifier, enum pauth_key key, u64 *out)
{
	ck_assert_uint_eq(modifier, 0);
	*out = ptr & ones(56);
	return w.fault != AUTHENTICATION_FAULTS && (ptr >> 56 == 0 || ptr >> 56 == key);
}

/* Where the fast engine goes on, and where it goes with a fault. */
#ifdef ENGINE_LOOP
static const struct op *stop(struct cpu *c, const struct op *op)
{
	w.ended = true;
	return NULL;
}
const struct op *engine_fault(struct cpu *c, const struct op *op)
{
	w.faulted = true;
	return NULL;
}
#else
static void stop(struct cpu *c, const struct op *op, u64 acc)
{
	w.ended = true;
}
void engine_fault(struct cpu *c, const struct op *op, u64 acc)
{
	w.faulted = true;
}
#endif

/* Rows of the other tables that this test's table names. */
op_fn fast_unallocated, fast_nop;
step_fn step_unallocated, step_nop;
#ifdef ENGINE_LOOP
const struct op *fast_unallocated(struct cpu *c, const struct op *op)
{
	return engine_fault(c, op);
}
const struct op *fast_nop(struct cpu *c, const struct op *op)
{
	return op + 1;
}
#else
void fast_unallocated(struct cpu *c, const struct op *op, u64 acc)
{
	engine_fault(c, op, acc);
}
void fast_nop(struct cpu *c, const struct op *op, u64 acc)
{
	op[1].fn(c, op + 1, acc);
}
#endif
void step_unallocated(struct cpu *c, const struct op *op)
{
	w.faulted = true;
}
void step_nop(struct cpu *c, const struct op *op)
{
}

static const struct cpu_features all_features = {
	.pauth = true, .lse = true, .lor = true, .lrcpc = true, .lrcpc2 = true
};

static void fill_registers(struct cpu_regs *r)
{
	for (unsigned i = 0; i < 31; i++)
		r->x[i] = (0x1111111111111111ull * (i % 15 + 1)) ^ (u64)i << 60;
	r->x[1] = BASE + 0x40;
	r->x[3] = 8;
	r->x[4] = 0x12345678fffffff8;
	r->x[5] = 0xdeadbeef00000008;
	r->x[8] = 0xc7c6c5c4c3c2c1c0; /* what is at BASE + 0x40 */
	r->x[9] = 0xcfcecdcccbcac9c8;
	r->x[12] = 0x77777777c3c2c1c0; /* the same, as two words */
	r->x[13] = 0x99999999c7c6c5c4;
	r->x[14] = ~r->x[6];
	r->x[15] = r->x[1] | (u64)PAUTH_DA << 56;
	r->x[16] = r->x[1] | (u64)PAUTH_DB << 56;
	r->x[REG_SP] = BASE + 0x60;
}

static void world_reset(unsigned marked)
{
	struct cpu *c = w.cpu;

	for (unsigned i = 0; i < MEM_SIZE; i++)
		w.mem[i] = (u8)(i < 0x40 ? i : 0x80 | i);
	w.bus.ram = w.mem;
	w.bus.ram_base = RAM_AT;
	w.bus.ram_size = sizeof(w.mem);
	memset(c, 0, offsetof(struct cpu, rd));
	memset(c->rd, 0, sizeof(c->rd));
	memset(c->wr, 0, sizeof(c->wr));
	c->feat = all_features;
	c->bus = &w.bus;
	c->s.pc = c->cur_va = BASE;
	fill_registers(&c->s.r);
	if (marked)
		exclusive_mark(c, RAM_AT + 0x40, marked);
	w.fault = NO_FAULT;
	w.accesses = w.size = w.flags = w.sp_checks = 0;
	w.faulted = w.ended = false;
}

enum engine { STEP, FAST_MISS, FAST_HIT, ENGINES };
static const char *const engine_names[] = { "step", "fast, no slot", "fast, slot" };

static void map_slots(struct cpu *c)
{
	for (unsigned i = 0; i < HOST_SLOTS_RD; i++) {
		struct host_slot slot = { .tag = BASE, .addend = (u64)(uintptr_t)w.mem - BASE };

		c->rd[i] = slot;
		if (i < HOST_SLOTS_WR)
			c->wr[i] = slot;
	}
}

static void execute(u32 insn, enum engine e)
{
	struct op ops[2] = { 0 };
	struct cpu *c = w.cpu;
	unsigned row = decode(&all_features, insn, &ops[0]);

	ops[1].fn = stop;
	c->cur_ops = ops;
	if (e == STEP) {
		insn_rows[row].step(c, &ops[0]);
		return;
	}
	if (e == FAST_HIT)
		map_slots(c);
#ifdef ENGINE_LOOP
	for (const struct op *op = ops; op;)
		op = op->fn(c, op);
#else
	ops[0].fn(c, &ops[0], 0);
#endif
	ck_assert_msg(w.ended != w.faulted, "%#x: an exec neither ended nor faulted", insn);
}

/* ---- checks ---- */

static void check_registers(const struct ldst_case *t, const char *engine)
{
	struct cpu_regs want = { 0 };

	fill_registers(&want);
	for (unsigned i = 0; t && i < ARRAY_SIZE(t->out) && t->out[i].reg; i++)
		want.x[t->out[i].reg] = t->out[i].value;
	for (unsigned i = 0; i < REG_COUNT; i++) {
		if (i != REG_SINK)
			ck_assert_msg(w.cpu->s.r.x[i] == want.x[i], "%s (%s): x%u is %#lx, not %#lx", t ? t->text : "",
				      engine, i, w.cpu->s.r.x[i], want.x[i]);
	}
}

static void check_memory(const struct ldst_case *t, const char *engine)
{
	for (unsigned i = 0; i < MEM_SIZE; i++) {
		u8 want = (u8)(i < 0x40 ? i : 0x80 | i);
		unsigned k = i - t->store.at;

		if (i >= t->store.at && k < t->store.bytes)
			want = (u8)(t->store.value[k / 8] >> 8 * (k % 8));
		ck_assert_msg(w.mem[i] == want, "%s (%s): byte %#x is %#x, not %#x", t->text, engine, i, w.mem[i],
			      want);
	}
}

static void check_monitor(const struct ldst_case *t, const char *engine, unsigned marked)
{
	const struct cpu_state *s = &w.cpu->s;

	ck_assert_msg(s->excl_valid == (marked != 0), "%s (%s): monitor %d", t->text, engine, s->excl_valid);
	if (!marked)
		return;
	ck_assert_msg(s->excl_pa == RAM_AT + 0x40, "%s (%s): marked %#lx", t->text, engine, s->excl_pa);
	ck_assert_msg(s->excl_size == marked, "%s (%s): marked %u bytes", t->text, engine, s->excl_size);
}

START_TEST(instruction)
{
	const struct ldst_case *t = &cases[_i];

	for (enum engine e = STEP; e < ENGINES; e++) {
		world_reset(t->marked_before);
		execute(t->insn, e);
		ck_assert_msg(!w.faulted, "%s (%s) faults", t->text, engine_names[e]);
		check_registers(t, engine_names[e]);
		check_memory(t, engine_names[e]);
		check_monitor(t, engine_names[e], t->marked_after);
		if (e == FAST_HIT)
			continue;
		ck_assert_msg(w.accesses == (t->size != 0) && w.size == t->size && w.flags == t->flags,
			      "%s (%s): %u accesses, of %u bytes, flags %#x", t->text, engine_names[e], w.accesses,
			      w.size, w.flags);
	}
}
END_TEST

/* An access that faults leaves registers, memory and monitor as they were: no writeback, no half of a pair. */
START_TEST(fault_changes_nothing)
{
	const struct ldst_case *t = &cases[_i];
	struct ldst_case nothing = { .text = t->text };

	if (t->size == 0)
		return;
	for (enum engine e = STEP; e < FAST_HIT; e++) {
		world_reset(t->marked_before);
		w.fault = MEMORY_FAULTS;
		execute(t->insn, e);
		ck_assert_msg(e == STEP || w.faulted, "%s does not fault", t->text);
		check_registers(&nothing, engine_names[e]);
		check_memory(&nothing, engine_names[e]);
		check_monitor(&nothing, engine_names[e], t->marked_before);
	}
}
END_TEST

static bool has_base(u32 insn)
{
	return (insn & 0x3b000000) != 0x18000000; /* all but literals */
}

/* A misaligned SP as base is checked before anything else, but by a prefetch, which ignores it. */
START_TEST(sp_alignment)
{
	const struct ldst_case *t = &cases[_i];
	struct cpu_regs want;

	if (!has_base(t->insn))
		return;
	for (enum engine e = STEP; e < ENGINES; e++) {
		world_reset(t->marked_before);
		w.fault = SP_FAULTS;
		w.cpu->s.r.x[REG_SP] += 8;
		want = w.cpu->s.r;
		execute(t->insn | 31 << 5, e);
		ck_assert_msg(w.sp_checks == (t->size != 0) && w.accesses == 0, "%s (%s): %u checks", t->text,
			      engine_names[e], w.sp_checks);
		want.x[REG_SINK] = w.cpu->s.r.x[REG_SINK];
		ck_assert_mem_eq(&want, &w.cpu->s.r, sizeof(want));
	}
}
END_TEST

START_TEST(every_row_has_a_case)
{
	bool seen[ROW_COUNT] = { [ROW_unallocated] = true };
	struct op op;

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++)
		seen[decode(&all_features, cases[i].insn, &op)] = true;
	for (unsigned i = 0; i < ROW_COUNT; i++)
		ck_assert_msg(seen[i], "no case for row %s", insn_rows[i].name);
}
END_TEST

/* Every word that the architecture leaves unallocated within this space, by one example of each reason. */
static const struct {
	u32 insn;
	const char *why;
} unallocated[] = {
	{ 0x48207c00 | 1 << 16, "casp with odd Xs" },
	{ 0x48207c01, "casp with odd Xt" },
	{ 0x48207800, "casp with Rt2 not 31" },
	{ 0xc8a07800, "cas with Rt2 not 31" },
	{ 0xb9c00000 | 0x40000000, "opc 11 with a 64-bit size" },
	{ 0xb9c00000, "opc 11 with a 32-bit size" },
	{ 0xb8c00000, "unscaled opc 11 with a 32-bit size" },
	{ 0xf8c00000, "unscaled opc 11 with a 64-bit size" },
	{ 0xf8800400, "post-indexed prefetch" },
	{ 0xf8800800, "unprivileged prefetch" },
	{ 0xf8800c00, "pre-indexed prefetch" },
	{ 0xf8600800, "register offset with option 000" },
	{ 0xf8602800, "register offset with option 001" },
	{ 0xf8608800, "register offset with option 100" },
	{ 0xf860a800, "register offset with option 101" },
	{ 0x68000000, "stnp with opc 01" },
	{ 0x68400000, "ldnp with opc 01" },
	{ 0x69000000, "stp with opc 01 (stgp)" },
	{ 0xe9400000, "ldp with opc 11" },
	{ 0x99c00000, "ldapursw to a W register" },
	{ 0xd9800000, "ldapur with size 11, opc 10" },
	{ 0xd9c00000, "ldapur with size 11, opc 11" },
	{ 0xd9000400, "stlur with bits 11:10 not zero" },
	{ 0xf83f9000, "st64b" },
	{ 0xf83fd000, "ld64b" },
	{ 0xf8209000, "o3 1 with opc 001" },
	{ 0xf820c000, "ldapr with A 0" },
	{ 0xf8e0c000, "ldapr with R 1" },
	{ 0xd9600800, "ldg" },
	{ 0x19000400, "cpyfp" },
};

START_TEST(unallocated_word)
{
	struct op op;
	unsigned row = decode(&all_features, unallocated[_i].insn, &op);

	ck_assert_msg(row == ROW_unallocated, "%s: %#x is %s", unallocated[_i].why, unallocated[_i].insn,
		      insn_rows[row].name);
}
END_TEST

/* Without the feature that a row names, its words are unallocated. */
START_TEST(features_gate)
{
	static const struct cpu_features none;
	struct op op;

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned row = decode(&all_features, cases[i].insn, &op);
		unsigned expect = insn_rows[row].feature == FEATURE_BASE ? row : ROW_unallocated;

		ck_assert_msg(decode(&none, cases[i].insn, &op) == expect, "%s without features", cases[i].text);
	}
	ck_assert_uint_ne(insn_rows[ROW_ldadd_x].feature, FEATURE_BASE);
	ck_assert_uint_ne(insn_rows[ROW_cas_x].feature, FEATURE_BASE);
	ck_assert_uint_ne(insn_rows[ROW_ldapr_x].feature, FEATURE_BASE);
	ck_assert_uint_ne(insn_rows[ROW_ldapur_x].feature, FEATURE_BASE);
	ck_assert_uint_ne(insn_rows[ROW_ldlar_x].feature, FEATURE_BASE);
}
END_TEST

/* A monitor set through one engine is honoured by the other, and only by the same address and size. */
START_TEST(exclusive_across_engines)
{
	for (enum engine first = STEP; first < ENGINES; first++) {
		for (enum engine second = STEP; second < ENGINES; second++) {
			world_reset(0);
			execute(0xc85f7c22, first);  /* ldxr x2, [x1] */
			execute(0xc8027c26, second); /* stxr w2, x6, [x1] */
			ck_assert_uint_eq(w.cpu->s.r.x[2], 0);
			execute(0xc8027c26, second);
			ck_assert_uint_eq(w.cpu->s.r.x[2], 1);
			execute(0xc85f7c22, first);
			w.cpu->s.r.x[1] += 8;
			execute(0xc8027c26, second);
			ck_assert_uint_eq(w.cpu->s.r.x[2], 1);
			ck_assert(!w.cpu->s.excl_valid);
		}
	}
}
END_TEST

/* A pointer that does not authenticate is not used. */
START_TEST(authentication_failure)
{
	static const u32 insns[] = { 0xf82005e2, 0xf8a00602, 0xf8200de2, 0xf8a00e02 };

	for (unsigned i = 0; i < ARRAY_SIZE(insns); i++) {
		world_reset(0);
		w.fault = AUTHENTICATION_FAULTS;
		execute(insns[i], FAST_MISS);
		ck_assert(w.faulted && w.accesses == 0);
		check_registers(NULL, "fast, no slot");
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cpu_ldst");
	TCase *tc = tcase_create("instructions");
	int failed;

	w.cpu = malloc(sizeof(*w.cpu));
	tcase_add_loop_test(tc, instruction, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tc, fault_changes_nothing, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tc, sp_alignment, 0, ARRAY_SIZE(cases));
	tcase_add_loop_test(tc, unallocated_word, 0, ARRAY_SIZE(unallocated));
	tcase_add_test(tc, every_row_has_a_case);
	tcase_add_test(tc, features_gate);
	tcase_add_test(tc, exclusive_across_engines);
	tcase_add_test(tc, authentication_failure);
	suite_add_tcase(suite, tc);
	failed = run_suite_here(suite);
	free(w.cpu);
	return failed;
}
