/*
 * What walks keep beside the TLB: where the last table is (the walk cache), what stage 2 answered, and stage 1's result
 * when stage 2 refused.
 */

#include "tlb_rig.h"
#include "run_suite.h"

static unsigned reads_of(u64 va)
{
	ck_assert_msg(touch(va, ACCESS_READ, true), "%s", fault.why);
	return got.walk_reads;
}

/* The level 2 descriptor above a page, and its table moved elsewhere, empty. */
static u64 *table_above(u64 va)
{
	struct mmu_access a = rig_access(va, ACCESS_READ, true);

	ck_assert(mmu_walk(&rig.r, &a, &rig.m, &w));
	for (unsigned i = 0; i < w.count; i++)
		if (w.step[i].stage == 1 && w.step[i].level == 2)
			return rig_word(&rig, w.step[i].at);
	ck_abort_msg("no level 2");
}

START_TEST(last_tables_are_kept)
{
	static const struct tlbi_scope last = { TLBI_VA,	   REGIME_EL10, .vmid = 1,	   .asid = 1,
						PAGE_AT(0x401000), NO_TTL,	.last_level = true };
	static const struct tlbi_scope any = { TLBI_VA, REGIME_EL10, .vmid = 1, .asid = 1, PAGE_AT(0x401000), NO_TTL };
	static const struct tlbi_scope ipa = { TLBI_IPA, REGIME_EL10, .vmid = 1, PAGE_AT(0x7000), NO_TTL };
	u64 *table, kept;

	build();
	fresh(64, 4);
	enter(&contexts[0]);
	rig.r.s1.asid = 1;
	ck_assert_uint_ge(reads_of(0x400000), 4);
	ck_assert_uint_eq(reads_of(0x401000), 1); /* the same level 3 table */
	table = table_above(0x401000);
	kept = *table;
	*table = 0;
	tlb_invalidate(&tlb, &last);
	ck_assert_uint_eq(reads_of(0x401000), 1); /* stale, as nobody told about the table */
	rig.r.s1.asid = 2;
	ck_assert(!touch(0x401000, ACCESS_READ, true)); /* another ASID does not profit */
	rig.r.s1.asid = 1;
	tlb_invalidate(&tlb, &any);
	ck_assert(!touch(0x401000, ACCESS_READ, true));
	ck_assert(fault.kind == FAULT_TRANSLATION && fault.level == 2);
	*table = kept;
	ck_assert_uint_eq(reads_of(0x401000), 4);
	tlb_invalidate(&tlb, &ipa);
	tlb_invalidate(&tlb, &last);
	ck_assert_uint_eq(reads_of(0x401000), 4);
}
END_TEST

/* A walk that begins in the midst comes to what the whole walk does: what higher tables restrict is kept, too. */
START_TEST(last_tables_restrict)
{
	build();
	fresh(64, 4);
	enter(&contexts[0]);
	*table_above(0x401000) |= 2ull << 61 | 1ull << 60; /* APTable: read-only; UXNTable */
	ck_assert_uint_ge(reads_of(0x400000), 4);
	ck_assert_uint_eq(reads_of(0x401000), 1);
	ck_assert(!perms_write(&got.perms, true) && !perms_execute(&got.perms, false));
	rig.r.s1.half[0].ttb += 0x100000; /* other tables, of the same ASID */
	ck_assert(!touch(0x403000, ACCESS_READ, true));
}
END_TEST

/* After a fault of stage 2, stage 1 is not walked again for that page, whoever changes it: until a TLBI. */
START_TEST(stage1_is_kept_over_a_fault)
{
	static const struct tlbi_scope elsewhere = { TLBI_VA,	      REGIME_EL10, .vmid = 1,	      .asid = 3,
						     PAGE_AT(0x9000), NO_TTL,	   .last_level = true };
	u64 *block, kept;

	build();
	fresh(64, 4);
	enter(&contexts[0]);
	block = rig_word(&rig, S2_TABLES_PA + 8);
	kept = *block;
	*block = 0;
	ck_assert(!touch(0x400000, ACCESS_READ, true) && fault.s2 && !fault.s1ptw);
	*block = kept;
	ck_assert_uint_eq(reads_of(0x400008), 1); /* stage 2's block */
	ck_assert_uint_eq(got.pa.v, 0x40400008);
	ck_assert(touch(0x400000, ACCESS_WRITE, true) && got.walk_reads == 0);

	fresh(64, 4);
	*block = 0;
	ck_assert(!touch(0x400000, ACCESS_READ, true));
	*block = kept;
	ck_assert_uint_gt(reads_of(0x401000), 1); /* another page */

	fresh(64, 4);
	*block = 0;
	ck_assert(!touch(0x400000, ACCESS_READ, true));
	*block = kept;
	tlb_invalidate(&tlb, &elsewhere);
	ck_assert_uint_gt(reads_of(0x400000), 1);

	fresh(64, 4);
	*block = 0;
	ck_assert(!touch(0x400000, ACCESS_READ, true));
	*block = kept;
	rig.r.s1.asid++;
	ck_assert_uint_gt(reads_of(0x400000), 1); /* another process */
}
END_TEST

/* ---- what stage 2 answered ---- */

START_TEST(stage2_change)
{
	static const struct tlbi_scope ipa = { TLBI_IPA, REGIME_EL10, .vmid = 1, PAGE_AT(0x40400000), NO_TTL };
	static const struct tlbi_scope all = { TLBI_VMALL, REGIME_EL10, .vmid = 1, NO_TTL };

	fill_all();
	enter(&contexts[0]);
	*rig_word(&rig, S2_TABLES_PA + 8) = 0;
	ck_assert(touch(0x400000, ACCESS_READ, true));
	/* combined: 5 of each ASID, 2 global */
	ck_assert_uint_eq(tlb_invalidate(&tlb, &all), 12);
	ck_assert(touch(0x400000, ACCESS_READ, true)); /* stage 2 is still cached: stage 1 alone was read again */
	ck_assert_uint_eq(got.walk_reads, 4);
	ck_assert_uint_eq(tlb_invalidate(&tlb, &ipa), 1);
	ck_assert(touch(0x400000, ACCESS_READ, true)); /* the combined entry survives IPAS2E1 */
	ck_assert_uint_eq(got.walk_reads, 0);
	tlb_invalidate(&tlb, &all);
	ck_assert(!touch(0x400000, ACCESS_READ, true));
	ck_assert(fault.s2 && !fault.s1ptw && fault.kind == FAULT_TRANSLATION && fault.level == 1);
	ck_assert_uint_eq(fault.ipa.v, 0x40400000);
}
END_TEST

/* Clean pages are walked once more, in stage 2's entries too, which serve the walks of stage 1. */
START_TEST(clean_stage2)
{
	u64 *block;

	build();
	fresh(64, 4);
	enter(&contexts[0]);
	rig.r.s2.ha = rig.r.s2.hd = true;
	block = rig_word(&rig, S2_TABLES_PA + 8);
	*block = (*block & ~S2AP(2)) | DBM;
	ck_assert(touch(0x400000, ACCESS_READ, true));
	ck_assert(!(*block & S2AP(2)) && got.perms.s2.dbm_clean);
	ck_assert(touch(0x401000, ACCESS_WRITE, true)); /* the cached stage-2 entry is clean: not good enough */
	ck_assert((*block & S2AP(2)) && !got.perms.s2.dbm_clean);
	ck_assert_uint_eq(live(TLB_S2), 2);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		last_tables_are_kept, last_tables_restrict, stage1_is_kept_over_a_fault, stage2_change, clean_stage2,
	};

	return run_tests("mmu_walk_cache", tests, ARRAY_SIZE(tests));
}
