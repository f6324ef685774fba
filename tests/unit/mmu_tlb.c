/* The TLB: what stays without an invalidation, and what each invalidation takes away, no more and no less. */

#include "tlb_rig.h"
#include "run_suite.h"

/* ---- the cross product ---- */

/* What the test itself knows to be in the TLB: one entry for each page in each context, but for global pages, which
 * contexts that differ only in their ASID share; and stage 2's two blocks for each VMID. */
static bool shares(unsigned i, unsigned k)
{
	const struct context *c = &contexts[i];

	if (pages[k].ng && has_el0(c->regime))
		return false;
	for (unsigned j = 0; j < i; j++)
		if (contexts[j].regime == c->regime && contexts[j].secure == c->secure && contexts[j].vmid == c->vmid &&
		    contexts[j].stage2 == c->stage2)
			return true;
	return false;
}

static bool present(const struct context *c, const struct page *p)
{
	for (unsigned i = 0; i < (unsigned)tlb.sets * tlb.ways; i++) {
		const struct tlb_entry *e = &tlb.entry[i];

		if (e->kind == TLB_S1 && e->regime == c->regime && e->secure == c->secure && e->vmid == c->vmid &&
		    e->in == (p->va & ~ones(p->log2)) && e->s2_used == c->stage2 &&
		    e->ng == (p->ng && has_el0(c->regime)) && (!e->ng || e->asid == c->asid))
			return true;
	}
	return false;
}

static bool present_s2(u16 vmid, u64 ipa)
{
	for (unsigned i = TLB_ENTRIES_MAX; i < ARRAY_SIZE(tlb.entry); i++)
		if (tlb.entry[i].kind == TLB_S2 && tlb.entry[i].vmid == vmid && tlb.entry[i].in == ipa)
			return true;
	return false;
}

START_TEST(cross_product_is_there)
{
	unsigned expect = 0;

	fill_all();
	for (unsigned i = 0; i < ARRAY_SIZE(contexts); i++)
		for (unsigned k = 0; k < PAGES; k++)
			if (k != UPPER || has_el0(contexts[i].regime)) {
				ck_assert_msg(present(&contexts[i], &pages[k]), "context %u page %u", i, k);
				expect += !shares(i, k);
			}
	ck_assert_uint_eq(live(TLB_S1), expect);
	for (u16 vmid = 1; vmid <= 2; vmid++)
		ck_assert(present_s2(vmid, 0x40000000) && present_s2(vmid, TABLES_IPA));
	ck_assert_uint_eq(live(TLB_S2), 4);
	/* all of it hits */
	for (unsigned i = 0; i < ARRAY_SIZE(contexts); i++) {
		enter(&contexts[i]);
		for (unsigned k = 0; k < PAGES; k++)
			if (k != UPPER || has_el0(contexts[i].regime)) {
				ck_assert(touch(pages[k].va + 8, ACCESS_READ, true));
				ck_assert_uint_eq(got.walk_reads, 0);
				ck_assert_uint_eq(got.pa.v, (pages[k].va & ones(30)) + 0x40000008);
				ck_assert_uint_eq(got.log2, pages[k].log2);
			}
	}
}
END_TEST

/* ---- every scope against an oracle ---- */

static const struct tlbi_scope scopes[] = {
	{ TLBI_VA, REGIME_EL10, .vmid = 1, .asid = 1, PAGE_AT(0x400000), NO_TTL, .name = "VAE1" },
	{ TLBI_VA, REGIME_EL10, .vmid = 1, .asid = 2, PAGE_AT(0x400000), NO_TTL, .name = "VAE1 other ASID" },
	{ TLBI_VA, REGIME_EL10, .vmid = 1, .asid = 9, PAGE_AT(0x402000), NO_TTL, .name = "VAE1 global page" },
	{ TLBI_VA, REGIME_EL10, .vmid = 1, .asid = 9, PAGE_AT(0x400000), NO_TTL, .name = "VAE1 nobody's ASID" },
	{ TLBI_VA, REGIME_EL10, .vmid = 2, .asid = 1, PAGE_AT(0x618000), NO_TTL, .name = "VAE1 in a contiguous set" },
	{ TLBI_VA, REGIME_EL10, .vmid = 2, .asid = 1, PAGE_AT(0xa7f000), NO_TTL, .name = "VAE1 in a block" },
	{ TLBI_VA, REGIME_EL10, .vmid = 0, .asid = 1, PAGE_AT(0x400000), NO_TTL, .name = "VAE1 VMID 0" },
	{ TLBI_VA, REGIME_EL10, true, 1, .asid = 1, PAGE_AT(0x400000), NO_TTL, .name = "VAE1 Secure" },
	{ TLBI_VA, REGIME_EL10, .vmid = 1, .asid = 1, PAGE_AT(0xffff000000400000), NO_TTL, .name = "VAE1 upper half" },
	{ TLBI_VA, REGIME_EL20, .asid = 2, PAGE_AT(0x401000), NO_TTL, .name = "VAE2 with E2H" },
	{ TLBI_VA, REGIME_EL2, PAGE_AT(0x401000), NO_TTL, .name = "VAE2" },
	{ TLBI_VA, REGIME_EL3, true, PAGE_AT(0x401000), NO_TTL, .name = "VAE3" },
	{ TLBI_VAA, REGIME_EL10, .vmid = 1, PAGE_AT(0x400000), NO_TTL, .name = "VAAE1" },
	{ TLBI_VAA, REGIME_EL10, .vmid = 2, PAGE_AT(0x800000), NO_TTL, .name = "VAAE1 block" },
	{ TLBI_VAA, REGIME_EL10, .vmid = 1, PAGE_AT(0x403000), NO_TTL, .name = "VAAE1 unmapped" },
	{ TLBI_VAA, REGIME_EL10, .vmid = 1, .start = 0x401000, .end = 0x403000, NO_TTL, .name = "RVAAE1" },
	{ TLBI_VAA, REGIME_EL10, .vmid = 1, .start = 0x401000, .end = 0x611000, NO_TTL, .name = "RVAAE1 wider" },
	{ TLBI_VA, REGIME_EL10, .vmid = 1, .asid = 2, .start = 0, .end = 0x900000, NO_TTL, .name = "RVAE1" },
	{ TLBI_VAA, REGIME_EL10, .vmid = 1, .start = 0xffff000000000000, .end = 0, NO_TTL,
	  .name = "RVAAE1 to the top" },
	{ TLBI_VAA, REGIME_EL10, .vmid = 1, .start = 0, .end = 0xb00000, .ttl_level = 3, .name = "RVAAE1 TTL 3" },
	{ TLBI_VAA, REGIME_EL10, .vmid = 1, .start = 0, .end = 0xb00000, .ttl_level = 2, .name = "RVAAE1 TTL 2" },
	{ TLBI_VAA, REGIME_EL10, .vmid = 1, PAGE_AT(0x400000), .ttl_level = 3, .name = "VAAE1 TTL 3" },
	{ TLBI_VAA, REGIME_EL10, .vmid = 1, PAGE_AT(0x400000), .ttl_level = 2, .name = "VAAE1 wrong TTL" },
	{ TLBI_VAA, REGIME_EL10, .vmid = 1, PAGE_AT(0x400000), .ttl_level = 3, .ttl_granule = GRANULE_64K,
	  .name = "VAAE1 wrong granule" },
	{ TLBI_ASID, REGIME_EL10, .vmid = 1, .asid = 1, NO_TTL, .name = "ASIDE1" },
	{ TLBI_ASID, REGIME_EL20, .asid = 2, NO_TTL, .name = "ASIDE1 with E2H" },
	{ TLBI_VMALL, REGIME_EL10, .vmid = 1, NO_TTL, .name = "VMALLE1" },
	{ TLBI_VMALL, REGIME_EL20, NO_TTL, .name = "VMALLE1 with TGE" },
	{ TLBI_VMALLS12, REGIME_EL10, .vmid = 2, NO_TTL, .name = "VMALLS12E1" },
	{ TLBI_ALL, REGIME_EL10, NO_TTL, .name = "ALLE1" },
	{ TLBI_ALL, REGIME_EL10, true, NO_TTL, .name = "ALLE1 Secure" },
	{ TLBI_ALL, REGIME_EL2, NO_TTL, .name = "ALLE2" },
	{ TLBI_ALL, REGIME_EL20, NO_TTL, .name = "ALLE2 with E2H" },
	{ TLBI_ALL, REGIME_EL3, true, NO_TTL, .name = "ALLE3" },
	{ TLBI_IPA, REGIME_EL10, .vmid = 1, PAGE_AT(0x40400000), NO_TTL, .name = "IPAS2E1" },
	{ TLBI_IPA, REGIME_EL10, .vmid = 2, PAGE_AT(0x80100000), NO_TTL, .name = "IPAS2E1 tables" },
	{ TLBI_IPA, REGIME_EL10, .vmid = 3, PAGE_AT(0x80100000), NO_TTL, .name = "IPAS2E1 other VMID" },
	{ TLBI_IPA, REGIME_EL10, .vmid = 1, PAGE_AT(0x80100000), .ttl_level = 1, .name = "IPAS2E1 wrong TTL" },
	{ TLBI_IPA, REGIME_EL10, .vmid = 1, .start = 0, .end = 0x100000000, NO_TTL, .name = "RIPAS2E1" },
	{ TLBI_VAA, REGIME_EL10, .any_vmid = true, PAGE_AT(0x400000), NO_TTL, .name = "all VMIDs" },
};

static bool hits_range(const struct tlbi_scope *s, u64 leaf, u8 log2)
{
	for (u64 at = leaf; at - leaf < 1ull << log2; at += 0x1000)
		if (at >= s->start && (at < s->end || !s->end))
			return true;
	return false;
}

/* The Arm ARM's words for each operation, by what the test knows of the entry. */
static bool must_go(const struct tlbi_scope *s, const struct context *c, const struct page *p)
{
	bool local = p->ng && has_el0(c->regime);
	bool ttl = s->ttl_level < 0 || (s->ttl_level == p->level && s->ttl_granule == GRANULE_4K);
	bool address = ttl && hits_range(s, p->leaf, p->leaf_log2);

	if (s->regime != c->regime || s->secure != c->secure)
		return false;
	if (s->op == TLBI_ALL)
		return true;
	if (c->regime == REGIME_EL10 && s->vmid != c->vmid && !s->any_vmid)
		return false;
	switch (s->op) {
	case TLBI_VA: return address && (!local || c->asid == s->asid);
	case TLBI_VAA: return address;
	case TLBI_ASID: return local && c->asid == s->asid;
	case TLBI_VMALL:
	case TLBI_VMALLS12: return true;
	default: return false;
	}
}

static bool must_go_s2(const struct tlbi_scope *s, u16 vmid, u64 ipa)
{
	u8 log2 = ipa == TABLES_IPA ? 21 : 30;
	s8 level = ipa == TABLES_IPA ? 2 : 1;

	if (s->regime != REGIME_EL10 || s->secure)
		return false;
	switch (s->op) {
	case TLBI_ALL: return true;
	case TLBI_VMALLS12: return s->vmid == vmid;
	case TLBI_IPA:
		return s->vmid == vmid && hits_range(s, ipa, log2) && (s->ttl_level < 0 || s->ttl_level == level);
	default: return false;
	}
}

static void check_scope(const struct tlbi_scope *s)
{
	unsigned gone = 0, gone_s2 = 0, total = live(TLB_S1) + live(TLB_S2), n = tlb_invalidate(&tlb, s);

	for (unsigned i = 0; i < ARRAY_SIZE(contexts); i++)
		for (unsigned k = 0; k < PAGES; k++) {
			bool go_away = must_go(s, &contexts[i], &pages[k]);

			if (k == UPPER && !has_el0(contexts[i].regime))
				continue;
			ck_assert_msg(present(&contexts[i], &pages[k]) == !go_away, "%s: context %u page %u %s",
				      s->name, i, k, go_away ? "is still there" : "went");
			gone += go_away && !shares(i, k);
		}
	for (u16 vmid = 1; vmid <= 2; vmid++)
		for (u64 ipa = 0x40000000; ipa <= TABLES_IPA; ipa += 0x40000000) {
			bool go_away = must_go_s2(s, vmid, ipa);

			ck_assert_msg(present_s2(vmid, ipa) == !go_away, "%s: stage 2 of VMID %u", s->name, vmid);
			gone_s2 += go_away;
		}
	ck_assert_msg(n == gone + gone_s2 && drops == gone, "%s: %u, told %u, want %u and %u", s->name, n, drops, gone,
		      gone_s2);
	ck_assert_uint_eq(live(TLB_S1) + live(TLB_S2), total - n);
}

START_TEST(each_scope)
{
	fill_all();
	for (unsigned i = 0; i < ARRAY_SIZE(scopes); i++) {
		tlb = filled;
		drops = 0;
		check_scope(&scopes[i]);
	}
}
END_TEST

/* A stage-1 block over 4K pages of stage 2 is cached in pieces: TLBI anywhere in the block removes all of them. */
START_TEST(split_blocks)
{
	static const struct tlbi_scope far = { TLBI_VA, REGIME_EL10, .vmid = 1, .asid = 1, PAGE_AT(0x9ff000), NO_TTL };
	static const struct tlbi_scope next = { TLBI_VA, REGIME_EL10, .vmid = 1, .asid = 1, PAGE_AT(0xa00000), NO_TTL };
	struct rig_map m;

	build();
	fresh(64, 4);
	enter(&contexts[0]);
	*rig_word(&rig, S2_TABLES_PA + 8) = 0;
	m = rig_s2(&rig);
	for (u64 at = 0x40800000; at < 0x40804000; at += 0x1000)
		rig_put(&rig, &m, at, (at + 0x1000000) | PAGE | S2_RW);
	for (u64 va = 0x800000; va < 0x804000; va += 0x1000) {
		ck_assert(touch(va, ACCESS_READ, true));
		ck_assert_uint_eq(got.log2, 12);
		ck_assert_uint_eq(got.pa.v, va + 0x41000000);
	}
	ck_assert_uint_eq(live(TLB_S1), 4);
	ck_assert_uint_eq(tlb_invalidate(&tlb, &next), 0);
	ck_assert_uint_eq(tlb_invalidate(&tlb, &far), 4);
	ck_assert_uint_eq(live(TLB_S1), 0);
}
END_TEST

/* ---- staleness, as on silicon ---- */

static u64 leaf_of(u64 va)
{
	struct mmu_access a = rig_access(va, ACCESS_READ, true);

	ck_assert(mmu_walk(&rig.r, &a, &rig.m, &w));
	for (unsigned i = w.count; i--;)
		if (w.step[i].stage == 1)
			return w.step[i].at;
	return 0;
}

START_TEST(stale_until_told)
{
	static const struct tlbi_scope vae1 = { TLBI_VA, REGIME_EL10, .vmid = 1, .asid = 1, PAGE_AT(0x400000), NO_TTL };

	fill_all();
	enter(&contexts[0]);
	*rig_word(&rig, leaf_of(0x400000)) = 0; /* shared by all four guests */
	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < 4; i++) { /* to and fro between VMIDs and ASIDs: nothing is flushed */
			enter(&contexts[i]);
			ck_assert(touch(0x400000, ACCESS_WRITE, true));
			ck_assert_uint_eq(got.walk_reads, 0);
		}
	ck_assert_uint_eq(drops, 0);
	ck_assert_uint_eq(tlb_invalidate(&tlb, &vae1), 1);
	for (unsigned i = 0; i < 4; i++) {
		enter(&contexts[i]);
		ck_assert_uint_eq(touch(0x400000, ACCESS_WRITE, true), i != 0);
	}
}
END_TEST

/* Another table base is another context only if the ASID or VMID says so. */
START_TEST(table_base_change)
{
	fill_all();
	enter(&contexts[0]);
	rig.r.s1.half[0].ttb = TABLES_IPA + 0x80000; /* empty */
	rig.r.s2.ttb = S2_TABLES_PA + 0x80000;
	ck_assert(touch(0x400000, ACCESS_READ, true));
	rig.r.s1.asid = 7;
	ck_assert(!touch(0x400000, ACCESS_READ, true));
	ck_assert(touch(0x402000, ACCESS_READ, true)); /* global */
	rig.r.vmid = rig.r.s2.vmid = 7;
	ck_assert(!touch(0x402000, ACCESS_READ, true));
}
END_TEST

/* SCTLR.M and HCR_EL2.VM take effect at once. */
START_TEST(stages_on_and_off)
{
	build();
	fresh(64, 4);
	enter(&contexts[0]);
	ck_assert(touch(0x400000, ACCESS_READ, true));
	ck_assert(got.pa.v == 0x40400000 && got.s2_used && got.ipa.v == 0x40400000);
	rig.r.s2.enabled = rig.r.s1.enabled = false;
	ck_assert(touch(0x400123, ACCESS_READ, true));
	ck_assert(got.pa.v == 0x400123 && !got.s2_used && got.walk_reads == 0 && got.log2 == 30);
	ck_assert(touch(0x500000, ACCESS_FETCH, true));
	ck_assert_uint_eq(live(TLB_S1), 2);
	ck_assert_uint_eq(got.attrs.type, MEM_DEVICE_nGnRnE); /* the entry is for data, too */
	rig.r.s2.enabled = true;
	ck_assert(touch(0x40000000, ACCESS_READ, true));
	ck_assert(got.s2_used && got.pa.v == 0x40000000);
	rig.r.s1.enabled = true;
	ck_assert(touch(0x400000, ACCESS_READ, true));
	ck_assert_uint_eq(got.pa.v, 0x40400000);
}
END_TEST

/* ---- faults from entries ---- */

START_TEST(permissions_of_hits)
{
	u64 s2;

	build();
	fresh(64, 4);
	enter(&contexts[0]);
	ck_assert(touch(0x400000, ACCESS_READ, true));
	ck_assert(!touch(0x400010, ACCESS_FETCH, true)); /* EL0 can write it */
	ck_assert(fault.kind == FAULT_PERMISSION && fault.level == 3 && !fault.s2 && fault.va == 0x400010);
	s2 = S2_TABLES_PA + 8;
	*rig_word(&rig, s2) &= ~S2AP(2);
	tlb_invalidate(&tlb, &(struct tlbi_scope){ TLBI_ALL, REGIME_EL10, NO_TTL });
	ck_assert(touch(0x400000, ACCESS_READ, true));
	for (unsigned i = 0; i < 2; i++) { /* both pages: the first hits, the second walks */
		u64 va = 0x400010 + i * 0x1000;

		ck_assert(!touch(va, ACCESS_WRITE, true));
		ck_assert(fault.kind == FAULT_PERMISSION && fault.level == 1 && fault.s2 && fault.write);
		ck_assert(fault.ipa_valid && fault.ipa.v == va + 0x40000000 && fault.va == va);
	}
	rig.r.s1.half[0].e0pd = true;
	ck_assert(!touch(0x400000, ACCESS_READ, false));
	ck_assert(fault.kind == FAULT_TRANSLATION && fault.level == 0);
	rig.r.s1.half[0].e0pd = false;
	rig.r.s1.half[0].epd = true; /* no walks; but hits are fine */
	ck_assert(touch(0x400000, ACCESS_READ, false));
	ck_assert(!touch(0x401000, ACCESS_READ, false));
}
END_TEST

/* Faults are not cached: the next access after a repair works without TLBI. */
START_TEST(faults_leave_no_trace)
{
	u64 leaf, was;

	build();
	fresh(64, 4);
	enter(&contexts[5]);
	leaf = leaf_of(0x400000);
	was = *rig_word(&rig, leaf);
	*rig_word(&rig, leaf) = 0;
	ck_assert(!touch(0x400000, ACCESS_READ, true));
	*rig_word(&rig, leaf) = was & ~AF;
	ck_assert(!touch(0x400000, ACCESS_READ, true));
	ck_assert_uint_eq(fault.kind, FAULT_ACCESS_FLAG);
	*rig_word(&rig, leaf) = was;
	ck_assert(touch(0x400000, ACCESS_READ, true));
}
END_TEST

START_TEST(clean_pages_walk_once_more)
{
	u64 leaf;

	build();
	fresh(64, 4);
	enter(&contexts[5]);
	rig.r.s1.ha = rig.r.s1.hd = true;
	leaf = leaf_of(0x400000);
	*rig_word(&rig, leaf) |= AP(2) | DBM;
	ck_assert(touch(0x400000, ACCESS_READ, true));
	ck_assert(touch(0x400000, ACCESS_AT_WRITE, true)); /* a hit, and no write */
	ck_assert(got.walk_reads == 0 && (*rig_word(&rig, leaf) & AP(2)));
	ck_assert(touch(0x400000, ACCESS_WRITE, true));
	ck_assert(got.walk_reads == 2 && !(*rig_word(&rig, leaf) & AP(2))); /* its table is known */
	ck_assert_uint_eq(live(TLB_S1), 1);				    /* replaced, not doubled */
	ck_assert_uint_eq(drops, 1);
	ck_assert(touch(0x400000, ACCESS_WRITE, true));
	ck_assert_uint_eq(got.walk_reads, 0);
}
END_TEST

/* All addresses there are: end 0 stands for the top. */
START_TEST(whole_range)
{
	static const struct tlbi_scope ipa = { TLBI_IPA, REGIME_EL10, .vmid = 1, .start = 0, .end = 0, NO_TTL };
	static const struct tlbi_scope va = { TLBI_VAA, REGIME_EL10, .vmid = 1, .start = 0, .end = 0, NO_TTL };

	fill_all();
	ck_assert_uint_eq(tlb_invalidate(&tlb, &ipa), 2);
	ck_assert_uint_eq(tlb_invalidate(&tlb, &va), 12);
}
END_TEST

/* ---- geometry ---- */

START_TEST(full_set)
{
	unsigned left = 0;

	struct rig_map m;

	rig_init(&rig);
	rig.r.s1.enabled = true;
	m = rig_s1(&rig);
	for (u64 i = 0; i < 5; i++)
		rig_put(&rig, &m, 0x400000 + i * 0x1000, (0x10000 + i * 0x1000) | PAGE | S1_RW);
	fresh(1, 4);
	for (u64 i = 0; i < 4; i++)
		ck_assert(touch(0x400000 + i * 0x1000, ACCESS_READ, true));
	ck_assert_uint_eq(drops, 0);
	ck_assert(touch(0x404000, ACCESS_READ, true)); /* one of the others has to go */
	ck_assert_uint_eq(drops, 1);
	for (u64 i = 0; i < 4; i++)
		left += tlb_lookup(&tlb, &rig.r, 0x400000 + i * 0x1000) != NULL;
	ck_assert_uint_eq(left, 3);
	ck_assert_ptr_nonnull(tlb_lookup(&tlb, &rig.r, 0x404fff));
	ck_assert_uint_eq(live(TLB_S1), 4);
	ck_assert_int_eq(tlb_lookup(&tlb, &rig.r, 0x404000)->host_list, -1);
}
END_TEST

/* An observer's access changes nothing, in memory or here. */
START_TEST(looking_leaves_no_trace)
{
	struct mmu_access look = rig_access(0x401000, ACCESS_WRITE, true);

	build();
	fresh(16, 4);
	enter(&contexts[0]);
	ck_assert(touch(0x400000, ACCESS_READ, true));
	filled = tlb;
	look.no_update = true;
	ck_assert(mmu_translate(&tlb, &rig.r, &look, &rig.m, &got, &fault));
	ck_assert(got.pa.v == 0x40401000 && got.entry == -1);
	look.va = 0x400000;
	ck_assert(mmu_translate(&tlb, &rig.r, &look, &rig.m, &got, &fault));
	ck_assert_int_ge(got.entry, 0);
	ck_assert_int_eq(memcmp(&tlb, &filled, sizeof(tlb)), 0);
}
END_TEST

START_TEST(tags_and_aliases)
{
	build();
	fresh(16, 4);
	enter(&contexts[0]);
	rig.r.s1.half[0].tbi = true;
	ck_assert(touch(0x400000, ACCESS_READ, true));
	ck_assert(touch(0xa5ull << 56 | 0x400008, ACCESS_READ, true));
	ck_assert(got.walk_reads == 0 && got.pa.v == 0x40400008);
	ck_assert(tlb_lookup(&tlb, &rig.r, 0x5aull << 56 | 0x400000));
	rig.r.s1.half[0].tbi = false;
	ck_assert(!touch(0xa5ull << 56 | 0x400008, ACCESS_READ, true));
	ck_assert_uint_eq(live(TLB_S1), 1);
}
END_TEST

/* ---- events ---- */

static unsigned seen[EV_KINDS];
static const char *seen_why;

static void on_event(void *ctx, const struct event *e)
{
	seen[e->kind]++;
	if (e->kind == EV_TLB_DROP)
		seen_why = e->tlb.why;
	if (e->kind == EV_WALK)
		ck_assert_uint_gt(((const struct walk *)e->walk)->count, 0);
}

START_TEST(events)
{
	static struct tracer tracer;
	static struct observer o = { .mask = ~0u, .event = on_event };
	static const struct tlbi_scope all = { TLBI_VMALLS12, REGIME_EL10, .vmid = 1, NO_TTL, .name = "VMALLS12E1" };

	build();
	fresh(16, 4);
	tlb.trace = &tracer;
	trace_attach(&tracer, &o);
	enter(&contexts[0]);
	ck_assert(touch(0x400000, ACCESS_READ, true));
	ck_assert(seen[EV_WALK] == 1 && seen[EV_TLB_FILL] == 3 && seen[EV_TLB_DROP] == 0);
	ck_assert(touch(0x400000, ACCESS_READ, true));
	ck_assert_uint_eq(seen[EV_WALK], 1);
	tlb_invalidate(&tlb, &all);
	ck_assert_uint_eq(seen[EV_TLB_DROP], 3);
	ck_assert_str_eq(seen_why, "VMALLS12E1");
	trace_detach(&tracer, &o);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		cross_product_is_there,
		each_scope,
		split_blocks,
		stale_until_told,
		table_base_change,
		stages_on_and_off,
		permissions_of_hits,
		faults_leave_no_trace,
		clean_pages_walk_once_more,
		full_set,
		looking_leaves_no_trace,
		tags_and_aliases,
		events,
		whole_range,
	};

	return run_tests("mmu_tlb", tests, ARRAY_SIZE(tests));
}
