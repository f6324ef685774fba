/* Access flag and dirty state, and the walker's other regimes: big-endian, Secure, stage 1 alone, 52 bits. */

#include "mmu_rig.h"
#include "run_suite.h"

/* ---- Access flag and dirty state ---- */

START_TEST(access_flag_stage1)
{
	struct mmu_access look = rig_access(VA, ACCESS_READ, true);
	u64 s1;

	rig_init(&rig);
	rig_nested(&rig, VA, IPA, PA);
	ck_assert(go_read(VA));
	s1 = step_address(S1, 3);
	*rig_word(&rig, s1) &= ~AF;
	rig.r.s1.ha = true;
	look.no_update = true;
	ck_assert(go(&look) && rig.swaps == 0 && !(*rig_word(&rig, s1) & AF));
	look.no_update = false;
	look.kind = ACCESS_FETCH; /* denied (writable at EL0): the flag stays clear */
	ck_assert(!go(&look) && rig.swaps == 0);
	look.kind = ACCESS_AT_READ; /* AT sets it */
	ck_assert(go(&look) && rig.swaps == 1);
	ck_assert(*rig_word(&rig, s1) & AF);
	ck_assert(go(&look) && rig.swaps == 1);
}
END_TEST

START_TEST(dirty_stage1)
{
	struct mmu_access write = rig_access(VA, ACCESS_WRITE, false), at = rig_access(VA, ACCESS_AT_WRITE, false);
	u64 s1;

	rig_init(&rig);
	rig_nested(&rig, VA, IPA, PA);
	ck_assert(go_read(VA));
	s1 = step_address(S1, 3);
	*rig_word(&rig, s1) |= AP(2) | DBM;
	ck_assert(!go(&write));
	rig.r.s1.hd = true; /* HD without HA: nothing */
	ck_assert(!go(&write));
	rig.r.s1.ha = true;
	ck_assert(go(&at) && rig.swaps == 0 && perms_write(&w.perms, false) && w.perms.s1.dbm_clean);
	ck_assert(go(&write) && rig.swaps == 1);
	ck_assert(!w.perms.s1.dbm_clean);
	ck_assert_uint_eq(*rig_word(&rig, s1) & AP(3), AP(1));
	/* the descriptor's page must be writable at stage 2 */
	*rig_word(&rig, s1) |= AP(2);
	*rig_word(&rig, step_address(S2N, 2)) &= ~S2AP(2);
	ck_assert(!go(&write));
	ck_assert(w.fault.kind == FAULT_PERMISSION && w.fault.s2 && w.fault.s1ptw && w.fault.level == 2);
	ck_assert_uint_eq(w.fault.ipa.v, s1 - TABLES_SHIFT);
	ck_assert_uint_eq(*rig_word(&rig, s1) & AP(2), AP(2));
}
END_TEST

START_TEST(updates_stage2)
{
	struct mmu_access write = rig_access(VA, ACCESS_WRITE, true);
	u64 leaf, table;

	rig_init(&rig);
	rig_nested(&rig, VA, IPA, PA);
	ck_assert(go_read(VA));
	leaf = step_address(S2, 3);
	table = step_address(S2N, 2);
	*rig_word(&rig, leaf) = (*rig_word(&rig, leaf) & ~(AF | S2AP(2))) | DBM;
	*rig_word(&rig, table) = (*rig_word(&rig, table) & ~(AF | S2AP(2))) | DBM;
	rig.r.s2.ha = rig.r.s2.hd = true;
	ck_assert(go_read(VA));
	ck_assert_uint_eq(rig.swaps, 2);
	ck_assert(perms_write(&w.perms, true) && w.perms.s2.dbm_clean);
	ck_assert_uint_eq(*rig_word(&rig, leaf) & (AF | S2AP(2)), AF);
	ck_assert_uint_eq(*rig_word(&rig, table) & (AF | S2AP(2)), AF);
	ck_assert(go(&write) && !w.perms.s2.dbm_clean);
	ck_assert_uint_eq(*rig_word(&rig, leaf) & (AF | S2AP(2)), AF | S2AP(2));
	ck_assert_uint_eq(*rig_word(&rig, table) & S2AP(2), 0);
	/* setting stage 1's flag writes to the table's page: that dirties it */
	*rig_word(&rig, step_address(S1, 3)) &= ~AF;
	rig.r.s1.ha = true;
	ck_assert(go_read(VA));
	ck_assert_uint_eq(*rig_word(&rig, table) & S2AP(2), S2AP(2));
}
END_TEST

START_TEST(update_aborts)
{
	rig_init(&rig);
	rig_nested(&rig, VA, IPA, PA);
	ck_assert(go_read(VA));
	*rig_word(&rig, step_address(S1, 3)) &= ~AF;
	rig.r.s1.ha = true;
	rig.refuse_swaps = true;
	ck_assert(!go_read(VA));
	ck_assert(w.fault.kind == FAULT_SYNC_EXTERNAL_WALK && w.fault.level == 3 && !w.fault.s2);
}
END_TEST

/* ---- the rest ---- */

START_TEST(big_endian)
{
	struct rig_map m;

	rig_init(&rig);
	rig.r.s1.enabled = rig.r.s2.enabled = rig.r.s1.ee = rig.r.s2.ee = rig.r.s1.ha = rig.r.s2.ha = true;
	m = rig_s1(&rig);
	m.big_endian = true;
	rig_put(&rig, &m, VA, IPA | PAGE | (S1_RW & ~AF));
	m = rig_s2(&rig);
	m.big_endian = true;
	rig_put(&rig, &m, IPA, PA | PAGE | (S2_RW & ~AF));
	m.leaf_level = 2;
	rig_put(&rig, &m, TABLES_IPA, (TABLES_IPA + TABLES_SHIFT) | BLOCK | S2_RW);
	ck_assert(go_read(VA));
	ck_assert_uint_eq(w.pa.v, PA);
	ck_assert_uint_eq(rig.swaps, 2);
	ck_assert(__builtin_bswap64(*rig_word(&rig, step_address(S2, 3))) & AF);
}
END_TEST

START_TEST(stage1_only)
{
	struct mmu_access a = rig_access(VA | 0x10, ACCESS_AT_READ, true);

	rig_init(&rig);
	rig_nested(&rig, VA, IPA, PA);
	ck_assert(go(&a));
	*rig_word(&rig, step_address(S2, 3)) = 0;
	ck_assert(!go(&a));
	a.s1_only = true;
	ck_assert(go(&a));
	ck_assert(w.pa.v == (IPA | 0x10) && !w.s2_used && perms_read(&w.perms, true));
}
END_TEST

/* Secure EL1&0: NSTable and NS make the output Non-secure, such entries are never global, SIF forbids execution. */
START_TEST(secure_tables)
{
	struct mmu_access run = rig_access(VA, ACCESS_FETCH, true);
	struct rig_map m;

	for (unsigned i = 0; i < 4; i++) {
		rig_init(&rig);
		rig.r.secure = true;
		rig.r.s1.enabled = true;
		rig.r.sif = true;
		m = rig_s1(&rig);
		m.table_bits = i & 1 ? 1ull << 63 : 0;
		rig_put(&rig, &m, VA, PA | PAGE | AF | (i & 2 ? 1ull << 5 : 0));
		ck_assert(go_read(VA));
		ck_assert_uint_eq(w.pa.ns, i != 0);
		ck_assert_uint_eq(w.ng, i & 1);
		ck_assert_uint_eq(go(&run), i == 0);
	}
	rig.r.secure = false;
	ck_assert(go_read(VA) && w.pa.ns);
}
END_TEST

/* Secure EL2: two IPA spaces with their own tables, and where their output goes. */
START_TEST(secure_stage2)
{
	struct rig_map m;

	for (unsigned ns = 0; ns < 2; ns++) {
		rig_init(&rig);
		rig.r.secure = rig.r.s1.enabled = rig.r.s2.enabled = true;
		rig.r.s2.ns.ttb = S2_TABLES_PA + 0x10000;
		rig.r.s2.ns.tsz = 31;
		rig.r.s2.ns.sl0 = 1;
		rig.r.nsw = rig.r.nsa = true;
		m = rig_s1(&rig);
		rig_put(&rig, &m, VA, IPA | PAGE | S1_RW | ns << 5);
		m = rig_s2(&rig);
		m.leaf_level = 2;
		rig_put(&rig, &m, TABLES_IPA, (TABLES_IPA + TABLES_SHIFT) | BLOCK | S2_RW);
		m.leaf_level = 3;
		if (ns) {
			m.root = rig.r.s2.ns.ttb;
			m.ia_bits = 33;
		}
		rig_put(&rig, &m, IPA, PA | PAGE | S2_RW);
		ck_assert_msg(go_read(VA), "%s", w.fault.why);
		ck_assert_uint_eq(w.pa.v, PA);
		ck_assert_uint_eq(w.pa.ns, ns);
		ck_assert_uint_eq(w.ipa_ns, ns);
	}
}
END_TEST

/* 52-bit table bases and addresses: TTBR[5:2] hold bits [51:48]. */
START_TEST(large_bases)
{
	for (unsigned i = 0; i < 2; i++) {
		u8 granule = i ? GRANULE_64K : GRANULE_4K;
		struct rig_map m;

		rig_init(&rig);
		rig.r.pa_bits = 52;
		rig.r.s1.enabled = true;
		rig.r.s1.ips = 6;
		rig.r.s1.ds = rig.r.lpa2_s1 = !i;
		rig.r.s1.half[0].granule = granule;
		rig.r.s1.half[0].tsz = i ? 22 : 25;
		rig.r.s1.half[0].ttb = 0x80000000 | 0xf << 2;
		rig.next_s1 |= 0xbull << 48;
		m = rig_s1(&rig);
		m.root = 0x80000000 | 0xfull << 48;
		m.granule = granule;
		m.ds = !i;
		m.ia_bits = i ? 42 : 39;
		m.start = i ? 2 : 1;
		rig_put(&rig, &m, VA & ones(39) & ~ones(16),
			rig_address(granule, !i, 7ull << 48 | 0x10000) | PAGE | AF | AP(1));
		ck_assert_msg(go_read(VA & ones(39) & ~ones(16)), "%s", w.fault.why);
		ck_assert_uint_eq(w.pa.v, 7ull << 48 | 0x10000);
		ck_assert_uint_eq(w.step[0].at >> 48, 0xf);
		ck_assert_uint_eq(w.step[1].at >> 48, 0xb);
		rig.r.s1.ips = 5;
		ck_assert(!go_read(VA & ones(39)));
		/* 64K: without IPS = 52 bits TTBR[5:2] are not an address, and another table is read */
		ck_assert_uint_eq(w.fault.kind, i ? FAULT_TRANSLATION : FAULT_ADDRESS_SIZE);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		access_flag_stage1, dirty_stage1,  updates_stage2, update_aborts, big_endian,
		stage1_only,	    secure_tables, secure_stage2,  large_bases,
	};

	return run_tests("mmu_update", tests, ARRAY_SIZE(tests));
}
