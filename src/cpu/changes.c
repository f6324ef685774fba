/*
 * Which registers an instruction may change. The encoding groups of the Arm ARM's C4.1 decide: within one, destinations
 * stand in the same few fields. A register too many costs a comparison; one too few would be missing from the trace.
 */
#include "cpu/changes.h"

#include "base/bits.h"

/* The register named by the field at bit lsb: 31 may be the stack pointer. */
static u32 field(u32 word, unsigned lsb)
{
	return 1u << bits(word, lsb + 4, lsb);
}

static struct changes everything(void)
{
	return (struct changes){ .x = ~0u, .v = ~0u, .nzcv = true, .fp_status = true };
}

/* What is not a branch may reach firmware, a system register, or anything else. */
static struct changes branch_or_system(enum insn_class cls)
{
	switch (cls) {
	case CLASS_branch:
	case CLASS_branch_reg:
	case CLASS_branch_auth: return (struct changes){ .x = 1u << 30 };
	case CLASS_hint:
	case CLASS_pac: return (struct changes){ .x = 1u << 30 | 1u << 17 }; /* PACIASP, PACIA1716 */
	case CLASS_barrier: return (struct changes){ .x = 0 };
	default: return everything();
	}
}

static struct changes load_or_store(u32 word, enum insn_class cls)
{
	struct changes may = { .x = field(word, 5) }; /* writeback */

	if (bit(word, 26)) {
		u32 t = field(word, 0);

		/* of a pair, and up to four in a row, after 31 comes 0 */
		may.v = field(word, 10) | t | t << 1 | t << 2 | t << 3 | t >> 31 | t >> 30 | t >> 29;
		return may;
	}
	if (bits(word, 29, 27) == 7 && bit(word, 24)) { /* unsigned offset: no writeback, no pair */
		may.x = field(word, 0);
		return may;
	}
	may.x |= field(word, 0) | field(word, 10) | field(word, 16);
	if (cls == CLASS_atomic)
		may.x |= field(word, 16) << 1; /* CASP */
	return may;
}

struct changes changes_of(u32 word, enum insn_class cls)
{
	switch (bits(word, 28, 25)) {
	case 8:
	case 9: /* data processing, immediate */
	case 5:
	case 13: /* data processing, register */ return (struct changes){ .x = field(word, 0), .nzcv = true };
	case 10:
	case 11: return branch_or_system(cls);
	case 4:
	case 6:
	case 12:
	case 14: return load_or_store(word, cls);
	case 7:
	case 15: /* SIMD and floating point */
		return (struct changes){ .x = field(word, 0), .v = field(word, 0), .nzcv = true, .fp_status = true };
	default: return everything();
	}
}
