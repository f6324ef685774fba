/* Faster forms of decoded ops, chosen when a page is decoded. The semantics stay those of the row. */
#ifndef CPU_SPECIALISE_H
#define CPU_SPECIALISE_H

#include "cpu/cpu.h"

/* Direct branches that have a form for targets within the page: rows, and conditions. */
#define NEAR_ROWS(F) F(b) F(bl) F(cbz_w) F(cbz_x) F(cbnz_w) F(cbnz_x) F(tbz) F(tbnz)
#define NEAR_CONDITIONS(F)                                                                                             \
	F(0, eq)                                                                                                       \
	F(1, ne)                                                                                                       \
	F(2, hs) F(3, lo) F(4, mi) F(5, pl) F(6, vs) F(7, vc) F(8, hi) F(9, ls) F(10, ge) F(11, lt) F(12, gt)          \
		F(13, le)
#define DECLARE_NEAR(name) op_fn fast_##name##_near;
NEAR_ROWS(DECLARE_NEAR)
#define DECLARE_COND(n, cc) op_fn fast_b_##cc##_near;
NEAR_CONDITIONS(DECLARE_COND)

/* `index` is the op's place in its page. */
void specialise(struct op *op, unsigned row, unsigned index);
/* Whether a direct branch at `index`, if taken, stays within its page (and so looks nothing up). */
bool specialise_is_near(const struct op *op, unsigned row, unsigned index);

#endif
