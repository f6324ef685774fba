/* Names, fields and meanings of system registers, for people: a view of cpu/sysregs.def. */
#ifndef DEBUG_REGS_H
#define DEBUG_REGS_H

#include "base/types.h"

/* ALSO: the name that another state (HCR_EL2.E2H = 0, PAR_EL1.F = 1…) gives to bits that have one already. */
enum reg_field_kind { REG_FIELD, REG_RES0, REG_RES1, REG_ALSO };

struct reg_field {
	const char *name; /* NULL for RES0 and RES1 */
	u8 lsb, width;
	u8 kind;	  /* enum reg_field_kind */
	const char *when; /* ALSO: in which state, in words */
};
#define REG_FIELDS_MAX 64

/* A register as an index, or -1 when no register has this name (any case; ICH_LR3_EL2 finds ICH_LR_EL2's fields). */
int reg_find(const char *name);
/* Its name as the architecture spells it. */
const char *reg_name(int reg);
/* Its fields, most significant first; returns how many. */
unsigned reg_fields(int reg, struct reg_field out[REG_FIELDS_MAX]);
/* The name of the register with this encoding, or NULL. */
const char *reg_name_of(u8 op0, u8 op1, u8 crn, u8 crm, u8 op2);
/* The words for a field's value, or NULL. */
const char *reg_meaning(int reg, const char *field, u64 value);

#endif
