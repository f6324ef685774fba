/* A core as a debugger sees and changes it, while no core runs: no checks of what its EL may, no traps. */
#ifndef CPU_OUTSIDE_H
#define CPU_OUTSIDE_H

#include "cpu/cpu.h"

/* Whether this core has the register, be it for reading or for writing. */
bool outside_has(struct cpu *c, enum sysreg r);
/* False: it cannot be read, or not without a side effect. */
bool outside_read(struct cpu *c, enum sysreg r, u64 *value);
/* As an MSR writes it: reserved and read-only bits stay. False: it cannot be written. */
bool outside_write(struct cpu *c, enum sysreg r, u64 value);
/* PSTATE, as SPSR_ELx has it. False: the core has no such state. */
bool outside_set_pstate(struct cpu *c, u64 spsr);

#endif
