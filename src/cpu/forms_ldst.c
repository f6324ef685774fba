/* Operands of the loads and stores: the forms named in a64_ldst.decode. */
#include "cpu/forms.h"
#include "cpu/a64_rows.h"

enum { RT = 0, RN = 5, RT2 = 10, RM = 16 };

/* The same addressing, with Rt written (a load) or read (a store). */
static bool load(struct op *op, u32 insn)
{
	op->n = reg_sp(insn, RN);
	op->d = reg_write(insn, RT);
	return true;
}

static bool store(struct op *op, u32 insn)
{
	op->n = reg_sp(insn, RN);
	op->d = reg_read(insn, RT);
	return true;
}

/* imm12, scaled by the access size */
static void uimm(struct op *op, u32 insn)
{
	op->imm = bits(insn, 21, 10) << (insn >> 30);
}

static void simm(struct op *op, u32 insn)
{
	op->imm = (u64)sext(bits(insn, 20, 12), 9);
}

/* The shift is the access size, or none. */
static void index_reg(struct op *op, u32 insn)
{
	op->m = reg_read(insn, RM);
	op->a = bit(insn, 12) ? (u8)(insn >> 30) : 0;
}

bool form_ld_uimm(struct op *op, u32 insn)
{
	uimm(op, insn);
	return load(op, insn);
}

bool form_st_uimm(struct op *op, u32 insn)
{
	uimm(op, insn);
	return store(op, insn);
}

bool form_ld_simm(struct op *op, u32 insn)
{
	simm(op, insn);
	return load(op, insn);
}

bool form_st_simm(struct op *op, u32 insn)
{
	simm(op, insn);
	return store(op, insn);
}

bool form_ld_reg(struct op *op, u32 insn)
{
	index_reg(op, insn);
	return load(op, insn);
}

bool form_st_reg(struct op *op, u32 insn)
{
	index_reg(op, insn);
	return store(op, insn);
}

static void literal(struct op *op, u32 insn)
{
	op->imm = (u64)sext(bits(insn, 23, 5), 19) << 2;
}

bool form_ld_literal(struct op *op, u32 insn)
{
	literal(op, insn);
	op->d = reg_write(insn, RT);
	return true;
}

/* PRFM: op->d is the prefetch operation, for the disassembler; nothing is executed. */
bool form_prfm_uimm(struct op *op, u32 insn)
{
	uimm(op, insn);
	return store(op, insn);
}

bool form_prfm_simm(struct op *op, u32 insn)
{
	simm(op, insn);
	return store(op, insn);
}

bool form_prfm_reg(struct op *op, u32 insn)
{
	index_reg(op, insn);
	return store(op, insn);
}

bool form_prfm_literal(struct op *op, u32 insn)
{
	literal(op, insn);
	op->d = reg_read(insn, RT);
	return true;
}

/* imm7, scaled by the element: 8 bytes when opc is 1x, else 4 (LDPSW too) */
static void pair_imm(struct op *op, u32 insn)
{
	op->imm = (u64)sext(bits(insn, 21, 15), 7) << (bit(insn, 31) ? 3 : 2);
}

bool form_ld_pair(struct op *op, u32 insn)
{
	pair_imm(op, insn);
	op->a = reg_write(insn, RT2);
	return load(op, insn);
}

bool form_st_pair(struct op *op, u32 insn)
{
	pair_imm(op, insn);
	op->a = reg_read(insn, RT2);
	return store(op, insn);
}

/* LDRAA, LDRAB: S:imm9, scaled by 8 */
bool form_ld_auth(struct op *op, u32 insn)
{
	op->imm = (u64)sext((u64)bit(insn, 22) << 9 | bits(insn, 20, 12), 10) << 3;
	return load(op, insn);
}

bool form_ld_base(struct op *op, u32 insn)
{
	return load(op, insn);
}

bool form_st_base(struct op *op, u32 insn)
{
	return store(op, insn);
}

bool form_ld_excl_pair(struct op *op, u32 insn)
{
	op->a = reg_write(insn, RT2);
	return load(op, insn);
}

/* op->m is Ws, written */
bool form_st_excl(struct op *op, u32 insn)
{
	op->m = reg_write(insn, RM);
	op->a = reg_read(insn, RT2);
	return store(op, insn);
}

/* Xs is read, Xt written. */
bool form_atomic(struct op *op, u32 insn)
{
	op->m = reg_read(insn, RM);
	return load(op, insn);
}

/* Xs is read (op->m) and written (op->a), Xt read. */
bool form_cas(struct op *op, u32 insn)
{
	op->m = reg_read(insn, RM);
	op->a = reg_write(insn, RM);
	return store(op, insn);
}

/*
 * Xs and Xs+1 are read (op->m, op->m + 1) and written (op->imm, op->a), Xt and Xt+1 read. Odd numbers are UNDEFINED. An
 * even number plus one is never above 31, which reads as zero.
 */
bool form_casp(struct op *op, u32 insn)
{
	op->m = reg_read(insn, RM);
	op->imm = op->m;
	op->a = op->m == 30 ? REG_SINK : op->m + 1;
	return !((op->m | reg_read(insn, RT)) & 1) && store(op, insn);
}
