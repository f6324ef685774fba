/*
 * Advanced SIMD shifts in the same width: by the lanes of a register, and by an immediate (op->m). SSHL, SQRSHL, SRSRA,
 * SLI … (Narrowing and lengthening ones are in exec_simd_wide.c.)
 */
#include "cpu/a64_rows.h"
#include "cpu/vec_lanes.h"

/* ---- one lane, in 64 bits: by > 0 shifts to the left, by < 0 to the right, by any amount ---- */
static inline u64 shift_signed(s64 v, int by, int bits_, bool rounds)
{
	if (by >= 0)
		return by >= bits_ ? 0 : (u64)v << by;
	if (-by > bits_)
		return rounds ? 0 : (u64)(v >> 63);
	return (u64)(v >> (-by > 63 ? 63 : -by)) + (rounds && v >> (-by - 1) & 1);
}

static inline u64 shift_unsigned(u64 v, int by, int bits_, bool rounds)
{
	if (by >= 0)
		return by >= bits_ ? 0 : v << by;
	if (-by > bits_)
		return 0;
	return (-by > 63 ? 0 : v >> -by) + (rounds && v >> (-by - 1) & 1);
}

/* Whether a shift to the left loses something of a number of `bits_` bits. */
static inline bool loses_signed(s64 v, int by, int bits_)
{
	if (by <= 0 || v == 0)
		return false;
	return by >= bits_ || sext((u64)v << by, (unsigned)bits_) >> by != v;
}

static inline bool loses_unsigned(u64 v, int by, int bits_)
{
	if (by <= 0 || v == 0)
		return false;
	return by >= bits_ || v >> (bits_ - by);
}

/* ---- by the signed low byte of each lane of Vm ---- */
FOR_BHSD(LANES, sshl, shift_signed(sa, (s8)b, BITS, false))
FOR_BHSD(LANES, ushl, shift_unsigned(a, (s8)b, BITS, false))
FOR_BHSD(LANES, srshl, shift_signed(sa, (s8)b, BITS, true))
FOR_BHSD(LANES, urshl, shift_unsigned(a, (s8)b, BITS, true))

#define SATURATE_SIGNED(by, rounds)                                                                                    \
	do {                                                                                                           \
		sat = loses_signed(sa, (by), BITS);                                                                    \
		r = !sat ? (U)shift_signed(sa, (by), BITS, (rounds)) : sa < 0 ? (U)S_MIN : (U)S_MAX;                   \
	} while (0)
#define SATURATE_UNSIGNED(by, rounds)                                                                                  \
	do {                                                                                                           \
		sat = loses_unsigned(a, (by), BITS);                                                                   \
		r = !sat ? (U)shift_unsigned(a, (by), BITS, (rounds)) : U_MAX;                                         \
	} while (0)
FOR_BHSD(SAT_LANES, sqshl, { SATURATE_SIGNED((s8)b, false); })
FOR_BHSD(SAT_LANES, uqshl, { SATURATE_UNSIGNED((s8)b, false); })
FOR_BHSD(SAT_LANES, sqrshl, { SATURATE_SIGNED((s8)b, true); })
FOR_BHSD(SAT_LANES, uqrshl, { SATURATE_UNSIGNED((s8)b, true); })

/* ---- by op->m ---- */
#define IMM_LANES(name, e, ...)                                                                                        \
	HELPER do_##name##_##e(struct cpu *cpu, const struct op *op)                                                   \
	{                                                                                                              \
		LANE_TYPES(e);                                                                                         \
		union vreg vn = VREG_AT(n), res, saturated;                                                            \
		UNUSED union vreg vd = VREG_AT(d);                                                                     \
		const int by = op->m;                                                                                  \
                                                                                                                       \
		for (unsigned i = 0; i < 16 / sizeof(U); i++) {                                                        \
			UNUSED U a = vn.u##e[i], d = vd.u##e[i];                                                       \
			UNUSED S sa = (S)a;                                                                            \
			U r;                                                                                           \
			bool sat = false;                                                                              \
                                                                                                                       \
			__VA_ARGS__                                                                                    \
			res.u##e[i] = r;                                                                               \
			saturated.u##e[i] = sat ? U_MAX : 0;                                                           \
		}                                                                                                      \
		set_qc(cpu, saturated.v &vec_keep[op->a]);                                                             \
		VREG(d) = res.v & vec_keep[op->a];                                                                     \
	}                                                                                                              \
	EXEC_V(name##_##e)
#define IMM_VALUE(name, e, value) IMM_LANES(name, e, { r = (U)(value); })

/* To the right, an amount of BITS included: in two steps, since C has no such shift */
#define RIGHT(v) ((v) >> (by - 1) >> 1)
#define RIGHT_ROUNDED(v) (RIGHT(v) + ((v) >> (by - 1) & 1))
FOR_BHSD(IMM_VALUE, sshr, RIGHT(sa))
FOR_BHSD(IMM_VALUE, ushr, RIGHT(a))
FOR_BHSD(IMM_VALUE, ssra, d + (U)RIGHT(sa))
FOR_BHSD(IMM_VALUE, usra, d + RIGHT(a))
FOR_BHSD(IMM_VALUE, srshr, RIGHT_ROUNDED(sa))
FOR_BHSD(IMM_VALUE, urshr, RIGHT_ROUNDED(a))
FOR_BHSD(IMM_VALUE, srsra, d + (U)RIGHT_ROUNDED(sa))
FOR_BHSD(IMM_VALUE, ursra, d + RIGHT_ROUNDED(a))
FOR_BHSD(IMM_VALUE, shl, a << by)

/* Bits of Vd that the shifted value does not reach stay. */
FOR_BHSD(IMM_VALUE, sri, (d & ~RIGHT(U_MAX)) | RIGHT(a))
FOR_BHSD(IMM_VALUE, sli, (d & (((U)1 << by) - 1)) | a << by)

FOR_BHSD(IMM_LANES, sqshl_imm, { SATURATE_SIGNED(by, false); })
FOR_BHSD(IMM_LANES, uqshl_imm, { SATURATE_UNSIGNED(by, false); })
/* A signed number to an unsigned one */
FOR_BHSD(IMM_LANES, sqshlu_imm, {
	if (sa < 0) {
		sat = true;
		r = 0;
	} else {
		SATURATE_UNSIGNED(by, false);
	}
})
