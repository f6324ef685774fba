/* Pointer authentication (FEAT_PAuth). Arm ARM D8.10. */
#ifndef CPU_PAUTH_H
#define CPU_PAUTH_H

#include "cpu/cpu.h"

enum pauth_key { PAUTH_IA, PAUTH_IB, PAUTH_DA, PAUTH_DB };

/* Authenticate a branch target: trap and enable checks included; *out is the pointer to go to. False: an exception was
 * recorded. */
bool pauth_auth_branch(struct cpu *cpu, u64 ptr, u64 modifier, enum pauth_key key, u64 *out);

#endif
