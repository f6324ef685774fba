/* Operands of scalar floating-point instructions (Arm ARM C4.1.96). Numbers of V registers need no resolving. */
#include "cpu/decode.h"

#include "cpu/a64_rows.h"
#include "cpu/forms.h"
#include "cpu/fp_soft.h"

static u8 v_reg(u32 insn, unsigned lsb)
{
	return (u8)bits(insn, lsb + 4, lsb);
}

bool form_fp_dn(struct op *op, u32 insn)
{
	op->d = v_reg(insn, 0);
	op->n = v_reg(insn, 5);
	return true;
}

bool form_fp_nm(struct op *op, u32 insn)
{
	op->n = v_reg(insn, 5);
	op->m = v_reg(insn, 16);
	return true;
}

bool form_fp_dnm(struct op *op, u32 insn)
{
	op->d = v_reg(insn, 0);
	return form_fp_nm(op, insn);
}

bool form_fp_dnma(struct op *op, u32 insn)
{
	op->a = v_reg(insn, 10);
	return form_fp_dnm(op, insn);
}

/* FCCMP: NZCV if the condition fails is d. */
bool form_fccmp(struct op *op, u32 insn)
{
	op->d = (u8)bits(insn, 3, 0);
	op->a = (u8)bits(insn, 15, 12);
	return form_fp_nm(op, insn);
}

bool form_fcsel(struct op *op, u32 insn)
{
	op->a = (u8)bits(insn, 15, 12);
	return form_fp_dnm(op, insn);
}

/* VFPExpandImm */
bool form_fmov_imm(struct op *op, u32 insn)
{
	unsigned ftype = (unsigned)bits(insn, 23, 22), size = ftype == 3 ? FP_H : ftype == 1 ? FP_D : FP_S;
	struct fp_format f = fp_format(size);
	u64 exp = bit(insn, 19) ? ones(f.exp - 3u) << 2 : 1ull << (f.exp - 1);

	op->d = v_reg(insn, 0);
	exp |= bits(insn, 18, 17);
	op->imm = fp_signed(size, bit(insn, 20), exp << f.frac | bits(insn, 16, 13) << (f.frac - 4));
	return true;
}

/* ---- to and from general registers ---- */

bool form_fcvt(struct op *op, u32 insn)
{
	op->d = reg_write(insn, 0);
	op->n = v_reg(insn, 5);
	op->m = bit(insn, 16);
	op->a = bit(insn, 18) ? FP_TIEAWAY : (u8)bits(insn, 20, 19);
	return true;
}

bool form_cvtf(struct op *op, u32 insn)
{
	op->d = v_reg(insn, 0);
	op->n = reg_read(insn, 5);
	op->m = bit(insn, 16);
	return true;
}

/* 64 - scale fraction bits; no more than a general register has. */
static bool fraction_bits(struct op *op, u32 insn)
{
	op->imm = 64 - bits(insn, 15, 10);
	return is_x(insn) || op->imm <= 32;
}

bool form_fcvt_fixed(struct op *op, u32 insn)
{
	return form_fcvt(op, insn) && fraction_bits(op, insn);
}

bool form_cvtf_fixed(struct op *op, u32 insn)
{
	return form_cvtf(op, insn) && fraction_bits(op, insn);
}

/* ---- rounding to integral: a = rounding, m = bits ---- */

bool form_frint(struct op *op, u32 insn)
{
	op->a = (u8)bits(insn, 16, 15);
	return form_fp_dn(op, insn);
}

bool form_frinta(struct op *op, u32 insn)
{
	op->a = FP_TIEAWAY;
	return form_fp_dn(op, insn);
}

/* FRINT32Z, FRINT32X, FRINT64Z, FRINT64X; imm: by FPCR's rounding */
bool form_frint_to(struct op *op, u32 insn)
{
	op->m = bit(insn, 16) ? 64 : 32;
	op->imm = bit(insn, 15);
	return form_fp_dn(op, insn);
}
