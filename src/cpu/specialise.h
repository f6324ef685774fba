/* Faster forms of decoded ops, chosen when a page is decoded. The semantics stay those of the row. */
#ifndef CPU_SPECIALISE_H
#define CPU_SPECIALISE_H

#include "cpu/cpu.h"

/* `index` is the op's place in its page. */
void specialise(struct op *op, unsigned row, unsigned index);
/* Whether a direct branch at `index`, if taken, stays within its page (and so looks nothing up). */
bool specialise_is_near(const struct op *op, unsigned row, unsigned index);

#endif
