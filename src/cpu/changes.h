/* Which registers an instruction may change, where a trace has to look; and which it did. */
#ifndef CPU_CHANGES_H
#define CPU_CHANGES_H

#include "base/read_alone.h"
#include "cpu/decode.h"

struct changes {
	u32 x; /* bit n for Xn, 31 for the stack pointer */
	u32 v; /* bit n for Vn */
	bool nzcv, fp_status;
};

/* At least what a word of this class changes when it executes without an exception. */
struct changes changes_of(u32 word, enum insn_class cls);
/* Whether all that it does follows from the registers and what it loads, on any core of the same features: it can be
 * repeated (replay.h). */
bool changes_follow(u32 word, enum insn_class cls);

/* Registers before an instruction: those that it may change. */
struct before {
	u64 x[REG_COUNT], z[32][EV_INSN_V_WORDS], fpsr, fpcr;
	u8 nzcv;
};
void changes_before(const struct cpu *c, const struct changes *may, struct before *b);
/* Fill in changed, changed_v, and the values after it. */
void changes_after(const struct cpu *c, const struct changes *may, const struct before *b, struct ev_insn *i);

/* PSTATE.NZCV as EV_INSN shows it */
static inline u8 changes_nzcv(const struct cpu_regs *r)
{
	return (u8)((r->n < 0) << 3 | (r->z == 0) << 2 | (READ_ALONE(r->c) & 1) << 1 | (READ_ALONE(r->v) & 1));
}

#endif
