/* Words without effect, and words without meaning. */
#include "cpu/exec.h"

#include "cpu/a64_rows.h"

/*
 * NOP, and every hint that needs nothing here: unallocated ones, DGH, CSDB (nothing is speculated), CLRBHB, PSB, TSB
 * (no profiling or trace buffer), and BTI (a branch target is checked when the branch arrives).
 */
EXEC(nop)
{
	NEXT;
}

/* Reserved, unallocated, or of a feature that is absent. Also DRPS, DCPSn: UNDEFINED in Non-debug state. */
EXEC(unallocated)
{
	SLOW(cpu_undefined(cpu));
	FAULT;
}
