/* Data processing with an immediate. Arm ARM C4.1.92. Operands are as forms.c leaves them. */
#include "cpu/exec_alu.h"

#include "cpu/a64_rows.h"

EXEC(adr)
{
	X(d) = PC + op->imm;
	NEXT;
}

EXEC(adrp)
{
	X(d) = (PC & ~0xfffull) + op->imm;
	NEXT;
}

/* ---- add, subtract ---- */

EXEC(add_imm_x)
{
	X(d) = X(n) + op->imm;
	NEXT;
}

EXEC(add_imm_w)
{
	X(d) = (u32)(X(n) + op->imm);
	NEXT;
}

EXEC(sub_imm_x)
{
	X(d) = X(n) - op->imm;
	NEXT;
}

EXEC(sub_imm_w)
{
	X(d) = (u32)(X(n) - op->imm);
	NEXT;
}

EXEC(adds_imm_x)
{
	X(d) = adds64(cpu, X(n), op->imm);
	NEXT;
}

EXEC(adds_imm_w)
{
	X(d) = adds32(cpu, W(n), (u32)op->imm);
	NEXT;
}

EXEC(subs_imm_x)
{
	X(d) = subs64(cpu, X(n), op->imm);
	NEXT;
}

EXEC(subs_imm_w)
{
	X(d) = subs32(cpu, W(n), (u32)op->imm);
	NEXT;
}

/* ---- FEAT_CSSC: minimum, maximum ---- */

#define PICK(name, T, U, relation)                                                                                     \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		T a = (T)X(n), b = (T)op->imm;                                                                         \
		X(d) = (U)(a relation b ? a : b);                                                                      \
		NEXT;                                                                                                  \
	}
PICK(smax_imm_x, s64, u64, >)
PICK(smax_imm_w, s32, u32, >)
PICK(umax_imm_x, u64, u64, >)
PICK(umax_imm_w, u32, u32, >)
PICK(smin_imm_x, s64, u64, <)
PICK(smin_imm_w, s32, u32, <)
PICK(umin_imm_x, u64, u64, <)
PICK(umin_imm_w, u32, u32, <)

/* ---- logical: op->imm is the mask, 32 bits wide in the w rows ---- */

EXEC(and_imm_x)
{
	X(d) = X(n) & op->imm;
	NEXT;
}

EXEC(and_imm_w)
{
	X(d) = X(n) & op->imm;
	NEXT;
}

EXEC(orr_imm_x)
{
	X(d) = X(n) | op->imm;
	NEXT;
}

EXEC(orr_imm_w)
{
	X(d) = W(n) | op->imm;
	NEXT;
}

EXEC(eor_imm_x)
{
	X(d) = X(n) ^ op->imm;
	NEXT;
}

EXEC(eor_imm_w)
{
	X(d) = W(n) ^ op->imm;
	NEXT;
}

EXEC(ands_imm_x)
{
	X(d) = logic64(cpu, X(n) & op->imm);
	NEXT;
}

EXEC(ands_imm_w)
{
	X(d) = logic32(cpu, W(n) & (u32)op->imm);
	NEXT;
}

/* ---- move ---- */

EXEC(mov_imm)
{
	X(d) = op->imm;
	NEXT;
}

EXEC(movk_x)
{
	X(d) = (X(d) & ~(0xffffull << op->a)) | op->imm;
	NEXT;
}

EXEC(movk_w)
{
	X(d) = (W(d) & ~(0xffffu << op->a)) | op->imm;
	NEXT;
}

/* ---- bit fields: see form_bitfield, form_bfm ---- */

EXEC(ubfm_x)
{
	X(d) = X(n) << op->a >> op->imm;
	NEXT;
}

EXEC(ubfm_w)
{
	X(d) = X(n) << op->a >> op->imm;
	NEXT;
}

EXEC(sbfm_x)
{
	X(d) = (u64)((s64)(X(n) << op->a) >> op->imm);
	NEXT;
}

EXEC(sbfm_w)
{
	X(d) = (u32)((s64)(X(n) << op->a) >> op->imm);
	NEXT;
}

EXEC(lsl_imm_x)
{
	X(d) = X(n) << op->a;
	NEXT;
}

EXEC(lsl_imm_w)
{
	X(d) = (u32)(X(n) << op->a);
	NEXT;
}

EXEC(bfm_x)
{
	u64 rotated = X(n) >> op->a | X(n) << (-op->a & 63);

	X(d) = (X(d) & ~op->imm) | (rotated & op->imm);
	NEXT;
}

EXEC(bfm_w)
{
	u32 rotated = W(n) >> op->a | W(n) << (-op->a & 31);

	X(d) = (W(d) & ~op->imm) | (rotated & op->imm);
	NEXT;
}

/* The first shift in two steps: it may be by 64. */
EXEC(extr_x)
{
	X(d) = X(m) >> op->a | X(n) << 1 << (63 - op->a);
	NEXT;
}

EXEC(extr_w)
{
	X(d) = (u32)((X(n) << 32 | W(m)) >> op->a);
	NEXT;
}
