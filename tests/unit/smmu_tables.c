/* Translation: granules, sizes, endianness, worlds, flags that hardware sets, tags, and every invalidation. */
#include "smmu_rig.h"

#define BIT(n) (1ull << (n))
#define T(i) (RAM + 0x600000 + 0x10000ull * (i)) /* tables of any granule */

static void expect(const char *name, enum dma_result want, u64 address, bool is_write)
{
	u64 v = 42;
	enum dma_result r = dma(address, is_write, &v);

	ck_assert_msg(r == want, "%s: %d", name, r);
	event();
}

/* ---- granules ---- */

static const struct granule_case {
	const char *name;
	u8 log2, tg0, tsz, level, ipa_sl0; /* start level; S2SL0 that begins there */
} granule_cases[] = {
	{ "4 KiB, 48 bits", 12, 0, 16, 0, 2 },	{ "4 KiB, 39 bits", 12, 0, 25, 1, 1 },
	{ "4 KiB, 30 bits", 12, 0, 34, 2, 0 },	{ "16 KiB, 47 bits", 14, 2, 17, 1, 2 },
	{ "16 KiB, 36 bits", 14, 2, 28, 2, 1 }, { "16 KiB, 25 bits", 14, 2, 39, 3, 0 },
	{ "64 KiB, 48 bits", 16, 1, 16, 1, 2 }, { "64 KiB, 42 bits", 16, 1, 22, 2, 1 },
	{ "64 KiB, 29 bits", 16, 1, 35, 3, 0 },
};

/* One page of the granule, at an input address with all index bits in use. */
static void map_granule(const struct granule_case *c, u64 input, u64 attrs)
{
	unsigned stride = c->log2 - 3;

	for (unsigned level = c->level; level <= 3; level++) {
		unsigned lsb = c->log2 + (3 - level) * stride;

		word(T(level))[input >> lsb & ones(stride)] = level == 3 ? BUFFER | attrs | 3 : T(level + 1) | 3;
	}
}

START_TEST(granule)
{
	const struct granule_case *c = &granule_cases[_i / 2];
	bool s2 = _i & 1;
	u64 input = 0x5a5a5a5a5a5aull & ones(64 - c->tsz) & ~ones(c->log2), v = 0x1111;

	if (s2) {
		use_stage2(0);
		ste(SID)[2] = 7 | (u64)c->tsz << 32 | (u64)c->ipa_sl0 << 38 | (u64)c->tg0 << 46 | 5ull << 48 | BIT(51) |
			      BIT(58);
		ste(SID)[3] = T(c->level);
		map_granule(c, input, AF | S2_RW | S2_WB);
	} else {
		use_stage1(5, 0);
		word(CD_AT)[0] = (word(CD_AT)[0] & ~0xffull) | c->tsz | (u64)c->tg0 << 6 | 5ull << 32;
		word(CD_AT)[1] = T(c->level);
		map_granule(c, input, AF | S1_RW);
	}
	ck_assert_msg(dma(input + 8, true, &v) == DMA_OK, "%s, stage %d", c->name, s2 + 1);
	ck_assert_uint_eq(word(BUFFER)[1], 0x1111);
	ck_assert_int_eq(dma(input + BIT(c->log2), true, &v), DMA_ABORT);
}
END_TEST

/* 52 bits: only 64 KiB tables have them, in and out. */
START_TEST(large_addresses)
{
	u8 *far = calloc(1, 1 << 20);

	smmu_set_pa_bits(&rig->smmu, 52);
	bus_add(&rig->bus,
		&(struct bus_region){ .name = "far", .base = BIT(51), .size = 1 << 20, .kind = BUS_RAM, .host = far });
	use_stage1(5, 0);
	word(CD_AT)[0] = (word(CD_AT)[0] & ~0xffull) | 12 | 1 << 6 | 6ull << 32;
	word(CD_AT)[1] = BIT(51);
	((u64 *)far)[BIT(51) >> 42] = T(2) | 3;
	word(T(2))[0] = T(3) | 3;
	word(T(3))[1] = 0x8 << 12 | AF | S1_RW | 3; /* output bits [51:48] in [15:12] */
	expect("beyond 48 bits", DMA_OK, BIT(51) | 0x10000, true);
	ck_assert_uint_eq(*(u64 *)far, 42);
	expect("not mapped", DMA_ABORT, BIT(51) | 0x20000, true);
	free(far);
}
END_TEST

START_TEST(big_endian_tables)
{
	bool s2 = _i;

	if (s2)
		use_stage2(BIT(52));
	else
		use_stage1(5, BIT(15));
	map(s2 ? S2_L1 : S1_L1, 0x5000, BUFFER, AF | (s2 ? S2_RW | S2_WB : S1_RW));
	for (u64 at = s2 ? S2_L1 : S1_L1, i = 0; i < 3 * 512; i++)
		word(at)[i] = __builtin_bswap64(word(at)[i]);
	expect("big-endian", DMA_OK, 0x5000, true);
}
END_TEST

START_TEST(upper_half)
{
	use_stage1(5, 0);
	word(CD_AT)[0] = (word(CD_AT)[0] & ~BIT(30)) | 25 << 16 | 2 << 22 | BIT(39); /* TBI1 */
	word(CD_AT)[2] = S1_L1 + 0x10000;
	map(S1_L1 + 0x10000, 0x5000, BUFFER, AF | S1_RW);
	expect("TTB1", DMA_OK, 0xffffff8000005000, true);
	expect("TTB1, tagged", DMA_OK, 0x12ffff8000005000, true);
	expect("TTB0", DMA_ABORT, 0x5000, true);
	map(S1_L1, 0x5000, BUFFER, AF | S1_RW);
	expect("TTB0, no TBI0", DMA_ABORT, 0x1200000000005000, true);
}
END_TEST

/* ---- what else a CD says ---- */

static const struct cd_case {
	const char *name;
	u64 cd0, cd1;
	u64 attrs;
	struct dma_request q;
	enum dma_result want;
} cd_cases[] = {
	{ "AF = 0", 0, 0, S1_RW, { .address = 0x5000 }, DMA_ABORT },
	{ "AF = 0, AFFD", BIT(35), 0, S1_RW, { .address = 0x5000 }, DMA_OK },
	{ "AF = 0, HA", BIT(43), 0, S1_RW, { .address = 0x5000 }, DMA_OK },
	{ "WXN", BIT(36), 0, AF | S1_RW, { .address = 0x5000, .instruction = true }, DMA_ABORT },
	{ "no WXN", 0, 0, AF | S1_RW, { .address = 0x5000, .instruction = true }, DMA_OK },
	{ "PAN", BIT(40), 0, AF | S1_RW, { .address = 0x5000, .privileged = true }, DMA_ABORT },
	{ "PAN, unprivileged", BIT(40), 0, AF | S1_RW, { .address = 0x5000 }, DMA_OK },
	{ "E0PD0", 0, 4, AF | S1_RW, { .address = 0x5000 }, DMA_ABORT },
	{ "E0PD0, privileged", 0, 4, AF | S1_RW, { .address = 0x5000, .privileged = true }, DMA_OK },
	{ "APTable", 0, 0, AF | S1_RW | BIT(63), { .address = 0x5000, .is_write = true }, DMA_ABORT },
	{ "APTable, HAD0", 0, 2, AF | S1_RW | BIT(63), { .address = 0x5000, .is_write = true }, DMA_OK },
	{ "read-only clean", 0, 0, AF | S1_RO | BIT(51), { .address = 0x5000, .is_write = true }, DMA_ABORT },
	{ "HD without HA", BIT(42), 0, AF | S1_RO | BIT(51), { .address = 0x5000, .is_write = true }, DMA_ABORT },
	{ "HA, HD", 3ull << 42, 0, AF | S1_RO | BIT(51), { .address = 0x5000, .is_write = true }, DMA_OK },
};

START_TEST(context)
{
	const struct cd_case *c = &cd_cases[_i];
	u64 v = 1;

	use_stage1(5, c->cd0);
	word(CD_AT)[1] |= c->cd1;
	map(S1_L1, 0x5000, BUFFER, c->attrs & ~BIT(63));
	if (c->attrs & BIT(63))
		word(S1_L1)[0] |= 2ull << 61;
	ck_assert_msg(dma_as(c->q, &v) == c->want, "%s", c->name);
}
END_TEST

/* The flags in memory: AF by any access, dirty state by writes, at both stages, also on a TLB hit. */
START_TEST(flags_are_set)
{
	u64 *s1 = &word(S1_L1 + L3)[5], *s2 = &word(S2_L1 + L3)[7];

	use_stage2(3ull << 55);
	use_stage1(7, 3ull << 42);
	map_ram_at_stage2(AF | S2_RW | S2_WB);
	map(S1_L1, 0x5000, 0x7000, S1_RO | BIT(51));
	map(S2_L1, 0x7000, BUFFER, S2_RO | S2_WB | BIT(51));
	expect("read", DMA_OK, 0x5000, false);
	ck_assert_uint_eq(*s1 & (AF | S1_RO), AF | S1_RO);
	ck_assert_uint_eq(*s2 & (AF | S2_RW), AF | S2_RO);
	expect("write", DMA_OK, 0x5000, true);
	ck_assert_uint_eq(*s1 & S1_RO, S1_RW);
	ck_assert_uint_eq(*s2 & S2_RW, S2_RW);
}
END_TEST

START_TEST(stage2_flags_alone)
{
	u64 *s2 = &word(S2_L1 + L3)[5];

	use_stage2(BIT(53)); /* S2AFFD */
	map(S2_L1, 0x5000, BUFFER, S2_RW | S2_WB);
	expect("S2AFFD", DMA_OK, 0x5000, false);
	ck_assert_uint_eq(*s2 & AF, 0);
	use_stage2(BIT(56)); /* S2HA */
	map(S2_L1, 0x6000, BUFFER, S2_RW | S2_WB);
	forget_stream();
	expect("S2HA", DMA_OK, 0x6000, false);
	ck_assert_uint_ne(word(S2_L1 + L3)[6] & AF, 0);
}
END_TEST

/* ---- tags and invalidation ---- */

enum world { EL1_S1, S2_ONLY, NESTED, EL2, E2H };

/* 0x5000 is translated, and would not be any more were it not for the TLB. nG as asked for. */
static void fill(enum world w, bool ng)
{
	u64 attrs = AF | S1_RW | (ng ? BIT(11) : 0);

	reg(0x20, 4, 0);
	reg(0x2c, 4, 2 | (w == E2H)); /* no PTM */
	reg(0x20, 4, ALL_ON);
	use_stage2(0);
	if (w != S2_ONLY)
		use_stage1(w == NESTED ? 7 : 5, 0);
	ste(SID)[1] = w == EL2 || w == E2H ? 2ull << 30 : 0;
	map_ram_at_stage2(AF | S2_RW | S2_WB);
	map(S1_L1, 0x5000, w == NESTED ? 0x7000 : BUFFER, attrs);
	map(S2_L1, w == NESTED ? 0x7000 : 0x5000, BUFFER, AF | S2_RW | S2_WB);
	forget_stream();
	expect("fill", DMA_OK, 0x5000, true);
	word(S1_L1 + L3)[5] = word(S2_L1 + L3)[5] = word(S2_L1 + L3)[7] = 0;
	expect("stale", DMA_OK, 0x5000, true);
}

#define VMID(n) ((u64)(n) << 32)
#define ASID(n) ((u64)(n) << 48)
#define TG(n) ((u64)(n) << 10)
#define TTL(n) ((u64)(n) << 8)
#define NUM(n) ((u64)(n) << 12)
#define SCALE(n) ((u64)(n) << 20)

static const struct tlbi {
	const char *name;
	enum world world;
	bool global;
	u64 w0, w1;
	bool removes;
} tlbis[] = {
	{ "NH_ALL", EL1_S1, true, 0x10 | VMID(7), 0, true },
	{ "NH_ALL of another VMID", EL1_S1, true, 0x10 | VMID(8), 0, false },
	{ "NH_ALL at EL2", EL2, true, 0x10 | VMID(7), 0, false },
	{ "NH_ALL at EL2-E2H", E2H, true, 0x10 | VMID(7), 0, false },
	{ "NH_ALL, both stages", NESTED, true, 0x10 | VMID(7), 0, true },
	{ "NH_ASID", EL1_S1, false, 0x11 | VMID(7) | ASID(3), 0, true },
	{ "NH_ASID of another", EL1_S1, false, 0x11 | VMID(7) | ASID(4), 0, false },
	{ "NH_ASID, global", EL1_S1, true, 0x11 | VMID(7) | ASID(3), 0, false },
	{ "NH_VA", EL1_S1, false, 0x12 | VMID(7) | ASID(3), 0x5001, true },
	{ "NH_VA, global", EL1_S1, true, 0x12 | VMID(7) | ASID(99), 0x5000, true },
	{ "NH_VA of another ASID", EL1_S1, false, 0x12 | VMID(7) | ASID(99), 0x5000, false },
	{ "NH_VA beside it", EL1_S1, false, 0x12 | VMID(7) | ASID(3), 0x4000, false },
	{ "NH_VAA", EL1_S1, false, 0x13 | VMID(7) | ASID(99), 0x5000, true },
	{ "range that ends before it", EL1_S1, false, 0x13 | VMID(7) | NUM(3), 0x1000 | TG(1), false },
	{ "range that reaches it", EL1_S1, false, 0x13 | VMID(7) | NUM(4), 0x1000 | TG(1), true },
	{ "range by scale", EL1_S1, false, 0x13 | VMID(7) | SCALE(3), 0 | TG(1), true },
	{ "range of 2^31 pages", EL1_S1, false, 0x13 | VMID(7) | SCALE(31) | NUM(31), 0 | TG(1), true },
	{ "range to the top", EL1_S1, false, 0x13 | VMID(7) | SCALE(31) | NUM(31), (~0ull << 43) | TG(3), false },
	{ "range with its level", EL1_S1, false, 0x13 | VMID(7) | NUM(7), 0 | TG(1) | TTL(3), true },
	{ "range with another level", EL1_S1, false, 0x13 | VMID(7) | NUM(7), 0 | TG(1) | TTL(2), false },
	{ "EL2_ALL", EL2, true, 0x20, 0, true },
	{ "EL2_ALL, E2H", E2H, false, 0x20, 0, true },
	{ "EL2_ALL at EL1", EL1_S1, true, 0x20, 0, false },
	{ "EL2_ASID", E2H, false, 0x21 | ASID(3), 0, true },
	{ "EL2_ASID of another", E2H, false, 0x21 | ASID(4), 0, false },
	{ "EL2_VA", EL2, true, 0x22, 0x5000, true },
	{ "EL2_VA, E2H", E2H, false, 0x22 | ASID(3), 0x5000, true },
	{ "EL2_VA, E2H, another ASID", E2H, false, 0x22 | ASID(4), 0x5000, false },
	{ "EL2_VAA, E2H", E2H, false, 0x23, 0x5000, true },
	{ "EL2_VAA", EL2, true, 0x23, 0x5000, true },
	{ "S12_VMALL", S2_ONLY, true, 0x28 | VMID(7), 0, true },
	{ "S12_VMALL, both stages", NESTED, false, 0x28 | VMID(7), 0, true },
	{ "S12_VMALL of another", NESTED, false, 0x28 | VMID(8), 0, false },
	{ "S2_IPA", S2_ONLY, true, 0x2a | VMID(7), 0x5000, true },
	{ "S2_IPA, its level", S2_ONLY, true, 0x2a | VMID(7), 0x5000 | TG(1) | TTL(3), true },
	{ "S2_IPA beside it", S2_ONLY, true, 0x2a | VMID(7), 0x4000, false },
	{ "S2_IPA of another", S2_ONLY, true, 0x2a | VMID(8), 0x5000, false },
	{ "S2_IPA, both stages", NESTED, false, 0x2a | VMID(7), 0x7000, false },
	{ "S2_IPA of the VA, both stages", NESTED, false, 0x2a | VMID(7), 0x5000, false },
	{ "NH_VA, stage 2 alone", S2_ONLY, true, 0x12 | VMID(8), 0x5000, false },
	{ "NSNH_ALL", NESTED, true, 0x30, 0, true },
	{ "NSNH_ALL at EL2", EL2, true, 0x30, 0, false },
	{ "CFGI_STE", NESTED, true, 0x03 | VMID(SID), 0, false },
};

START_TEST(invalidation)
{
	const struct tlbi *c = &tlbis[_i];
	u64 v = 1;

	fill(c->world, !c->global);
	command(c->w0, c->w1);
	ck_assert_msg((dma(0x5000, true, &v) == DMA_ABORT) == c->removes, "%s", c->name);
}
END_TEST

/* S2_IPA and NH_VAA together: what 4.4.3.1 asks for with both stages. */
START_TEST(ipa_then_va)
{
	fill(NESTED, false);
	command(0x2a | VMID(7), 0x7000);
	expect("IPA alone", DMA_OK, 0x5000, true);
	command(0x13 | VMID(7), 0x5000);
	expect("and VA", DMA_ABORT, 0x5000, true);
}
END_TEST

START_TEST(vmid_wildcards)
{
	static const struct {
		u32 vmw;
		u16 vmid;
		bool removes;
	} cases[] = { { 0, 7, true }, { 0, 6, false }, { 1, 6, true },	{ 1, 5, false },
		      { 3, 0, true }, { 3, 8, false }, { 4, 15, true }, { 5, 6, false } };
	u64 v = 1;

	fill(S2_ONLY, false);
	reg(0x20, 4, ALL_ON | cases[_i].vmw << 6);
	command(0x28 | VMID(cases[_i].vmid), 0);
	ck_assert_int_eq(dma(0x5000, true, &v), cases[_i].removes ? DMA_ABORT : DMA_OK);
}
END_TEST

static const struct broadcast {
	const char *name;
	enum world world;
	bool ptm, aset;
	struct tlbi_scope scope;
	bool removes;
} broadcasts[] = {
	{ "VAE1IS", EL1_S1, false, false, { .op = TLBI_VA, .vmid = 7, .asid = 3, .start = 0x5000 }, true },
	{ "VAE1IS, PTM", EL1_S1, true, false, { .op = TLBI_VA, .vmid = 7, .asid = 3, .start = 0x5000 }, false },
	{ "VAE1IS, ASET", EL1_S1, false, true, { .op = TLBI_VA, .vmid = 7, .asid = 3, .start = 0x5000 }, false },
	{ "ASIDE1IS", EL1_S1, false, false, { .op = TLBI_ASID, .vmid = 7, .asid = 3 }, true },
	{ "ASIDE1IS, ASET", EL1_S1, false, true, { .op = TLBI_ASID, .vmid = 7, .asid = 3 }, false },
	{ "VAAE1IS, ASET", EL1_S1, false, true, { .op = TLBI_VAA, .vmid = 7, .start = 0x5000 }, true },
	{ "VMALLE1IS, ASET", EL1_S1, false, true, { .op = TLBI_VMALL, .vmid = 7 }, true },
	{ "VMALLE1IS of another", EL1_S1, false, false, { .op = TLBI_VMALL, .vmid = 8 }, false },
	{ "Secure", EL1_S1, false, false, { .op = TLBI_VMALL, .vmid = 7, .secure = true }, false },
	{ "ALLE1IS", NESTED, false, false, { .op = TLBI_ALL, .any_vmid = true }, true },
	{ "IPAS2E1IS", S2_ONLY, false, false, { .op = TLBI_IPA, .vmid = 7, .start = 0x5000, .ns_ipa = true }, true },
	{ "ALLE2IS", EL2, false, false, { .op = TLBI_ALL, .regime = REGIME_EL2 }, true },
	{ "VAE2IS, E2H",
	  E2H,
	  false,
	  false,
	  { .op = TLBI_VA, .regime = REGIME_EL20, .asid = 3, .start = 0x5000 },
	  true },
	{ "ALLE3IS", EL2, false, false, { .op = TLBI_ALL, .regime = REGIME_EL3, .secure = true }, false },
};

START_TEST(broadcast)
{
	const struct broadcast *c = &broadcasts[_i];
	struct tlbi_scope s = c->scope;
	u64 v = 1;

	fill(c->world, true);
	if (c->aset) {
		word(CD_AT)[0] |= BIT(47);
		forget_stream();
		forget_translations();
		map(S1_L1, 0x5000, BUFFER, AF | S1_RW | BIT(11));
		expect("fill", DMA_OK, 0x5000, true);
		word(S1_L1 + L3)[5] = 0;
	}
	if (c->ptm) {
		reg(0x20, 4, 0);
		reg(0x2c, 4, 6);
		reg(0x20, 4, ALL_ON);
	}
	s.end = s.start + 0x1000;
	s.ttl_level = -1;
	smmu_broadcast(&rig->smmu, &s);
	ck_assert_msg((dma(0x5000, true, &v) == DMA_ABORT) == c->removes, "%s", c->name);
}
END_TEST

/* Commands do not ask for ASET; global entries are apart by it. */
START_TEST(address_space_sets)
{
	fill(EL1_S1, true);
	word(CD_AT)[0] |= BIT(47);
	map(S1_L1, 0x5000, BUFFER, AF | S1_RW | BIT(11));
	forget_stream();
	expect("ASET = 1", DMA_OK, 0x5000, true);
	word(S1_L1 + L3)[5] = 0;
	expect("stale", DMA_OK, 0x5000, true);
	command(0x12 | VMID(7) | ASID(3), 0x5000);
	expect("NH_VA", DMA_ABORT, 0x5000, true);
	map(S1_L1, 0x6000, BUFFER, AF | S1_RW);
	expect("global, ASET = 1", DMA_OK, 0x6000, true);
	word(S1_L1 + L3)[6] = 0;
	word(CD_AT)[0] &= ~BIT(47);
	forget_stream();
	expect("global, ASET = 0", DMA_ABORT, 0x6000, true);
}
END_TEST

/* Two streams of one VM and address space share what is in the TLB; one of another VM does not. */
START_TEST(streams_share_by_tags)
{
	u64 v = 1;

	fill(EL1_S1, true);
	memcpy(ste(6), ste(SID), 64);
	memcpy(ste(7), ste(SID), 64);
	ste(7)[2] = (ste(7)[2] & ~0xffffull) | 8;
	ck_assert_int_eq(dma_as((struct dma_request){ .stream = 6, .address = 0x5000 }, &v), DMA_OK);
	ck_assert_int_eq(dma_as((struct dma_request){ .stream = 7, .address = 0x5000 }, &v), DMA_ABORT);
}
END_TEST

/* EL2 has one privilege: what comes unprivileged may use it, and there are no ASIDs. */
START_TEST(el2_privilege)
{
	u64 v = 1;

	fill(EL2, false);
	memcpy(word(CD_AT + 64), word(CD_AT), 64);
	word(CD_AT + 64)[0] ^= ASID(0x11);
	memcpy(ste(6), ste(SID), 64);
	ste(6)[0] = (ste(6)[0] & ~ones(52)) | 5 << 1 | 1 | (CD_AT + 64);
	ck_assert_int_eq(dma_as((struct dma_request){ .stream = 6, .address = 0x5000 }, &v), DMA_OK);
}
END_TEST

/* A walk begins where the last one ended: table descriptors are stale until a TLBI that is not of the last level. */
START_TEST(tables_are_cached)
{
	use_stage1(5, 0);
	map(S1_L1, 0x5000, BUFFER, AF | S1_RW);
	expect("fill", DMA_OK, 0x5000, true);
	word(S1_L1 + L2)[0] = 0;
	command(0x13, 0x5000 | 1);
	expect("last level", DMA_OK, 0x5000, true);
	command(0x13, 0x5000);
	expect("all levels", DMA_ABORT, 0x5000, true);
}
END_TEST

static void add(TCase *t)
{
	tcase_add_loop_test(t, granule, 0, 2 * ARRAY_SIZE(granule_cases));
	tcase_add_test(t, large_addresses);
	tcase_add_loop_test(t, big_endian_tables, 0, 2);
	tcase_add_test(t, upper_half);
	tcase_add_loop_test(t, context, 0, ARRAY_SIZE(cd_cases));
	tcase_add_test(t, flags_are_set);
	tcase_add_test(t, stage2_flags_alone);
	tcase_add_loop_test(t, invalidation, 0, ARRAY_SIZE(tlbis));
	tcase_add_test(t, ipa_then_va);
	tcase_add_loop_test(t, vmid_wildcards, 0, 8);
	tcase_add_loop_test(t, broadcast, 0, ARRAY_SIZE(broadcasts));
	tcase_add_test(t, address_space_sets);
	tcase_add_test(t, streams_share_by_tags);
	tcase_add_test(t, el2_privilege);
	tcase_add_test(t, tables_are_cached);
}

int main(void)
{
	return run_smmu_suite("smmu_tables", add);
}
