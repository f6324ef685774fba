/*
 * Instructions that use the SIMD&FP registers: EXEC_FP(name) and EXEC_FP_MEM(name) are EXEC and EXEC_MEM behind the
 * check of CheckFPAdvSIMDEnabled64().
 */
#ifndef CPU_EXEC_FP_H
#define CPU_EXEC_FP_H

#include "cpu/exec.h"
#include "cpu/fp.h"

#ifdef ENGINE_STEP
#define FP_EXEC_TYPE void
#define FP_BODY_PARAMETERS struct cpu *cpu, const struct op *op
#define FP_BODY_ARGUMENTS cpu, op
#define FP_OFF                                                                                                         \
	do {                                                                                                           \
		cpu_fp_trap(cpu);                                                                                      \
		FAULT;                                                                                                 \
	} while (0)
#elif defined(ENGINE_LOOP)
#define FP_EXEC_TYPE const struct op *
#define FP_BODY_PARAMETERS struct cpu *cpu, const struct op *op
#define FP_BODY_ARGUMENTS cpu, op
#define FP_OFF CALL(engine_fp_off)
const struct op *engine_fp_off(struct cpu *cpu, const struct op *op);
#else
#define FP_EXEC_TYPE void
#define FP_BODY_PARAMETERS struct cpu *cpu, const struct op *op, u64 acc
#define FP_BODY_ARGUMENTS cpu, op, acc
#define FP_OFF CALL(engine_fp_off)
void engine_fp_off(struct cpu *cpu, const struct op *op, u64 acc);
#endif

#define FP_BODY_TYPE static inline __attribute__((always_inline)) FP_EXEC_TYPE

#define CHECK_FP                                                                                                       \
	do {                                                                                                           \
		if (unlikely(!cpu->fp_on))                                                                             \
			FP_OFF;                                                                                        \
	} while (0)

#define EXEC_FP(name)                                                                                                  \
	FP_BODY_TYPE fp_body_##name(FP_BODY_PARAMETERS);                                                               \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		CHECK_FP;                                                                                              \
		return fp_body_##name(FP_BODY_ARGUMENTS);                                                              \
	}                                                                                                              \
	FP_BODY_TYPE fp_body_##name(FP_BODY_PARAMETERS)

#if defined(ENGINE_STEP) || defined(ENGINE_LOOP)
#define EXEC_FP_MEM(name) EXEC_FP(name)
#else
#define EXEC_FP_MEM(name)                                                                                              \
	static op_fn slow_##name;                                                                                      \
	static inline                                                                                                  \
		__attribute__((always_inline)) void body_##name(struct cpu *, const struct op *, u64, bool, op_fn *);  \
	void fast_##name(struct cpu *cpu, const struct op *op, u64 acc)                                                \
	{                                                                                                              \
		CHECK_FP;                                                                                              \
		body_##name(cpu, op, acc, false, slow_##name);                                                         \
	}                                                                                                              \
	static __attribute__((noinline)) void slow_##name(struct cpu *cpu, const struct op *op, u64 acc)               \
	{                                                                                                              \
		body_##name(cpu, op, acc, true, NULL);                                                                 \
	}                                                                                                              \
	static inline __attribute__((always_inline)) void body_##name(struct cpu *cpu, const struct op *op, u64 acc,   \
								      bool slow_form, op_fn *slow)
#endif

/* ---- registers: V0-V31, as u64 halves ---- */
#define V_LO(f) (cpu->s.z[op->f][0])
#define V_HI(f) (cpu->s.z[op->f][1])
/* A scalar result: the rest of the 128 bits becomes zero. */
#define SET_V(f, value)                                                                                                \
	do {                                                                                                           \
		u64 v_ = (value);                                                                                      \
		u64 *z_ = cpu->s.z[op->f];                                                                             \
		z_[0] = v_;                                                                                            \
		z_[1] = 0;                                                                                             \
	} while (0)

#endif
