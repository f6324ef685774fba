/* Disassembly: our register names, then Capstone, then the decode table. */
#include "debug/disasm.h"

#include <capstone/capstone.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "debug/regs.h"

/* MRS and MSR (register), C6.2: our table knows names that Capstone does not. */
static bool disasm_sysreg(char text[DISASM_MAX], u32 word)
{
	bool is_read = bit(word, 21);
	unsigned rt = word & 31;
	const char *name;
	char reg[8];

	if ((word & 0xffd00000) != 0xd5100000)
		return false;
	name = reg_name_of((u8)(2 + bit(word, 19)), (u8)bits(word, 18, 16), (u8)bits(word, 15, 12),
			   (u8)bits(word, 11, 8), (u8)bits(word, 7, 5));
	if (!name)
		return false;
	snprintf(reg, sizeof(reg), rt == 31 ? "xzr" : "x%u", rt);
	if (is_read)
		snprintf(text, DISASM_MAX, "mrs %s, %s", reg, name);
	else
		snprintf(text, DISASM_MAX, "msr %s, %s", name, reg);
	return true;
}

static bool disasm_capstone(char text[DISASM_MAX], u64 pc, u32 word)
{
	csh handle;
	cs_insn *insn;
	size_t count;

	if (cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &handle) != CS_ERR_OK)
		return false;
	count = cs_disasm(handle, (const u8 *)&word, 4, pc, 1, &insn);
	if (count) {
		snprintf(text, DISASM_MAX, "%.20s%s%.72s", insn->mnemonic, insn->op_str[0] ? " " : "", insn->op_str);
		cs_free(insn, count);
	}
	cs_close(&handle);
	return count != 0;
}

/* Capstone 4 takes instructions of the hint space that came after it (WFET, WFIT) for MSR. */
static bool is_misread(u32 word)
{
	return (word & 0xfffff000) == 0xd5031000;
}

void disasm(char text[DISASM_MAX], u64 pc, u32 word)
{
	if (!disasm_sysreg(text, word) && (is_misread(word) || !disasm_capstone(text, pc, word)) &&
	    !disasm_table(text, pc, word))
		snprintf(text, DISASM_MAX, ".inst 0x%08x", word);
}

const char *disasm_cached(struct disasm_cache *c, char text[DISASM_MAX], u64 pc, u32 word)
{
	size_t slot = (pc >> 2 ^ pc >> 14) % ARRAY_SIZE(c->entry);

	if (!c) {
		disasm(text, pc, word);
		return text;
	}
	if (!c->entry[slot].text[0] || c->entry[slot].pc != pc || c->entry[slot].word != word) {
		c->entry[slot].pc = pc;
		c->entry[slot].word = word;
		disasm(c->entry[slot].text, pc, word);
	}
	return c->entry[slot].text;
}
