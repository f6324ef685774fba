/*
 * Operands of Advanced SIMD on integers: the forms named in a64_simd_int.decode.
 *
 * op->d, n, m are registers. What else an exec function needs to know:
 *	op->a	same width:	enum vec_keep, what is kept of the 128 bits
 *		wide, narrow:	which half (Q) in bit 0, enum vec_keep above
 *	op->m	a shift amount
 *	op->imm	an index, or an immediate value
 */
#include "cpu/a64_rows.h"
#include "cpu/forms.h"
#include "cpu/vec.h"

enum { Q = 30 };
/* size, bits 23:22 */
enum { SIZE_B, SIZE_H, SIZE_S, SIZE_D };

static unsigned size_of(u32 insn)
{
	return (unsigned)bits(insn, 23, 22);
}

/* What is kept of a scalar of this size. */
static u8 keep_scalar(unsigned size)
{
	return size == SIZE_D ? KEEP_64 : (u8)(KEEP_B + size);
}

static u8 half_and_keep(unsigned half, unsigned keep)
{
	return (u8)(half | keep << 1);
}

static bool registers(struct op *op, u32 insn)
{
	op->d = reg_read(insn, 0);
	op->n = reg_read(insn, 5);
	op->m = reg_read(insn, 16);
	return true;
}

/* ---- registers only ---- */
bool form_vec(struct op *op, u32 insn)
{
	op->a = bit(insn, Q) ? KEEP_128 : KEEP_64;
	return registers(op, insn);
}

/* One lane of 64 bits is a scalar's: size:Q = '110' is reserved. */
bool form_vec_q(struct op *op, u32 insn)
{
	return form_vec(op, insn) && (size_of(insn) != SIZE_D || bit(insn, Q));
}

bool form_scalar(struct op *op, u32 insn)
{
	op->a = keep_scalar(size_of(insn));
	return registers(op, insn);
}

/* A half of each source; all of the result */
bool form_wide(struct op *op, u32 insn)
{
	op->a = half_and_keep(bit(insn, Q), KEEP_128);
	return registers(op, insn);
}

bool form_wide_scalar(struct op *op, u32 insn)
{
	op->a = half_and_keep(0, keep_scalar(size_of(insn) + 1));
	return registers(op, insn);
}

/* A half of the result: the lower clears the upper, the upper leaves the lower alone. */
bool form_narrow(struct op *op, u32 insn)
{
	op->a = half_and_keep(bit(insn, Q), KEEP_64);
	return registers(op, insn);
}

bool form_narrow_scalar(struct op *op, u32 insn)
{
	op->a = half_and_keep(0, keep_scalar(size_of(insn)));
	return registers(op, insn);
}

/* ---- by element: index H:L:M of V0-V15, or H:L of V0-V31 ---- */
static bool element(struct op *op, u32 insn)
{
	unsigned h = bit(insn, 11), l = bit(insn, 21), m = bit(insn, 20);

	if (size_of(insn) == SIZE_H) {
		op->imm = h << 2 | l << 1 | m;
		op->m &= 15;
	} else {
		op->imm = h << 1 | l;
	}
	return true;
}

bool form_elem(struct op *op, u32 insn)
{
	return form_vec(op, insn) && element(op, insn);
}

bool form_elem_scalar(struct op *op, u32 insn)
{
	return form_scalar(op, insn) && element(op, insn);
}

bool form_elem_wide(struct op *op, u32 insn)
{
	return form_wide(op, insn) && element(op, insn);
}

bool form_elem_wide_scalar(struct op *op, u32 insn)
{
	return form_wide_scalar(op, insn) && element(op, insn);
}

/* Four bytes are an element, whatever size says. */
bool form_elem_dot(struct op *op, u32 insn)
{
	op->imm = bit(insn, 11) << 1 | bit(insn, 21);
	return form_vec(op, insn);
}

/* ---- shift by immediate: the highest one of immh says the size ---- */
static unsigned shift_size(u32 insn)
{
	return 31 - (unsigned)__builtin_clz((unsigned)bits(insn, 22, 19));
}

static void shift_right(struct op *op, u32 insn)
{
	op->m = (u8)((16u << shift_size(insn)) - bits(insn, 22, 16));
}

static void shift_left(struct op *op, u32 insn)
{
	op->m = (u8)(bits(insn, 22, 16) - (8u << shift_size(insn)));
}

static bool shift_vector(struct op *op, u32 insn)
{
	op->d = reg_read(insn, 0);
	op->n = reg_read(insn, 5);
	op->a = bit(insn, Q) ? KEEP_128 : KEEP_64;
	return shift_size(insn) != SIZE_D || bit(insn, Q);
}

bool form_shr(struct op *op, u32 insn)
{
	shift_right(op, insn);
	return shift_vector(op, insn);
}

bool form_shl(struct op *op, u32 insn)
{
	shift_left(op, insn);
	return shift_vector(op, insn);
}

bool form_shr_scalar(struct op *op, u32 insn)
{
	form_shr(op, insn);
	op->a = keep_scalar(shift_size(insn));
	return true;
}

bool form_shl_scalar(struct op *op, u32 insn)
{
	form_shl(op, insn);
	op->a = keep_scalar(shift_size(insn));
	return true;
}

/* The size is that of the narrower type. */
bool form_shrn(struct op *op, u32 insn)
{
	form_shr(op, insn);
	op->a = half_and_keep(bit(insn, Q), KEEP_64);
	return true;
}

bool form_shrn_scalar(struct op *op, u32 insn)
{
	form_shr(op, insn);
	op->a = half_and_keep(0, keep_scalar(shift_size(insn)));
	return true;
}

bool form_shll(struct op *op, u32 insn)
{
	form_shl(op, insn);
	op->a = half_and_keep(bit(insn, Q), KEEP_128);
	return true;
}

/* ---- modified immediate: AdvSIMDExpandImm ---- */
static u64 replicate(u64 v, unsigned width)
{
	for (; width < 64; width *= 2)
		v |= v << width;
	return v;
}

/* Each bit of abcdefgh is a byte of the value. */
static u64 spread(unsigned abcdefgh)
{
	u64 v = 0;
	unsigned i;

	for (i = 0; i < 8; i++)
		v |= (u64)(abcdefgh >> i & 1) * 0xff << 8 * i;
	return v;
}

/* FMOV: sign, an exponent of `exponent` bits that is NOT(b):Replicate(b):cd, fraction efgh (VFPExpandImm) */
static u64 fp_value(unsigned imm8, unsigned width, unsigned exponent)
{
	u64 b = bit(imm8, 6);
	u64 e = (b ^ 1) << (exponent - 1) | (b ? ones(exponent - 3) : 0) << 2 | bits(imm8, 5, 4);

	return replicate((u64)bit(imm8, 7) << (width - 1) | e << (width - 1 - exponent) |
				 bits(imm8, 3, 0) << (width - 5 - exponent),
			 width);
}

static u64 expand_fp(u32 insn, unsigned imm8)
{
	if (bit(insn, 11))
		return fp_value(imm8, 16, 5);
	return bit(insn, 29) ? fp_value(imm8, 64, 11) : fp_value(imm8, 32, 8);
}

static u64 expand_imm(u32 insn, unsigned cmode, unsigned imm8)
{
	switch (cmode >> 1) {
	case 0:
	case 1:
	case 2:
	case 3: return replicate((u64)imm8 << 8 * (cmode >> 1), 32);
	case 4:
	case 5: return replicate((u64)imm8 << 8 * (cmode >> 1 & 1), 16);
	case 6: return replicate(cmode & 1 ? (u64)imm8 << 16 | 0xffff : (u64)imm8 << 8 | 0xff, 32);
	default:
		if (cmode & 1)
			return expand_fp(insn, imm8);
		return bit(insn, 29) ? spread(imm8) : replicate(imm8, 8);
	}
}

bool form_modified_imm(struct op *op, u32 insn)
{
	unsigned cmode = (unsigned)bits(insn, 15, 12);
	bool inverts = bit(insn, 29) && cmode < 14;

	op->d = reg_read(insn, 0);
	op->a = bit(insn, Q) ? KEEP_128 : KEEP_64;
	op->imm = expand_imm(insn, cmode, (unsigned)(bits(insn, 18, 16) << 5 | bits(insn, 9, 5)));
	if (inverts)
		op->imm = ~op->imm;
	return true;
}

/* ---- copy: the lowest one of imm5 says the size, what is above it the index ---- */
static unsigned copy_size(u32 insn)
{
	return (unsigned)__builtin_ctz((unsigned)bits(insn, 20, 16));
}

static u64 copy_index(u32 insn)
{
	return bits(insn, 20, 17) >> copy_size(insn);
}

bool form_dup_elem(struct op *op, u32 insn)
{
	op->imm = copy_index(insn);
	return form_vec(op, insn) && (copy_size(insn) != SIZE_D || bit(insn, Q));
}

bool form_dup_elem_scalar(struct op *op, u32 insn)
{
	op->imm = copy_index(insn);
	registers(op, insn);
	op->a = keep_scalar(copy_size(insn));
	return true;
}

/* From a general-purpose register, to all lanes or to one */
bool form_dup(struct op *op, u32 insn)
{
	return form_dup_elem(op, insn);
}

bool form_ins(struct op *op, u32 insn)
{
	op->imm = copy_index(insn);
	return registers(op, insn);
}

bool form_umov(struct op *op, u32 insn)
{
	op->imm = copy_index(insn);
	op->n = reg_read(insn, 5);
	op->d = reg_write(insn, 0);
	return true;
}

/* The source's index is op->a; bits of imm4 below it are ignored. */
bool form_ins_elem(struct op *op, u32 insn)
{
	op->imm = copy_index(insn);
	registers(op, insn);
	op->a = (u8)(bits(insn, 14, 11) >> copy_size(insn));
	return true;
}

/* ---- extract, table lookup ---- */
bool form_ext(struct op *op, u32 insn)
{
	op->imm = bits(insn, 14, 11);
	return form_vec(op, insn) && (op->imm < 8 || bit(insn, Q));
}

/* op->imm is the number of table registers. */
bool form_table(struct op *op, u32 insn)
{
	op->imm = bits(insn, 14, 13) + 1;
	return form_vec(op, insn);
}
