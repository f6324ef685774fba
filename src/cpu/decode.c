/* Decode: row, features, operands. The tree itself is generated. */
#include "cpu/decode.h"

#include <string.h>

#include "cpu/features.h"

static bool has_feature(const struct cpu_features *f, const struct insn_row *row)
{
	return row->feature == FEATURE_BASE || *((const bool *)f + row->feature);
}

unsigned decode(const struct cpu_features *f, u32 insn, struct op *op)
{
	unsigned row;

	memset(op, 0, sizeof(*op));
	op->insn = insn;
	for (row = decode_row(insn); row; row = insn_rows[row].general) {
		if (has_feature(f, &insn_rows[row]) && insn_rows[row].form(op, insn))
			break;
	}
	op->fn = insn_rows[row].fast;
	return row;
}
