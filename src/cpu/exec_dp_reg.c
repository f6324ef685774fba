/*
 * Data processing of registers: logical, add and subtract (shifted, extended, with carry), conditional, multiply,
 * divide. Arm ARM C4.1.95. Operands are as forms.c leaves them.
 */
#include "cpu/exec_alu.h"

#include "cpu/a64_rows.h"
#include "cpu/specialise.h"

/* ---- the second operand, by kind ---- */

#define PLAIN_x X(m)
#define PLAIN_w W(m)
#define LSL_x (X(m) << op->a)
#define LSL_w (W(m) << op->a)
#define LSR_x (X(m) >> op->a)
#define LSR_w (W(m) >> op->a)
#define ASR_x ((u64)((s64)X(m) >> op->a))
#define ASR_w ((u32)((s32)W(m) >> op->a))
#define ROR_x (X(m) >> op->a | X(m) << (-op->a & 63))
#define ROR_w (W(m) >> op->a | W(m) << (-op->a & 31))
#define UXT (X(m) << op->a >> op->imm)
#define SXT ((u64)((s64)(X(m) << op->a) >> op->imm))

/* a = first operand, b = second operand */
#define ROW(name, T, first, second, result)                                                                            \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		T a = (T)(first), b = (T)(second);                                                                     \
		X(d) = (result);                                                                                       \
		NEXT;                                                                                                  \
	}

/* ---- logical ---- */

#define LOGICAL(name, result_x, result_w)                                                                              \
	ROW(name##_x, u64, X(n), PLAIN_x, result_x)                                                                    \
	ROW(name##_lsl_x, u64, X(n), LSL_x, result_x)                                                                  \
	ROW(name##_lsr_x, u64, X(n), LSR_x, result_x)                                                                  \
	ROW(name##_asr_x, u64, X(n), ASR_x, result_x)                                                                  \
	ROW(name##_ror_x, u64, X(n), ROR_x, result_x)                                                                  \
	ROW(name##_w, u32, W(n), PLAIN_w, result_w)                                                                    \
	ROW(name##_lsl_w, u32, W(n), LSL_w, result_w)                                                                  \
	ROW(name##_lsr_w, u32, W(n), LSR_w, result_w)                                                                  \
	ROW(name##_asr_w, u32, W(n), ASR_w, result_w)                                                                  \
	ROW(name##_ror_w, u32, W(n), ROR_w, result_w)

LOGICAL(and, (a & b), (a & b))
LOGICAL(orr, a | b, a | b)
LOGICAL(eor, a ^ b, a ^ b)
LOGICAL(ands, logic64(cpu, (a & b)), logic32(cpu, (a & b)))
LOGICAL(bic, a & ~b, a & ~b)
LOGICAL(orn, a | ~b, a | ~b)
LOGICAL(eon, a ^ ~b, a ^ ~b)
LOGICAL(bics, logic64(cpu, a & ~b), logic32(cpu, a & ~b))

EXEC(mov_x)
{
	X(d) = X(m);
	NEXT;
}

EXEC(mov_w)
{
	X(d) = W(m);
	NEXT;
}

/* ---- add, subtract ---- */

#define ARITHMETIC(name, result_x, result_w)                                                                           \
	ROW(name##_x, u64, X(n), PLAIN_x, result_x)                                                                    \
	ROW(name##_lsl_x, u64, X(n), LSL_x, result_x)                                                                  \
	ROW(name##_lsr_x, u64, X(n), LSR_x, result_x)                                                                  \
	ROW(name##_asr_x, u64, X(n), ASR_x, result_x)                                                                  \
	ROW(name##_uxt_x, u64, X(n), UXT, result_x)                                                                    \
	ROW(name##_sxt_x, u64, X(n), SXT, result_x)                                                                    \
	ROW(name##_w, u32, W(n), PLAIN_w, result_w)                                                                    \
	ROW(name##_lsl_w, u32, W(n), LSL_w, result_w)                                                                  \
	ROW(name##_lsr_w, u32, W(n), LSR_w, result_w)                                                                  \
	ROW(name##_asr_w, u32, W(n), ASR_w, result_w)                                                                  \
	ROW(name##_uxt_w, u32, W(n), UXT, result_w)                                                                    \
	ROW(name##_sxt_w, u32, W(n), SXT, result_w)

ARITHMETIC(add, a + b, a + b)
ARITHMETIC(adds, adds64(cpu, a, b), adds32(cpu, a, b))
ARITHMETIC(sub, a - b, a - b)
ARITHMETIC(subs, subs64(cpu, a, b), subs32(cpu, a, b))

#define CARRY cpu->s.r.c
ROW(adc_x, u64, X(n), X(m), a + b + CARRY)
ROW(adc_w, u32, W(n), W(m), a + b + CARRY)
ROW(sbc_x, u64, X(n), X(m), a - b - !CARRY)
ROW(sbc_w, u32, W(n), W(m), a - b - !CARRY)
ROW(adcs_x, u64, X(n), X(m), adcs64(cpu, a, b))
ROW(adcs_w, u32, W(n), W(m), adcs32(cpu, a, b))
ROW(sbcs_x, u64, X(n), X(m), adcs64(cpu, a, ~b))
ROW(sbcs_w, u32, W(n), W(m), adcs32(cpu, a, ~b))

/* ---- conditional ---- */

/* Each with a fast form for every condition (specialise.c): name_eq…, in name_forms[]. */
#if defined(ENGINE_STEP) || defined(EXEC_INLINE)
#define WITH_FORMS(name, BODY, ...)                                                                                    \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		BODY(condition_holds(cpu, op->a), ##__VA_ARGS__);                                                      \
		NEXT;                                                                                                  \
	}
#else
#define FORM(number, cc, holds, name, BODY, ...)                                                                       \
	static EXEC(name##_##cc)                                                                                       \
	{                                                                                                              \
		BODY((holds), ##__VA_ARGS__);                                                                          \
		NEXT;                                                                                                  \
	}
#define FORM_ENTRY(number, cc, holds, name) [number] = fast_##name##_##cc,
#define WITH_FORMS(name, BODY, ...)                                                                                    \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		BODY(condition_holds(cpu, op->a), ##__VA_ARGS__);                                                      \
		NEXT;                                                                                                  \
	}                                                                                                              \
	CONDITIONS(FORM, name, BODY, ##__VA_ARGS__)                                                                    \
	op_fn *const name##_forms[16] = { CONDITIONS(FORM_ENTRY, name)[14] = fast_##name, [15] = fast_##name };
#endif

#define COMPARE_BODY(holds, compare, T, second)                                                                        \
	do {                                                                                                           \
		if (holds)                                                                                             \
			compare(cpu, (T)X(n), (T)(second));                                                            \
		else                                                                                                   \
			cpu_set_nzcv(cpu, (u32)op->d << 28);                                                           \
	} while (0)
#define COMPARE(name, compare, T, second) WITH_FORMS(name, COMPARE_BODY, compare, T, second)
COMPARE(ccmp_reg_x, subs64, u64, X(m))
COMPARE(ccmp_reg_w, subs32, u32, X(m))
COMPARE(ccmp_imm_x, subs64, u64, op->imm)
COMPARE(ccmp_imm_w, subs32, u32, op->imm)
COMPARE(ccmn_reg_x, adds64, u64, X(m))
COMPARE(ccmn_reg_w, adds32, u32, X(m))
COMPARE(ccmn_imm_x, adds64, u64, op->imm)
COMPARE(ccmn_imm_w, adds32, u32, op->imm)

#define SELECT_BODY(holds, T, otherwise)                                                                               \
	do {                                                                                                           \
		T a = (T)X(n), b = (T)X(m);                                                                            \
		X(d) = (holds) ? a : (T)(otherwise);                                                                   \
	} while (0)
#define SELECT(name, T, otherwise) WITH_FORMS(name, SELECT_BODY, T, otherwise)
SELECT(csel_x, u64, b)
SELECT(csel_w, u32, b)
SELECT(csinc_x, u64, b + 1)
SELECT(csinc_w, u32, b + 1)
SELECT(csinv_x, u64, ~b)
SELECT(csinv_w, u32, ~b)
SELECT(csneg_x, u64, -b)
SELECT(csneg_w, u32, -b)

/* ---- multiply, divide ---- */

ROW(madd_x, u64, X(n), X(m), X(a) + a * b)
ROW(madd_w, u32, X(n), X(m), (u32)(W(a) + a * b))
ROW(msub_x, u64, X(n), X(m), X(a) - a * b)
ROW(msub_w, u32, X(n), X(m), (u32)(W(a) - a * b))
ROW(mul_x, u64, X(n), X(m), (a * b))
ROW(mul_w, u32, X(n), X(m), (a * b))
ROW(smaddl, s32, X(n), X(m), X(a) + (u64)((s64)a * b))
ROW(smsubl, s32, X(n), X(m), X(a) - (u64)((s64)a * b))
ROW(umaddl, u32, X(n), X(m), X(a) + (u64)a * b)
ROW(umsubl, u32, X(n), X(m), X(a) - (u64)a * b)
ROW(smulh, s64, X(n), X(m), (u64)((__int128)a *b >> 64))
ROW(umulh, u64, X(n), X(m), (u64)((unsigned __int128)a *b >> 64))

/* Division by zero gives zero; the most negative number divided by -1 gives itself. */
ROW(udiv_x, u64, X(n), X(m), b ? a / b : 0)
ROW(udiv_w, u32, X(n), X(m), b ? a / b : 0)
ROW(sdiv_x, s64, X(n), X(m), b == 0 ? 0 : b == -1 ? -(u64)a : (u64)(a / b))
ROW(sdiv_w, s32, X(n), X(m), b == 0 ? 0 : b == -1 ? -(u32)a : (u32)(a / b))

/* ---- FEAT_CSSC: minimum, maximum ---- */

ROW(smax_x, s64, X(n), X(m), (u64)(a > b ? a : b))
ROW(smax_w, s32, X(n), X(m), (u32)(a > b ? a : b))
ROW(umax_x, u64, X(n), X(m), a > b ? a : b)
ROW(umax_w, u32, X(n), X(m), a > b ? a : b)
ROW(smin_x, s64, X(n), X(m), (u64)(a < b ? a : b))
ROW(smin_w, s32, X(n), X(m), (u32)(a < b ? a : b))
ROW(umin_x, u64, X(n), X(m), a < b ? a : b)
ROW(umin_w, u32, X(n), X(m), a < b ? a : b)
