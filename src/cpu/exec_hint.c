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

/*
 * AArch64.vESBOperation: a pending and masked virtual SError is deferred into VDISR_EL2. There is no error record that
 * could raise a synchronizable physical SError, so AArch64.ESBOperation has nothing to defer.
 */
static void error_barrier(struct cpu *cpu)
{
	u64 hcr = cpu_hcr(cpu);
	bool pending = GET(hcr, HCR_EL2, VSE) && GET(hcr, HCR_EL2, AMO) && !GET(hcr, HCR_EL2, TGE);

	if (cpu->s.p.el > 1 || !pending || !(cpu->s.p.daif & 4))
		return;
	SYS(cpu, VDISR_EL2) = 1u << 31 | bits(SYS(cpu, VSESR_EL2), 24, 0);
	SYS(cpu, HCR_EL2) = deposit(SYS(cpu, HCR_EL2), HCR_EL2_VSE_LSB, 1, 0);
}

EXEC(esb)
{
	SLOW(error_barrier(cpu));
	NEXT_CHECK;
}
