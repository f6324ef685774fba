/* Why software was left for EL2, as a number to count by and in words: what differs from time to time is left out. */
#ifndef DEBUG_EXIT_REASON_H
#define DEBUG_EXIT_REASON_H

#include <stdio.h>

#include "base/types.h"

/* kind: enum exc_kind; esr: the syndrome of a synchronous exception. */
u64 exit_reason(unsigned kind, u64 esr);
/* "HVC #0", "msr ICC_SGI1R_EL1", "Data Abort: Translation fault on a write", "IRQ". */
void exit_reason_words(FILE *out, u64 reason);

#endif
