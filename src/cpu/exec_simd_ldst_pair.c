/*
 * Loads and stores of two SIMD&FP registers: op->d and op->a. Arm ARM C7.2 (LDP, LDNP, STP, STNP of SIMD&FP
 * registers); the non-temporal hint changes nothing here.
 *
 * Registers are written only after both elements were read, the base after that. CONSTRAINED UNPREDICTABLE: Rt == Rt2
 * leaves the second element.
 */
#include "cpu/simd_ldst.h"
#include "cpu/a64_rows.h"

#define V_LOAD2(T)                                                                                                     \
	do {                                                                                                           \
		LOAD2(T, va, V_LO(d), V_LO(a));                                                                        \
		V_HI(d) = V_HI(a) = 0;                                                                                 \
	} while (0)
#define V_STORE2(T) STORE2(T, va, V_LO(d), V_LO(a))

#define V_LOAD2_Q                                                                                                      \
	do {                                                                                                           \
		const u8 *from_;                                                                                       \
		READ_BLOCK(va, 16, 32, from_);                                                                         \
		mem128 e0_ = ((const mem128 *)from_)[0], e1_ = ((const mem128 *)from_)[1];                             \
		VREG(d) = e0_;                                                                                         \
		VREG(a) = e1_;                                                                                         \
	} while (0)
#define PUT_PAIR(to)                                                                                                   \
	do {                                                                                                           \
		mem128 *to_ = (mem128 *)(to);                                                                          \
		to_[0] = VREG(d);                                                                                      \
		to_[1] = VREG(a);                                                                                      \
	} while (0)
#define V_STORE2_Q WRITE_BLOCK(va, 16, 32, PUT_PAIR)

#define V_PAIR(name, address, writeback, ...)                                                                          \
	EXEC_FP_MEM(name)                                                                                              \
	{                                                                                                              \
		u64 va = (address);                                                                                    \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		__VA_ARGS__;                                                                                           \
		writeback;                                                                                             \
		NEXT;                                                                                                  \
	}
#define V_PAIR_MODES(name, ...)                                                                                        \
	V_PAIR(name##_imm, X(n) + op->imm, (void)0, __VA_ARGS__)                                                       \
	V_PAIR(name##_pre, X(n) + op->imm, X(n) = va, __VA_ARGS__)                                                     \
	V_PAIR(name##_post, X(n), X(n) = va + op->imm, __VA_ARGS__)

V_PAIR_MODES(ldp_vs, V_LOAD2(u32))
V_PAIR_MODES(ldp_vd, V_LOAD2(u64))
V_PAIR_MODES(ldp_vq, V_LOAD2_Q)
V_PAIR_MODES(stp_vs, V_STORE2(u32))
V_PAIR_MODES(stp_vd, V_STORE2(u64))
V_PAIR_MODES(stp_vq, V_STORE2_Q)
