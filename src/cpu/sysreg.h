/*
 * System registers: names, storage, fields, access. All from sysregs.def.
 *
 * An access names a register by its key, the sixteen bits op0:op1:CRn:CRm:op2 of the MRS or MSR instruction [20:5].
 */
#ifndef CPU_SYSREG_H
#define CPU_SYSREG_H

#include "base/types.h"

enum sysreg {
#define SYSREG(name, ...) SR_##name,
#include "cpu/sysregs.def"
	SR_COUNT
};

/* HCR_EL2_TGE_LSB, HCR_EL2_TGE_WIDTH, … */
enum {
#define FIELD(reg, name, lsb, width, ...) reg##_##name##_LSB = (lsb), reg##_##name##_WIDTH = (width),
#define ALSO(reg, name, lsb, width, ...) reg##_##name##_LSB = (lsb), reg##_##name##_WIDTH = (width),
#include "cpu/sysregs.def"
};

#define SYSREG_KEY(op0, op1, crn, crm, op2) ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

struct cpu;

/*
 * MRS and MSR of X[rt] (rt as encoded, for the syndrome): all checks, traps, side effects. False: an exception was
 * recorded (cpu_undefined, cpu_trap). E2H redirection and the _EL12 names are applied here.
 */
bool sysreg_read(struct cpu *cpu, u32 key, unsigned rt, u64 *value);
bool sysreg_write(struct cpu *cpu, u32 key, unsigned rt, u64 value);
/* MSR (immediate): DAIFSet, DAIFClr, SPSel, PAN, UAO, DIT, SSBS, TCO, ALLINT by op1:op2, with the 4-bit CRm. */
bool sysreg_write_immediate(struct cpu *cpu, unsigned op1, unsigned op2, unsigned crm);

/* Without checks or side effects: the value as the debugger and the trace show it, and its counterpart. */
u64 sysreg_peek(struct cpu *cpu, enum sysreg r);
void sysreg_poke(struct cpu *cpu, enum sysreg r, u64 value);

/* Reset values of all registers; the identification registers are set by cpu_model_apply() (cpu/models.h). */
void sysreg_reset(struct cpu *cpu);
/* Which bits of each register can be written, from the features; after cpu_model_apply() changed them. */
void sysreg_build_masks(struct cpu *cpu);

/* ---- names and fields: for `decode`, the trace, the debugger ---- */

enum field_kind { FIELD_NAMED, FIELD_RES0, FIELD_RES1, FIELD_RESX, FIELD_ALSO };
enum field_when { WHEN_ALWAYS, WHEN_NAMED, WHEN_E2H0, WHEN_F1, WHEN_IDS };

struct sysreg_field {
	const char *name; /* NULL for reserved bits */
	u8 kind;	  /* enum field_kind */
	u8 lsb, width;
	u8 when; /* enum field_when: FIELD_ALSO names apply in that state only */
	bool read_only;
	bool gated;    /* exists only with a feature … */
	u16 gate;      /* … at this offset of struct cpu_features */
	u64 otherwise; /* its value without */
};

/* The register's fields, lowest first, ALSO names after them; *count of them. */
const struct sysreg_field *sysreg_fields(enum sysreg r, unsigned *count);
const char *sysreg_name(enum sysreg r);
u32 sysreg_key(enum sysreg r);
/* By name, any case ("hcr_el2"), or by encoding ("S3_4_C1_C1_0"); SR_COUNT: there is none. */
enum sysreg sysreg_find(const char *name);
/* By key; SR_COUNT: there is none. */
enum sysreg sysreg_by_key(u32 key);

/* At EL2 this name reaches a plain value, with nothing to check: which register's; SR_COUNT: not so. */
enum sysreg sysreg_plain_at_el2(u32 key, bool is_write);

#endif
