/* What the system instructions do, outside the engine's chain. Each returns false when an exception was recorded. */
#ifndef CPU_SYSTEM_H
#define CPU_SYSTEM_H

#include "cpu/cpu.h"

/* True: served by the machine (PSCI, semihosting) and complete. */
bool system_svc(struct cpu *c, u64 imm);
bool system_hvc(struct cpu *c, u64 imm);
bool system_smc(struct cpu *c, u64 imm);
bool system_brk(struct cpu *c, u64 imm);
bool system_hlt(struct cpu *c, u64 imm);
/* s.pc and PSTATE are the new ones when true. */
bool system_eret(struct cpu *c, u64 modifier, bool authenticated, bool key_b);

enum wait_kind { WAIT_WFI, WAIT_WFE, WAIT_WFIT, WAIT_WFET }; /* ISS.TI */
/* deadline: the virtual count of WFIT/WFET; rt: its register, for the syndrome. */
bool system_wait(struct cpu *c, enum wait_kind kind, u64 deadline, unsigned rt);
void system_send_event(struct cpu *c);

#endif
