/*
 * Differential tests against QEMU: what the driver's files share. harness.S has the same numbers.
 *
 * A batch of test records, with their code, is one image of RAM. It runs in QEMU and in hypscope; then the
 * result records, and memory, are compared.
 */
#ifndef DIFF_H
#define DIFF_H

#include <stdio.h>

#include "base/types.h"
#include "cpu/decode.h"
#include "cpu/features.h"
#include "machine/machine.h"

#define RAM_BASE 0x40000000ull
#define RAM_SIZE (512ull << 20)

/* Physical addresses. */
#define AT_HARNESS 0x40200000ull
#define AT_VECTORS_EL1 0x40201000ull
#define AT_HEAD 0x40280000ull
#define AT_INSN_TABLES 0x40310000ull
#define AT_PATTERN 0x40400000ull
#define AT_TESTS 0x42000000ull
#define AT_RESULTS 0x44000000ull
#define AT_WINDOW 0x48000000ull
#define WINDOW_SIZE 0x6000ull
#define AT_CODE 0x4a000000ull /* a slot per instruction test */
#define SLOT_WORDS 64u

#define BATCH 20000u

enum { FLAG_TLBI = 1, FLAG_WINDOW = 2 };

struct test {
	u64 x[31], sp_el1, sp_el0, pc, spsr;
	u64 sctlr, tcr, ttbr0, ttbr1, mair, hcr, vtcr, vttbr;
	u64 flags, vbar, spsr_el1, elr_el1;
	u64 fpcr, fpsr, cpacr, cptr;
	/* for the driver alone */
	u64 row;  /* index of insn_rows[] */
	u64 code; /* physical address of the instruction */
	u64 pad[11];
	u64 v[32][2];
};
_Static_assert(sizeof(struct test) == 1024, "harness.S");

enum vector { VECTOR_EL1 = 1, VECTOR_EL2 = 2, VECTOR_SELF = 3 };

struct result {
	u64 x[31], sp_el1, sp_el0, spsr, elr, esr, far, hpfar, sum, vector, par;
	u64 fpcr, fpsr, zero, v[32][2];
	u64 pad[20];
};
_Static_assert(sizeof(struct result) == 1024, "harness.S");
#define FIELDS (sizeof(struct result) / 8 - 20) /* what is compared, as 64-bit words */

/* ---- random numbers: the same tests from the same seed, everywhere ---- */
struct rng {
	u64 s;
};
static inline u64 rng_next(struct rng *r)
{
	u64 z = r->s += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}
static inline u64 rng_below(struct rng *r, u64 n)
{
	return (rng_next(r) >> 16) % n;
}
/* True once in n times. */
static inline bool rng_rare(struct rng *r, unsigned n)
{
	return rng_below(r, n) == 0;
}

/* ---- a batch ---- */
struct batch {
	u8 *ram; /* RAM_SIZE bytes, as both machines begin */
	unsigned count;
	struct rng rng;
	const struct cpu_features *feat;
	int only_row; /* or -1 */
	bool simd;    /* only rows of SIMD&FP registers */
	unsigned next_row;
};

static inline void *batch_at(const struct batch *b, u64 pa)
{
	return b->ram + (pa - RAM_BASE);
}
static inline struct test *batch_test(const struct batch *b, unsigned i)
{
	return (struct test *)batch_at(b, AT_TESTS) + i;
}
static inline void poke64(const struct batch *b, u64 pa, u64 value)
{
	*(u64 *)batch_at(b, pa) = value;
}
static inline void poke32(const struct batch *b, u64 pa, u32 value)
{
	*(u32 *)batch_at(b, pa) = value;
}

/* gen_insn.c: fill the batch with random instructions, row by row. */
void gen_insn(struct batch *b);
/* gen_simd.c */
bool is_simd_word(u32 w); /* in the encoding space of SIMD&FP registers */
bool is_chosen(const struct batch *b, unsigned row);
void set_simd_state(struct rng *r, struct test *t, const struct insn_row *row, u32 w);
/* ---- machines.c ---- */
#define ID_COUNT 15u
/* A machine's memory after its run. */
struct side {
	u8 *ram;
	struct machine *machine; /* hypscope */
	char dir[64];		 /* QEMU: where its RAM file lies */
	int pid;
};
/* Copy what a batch fills of RAM. */
void copy_image(u8 *to, const struct batch *b);
/* QEMU runs beside us from start to wait; both say what went wrong and return false. */
bool qemu_start(struct side *s, const struct batch *b, const char *qemu);
bool qemu_wait(struct side *s, unsigned seconds);
/* hypscope, with the ID registers of QEMU's core; `step`: by the step engine. */
bool hypscope_run(struct side *s, const struct batch *b, const u64 ids[ID_COUNT], bool step);
void side_close(struct side *s);
/* What such a core has. */
bool core_features(const u64 ids[ID_COUNT], struct cpu_features *f);

/* ---- rules.c ---- */
struct pair {
	const struct test *t;
	const struct result *hyp, *qemu;
	u32 insn;
	const char *row;
};
struct rule {
	const char *name;    /* as in docs/qemu-differences.md */
	const char *verdict; /* in short */
	/* Gives *q, a copy of QEMU's result, what hypscope has wherever its cause explains the difference. */
	void (*explain)(const struct pair *p, struct result *q);
};
extern const struct rule rules[];
extern const unsigned rule_count;

#endif
