/* Operands of the loads and stores of SIMD&FP registers: the forms named in a64_simd_ldst.decode. */
#include "cpu/forms.h"
#include "cpu/a64_rows.h"
#include "cpu/simd_ldst.h"

enum { RT = 0, RN = 5, RT2 = 10, RM = 16 };

/* log2 of the bytes of B, H, S, D, Q: opc<1>:size */
static unsigned scale(u32 insn)
{
	return bit(insn, 23) << 2 | insn >> 30;
}

static bool v_base(struct op *op, u32 insn)
{
	op->d = reg_read(insn, RT);
	op->n = reg_sp(insn, RN);
	return true;
}

bool form_v_uimm(struct op *op, u32 insn)
{
	op->imm = bits(insn, 21, 10) << scale(insn);
	return v_base(op, insn);
}

bool form_v_simm(struct op *op, u32 insn)
{
	op->imm = (u64)sext(bits(insn, 20, 12), 9);
	return v_base(op, insn);
}

bool form_v_reg(struct op *op, u32 insn)
{
	op->m = reg_read(insn, RM);
	op->a = bit(insn, 12) ? (u8)scale(insn) : 0;
	return v_base(op, insn);
}

bool form_v_literal(struct op *op, u32 insn)
{
	op->imm = (u64)sext(bits(insn, 23, 5), 19) << 2;
	op->d = reg_read(insn, RT);
	return true;
}

/* imm7, scaled by the element: opc is 00 for S, 01 for D, 10 for Q */
bool form_v_pair(struct op *op, u32 insn)
{
	op->imm = (u64)sext(bits(insn, 21, 15), 7) << (2 + (insn >> 30));
	op->a = reg_read(insn, RT2);
	return v_base(op, insn);
}

/* How many registers each opcode of the multiple structures moves, and whether it interleaves them */
static const struct {
	u8 registers;
	bool interleaved;
} multiple[16] = {
	[0] = { 4, true },  [2] = { 4, false }, [4] = { 3, true },   [6] = { 3, false },
	[7] = { 1, false }, [8] = { 2, true },	[10] = { 2, false },
};

/* op->imm: bytes moved, which is what the post-index immediate adds; op->a: see simd_ldst.h */
bool form_v_mult(struct op *op, u32 insn)
{
	unsigned opcode = (unsigned)bits(insn, 15, 12), size = (unsigned)bits(insn, 11, 10), q = bit(insn, 30);

	op->m = reg_read(insn, RM);
	op->a = (u8)STRUCT_LAYOUT(size, q);
	op->imm = (u64)multiple[opcode].registers * (q ? 16 : 8);
	return !(multiple[opcode].interleaved && size == 3 && !q) && v_base(op, insn);
}

/* selem: opcode<0>:R, plus one */
static unsigned structure_elements(u32 insn)
{
	return (bit(insn, 13) << 1 | bit(insn, 21)) + 1;
}

static bool lane(struct op *op, u32 insn, unsigned size)
{
	op->m = reg_read(insn, RM);
	op->a = (u8)((bit(insn, 30) << 3 | (unsigned)bits(insn, 12, 10)) >> size);
	op->imm = (u64)structure_elements(insn) << size;
	return v_base(op, insn);
}

/* The lane is Q:S:size, without the bits of size that say "H" or "S". */
bool form_v_lane_b(struct op *op, u32 insn)
{
	return lane(op, insn, 0);
}

bool form_v_lane_h(struct op *op, u32 insn)
{
	return lane(op, insn, 1);
}

bool form_v_lane_s(struct op *op, u32 insn)
{
	return lane(op, insn, 2);
}

/* Q alone, S and size being fixed */
bool form_v_lane_d(struct op *op, u32 insn)
{
	return lane(op, insn, 3);
}

bool form_v_replicate(struct op *op, u32 insn)
{
	unsigned size = (unsigned)bits(insn, 11, 10);

	op->m = reg_read(insn, RM);
	op->a = (u8)STRUCT_LAYOUT(size, bit(insn, 30));
	op->imm = (u64)structure_elements(insn) << size;
	return v_base(op, insn);
}
