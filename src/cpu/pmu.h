/* The performance monitors' registers (Arm ARM D13), as accessed after all trap checks. */
#ifndef CPU_PMU_H
#define CPU_PMU_H

#include "cpu/sysreg.h"

struct cpu;

u64 pmu_read(struct cpu *cpu, enum sysreg r);
void pmu_write(struct cpu *cpu, enum sysreg r, u64 value);
/* Bring the counters up to now; called before the exception level changes. */
void pmu_sync(struct cpu *cpu);

#endif
