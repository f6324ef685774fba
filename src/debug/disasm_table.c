/* What Capstone does not know, from the decode table's own syntax column (the top of cpu/a64.decode explains it). */
#include <stdio.h>
#include <string.h>

#include "cpu/decode.h"
#include "cpu/features.h"
#include "debug/disasm.h"

static const char *const conditions[] = { "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
					  "hi", "ls", "ge", "lt", "gt", "le", "al", "nv" };

/* Which operand a letter of the syntax stands for; -1: none. */
static int operand(const struct op *op, char letter)
{
	switch (letter) {
	case 'd': return op->d;
	case 'n': return op->n;
	case 'm': return op->m;
	case 'a': return op->a;
	default: return -1;
	}
}

static void put_reg(FILE *out, char width, int number)
{
	if (number == REG_SP)
		fputs(width == 'W' ? "wsp" : "sp", out);
	else if (number >= REG_ZERO)
		fputs(width == 'W' ? "wzr" : "xzr", out);
	else
		fprintf(out, "%c%d", width | 0x20, number);
}

static void put_imm(FILE *out, const struct op *op, char letter)
{
	s64 value = letter == 'i' ? (s64)op->imm : operand(op, letter);

	if (value > -4096 && value < 4096)
		fprintf(out, "#%lld", (long long)value);
	else
		fprintf(out, "#0x%llx", (unsigned long long)value);
}

static bool is_lane(char c)
{
	return c && strchr("bhsd", c);
}

/* Lanes of a size in the 64 or 128 bits that Q says */
static unsigned lanes(const struct op *op, char size)
{
	unsigned bytes = bit(op->insn, 30) ? 16 : 8;

	return size == 'b' ? bytes : size == 'h' ? bytes / 2 : size == 's' ? bytes / 4 : bytes / 8;
}

/* One piece of the syntax; returns how many characters of it were used. */
static unsigned put_piece(FILE *out, const char *s, const struct op *op, u64 pc)
{
	if ((*s == 'X' || *s == 'W') && operand(op, s[1]) >= 0) {
		put_reg(out, *s, operand(op, s[1]));
		return strncmp(s + 2, "|SP", 3) ? 2 : 5;
	}
	if (*s == 'V' && operand(op, s[1]) >= 0 && s[2] == '.' && is_lane(s[3]) && s[4] != '[') {
		fprintf(out, "v%d.%u%c", operand(op, s[1]), lanes(op, s[3]), s[3]);
		return 4;
	}
	if (strchr("BHSDQV", *s) && operand(op, s[1]) >= 0) {
		fprintf(out, "%c%d", *s | 0x20, operand(op, s[1]));
		return 2;
	}
	if (*s == '#' && (s[1] == 'i' || operand(op, s[1]) >= 0)) {
		put_imm(out, op, s[1]);
		return 2;
	}
	if (*s == '?' && operand(op, s[1]) >= 0) {
		fputs(conditions[operand(op, s[1]) & 15], out);
		return 2;
	}
	if (*s == '%') {
		fprintf(out, "%d", s[1] == 'i' ? (int)op->imm : operand(op, s[1]));
		return 2;
	}
	if (*s == '~') {
		fputs(bit(op->insn, 30) ? "2" : "", out);
		return 1;
	}
	if (*s == '@')
		fprintf(out, "#0x%llx", (unsigned long long)(pc + op->imm));
	else
		fputc(*s, out);
	return 1;
}

bool disasm_table(char text[DISASM_MAX], u64 pc, u32 word)
{
	struct cpu_features all;
	struct op op;
	unsigned row;
	FILE *out;

	memset(&all, 1, sizeof(all));
	row = decode(&all, word, &op);
	out = row ? fmemopen(text, DISASM_MAX, "w") : NULL;
	if (!out)
		return false;
	for (const char *s = insn_rows[row].syntax; *s;)
		s += put_piece(out, s, &op, pc);
	return !fclose(out);
}
