#include "cpu/specialise.h"

#include "cpu/a64_rows.h"
#include "cpu/decode.h"
#include "cpu/engine.h"

static op_fn *near_form(const struct op *op, unsigned row)
{
#define COND(n, cc, holds) [n] = fast_b_##cc##_near,
	static op_fn *const conditions[16] = { CONDITIONS(COND)[14] = fast_b_near, [15] = fast_b_near };

	switch (row) {
#define ROW(name)                                                                                                      \
	case ROW_##name: return fast_##name##_near;
		NEAR_ROWS(ROW)
	case ROW_b_cond: return conditions[op->a];
	default: return NULL;
	}
}

bool specialise_is_near(const struct op *op, unsigned row, unsigned index)
{
	s64 target = (s64)index + (s64)op->imm / 4;

	return near_form(op, row) && target >= 0 && target < CODE_PAGE_OPS;
}

static op_fn *conditional_form(const struct op *op, unsigned row)
{
	switch (row) {
#define ROW_FORMS(name)                                                                                                \
	case ROW_##name: return name##_forms[op->a];
		CONDITIONAL_ROWS(ROW_FORMS)
	default: return NULL;
	}
}

static void plain_sysreg(struct op *op, bool is_write)
{
	enum sysreg r = sysreg_plain_at_el2((u32)op->imm, is_write);

	if (r == SR_COUNT)
		return;
	op->imm |= (u64)r << 32;
	op->fn = is_write ? fast_msr_plain : fast_mrs_plain;
}

void specialise(struct op *op, unsigned row, unsigned index)
{
	op_fn *form = conditional_form(op, row);

	if (form)
		op->fn = form;
	if (row == ROW_mrs || row == ROW_msr)
		plain_sysreg(op, row == ROW_msr);
	if (!specialise_is_near(op, row, index))
		return;
	op->fn = near_form(op, row);
	op->imm = (u64)((s64)op->imm / 4);
}

void specialise_pair(struct op *ops, unsigned row0, unsigned row1)
{
	/* Only the near form of B.cond has its function replaced; AL and NV are not worth a fused form. */
	if (row1 != ROW_b_cond || ops[1].fn == fast_b_cond || ops[1].a >= 14)
		return;
	switch (row0) {
#define ROW_FUSED(name)                                                                                                \
	case ROW_##name: ops[0].fn = name##_b_forms[ops[1].a]; break;
		FUSED_ROWS(ROW_FUSED)
	default: break;
	}
}

static bool goes_on(const struct op *op, op_fn *single, op_fn *run)
{
	const struct op *next = op + 1;

	return op->fn == single && (next->fn == single || next->fn == run) && next->n == op->n &&
	       next->imm == op->imm + 16;
}

static void join(struct op *op, op_fn *run)
{
	unsigned rest = op[1].fn == run ? op[1].m : 1;

	op->fn = run;
	op->m = (u8)(rest < RUN_MAX ? rest + 1 : RUN_MAX);
}

void specialise_run(struct op *ops)
{
	if (goes_on(ops, fast_stp_x_imm, fast_stp_x_imm_run))
		join(ops, fast_stp_x_imm_run);
	else if (goes_on(ops, fast_ldp_x_imm, fast_ldp_x_imm_run) && ops->d != ops->n && ops->a != ops->n)
		join(ops, fast_ldp_x_imm_run);
}
