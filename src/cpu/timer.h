/* The generic timer's registers (Arm ARM D12), as accessed after all trap checks. */
#ifndef CPU_TIMER_H
#define CPU_TIMER_H

#include "cpu/sysreg.h"

struct cpu;

u64 timer_read(struct cpu *cpu, enum sysreg r);
void timer_write(struct cpu *cpu, enum sysreg r, u64 value);

#endif
