/* Inside the simd_fp*.c files: lanes of a register, and the loops over them. */
#ifndef CPU_SIMD_FP_LANES_H
#define CPU_SIMD_FP_LANES_H

#include "cpu/fp.h"
#include "cpu/simd_fp.h"
#include "cpu/vec.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

static inline unsigned op_size(const struct op *op)
{
	return op->a & 3;
}
static inline unsigned op_lanes(const struct op *op)
{
	return 1u << (op->a >> 2);
}

ALWAYS_INLINE u64 lane(const union vreg *v, unsigned size, unsigned i)
{
	return size == FP_D ? v->ud[i] : size == FP_S ? v->us[i] : v->uh[i];
}
ALWAYS_INLINE void set_lane(union vreg *v, unsigned size, unsigned i, u64 value)
{
	if (size == FP_D)
		v->ud[i] = value;
	else if (size == FP_S)
		v->us[i] = (u32)value;
	else
		v->uh[i] = (u16)value;
}

/* The loop is copied for each size, which is a constant in it. */
#define FOR_EACH_SIZE(op, body, ...)                                                                                   \
	do {                                                                                                           \
		switch (op_size(op)) {                                                                                 \
		case FP_H: body(__VA_ARGS__, FP_H); break;                                                             \
		case FP_S: body(__VA_ARGS__, FP_S); break;                                                             \
		default: body(__VA_ARGS__, FP_D); break;                                                               \
		}                                                                                                      \
	} while (0)

typedef u64 lane1_fn(struct cpu *cpu, unsigned size, u64 n, u64 fbits);
typedef u64 lane2_fn(struct cpu *cpu, unsigned size, u64 n, u64 m);
typedef u64 lane3_fn(struct cpu *cpu, unsigned size, u64 d, u64 n, u64 m);

/* n, and op->imm */
ALWAYS_INLINE void map1_size(struct cpu *cpu, const struct op *op, lane1_fn *f, unsigned size)
{
	union vreg n = VREG_AT(n), r = { .v = { 0, 0 } };
	unsigned i;

	for (i = 0; i < op_lanes(op); i++)
		set_lane(&r, size, i, f(cpu, size, lane(&n, size, i), op->imm));
	VREG(d) = r.v;
}
ALWAYS_INLINE void map1(struct cpu *cpu, const struct op *op, lane1_fn *f)
{
	FOR_EACH_SIZE(op, map1_size, cpu, op, f);
}

/* n and m */
ALWAYS_INLINE void map2_size(struct cpu *cpu, const struct op *op, lane2_fn *f, unsigned size)
{
	union vreg n = VREG_AT(n), m = VREG_AT(m), r = { .v = { 0, 0 } };
	unsigned i;

	for (i = 0; i < op_lanes(op); i++)
		set_lane(&r, size, i, f(cpu, size, lane(&n, size, i), lane(&m, size, i)));
	VREG(d) = r.v;
}
ALWAYS_INLINE void map2(struct cpu *cpu, const struct op *op, lane2_fn *f)
{
	FOR_EACH_SIZE(op, map2_size, cpu, op, f);
}

/* d, n and m */
ALWAYS_INLINE void map3_size(struct cpu *cpu, const struct op *op, lane3_fn *f, unsigned size)
{
	union vreg d = VREG_AT(d), n = VREG_AT(n), m = VREG_AT(m), r = { .v = { 0, 0 } };
	unsigned i;

	for (i = 0; i < op_lanes(op); i++)
		set_lane(&r, size, i, f(cpu, size, lane(&d, size, i), lane(&n, size, i), lane(&m, size, i)));
	VREG(d) = r.v;
}
ALWAYS_INLINE void map3(struct cpu *cpu, const struct op *op, lane3_fn *f)
{
	FOR_EACH_SIZE(op, map3_size, cpu, op, f);
}

/* The same with every lane of m its lane number op->imm. */
ALWAYS_INLINE void by_element_size(struct cpu *cpu, const struct op *op, lane3_fn *f, unsigned size)
{
	union vreg d = VREG_AT(d), n = VREG_AT(n), r = { .v = { 0, 0 } };
	u64 m = lane(&VREG_AT(m), size, (unsigned)op->imm);
	unsigned i;

	for (i = 0; i < op_lanes(op); i++)
		set_lane(&r, size, i, f(cpu, size, lane(&d, size, i), lane(&n, size, i), m));
	VREG(d) = r.v;
}
ALWAYS_INLINE void by_element(struct cpu *cpu, const struct op *op, lane3_fn *f)
{
	FOR_EACH_SIZE(op, by_element_size, cpu, op, f);
}

#endif
