/*
 * Loads and stores of one SIMD&FP register: base plus immediate or register, pre- and post-indexed, literal. Arm ARM
 * C7.2 (LDR, LDUR, STR, STUR of SIMD&FP registers).
 *
 * A load zeroes the rest of the 128 bits. The base is written back only after the access succeeded.
 */
#include "cpu/simd_ldst.h"
#include "cpu/a64_rows.h"

#define V_LOAD(T)                                                                                                      \
	do {                                                                                                           \
		T e_;                                                                                                  \
		LOAD(T, va, e_);                                                                                       \
		SET_V(d, e_);                                                                                          \
	} while (0)
#define V_STORE(T) STORE(T, va, V_LO(d))

/* The access, at `address`, and what then happens to the base */
#define V_ACCESS(name, address, writeback, ...)                                                                        \
	EXEC_FP_MEM(name)                                                                                              \
	{                                                                                                              \
		u64 va = (address);                                                                                    \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		__VA_ARGS__;                                                                                           \
		writeback;                                                                                             \
		NEXT;                                                                                                  \
	}

/* Indexes: ExtendReg(). LSL and SXTX leave all 64 bits. */
#define V_MODES(name, ...)                                                                                             \
	V_ACCESS(name##_imm, X(n) + op->imm, (void)0, __VA_ARGS__)                                                     \
	V_ACCESS(name##_pre, X(n) + op->imm, X(n) = va, __VA_ARGS__)                                                   \
	V_ACCESS(name##_post, X(n), X(n) = va + op->imm, __VA_ARGS__)                                                  \
	V_ACCESS(name##_reg, X(n) + (X(m) << op->a), (void)0, __VA_ARGS__)                                             \
	V_ACCESS(name##_uxtw, X(n) + ((u64)W(m) << op->a), (void)0, __VA_ARGS__)                                       \
	V_ACCESS(name##_sxtw, X(n) + ((u64)(s32)W(m) << op->a), (void)0, __VA_ARGS__)

V_MODES(ldr_vb, V_LOAD(u8))
V_MODES(ldr_vh, V_LOAD(u16))
V_MODES(ldr_vs, V_LOAD(u32))
V_MODES(ldr_vd, V_LOAD(u64))
V_MODES(ldr_vq, LOAD128(va, d))
V_MODES(str_vb, V_STORE(u8))
V_MODES(str_vh, V_STORE(u16))
V_MODES(str_vs, V_STORE(u32))
V_MODES(str_vd, V_STORE(u64))
V_MODES(str_vq, STORE128(va, d))

/* A label: op->imm is the offset from this instruction */
#define V_LITERAL(name, ...)                                                                                           \
	EXEC_FP_MEM(name)                                                                                              \
	{                                                                                                              \
		u64 va = PC + op->imm;                                                                                 \
                                                                                                                       \
		__VA_ARGS__;                                                                                           \
		NEXT;                                                                                                  \
	}
V_LITERAL(ldr_vs_lit, V_LOAD(u32))
V_LITERAL(ldr_vd_lit, V_LOAD(u64))
V_LITERAL(ldr_vq_lit, LOAD128(va, d))
