/* What the form_*() functions share. */
#ifndef CPU_FORMS_H
#define CPU_FORMS_H

#include "cpu/cpu.h"

/* The register field at bit lsb: read (31 is XZR), written (31 is discarded), or with SP as 31. */
static inline u8 reg_read(u32 insn, unsigned lsb)
{
	return (u8)bits(insn, lsb + 4, lsb);
}

static inline u8 reg_write(u32 insn, unsigned lsb)
{
	u8 r = reg_read(insn, lsb);

	return r == 31 ? REG_SINK : r;
}

static inline u8 reg_sp(u32 insn, unsigned lsb)
{
	u8 r = reg_read(insn, lsb);

	return r == 31 ? REG_SP : r;
}

/* sf */
static inline bool is_x(u32 insn)
{
	return insn >> 31;
}

bool form_bitmask(unsigned n, unsigned imms, unsigned immr, unsigned width, u64 *value);

#endif
