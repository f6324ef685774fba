/*
 * Differential test of translation: a bare-metal program for EL2 that makes random EL1&0 regimes, asks AT about one
 * address of each, and prints everything: the registers, the descriptors, PAR_EL1. Two machines that run it must print
 * the same (at_diff.py compares).
 *
 * Tables are little-endian: not every machine has SCTLR_ELx.EE.
 *
 * A case starts as a valid nested mapping; a few random changes to descriptors and registers then spoil some of it.
 */
#include "guest.h"

#define S1_POOL 0x42000000ul /* tables; as IPA mapped one to one */
#define S2_POOL 0x46000000ul
#define POOL_END 0x4a000000ul
#define USED_MAX 64
/* Cases with accesses: EL1's code is in the lower half, 1 GiB mapped one to one; what is accessed is in the upper half.
 */
#define EL1_TABLE 0x41000000ul
#define DATA 0x50000000ul /* where accessed pages are: 128 MiB of zeros */

#define READ(reg)                                                                                                      \
	({                                                                                                             \
		u64 v_;                                                                                                \
		__asm__ volatile("mrs %0, " #reg : "=r"(v_));                                                          \
		v_;                                                                                                    \
	})
#define WRITE(reg, v) __asm__ volatile("msr " #reg ", %0" ::"r"((u64)(v)))
#define AT(op, va) __asm__ volatile("at " #op ", %0\n\tisb" ::"r"(va) : "memory")

/* which cases: at_diff.py writes other numbers over these, found by the mark */
volatile struct {
	char mark[8];
	u64 first, end;
} cases __attribute__((aligned(8))) = { "ATCASES", 0, 100 };

extern u64 enter_el1(u64 code, u64 va);
extern const char el1_code[], el1_ldr[], el1_str[], el1_ldtr[], el1_ldadd[], el1_unaligned[], el1_br[];
extern u64 trapped; /* ESR_EL2 of an exception taken by the last AT; start.S */

/* ---- output ---- */

static void field(const char *name, u64 v)
{
	put(' ');
	text(name);
	put('=');
	hex(v);
}

/* ---- chance ---- */

static u64 seed;

static u64 next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * 0x2545f4914f6cdd1dul;
}

static u64 below(u64 n)
{
	return (next() >> 32) % n;
}

/* true with n in 100 */
static u64 chance(u64 n)
{
	return below(100) < n;
}

static u64 ones(u64 n)
{
	return n >= 64 ? ~0ul : (1ul << n) - 1;
}

/* ---- tables ---- */

struct stage {
	u64 granule; /* log2 */
	u64 bits, start, ds;
	u64 root, next; /* addresses */
};

static u64 used[USED_MAX], used_count, used_stage[USED_MAX], before[USED_MAX],
	kept_count; /* the first kept_count are not spoilt */

static volatile u64 *mem(u64 at)
{
	return (volatile u64 *)at;
}

static void note(u64 at, u64 stage)
{
	if (used_count < USED_MAX) {
		used[used_count] = at;
		used_stage[used_count++] = stage;
	}
}

/* An output address in the descriptor's form. */
static u64 address(const struct stage *s, u64 pa)
{
	u64 low = pa & ones(48), high = pa >> 48;

	if (s->granule == 16)
		return low | high << 12;
	return s->ds ? low | (high & 3) << 48 | high >> 2 << 8 : low;
}

static u64 lsb(const struct stage *s, long level)
{
	return s->granule + (u64)(3 - level) * (s->granule - 3);
}

static u64 table_bits(u64 which)
{
	return which == 1 && chance(8) ? (next() & 0x1f) << 59 : 0;
}

static void map(struct stage *s, u64 which, u64 ia, long leaf_level, u64 leaf)
{
	u64 table = s->root, top = s->bits;

	for (long level = (long)s->start;; level++) {
		u64 low = lsb(s, level), at = table + ((ia >> low) & ones(top - low)) * 8;
		u64 desc;

		if (at < S1_POOL || at >= POOL_END)
			return;
		desc = *mem(at);
		note(at, which);
		top = low;
		if (level == leaf_level) {
			if (!(desc & 1) || level == 3)
				*mem(at) = leaf;
			return;
		}
		if ((desc & 3) == 1)
			return; /* a block is there already */
		if (!(desc & 1)) {
			desc = address(s, s->next) | 3 | table_bits(which);
			*mem(at) = desc;
			s->next += 1ul << s->granule;
		}
		table = desc & ones(48) & ~ones(s->granule);
	}
}

static void clean(void)
{
	for (u64 i = 0; i < used_count; i++)
		*mem(used[i]) = 0;
	used_count = kept_count = 0;
}

/* ---- one case ---- */

static struct {
	u64 va, tcr, ttbr0, ttbr1, mair, sctlr, hcr, vtcr, vttbr;
	u64 access; /* accesses are made, not only asked about */
} c;

static const u8 shifts[3] = { 12, 14, 16 };
static const u8 tg0[3] = { 0, 2, 1 }, tg1[3] = { 2, 1, 3 };

static long start_level(u64 granule, u64 bits)
{
	return 3 - (long)((bits - 1 - granule) / (granule - 3));
}

static long least_leaf(const struct stage *s)
{
	long least = s->granule == 12 ? 1 : 2;

	if (s->ds)
		least--;
	return least < (long)s->start ? (long)s->start : least;
}

static long leaf_level(const struct stage *s)
{
	long least = least_leaf(s);

	if (c.access) /* blocks of 32 MiB at most: they stay inside DATA */
		least = s->granule == 16 || s->start > 2 ? 3 : 2;

	return chance(60) ? 3 : least + (long)below((u64)(4 - least));
}

/* Log2 of the descriptors in a contiguous set; 0: there is none. */
static u64 set_size(const struct stage *s, long level)
{
	if (s->granule == 12)
		return level > 0 ? 4 : 0;
	return level < 2 ? 0 : s->granule == 14 && level == 3 ? 7 : 5;
}

/* The address and Contiguous bit of a leaf: in a set, addresses follow inputs. */
static u64 leaf_address(const struct stage *s, u64 ia, u64 out, long level)
{
	u64 low = lsb(s, level), set = low + set_size(s, level);

	if (chance(85) || set == low || set > s->bits)
		return address(s, out & ~ones(low));
	return address(s, (out & ~ones(set)) | (ia & ones(set) & ~ones(low))) | 1ul << 52;
}

static u64 s1_leaf(const struct stage *s, u64 ia, u64 ipa, long level)
{
	u64 d = leaf_address(s, ia, ipa, level) | (level == 3 ? 3 : 1);

	d |= below(8) << 2 | below(4) << 6 | (u64)chance(92) << 10 | below(2) << 11;
	d |= s->ds ? 0 : (chance(10) ? 0ul : 3 - below(2)) << 8;
	d |= (u64)chance(20) << 53 | (u64)chance(20) << 54 | (u64)chance(15) << 51;
	return d;
}

static u64 s2_leaf(const struct stage *s, u64 ia, u64 pa, long level)
{
	static const u8 attrs[] = { 15, 15, 15, 15, 15, 5, 10, 0, 1, 7, 6, 13 };
	u64 d = leaf_address(s, ia, pa, level) | (level == 3 ? 3 : 1);

	d |= (u64)attrs[below(sizeof(attrs))] << 2 | (u64)(chance(85) ? 3 : below(4)) << 6 | (u64)chance(93) << 10;
	d |= s->ds ? 0 : (chance(10) ? 0ul : 3 - below(2)) << 8;
	d |= (u64)chance(15) << 53 | (u64)chance(15) << 54 | (u64)chance(15) << 51;
	return d;
}

static void make_stage1(struct stage *s, u64 upper, u64 g)
{
	u64 max, tsz;

	s->granule = shifts[g];
	s->ds = g < 2 && chance(20);
	max = g == 2 ? 47 : 48;
	tsz = (s->ds || g == 2 ? 12 : 16) + below(4) * below(11);
	if (tsz > max)
		tsz = max;
	s->bits = 64 - tsz;
	s->start = (u64)start_level(s->granule, s->bits);
	s->root = S1_POOL;
	s->next = S1_POOL + 0x1000000;
	c.tcr = tsz | tsz << 16 | (u64)tg0[g] << 14 | (u64)tg1[g] << 30 | 3ul << 12 | 3ul << 28 | 0x0500ul |
		0x05000000ul;
	c.tcr |= (chance(80) ? 5 + below(2) : below(7)) << 32 | s->ds << 59;
	c.tcr |= (u64)chance(50) << 37 | (u64)chance(50) << 38 | (u64)chance(25) << 39 | (u64)chance(20) << 40;
	c.tcr |= (u64)chance(10) << 41 | (u64)chance(10) << 42 | (u64)chance(3) << 55 | (u64)chance(3) << 56;
	c.tcr |= (u64)chance(2) << 7 | (u64)chance(2) << 23;
	c.ttbr0 = c.ttbr1 = s->root;
	c.sctlr = 0x30d00800ul | (u64)chance(95) | (u64)chance(90) << 2 | (u64)chance(90) << 12;
	c.sctlr |= (u64)chance(10) << 19 | (u64)chance(20) << 57;
	c.va = (next() & ones(s->bits)) | (upper ? ~ones(s->bits) : 0);
	if (c.access) {
		c.va &= ~7ul;
		c.ttbr0 = EL1_TABLE;
		c.tcr = (c.tcr & ~0xfffful & ~(7ul << 32) & ~(1ul << 55)) | 25 | 0x3500 | 5ul << 32;
	}
}

static void make_stage2(struct stage *s, u64 g)
{
	static const u8 sl_of[3][4] = { { 2, 1, 0, 3 }, { 3, 2, 1, 0 }, { 3, 2, 1, 0 } }; /* SL0 by start level */
	u64 bits = 33 + below(12), level;

	s->granule = shifts[g];
	s->ds = g < 2 && chance(15);
	if (chance(15))
		bits = 33 + below(20);
	if (bits > 48 && g < 2)
		s->ds = 1;
	level = (u64)start_level(s->granule, bits);
	/* one level further down with up to 16 tables side by side */
	if ((long)level < 3 && bits - lsb(s, (long)level) <= 4 && chance(70))
		level++;
	s->bits = bits;
	s->start = level;
	s->root = S2_POOL;
	s->next = S2_POOL + 0x1000000;
	c.vtcr = (64 - bits) | 0x3500ul | (u64)tg0[g] << 14 |
		 (bits > 48 || chance(30) ? 6
		  : chance(90)		  ? 5
					  : below(7))
			 << 16 |
		 s->ds << 32;
	c.vtcr |= 0x80000000ul;
	if ((long)level >= 0)
		c.vtcr |= (u64)sl_of[g][level] << 6;
	else
		c.vtcr |= 1ul << 33;
	c.vtcr |= (u64)chance(25) << 21 | (u64)chance(20) << 22;
	c.vttbr = s->root;
	c.hcr = 1ul << 31 | (u64)chance(85) | (u64)chance(15) << 2 | (u64)chance(20) << 46 | (u64)chance(4) << 12;
	c.hcr |= (u64)chance(5) << 32 | (u64)chance(5) << 33;
}

/* Stage 2 for EL1's code and its table: first, so that no block takes their place. Not among what is spoilt. */
static void map_el1(struct stage *s2)
{
	u64 code = (u64)el1_code, leaf = 3 | 15ul << 2 | 3ul << 6 | 1ul << 10;

	*mem(EL1_TABLE + 8) = 0x40000000 | 1ul << 10 | 2ul << 6 | 1;
	map(s2, 2, code, 3, address(s2, code & ~ones(s2->granule)) | leaf);
	map(s2, 2, EL1_TABLE, 3, address(s2, EL1_TABLE) | leaf);
	kept_count = used_count;
}

static void make(void)
{
	static const u8 mairs[] = { 0xff, 0x44, 0x00, 0x04, 0xbb, 0x0c, 0x4f, 0xee };
	u64 s2_granule;
	struct stage s1, s2;
	u64 ipa, pa, count;
	long level;

	make_stage1(&s1, c.access || below(2), below(3));
	s2_granule = below(3);
	make_stage2(&s2, s2_granule);
	c.mair = c.access ? 0xff : mairs[below(sizeof(mairs))];
	for (u64 i = 1; i < 8; i++)
		c.mair |= (u64)mairs[below(sizeof(mairs))] << 8 * i;
	if (c.access)
		map_el1(&s2);
	ipa = next() & ones(s2.bits) & ones(s1.ds || s1.granule == 16 ? 52 : 48);
	if (chance(80))
		ipa &= ones(40);
	if (c.access && (!(c.hcr & 1) || chance(50)))
		ipa = DATA + (ipa & 0x7ffffff);
	level = leaf_level(&s1);
	map(&s1, 1, c.va, level, s1_leaf(&s1, c.va, ipa, level));
	if (used_count && (*mem(used[used_count - 1]) >> 52 & 1))
		ipa = (ipa & ~ones(lsb(&s1, level) + set_size(&s1, level))) |
		      (c.va & ones(lsb(&s1, level) + set_size(&s1, level)));
	else
		ipa = (ipa & ~ones(lsb(&s1, level))) | (c.va & ones(lsb(&s1, level)));
	pa = c.access ? DATA + (next() & 0x7ffffff) : next() & ones(chance(90) ? 40 : 52);
	level = leaf_level(&s2);
	map(&s2, 2, ipa, level, s2_leaf(&s2, ipa, pa, level));
	/* stage 2 for the tables of stage 1, and for the VA itself should stage 1 be off */
	count = used_count;
	for (u64 i = 0; i < count; i++)
		if (used_stage[i] == 1) {
			level = leaf_level(&s2);
			if (level < 2 || (level < 3 && s2.granule > 12))
				level = 3;
			/* neighbours differ, so they are no contiguous set */
			map(&s2, 2, used[i], level,
			    (s2_leaf(&s2, 0, used[i], level) & ~(1ul << 52)) | 1ul << 6 | (u64)chance(80) << 10);
		}
	if (!(c.sctlr & 1) || (c.hcr & 1ul << 12))
		map(&s2, 2, c.va & ones(s2.bits), 3, s2_leaf(&s2, c.va, pa, 3));
}

/* What a set of contiguous descriptors that contradict each other does is CONSTRAINED UNPREDICTABLE. */
static int breaks_set(u64 desc, u64 bit)
{
	return bit == 1ul << 52 || ((desc >> 52 & 1) && (bit & (ones(34) & ~ones(11))));
}

/* One thing goes wrong. */
static void spoil(void)
{
	static u64 *const regs[] = { &c.tcr, &c.ttbr0, &c.ttbr1, &c.sctlr, &c.hcr, &c.vtcr, &c.vttbr, &c.va };
	/* bits that may change in each: those that translation knows */
	static const u64 may[] = { 0x0f9fffff7fffffbful & ~(3ul << 57),
				   0xffffffff003e,
				   0xffffffff003e,
				   0x0200000000081005,
				   0x0000400300001005,
				   0x00000003006fffff,
				   0xffffffff003e,
				   ~0ul };
	/* … where EL1's code must go on: its half, the sizes and stage 2's root stay */
	static const u64 may_access[] = {
		0x0100054047ff0000ul, 0, 0xffffffff003e,	 0x0200000000081004, 0x0000400300000004,
		0x0000000000603f00,   0, 0xfffffffffffful & ~7ul
	};
	u64 n, bit;

	if (chance(65)) {
		volatile u64 *p = mem(used[kept_count + below(used_count - kept_count)]);

		do
			bit = 1ul << below(64);
		while (breaks_set(*p, bit));
		*p ^= bit;
		return;
	}
	do
		n = below(sizeof(regs) / sizeof(regs[0]));
	while (c.access && !may_access[n]);
	do
		bit = 1ul << below(64);
	while (!((c.access ? may_access[n] : may[n]) & bit));
	*regs[n] ^= bit;
}

static void enter(void)
{
	WRITE(mair_el1, c.mair);
	WRITE(tcr_el1, c.tcr);
	WRITE(ttbr0_el1, c.ttbr0);
	WRITE(ttbr1_el1, c.ttbr1);
	WRITE(vtcr_el2, c.vtcr);
	WRITE(vttbr_el2, c.vttbr);
	WRITE(sctlr_el1, c.sctlr);
	WRITE(hcr_el2, c.hcr);
	__asm__ volatile("isb\n\ttlbi alle1\n\tdsb sy\n\tisb" ::: "memory");
}

static void result(const char *name)
{
	if (trapped) {
		field(name, trapped);
		text("!");
	} else {
		field(name, READ(par_el1));
	}
	trapped = 0;
}

#define ASK(op)                                                                                                        \
	do {                                                                                                           \
		AT(op, c.va);                                                                                          \
		result(#op);                                                                                           \
	} while (0)

static void ask(void)
{
	ASK(s12e1r);
	ASK(s12e1w);
	ASK(s12e0r);
	ASK(s12e0w);
	ASK(s1e1r);
	ASK(s1e0w);
	__asm__ volatile(".arch armv8.2-a\n\tmsr pan, #1" ::: "memory");
	__asm__ volatile(".arch armv8.2-a\n\tat s1e1rp, %0\n\tisb" ::"r"(c.va) : "memory");
	result("s1e1rp");
	__asm__ volatile(".arch armv8.2-a\n\tmsr pan, #0" ::: "memory");
}

/* ---- accesses at EL1 ---- */

#define GICD 0x08000000ul
#define GICR 0x080a0000ul
#define TIMER_PPI 26

static volatile u32 *reg(u64 at)
{
	return (volatile u32 *)at;
}

/* EL2's timer interrupt ends what EL1 does not. */
static void start_gic(void)
{
	*reg(GICD) = 0x13;
	*reg(GICR + 0x14) &= ~2u;
	while (*reg(GICR + 0x14) & 4)
		;
	*reg(GICR + 0x10080) = ~0u;
	*reg(GICR + 0x10100) = 1u << TIMER_PPI;
	WRITE(S3_4_C12_C9_5, 0xful); /* ICC_SRE_EL2 */
	__asm__ volatile("isb");
	WRITE(S3_0_C4_C6_0, 0xfful); /* ICC_PMR_EL1 */
	WRITE(S3_0_C12_C12_7, 1ul);  /* ICC_IGRPEN1_EL1 */
}

static void report(u64 why)
{
	u64 esr = READ(esr_el2);

	if (why) {
		text("lost");
		WRITE(cnthp_ctl_el2, 0ul);
		WRITE(S3_0_C12_C12_1, READ(S3_0_C12_C12_0)); /* ICC_EOIR1_EL1, ICC_IAR1_EL1 */
	} else if (esr == 0x5a000000) {
		text("fine");
	} else if (esr == 0x5a000001) {
		text("1,");
		hex(READ(esr_el1));
		if (READ(esr_el1) >> 26) { /* FAR_EL1 is not of an undefined instruction */
			put(',');
			hex(READ(far_el1));
		}
	} else {
		text("2,");
		hex(esr);
		put(',');
		hex(READ(far_el2));
		put(',');
		hex(READ(hpfar_el2));
	}
}

static void make_access(const char *name, const char *code, u64 va)
{
	put(' ');
	text(name);
	put('=');
	WRITE(hpfar_el2, 0ul);
	WRITE(hcr_el2, c.hcr | 1ul << 4); /* IMO */
	WRITE(cnthp_tval_el2, 6250000ul); /* 100 ms */
	WRITE(cnthp_ctl_el2, 1ul);
	report(enter_el1((u64)code, va));
	WRITE(cnthp_ctl_el2, 0ul);
	WRITE(hcr_el2, c.hcr);
	__asm__ volatile("isb");
}

static void make_accesses(void)
{
	text(" accesses");
	make_access("ldr", el1_ldr, c.va);
	make_access("str", el1_str, c.va);
	make_access("ldtr", el1_ldtr, c.va);
	make_access("ldadd", el1_ldadd, c.va);
	make_access("unaligned", el1_unaligned, c.va & ~0xffful);
	make_access("br", el1_br, c.va);
}

static void describe(u64 n)
{
	text("case");
	field("n", n);
	field("va", c.va);
	field("tcr", c.tcr);
	field("ttbr0", c.ttbr0);
	field("ttbr1", c.ttbr1);
	field("mair", c.mair);
	field("sctlr", c.sctlr);
	field("hcr", c.hcr);
	field("vtcr", c.vtcr);
	field("vttbr", c.vttbr);
	text(" tables");
	for (u64 i = 0; i < used_count; i++) {
		put(' ');
		hex(used[i]);
		put(':');
		before[i] = *mem(used[i]);
		hex(before[i]);
	}
	text(" results");
}

/* What hardware made of the descriptors: Access flags, dirty state. */
static void describe_updates(void)
{
	text(" updates");
	for (u64 i = 0; i < used_count; i++) {
		if (*mem(used[i]) == before[i])
			continue;
		put(' ');
		hex(used[i]);
		put(':');
		hex(*mem(used[i]));
	}
}

void run(void);
void run(void)
{
	start_gic();
	for (u64 n = cases.first; n < cases.end; n++) {
		seed = n * 0x9e3779b97f4a7c15ul + 0x1234567;
		next();
		c.access = n & 1;
		make();
		for (u64 i = below(4); i; i--)
			spoil();
		describe(n);
		enter();
		ask();
		if (c.access)
			make_accesses();
		describe_updates();
		put('\n');
		clean();
	}
	text("end\n");
}
