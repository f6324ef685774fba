/*
 * From an instruction word to a decoded operation. Arm ARM C4.
 * The rows are made from *.decode by tools/gen_decode.py; see the top of a64.decode for what a row says.
 */
#ifndef CPU_DECODE_H
#define CPU_DECODE_H

#include "cpu/cpu.h"

/* Timing classes: what an instruction costs is a property of the core, by these (cpu/timing.h). */
enum insn_class {
	CLASS_alu,
	CLASS_alu_shift, /* an operand is shifted, extended, or a bit field is inserted */
	CLASS_mul,
	CLASS_mulh, /* 64x64 -> high half */
	CLASS_div,
	CLASS_crc,
	CLASS_pac,
	CLASS_branch,	   /* direct */
	CLASS_branch_reg,  /* indirect */
	CLASS_branch_auth, /* indirect, authenticated */
	CLASS_eret,
	CLASS_load,
	CLASS_load_pair,
	CLASS_load_acquire,
	CLASS_store,
	CLASS_store_pair,
	CLASS_store_release,
	CLASS_load_struct, /* SIMD: more than one element a register, or a lane */
	CLASS_store_struct,
	CLASS_exclusive,
	CLASS_atomic,
	CLASS_prefetch,
	CLASS_sys, /* MRS, MSR, SYS */
	CLASS_barrier,
	CLASS_isb,
	CLASS_hint,
	CLASS_exc,  /* exception generation */
	CLASS_simd, /* vector of integers: one operation a lane */
	CLASS_simd_mul,
	CLASS_simd_wide, /* across lanes, table lookup, two operations a lane */
	CLASS_simd_move, /* between general-purpose and vector registers */
	CLASS_fp,	 /* add, multiply, minimum, maximum */
	CLASS_fp_fma,
	CLASS_fp_div, /* and square root */
	CLASS_fp_cvt,
	CLASS_fp_cmp,
	CLASS_fp_move,	   /* among SIMD&FP registers */
	CLASS_fp_transfer, /* to and from general registers */
	CLASS_crypto,
	CLASS_simd_fp, /* vector of floating-point numbers: one operation a lane */
	CLASS_simd_fp_mul,
	CLASS_simd_fp_div, /* and square root */
	CLASS_COUNT
};

/* Extracts the operands of a word that matches a row; false: a reserved combination. */
typedef bool form_fn(struct op *op, u32 insn);

#define FEATURE_BASE 0xffff

struct insn_row {
	const char *name;
	u32 mask, value;
	form_fn *form;
	u16 feature; /* offset of a bool in struct cpu_features, or FEATURE_BASE */
	u8 cls;	     /* enum insn_class */
	u16 general; /* the row that this one specialises: taken when the feature is absent or the form refuses */
	op_fn *fast;
	step_fn *step;
	const char *syntax;
};

extern const struct insn_row insn_rows[];
extern const unsigned insn_row_count;

/* The row whose pattern a word matches, the most special one; 0 when it is unallocated. */
unsigned decode_row(u32 insn);

/*
 * Fill *op but for cum: function of the fast engine, operands, word. Returns the row: index of insn_rows[], whose
 * `step` is the function for the step engine. Row 0 (unallocated, reserved, or of a feature that is absent) raises
 * UNDEFINED.
 */
unsigned decode(const struct cpu_features *f, u32 insn, struct op *op);

#endif
