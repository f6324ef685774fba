/* SYS with op0 = 1: finds the instruction, does all trap checks, calls the handler. Arm ARM C5, D19.1. */
#include "cpu/sysinsn.h"

#include "cpu/sysreg_row.h"

/* CFP, DVP, CPP RCTX restrict prediction: there is none. */
static bool sys_hint(struct cpu *cpu, enum sysinsn which, u64 value)
{
	return true;
}

static const struct {
	struct access_row a;
	bool (*handler)(struct cpu *cpu, enum sysinsn which, u64 value);
} rows[SI_COUNT] = {
#define HANDLER_IC sys_ic
#define HANDLER_DC sys_dc
#define HANDLER_AT sys_at
#define HANDLER_TLBI sys_tlbi
#define HANDLER_HINT sys_hint
#define SYSINSN(name_, op1, crn, crm, op2, access, handler_, gate_, fgt_, ...)                                         \
	[SI_##name_] = { { #name_,                                                                                     \
			   SYSREG_KEY(1, op1, crn, crm, op2),                                                          \
			   ACCESS_##access,                                                                            \
			   offsetof(struct cpu_features, gate_),                                                       \
			   fgt_,                                                                                       \
			   { __VA_ARGS__ } },                                                                          \
			 HANDLER_##handler_ },
#include "cpu/sysinsns.def"
};

/* By op1:CRn:CRm:op2, plus one; two instructions with one encoding do not compile (-Woverride-init). */
static const u16 row_of_key[1 << 14] = {
#define SYSINSN(name, op1, crn, crm, op2, ...) [SYSREG_KEY(0, op1, crn, crm, op2)] = SI_##name + 1,
#include "cpu/sysinsns.def"
};

enum sysinsn sysinsn_by_key(u32 key)
{
	unsigned row = key >> 14 == 1 ? row_of_key[key & (ARRAY_SIZE(row_of_key) - 1)] : 0;

	return row ? row - 1 : SI_COUNT;
}

const char *sysinsn_name(enum sysinsn which)
{
	return rows[which].a.name;
}

bool sysinsn_exists(const struct cpu *cpu, enum sysinsn which)
{
	return has_feature(cpu, rows[which].a.gate);
}

bool sysinsn_execute(struct cpu *cpu, u32 key, unsigned rt, u64 value)
{
	enum sysinsn which = sysinsn_by_key(key);
	struct access a = { key, rt, true };

	if (which == SI_COUNT) {
		access_unallocated(cpu, &a);
		return false;
	}
	/* An EL2 operation at EL3 is UNDEFINED when there is no EL2. */
	if (!has_feature(cpu, rows[which].a.gate) || cpu->s.p.el < rows[which].a.write_el ||
	    (rows[which].a.write_el == 2 && !cpu->feat.el2)) {
		cpu_undefined(cpu);
		return false;
	}
	return access_allowed(cpu, &rows[which].a, &a) && rows[which].handler(cpu, which, value);
}
