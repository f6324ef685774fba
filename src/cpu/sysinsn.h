/* System instructions: SYS with op0 = 1. Names and traps from sysinsns.def; what they do is in tlbi.c, at.c,
 * cacheops.c. */
#ifndef CPU_SYSINSN_H
#define CPU_SYSINSN_H

#include "cpu/sysreg.h"

enum sysinsn {
#define SYSINSN(name, ...) SI_##name,
#include "cpu/sysinsns.def"
	SI_COUNT
};

struct cpu;

/*
 * SYS of X[rt] (rt as encoded): finds the instruction by its key (as in sysreg.h, op0 = 1), does all trap checks, and
 * calls its handler. False: an exception was recorded.
 */
bool sysinsn_execute(struct cpu *cpu, u32 key, unsigned rt, u64 value);
/* "TLBI_VAE1IS", "DC_CIVAC"… */
const char *sysinsn_name(enum sysinsn which);
/* Whether this core has it; else it is UNDEFINED. */
bool sysinsn_exists(const struct cpu *cpu, enum sysinsn which);
/* By key; SI_COUNT: there is none. */
enum sysinsn sysinsn_by_key(u32 key);

/* Handlers, called after all checks; false: an exception was recorded. */
bool sys_tlbi(struct cpu *cpu, enum sysinsn which, u64 value);
bool sys_at(struct cpu *cpu, enum sysinsn which, u64 value);
bool sys_dc(struct cpu *cpu, enum sysinsn which, u64 value);
bool sys_ic(struct cpu *cpu, enum sysinsn which, u64 value);

#endif
