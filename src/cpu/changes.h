/* Which registers an instruction may change: where a trace has to look. */
#ifndef CPU_CHANGES_H
#define CPU_CHANGES_H

#include "cpu/decode.h"

struct changes {
	u32 x; /* bit n for Xn, 31 for the stack pointer */
	u32 v; /* bit n for Vn */
	bool nzcv, fp_status;
};

/* At least what a word of this class changes when it executes without an exception. */
struct changes changes_of(u32 word, enum insn_class cls);

#endif
