/*
 * Loads and stores of one general-purpose register: base plus immediate, pre- and post-indexed, literal, unprivileged,
 * and the acquire-RCpc forms with an offset. Arm ARM C3.2, C6.2 (LDR (immediate), LDUR, LDTR, LDR (literal), LDAPUR).
 *
 * The base is written back only after the access succeeded. CONSTRAINED UNPREDICTABLE with writeback and Rt == Rn: a
 * load leaves the written-back address in the register, a store stores the original base.
 */
#include "cpu/exec.h"
#include "cpu/a64_rows.h"
#include "cpu/ldst_kinds.h"
#include "cpu/pauth.h"

/* [Xn|SP, #imm]: op->imm is the byte offset */
#define LOAD_OFFSET(name, T, R, flags)                                                                                 \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		T v;                                                                                                   \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		LOAD_FLAGS(T, X(n) + op->imm, v, flags);                                                               \
		X(d) = (R)v;                                                                                           \
		NEXT;                                                                                                  \
	}
#define STORE_OFFSET(name, T, flags)                                                                                   \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		CHECK_SP;                                                                                              \
		STORE_FLAGS(T, X(n) + op->imm, X(d), flags);                                                           \
		NEXT;                                                                                                  \
	}

/* [Xn|SP, #imm]! */
#define LOAD_PRE(name, T, R)                                                                                           \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		u64 va = X(n) + op->imm;                                                                               \
		T v;                                                                                                   \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		LOAD(T, va, v);                                                                                        \
		X(d) = (R)v;                                                                                           \
		X(n) = va;                                                                                             \
		NEXT;                                                                                                  \
	}
#define STORE_PRE(name, T)                                                                                             \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		u64 va = X(n) + op->imm;                                                                               \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		STORE(T, va, X(d));                                                                                    \
		X(n) = va;                                                                                             \
		NEXT;                                                                                                  \
	}

/* [Xn|SP], #imm */
#define LOAD_POST(name, T, R)                                                                                          \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		u64 va = X(n);                                                                                         \
		T v;                                                                                                   \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		LOAD(T, va, v);                                                                                        \
		X(d) = (R)v;                                                                                           \
		X(n) = va + op->imm;                                                                                   \
		NEXT;                                                                                                  \
	}
#define STORE_POST(name, T)                                                                                            \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		u64 va = X(n);                                                                                         \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		STORE(T, va, X(d));                                                                                    \
		X(n) = va + op->imm;                                                                                   \
		NEXT;                                                                                                  \
	}

#define LOAD_MODES(k, T, R)                                                                                            \
	LOAD_OFFSET(ldr##k##_imm, T, R, 0)                                                                             \
	LOAD_OFFSET(ldr##k##_unpriv, T, R, MEM_UNPRIV)                                                                 \
	LOAD_OFFSET(ldr##k##_ordered, T, R, MEM_ORDERED)                                                               \
	LOAD_PRE(ldr##k##_pre, T, R)                                                                                   \
	LOAD_POST(ldr##k##_post, T, R)
LOAD_KINDS(LOAD_MODES)

#define STORE_MODES(k, T)                                                                                              \
	STORE_OFFSET(str##k##_imm, T, 0)                                                                               \
	STORE_OFFSET(str##k##_unpriv, T, MEM_UNPRIV)                                                                   \
	STORE_OFFSET(str##k##_ordered, T, MEM_ORDERED)                                                                 \
	STORE_PRE(str##k##_pre, T)                                                                                     \
	STORE_POST(str##k##_post, T)
STORE_KINDS(STORE_MODES)

/* A label: op->imm is the offset from this instruction */
#define LOAD_LITERAL(name, T)                                                                                          \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		T v;                                                                                                   \
                                                                                                                       \
		LOAD(T, PC + op->imm, v);                                                                              \
		X(d) = (u64)v;                                                                                         \
		NEXT;                                                                                                  \
	}
LOAD_LITERAL(ldr_w_lit, u32)
LOAD_LITERAL(ldr_x_lit, u64)
LOAD_LITERAL(ldrsw_lit, s32)

/* LDRAA, LDRAB: the base is authenticated with modifier 0 before SP alignment is checked; writeback keeps the result.
 */
#define LOAD_AUTH(name, key, writeback)                                                                                \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		u64 va, v;                                                                                             \
		bool ok;                                                                                               \
                                                                                                                       \
		GO_SLOW;                                                                                               \
		SLOW(ok = pauth_auth_branch(cpu, X(n), 0, key, &cpu->data[0]));                                        \
		if (!ok)                                                                                               \
			FAULT;                                                                                         \
		va = cpu->data[0] + op->imm;                                                                           \
		CHECK_SP;                                                                                              \
		LOAD(u64, va, v);                                                                                      \
		X(d) = v;                                                                                              \
		writeback;                                                                                             \
		NEXT;                                                                                                  \
	}
LOAD_AUTH(ldraa, PAUTH_DA, (void)0)
LOAD_AUTH(ldrab, PAUTH_DB, (void)0)
LOAD_AUTH(ldraa_pre, PAUTH_DA, X(n) = va)
LOAD_AUTH(ldrab_pre, PAUTH_DB, X(n) = va)
