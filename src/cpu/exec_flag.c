/* Flag manipulation: FEAT_FlagM, FEAT_FlagM2. Arm ARM C6: RMIF, SETF8, SETF16, CFINV, XAFLAG, AXFLAG. */
#include "cpu/exec.h"

#include "cpu/a64_rows.h"

EXEC(rmif)
{
	u32 rotated = (u32)(X(n) >> op->a | X(n) << (-op->a & 63)) & 15;
	u32 keep = cpu_nzcv(cpu) >> 28 & ~(u32)op->imm;

	cpu_set_nzcv(cpu, (keep | (rotated & (u32)op->imm)) << 28);
	NEXT;
}

/* N and Z as of a narrow result; V when bit `top + 1` differs from the sign; C stays. */
#define SETF(name, top)                                                                                                \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		u32 v = W(n);                                                                                          \
		SET_FLAGS((s32)(v << (31 - (top))), v &((2u << (top)) - 1), cpu->s.r.c,                                \
			  (u8)((v >> ((top) + 1) ^ v >> (top)) & 1));                                                  \
		NEXT;                                                                                                  \
	}
SETF(setf8, 7)
SETF(setf16, 15)

EXEC(cfinv)
{
	cpu->s.r.c = !cpu->s.r.c;
	NEXT;
}

/* From the alternative floating-point flag format to Arm's. */
EXEC(xaflag)
{
	bool z = cpu->s.r.z == 0, c = cpu->s.r.c;

	SET_FLAGS(!c && !z ? -1 : 0, !(z && c), c || z, !c && z);
	NEXT;
}

/* From Arm's format to the alternative one. */
EXEC(axflag)
{
	bool z = cpu->s.r.z == 0, c = cpu->s.r.c, v = cpu->s.r.v;

	SET_FLAGS(0, !(z || v), c && !v, 0);
	NEXT;
}
