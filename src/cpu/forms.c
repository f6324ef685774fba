/*
 * Operand extraction: from an instruction word to struct op, once per decoded page. Arm ARM C4, and the decode part of
 * each instruction's pseudocode in C6. A form refuses (false) what the architecture reserves, and nothing else.
 *
 * Number 31 is resolved here: REG_ZERO where XZR is read, REG_SINK where it is written, REG_SP where it means SP.
 */
#include "cpu/decode.h"

#include "cpu/a64_rows.h"
#include "cpu/forms.h"

/* ---- shared with other forms*.c ---- */

/* DecodeBitMasks(): the value of a logical immediate; false when reserved. */
bool form_bitmask(unsigned n, unsigned imms, unsigned immr, unsigned width, u64 *value)
{
	unsigned code = n << 6 | (~imms & 0x3f);
	unsigned len, size, ones_count, rotate, at;
	u64 element;

	if (code < 2)
		return false;
	len = 31 - (unsigned)__builtin_clz(code);
	size = 1u << len;
	ones_count = (imms & (size - 1)) + 1;
	rotate = immr & (size - 1);
	if (size > width || ones_count == size)
		return false;
	element = ones(ones_count);
	if (rotate)
		element = (element >> rotate | element << (size - rotate)) & ones(size);
	*value = 0;
	for (at = 0; at < width; at += size)
		*value |= element << at;
	return true;
}

/* ---- nothing, or one small field ---- */

bool form_none(struct op *op, u32 insn)
{
	return true;
}

bool form_udf(struct op *op, u32 insn)
{
	op->imm = bits(insn, 15, 0);
	return true;
}

bool form_imm16(struct op *op, u32 insn)
{
	op->imm = bits(insn, 20, 5);
	return true;
}

/* CRm */
bool form_crm(struct op *op, u32 insn)
{
	op->imm = bits(insn, 11, 8);
	return true;
}

bool form_barrier(struct op *op, u32 insn)
{
	return form_crm(op, insn);
}

/* CRm:op2 */
bool form_hint(struct op *op, u32 insn)
{
	op->imm = bits(insn, 11, 5);
	return true;
}

bool form_read_rt(struct op *op, u32 insn)
{
	op->d = reg_read(insn, 0);
	return true;
}

/* ---- data processing, immediate ---- */

bool form_pcrel(struct op *op, u32 insn)
{
	u64 imm = (u64)sext(bits(insn, 23, 5) << 2 | bits(insn, 30, 29), 21);

	op->d = reg_write(insn, 0);
	op->imm = bit(insn, 31) ? imm << 12 : imm;
	return true;
}

/* S (bit 29): with flags, 31 as destination is XZR; without, SP. */
bool form_addsub_imm(struct op *op, u32 insn)
{
	op->d = bit(insn, 29) ? reg_write(insn, 0) : reg_sp(insn, 0);
	op->n = reg_sp(insn, 5);
	op->imm = bits(insn, 21, 10) << (bit(insn, 22) ? 12 : 0);
	return true;
}

bool form_smax_imm(struct op *op, u32 insn)
{
	op->d = reg_write(insn, 0);
	op->n = reg_read(insn, 5);
	op->imm = (u64)sext(bits(insn, 17, 10), 8);
	return true;
}

bool form_umax_imm(struct op *op, u32 insn)
{
	op->d = reg_write(insn, 0);
	op->n = reg_read(insn, 5);
	op->imm = bits(insn, 17, 10);
	return true;
}

bool form_logical_imm(struct op *op, u32 insn)
{
	bool sets_flags = bits(insn, 30, 29) == 3;

	if (!bit(insn, 31) && bit(insn, 22))
		return false;
	op->d = sets_flags ? reg_write(insn, 0) : reg_sp(insn, 0);
	op->n = reg_read(insn, 5);
	return form_bitmask(bit(insn, 22), (unsigned)bits(insn, 15, 10), (unsigned)bits(insn, 21, 16),
			    is_x(insn) ? 64 : 32, &op->imm);
}

/* MOVZ and its kin: op->a = position of the 16 bits, op->imm = them in place. */
bool form_movz(struct op *op, u32 insn)
{
	op->d = reg_write(insn, 0);
	op->a = (u8)(bits(insn, 22, 21) * 16);
	op->imm = bits(insn, 20, 5) << op->a;
	return is_x(insn) || op->a < 32;
}

bool form_movn(struct op *op, u32 insn)
{
	bool ok = form_movz(op, insn);

	op->imm = is_x(insn) ? ~op->imm : (u32)~op->imm;
	return ok;
}

bool form_movk(struct op *op, u32 insn)
{
	return form_movz(op, insn);
}

/* N must be sf, and a 32-bit form has 5-bit positions. */
static bool bitfield_valid(u32 insn)
{
	return bit(insn, 31) == bit(insn, 22) && (is_x(insn) || !(bit(insn, 21) || bit(insn, 15)));
}

/*
 * SBFM, UBFM: whatever the alias, a shift left by op->a that brings the field's top bit to bit 63, then a shift right
 * by op->imm (logical or arithmetic) that brings its bottom bit to its place.
 */
bool form_bitfield(struct op *op, u32 insn)
{
	unsigned r = (unsigned)bits(insn, 21, 16), s = (unsigned)bits(insn, 15, 10);
	unsigned left = 63 - s, width = is_x(insn) ? 64 : 32;

	op->d = reg_write(insn, 0);
	op->n = reg_read(insn, 5);
	op->a = (u8)left;
	op->imm = s >= r ? left + r : left - (width - r);
	return bitfield_valid(insn);
}

/* LSL Rd, Rn, #a is UBFM with s + 1 == r (and s not all ones). */
bool form_lsl_imm(struct op *op, u32 insn)
{
	unsigned r = (unsigned)bits(insn, 21, 16), s = (unsigned)bits(insn, 15, 10);
	unsigned width = is_x(insn) ? 64 : 32;

	op->d = reg_write(insn, 0);
	op->n = reg_read(insn, 5);
	op->a = (u8)(width - r);
	return bitfield_valid(insn) && s + 1 == r;
}

/* BFM: op->a = rotation right of the source, op->imm = the bits of the destination that it replaces. */
bool form_bfm(struct op *op, u32 insn)
{
	unsigned r = (unsigned)bits(insn, 21, 16), s = (unsigned)bits(insn, 15, 10);

	if (!bitfield_valid(insn))
		return false;
	op->d = reg_write(insn, 0);
	op->n = reg_read(insn, 5);
	op->a = (u8)r;
	op->imm = s >= r ? ones(s - r + 1) : ones(s + 1) << ((is_x(insn) ? 64 : 32) - r);
	return true;
}

bool form_extract(struct op *op, u32 insn)
{
	op->d = reg_write(insn, 0);
	op->n = reg_read(insn, 5);
	op->m = reg_read(insn, 16);
	op->a = (u8)bits(insn, 15, 10);
	return bit(insn, 31) == bit(insn, 22) && (is_x(insn) || op->a < 32);
}

/* ---- data processing, register ---- */

bool form_dp1(struct op *op, u32 insn)
{
	op->d = reg_write(insn, 0);
	op->n = reg_read(insn, 5);
	return true;
}

bool form_dp2(struct op *op, u32 insn)
{
	op->m = reg_read(insn, 16);
	return form_dp1(op, insn);
}

bool form_dp3(struct op *op, u32 insn)
{
	op->a = reg_read(insn, 10);
	return form_dp2(op, insn);
}

/* op->a = shift amount; its kind is the row's. */
bool form_shifted(struct op *op, u32 insn)
{
	op->a = (u8)bits(insn, 15, 10);
	return form_dp2(op, insn) && (is_x(insn) || op->a < 32);
}

/*
 * ExtendReg(): the second operand is Xm shifted left by op->a, which brings the extended part's top bit to bit 63, then
 * right by op->imm (logical in the uxt rows, arithmetic in the sxt rows). 64-bit parts are only shifted left.
 */
bool form_extended(struct op *op, u32 insn)
{
	unsigned log2_bytes = (unsigned)bits(insn, 14, 13), amount = (unsigned)bits(insn, 12, 10);

	op->d = bit(insn, 29) ? reg_write(insn, 0) : reg_sp(insn, 0);
	op->n = reg_sp(insn, 5);
	op->m = reg_read(insn, 16);
	if (log2_bytes == 3) {
		op->a = (u8)amount;
	} else {
		op->a = (u8)(64 - (8u << log2_bytes));
		op->imm = op->a - amount;
	}
	return amount <= 4;
}

/* RMIF: op->a = rotation, op->imm = mask of the flags to set. */
bool form_rmif(struct op *op, u32 insn)
{
	op->n = reg_read(insn, 5);
	op->a = (u8)bits(insn, 20, 15);
	op->imm = bits(insn, 3, 0);
	return true;
}

bool form_setf(struct op *op, u32 insn)
{
	op->n = reg_read(insn, 5);
	return true;
}

/* op->a = condition, op->d = NZCV when it does not hold. */
bool form_ccmp_reg(struct op *op, u32 insn)
{
	op->n = reg_read(insn, 5);
	op->m = reg_read(insn, 16);
	op->a = (u8)bits(insn, 15, 12);
	op->d = (u8)bits(insn, 3, 0);
	return true;
}

bool form_ccmp_imm(struct op *op, u32 insn)
{
	form_ccmp_reg(op, insn);
	op->imm = bits(insn, 20, 16);
	return true;
}

bool form_csel(struct op *op, u32 insn)
{
	op->a = (u8)bits(insn, 15, 12);
	return form_dp2(op, insn);
}

/* ---- pointer authentication: m = pointer, n = modifier, d = result ---- */

bool form_pac_dp1(struct op *op, u32 insn)
{
	op->d = reg_write(insn, 0);
	op->m = reg_read(insn, 0);
	op->n = reg_sp(insn, 5);
	return true;
}

bool form_pac_zero(struct op *op, u32 insn)
{
	op->d = reg_write(insn, 0);
	op->m = reg_read(insn, 0);
	op->n = REG_ZERO;
	return true;
}

bool form_pac_1716(struct op *op, u32 insn)
{
	op->d = op->m = 17;
	op->n = 16;
	return true;
}

bool form_pac_lr_zero(struct op *op, u32 insn)
{
	op->d = op->m = 30;
	op->n = REG_ZERO;
	return true;
}

bool form_pac_lr_sp(struct op *op, u32 insn)
{
	op->d = op->m = 30;
	op->n = REG_SP;
	return true;
}

bool form_pacga(struct op *op, u32 insn)
{
	op->d = reg_write(insn, 0);
	op->n = reg_read(insn, 5);
	op->m = reg_sp(insn, 16);
	return true;
}

/* ---- branches: op->imm = signed offset in bytes ---- */

bool form_branch26(struct op *op, u32 insn)
{
	op->imm = (u64)sext(bits(insn, 25, 0) << 2, 28);
	return true;
}

/* op->a = condition */
bool form_branch_cond(struct op *op, u32 insn)
{
	op->imm = (u64)sext(bits(insn, 23, 5) << 2, 21);
	op->a = (u8)bits(insn, 3, 0);
	return true;
}

bool form_branch_cmp(struct op *op, u32 insn)
{
	op->imm = (u64)sext(bits(insn, 23, 5) << 2, 21);
	op->d = reg_read(insn, 0);
	return true;
}

/* op->a = bit number b5:b40 */
bool form_branch_bit(struct op *op, u32 insn)
{
	op->imm = (u64)sext(bits(insn, 18, 5) << 2, 16);
	op->d = reg_read(insn, 0);
	op->a = (u8)(bit(insn, 31) << 5 | bits(insn, 23, 19));
	return true;
}

bool form_branch_reg(struct op *op, u32 insn)
{
	op->n = reg_read(insn, 5);
	return true;
}

/* op->n = target, op->m = modifier, op->a = key B instead of A */
bool form_branch_auth(struct op *op, u32 insn)
{
	op->n = reg_read(insn, 5);
	op->m = reg_sp(insn, 0);
	op->a = bit(insn, 10);
	return true;
}

bool form_branch_auth_zero(struct op *op, u32 insn)
{
	op->n = reg_read(insn, 5);
	op->m = REG_ZERO;
	op->a = bit(insn, 10);
	return true;
}

/* RETAA, ERETAA: the target is X30 or ELR, the modifier is SP */
bool form_return_auth(struct op *op, u32 insn)
{
	op->n = 30;
	op->m = REG_SP;
	op->a = bit(insn, 10);
	return true;
}

/* ---- system: op->imm = op0:op1:CRn:CRm:op2, op->d = Rt ---- */

bool form_sys(struct op *op, u32 insn)
{
	op->imm = bits(insn, 20, 5);
	op->d = reg_read(insn, 0);
	return true;
}

bool form_sysl(struct op *op, u32 insn)
{
	op->imm = bits(insn, 20, 5);
	op->d = reg_write(insn, 0);
	return true;
}
