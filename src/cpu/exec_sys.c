/*
 * System instructions: exception generation and return, barriers, waits, PSTATE, MRS/MSR/SYS.
 * Arm ARM C4.1.65 "Branches, Exception Generating and System instructions".
 */
#include "cpu/a64_rows.h"
#include "cpu/engine.h"
#include "cpu/exec.h"
#include "cpu/specialise.h"
#include "cpu/features.h"
#include "cpu/models.h"
#include "cpu/pauth.h"
#include "cpu/sysinsn.h"
#include "cpu/system.h"

/* ---- exception generation: system.c records, here it is taken ---- */

#define CALL_OUT(function)                                                                                             \
	do {                                                                                                           \
		bool served_;                                                                                          \
		SLOW(served_ = function(cpu, op->imm));                                                                \
		if (served_)                                                                                           \
			NEXT_CHECK;                                                                                    \
		FAULT;                                                                                                 \
	} while (0)

EXEC(svc)
{
	CALL_OUT(system_svc);
}
EXEC(hvc)
{
	CALL_OUT(system_hvc);
}
EXEC(smc)
{
	CALL_OUT(system_smc);
}
EXEC(brk)
{
	CALL_OUT(system_brk);
}
EXEC(hlt)
{
	CALL_OUT(system_hlt);
}

EXEC(eret)
{
	bool ok;

	SLOW(ok = system_eret(cpu, 0, false, false));
	if (!ok)
		FAULT;
	JUMP(cpu->s.pc);
}

/* ERETAA, ERETAB: the modifier is SP */
EXEC(ereta)
{
	bool ok;

	SLOW(ok = system_eret(cpu, X(m), true, op->a));
	if (!ok)
		FAULT;
	JUMP(cpu->s.pc);
}

/* ---- waits and events ---- */

#define WAIT(which, deadline)                                                                                          \
	do {                                                                                                           \
		bool ok_;                                                                                              \
		SLOW(ok_ = system_wait(cpu, (which), (deadline), op->d));                                              \
		if (!ok_)                                                                                              \
			FAULT;                                                                                         \
		NEXT_CHECK;                                                                                            \
	} while (0)

EXEC(wfi)
{
	WAIT(WAIT_WFI, 0);
}
EXEC(wfe)
{
	WAIT(WAIT_WFE, 0);
}
EXEC(wfit)
{
	WAIT(WAIT_WFIT, X(d));
}
EXEC(wfet)
{
	WAIT(WAIT_WFET, X(d));
}

EXEC(sev)
{
	SLOW(system_send_event(cpu));
	NEXT;
}
EXEC(sevl)
{
	cpu->s.event = true;
	NEXT;
}

/* ---- barriers: in order, so only ISB has an effect: what was changed before is seen after ---- */

EXEC(clrex)
{
	cpu->s.excl_valid = false;
	NEXT;
}
EXEC(dsb)
{
	NEXT;
}
EXEC(dmb)
{
	NEXT;
}
EXEC(sb)
{
	NEXT;
}
EXEC(isb)
{
	NEXT_CHECK;
}

/* ---- PSTATE by immediate ---- */

#define MSR_IMMEDIATE(name)                                                                                            \
	EXEC(msr_##name)                                                                                               \
	{                                                                                                              \
		bool ok;                                                                                               \
		SLOW(ok = sysreg_write_immediate(cpu, op->insn >> 16 & 7, op->insn >> 5 & 7, op->insn >> 8 & 15));     \
		if (!ok)                                                                                               \
			FAULT;                                                                                         \
		NEXT_CHECK;                                                                                            \
	}
MSR_IMMEDIATE(uao)
MSR_IMMEDIATE(pan)
MSR_IMMEDIATE(spsel)
MSR_IMMEDIATE(allint)
MSR_IMMEDIATE(ssbs)
MSR_IMMEDIATE(dit)
MSR_IMMEDIATE(daifset)
MSR_IMMEDIATE(daifclr)

/* ---- system registers ---- */

EXEC(mrs)
{
	bool ok;

	SLOW(ok = sysreg_read(cpu, (u32)op->imm, op->insn & 31, &cpu->data[0]));
	if (unlikely(!ok))
		FAULT;
	X(d) = cpu->data[0];
	NEXT;
}
EXEC(msr)
{
	bool ok;

	SLOW(ok = sysreg_write(cpu, (u32)op->imm, op->insn & 31, X(d)));
	if (unlikely(!ok))
		FAULT;
	NEXT_CHECK;
}
#ifndef ENGINE_STEP
#define PLAIN_NOW (cpu->s.p.el == 2 && likely(!(cpu->trace->mask & (1u << EV_SYSREG | 1u << EV_HYP))))
EXEC(mrs_plain)
{
	if (unlikely(!PLAIN_NOW))
		CALL(fast_mrs);
	X(d) = cpu->s.sr[op->imm >> 32];
	NEXT;
}
EXEC(msr_plain)
{
	if (unlikely(!PLAIN_NOW))
		CALL(fast_msr);
	u64 writable = cpu->sr_writable[op->imm >> 32], *to = &cpu->s.sr[op->imm >> 32];

	*to = (X(d) & writable) | cpu->sr_ones[op->imm >> 32] | (*to & ~writable);
	NEXT_CHECK;
}
#endif
EXEC(sys)
{
	bool ok;

	SLOW(ok = sysinsn_execute(cpu, (u32)op->imm, op->insn & 31, X(d)));
	if (unlikely(!ok))
		FAULT;
	NEXT_CHECK;
}
EXEC(sysl)
{
	SLOW(cpu_undefined(cpu)); /* no SYSL instruction is implemented */
	FAULT;
}
