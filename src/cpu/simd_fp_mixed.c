/*
 * Products of other shapes: half to single (FEAT_FHM), complex (FEAT_FCMA), BFloat16 (FEAT_BF16). Arm ARM C7.2: FMLAL,
 * FMLAL2, FCMLA, FCADD, BFDOT, BFMMLA, BFMLALB, BFMLALT.
 */
#include "cpu/simd_fp_lanes.h"

/* ---- FMLAL, FMLSL: halves of the lower or (bit 29) upper half of the sources ---- */

/* m_step 0: element m_first for every lane */
static void multiply_long(struct cpu *cpu, const struct op *op, unsigned m_first, unsigned m_step, u16 sign)
{
	union vreg d = VREG_AT(d), n = VREG_AT(n), m = VREG_AT(m), r = { .v = { 0, 0 } };
	unsigned first = bit(op->insn, 29) ? op_lanes(op) : 0, i;

	for (i = 0; i < op_lanes(op); i++)
		r.us[i] = (u32)fp_madd_h(cpu, d.us[i], n.uh[first + i] ^ sign, m.uh[m_first + i * m_step]);
	VREG(d) = r.v;
}

static void multiply_long_vector(struct cpu *cpu, const struct op *op, u16 sign)
{
	multiply_long(cpu, op, bit(op->insn, 29) ? op_lanes(op) : 0, 1, sign);
}

void simd_fmlal(struct cpu *cpu, const struct op *op)
{
	multiply_long_vector(cpu, op, 0);
}

void simd_fmlsl(struct cpu *cpu, const struct op *op)
{
	multiply_long_vector(cpu, op, 0x8000);
}

void simd_fmlal_e(struct cpu *cpu, const struct op *op)
{
	multiply_long(cpu, op, (unsigned)op->imm, 0, 0);
}

void simd_fmlsl_e(struct cpu *cpu, const struct op *op)
{
	multiply_long(cpu, op, (unsigned)op->imm, 0, 0x8000);
}

/* ---- complex: even lanes are real parts, odd lanes imaginary ---- */

/*
 * One product of a complex multiplication, rotated by quarter turns: d += n' * m', where n' is the real part of n
 * (imaginary for odd rotations) and m' is m times a power of i.
 */
static void multiply_complex(struct cpu *cpu, const struct op *op, unsigned m_first, unsigned m_step)
{
	union vreg d = VREG_AT(d), n = VREG_AT(n), m = VREG_AT(m), r = { .v = { 0, 0 } };
	unsigned size = op_size(op), rotation = op->imm & 3, odd = rotation & 1, i;

	for (i = 0; i < op_lanes(op); i += 2) {
		unsigned at = m_first + i * m_step;
		u64 factor = lane(&n, size, i + odd);
		u64 re = lane(&m, size, at + odd), im = lane(&m, size, at + 1 - odd);

		if (rotation == 1 || rotation == 2)
			re = fp_neg(size, re);
		if (rotation >= 2)
			im = fp_neg(size, im);
		set_lane(&r, size, i, fp_madd(cpu, size, lane(&d, size, i), factor, re));
		set_lane(&r, size, i + 1, fp_madd(cpu, size, lane(&d, size, i + 1), factor, im));
	}
	VREG(d) = r.v;
}

void simd_fcmla_v(struct cpu *cpu, const struct op *op)
{
	multiply_complex(cpu, op, 0, 1);
}

void simd_fcmla_e(struct cpu *cpu, const struct op *op)
{
	multiply_complex(cpu, op, 2 * (unsigned)(op->imm >> 2), 0);
}

/* n + m turned by 90 or 270 degrees */
void simd_fcadd_v(struct cpu *cpu, const struct op *op)
{
	union vreg n = VREG_AT(n), m = VREG_AT(m), r = { .v = { 0, 0 } };
	unsigned size = op_size(op), i;

	for (i = 0; i < op_lanes(op); i += 2) {
		u64 re = lane(&m, size, i + 1), im = lane(&m, size, i);

		if (op->imm == 1)
			re = fp_neg(size, re);
		else
			im = fp_neg(size, im);
		set_lane(&r, size, i, fp_add(cpu, size, lane(&n, size, i), re));
		set_lane(&r, size, i + 1, fp_add(cpu, size, lane(&n, size, i + 1), im));
	}
	VREG(d) = r.v;
}

/* ---- BFloat16 ---- */

void simd_bfdot_v(struct cpu *cpu, const struct op *op)
{
	union vreg d = VREG_AT(d), n = VREG_AT(n), m = VREG_AT(m), r = { .v = { 0, 0 } };
	unsigned i;

	for (i = 0; i < op_lanes(op); i++)
		r.us[i] = fp_bf_dot(d.us[i], n.us[i], m.us[i]);
	VREG(d) = r.v;
}

void simd_bfdot_e(struct cpu *cpu, const struct op *op)
{
	union vreg d = VREG_AT(d), n = VREG_AT(n), r = { .v = { 0, 0 } };
	u32 m = VREG_AT(m).us[op->imm];
	unsigned i;

	for (i = 0; i < op_lanes(op); i++)
		r.us[i] = fp_bf_dot(d.us[i], n.us[i], m);
	VREG(d) = r.v;
}

/* BFMatMulAdd(): 2x2 += 2x4 times the transpose of 2x4 */
void simd_bfmmla(struct cpu *cpu, const struct op *op)
{
	union vreg d = VREG_AT(d), n = VREG_AT(n), m = VREG_AT(m), r;
	unsigned i;

	for (i = 0; i < 4; i++) {
		unsigned row = i & 2, column = (i & 1) * 2;
		u32 sum = fp_bf_dot(d.us[i], n.us[row], m.us[column]);

		r.us[i] = fp_bf_dot(sum, n.us[row + 1], m.us[column + 1]);
	}
	VREG(d) = r.v;
}

/* BFMulAddH(): even (BFMLALB) or odd (BFMLALT, Q) lanes; a BFloat16 is the upper half of a single. m_step 0: by element
 */
static void multiply_bf16(struct cpu *cpu, const struct op *op, unsigned m_first, unsigned m_step)
{
	union vreg d = VREG_AT(d), n = VREG_AT(n), m = VREG_AT(m), r;
	unsigned odd = bit(op->insn, 30), i;

	for (i = 0; i < 4; i++)
		r.us[i] = (u32)fp_madd(cpu, FP_S, d.us[i], (u64)n.uh[2 * i + odd] << 16,
				       (u64)m.uh[m_first + i * m_step] << 16);
	VREG(d) = r.v;
}

void simd_bfmlal_v(struct cpu *cpu, const struct op *op)
{
	multiply_bf16(cpu, op, bit(op->insn, 30), 2);
}

void simd_bfmlal_e(struct cpu *cpu, const struct op *op)
{
	multiply_bf16(cpu, op, (unsigned)op->imm, 0);
}
