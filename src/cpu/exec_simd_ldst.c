/*
 * Loads and stores of one SIMD&FP register: base plus immediate or register, pre- and post-indexed, literal. Arm ARM
 * C7.2 (LDR, LDUR, STR, STUR of SIMD&FP registers).
 *
 * A load zeroes the rest of the 128 bits. The base is written back only after the access succeeded.
 */
#include "cpu/simd_ldst.h"
#include "cpu/a64_rows.h"

/* F(register's letter, how it is loaded from va, how it is stored to va) */
#define V_KINDS(F)                                                                                                     \
	F(vb, V_LOAD(u8), V_STORE(u8))                                                                                 \
	F(vh, V_LOAD(u16), V_STORE(u16))                                                                               \
	F(vs, V_LOAD(u32), V_STORE(u32))                                                                               \
	F(vd, V_LOAD(u64), V_STORE(u64))                                                                               \
	F(vq, LOAD128(va, d), STORE128(va, d))

#define V_LOAD(T)                                                                                                      \
	do {                                                                                                           \
		T e_;                                                                                                  \
		LOAD(T, va, e_);                                                                                       \
		SET_V(d, e_);                                                                                          \
	} while (0)
#define V_STORE(T) STORE(T, va, V_LO(d))

/* An access at `address`, then what happens to the base */
#define V_ACCESS(name, address, access, writeback)                                                                     \
	EXEC_FP_MEM(name)                                                                                              \
	{                                                                                                              \
		u64 va = (address);                                                                                    \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		access;                                                                                                \
		writeback;                                                                                             \
		NEXT;                                                                                                  \
	}

/* Indexes: ExtendReg(). LSL and SXTX leave all 64 bits. */
#define V_MODES(name, access)                                                                                          \
	V_ACCESS(name##_imm, X(n) + op->imm, access, (void)0)                                                          \
	V_ACCESS(name##_pre, X(n) + op->imm, access, X(n) = va)                                                        \
	V_ACCESS(name##_post, X(n), access, X(n) = va + op->imm)                                                       \
	V_ACCESS(name##_reg, X(n) + (X(m) << op->a), access, (void)0)                                                  \
	V_ACCESS(name##_uxtw, X(n) + ((u64)W(m) << op->a), access, (void)0)                                            \
	V_ACCESS(name##_sxtw, X(n) + ((u64)(s32)W(m) << op->a), access, (void)0)

#define V_ALL_MODES(k, load, store)                                                                                    \
	V_MODES(ldr_##k, load)                                                                                         \
	V_MODES(str_##k, store)
V_KINDS(V_ALL_MODES)

/* A label: op->imm is the offset from this instruction */
#define V_LITERAL(name, access)                                                                                        \
	EXEC_FP_MEM(name)                                                                                              \
	{                                                                                                              \
		u64 va = PC + op->imm;                                                                                 \
                                                                                                                       \
		access;                                                                                                \
		NEXT;                                                                                                  \
	}
V_LITERAL(ldr_vs_lit, V_LOAD(u32))
V_LITERAL(ldr_vd_lit, V_LOAD(u64))
V_LITERAL(ldr_vq_lit, LOAD128(va, d))
