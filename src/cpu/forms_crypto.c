/* Operands of the cryptographic instructions: the forms named in a64_crypto.decode. */
#include "cpu/forms.h"
#include "cpu/a64_rows.h"

/* Rd, Rn, Rm, all V registers (Rm is fixed bits where an instruction has two operands) */
bool form_v_dnm(struct op *op, u32 insn)
{
	op->d = reg_read(insn, 0);
	op->n = reg_read(insn, 5);
	op->m = reg_read(insn, 16);
	return true;
}

/* Four registers */
bool form_v_dnma(struct op *op, u32 insn)
{
	op->a = reg_read(insn, 10);
	return form_v_dnm(op, insn);
}

/* XAR: the amount to rotate right by */
bool form_v_xar(struct op *op, u32 insn)
{
	op->a = (u8)bits(insn, 15, 10);
	return form_v_dnm(op, insn);
}

/* SM3TT*: the lane of Vm */
bool form_v_lane_4s(struct op *op, u32 insn)
{
	op->a = (u8)bits(insn, 13, 12);
	return form_v_dnm(op, insn);
}
