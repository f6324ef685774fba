/*
 * Differences from QEMU 7.2 whose cause is known, each with the specification's verdict: docs/qemu-differences.md. A
 * rule recognises its cause and gives QEMU's result, where that cause shows, the value that hypscope has. A difference
 * that is left after all rules is a failure.
 */
#include <string.h>

#include "base/bits.h"
#include "cpu/decode.h"
#include "cpu/sysreg.h"
#include "diff.h"

enum {
	EC_UNKNOWN = 0,
	EC_WFX = 1,
	EC_ILLEGAL = 0x0e,
	EC_SYS = 0x18,
	EC_FETCH = 0x20,
	EC_PC = 0x22,
	EC_DATA = 0x24,
	EC_SP = 0x26,
	EC_BRK = 0x3c
};
#define BTYPE (3ull << 10)

static unsigned ec(const struct result *r)
{
	return (unsigned)(r->esr >> 26 & 0x3f);
}

static bool starts(const struct pair *p, const char *prefix)
{
	return !strncmp(p->row, prefix, strlen(prefix));
}

static unsigned field(const struct pair *p, unsigned lsb)
{
	return p->insn >> lsb & 31;
}

static void sp_alignment(const struct pair *p, struct result *q)
{
	if (ec(p->hyp) == EC_SP)
		*q = *p->hyp;
}

static void ldapr_field(const struct pair *p, struct result *q)
{
	if (starts(p, "ldapr") && bits(p->insn, 29, 24) == 0x38 && field(p, 16) != 31 && ec(p->qemu) == EC_UNKNOWN)
		*q = *p->hyp;
}

static void ldapr_alignment(const struct pair *p, struct result *q)
{
	if ((starts(p, "ldapr") || starts(p, "ldapur") || starts(p, "stlur")) && (ec(p->hyp) & ~1u) == EC_DATA &&
	    (p->hyp->esr & 0x3f) == 0x21)
		*q = *p->hyp;
}

static void pc_alignment(const struct pair *p, struct result *q)
{
	if (ec(p->hyp) == EC_PC && (ec(p->qemu) & ~1u) == EC_FETCH) {
		q->esr = p->hyp->esr;
		q->spsr = p->hyp->spsr;
	}
}

static void smc_conduit(const struct pair *p, struct result *q)
{
	if (starts(p, "smc") && ec(p->hyp) == EC_UNKNOWN && p->qemu->x[0] == ~0ull)
		*q = *p->hyp;
}

static void exclusive_order(const struct pair *p, struct result *q)
{
	if ((starts(p, "stx") || starts(p, "stlx")) && (ec(p->hyp) & ~1u) == EC_DATA && ec(p->qemu) == EC_BRK &&
	    (field(p, 16) == 31 || p->qemu->x[field(p, 16)] == 1))
		*q = *p->hyp;
}

static bool is_simd(const struct pair *p)
{
	return is_simd_word(p->insn);
}

static bool same_abort(const struct pair *p)
{
	return (ec(p->hyp) & ~1u) == EC_DATA && p->hyp->esr == p->qemu->esr && p->hyp->far == p->qemu->far;
}

static void partial_store(const struct pair *p, struct result *q)
{
	bool several = starts(p, "stp") || starts(p, "stnp") || is_simd(p);

	if (several && starts(p, "st") && same_abort(p))
		q->sum = p->hyp->sum;
}

/* Several registers, or several elements: those that were loaded before the one that faults. */
static void partial_load(const struct pair *p, struct result *q)
{
	bool structs = bits(p->insn, 29, 25) == 6;

	if (!is_simd(p) || !starts(p, "ld") || !same_abort(p) || !(structs || starts(p, "ldp") || starts(p, "ldnp")))
		return;
	for (unsigned i = 0; i < 4; i++) {
		unsigned t = structs ? (field(p, 0) + i) % 32 : field(p, i & 1 ? 10 : 0);

		memcpy(q->v[t], p->hyp->v[t], sizeof(q->v[t]));
	}
}

static bool in_device_page(u64 va)
{
	return ((va & ones(48)) - (AT_WINDOW + 0x5000)) < 0x1000;
}

static void device_alignment(const struct pair *p, struct result *q)
{
	bool near_device = in_device_page(p->hyp->far) || in_device_page(p->hyp->far + 64);

	if ((ec(p->hyp) & ~1u) == EC_DATA && (p->hyp->esr & 0x3f) == 0x21 && near_device)
		*q = *p->hyp;
}

static bool has_writeback(const struct pair *p)
{
	return strstr(p->row, "_pre") || strstr(p->row, "_post");
}

/* Equal registers where the architecture leaves the result open. */
static void equal_registers(const struct pair *p, struct result *q)
{
	unsigned t = field(p, 0), n = field(p, 5), t2 = field(p, 10), s = field(p, 16);
	bool pair =
		starts(p, "ldp") || starts(p, "stp") || starts(p, "ldnp") || starts(p, "ldxp") || starts(p, "ldaxp");
	bool base = has_writeback(p) && n != 31 && !is_simd(p);
	bool open = (pair && t == t2) || (base && (t == n || (pair && t2 == n)));

	if (starts(p, "stx") || starts(p, "stlx"))
		open = s == t || (s == n && n != 31) || (strchr(p->row, 'p') && s == t2);
	if (open)
		*q = *p->hyp;
}

static bool keeps_btype(unsigned class)
{
	return class == EC_PC || (class & ~1u) == EC_FETCH || class == EC_BRK || class == EC_ILLEGAL || class == 0x0d;
}

static void zero_btype(const struct pair *p, struct result *q)
{
	if (!keeps_btype(ec(p->hyp)) && (p->qemu->spsr & BTYPE) == 0)
		q->spsr = (q->spsr & ~BTYPE) | (p->hyp->spsr & BTYPE);
}

static void sb_btype(const struct pair *p, struct result *q)
{
	if (!strcmp(p->row, "sb") && ec(p->hyp) == EC_BRK)
		q->spsr = (q->spsr & ~BTYPE) | (p->hyp->spsr & BTYPE);
}

static void eret_btype(const struct pair *p, struct result *q)
{
	if (starts(p, "eret") && (p->t->spsr & BTYPE) && (p->qemu->spsr & BTYPE) == 0)
		q->spsr = (q->spsr & ~BTYPE) | (p->hyp->spsr & BTYPE);
}

static void illegal_return(const struct pair *p, struct result *q)
{
	const u64 unknown = BTYPE | 1 << 12 | 3 << 22 | 1 << 24; /* SSBS, PAN, UAO, DIT */

	if (starts(p, "eret") && (p->hyp->spsr & p->qemu->spsr & 1 << 20))
		q->spsr = (q->spsr & ~unknown) | (p->hyp->spsr & unknown);
}

static void daif_syndrome(const struct pair *p, struct result *q)
{
	const u64 swapped = 7ull << 17 | 7ull << 14;

	if (starts(p, "msr_daif") && ec(p->hyp) == EC_SYS)
		q->esr = (q->esr & ~swapped) | (p->hyp->esr & swapped);
}

/* Op0, op1, CRn, CRm, op2 of SYS, MRS, MSR, as SYSREG_KEY() has them. */
static u32 key_of(const struct pair *p)
{
	return p->insn >> 5 & 0xffff;
}

/* The address of a cache operation as the program gave it, and CM in the syndrome. */
static void cache_fault(const struct pair *p, struct result *q)
{
	bool is_cache = starts(p, "sys") && bits(key_of(p), 10, 7) == 7 && key_of(p) >> 14 == 1;

	if (!is_cache || bits(key_of(p), 6, 3) == 8 || bits(key_of(p), 6, 3) == 4) /* AT; DC ZVA */
		return;
	if ((ec(p->hyp) & ~1u) == EC_DATA && (p->hyp->esr & 1 << 8))
		*q = *p->hyp;
	/* DC CVAP, CVADP: QEMU reads, as a load that PSTATE.PAN stops. */
	if ((ec(p->qemu) & ~1u) == EC_DATA && ec(p->hyp) == EC_BRK && (p->t->spsr & 1 << 22))
		*q = *p->hyp;
}

static void at_device(const struct pair *p, struct result *q)
{
	if (starts(p, "sys") && !((p->hyp->par | p->qemu->par) & 1) && (p->hyp->par >> 56 == 4))
		q->par = (q->par & ~(3ull << 7)) | (p->hyp->par & 3ull << 7);
}

static void sctlr_reserved(const struct pair *p, struct result *q)
{
	u64 *x = &q->x[field(p, 0) % 31];
	u64 reserved = 1ull << 57 | 1 << 6 | 1 << 5; /* EPAN, nAA, CP15BEN: of features that the core has not */

	if (starts(p, "mrs") && key_of(p) == SYSREG_KEY(3, 0, 1, 0, 0) && ec(p->hyp) == EC_BRK)
		*x &= ~reserved;
}

static void implementation_defined(const struct pair *p, struct result *q)
{
	if ((starts(p, "mrs") || starts(p, "sys")) && (bits(key_of(p), 10, 7) | 4) == 15 && ec(p->hyp) == EC_UNKNOWN)
		*q = *p->hyp;
}

static void tidcp(const struct pair *p, struct result *q)
{
	unsigned crn = p->insn >> 12 & 15;

	if ((crn == 11 || crn == 15) && bit(p->t->hcr, 20) && ec(p->hyp) == EC_SYS && ec(p->qemu) == EC_UNKNOWN)
		*q = *p->hyp;
}

static void xpac_disabled(const struct pair *p, struct result *q)
{
	const u64 keys = 1u << 31 | 1 << 30 | 1 << 27 | 1 << 13; /* SCTLR_EL1.EnIA, EnIB, EnDA, EnDB */

	if (starts(p, "xpac") && !(p->t->sctlr & keys))
		memcpy(q->x, p->hyp->x, sizeof(q->x));
}

/* Whether bits 55 and 63 name different halves in a register that the instruction, or one before it, uses. */
static bool halves_differ(const struct pair *p)
{
	const unsigned used[] = { field(p, 0) % 31, field(p, 5) % 31, 30, 17 };
	const u64 *const at[] = { p->t->x, p->hyp->x, p->qemu->x };

	for (unsigned i = 0; i < ARRAY_SIZE(used) * ARRAY_SIZE(at); i++) {
		u64 v = at[i / ARRAY_SIZE(used)][used[i % ARRAY_SIZE(used)]];

		if (bit(v, 55) != bit(v, 63))
			return true;
	}
	return false;
}

/* PAC: whether a tag byte is ignored differs from half to half, and bits 55 and 63 name different ones. */
static void pac_half(const struct pair *p, struct result *q)
{
	bool tbi0 = bit(p->t->tcr, 37), tbi1 = bit(p->t->tcr, 38), one = tbi0 != tbi1;
	bool insn0 = tbi0 && !bit(p->t->tcr, 51), insn1 = tbi1 && !bit(p->t->tcr, 52);
	unsigned class = insn_rows[p->t->row].cls;

	one |= insn0 != insn1;
	if (!one || !halves_differ(p))
		return;
	if (class == CLASS_pac)
		memcpy(q->x, p->hyp->x, sizeof(q->x));
	else if (class == CLASS_branch_auth || starts(p, "ldra"))
		*q = *p->hyp;
}

/* FPCR.Len, Stride, FPSR.NZCV: AArch32's, which QEMU's core has. */
static void fp_reserved(const struct pair *p, struct result *q)
{
	if (!starts(p, "msr"))
		return;
	if (key_of(p) == SYSREG_KEY(3, 3, 4, 4, 0))
		q->fpcr &= ~(7ull << 16 | 3ull << 20);
	else if (key_of(p) == SYSREG_KEY(3, 3, 4, 4, 1))
		q->fpsr &= ones(28);
}

static void fcvtzs_half(const struct pair *p, struct result *q)
{
	u64 *d = &q->v[field(p, 0)][0];

	if (starts(p, "fcvtzs_fixed_sh") && *d >> 16 == 0xffff && bit(*d, 15))
		*d = (u16)*d;
}

static void js_denormal(const struct pair *p, struct result *q)
{
	u64 v = p->t->v[field(p, 5)][0];

	if (starts(p, "fjcvtzs") && bit(p->t->fpcr, 24) && !bits(v, 62, 52) && bits(v, 51, 0))
		q->spsr &= ~(1ull << 30);
}

const struct rule rules[] = {
	{ "sp-alignment", "QEMU does not check the alignment of SP; SCTLR_EL1.SA, SA0 do", sp_alignment },
	{ "ldapr-field", "a should-be-one field: UNDEFINED is one of the permitted results", ldapr_field },
	{ "ldapr-alignment", "without FEAT_LSE2 ordered accesses must be aligned; QEMU checks all but the LDAPR family",
	  ldapr_alignment },
	{ "pc-alignment", "a misaligned PC has priority over aborts of the fetch", pc_alignment },
	{ "smc-conduit", "without EL3, SMC is UNDEFINED; QEMU answers as firmware", smc_conduit },
	{ "exclusive-order", "whether a store-exclusive that fails can fault is IMPLEMENTATION DEFINED",
	  exclusive_order },
	{ "device-alignment", "QEMU does not check the alignment of accesses to Device memory", device_alignment },
	{ "partial-store",
	  "several registers or elements: a store that faults may have stored some; hypscope stores none",
	  partial_store },
	{ "partial-load", "several registers or elements: a load that faults may have loaded some; hypscope loads none",
	  partial_load },
	{ "equal-registers", "CONSTRAINED UNPREDICTABLE", equal_registers },
	{ "zero-btype", "SPSR.BTYPE may be zero for these exceptions (Unpredictable_ZEROBTYPE)", zero_btype },
	{ "sb-btype", "QEMU does not clear PSTATE.BTYPE after SB", sb_btype },
	{ "eret-btype", "QEMU clears the BTYPE that ERET restored when ERET itself had one", eret_btype },
	{ "illegal-return", "SSBS, BTYPE, UAO, DIT are UNKNOWN after one; PAN is restored, which QEMU omits",
	  illegal_return },
	{ "daif-syndrome", "QEMU swaps Op1 and Op2 in the syndrome of MSR DAIFSet, DAIFClr", daif_syndrome },
	{ "tidcp", "HCR_EL2.TIDCP traps IMPLEMENTATION DEFINED registers that QEMU does not have", tidcp },
	{ "cache-fault", "DC and IC by VA translate and fault, with CM and the address given; in QEMU most do nothing",
	  cache_fault },
	{ "at-device", "PAR_EL1.SH of Device memory is 0b10 (PAREncodeShareability)", at_device },
	{ "sctlr-reserved", "fields of absent features are RES0; QEMU keeps what is written", sctlr_reserved },
	{ "implementation-defined", "registers of QEMU's own", implementation_defined },
	{ "xpac-disabled", "XPAC works whether or not keys are enabled (Strip); in QEMU it needs one that is",
	  xpac_disabled },
	{ "pac-half", "AddPAC takes bit 55 when any half ignores its tag byte; QEMU asks one half only", pac_half },
	{ "fp-reserved", "fields of AArch32 in FPCR and FPSR are RES0 in a core without it", fp_reserved },
	{ "fcvtzs-half", "QEMU does not clear the register above a negative 16-bit result", fcvtzs_half },
	{ "js-denormal", "FJCVTZS of a denormal that is flushed is not exact (FPToFixedJS); QEMU sets Z", js_denormal },
};
const unsigned rule_count = ARRAY_SIZE(rules);
