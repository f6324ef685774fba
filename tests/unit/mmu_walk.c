/* The walker: sizes, start levels, leaves, the nested ladder, and what faults report. */
#include <stdlib.h>

#include "mmu_rig.h"
#include "run_suite.h"

#define VA_TOP 0xffff123456789000ull

/* ---- stage 1: every granule, every size ---- */

/* Arm ARM D8.2: the start level for each TnSZ. */
static const struct size_case {
	u8 granule;
	bool ds;
	u8 from, to; /* TnSZ */
	s8 level;
} s1_sizes[] = {
	{ GRANULE_4K, false, 16, 24, 0 },  { GRANULE_4K, false, 25, 33, 1 },  { GRANULE_4K, false, 34, 42, 2 },
	{ GRANULE_4K, false, 43, 48, 3 },  { GRANULE_4K, true, 12, 15, -1 },  { GRANULE_4K, true, 16, 24, 0 },
	{ GRANULE_16K, false, 16, 16, 0 }, { GRANULE_16K, false, 17, 27, 1 }, { GRANULE_16K, false, 28, 38, 2 },
	{ GRANULE_16K, false, 39, 48, 3 }, { GRANULE_16K, true, 12, 16, 0 },  { GRANULE_16K, true, 17, 27, 1 },
	{ GRANULE_64K, false, 12, 21, 1 }, { GRANULE_64K, false, 22, 34, 2 }, { GRANULE_64K, false, 35, 47, 3 },
};

static void s1_size(const struct size_case *c, unsigned tsz, bool upper)
{
	struct rig_map m;
	unsigned ia_bits = 64 - tsz;
	u64 page = ~ones(rig_shift[c->granule]);
	u64 va = ((0x000fedcba9876543ull & ones(ia_bits)) | (upper ? ~ones(ia_bits) : 0)) & page;
	u64 pa = (c->ds || c->granule == GRANULE_64K ? 0x000d3456789a0000ull : 0x00003456789a0000ull) & page;

	rig_init(&rig);
	rig.r.pa_bits = 52;
	rig.r.s1.ips = 6;
	rig.r.s1.enabled = true;
	rig.r.s1.ds = c->ds;
	rig.r.lpa2_s1 = c->ds;
	rig.r.s1.half[upper].tsz = (u8)tsz;
	rig.r.s1.half[upper].granule = c->granule;
	m = rig_s1(&rig);
	m.granule = c->granule;
	m.ds = c->ds;
	m.ia_bits = (u8)ia_bits;
	m.start = c->level;
	rig_put(&rig, &m, va, rig_address(c->granule, c->ds, pa) | PAGE | AF | AP(1) | (c->ds ? 0 : SH(3)));
	ck_assert_msg(go_read(va | 0x123), "granule %u tsz %u: fault %u: %s", c->granule, tsz, w.fault.kind,
		      w.fault.why);
	ck_assert_uint_eq(w.pa.v, pa | 0x123);
	ck_assert_uint_eq(w.count, (unsigned)(3 - c->level + 1));
	ck_assert_uint_eq(w.reads, w.count);
	ck_assert_uint_eq(rig.reads, w.count);
	ck_assert_int_eq(w.step[0].level, c->level);
	ck_assert_int_eq(w.step[0].index_hi, ia_bits - 1);
	ck_assert_int_eq(w.s1_log2, rig_shift[c->granule]);
	ck_assert_uint_eq(w.attrs.sh, 3);
	/* one beyond the range */
	if (ia_bits < 52) {
		ck_assert(!go_read(va ^ 1ull << ia_bits));
		ck_assert_uint_eq(w.fault.kind, FAULT_TRANSLATION);
		ck_assert_int_eq(w.fault.level, 0);
		ck_assert_uint_eq(w.reads, 0);
	}
}

START_TEST(stage1_sizes)
{
	for (unsigned i = 0; i < ARRAY_SIZE(s1_sizes); i++)
		for (unsigned tsz = s1_sizes[i].from; tsz <= s1_sizes[i].to; tsz++) {
			s1_size(&s1_sizes[i], tsz, false);
			s1_size(&s1_sizes[i], tsz, true);
		}
}
END_TEST

static const struct limit_case {
	const char *name;
	u8 granule, tsz;
	bool lva, ds, ttst, faults;
} s1_limits[] = {
	{ "4K least", GRANULE_4K, 16, true, false, true, false },
	{ "4K below", GRANULE_4K, 15, true, false, true, true },
	{ "4K LPA2 least", GRANULE_4K, 12, true, true, true, false },
	{ "4K LPA2 below", GRANULE_4K, 11, true, true, true, true },
	{ "64K LVA", GRANULE_64K, 12, true, false, true, false },
	{ "64K LVA below", GRANULE_64K, 11, true, false, true, true },
	{ "64K without LVA", GRANULE_64K, 15, false, false, true, true },
	{ "64K ignores DS", GRANULE_64K, 15, false, true, true, true },
	{ "4K most", GRANULE_4K, 39, true, false, false, false },
	{ "4K above", GRANULE_4K, 40, true, false, false, true },
	{ "4K TTST most", GRANULE_4K, 48, true, false, true, false },
	{ "4K TTST above", GRANULE_4K, 49, true, false, true, true },
	{ "64K TTST most", GRANULE_64K, 47, true, false, true, false },
	{ "64K TTST above", GRANULE_64K, 48, true, false, true, true },
};

START_TEST(stage1_limits)
{
	for (unsigned i = 0; i < ARRAY_SIZE(s1_limits); i++) {
		const struct limit_case *c = &s1_limits[i];

		rig_init(&rig);
		rig.r.s1.enabled = true;
		rig.r.lva = c->lva;
		rig.r.ttst = c->ttst;
		rig.r.s1.ds = rig.r.lpa2_s1 = c->ds;
		rig.r.s1.half[0].tsz = c->tsz;
		rig.r.s1.half[0].granule = c->granule;
		ck_assert(!go_read(0)); /* no tables: at best a fault of the first level's descriptor */
		ck_assert_uint_eq(w.fault.kind, FAULT_TRANSLATION);
		ck_assert_msg((w.reads == 0) == c->faults, "%s", c->name);
	}
}
END_TEST

/* ---- stage 2: SL0, SL2 and T0SZ ---- */

/* Arm ARM D8.2.8: IPA sizes for each start level, concatenation of up to 16 tables included. */
static const struct sl_case {
	u8 granule, sl0;
	bool sl2, ds;
	s8 level;
	u8 least, most; /* IPA bits */
} s2_levels[] = {
	{ GRANULE_4K, 3, false, false, 3, 16, 25 },  { GRANULE_4K, 0, false, false, 2, 22, 34 },
	{ GRANULE_4K, 1, false, false, 1, 31, 43 },  { GRANULE_4K, 2, false, false, 0, 40, 48 },
	{ GRANULE_4K, 2, false, true, 0, 40, 52 },   { GRANULE_4K, 0, true, true, -1, 49, 52 },
	{ GRANULE_16K, 0, false, false, 3, 16, 29 }, { GRANULE_16K, 1, false, false, 2, 26, 40 },
	{ GRANULE_16K, 2, false, false, 1, 37, 48 }, { GRANULE_16K, 2, false, true, 1, 37, 51 },
	{ GRANULE_16K, 3, false, true, 0, 48, 52 },  { GRANULE_64K, 0, false, false, 3, 17, 33 },
	{ GRANULE_64K, 1, false, false, 2, 30, 46 }, { GRANULE_64K, 2, false, false, 1, 43, 52 },
};

static void s2_setup(const struct sl_case *c, unsigned ia_bits)
{
	rig_init(&rig);
	rig.r.pa_bits = 52;
	rig.r.lpa2_s2 = c->ds;
	rig.r.s2.enabled = true;
	rig.r.s2.ds = c->ds;
	rig.r.s2.granule = c->granule;
	rig.r.s2.sl0 = c->sl0;
	rig.r.s2.sl2 = c->sl2;
	rig.r.s2.tsz = (u8)(64 - ia_bits);
	rig.r.s2.ps = 6;
}

static void s2_size(const struct sl_case *c, unsigned ia_bits)
{
	struct rig_map m;
	u64 page = ~ones(rig_shift[c->granule]);
	u64 ipa = 0x000fedcba9876543ull & ones(ia_bits) & page, pa = 0x00003456789a0000ull & page;

	s2_setup(c, ia_bits);
	m = rig_s2(&rig);
	m.granule = c->granule;
	m.ds = c->ds;
	m.ia_bits = (u8)ia_bits;
	m.start = c->level;
	rig_put(&rig, &m, ipa, pa | PAGE | AF | S2ATTR(15) | S2AP(3) | (c->ds ? 0 : SH(3)));
	ck_assert_msg(go_read(ipa | 0x45), "granule %u SL0 %u, %u bits: %s", c->granule, c->sl0, ia_bits, w.fault.why);
	ck_assert_uint_eq(w.pa.v, pa | 0x45);
	ck_assert_uint_eq(w.ipa.v, ipa | 0x45);
	ck_assert_uint_eq(w.count, (unsigned)(3 - c->level + 1));
	ck_assert(w.s2_used && !w.s1_used);
	if (ia_bits < 52) {
		ck_assert(!go_read(ipa | 1ull << ia_bits));
		ck_assert_uint_eq(w.fault.kind, FAULT_TRANSLATION);
		ck_assert_int_eq(w.fault.level, 0);
		ck_assert(w.fault.s2 && !w.fault.s1ptw && w.fault.ipa_valid);
	}
}

static void s2_misfit(const struct sl_case *c, unsigned ia_bits)
{
	s2_setup(c, ia_bits);
	ck_assert(!go_read(0));
	ck_assert_msg(w.reads == 0 && w.fault.kind == FAULT_TRANSLATION && w.fault.level == 0 && w.fault.s2,
		      "granule %u SL0 %u, %u bits do not fit", c->granule, c->sl0, ia_bits);
}

START_TEST(stage2_sizes)
{
	for (unsigned i = 0; i < ARRAY_SIZE(s2_levels); i++) {
		const struct sl_case *c = &s2_levels[i];

		for (unsigned n = c->least; n <= c->most; n++)
			s2_size(c, n);
		s2_misfit(c, c->least - 1u);
		s2_misfit(c, c->most + 1u);
	}
}
END_TEST

static const struct {
	u8 granule, sl0, pa_bits;
	bool sl2, ds, ttst;
} s2_bad[] = {
	{ GRANULE_4K, 2, 42, false, false, true },  /* level 0 needs a 44-bit PA */
	{ GRANULE_4K, 3, 48, false, false, false }, /* level 3 needs FEAT_TTST */
	{ GRANULE_4K, 1, 52, true, true, true },    /* SL2:SL0 = 101 */
	{ GRANULE_4K, 2, 52, true, true, true },    /* 110 */
	{ GRANULE_4K, 3, 52, true, true, true },    /* 111 */
	{ GRANULE_16K, 2, 40, false, false, true }, /* level 1 needs 42 */
	{ GRANULE_16K, 3, 52, false, false, true }, /* level 0 needs DS */
	{ GRANULE_64K, 2, 42, false, false, true }, /* level 1 needs 44 */
	{ GRANULE_64K, 3, 52, false, false, true }, /* reserved */
};

START_TEST(stage2_bad_levels)
{
	for (unsigned i = 0; i < ARRAY_SIZE(s2_bad); i++) {
		rig_init(&rig);
		rig.r.pa_bits = s2_bad[i].pa_bits;
		rig.r.ttst = s2_bad[i].ttst;
		rig.r.lpa2_s2 = rig.r.s2.ds = s2_bad[i].ds;
		rig.r.s2.enabled = true;
		rig.r.s2.granule = s2_bad[i].granule;
		rig.r.s2.sl0 = s2_bad[i].sl0;
		rig.r.s2.sl2 = s2_bad[i].sl2;
		for (unsigned tsz = 0; tsz < 64; tsz++) {
			rig.r.s2.tsz = (u8)tsz;
			ck_assert(!go_read(0));
			ck_assert_msg(w.reads == 0 && w.fault.level == 0, "row %u T0SZ %u", i, tsz);
		}
	}
}
END_TEST

/* The concatenated tables are one big table: its base is aligned to the whole, low bits of the register are ignored. */
START_TEST(stage2_concatenated)
{
	struct rig_map m;

	rig_init(&rig);
	rig.r.s2.enabled = true;
	rig.r.s2.tsz = 64 - 43; /* level 1, 16 tables: 64 KiB */
	m = rig_s2(&rig);
	m.ia_bits = 43;
	rig_put(&rig, &m, 0x7c0000000ull << 8, 0x3456789000ull | PAGE | S2_RW);
	rig.r.s2.ttb = S2_TABLES_PA | 0xf000 | 1;
	ck_assert(go_read(0x7c0000000ull << 8));
	ck_assert_uint_eq(w.pa.v, 0x3456789000ull);
	ck_assert_uint_eq(w.step[0].at, S2_TABLES_PA + (0x7c0000000ull << 8 >> 30) * 8);
	ck_assert_int_eq(w.step[0].index_hi, 42);
	ck_assert_int_eq(w.step[0].index_lo, 30);
}
END_TEST

/* ---- the ladder ---- */

START_TEST(nested_24_reads)
{
	struct rig_map m;
	static const s8 level[24] = { 0, 1, 2, 3, 0, 0, 1, 2, 3, 1, 0, 1, 2, 3, 2, 0, 1, 2, 3, 3, 0, 1, 2, 3 };
	struct mmu_access a = rig_access(VA | 0xabc, ACCESS_READ, false);

	rig_init(&rig);
	rig.r.s1.enabled = rig.r.s2.enabled = true;
	rig.r.s2.tsz = 16;
	rig.r.s2.sl0 = 2;
	m = rig_s1(&rig);
	rig_put(&rig, &m, VA, IPA | PAGE | S1_RW);
	m = rig_s2(&rig);
	m.start = 0;
	m.ia_bits = 48;
	rig_put(&rig, &m, IPA, PA | PAGE | S2_RW);
	for (u64 t = TABLES_IPA; t < rig.next_s1; t += 0x1000)
		rig_put(&rig, &m, t, (t + TABLES_SHIFT) | PAGE | S2_RW);
	ck_assert_msg(go(&a), "%s", w.fault.why);
	ck_assert_uint_eq(w.count, 24);
	ck_assert_uint_eq(rig.reads, 24);
	for (unsigned i = 0; i < 24; i++) {
		bool is_s1 = i % 5 == 4 && i < 20;

		ck_assert_int_eq(w.step[i].level, level[i]);
		ck_assert_uint_eq(w.step[i].stage, is_s1 ? 1 : 2);
		ck_assert_uint_eq(w.step[i].nested, !is_s1 && i < 20);
		ck_assert_uint_eq(w.step[i].kind, level[i] == 3 ? STEP_PAGE : STEP_TABLE);
		if (is_s1)
			ck_assert_uint_eq(w.step[i].at, w.step[i].at_ipa + TABLES_SHIFT);
	}
	ck_assert_uint_eq(w.pa.v, PA | 0xabc);
	ck_assert_uint_eq(w.ipa.v, IPA | 0xabc);
	ck_assert(perms_read(&w.perms, false) && perms_write(&w.perms, false) && !perms_execute(&w.perms, true) &&
		  perms_execute(&w.perms, false));
}
END_TEST

/* ---- sizes of leaves ---- */

static const struct leaf_case {
	const char *name;
	u8 granule;
	bool ds;
	s8 level;
	bool contiguous;
	u8 log2, leaf_log2; /* 0: the descriptor is reserved */
} leaves[] = {
	{ "4K page", GRANULE_4K, false, 3, false, 12, 12 },
	{ "4K page, contiguous", GRANULE_4K, false, 3, true, 16, 12 },
	{ "2M block", GRANULE_4K, false, 2, false, 21, 21 },
	{ "2M block, contiguous", GRANULE_4K, false, 2, true, 25, 21 },
	{ "1G block", GRANULE_4K, false, 1, false, 30, 30 },
	{ "1G block, contiguous", GRANULE_4K, false, 1, true, 34, 30 },
	{ "512G block", GRANULE_4K, false, 0, false, 0, 0 },
	{ "512G block, LPA2", GRANULE_4K, true, 0, false, 39, 39 },
	{ "512G block, LPA2, contiguous does not exist", GRANULE_4K, true, 0, true, 39, 39 },
	{ "16K page", GRANULE_16K, false, 3, false, 14, 14 },
	{ "16K page, contiguous", GRANULE_16K, false, 3, true, 21, 14 },
	{ "32M block", GRANULE_16K, false, 2, false, 25, 25 },
	{ "32M block, contiguous", GRANULE_16K, false, 2, true, 30, 25 },
	{ "64G block", GRANULE_16K, false, 1, false, 0, 0 },
	{ "64G block, LPA2", GRANULE_16K, true, 1, true, 36, 36 },
	{ "64K page", GRANULE_64K, false, 3, false, 16, 16 },
	{ "64K page, contiguous", GRANULE_64K, false, 3, true, 21, 16 },
	{ "512M block", GRANULE_64K, false, 2, false, 29, 29 },
	{ "512M block, contiguous", GRANULE_64K, false, 2, true, 34, 29 },
	{ "4T block, 52-bit PA", GRANULE_64K, false, 1, true, 42, 42 },
};

static void leaf_one(const struct leaf_case *c, bool stage2)
{
	unsigned lsb = rig_lsb(c->granule, c->level);
	u64 ia = 0x0000356789abcdefull, out = 0x0000400000000000ull;
	struct rig_map m;

	rig_init(&rig);
	rig.r.pa_bits = 52;
	rig.r.s1.ips = rig.r.s2.ps = 6;
	rig.r.s1.ds = rig.r.s2.ds = rig.r.lpa2_s1 = rig.r.lpa2_s2 = c->ds;
	rig.r.s1.enabled = !stage2;
	rig.r.s2.enabled = stage2;
	rig.r.s1.half[0].granule = rig.r.s2.granule = c->granule;
	rig.r.s2.tsz = 16;
	rig.r.s2.sl0 = 2;
	m = stage2 ? rig_s2(&rig) : rig_s1(&rig);
	m.shift = 0;
	m.granule = c->granule;
	m.ds = c->ds;
	m.ia_bits = 48;
	m.start = c->granule == GRANULE_4K ? 0 : 1;
	if (!stage2 && c->granule == GRANULE_16K)
		m.start = 0;
	m.leaf_level = c->level;
	out |= ia & ones(c->contiguous ? c->log2 : lsb) & ~ones(lsb); /* a contiguous set's entries follow each other */
	rig_put(&rig, &m, ia,
		rig_address(c->granule, c->ds, out) | (c->level == 3 ? PAGE : BLOCK) | (c->contiguous ? CONTIG : 0) |
			(stage2 ? AF | S2ATTR(15) | S2AP(3) : AF | AP(1)));
	if (!c->log2) {
		ck_assert_msg(!go_read(ia), "%s", c->name);
		ck_assert(w.fault.kind == FAULT_TRANSLATION && w.fault.level == c->level);
		return;
	}
	ck_assert_msg(go_read(ia), "%s: %s", c->name, w.fault.why);
	ck_assert_msg(w.pa.v == (0x0000400000000000ull | (ia & ones(c->log2))), "%s: %llx", c->name,
		      (unsigned long long)w.pa.v);
	ck_assert_int_eq(stage2 ? w.s2_log2 : w.s1_log2, c->log2);
	ck_assert_int_eq(stage2 ? w.s2_leaf_log2 : w.s1_leaf_log2, c->leaf_log2);
	ck_assert_int_eq(stage2 ? w.s2_level : w.s1_level, c->level);
}

START_TEST(leaf_sizes)
{
	for (unsigned i = 0; i < ARRAY_SIZE(leaves); i++) {
		leaf_one(&leaves[i], false);
		leaf_one(&leaves[i], true);
	}
}
END_TEST

/* A 64K level 1 block needs a 52-bit PA. */
START_TEST(no_4t_block)
{
	struct rig_map m;

	rig_init(&rig);
	rig.r.s1.enabled = true;
	rig.r.s1.half[0].granule = GRANULE_64K;
	m = rig_s1(&rig);
	m.granule = GRANULE_64K;
	m.start = m.leaf_level = 1;
	rig_put(&rig, &m, VA, BLOCK | S1_RW);
	ck_assert(!go_read(VA));
	ck_assert(w.fault.kind == FAULT_TRANSLATION && w.fault.level == 1);
}
END_TEST

/* ---- faults: spoil one descriptor of a good nested walk, see what is reported ---- */

enum spoil { SPOIL_BITS, SPOIL_ABORT };

static const struct fault_case {
	const char *name;
	enum where where;
	s8 level;
	enum spoil spoil;
	u64 clear, set;
	struct {
		u8 kind;
		s8 level;
		bool s2, s1ptw;
		u8 code;
	} want;
} faults[] = {
	{ "s1 L0 invalid", S1, 0, SPOIL_BITS, 1, 0, { FAULT_TRANSLATION, 0, false, false, 0x04 } },
	{ "s1 L1 invalid", S1, 1, SPOIL_BITS, 1, 0, { FAULT_TRANSLATION, 1, false, false, 0x05 } },
	{ "s1 L2 invalid", S1, 2, SPOIL_BITS, 1, 0, { FAULT_TRANSLATION, 2, false, false, 0x06 } },
	{ "s1 L3 invalid", S1, 3, SPOIL_BITS, 1, 0, { FAULT_TRANSLATION, 3, false, false, 0x07 } },
	{ "s1 L0 block is reserved", S1, 0, SPOIL_BITS, 2, 0, { FAULT_TRANSLATION, 0, false, false, 0x04 } },
	{ "s1 L3 block is reserved", S1, 3, SPOIL_BITS, 2, 0, { FAULT_TRANSLATION, 3, false, false, 0x07 } },
	{ "s1 L0 next table too wide", S1, 0, SPOIL_BITS, 0, 1ull << 45, { FAULT_ADDRESS_SIZE, 0, false, false, 0 } },
	{ "s1 L2 next table too wide", S1, 2, SPOIL_BITS, 0, 1ull << 44, { FAULT_ADDRESS_SIZE, 2, false, false, 2 } },
	{ "s1 output too wide", S1, 3, SPOIL_BITS, 0, 1ull << 44, { FAULT_ADDRESS_SIZE, 3, false, false, 3 } },
	{ "s1 too wide before AF", S1, 3, SPOIL_BITS, AF, 1ull << 44, { FAULT_ADDRESS_SIZE, 3, false, false, 3 } },
	{ "s1 AF", S1, 3, SPOIL_BITS, AF, 0, { FAULT_ACCESS_FLAG, 3, false, false, 0x0b } },
	{ "s1 AF before permission", S1, 3, SPOIL_BITS, AF | AP(1), 0, { FAULT_ACCESS_FLAG, 3, false, false, 0x0b } },
	{ "s1 permission", S1, 3, SPOIL_BITS, AP(1), 0, { FAULT_PERMISSION, 3, false, false, 0x0f } },
	{ "s1 L0 abort", S1, 0, SPOIL_ABORT, 0, 0, { FAULT_SYNC_EXTERNAL_WALK, 0, false, false, 0x14 } },
	{ "s1 L3 abort", S1, 3, SPOIL_ABORT, 0, 0, { FAULT_SYNC_EXTERNAL_WALK, 3, false, false, 0x17 } },
	{ "s2 L1 invalid", S2, 1, SPOIL_BITS, 1, 0, { FAULT_TRANSLATION, 1, true, false, 0x05 } },
	{ "s2 L2 invalid", S2, 2, SPOIL_BITS, 1, 0, { FAULT_TRANSLATION, 2, true, false, 0x06 } },
	{ "s2 L3 invalid", S2, 3, SPOIL_BITS, 1, 0, { FAULT_TRANSLATION, 3, true, false, 0x07 } },
	{ "s2 L1 too wide", S2, 1, SPOIL_BITS, 0, 1ull << 46, { FAULT_ADDRESS_SIZE, 1, true, false, 1 } },
	{ "s2 output too wide", S2, 3, SPOIL_BITS, 0, 1ull << 46, { FAULT_ADDRESS_SIZE, 3, true, false, 3 } },
	{ "s2 AF", S2, 3, SPOIL_BITS, AF, 0, { FAULT_ACCESS_FLAG, 3, true, false, 0x0b } },
	{ "s2 no read", S2, 3, SPOIL_BITS, S2AP(1), 0, { FAULT_PERMISSION, 3, true, false, 0x0f } },
	{ "s2 L2 abort", S2, 2, SPOIL_ABORT, 0, 0, { FAULT_SYNC_EXTERNAL_WALK, 2, true, false, 0x16 } },
	{ "walk: s2 L1 invalid", S2N, 1, SPOIL_BITS, 1, 0, { FAULT_TRANSLATION, 1, true, true, 0x05 } },
	{ "walk: s2 L2 invalid", S2N, 2, SPOIL_BITS, 1, 0, { FAULT_TRANSLATION, 2, true, true, 0x06 } },
	{ "walk: s2 AF", S2N, 2, SPOIL_BITS, AF, 0, { FAULT_ACCESS_FLAG, 2, true, true, 0x0a } },
	{ "walk: s2 no read", S2N, 2, SPOIL_BITS, S2AP(3), 0, { FAULT_PERMISSION, 2, true, true, 0x0e } },
	{ "walk: s2 too wide", S2N, 2, SPOIL_BITS, 0, 1ull << 46, { FAULT_ADDRESS_SIZE, 2, true, true, 2 } },
	{ "walk: s2 abort", S2N, 1, SPOIL_ABORT, 0, 0, { FAULT_SYNC_EXTERNAL_WALK, 1, true, true, 0x15 } },
};

static void spoil_one(const struct fault_case *c)
{
	struct mmu_access a = rig_access(VA | 8, ACCESS_READ, false);
	u64 at, *p;

	rig_init(&rig);
	rig.r.s1.ips = rig.r.s2.ps = 4; /* 44 bits */
	rig_nested(&rig, VA, IPA, PA);
	ck_assert_msg(go(&a), "%s", w.fault.why);
	ck_assert_uint_eq(w.pa.v, PA | 8);
	at = step_address(c->where, c->level);
	p = rig_word(&rig, at);
	*p = (*p & ~c->clear) | c->set;
	if (c->spoil == SPOIL_ABORT)
		rig.abort_at[rig.aborts++] = at;
	ck_assert_msg(!go(&a), "%s: no fault", c->name);
}

START_TEST(fault_reports)
{
	for (unsigned i = 0; i < ARRAY_SIZE(faults); i++) {
		const struct fault_case *c = &faults[i];

		spoil_one(c);
		ck_assert_msg(w.fault.kind == c->want.kind && w.fault.level == c->want.level &&
				      w.fault.s2 == c->want.s2 && w.fault.s1ptw == c->want.s1ptw,
			      "%s: got kind %u level %d s2 %d s1ptw %d", c->name, w.fault.kind, w.fault.level,
			      w.fault.s2, w.fault.s1ptw);
		ck_assert_msg(fault_status_code(&w.fault) == c->want.code, "%s: code 0x%x", c->name,
			      fault_status_code(&w.fault));
		ck_assert_uint_eq(w.fault.va, VA | 8);
		ck_assert_ptr_nonnull(w.fault.why);
		if (c->where == S2)
			ck_assert_uint_eq(w.fault.ipa.v, IPA | 8);
		if (c->where == S2N)
			ck_assert_uint_eq(w.fault.ipa.v, TABLES_IPA + (VA >> 39) * 8);
		ck_assert_uint_eq(w.fault.ipa_valid, c->want.s2 && c->spoil != SPOIL_ABORT);
		ck_assert_uint_eq(w.fault.s2_walk, c->want.s2 && c->spoil == SPOIL_ABORT);
	}
}
END_TEST

START_TEST(status_codes)
{
	static const struct {
		u8 kind;
		s8 level;
		u8 code;
	} rows[] = {
		{ FAULT_ADDRESS_SIZE, 0, 0x00 },
		{ FAULT_ADDRESS_SIZE, -1, 0x29 },
		{ FAULT_TRANSLATION, -1, 0x2b },
		{ FAULT_TRANSLATION, 2, 0x06 },
		{ FAULT_ACCESS_FLAG, 1, 0x09 },
		{ FAULT_PERMISSION, 3, 0x0f },
		{ FAULT_SYNC_EXTERNAL, 3, 0x10 },
		{ FAULT_SYNC_EXTERNAL_WALK, -1, 0x13 },
		{ FAULT_ALIGNMENT, 2, 0x21 },
		{ FAULT_TLB_CONFLICT, 1, 0x30 },
		{ FAULT_DEBUG, 0, 0x22 },
		{ FAULT_UNSUPPORTED_ATOMIC, 0, 0x35 },
		{ FAULT_NONE, 0, 0 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault f = { .kind = rows[i].kind, .level = rows[i].level };

		ck_assert_uint_eq(fault_status_code(&f), rows[i].code);
	}
}
END_TEST

/* ---- what stops a walk before it starts ---- */

START_TEST(no_walk)
{
	struct mmu_access user = rig_access(VA, ACCESS_READ, false), kernel = rig_access(VA, ACCESS_READ, true);

	rig_init(&rig);
	rig_nested(&rig, VA, IPA, PA);
	rig.r.s1.half[0].e0pd = true;
	ck_assert(go(&kernel) && !go(&user));
	ck_assert(w.fault.kind == FAULT_TRANSLATION && w.fault.level == 0 && !w.fault.s2);
	rig.r.s1.half[0].e0pd = false;
	rig.r.s1.half[0].epd = true;
	ck_assert(!go(&kernel));
	ck_assert(w.fault.kind == FAULT_TRANSLATION && w.fault.level == 0 && w.reads == 0);
	rig.r.s1.half[0].epd = false;
	rig.r.s1.ips = 0; /* 32 bits: table base 0x8000_0000 is just inside */
	ck_assert(!go(&kernel));
	ck_assert(w.fault.kind == FAULT_ADDRESS_SIZE && w.fault.level == 3);
	rig.r.s1.half[0].ttb = 1ull << 32;
	ck_assert(!go(&kernel));
	ck_assert(w.fault.kind == FAULT_ADDRESS_SIZE && w.fault.level == 0 && w.reads == 0);
}
END_TEST

START_TEST(tag_byte)
{
	struct mmu_access fetch = rig_access(VA | 0x5aull << 56, ACCESS_FETCH, true);
	struct mmu_access a = rig_access(VA | 0x5aull << 56, ACCESS_READ, true);

	rig_init(&rig);
	rig_nested(&rig, VA, IPA, PA);
	*rig_word(&rig, TABLES_IPA + TABLES_SHIFT) = 0;
	ck_assert(!go(&a));
	rig.r.s1.half[0].tbi = true;
	ck_assert(go(&a));
	ck_assert_uint_eq(w.va, VA);
	rig.r.s1.half[0].tbid = true;
	ck_assert(go(&a) && !go(&fetch));
	ck_assert_uint_eq(w.fault.kind, FAULT_TRANSLATION);
	ck_assert_uint_eq(w.fault.va, VA | 0x5aull << 56);
}
END_TEST

/* One half: bit 55 selects nothing, and must be 0 like all above the input size. */
START_TEST(one_half)
{
	struct rig_map m;

	rig_init(&rig);
	rig.r.id = REGIME_EL2;
	rig.r.s1.enabled = true;
	rig.r.s1.two_halves = rig.r.s1.has_el0 = false;
	rig.r.s2.enabled = true; /* must not matter */
	m = rig_s1(&rig);
	m.shift = 0;
	rig_put(&rig, &m, VA, PA | PAGE | AF | AP(2) | NG);
	ck_assert(go_read(VA));
	ck_assert_uint_eq(w.pa.v, PA);
	ck_assert(!w.ng && !w.s2_used && perms_read(&w.perms, true) && !perms_write(&w.perms, true) &&
		  perms_execute(&w.perms, true));
	ck_assert(!go_read(VA_TOP));
	ck_assert(!go_read(VA | 1ull << 55));
	ck_assert_uint_eq(w.fault.kind, FAULT_TRANSLATION);
}
END_TEST

/* ---- stage 1 off ---- */

START_TEST(stage1_off)
{
	struct mmu_access fetch = rig_access(0x80001000, ACCESS_FETCH, true),
			  odd = rig_access(0x80001001, ACCESS_WRITE, true);
	struct rig_map m;

	rig_init(&rig);
	ck_assert(go_read(0xffff12345678ull));
	ck_assert_uint_eq(w.pa.v, 0xffff12345678ull);
	ck_assert(w.attrs.type == MEM_DEVICE_nGnRnE && w.attrs.sh == 2 && w.s1_log2 == 64 && w.count == 0);
	ck_assert(!go_read(1ull << 48));
	ck_assert(w.fault.kind == FAULT_ADDRESS_SIZE && w.fault.level == 0 && !w.fault.s2);
	ck_assert(go(&fetch));
	ck_assert(w.attrs.type == MEM_NORMAL && w.attrs.mair == 0xaa);
	rig.r.s1.icacheable = false;
	ck_assert(go(&fetch));
	ck_assert_uint_eq(w.attrs.mair, 0x44);
	ck_assert(go(&odd));
	odd.unaligned = true;
	ck_assert(!go(&odd));
	ck_assert(w.fault.kind == FAULT_ALIGNMENT && !w.fault.s2 && w.fault.write);
	/* HCR_EL2.DC */
	rig.r.s2.enabled = rig.r.s2.dc = true;
	m = rig_s2(&rig);
	rig_put(&rig, &m, 0x80001000, PA | PAGE | S2_RW);
	ck_assert(go(&odd));
	ck_assert(w.attrs.type == MEM_NORMAL && w.attrs.mair == 0xff && w.pa.v == (PA | 1));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		stage1_sizes,	 stage1_limits, stage2_sizes, stage2_bad_levels, stage2_concatenated,
		nested_24_reads, leaf_sizes,	no_4t_block,  fault_reports,	 status_codes,
		no_walk,	 tag_byte,	one_half,     stage1_off,
	};

	return run_tests("mmu_walk", tests, ARRAY_SIZE(tests));
}
