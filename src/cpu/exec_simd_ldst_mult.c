/*
 * Multiple structures: LD1-LD4 and ST1-ST4 of whole registers. Arm ARM C7.2, C3.2.10.
 *
 * All elements are read before a register is written, and all pages are translated before one is stored: an access that
 * faults leaves registers, memory and base as they were.
 */
#include <string.h>

#include "cpu/simd_ldst.h"
#include "cpu/a64_rows.h"

/* ---- registers one after the other ---- */

static inline __attribute__((always_inline)) void get_whole(struct cpu *cpu, const struct op *op, unsigned count,
							    const u8 *from)
{
	for (unsigned r = 0; r < count; r++) {
		u64 *z = V_NEXT(d, r);

		if (STRUCT_Q(op)) {
			memcpy(z, from + 16 * r, 16);
		} else {
			memcpy(z, from + 8 * r, 8);
			z[1] = 0;
		}
	}
}

static inline __attribute__((always_inline)) void put_whole(const struct cpu *cpu, const struct op *op, unsigned count,
							    u8 *to)
{
	for (unsigned r = 0; r < count; r++) {
		if (STRUCT_Q(op))
			memcpy(to + 16 * r, V_NEXT(d, r), 16);
		else
			memcpy(to + 8 * r, V_NEXT(d, r), 8);
	}
}

/* ---- registers interleaved: element e of register r is element e * count + r of memory ---- */

static inline __attribute__((always_inline)) void get_elements(struct cpu *cpu, const struct op *op, unsigned count,
							       unsigned size, const u8 *from)
{
	unsigned elements = (STRUCT_Q(op) ? 16 : 8) / size;

	for (unsigned r = 0; r < count; r++) {
		u8 *z = (u8 *)V_NEXT(d, r);

		for (unsigned e = 0; e < elements; e++)
			memcpy(z + e * size, from + (e * count + r) * size, size);
		if (!STRUCT_Q(op))
			memset(z + 8, 0, 8);
	}
}

static inline __attribute__((always_inline)) void put_elements(const struct cpu *cpu, const struct op *op,
							       unsigned count, unsigned size, u8 *to)
{
	unsigned elements = (STRUCT_Q(op) ? 16 : 8) / size;

	for (unsigned r = 0; r < count; r++) {
		const u8 *z = (const u8 *)V_NEXT(d, r);

		for (unsigned e = 0; e < elements; e++)
			memcpy(to + (e * count + r) * size, z + e * size, size);
	}
}

/* One function for each number of registers; not inlined, so that the EXECs need no stack frame of their own. */
#define INTERLEAVED(count)                                                                                             \
	static __attribute__((noinline)) void get_##count(struct cpu *cpu, const struct op *op, const u8 *from)        \
	{                                                                                                              \
		switch (STRUCT_SIZE(op)) {                                                                             \
		case 0: get_elements(cpu, op, count, 1, from); break;                                                  \
		case 1: get_elements(cpu, op, count, 2, from); break;                                                  \
		case 2: get_elements(cpu, op, count, 4, from); break;                                                  \
		default: get_elements(cpu, op, count, 8, from); break;                                                 \
		}                                                                                                      \
	}                                                                                                              \
	static __attribute__((noinline)) void put_##count(const struct cpu *cpu, const struct op *op, u8 *to)          \
	{                                                                                                              \
		switch (STRUCT_SIZE(op)) {                                                                             \
		case 0: put_elements(cpu, op, count, 1, to); break;                                                    \
		case 1: put_elements(cpu, op, count, 2, to); break;                                                    \
		case 2: put_elements(cpu, op, count, 4, to); break;                                                    \
		default: put_elements(cpu, op, count, 8, to); break;                                                   \
		}                                                                                                      \
	}
INTERLEAVED(2)
INTERLEAVED(3)
INTERLEAVED(4)

/* ---- the instructions ---- */

#define V_STRUCTURES(name, access, writeback)                                                                          \
	EXEC_FP_MEM(name)                                                                                              \
	{                                                                                                              \
		u64 va = X(n);                                                                                         \
                                                                                                                       \
		CHECK_SP;                                                                                              \
		access;                                                                                                \
		writeback;                                                                                             \
		NEXT;                                                                                                  \
	}
#define STRUCTURE_LOAD(get)                                                                                            \
	do {                                                                                                           \
		const u8 *from_;                                                                                       \
		READ_BLOCK(va, 1u << STRUCT_SIZE(op), op->imm, from_);                                                 \
		get(from_);                                                                                            \
	} while (0)
#define STRUCTURE_STORE(put) WRITE_BLOCK(va, 1u << STRUCT_SIZE(op), op->imm, put)

/* The post-index immediate is the number of bytes moved. */
#define V_STRUCTURE_MODES(name, access)                                                                                \
	V_STRUCTURES(name##_mult, access, (void)0)                                                                     \
	V_STRUCTURES(name##_mult_post, access, X(n) = va + op->imm)                                                    \
	V_STRUCTURES(name##_mult_postr, access, X(n) = va + X(m))

#define GET_1(from) get_whole(cpu, op, 1, from)
#define GET_1X2(from) get_whole(cpu, op, 2, from)
#define GET_1X3(from) get_whole(cpu, op, 3, from)
#define GET_1X4(from) get_whole(cpu, op, 4, from)
#define GET_2(from) get_2(cpu, op, from)
#define GET_3(from) get_3(cpu, op, from)
#define GET_4(from) get_4(cpu, op, from)
V_STRUCTURE_MODES(ld1, STRUCTURE_LOAD(GET_1))
V_STRUCTURE_MODES(ld1x2, STRUCTURE_LOAD(GET_1X2))
V_STRUCTURE_MODES(ld1x3, STRUCTURE_LOAD(GET_1X3))
V_STRUCTURE_MODES(ld1x4, STRUCTURE_LOAD(GET_1X4))
V_STRUCTURE_MODES(ld2, STRUCTURE_LOAD(GET_2))
V_STRUCTURE_MODES(ld3, STRUCTURE_LOAD(GET_3))
V_STRUCTURE_MODES(ld4, STRUCTURE_LOAD(GET_4))

#define PUT_1(to) put_whole(cpu, op, 1, to)
#define PUT_1X2(to) put_whole(cpu, op, 2, to)
#define PUT_1X3(to) put_whole(cpu, op, 3, to)
#define PUT_1X4(to) put_whole(cpu, op, 4, to)
#define PUT_2(to) put_2(cpu, op, to)
#define PUT_3(to) put_3(cpu, op, to)
#define PUT_4(to) put_4(cpu, op, to)
V_STRUCTURE_MODES(st1, STRUCTURE_STORE(PUT_1))
V_STRUCTURE_MODES(st1x2, STRUCTURE_STORE(PUT_1X2))
V_STRUCTURE_MODES(st1x3, STRUCTURE_STORE(PUT_1X3))
V_STRUCTURE_MODES(st1x4, STRUCTURE_STORE(PUT_1X4))
V_STRUCTURE_MODES(st2, STRUCTURE_STORE(PUT_2))
V_STRUCTURE_MODES(st3, STRUCTURE_STORE(PUT_3))
V_STRUCTURE_MODES(st4, STRUCTURE_STORE(PUT_4))
