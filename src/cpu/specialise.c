#include "cpu/specialise.h"

#include "cpu/a64_rows.h"
#include "cpu/decode.h"
#include "cpu/engine.h"

static op_fn *near_form(const struct op *op, unsigned row)
{
#define COND(n, cc) [n] = fast_b_##cc##_near,
	static op_fn *const conditions[16] = { NEAR_CONDITIONS(COND)[14] = fast_b_near, [15] = fast_b_near };

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

void specialise(struct op *op, unsigned row, unsigned index)
{
	if (!specialise_is_near(op, row, index))
		return;
	op->fn = near_form(op, row);
	op->imm = (u64)((s64)op->imm / 4);
}
