/*
 * Operands of Advanced SIMD on floating-point numbers: the forms named in a64_simd_fp.decode. See simd_fp.h for what
 * they leave in struct op.
 */
#include "cpu/a64_rows.h"
#include "cpu/forms.h"
#include "cpu/fp.h"
#include "cpu/simd_fp.h"

enum { M = 20, L = 21, SZ = 22, Q = 30, H = 11 };

static void set_registers(struct op *op, u32 insn)
{
	op->d = reg_read(insn, 0);
	op->n = reg_read(insn, 5);
	op->m = reg_read(insn, 16);
}

/* size is enum fp_size; lanes a power of two */
static bool set_lanes(struct op *op, u32 insn, unsigned size, unsigned lanes)
{
	set_registers(op, insn);
	op->a = (u8)(size | (unsigned)__builtin_ctz(lanes) << 2);
	return true;
}

/* sz: single or double */
static unsigned size_of(u32 insn)
{
	return bit(insn, SZ) ? FP_D : FP_S;
}

/* Vectors of 64 or 128 bits; one lane of 64 bits (sz:Q = '10') is reserved. */
static bool set_vector(struct op *op, u32 insn, unsigned size)
{
	unsigned bytes = bit(insn, Q) ? 16 : 8;

	return (bytes == 16 || size != FP_D) && set_lanes(op, insn, size, bytes >> size);
}

/* ---- registers only ---- */

bool form_fpv(struct op *op, u32 insn)
{
	return set_vector(op, insn, size_of(insn));
}

bool form_fpv_h(struct op *op, u32 insn)
{
	return set_vector(op, insn, FP_H);
}

bool form_fps(struct op *op, u32 insn)
{
	return set_lanes(op, insn, size_of(insn), 1);
}

bool form_fps_h(struct op *op, u32 insn)
{
	return set_lanes(op, insn, FP_H, 1);
}

bool form_across(struct op *op, u32 insn)
{
	return set_lanes(op, insn, FP_S, 4);
}

bool form_pair(struct op *op, u32 insn)
{
	return set_lanes(op, insn, size_of(insn), 2);
}

bool form_pair_h(struct op *op, u32 insn)
{
	return set_lanes(op, insn, FP_H, 2);
}

/* ---- by element: op->imm = index ---- */

/* H:L:M of a half, whose register is one of V0-V15 */
static void set_index_half(struct op *op, u32 insn)
{
	op->m &= 15;
	op->imm = bit(insn, H) << 2 | bit(insn, L) << 1 | bit(insn, M);
}

/* H:L of a single, H of a double, where L is reserved */
static bool set_index(struct op *op, u32 insn)
{
	bool is_double = bit(insn, SZ);

	op->imm = is_double ? bit(insn, H) : bit(insn, H) << 1 | bit(insn, L);
	return !(is_double && bit(insn, L));
}

bool form_fpe(struct op *op, u32 insn)
{
	return form_fpv(op, insn) && set_index(op, insn);
}

bool form_fpe_h(struct op *op, u32 insn)
{
	form_fpv_h(op, insn);
	set_index_half(op, insn);
	return true;
}

bool form_fpse(struct op *op, u32 insn)
{
	return form_fps(op, insn) && set_index(op, insn);
}

bool form_fpse_h(struct op *op, u32 insn)
{
	form_fps_h(op, insn);
	set_index_half(op, insn);
	return true;
}

/* ---- FMLAL and so on: lanes of the result; the half of the sources is bit 29, U ---- */

bool form_fhm(struct op *op, u32 insn)
{
	return set_vector(op, insn, FP_S);
}

bool form_fhm_e(struct op *op, u32 insn)
{
	form_fhm(op, insn);
	set_index_half(op, insn);
	return true;
}

/* ---- complex: op->imm = rotation in quarters of a turn, the index of a pair above ---- */

bool form_fcmla(struct op *op, u32 insn)
{
	op->imm = bits(insn, 12, 11);
	return form_fpv(op, insn);
}

bool form_fcmla_h(struct op *op, u32 insn)
{
	op->imm = bits(insn, 12, 11);
	return form_fpv_h(op, insn);
}

/* Singles: index H; the pattern has L and Q */
bool form_fcmla_e(struct op *op, u32 insn)
{
	op->imm = bits(insn, 14, 13) | bit(insn, H) << 2;
	return set_lanes(op, insn, FP_S, 4);
}

/* Halves: index H:L, of which H is reserved for 64 bits */
bool form_fcmla_eh(struct op *op, u32 insn)
{
	op->imm = bits(insn, 14, 13) | bit(insn, H) << 3 | bit(insn, L) << 2;
	return !(bit(insn, H) && !bit(insn, Q)) && form_fpv_h(op, insn);
}

/* 90 or 270 degrees */
bool form_fcadd(struct op *op, u32 insn)
{
	op->imm = 1 | bit(insn, 12) << 1;
	return form_fpv(op, insn);
}

bool form_fcadd_h(struct op *op, u32 insn)
{
	op->imm = 1 | bit(insn, 12) << 1;
	return form_fpv_h(op, insn);
}

/* ---- BFloat16: lanes of the result; BFMLAL always has four, and takes odd or even ones by Q ---- */

bool form_bf(struct op *op, u32 insn)
{
	return set_vector(op, insn, FP_S);
}

bool form_bfdot_e(struct op *op, u32 insn)
{
	op->imm = bit(insn, H) << 1 | bit(insn, L);
	return set_vector(op, insn, FP_S);
}

bool form_bfmlal_e(struct op *op, u32 insn)
{
	set_lanes(op, insn, FP_S, 4);
	set_index_half(op, insn);
	return true;
}

/* ---- conversions ---- */

/* To and from double the size: size of the smaller lanes, of which there are 64 bits; their half is Q. */
static bool set_narrow(struct op *op, u32 insn, unsigned size)
{
	return set_lanes(op, insn, size, 8u >> size);
}

bool form_fcvt_size(struct op *op, u32 insn)
{
	return set_narrow(op, insn, bit(insn, SZ) ? FP_S : FP_H);
}

bool form_fcvtn_bf(struct op *op, u32 insn)
{
	return set_narrow(op, insn, FP_H);
}

/* immh:immb is 2 * size - number of fraction bits; its highest 1 gives the size */
static unsigned set_fraction(struct op *op, u32 insn)
{
	unsigned imm = (unsigned)bits(insn, 22, 16), size = 28 - (unsigned)__builtin_clz(imm);

	op->imm = (16u << size) - imm;
	return size;
}

bool form_fixed_v(struct op *op, u32 insn)
{
	return set_vector(op, insn, set_fraction(op, insn));
}

bool form_fixed_s(struct op *op, u32 insn)
{
	return set_lanes(op, insn, set_fraction(op, insn), 1);
}
