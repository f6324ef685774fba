/* TLB maintenance: from an instruction and its operand to what it removes. */
#ifndef CPU_TLBI_H
#define CPU_TLBI_H

#include "cpu/cpu.h"
#include "cpu/sysinsn.h"

/* False: nothing is removed (a reserved granule, or stage 2 without EL2). *broadcast: from every core. */
bool tlbi_scope(const struct cpu *c, enum sysinsn which, u64 value, struct tlbi_scope *s, bool *broadcast);

#endif
