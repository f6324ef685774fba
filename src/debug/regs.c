#include "debug/regs.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cpu/sysreg.h"

static const struct {
	const char *name;
	u8 op0, op1, crn, crm, op2;
} names[] = {
#define SYSREG(name, o0, o1, n, m, o2, ...) { #name, o0, o1, n, m, o2 },
#include "cpu/sysregs.def"
};

#define WHEN_NAMED "by another name"
#define WHEN_E2H0 "E2H=0"
#define WHEN_F1 "F=1"
#define WHEN_IDS "IDS=1"
static const struct {
	u16 reg;
	struct reg_field field;
} fields[] = {
#define FIELD(reg, name, lsb, width, ...) { SR_##reg, { #name, lsb, width, REG_FIELD, NULL } },
#define ALSO(reg, name, lsb, width, when, ...) { SR_##reg, { #name, lsb, width, REG_ALSO, when } },
#define RES0(reg, lsb, width) { SR_##reg, { NULL, lsb, width, REG_RES0, NULL } },
#define RES1(reg, lsb, width) { SR_##reg, { NULL, lsb, width, REG_RES1, NULL } },
#include "cpu/sysregs.def"
};

#define MEANINGS_MAX 16

static const struct {
	const char *reg, *field;
	const char *words[MEANINGS_MAX];
} meanings[] = {
#define MEANING(reg, field, ...) { #reg, #field, { __VA_ARGS__ } },
#include "debug/meanings.def"
#undef MEANING
};

static int find_exactly(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcasecmp(names[i].name, name))
			return (int)i;
	return -1;
}

/* Numbered registers share their meanings: ICH_LR3_EL2 reads as ICH_LR_EL2; NULL when the name has no number. */
static const char *unnumbered(const char *name, char *buffer, size_t size)
{
	unsigned n;
	int used = 0;

	if (sscanf(name, "ICH_LR%u_EL2%n", &n, &used) != 1 || !used || name[used])
		return NULL;
	snprintf(buffer, size, "ICH_LR_EL2");
	return buffer;
}

int reg_find(const char *name)
{
	char generic[32];
	int reg = find_exactly(name);

	if (reg < 0 && unnumbered(name, generic, sizeof(generic)))
		reg = find_exactly(generic);
	return reg;
}

const char *reg_name(int reg)
{
	return names[reg].name;
}

unsigned reg_fields(int reg, struct reg_field out[REG_FIELDS_MAX])
{
	unsigned count = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(fields); i++) {
		unsigned at = count;

		if (fields[i].reg != reg || count == REG_FIELDS_MAX)
			continue;
		for (; at && out[at - 1].lsb < fields[i].field.lsb; at--)
			out[at] = out[at - 1];
		out[at] = fields[i].field;
		count++;
	}
	return count;
}

const char *reg_name_of(u8 op0, u8 op1, u8 crn, u8 crm, u8 op2)
{
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].op0 == op0 && names[i].op1 == op1 && names[i].crn == crn && names[i].crm == crm &&
		    names[i].op2 == op2)
			return names[i].name;
	return NULL;
}

const char *reg_meaning(int reg, const char *field, u64 value)
{
	char generic[32];
	const char *name = unnumbered(names[reg].name, generic, sizeof(generic));

	if (!name)
		name = names[reg].name;
	for (unsigned i = 0; i < ARRAY_SIZE(meanings); i++)
		if (!strcmp(meanings[i].reg, name) && !strcmp(meanings[i].field, field))
			return value < MEANINGS_MAX ? meanings[i].words[value] : NULL;
	return NULL;
}
