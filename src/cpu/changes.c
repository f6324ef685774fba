/*
 * Which registers an instruction may change. The encoding groups of the Arm ARM's C4.1 decide: within one, destinations
 * stand in the same few fields. A register too many costs a comparison; one too few would be missing from the trace.
 */
#include "cpu/changes.h"

#include <string.h>

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

#define SP_BIT (1u << EV_INSN_SP)
/* What firmware answers an HVC or SMC in (SMC Calling Convention): X0 to X17; semihosting an HLT: X0. */
#define RESULTS ((1u << 18) - 1)

static struct changes branch_or_system(u32 word, enum insn_class cls)
{
	switch (cls) {
	case CLASS_branch:
	case CLASS_branch_reg:
	case CLASS_branch_auth: return (struct changes){ .x = 1u << 30 };
	case CLASS_hint:
	case CLASS_pac: return (struct changes){ .x = 1u << 30 | 1u << 17 }; /* PACIASP, PACIA1716 */
	case CLASS_barrier:
	case CLASS_isb: return (struct changes){ .x = 0 };
	case CLASS_exc: return (struct changes){ .x = (word & 3) == 1 ? 0 : RESULTS }; /* LL 1: SVC */
	case CLASS_eret: return (struct changes){ .x = SP_BIT, .nzcv = true };
	default: return (struct changes){ .x = field(word, 0) | SP_BIT, .nzcv = true, .fp_status = true };
	}
}

/* C4.1.88: which of the registers that a load or store names it changes. */
static struct changes load_or_store(u32 word, enum insn_class cls)
{
	bool is_store = cls == CLASS_store || cls == CLASS_store_pair;
	u32 base = field(word, 5), t = field(word, 0), t2 = field(word, 10);
	struct changes may = { .x = base };

	if (bit(word, 26)) { /* SIMD&FP: of a pair, and up to four in a row, after 31 comes 0 */
		may.v = is_store ? 0 : t2 | t | t << 1 | t << 2 | t << 3 | t >> 31 | t >> 30 | t >> 29;
		return may;
	}
	if (bits(word, 29, 27) == 7 && (bit(word, 24) || (bit(word, 21) && cls != CLASS_atomic && !bit(word, 10))))
		return (struct changes){ .x = is_store ? 0 : t }; /* an offset, by immediate or register */
	if (bits(word, 29, 27) == 5) {				  /* a pair; bit 23: writeback */
		may.x = (is_store ? 0 : t | t2) | (bit(word, 23) ? base : 0);
		return may;
	}
	may.x |= t | t2 | field(word, 16);
	if (cls == CLASS_atomic)
		may.x |= field(word, 16) << 1; /* CASP */
	return may;
}

/* C4.1.94 to C4.1.96: the scalar group on its own and UMOV, SMOV reach general registers; comparisons are scalar. */
static struct changes simd_or_fp(u32 word)
{
	bool is_scalar = bits(word, 28, 24) == 0x1e && !bit(word, 30);
	bool is_copy = bits(word, 29, 21) == 0x70;

	return (struct changes){ .x = is_scalar || is_copy ? field(word, 0) : 0,
				 .v = field(word, 0),
				 .nzcv = is_scalar,
				 .fp_status = true };
}

struct changes changes_of(u32 word, enum insn_class cls)
{
	switch (bits(word, 28, 25)) {
	case 8:
	case 9: /* data processing, immediate */
	case 5:
	case 13: /* data processing, register; only with S set NZCV changes */
		return (struct changes){ .x = field(word, 0), .nzcv = bit(word, 29) };
	case 10:
	case 11: return branch_or_system(word, cls);
	case 4:
	case 6:
	case 12:
	case 14: return load_or_store(word, cls);
	case 7:
	case 15: return simd_or_fp(word);
	default: return everything();
	}
}

/* LDRAA, LDRAB: the address depends on keys. */
static bool authenticates(u32 word)
{
	return bits(word, 29, 24) == 0x38 && bit(word, 21) && bit(word, 10);
}

#define NOP 0xd503201fu
#define BTI 0xd503241fu /* bits 7:6: the targets */

bool changes_follow(u32 word, enum insn_class cls)
{
	switch (cls) {
	case CLASS_pac:
	case CLASS_branch_auth:
	case CLASS_eret:
	case CLASS_sys:
	case CLASS_exc: return false;
	case CLASS_hint: return word == NOP || (word & ~0xc0u) == BTI;
	case CLASS_load: return !authenticates(word);
	case CLASS_exclusive: return bit(word, 22); /* a store depends on the monitor */
	default: return true;
	}
}

/* The index of a register of EV_INSN in x[]. */
static unsigned index_of(unsigned reg)
{
	return reg == EV_INSN_SP ? REG_SP : reg;
}

void changes_before(const struct cpu *c, const struct changes *may, struct before *b)
{
	for (u32 set = may->x; set; set &= set - 1) {
		unsigned i = index_of((unsigned)__builtin_ctz(set));

		b->x[i] = c->s.r.x[i];
	}
	if (may->nzcv)
		b->nzcv = changes_nzcv(&c->s.r);
	for (u32 set = may->v; set; set &= set - 1) {
		unsigned i = (unsigned)__builtin_ctz(set);

		memcpy(b->z[i], c->s.z[i], sizeof(b->z[i]));
	}
	if (may->fp_status) {
		b->fpsr = SYS(c, FPSR);
		b->fpcr = SYS(c, FPCR);
	}
}

static u32 changed_v(const struct cpu *c, u32 may, const struct before *b)
{
	u32 changed = 0;

	for (; may; may &= may - 1) {
		unsigned i = (unsigned)__builtin_ctz(may);

		changed |= (u32)((b->z[i][0] ^ c->s.z[i][0]) | (b->z[i][1] ^ c->s.z[i][1]) ? 1u << i : 0);
	}
	return changed;
}

void changes_after(const struct cpu *c, const struct changes *may, const struct before *b, struct ev_insn *i)
{
	_Static_assert(EV_INSN_V_WORDS == 2, "both are compared");
	i->changed = 0;
	for (u32 set = may->x; set; set &= set - 1) {
		unsigned reg = (unsigned)__builtin_ctz(set), at = index_of(reg);

		i->changed |= (u64)(b->x[at] != c->s.r.x[at]) << reg;
	}
	i->sp = c->s.r.x[REG_SP];
	if (may->nzcv) {
		i->nzcv = changes_nzcv(&c->s.r);
		i->changed |= (u64)(i->nzcv != b->nzcv) << EV_INSN_NZCV;
	}
	i->changed_v = changed_v(c, may->v, b);
	if (may->fp_status) {
		i->fpsr = SYS(c, FPSR);
		i->fpcr = SYS(c, FPCR);
		i->changed |= (u64)(i->fpsr != b->fpsr) << EV_INSN_FPSR | (u64)(i->fpcr != b->fpcr) << EV_INSN_FPCR;
	}
}
