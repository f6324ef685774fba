/*
 * Which rows of the instruction table were executed: only in a build with -Dcoverage_rows=true, for
 * tools/coverage_rows.py. Every process adds the names of its rows to one file of the build directory.
 */
#include <stdio.h>
#include <string.h>

#include "cpu/decode.h"
#include "cpu/exec.h"

enum { ROWS_MAX = 4096, WORDS = 1 << 16 };

/* Words whose rows are written. */
static u32 known[WORDS];
static bool noted[ROWS_MAX];

static bool uses_simd(u32 insn)
{
	unsigned op0 = insn >> 25 & 15;

	return (op0 & 7) == 7 || ((op0 & 5) == 4 && (insn >> 26 & 1));
}

static void append(const char *name)
{
	FILE *f = fopen(ROW_COVERAGE, "a");

	if (!f)
		return;
	fprintf(f, "%s\n", name);
	fclose(f);
}

void coverage_note(const struct cpu *cpu, const struct op *op)
{
	u32 *slot = &known[op->insn * 0x9e3779b1u >> 16];
	struct op scratch;
	unsigned row;

	/* An instruction that a trap replaces is not executed. */
	if (*slot == op->insn || (uses_simd(op->insn) && !cpu->fp_on))
		return;
	row = decode(&cpu->feat, op->insn, &scratch);
	*slot = op->insn;
	if (row && !noted[row]) {
		noted[row] = true;
		append(insn_rows[row].name);
	}
}
