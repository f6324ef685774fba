/*
 * Random instructions: row by row of the instruction table, each in a slot of its own, with operands that tend to the
 * edges. Around an instruction lie BRKs of different numbers, so that a branch ends where it lands.
 */
#include <string.h>

#include "cpu/decode.h"
#include "cpu/sysreg.h"
#include "diff.h"

#define GUARDED 0x100000000ull /* the same code again, in guarded pages (FEAT_BTI) */
#define INSN_AT 32u	       /* word of a slot where the instruction lies */
#define BRK(n) (0xd4200000u | (u32)(n) << 5)

/* ---- what is not compared, and why ---- */

static const struct excluded {
	const char *prefix, *why;
} excluded_regs[] = {
	{ "ID_", "identification: hypscope's core is given what QEMU's has, less what is not modelled" },
	{ "MIDR", "identification" },
	{ "MPIDR", "identification" },
	{ "VPIDR", "identification" },
	{ "VMPIDR", "identification" },
	{ "REVIDR", "identification" },
	{ "AIDR", "identification" },
	{ "CLIDR", "identification" },
	{ "CCSIDR", "identification" },
	{ "CTR_", "identification" },
	{ "DCZID", "identification" },
	{ "GMID", "identification" },
	{ "MVFR", "identification" },
	{ "CNT", "counters differ from run to run" },
	{ "PM", "the PMU counts what no two implementations count alike" },
	{ "RNDR", "random" },
	{ "ICC_", "the state of the interrupt controller is not part of a record" },
	{ "ICH_", "the state of the interrupt controller is not part of a record" },
	{ "DBG", "debug registers, whose breakpoints QEMU implements" },
	{ "MDSCR", "debug registers, whose breakpoints QEMU implements" },
	{ "MDCCSR", "debug registers, whose breakpoints QEMU implements" },
	{ "MDCCINT", "debug registers, whose breakpoints QEMU implements" },
	{ "MDRAR", "debug registers, whose breakpoints QEMU implements" },
	{ "OS", "debug registers, whose breakpoints QEMU implements" },
	{ "ERR", "RAS error records: none on either side" },
	{ "ERX", "RAS error records: none on either side" },
	{ "RMR", "resets the core" },
};

/* MSR reaches only these: registers that a record restores or compares, and that no test depends on. */
static const char *const writable[] = {
	"TPIDR_EL0", "TPIDR_EL1",   "TPIDRRO_EL0", "PAR_EL1",	"AFSR0_EL1",  "AFSR1_EL1", "FAR_EL1", "ESR_EL1",
	"ELR_EL1",   "SPSR_EL1",    "SP_EL0",	   "AMAIR_EL1", "CSSELR_EL1", "NZCV",	   "DAIF",    "CONTEXTIDR_EL1",
	"CPACR_EL1", "CNTKCTL_EL1", "FPCR",	   "FPSR",	"PAN",	      "UAO",	   "DIT",     "SSBS",
	"SPSel",     "MAIR_EL1",
};

static bool is_excluded(enum sysreg r)
{
	const char *name = sysreg_name(r);

	for (unsigned i = 0; i < ARRAY_SIZE(excluded_regs); i++)
		if (!strncmp(name, excluded_regs[i].prefix, strlen(excluded_regs[i].prefix)))
			return true;
	return false;
}

/* Registers of SVE and SME that our table does not have: SVCR, ZCR_EL1, SMCR_EL1, TPIDR2_EL0. */
static bool is_foreign_key(u32 key)
{
	return key >> 3 == SYSREG_KEY(3, 0, 1, 2, 0) >> 3 || key == SYSREG_KEY(3, 3, 4, 2, 2) ||
	       key == SYSREG_KEY(3, 3, 13, 0, 5);
}

/* Of SVE and SME, which QEMU's core has and ours does not say to have. */
static bool is_foreign(u32 w)
{
	unsigned op0 = w >> 25 & 15;

	return op0 == 2 || op0 == 0;
}

/* ---- values ---- */

static u64 value(struct rng *r)
{
	static const u64 edges[] = {
		0, 1, ~0ull, 1ull << 63, ~0ull >> 1, 0x80000000, 0x7fffffff, 0xffffffff, 2, 0x8000
	};

	switch (rng_below(r, 8)) {
	case 0:
	case 1: return edges[rng_below(r, ARRAY_SIZE(edges))];
	case 2: return rng_below(r, 70);
	case 3: return 0 - rng_below(r, 70);
	case 4: return (u32)rng_next(r);
	case 5: return rng_next(r) & rng_next(r) & rng_next(r);
	default: return rng_next(r);
	}
}

/* An address for a load or store: mostly near the boundaries of the window's pages (setup_tables()). */
static u64 pointer(struct rng *r)
{
	static const u8 boundaries[] = { 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 4, 5 };
	u64 at = AT_WINDOW + boundaries[rng_below(r, ARRAY_SIZE(boundaries))] * 0x1000ull;

	switch (rng_below(r, 10)) {
	case 0: at -= rng_below(r, 32); break;
	case 1: at += rng_below(r, 0x200) - 0x100; break;
	case 2: at += rng_below(r, 0x80) * 4 - 0x100; break;
	default: at += rng_below(r, 0x38) * 16 - 0x1c0; break;
	}
	if (rng_rare(r, 24))
		at |= rng_next(r) << 56;
	return rng_rare(r, 40) ? value(r) : at;
}

static u64 pad_address(struct rng *r, const struct test *t)
{
	u64 at = t->pc - t->pc % (SLOT_WORDS * 4) + rng_below(r, INSN_AT - 2) * 4;

	if (rng_rare(r, 2))
		at += (INSN_AT + 2) * 4;
	if (rng_rare(r, 8))
		at ^= GUARDED;
	if (rng_rare(r, 30))
		at ^= 1ull << rng_below(r, 64);
	return at;
}

/* ---- state that tests share ---- */

static void setup_tables(const struct batch *b)
{
	enum { L0 = 0, L1 = 0x1000, L2 = 0x2000, L2_GUARDED = 0x3000, L3 = 0x4000 };
	static const u64 pages[] = { 0x7c3, 0x743, 0x743, 0, 0x703, 0x747 };
	const u64 never = 3ull << 53, guarded = 1ull << 50, read_only = 0x7c1, base = AT_INSN_TABLES;

	poke64(b, base + L0, (base + L1) | 3);
	poke64(b, base + L1 + 8, (base + L2) | 3);
	poke64(b, base + L1 + 40, (base + L2_GUARDED) | 3);
	poke64(b, base + L2 + 8, AT_HARNESS | read_only);
	for (u64 at = AT_CODE; at < AT_CODE + (u64)BATCH * SLOT_WORDS * 4; at += 1 << 21) {
		poke64(b, base + L2 + (at - RAM_BASE) / (1 << 21) * 8, at | read_only);
		poke64(b, base + L2_GUARDED + (at - RAM_BASE) / (1 << 21) * 8, at | read_only | guarded);
	}
	poke64(b, base + L2 + (AT_WINDOW - RAM_BASE) / (1 << 21) * 8, (base + L3) | 3);
	for (unsigned i = 0; i < ARRAY_SIZE(pages); i++)
		poke64(b, base + L3 + i * 8, pages[i] ? (AT_WINDOW + i * 0x1000) | pages[i] | never : 0);
}

static u64 toggled(struct rng *r, u64 v, const u8 *bits, unsigned n, unsigned rare)
{
	for (unsigned i = 0; i < n; i++)
		if (rng_rare(r, rare))
			v ^= 1ull << bits[i];
	return v;
}

/* Tests come in groups of eight with the same registers. */
static void set_controls(struct batch *b, unsigned i, struct test *t)
{
	/* A SA SA0 nAA UMA EnRCTX EnDB DZE UCT nTWI nTWE SPAN UCI EnDA EnIB EnIA BT0 BT1 DSSBS EPAN */
	static const u8 sctlr[] = { 1, 3, 4, 6, 9, 10, 13, 14, 15, 16, 18, 23, 26, 27, 30, 31, 35, 36, 44, 57 };
	/* TID0-3 TSC TIDCP TACR TSW TPCP TPU TTLB TVM TDZ TRVM APK API TID4 TICAB TOCU TTLBIS TTLBOS */
	static const u8 hcr[] = { 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 30, 40, 41, 49, 50, 52, 54, 55 };
	const struct test *before = t - 1;

	if (i % 8) {
		t->sctlr = before->sctlr;
		t->tcr = before->tcr;
		t->hcr = before->hcr;
	} else {
		t->sctlr = toggled(&b->rng, 0xfcc5fffdull, sctlr, sizeof(sctlr), 5);
		t->tcr = 16 | 16ull << 16 | 2ull << 30 | 2ull << 32 | 0x35003500 | (rng_next(&b->rng) & 3) << 37 |
			 (rng_next(&b->rng) & 3) << 51;
		t->hcr = 1ull << 31 | 3ull << 40 | 3 << 13 | 7 << 3;
		if (rng_rare(&b->rng, 3))
			t->hcr = toggled(&b->rng, t->hcr, hcr, sizeof(hcr), 4);
	}
	t->ttbr0 = AT_INSN_TABLES;
	t->ttbr1 = AT_INSN_TABLES + 0x5000;
	t->mair = 0x4404ffull;
	t->vbar = AT_VECTORS_EL1;
}

static void set_state(struct rng *r, struct test *t, bool guarded)
{
	static const u8 modes[] = { 0, 0, 0, 5, 5, 5, 5, 4 };
	u64 m = modes[rng_below(r, sizeof(modes))];

	t->spsr = m | (rng_next(r) & 0xf0000000) | (rng_next(r) & 0x13c0);
	t->spsr |= (rng_next(r) & rng_next(r) & 0x01c00000);
	if (guarded || rng_rare(r, 8))
		t->spsr |= rng_next(r) & 0xc00;
	if (rng_rare(r, 300))
		t->spsr |= 1 << 20;
	for (unsigned i = 0; i < 31; i++)
		t->x[i] = value(r);
	t->sp_el0 = pointer(r) & (rng_rare(r, 6) ? ~0ull : ~15ull);
	t->sp_el1 = pointer(r) & (rng_rare(r, 6) ? ~0ull : ~15ull);
	t->elr_el1 = pad_address(r, t);
	t->spsr_el1 = (rng_next(r) & 0xf1c01fcf) | (rng_rare(r, 50) ? 1 << 20 : 0);
	if (!rng_rare(r, 4))
		t->spsr_el1 = (t->spsr_el1 & ~0xfull) | modes[rng_below(r, sizeof(modes))];
}

/* ---- operands by kind of row ---- */

static bool starts(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

static bool accesses_memory(const struct insn_row *row)
{
	return row->cls >= CLASS_load && row->cls <= CLASS_prefetch;
}

/* Writes nothing, so that the window stays as it is. */
static bool is_load(const struct insn_row *row)
{
	return row->cls == CLASS_load || row->cls == CLASS_load_pair || row->cls == CLASS_load_acquire ||
	       row->cls == CLASS_load_struct || row->cls == CLASS_prefetch;
}

static void set_x(struct test *t, unsigned n, u64 v)
{
	if (n < 31)
		t->x[n] = v;
	else if (n == REG_SP)
		*((t->spsr & 5) == 5 ? &t->sp_el1 : &t->sp_el0) = v;
}

/* A data-processing field of a branch: mostly near, else to where nothing is mapped. */
static u32 set_offset(struct batch *b, u32 w, const char *name)
{
	unsigned width = name[0] == 't' ? 14 : !strcmp(name, "b") || !strcmp(name, "bl") ? 26 : 19;
	unsigned lsb = width == 26 ? 0 : 5;
	s64 offset = (s64)rng_below(&b->rng, 2 * INSN_AT - 4) - (INSN_AT - 2);
	s64 far = sext(rng_next(&b->rng), width);

	if (offset == 0)
		offset = 1;
	if (width == 26 && rng_rare(&b->rng, 4) && (far < -(1 << 22) || far > 1 << 22))
		offset = far;
	return (u32)deposit(w, lsb, width, (u64)offset & ones(width));
}

static u32 set_key(struct batch *b, u32 w, bool is_write)
{
	struct rng *r = &b->rng;
	enum sysreg reg;
	u32 key;

	if (is_write) {
		reg = sysreg_find(writable[rng_below(r, ARRAY_SIZE(writable))]);
		return (u32)deposit(w, 5, 15, sysreg_key(reg));
	}
	do {
		key = 0x8000 | (u32)rng_below(r, 0x8000);
		if (!rng_rare(r, 4))
			key = sysreg_key((enum sysreg)rng_below(r, SR_COUNT));
		reg = sysreg_by_key(key);
	} while (key < 0x8000 || is_foreign_key(key) || (reg != SR_COUNT && is_excluded(reg)));
	return (u32)deposit(w, 5, 15, key);
}

/* SYS and SYSL: the cache, translation and TLB instructions, and some that are none. */
static u32 set_sys(struct batch *b, u32 w)
{
	struct rng *r = &b->rng;

	if (rng_rare(r, 8))
		return w;
	w = (u32)deposit(w, 12, 4, rng_rare(r, 2) ? 7 : 8);
	if (rng_rare(r, 2))
		w = (u32)deposit(w, 16, 3, rng_rare(r, 3) ? 3 : 0);
	return w;
}

/* The instruction word of a row: fixed bits, and the others at random. */
static u32 word(struct batch *b, unsigned row)
{
	const struct insn_row *i = &insn_rows[row];
	struct op op;
	u32 w;

	for (unsigned tries = 0; tries < 12; tries++) {
		w = i->value | ((u32)rng_next(&b->rng) & ~i->mask);
		if (i->cls == CLASS_branch)
			w = set_offset(b, w, i->name);
		else if (!strcmp(i->name, "mrs") || !strcmp(i->name, "msr"))
			w = set_key(b, w, i->name[1] == 's');
		else if (starts(i->name, "sys"))
			w = set_sys(b, w);
		if (row == 0 && (is_foreign(w) || decode_row(w)))
			continue;
		if (rng_rare(&b->rng, 12) || decode(b->feat, w, &op) == row)
			break;
	}
	return row == 0 && (is_foreign(w) || decode_row(w)) ? 0x00000001 : w;
}

/* An instruction before it that gives it sense: a load-exclusive, or a signature; 0: none. */
static u32 prefix_of(u32 w, const char *name)
{
	u32 n = w >> 5 & 31, m = w & 31, key = w & 0x400;

	if (starts(name, "stxr") || starts(name, "stlxr"))
		return (w & 0xc0000000) | 0x085f7c00 | n << 5 | (n == 9 ? 10 : 9);
	if (starts(name, "stxp") || starts(name, "stlxp"))
		return (w & 0xc0000000) | 0x087f0000 | 11 << 10 | n << 5 | (n == 9 ? 10 : 9);
	if (starts(name, "aut") && w >> 12 == 0xd5032)
		return w & ~0x80u;
	if (starts(name, "aut"))
		return w & ~0x1000u;
	if (starts(name, "bra") || starts(name, "blra"))
		return bit(w, 24) ? 0xdac10000 | key | m << 5 | n : 0xdac123e0 | key | n;
	if (starts(name, "reta"))
		return key ? 0xd503237f : 0xd503233f;
	if (starts(name, "ldra") && n != 31)
		return (bit(w, 23) ? 0xdac13fe0 : 0xdac13be0) | n;
	return 0;
}

static void set_operands(struct batch *b, struct test *t, const struct insn_row *row, u32 w)
{
	struct rng *r = &b->rng;
	struct op op = { 0 };
	bool known = decode(b->feat, w, &op) != 0;

	if (accesses_memory(row)) {
		u64 to = pointer(r);

		if (known && op.m < 31 && rng_below(r, 4))
			t->x[op.m] = rng_below(r, 0x100) - 0x80;
		set_x(t, w >> 5 & 31, to);
		if ((w >> 5 & 31) == 31)
			set_x(t, REG_SP, to & (rng_rare(r, 4) ? ~0ull : ~15ull));
		if (known && rng_rare(r, 2) && !starts(row->name, "cas"))
			set_x(t, op.n, to - op.imm);
		if (!is_load(row))
			t->flags |= FLAG_WINDOW;
		/* A compare-and-swap that matches. */
		if (starts(row->name, "cas") && to - AT_WINDOW < WINDOW_SIZE - 16 && rng_rare(r, 2)) {
			u64 there[2];

			memcpy(there, batch_at(b, AT_PATTERN + (to - AT_WINDOW)), sizeof(there));
			set_x(t, op.m, there[0]);
			if (starts(row->name, "casp") && op.m < 30)
				set_x(t, op.m + 1, there[1]);
			set_x(t, w >> 5 & 31, to);
		}
	} else if (row->cls == CLASS_branch_reg || row->cls == CLASS_branch_auth) {
		set_x(t, w >> 5 & 31, pad_address(r, t));
		t->x[30] = pad_address(r, t);
	} else if (starts(row->name, "sys")) {
		t->flags |= FLAG_WINDOW;
		if (rng_below(r, 4))
			set_x(t, w & 31, pointer(r));
	} else if (row->cls == CLASS_pac && rng_below(r, 4)) {
		for (unsigned i = 0; i < 31; i++)
			t->x[i] = rng_rare(r, 3) ? pad_address(r, t) : t->x[i];
	}
}

static void one_test(struct batch *b, unsigned i, unsigned row)
{
	struct test *t = batch_test(b, i);
	u64 slot = AT_CODE + (u64)i * SLOT_WORDS * 4;
	const struct insn_row *info = &insn_rows[row];
	bool guarded = rng_rare(&b->rng, info->cls >= CLASS_branch && info->cls <= CLASS_eret ? 2 : 10);
	u32 w = word(b, row), prefix = rng_below(&b->rng, 5) ? prefix_of(w, info->name) : 0;

	memset(t, 0, sizeof(*t));
	for (unsigned k = 0; k < SLOT_WORDS; k++)
		poke32(b, slot + k * 4, BRK(k));
	poke32(b, slot + INSN_AT * 4, w);
	t->row = row;
	t->code = slot + INSN_AT * 4;
	t->pc = t->code + (guarded ? GUARDED : 0);
	set_controls(b, i, t);
	set_state(&b->rng, t, guarded);
	set_simd_state(&b->rng, t, info, w);
	set_operands(b, t, info, w);
	if (prefix) {
		t->pc -= 4;
		poke32(b, slot + (INSN_AT - 1) * 4, prefix);
	}
	t->flags |= i == 0 ? FLAG_TLBI : 0;
}

void gen_insn(struct batch *b)
{
	for (u64 at = 0; at < WINDOW_SIZE; at += 8) {
		poke64(b, AT_PATTERN + at, value(&b->rng));
		poke64(b, AT_WINDOW + at, *(const u64 *)batch_at(b, AT_PATTERN + at));
	}
	setup_tables(b);
	for (unsigned i = 0; i < b->count; i++) {
		if (b->only_row >= 0)
			b->next_row = (unsigned)b->only_row;
		while (b->only_row < 0 && !is_chosen(b, b->next_row))
			b->next_row = (b->next_row + 1) % insn_row_count;
		one_test(b, i, b->next_row);
		b->next_row = (b->next_row + 1) % insn_row_count;
	}
}
