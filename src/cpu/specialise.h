/* Faster forms of decoded ops, chosen when a page is decoded. The semantics stay those of the row. */
#ifndef CPU_SPECIALISE_H
#define CPU_SPECIALISE_H

#include "cpu/exec.h"

/* Direct branches that have a form for targets within the page; B.cond has one for each condition. */
#define NEAR_ROWS(F) F(b) F(bl) F(cbz_w) F(cbz_x) F(cbnz_w) F(cbnz_x) F(tbz) F(tbnz)
#define DECLARE_NEAR(name) op_fn fast_##name##_near;
NEAR_ROWS(DECLARE_NEAR)
#define DECLARE_COND(n, cc, holds) op_fn fast_b_##cc##_near;
CONDITIONS(DECLARE_COND)

/* Conditional operations that have a form for each condition (exec_dp_reg.c). */
#define SELECT_ROWS(F) F(csel_x) F(csel_w) F(csinc_x) F(csinc_w) F(csinv_x) F(csinv_w) F(csneg_x) F(csneg_w)
#define CCMP_ROWS(F) F(ccmp_reg_x) F(ccmp_reg_w) F(ccmp_imm_x) F(ccmp_imm_w)
#define CCMN_ROWS(F) F(ccmn_reg_x) F(ccmn_reg_w) F(ccmn_imm_x) F(ccmn_imm_w)
#define CONDITIONAL_ROWS(F) SELECT_ROWS(F) CCMP_ROWS(F) CCMN_ROWS(F)
#define DECLARE_FORMS(name) extern op_fn *const name##_forms[16];
CONDITIONAL_ROWS(DECLARE_FORMS)

/* MRS and MSR of what EL2 reaches unchecked: the register's number is in imm[63:32]. */
op_fn fast_mrs_plain, fast_msr_plain;

/* Comparisons that go together with a B.cond.near behind them (exec_fused.c): by row, then condition. */
#define FUSED_ROWS(F) F(subs_imm_x) F(subs_imm_w) F(subs_x) F(subs_w) F(ands_imm_x) F(ands_imm_w)
#define DECLARE_FUSED(name) extern op_fn *const name##_b_forms[16];
FUSED_ROWS(DECLARE_FUSED)

/* `index` is the op's place in its page. */
void specialise(struct op *op, unsigned row, unsigned index);
/* Let the op at ops[0] do the work of ops[1] too, where a pair has a fused form; ops[1] stays as it is. */
void specialise_pair(struct op *ops, unsigned row0, unsigned row1);
/* The same for a simple instruction and one that needs not be (exec_pairs.c): the last choice, when ops[1] is final. */
void specialise_simple(struct op *ops, unsigned row0, unsigned row1);
/* Pairs of X registers at ascending addresses, run by one op (exec_ldst_pair.c): op.m of them. */
#define RUN_MAX 16
op_fn fast_stp_x_imm_run, fast_ldp_x_imm_run;
/* Let the op at ops[0] do the work of those behind it, too, which were asked before; they stay as they are. */
void specialise_run(struct op *ops);
static inline bool specialise_is_run(const struct op *op)
{
	return op->fn == fast_stp_x_imm_run || op->fn == fast_ldp_x_imm_run;
}

/* Whether a direct branch at `index`, if taken, stays within its page (and so looks nothing up). */
bool specialise_is_near(const struct op *op, unsigned row, unsigned index);

#endif
