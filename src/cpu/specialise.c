#include "cpu/specialise.h"

#include "cpu/a64_rows.h"
#include "cpu/decode.h"
#include "cpu/engine.h"

#define NEAR_ROWS(F) F(b) F(bl) F(cbz_w) F(cbz_x) F(cbnz_w) F(cbnz_x) F(tbz) F(tbnz)
#define NEAR_CONDITIONS(F) \
	F(0, eq) F(1, ne) F(2, hs) F(3, lo) F(4, mi) F(5, pl) F(6, vs) F(7, vc) F(8, hi) F(9, ls) F(10, ge) F(11, lt) \
	F(12, gt) F(13, le) F(14, al) F(15, al)

#define DECLARE(name) op_fn fast_##name##_near;
NEAR_ROWS(DECLARE)
#define fast_b_al_near fast_b_near
#define DECLARE_COND(n, cc) op_fn fast_b_##cc##_near;
NEAR_CONDITIONS(DECLARE_COND)

static op_fn *near_form(const struct op *op, unsigned row)
{
#define COND(n, cc) [n] = fast_b_##cc##_near,
	static op_fn *const conditions[16] = { NEAR_CONDITIONS(COND) };

	switch (row) {
#define ROW(name) \
	case ROW_##name: return fast_##name##_near;
		NEAR_ROWS(ROW)
	case ROW_b_cond:
	case ROW_bc_cond: return conditions[op->a];
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
