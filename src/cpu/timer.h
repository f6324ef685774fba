/* The generic timer's registers (Arm ARM D12), as accessed after all trap checks. */
#ifndef CPU_TIMER_H
#define CPU_TIMER_H

#include "cpu/sysreg.h"

struct cpu;

/* Indexes of cpu.timer_line[] and cpu.timer_deadline[]; PPIs 30, 27, 26, 28, 29. */
enum timer { TIMER_P, TIMER_V, TIMER_HP, TIMER_HV, TIMER_PS, TIMER_COUNT };
#define TIMER_NO_DEADLINE (~0u)

u64 timer_read(struct cpu *cpu, enum sysreg r);
void timer_write(struct cpu *cpu, enum sysreg r, u64 value);

/* A deadline's `fire`: ctx is one of cpu.timer_ref[]. */
struct timer_ref {
	struct cpu *cpu;
	enum timer timer;
};
void timer_fire(void *ctx);
/* Bring the lines and deadlines in line with the registers: after reset, restore, or a change of what offsets depend
 * on. */
void timer_update(struct cpu *cpu, enum timer t);
void timer_update_all(struct cpu *cpu);

/* CNTPCT and CNTVCT as this EL reads them, and the cycle at which CNTVCT will be `count`. */
u64 timer_physical_count(struct cpu *cpu);
u64 timer_virtual_count(struct cpu *cpu);
u64 timer_cycle_of_virtual_count(const struct cpu *cpu, u64 count);

#endif
