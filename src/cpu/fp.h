/*
 * Floating point by FPCR and FPSR: half, single and double precision, each value in the low bits of a u64 (upper bits
 * zero in, zero out). Arm ARM J1.3 (shared/functions/float), A1.5.
 *
 * Every function reads FPCR (rounding, FZ, FZ16, DN, AHP) and raises FPSR's cumulative bits of `c`, nothing else.
 * Common cases are done by the host's arithmetic, where bits and flags are known to be the same: rounding to nearest,
 * no flushing to zero, IXC already set, and a result that is normal and above the smallest normal number (which
 * excludes NaNs, infinities, denormals, overflow, and tininess). The host rounds to nearest while the machine runs.
 * FEAT_AFP and FEAT_EBF16 are not there: FPCR.{AH,FIZ,NEP,EBF} are RES0.
 */
#ifndef CPU_FP_H
#define CPU_FP_H

#include "cpu/cpu.h"

/* Sizes as log2 of bytes. Let them be constants where speed counts. */
enum fp_size { FP_H = 1, FP_S = 2, FP_D = 3 };
#define FP_BITS(size) (8u << (size))

/* The first four as FPCR.RMode and the instructions' rmode fields encode them. */
enum fp_rounding { FP_TIEEVEN, FP_POSINF, FP_NEGINF, FP_TOZERO, FP_TIEAWAY, FP_ODD };

enum fp_flag { FP_IOC = 1 << 0, FP_DZC = 1 << 1, FP_OFC = 1 << 2, FP_UFC = 1 << 3, FP_IXC = 1 << 4, FP_IDC = 1 << 7 };
#define FP_QC (1u << 27)

#define FPCR_FZ16 (1u << 19)
#define FPCR_FZ (1u << 24)
#define FPCR_DN (1u << 25)
#define FPCR_AHP (1u << 26)
#define FPCR_RMODE (3u << 22)

static inline void fp_raise(struct cpu *c, unsigned flags)
{
	SYS(c, FPSR) |= flags;
}
/* FPRoundingMode */
static inline enum fp_rounding fp_rmode(const struct cpu *c)
{
	return (enum fp_rounding)(SYS(c, FPCR) >> 22 & 3);
}

/* ---- sign bit (also of NaNs): FPNeg, FPAbs ---- */
static inline u64 fp_neg(unsigned size, u64 a)
{
	return a ^ 1ull << (FP_BITS(size) - 1);
}
static inline u64 fp_abs(unsigned size, u64 a)
{
	return a & ~(1ull << (FP_BITS(size) - 1));
}
static inline u64 fp_default_nan(unsigned size)
{
	return size == FP_D ? 0x7ff8000000000000 : size == FP_S ? 0x7fc00000 : 0x7e00;
}

/* ---- the host's arithmetic ---- */

/* Whether the host may be tried. Its result counts when fp_plain_s() or fp_plain_d() holds of it. */
static inline bool fp_fast(const struct cpu *c)
{
	return likely(!(SYS(c, FPCR) & (FPCR_RMODE | FPCR_FZ))) && likely(SYS(c, FPSR) & FP_IXC);
}
static inline bool fp_plain_d(u64 v)
{
	return (v << 1) - 0x0020000000000001 < 0xffe0000000000000 - 0x0020000000000001;
}
static inline bool fp_plain_s(u32 v)
{
	return (v << 1) - 0x01000001 < 0xff000000 - 0x01000001;
}
static inline double fp_as_double(u64 v)
{
	double d;

	__builtin_memcpy(&d, &v, sizeof(d));
	return d;
}
static inline u64 fp_of_double(double d)
{
	u64 v;

	__builtin_memcpy(&v, &d, sizeof(v));
	return v;
}
static inline float fp_as_float(u64 v)
{
	u32 w = (u32)v;
	float f;

	__builtin_memcpy(&f, &w, sizeof(f));
	return f;
}
static inline u32 fp_of_float(float f)
{
	u32 v;

	__builtin_memcpy(&v, &f, sizeof(v));
	return v;
}

/* Whether the host has fused multiplication and addition as an instruction, and that: a * b + c. */
#if defined(__x86_64__)
static inline bool fp_host_fuses(void)
{
	return __builtin_cpu_supports("fma");
}
static inline double fp_fused_d(double a, double b, double c)
{
	__asm__("vfmadd213sd %2, %1, %0" : "+x"(a) : "x"(b), "x"(c));
	return a;
}
static inline float fp_fused_s(float a, float b, float c)
{
	__asm__("vfmadd213ss %2, %1, %0" : "+x"(a) : "x"(b), "x"(c));
	return a;
}
#else
static inline bool fp_host_fuses(void)
{
#ifdef __FP_FAST_FMA
	return true;
#else
	return false;
#endif
}
static inline double fp_fused_d(double a, double b, double c)
{
	return __builtin_fma(a, b, c);
}
static inline float fp_fused_s(float a, float b, float c)
{
	return __builtin_fmaf(a, b, c);
}
#endif

/* Return from the caller by the host's way, or go on. */
#define FP_TRY(c, size, in_double, in_float)                                                                           \
	do {                                                                                                           \
		if ((size) == FP_D && fp_fast(c)) {                                                                    \
			u64 r_ = fp_of_double(in_double);                                                              \
			if (likely(fp_plain_d(r_)))                                                                    \
				return r_;                                                                             \
		} else if ((size) == FP_S && fp_fast(c)) {                                                             \
			u32 r_ = fp_of_float(in_float);                                                                \
			if (likely(fp_plain_s(r_)))                                                                    \
				return r_;                                                                             \
		}                                                                                                      \
	} while (0)

/* ---- arithmetic: FPAdd, FPSub, FPMul, FPDiv, FPSqrt, FPMulAdd(addend, a, b) ---- */

u64 fp_add_soft(struct cpu *c, unsigned size, u64 a, u64 b);
u64 fp_sub_soft(struct cpu *c, unsigned size, u64 a, u64 b);
u64 fp_mul_soft(struct cpu *c, unsigned size, u64 a, u64 b);
u64 fp_div_soft(struct cpu *c, unsigned size, u64 a, u64 b);
u64 fp_sqrt_soft(struct cpu *c, unsigned size, u64 a);
u64 fp_madd_soft(struct cpu *c, unsigned size, u64 addend, u64 a, u64 b);

static inline u64 fp_add(struct cpu *c, unsigned size, u64 a, u64 b)
{
	FP_TRY(c, size, fp_as_double(a) + fp_as_double(b), fp_as_float(a) + fp_as_float(b));
	return fp_add_soft(c, size, a, b);
}
static inline u64 fp_sub(struct cpu *c, unsigned size, u64 a, u64 b)
{
	FP_TRY(c, size, fp_as_double(a) - fp_as_double(b), fp_as_float(a) - fp_as_float(b));
	return fp_sub_soft(c, size, a, b);
}
static inline u64 fp_mul(struct cpu *c, unsigned size, u64 a, u64 b)
{
	FP_TRY(c, size, fp_as_double(a) * fp_as_double(b), fp_as_float(a) * fp_as_float(b));
	return fp_mul_soft(c, size, a, b);
}
static inline u64 fp_div(struct cpu *c, unsigned size, u64 a, u64 b)
{
	FP_TRY(c, size, fp_as_double(a) / fp_as_double(b), fp_as_float(a) / fp_as_float(b));
	return fp_div_soft(c, size, a, b);
}
static inline u64 fp_sqrt(struct cpu *c, unsigned size, u64 a)
{
	FP_TRY(c, size, __builtin_sqrt(fp_as_double(a)), __builtin_sqrtf(fp_as_float(a)));
	return fp_sqrt_soft(c, size, a);
}
/* addend + a * b, rounded once */
static inline u64 fp_madd(struct cpu *c, unsigned size, u64 addend, u64 a, u64 b)
{
	if (likely(fp_host_fuses()))
		FP_TRY(c, size, fp_fused_d(fp_as_double(a), fp_as_double(b), fp_as_double(addend)),
		       fp_fused_s(fp_as_float(a), fp_as_float(b), fp_as_float(addend)));
	return fp_madd_soft(c, size, addend, a, b);
}
u64 fp_mulx(struct cpu *c, unsigned size, u64 a, u64 b);       /* FPMulX */
u64 fp_madd_h(struct cpu *c, u64 addend_s, u64 a_h, u64 b_h);  /* FPMulAddH: FMLAL, FMLSL */
u64 fp_recip_step(struct cpu *c, unsigned size, u64 a, u64 b); /* FPRecipStepFused: 2 - a*b */
u64 fp_rsqrt_step(struct cpu *c, unsigned size, u64 a, u64 b); /* FPRSqrtStepFused: (3 - a*b) / 2 */
u64 fp_abd(struct cpu *c, unsigned size, u64 a, u64 b);	       /* FPAbs(FPSub()) */

/* ---- estimates ---- */
u64 fp_recip_estimate(struct cpu *c, unsigned size, u64 a); /* FPRecipEstimate */
u64 fp_rsqrt_estimate(struct cpu *c, unsigned size, u64 a); /* FPRSqrtEstimate */
u64 fp_recpx(struct cpu *c, unsigned size, u64 a);	    /* FPRecpX */
u32 fp_u32_recip_estimate(u32 a);			    /* UnsignedRecipEstimate */
u32 fp_u32_rsqrt_estimate(u32 a);			    /* UnsignedRSqrtEstimate */

/* ---- FPMax, FPMin, FPMaxNum, FPMinNum ---- */
u64 fp_max(struct cpu *c, unsigned size, u64 a, u64 b);
u64 fp_min(struct cpu *c, unsigned size, u64 a, u64 b);
u64 fp_maxnm(struct cpu *c, unsigned size, u64 a, u64 b);
u64 fp_minnm(struct cpu *c, unsigned size, u64 a, u64 b);

/* ---- comparisons ---- */
/* NZCV as a number, N = 8 */
enum { FP_LESS = 8, FP_EQUAL = 6, FP_GREATER = 2, FP_UNORDERED = 3 };

unsigned fp_compare_soft(struct cpu *c, unsigned size, u64 a, u64 b, bool signal);

/* FPCompare; `signal`: any NaN is an invalid operation, not only a signalling one. */
static inline unsigned fp_compare(struct cpu *c, unsigned size, u64 a, u64 b, bool signal)
{
	if (size != FP_H && likely(!(SYS(c, FPCR) & FPCR_FZ))) {
		double x = size == FP_D ? fp_as_double(a) : (double)fp_as_float(a);
		double y = size == FP_D ? fp_as_double(b) : (double)fp_as_float(b);

		if (likely(!__builtin_isunordered(x, y)))
			return x == y ? FP_EQUAL : x < y ? FP_LESS : FP_GREATER;
	}
	return fp_compare_soft(c, size, a, b, signal);
}
/* FPCompareEQ: quiet */
static inline bool fp_cmpeq(struct cpu *c, unsigned size, u64 a, u64 b)
{
	return fp_compare(c, size, a, b, false) == FP_EQUAL;
}
/* FPCompareGE, FPCompareGT: signalling */
static inline bool fp_cmpge(struct cpu *c, unsigned size, u64 a, u64 b)
{
	unsigned nzcv = fp_compare(c, size, a, b, true);

	return nzcv == FP_EQUAL || nzcv == FP_GREATER;
}
static inline bool fp_cmpgt(struct cpu *c, unsigned size, u64 a, u64 b)
{
	return fp_compare(c, size, a, b, true) == FP_GREATER;
}

/* ---- rounding to integral ---- */
/* FPRoundInt; `exact`: raises IXC (FRINTX) */
u64 fp_round_int(struct cpu *c, unsigned size, u64 a, enum fp_rounding r, bool exact);
/* FPRoundIntN: FRINT32Z and so on; int_bits 32 or 64 */
u64 fp_round_int_n(struct cpu *c, unsigned size, u64 a, enum fp_rounding r, unsigned int_bits);

/* ---- conversions ---- */
u64 fp_convert_soft(struct cpu *c, unsigned from, unsigned to, u64 a);
u64 fp_convert_odd(struct cpu *c, u64 a_d); /* FCVTXN: double to single, to odd */
u64 fp_to_bf16(struct cpu *c, u64 a_s);	    /* FPConvertBF: BFCVT */
u64 fp_to_fixed_soft(struct cpu *c, unsigned size, u64 a, unsigned int_bits, unsigned fbits, bool is_unsigned,
		     enum fp_rounding r);
u64 fp_from_fixed_soft(struct cpu *c, unsigned size, u64 v, unsigned int_bits, unsigned fbits, bool is_unsigned);
u64 fp_to_fixed_js(struct cpu *c, u64 a_d); /* FPToFixedJS: FJCVTZS: bits 31:0 the result, bit 32 PSTATE.Z */

/* FPConvert, by FPCR's rounding */
static inline u64 fp_convert(struct cpu *c, unsigned from, unsigned to, u64 a)
{
	if (from == FP_S && to == FP_D && likely(!(SYS(c, FPCR) & FPCR_FZ))) {
		u64 r = fp_of_double((double)fp_as_float(a));

		if (likely(fp_plain_d(r)))
			return r;
	} else if (from == FP_D && to == FP_S && fp_fast(c)) {
		u32 r = fp_of_float((float)fp_as_double(a));

		if (likely(fp_plain_s(r)))
			return r;
	}
	return fp_convert_soft(c, from, to, a);
}
/* FPToFixed: to a signed or unsigned number of int_bits with fbits fraction bits, saturating; upper bits zero */
static inline u64 fp_to_fixed(struct cpu *c, unsigned size, u64 a, unsigned int_bits, unsigned fbits, bool is_unsigned,
			      enum fp_rounding r)
{
	if (size != FP_H && fbits == 0 && !is_unsigned && r == FP_TOZERO && likely(!(SYS(c, FPCR) & FPCR_FZ))) {
		double d = size == FP_D ? fp_as_double(a) : (double)fp_as_float(a);
		double limit = int_bits == 32 ? 0x1p31 : 0x1p63;

		if (likely(d > -limit && d < limit)) {
			s64 v = (s64)d;

			if (likely((double)v == d || SYS(c, FPSR) & FP_IXC))
				return int_bits == 32 ? (u32)v : (u64)v;
		}
	}
	return fp_to_fixed_soft(c, size, a, int_bits, fbits, is_unsigned, r);
}
/* FixedToFP: v is a number of int_bits (upper bits ignored), by FPCR's rounding */
static inline u64 fp_from_fixed(struct cpu *c, unsigned size, u64 v, unsigned int_bits, unsigned fbits,
				bool is_unsigned)
{
	if (fbits == 0 && int_bits == 32 && size == FP_D)
		return fp_of_double(is_unsigned ? (double)(u32)v : (double)(s32)v);
	if (fbits == 0 && int_bits == 64 && size == FP_D && fp_fast(c))
		return fp_of_double(is_unsigned ? (double)v : (double)(s64)v);
	if (fbits == 0 && int_bits == 32 && size == FP_S && fp_fast(c))
		return fp_of_float(is_unsigned ? (float)(u32)v : (float)(s32)v);
	return fp_from_fixed_soft(c, size, v, int_bits, fbits, is_unsigned);
}

/* ---- BFloat16 products: no flags, no FPCR ---- */
/* BFDotAdd: a and b hold two BFloat16 each; addend + a[0]*b[0] + a[1]*b[1] */
u32 fp_bf_dot(u32 addend, u32 a, u32 b);

#endif
