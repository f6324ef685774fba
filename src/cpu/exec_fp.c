/* Scalar floating point. Arm ARM C7.2: FABS … FSUB, SCVTF, UCVTF; the arithmetic itself is fp.h's. */
#include "cpu/exec_fp.h"

#include "cpu/a64_rows.h"

#define V_H(f) ((u16)V_LO(f))
#define V_S(f) ((u32)V_LO(f))
#define V_D(f) V_LO(f)

/* F(suffix, size, operand macro) */
#define EACH_SIZE(F, ...) F(h, FP_H, V_H, ##__VA_ARGS__) F(s, FP_S, V_S, ##__VA_ARGS__) F(d, FP_D, V_D, ##__VA_ARGS__)

#define PLAIN_S(r) fp_plain_s((u32)(r))
#define PLAIN_D(r) fp_plain_d(r)
#define OF_S(expression) fp_of_float(expression)
#define OF_D(expression) fp_of_double(expression)
#define HOST_S(v) fp_as_float(v)
#define HOST_D(v) fp_as_double(v)

/* The host's result if that is known to be right, or else, out of line, the other: so the first needs no stack frame.
 */
#define HOST_OR_SOFT(name, S, host, soft) HOST_IF_OR_SOFT(name, S, true, host, soft)
#define HOST_IF_OR_SOFT(name, S, able, host, soft)                                                                     \
	static __attribute__((noinline)) FP_EXEC_TYPE soft_##name(FP_BODY_PARAMETERS)                                  \
	{                                                                                                              \
		SET_V(d, soft);                                                                                        \
		NEXT;                                                                                                  \
	}                                                                                                              \
	EXEC_FP(name)                                                                                                  \
	{                                                                                                              \
		if (likely(able) && fp_fast(cpu)) {                                                                    \
			u64 r = OF_##S(host);                                                                          \
			if (likely(PLAIN_##S(r))) {                                                                    \
				SET_V(d, r);                                                                           \
				NEXT;                                                                                  \
			}                                                                                              \
		}                                                                                                      \
		return soft_##name(FP_BODY_ARGUMENTS);                                                                 \
	}
#define SOFT(name, value)                                                                                              \
	EXEC_FP(name)                                                                                                  \
	{                                                                                                              \
		SET_V(d, value);                                                                                       \
		NEXT;                                                                                                  \
	}

/* ---- two sources ---- */

#define ARITHMETIC(name, operator)                                                                                     \
	HOST_OR_SOFT(f##name##_s, S, HOST_S(V_S(n)) operator HOST_S(V_S(m)),                                           \
		     fp_##name##_soft(cpu, FP_S, V_S(n), V_S(m)))                                                      \
	HOST_OR_SOFT(f##name##_d, D, HOST_D(V_D(n)) operator HOST_D(V_D(m)),                                           \
		     fp_##name##_soft(cpu, FP_D, V_D(n), V_D(m)))                                                      \
	SOFT(f##name##_h, fp_##name(cpu, FP_H, V_H(n), V_H(m)))

ARITHMETIC(add, +)
ARITHMETIC(sub, -)
ARITHMETIC(mul, *)
ARITHMETIC(div, /)

/* -(n * m), a NaN's sign too */
HOST_OR_SOFT(fnmul_s, S, -(HOST_S(V_S(n)) * HOST_S(V_S(m))), fp_neg(FP_S, fp_mul_soft(cpu, FP_S, V_S(n), V_S(m))))
HOST_OR_SOFT(fnmul_d, D, -(HOST_D(V_D(n)) * HOST_D(V_D(m))), fp_neg(FP_D, fp_mul_soft(cpu, FP_D, V_D(n), V_D(m))))
SOFT(fnmul_h, fp_neg(FP_H, fp_mul(cpu, FP_H, V_H(n), V_H(m))))

#define EXTREME(suffix, size, V, name) SOFT(f##name##_##suffix, fp_##name(cpu, size, V(n), V(m)))
EACH_SIZE(EXTREME, max)
EACH_SIZE(EXTREME, min)
EACH_SIZE(EXTREME, maxnm)
EACH_SIZE(EXTREME, minnm)

/* ---- three sources: a + n * m, with signs changed before ---- */

#define FUSE(name, sign_a, sign_n)                                                                                     \
	HOST_IF_OR_SOFT(                                                                                               \
		name##_s, S, fp_host_fuses(),                                                                          \
		fp_fused_s(sign_n HOST_S(V_S(n)), HOST_S(V_S(m)), sign_a HOST_S(V_S(a))),                              \
		fp_madd_soft(cpu, FP_S, NEGATE_IF(FP_S, sign_a, V_S(a)), NEGATE_IF(FP_S, sign_n, V_S(n)), V_S(m)))     \
	HOST_IF_OR_SOFT(                                                                                               \
		name##_d, D, fp_host_fuses(),                                                                          \
		fp_fused_d(sign_n HOST_D(V_D(n)), HOST_D(V_D(m)), sign_a HOST_D(V_D(a))),                              \
		fp_madd_soft(cpu, FP_D, NEGATE_IF(FP_D, sign_a, V_D(a)), NEGATE_IF(FP_D, sign_n, V_D(n)), V_D(m)))     \
	SOFT(name##_h, fp_madd(cpu, FP_H, NEGATE_IF(FP_H, sign_a, V_H(a)), NEGATE_IF(FP_H, sign_n, V_H(n)), V_H(m)))
#define NEGATE_IF(size, sign, v) ((sign 1) < 0 ? fp_neg(size, v) : (v))
FUSE(fmadd, +, +)
FUSE(fmsub, +, -)
FUSE(fnmadd, -, -)
FUSE(fnmsub, -, +)

/* ---- one source ---- */

#define UNARY(suffix, size, V)                                                                                         \
	SOFT(fmov_##suffix, V(n))                                                                                      \
	SOFT(fabs_##suffix, fp_abs(size, V(n)))                                                                        \
	SOFT(fneg_##suffix, fp_neg(size, V(n)))                                                                        \
	SOFT(fsqrt_##suffix, fp_sqrt(cpu, size, V(n)))                                                                 \
	SOFT(frint_##suffix, fp_round_int(cpu, size, V(n), op->a, false))                                              \
	SOFT(frintx_##suffix, fp_round_int(cpu, size, V(n), fp_rmode(cpu), true))                                      \
	SOFT(frinti_##suffix, fp_round_int(cpu, size, V(n), fp_rmode(cpu), false))
EACH_SIZE(UNARY)

SOFT(frint_to_s, fp_round_int_n(cpu, FP_S, V_S(n), op->imm ? fp_rmode(cpu) : FP_TOZERO, op->m))
SOFT(frint_to_d, fp_round_int_n(cpu, FP_D, V_D(n), op->imm ? fp_rmode(cpu) : FP_TOZERO, op->m))

SOFT(fcvt_ds, fp_convert(cpu, FP_S, FP_D, V_S(n)))
SOFT(fcvt_hs, fp_convert(cpu, FP_S, FP_H, V_S(n)))
SOFT(fcvt_sd, fp_convert(cpu, FP_D, FP_S, V_D(n)))
SOFT(fcvt_hd, fp_convert(cpu, FP_D, FP_H, V_D(n)))
SOFT(fcvt_sh, fp_convert(cpu, FP_H, FP_S, V_H(n)))
SOFT(fcvt_dh, fp_convert(cpu, FP_H, FP_D, V_H(n)))
SOFT(bfcvt, fp_to_bf16(cpu, V_S(n)))
SOFT(fmov_imm, op->imm)

/* ---- comparisons ---- */

#define SET_NZCV(value) cpu_set_nzcv(cpu, (value) << 28)
#define COMPARE(suffix, size, V, name, signal)                                                                         \
	EXEC_FP(f##name##_##suffix)                                                                                    \
	{                                                                                                              \
		SET_NZCV(fp_compare(cpu, size, V(n), V(m), signal));                                                   \
		NEXT;                                                                                                  \
	}                                                                                                              \
	EXEC_FP(f##name##_zero_##suffix)                                                                               \
	{                                                                                                              \
		SET_NZCV(fp_compare(cpu, size, V(n), 0, signal));                                                      \
		NEXT;                                                                                                  \
	}                                                                                                              \
	EXEC_FP(fc##name##_##suffix)                                                                                   \
	{                                                                                                              \
		if (condition_holds(cpu, op->a))                                                                       \
			SET_NZCV(fp_compare(cpu, size, V(n), V(m), signal));                                           \
		else                                                                                                   \
			SET_NZCV((u32)op->d);                                                                          \
		NEXT;                                                                                                  \
	}
EACH_SIZE(COMPARE, cmp, false)
EACH_SIZE(COMPARE, cmpe, true)

#define SELECT(suffix, size, V) SOFT(fcsel_##suffix, condition_holds(cpu, op->a) ? V(n) : V(m))
EACH_SIZE(SELECT)

/* ---- to and from general registers ---- */

#define CONVERT(suffix, size, V)                                                                                       \
	EXEC_FP(fcvt_##suffix##_w)                                                                                     \
	{                                                                                                              \
		X(d) = fp_to_fixed_soft(cpu, size, V(n), 32, (unsigned)op->imm, op->m, op->a);                         \
		NEXT;                                                                                                  \
	}                                                                                                              \
	EXEC_FP(fcvt_##suffix##_x)                                                                                     \
	{                                                                                                              \
		X(d) = fp_to_fixed_soft(cpu, size, V(n), 64, (unsigned)op->imm, op->m, op->a);                         \
		NEXT;                                                                                                  \
	}                                                                                                              \
	SOFT(cvtf_##suffix##_w, fp_from_fixed_soft(cpu, size, X(n), 32, (unsigned)op->imm, op->m))                     \
	SOFT(cvtf_##suffix##_x, fp_from_fixed_soft(cpu, size, X(n), 64, (unsigned)op->imm, op->m))
EACH_SIZE(CONVERT)

/* What C programs do all the time. */
#define CONVERT_INT(suffix, size, V, width, width_bits)                                                                \
	EXEC_FP(fcvtzs_##suffix##_##width)                                                                             \
	{                                                                                                              \
		X(d) = fp_to_fixed(cpu, size, V(n), width_bits, 0, false, FP_TOZERO);                                  \
		NEXT;                                                                                                  \
	}                                                                                                              \
	SOFT(scvtf_##suffix##_##width, fp_from_fixed(cpu, size, X(n), width_bits, 0, false))
CONVERT_INT(s, FP_S, V_S, w, 32)
CONVERT_INT(s, FP_S, V_S, x, 64)
CONVERT_INT(d, FP_D, V_D, w, 32)
CONVERT_INT(d, FP_D, V_D, x, 64)

/* Result and Z; N, C and V become 0. */
EXEC_FP(fjcvtzs)
{
	u64 r = fp_to_fixed_js(cpu, V_D(n));

	X(d) = (u32)r;
	SET_FLAGS(0, !(r >> 32), 0, 0);
	NEXT;
}

#define TO_GENERAL(name, value)                                                                                        \
	EXEC_FP(name)                                                                                                  \
	{                                                                                                              \
		X(d) = (value);                                                                                        \
		NEXT;                                                                                                  \
	}
TO_GENERAL(fmov_to_h, V_H(n))
TO_GENERAL(fmov_to_w, V_S(n))
TO_GENERAL(fmov_to_x, V_D(n))
TO_GENERAL(fmov_x_top, V_HI(n))
SOFT(fmov_from_h, (u16)X(n))
SOFT(fmov_from_w, (u32)X(n))
SOFT(fmov_from_x, X(n))

/* FMOV Vd.D[1]: the lower half stays. */
EXEC_FP(fmov_top_x)
{
	V_HI(d) = X(n);
	NEXT;
}
