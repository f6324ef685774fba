/* Advanced SIMD on floating-point numbers: each function of simd_fp.h as an instruction. */
#include "cpu/exec_fp.h"

#include "cpu/a64_rows.h"
#include "cpu/simd_fp.h"

#define SIMD_FP(name)                                                                                                  \
	EXEC_FP(name)                                                                                                  \
	{                                                                                                              \
		simd_##name(cpu, op);                                                                                  \
		NEXT;                                                                                                  \
	}
SIMD_FP_FUNCTIONS(SIMD_FP)
