/*
 * Pairs: a simple instruction and the one behind it, as one op of the fast engine: one jump less that the host must
 * predict, which is what code that is seldom run costs most. Both keep their own ops (see exec_fused.c).
 */
#include "cpu/a64_rows.h"
#include "cpu/exec_alu.h"
#include "cpu/specialise.h"

/* The instructions' own text once more, as functions to be inlined: do_name(). */
#pragma push_macro("EXEC")
#pragma push_macro("NEXT")
#undef EXEC
#undef NEXT
#define EXEC(name) static inline __attribute__((unused)) void do_##name(struct cpu *cpu, const struct op *op)
#define NEXT return
#define EXEC_INLINE
#include "cpu/exec_dp_imm.c"
#include "cpu/exec_dp_reg.c"
#pragma pop_macro("EXEC")
#pragma pop_macro("NEXT")

/* Those that may come first: they do not touch memory, flags, or time. F(name, ...). */
#define SIMPLE(F, ...)                                                                                                 \
	F(mov_x, ##__VA_ARGS__)                                                                                        \
	F(mov_w, ##__VA_ARGS__)                                                                                        \
	F(mov_imm, ##__VA_ARGS__)                                                                                      \
	F(movk_x, ##__VA_ARGS__)                                                                                       \
	F(adrp, ##__VA_ARGS__)                                                                                         \
	F(add_imm_x, ##__VA_ARGS__)                                                                                    \
	F(add_imm_w, ##__VA_ARGS__)                                                                                    \
	F(sub_imm_x, ##__VA_ARGS__)                                                                                    \
	F(and_imm_x, ##__VA_ARGS__)                                                                                    \
	F(and_imm_w, ##__VA_ARGS__)                                                                                    \
	F(ubfm_x, ##__VA_ARGS__)                                                                                       \
	F(lsl_imm_x, ##__VA_ARGS__)                                                                                    \
	F(add_x, ##__VA_ARGS__)                                                                                        \
	F(sub_x, ##__VA_ARGS__)                                                                                        \
	F(and_x, ##__VA_ARGS__)                                                                                        \
	F(orr_x, ##__VA_ARGS__)                                                                                        \
	F(eor_x, ##__VA_ARGS__)                                                                                        \
	F(add_lsl_x, ##__VA_ARGS__)                                                                                    \
	F(sub_lsl_x, ##__VA_ARGS__)                                                                                    \
	F(orr_lsl_x, ##__VA_ARGS__)                                                                                    \
	F(eor_lsl_x, ##__VA_ARGS__)
/* Those that may come second only: the first goes straight on to their op. */
#define LAST(F, ...)                                                                                                   \
	F(ldr_x_imm, ##__VA_ARGS__)                                                                                    \
	F(ldr_w_imm, ##__VA_ARGS__)                                                                                    \
	F(str_x_imm, ##__VA_ARGS__)                                                                                    \
	F(ldp_x_imm, ##__VA_ARGS__)                                                                                    \
	F(stp_x_imm, ##__VA_ARGS__)                                                                                    \
	F(b_near, ##__VA_ARGS__)                                                                                       \
	F(bl_near, ##__VA_ARGS__)                                                                                      \
	F(bl, ##__VA_ARGS__)                                                                                           \
	F(ret, ##__VA_ARGS__)                                                                                          \
	F(cbz_x_near, ##__VA_ARGS__)                                                                                   \
	F(cbnz_x_near, ##__VA_ARGS__)                                                                                  \
	F(cbz_w_near, ##__VA_ARGS__)                                                                                   \
	F(cbnz_w_near, ##__VA_ARGS__)

/* A list within the list: no macro is expanded within itself, so the inner one waits for AGAIN to look once more. */
#define AGAIN(...) __VA_ARGS__
#define NOTHING
#define SIMPLE_NAME() SIMPLE
#define SIMPLE_WITHIN SIMPLE_NAME NOTHING()

#define NAME(name, ...) PAIR_##name,
enum { SIMPLE(NAME) SIMPLE_COUNT, PAIR_none = SIMPLE_COUNT };

#define PAIR(second, first)                                                                                            \
	static EXEC(first##_##second)                                                                                  \
	{                                                                                                              \
		do_##first(cpu, op);                                                                                   \
		op++;                                                                                                  \
		do_##second(cpu, op);                                                                                  \
		NEXT;                                                                                                  \
	}
#define PAIRS_OF(first) SIMPLE_WITHIN(PAIR, first)
AGAIN(SIMPLE(PAIRS_OF))
#define PAIR_LAST(second, first)                                                                                       \
	static EXEC(first##_then_##second)                                                                             \
	{                                                                                                              \
		do_##first(cpu, op);                                                                                   \
		op++;                                                                                                  \
		CALL(fast_##second);                                                                                   \
	}
#define LAST_OF(first) LAST(PAIR_LAST, first)
SIMPLE(LAST_OF)

#define ENTRY(second, first) fast_##first##_##second,
#define ENTRIES(first) { SIMPLE_WITHIN(ENTRY, first) },
static op_fn *const pairs[SIMPLE_COUNT][SIMPLE_COUNT] = { AGAIN(SIMPLE(ENTRIES)) };
#define LAST_ENTRY(second, first) fast_##first##_then_##second,
#define LAST_ENTRIES(first) { LAST(LAST_ENTRY, first) },
#define LAST_NAME(name) fast_##name,
static op_fn *const last[] = { LAST(LAST_NAME) };
#define LAST_COUNT (sizeof(last) / sizeof(last[0]))
static op_fn *const last_pairs[SIMPLE_COUNT][LAST_COUNT] = { SIMPLE(LAST_ENTRIES) };

static unsigned simple_of(unsigned row)
{
#define ROW_OF(name, ...)                                                                                              \
	case ROW_##name:                                                                                               \
		return PAIR_##name;
#define ROW_mov_imm ROW_movz_x
	switch (row) {
		SIMPLE(ROW_OF)
	case ROW_movz_w:
	case ROW_movn_w:
	case ROW_movn_x:
	case ROW_movb_w:
	case ROW_movb_x: return PAIR_mov_imm;
	default: return PAIR_none;
	}
#undef ROW_mov_imm
}

void specialise_simple(struct op *ops, unsigned row0, unsigned row1)
{
	unsigned first = simple_of(row0), second = simple_of(row1);

	if (first == PAIR_none)
		return;
	if (second != PAIR_none)
		ops[0].fn = pairs[first][second];
	for (unsigned i = 0; i < LAST_COUNT; i++)
		if (ops[1].fn == last[i])
			ops[0].fn = last_pairs[first][i];
}
