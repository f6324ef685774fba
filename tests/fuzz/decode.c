/*
 * Fuzz the decoder and the data-processing semantics: any word, any features, any registers. Operands must index what
 * they say they index, the row must claim the word, and (with sanitizers) nothing may be undefined on the host.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cpu/decode.h"

struct input {
	u32 word;
	u8 nzcv;
	u8 absent; /* which feature bytes are cleared */
	u64 x[4];
};

/* SIMD&FP data processing (C4.1) uses op.m and op.a for elements and lanes as well. */
static bool is_simd(u32 word)
{
	return (word >> 25 & 7) == 7;
}

static bool is_data_processing(const struct insn_row *row)
{
	return row->cls <= CLASS_crc;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	/* Reused: registers are set anew, nothing else changes. */
	static struct cpu cpu;
	const struct insn_row *row;
	struct input in;
	struct op op;
	unsigned i;

	if (size < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));
	for (i = 0; i < sizeof(cpu.feat); i++)
		((u8 *)&cpu.feat)[i] = (i * 37 & 0xff) >= in.absent;
	for (i = 0; i < REG_ZERO; i++)
		cpu.s.r.x[i] = in.x[i % ARRAY_SIZE(in.x)] + i / ARRAY_SIZE(in.x);
	cpu_set_nzcv(&cpu, (u32)in.nzcv << 28);
	row = &insn_rows[decode(&cpu.feat, in.word, &op)];
	BUG_ON((in.word & row->mask) != row->value);
	BUG_ON(op.fn != row->fast);
	BUG_ON(!is_simd(in.word) && (op.d >= REG_COUNT || op.n >= REG_COUNT || op.m >= REG_COUNT));
	if (is_data_processing(row))
		row->step(&cpu, &op);
	BUG_ON(cpu.s.r.x[REG_ZERO] != 0 || cpu.s.exc.kind != EXC_NONE);
	return 0;
}
