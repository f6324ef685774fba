/*
 * Loads and stores of one general-purpose register, base plus register. Arm ARM C6.2 (LDR (register)…), ExtendReg().
 * op->m is the index register, op->a the shift. LSL and SXTX leave all 64 bits of the index: one form for both.
 */
#include "cpu/exec.h"
#include "cpu/a64_rows.h"
#include "cpu/ldst_kinds.h"

#define INDEX_X (X(m) << op->a)
#define INDEX_UXTW ((u64)W(m) << op->a)
#define INDEX_SXTW ((u64)(s32)W(m) << op->a)

#define LOAD_INDEX(name, T, R, index)                                                                                  \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		T v;                                                                                                   \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		LOAD(T, X(n) + index, v);                                                                              \
		X(d) = (R)v;                                                                                           \
		NEXT;                                                                                                  \
	}
#define STORE_INDEX(name, T, index)                                                                                    \
	EXEC_MEM(name)                                                                                                 \
	{                                                                                                              \
		CHECK_SP;                                                                                              \
		STORE(T, X(n) + index, X(d));                                                                          \
		NEXT;                                                                                                  \
	}

#define LOAD_INDEXES(k, T, R)                                                                                          \
	LOAD_INDEX(ldr##k##_reg, T, R, INDEX_X)                                                                        \
	LOAD_INDEX(ldr##k##_uxtw, T, R, INDEX_UXTW)                                                                    \
	LOAD_INDEX(ldr##k##_sxtw, T, R, INDEX_SXTW)
LOAD_KINDS(LOAD_INDEXES)

#define STORE_INDEXES(k, T)                                                                                            \
	STORE_INDEX(str##k##_reg, T, INDEX_X)                                                                          \
	STORE_INDEX(str##k##_uxtw, T, INDEX_UXTW)                                                                      \
	STORE_INDEX(str##k##_sxtw, T, INDEX_SXTW)
STORE_KINDS(STORE_INDEXES)
