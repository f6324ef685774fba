/* The tables behind system register accesses; for the sysreg*.c files only. */
#ifndef CPU_SYSREG_ROW_H
#define CPU_SYSREG_ROW_H

#include "cpu/cpu.h"
#include "cpu/features.h"
#include "cpu/sysinsn.h"
#include "cpu/sysreg.h"

/* Lowest exception level that may read, and write; NEVER: none. */
enum { EL_NEVER = 4, EL_HIGHEST = 5 };

enum sysreg_owner {
	OWNER_PLAIN,
	OWNER_CONTEXT,
	OWNER_CONST,
	OWNER_FN,
	OWNER_TIMER,
	OWNER_PMU,
	OWNER_GIC,
	OWNER_ALIAS,
};

/* Which pair of fine-grained trap registers holds a register's bit, and which bit. */
enum fgt_bank { FGT_NONE, FGT_HFG, FGT_HDFG, FGT_HFGI, FGT_HFGI_XS };
struct fgt {
	u8 bank; /* enum fgt_bank */
	u8 bit;
};

enum trap_group {
	T_NONE,
#define GROUP(name) T_##name,
#define TRAP(...)
#define RULE(name) T_##name,
#include "cpu/traps.def"
	T_COUNT
};
#define TRAP_GROUPS_MAX 4

/* What the access checks need to know of a register or a system instruction. */
struct access_row {
	const char *name;
	u16 key;
	u8 read_el, write_el;
	u16 gate; /* offset in struct cpu_features */
	struct fgt fgt;
	u8 groups[TRAP_GROUPS_MAX + 1]; /* enum trap_group, ends at T_NONE */
};

struct sysreg_row {
	struct access_row a;
	u8 owner; /* enum sysreg_owner */
	u64 reset;
};

extern const struct sysreg_row sysreg_rows[SR_COUNT];

/* The EL1 or EL0 register that an _EL12 or _EL02 name stands for; r itself when it is none. */
enum sysreg sysreg_alias_target(enum sysreg r);

static inline bool has_feature(const struct cpu *cpu, u16 gate)
{
	return *(const bool *)((const char *)&cpu->feat + gate);
}

/* An access, as it is judged. */
struct access {
	u32 key;
	u8 rt;
	bool is_write;
};

/* All trap groups, rules and fine-grained traps of a row. False: the exception has been recorded. */
bool access_allowed(struct cpu *cpu, const struct access_row *row, const struct access *a);
/* The same for one group alone. */
bool access_group_allowed(struct cpu *cpu, enum trap_group group, const struct access *a);
/* Record a trap of EC 0x18 with the syndrome of this access. */
void access_trap(struct cpu *cpu, unsigned target_el, const struct access *a);
/* Encodings of no register: IMPLEMENTATION DEFINED ones may trap (HCR_EL2.TIDCP), all others are UNDEFINED. */
void access_unallocated(struct cpu *cpu, const struct access *a);

/* Registers with behaviour of their own: sysreg_fn.c. */
u64 sysreg_fn_read(struct cpu *cpu, enum sysreg r);
void sysreg_fn_write(struct cpu *cpu, enum sysreg r, u64 value);

/* Access columns of the tables. */
#define ACCESS_R0W0 0, 0
#define ACCESS_R0W1 0, 1
#define ACCESS_R0WH 0, EL_HIGHEST
#define ACCESS_R0 0, EL_NEVER
#define ACCESS_W0 EL_NEVER, 0
#define ACCESS_R1W1 1, 1
#define ACCESS_R1 1, EL_NEVER
#define ACCESS_W1 EL_NEVER, 1
#define ACCESS_R2W2 2, 2
#define ACCESS_R2 2, EL_NEVER
#define ACCESS_W2 EL_NEVER, 2
#define ACCESS_R3W3 3, 3
#define ACCESS_R3 3, EL_NEVER
#define ACCESS_W3 EL_NEVER, 3

/* Fine-grained trap column. */
#define NOFGT                                                                                                          \
	{                                                                                                              \
		FGT_NONE, 0                                                                                            \
	}
#define HFG(f)                                                                                                         \
	{                                                                                                              \
		FGT_HFG, HFGRTR_EL2_##f##_LSB                                                                          \
	}
#define HDFG(f)                                                                                                        \
	{                                                                                                              \
		FGT_HDFG, HDFGRTR_EL2_##f##_LSB                                                                        \
	}
#define HDFGW(f)                                                                                                       \
	{                                                                                                              \
		FGT_HDFG, HDFGWTR_EL2_##f##_LSB                                                                        \
	}
#define HFGI(f)                                                                                                        \
	{                                                                                                              \
		FGT_HFGI, HFGITR_EL2_##f##_LSB                                                                         \
	}
#define HFGIX(f)                                                                                                       \
	{                                                                                                              \
		FGT_HFGI_XS, HFGITR_EL2_##f##_LSB                                                                      \
	}

#endif
