/*
 * A single structure: one element of each of one to four registers (LD1-LD4, ST1-ST4 of a lane), or the same element in
 * all lanes of a register (LD1R-LD4R). Arm ARM C7.2.
 *
 * All elements are read before a register is written: a fault leaves registers and base as they were.
 */
#include "cpu/simd_ldst.h"
#include "cpu/a64_rows.h"

#define V_STRUCTURE(name, access, writeback)                                                                           \
	EXEC_FP_MEM(name)                                                                                              \
	{                                                                                                              \
		u64 va = X(n);                                                                                         \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		access;                                                                                                \
		writeback;                                                                                             \
		NEXT;                                                                                                  \
	}
/* The post-index immediate is the number of bytes moved. */
#define V_STRUCTURE_MODES(name, access)                                                                                \
	V_STRUCTURE(name, access, (void)0)                                                                             \
	V_STRUCTURE(name##_post, access, X(n) = va + op->imm)                                                          \
	V_STRUCTURE(name##_postr, access, X(n) = va + X(m))

/* ---- one lane: op->a ---- */

typedef u16 mem16 __attribute__((aligned(1)));
typedef u32 mem32 __attribute__((aligned(1)));
typedef u64 mem64 __attribute__((aligned(1)));

#define LANE(T, r) (((T *)(void *)V_NEXT(d, r))[op->a])
#define LANE_LOAD(T, M, count)                                                                                         \
	do {                                                                                                           \
		const u8 *from_;                                                                                       \
		READ_BLOCK(va, sizeof(T), (count) * sizeof(T), from_);                                                 \
		for (unsigned r = 0; r < (count); r++)                                                                 \
			LANE(T, r) = ((const M *)from_)[r];                                                            \
	} while (0)
#define LANE_PUT(T, M, count, to)                                                                                      \
	do {                                                                                                           \
		M *to_ = (M *)(to);                                                                                    \
		for (unsigned r = 0; r < (count); r++)                                                                 \
			to_[r] = LANE(T, r);                                                                           \
	} while (0)

/* F(suffix, lane, the same in memory) */
#define LANE_KINDS(F, ...)                                                                                             \
	F(b, u8, u8, ##__VA_ARGS__)                                                                                    \
	F(h, u16, mem16, ##__VA_ARGS__)                                                                                \
	F(s, u32, mem32, ##__VA_ARGS__)                                                                                \
	F(d, u64, mem64, ##__VA_ARGS__)

#define LANE_LOADS(k, T, M)                                                                                            \
	V_STRUCTURE_MODES(ld1_##k, LANE_LOAD(T, M, 1))                                                                 \
	V_STRUCTURE_MODES(ld2_##k, LANE_LOAD(T, M, 2))                                                                 \
	V_STRUCTURE_MODES(ld3_##k, LANE_LOAD(T, M, 3))                                                                 \
	V_STRUCTURE_MODES(ld4_##k, LANE_LOAD(T, M, 4))
LANE_KINDS(LANE_LOADS)

#define PUT_B1(to) LANE_PUT(u8, u8, 1, to)
#define PUT_B2(to) LANE_PUT(u8, u8, 2, to)
#define PUT_B3(to) LANE_PUT(u8, u8, 3, to)
#define PUT_B4(to) LANE_PUT(u8, u8, 4, to)
#define PUT_H1(to) LANE_PUT(u16, mem16, 1, to)
#define PUT_H2(to) LANE_PUT(u16, mem16, 2, to)
#define PUT_H3(to) LANE_PUT(u16, mem16, 3, to)
#define PUT_H4(to) LANE_PUT(u16, mem16, 4, to)
#define PUT_S1(to) LANE_PUT(u32, mem32, 1, to)
#define PUT_S2(to) LANE_PUT(u32, mem32, 2, to)
#define PUT_S3(to) LANE_PUT(u32, mem32, 3, to)
#define PUT_S4(to) LANE_PUT(u32, mem32, 4, to)
#define PUT_D1(to) LANE_PUT(u64, mem64, 1, to)
#define PUT_D2(to) LANE_PUT(u64, mem64, 2, to)
#define PUT_D3(to) LANE_PUT(u64, mem64, 3, to)
#define PUT_D4(to) LANE_PUT(u64, mem64, 4, to)
#define LANE_STORES(k, K, T)                                                                                           \
	V_STRUCTURE_MODES(st1_##k, WRITE_BLOCK(va, sizeof(T), sizeof(T), PUT_##K##1))                                  \
	V_STRUCTURE_MODES(st2_##k, WRITE_BLOCK(va, sizeof(T), 2 * sizeof(T), PUT_##K##2))                              \
	V_STRUCTURE_MODES(st3_##k, WRITE_BLOCK(va, sizeof(T), 3 * sizeof(T), PUT_##K##3))                              \
	V_STRUCTURE_MODES(st4_##k, WRITE_BLOCK(va, sizeof(T), 4 * sizeof(T), PUT_##K##4))
LANE_STORES(b, B, u8)
LANE_STORES(h, H, u16)
LANE_STORES(s, S, u32)
LANE_STORES(d, D, u64)

/* ---- all lanes ---- */

/* The element at `from`, in every element of 64 bits */
static inline u64 replicated(const u8 *from, unsigned size)
{
	switch (size) {
	case 0: return *from * 0x0101010101010101ull;
	case 1: return *(const mem16 *)from * 0x0001000100010001ull;
	case 2: return *(const mem32 *)from * 0x0000000100000001ull;
	default: return *(const mem64 *)from;
	}
}

#define REPLICATE_LOAD(count)                                                                                          \
	do {                                                                                                           \
		const u8 *from_;                                                                                       \
		READ_BLOCK(va, 1u << STRUCT_SIZE(op), op->imm, from_);                                                 \
		for (unsigned r = 0; r < (count); r++) {                                                               \
			u64 *z_ = V_NEXT(d, r);                                                                        \
			u64 v_ = replicated(from_ + (r << STRUCT_SIZE(op)), STRUCT_SIZE(op));                          \
			z_[0] = v_;                                                                                    \
			z_[1] = STRUCT_Q(op) ? v_ : 0;                                                                 \
		}                                                                                                      \
	} while (0)
V_STRUCTURE_MODES(ld1r, REPLICATE_LOAD(1))
V_STRUCTURE_MODES(ld2r, REPLICATE_LOAD(2))
V_STRUCTURE_MODES(ld3r, REPLICATE_LOAD(3))
V_STRUCTURE_MODES(ld4r, REPLICATE_LOAD(4))
