/* Self-hosted debug: software step, breakpoints, watchpoints (Arm ARM D2). Executed by the step engine alone. */
#ifndef CPU_DEBUG_H
#define CPU_DEBUG_H

#include "cpu/cpu.h"

/* Whether the debug registers ask for anything: cpu.debugging, kept by host_context(). */
bool debug_is_asked_for(const struct cpu *c);
/* A Software Step exception is due instead of the instruction at s.pc: recorded. */
bool debug_step_is_due(struct cpu *c);
/* A breakpoint matches the instruction at s.pc: recorded. */
bool debug_breakpoint(struct cpu *c);
/* Software step is active and not pending: the instruction about to execute is the one to be stepped. */
bool debug_is_stepping(const struct cpu *c);
/* It, `word`, was executed (SSAdvance). */
void debug_advance(struct cpu *c, u32 word);
/* A watchpoint matches the access of `size` bytes at va: recorded. */
bool debug_watchpoint(struct cpu *c, u64 va, unsigned size, const struct mmu_access *a);
/* PSTATE.SS after an exception return with this SPSR (DebugExceptionReturnSS), MDSCR_EL1.SS being set; before PSTATE
 * changes. */
bool debug_return_ss(const struct cpu *c, u64 spsr, bool illegal);

#endif
