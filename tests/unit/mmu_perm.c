/* Permissions and memory attributes, alone and combined. */

#include "mmu_rig.h"
#include "run_suite.h"

/* ---- permissions ---- */

struct perm_fields {
	unsigned ap, ap_table, uxn, pxn, uxn_table, pxn_table, wxn, pan, epan;
};

/* Tables D8-63.. of the Arm ARM as one rule each, for EL1&0. */
static bool oracle(const struct perm_fields *p, bool el1, enum access_kind kind)
{
	bool read_only = (p->ap & 2) || (p->ap_table & 2);
	bool user = (p->ap & 1) && !(p->ap_table & 1);
	bool user_exec = !p->uxn && !p->uxn_table;
	bool user_write = user && !read_only, kernel_write = !read_only;

	if (kind == ACCESS_FETCH && el1)
		return !p->pxn && !p->pxn_table && !user_write && !(p->wxn && kernel_write);
	if (kind == ACCESS_FETCH)
		return user_exec && !(p->wxn && user_write);
	if (el1 && p->pan && (user || (p->epan && user_exec)))
		return false;
	if (el1)
		return kind == ACCESS_READ || kernel_write;
	return user && (kind == ACCESS_READ || user_write);
}

static void perm_case(const struct perm_fields *p)
{
	static const enum access_kind kinds[] = { ACCESS_READ, ACCESS_WRITE, ACCESS_FETCH };
	u64 *table = rig_word(&rig, TABLES_IPA + (VA >> 39) * 8), l1 = *table & ones(48) & ~ones(12);
	u64 *leaf = NULL;

	ck_assert(go_read(VA) || w.fault.kind == FAULT_PERMISSION);
	leaf = rig_word(&rig, w.step[3].at);
	*table = l1 | TABLE | (u64)p->ap_table << 61 | (u64)p->uxn_table << 60;
	table = rig_word(&rig, w.step[1].at); /* another level: the controls accumulate */
	*table = (*table & ones(48)) | (u64)p->pxn_table << 59;
	*leaf = PA | PAGE | AF | AP(p->ap) | (p->uxn ? UXN : 0) | (p->pxn ? PXN : 0);
	rig.r.s1.wxn = p->wxn;
	rig.r.epan = p->epan;
	for (unsigned k = 0; k < 3; k++)
		for (unsigned el1 = 0; el1 < 2; el1++) {
			struct mmu_access a = rig_access(VA, kinds[k], el1);
			bool got;

			a.pan = p->pan;
			got = go(&a);
			ck_assert_msg(got == oracle(p, el1, kinds[k]),
				      "AP %u APTable %u UXN %u PXN %u UXNTable %u PXNTable %u WXN %u PAN %u EPAN %u "
				      "kind %u EL%u",
				      p->ap, p->ap_table, p->uxn, p->pxn, p->uxn_table, p->pxn_table, p->wxn, p->pan,
				      p->epan, kinds[k], el1);
			if (!got) {
				ck_assert(w.fault.kind == FAULT_PERMISSION && w.fault.level == 3 && !w.fault.s2);
				ck_assert_uint_eq(w.fault.write, kinds[k] == ACCESS_WRITE);
			}
		}
}

START_TEST(stage1_permissions)
{
	struct rig_map m;

	rig_init(&rig);
	rig.r.s1.enabled = true;
	m = rig_s1(&rig);
	rig_put(&rig, &m, VA, PA | PAGE | S1_RW);
	for (unsigned i = 0; i < 2048; i++) {
		struct perm_fields p = { .ap = i & 3,
					 .ap_table = i >> 2 & 3,
					 .uxn = i >> 4 & 1,
					 .pxn = i >> 5 & 1,
					 .uxn_table = i >> 6 & 1,
					 .pxn_table = i >> 7 & 1,
					 .wxn = i >> 8 & 1,
					 .pan = i >> 9 & 1,
					 .epan = i >> 10 & 1 };

		perm_case(&p);
	}
}
END_TEST

START_TEST(stage2_permissions)
{
	static const bool exec[4][2] = { { true, true }, { true, false }, { false, false }, { false, true } };

	rig_init(&rig);
	rig_nested(&rig, VA, IPA, PA);
	ck_assert(go_read(VA));
	*rig_word(&rig, step_address(S1, 3)) &= ~AP(1); /* so that EL1 may execute */
	for (unsigned i = 0; i < 32; i++) {
		unsigned ap = i & 3, xn = i >> 2 & 3;
		bool xnx = i >> 4;
		struct mmu_access read = rig_access(VA, ACCESS_READ, true), write = rig_access(VA, ACCESS_WRITE, true);
		struct mmu_access run = rig_access(VA, ACCESS_FETCH, true), both = read, user = run;

		both.also_write = true;
		user.privileged = false;
		rig.r.xnx = xnx;
		*rig_word(&rig, step_address(S2, 3)) = PA | PAGE | AF | S2ATTR(15) | S2AP(ap) | S2XN(xn);
		ck_assert_uint_eq(go(&run), exec[xnx ? xn : xn & 2][1]);
		ck_assert_uint_eq(go(&user), exec[xnx ? xn : xn & 2][0]);
		ck_assert_uint_eq(go(&write), ap >> 1);
		ck_assert_uint_eq(go(&both), ap == 3);
		if (ap < 3)
			ck_assert_uint_eq(w.fault.write, ap & 1); /* an atomic: a write only if the read is fine */
		ck_assert_uint_eq(go(&read), ap & 1);
		if (!(ap & 1))
			ck_assert(w.fault.s2 && !w.fault.s1ptw && w.fault.ipa_valid && w.fault.ipa.v == IPA);
		memset(&w, 0, sizeof(w));
		rig_init(&rig);
		rig_nested(&rig, VA, IPA, PA);
		ck_assert(go_read(VA));
		*rig_word(&rig, step_address(S1, 3)) &= ~AP(1);
	}
}
END_TEST

/* A debugger's read: rights do not count, being mapped does. */
START_TEST(any_rights)
{
	struct mmu_access a = rig_access(VA | 4, ACCESS_READ, false);
	u64 s1, s2;

	rig_init(&rig);
	rig_nested(&rig, VA, IPA, PA);
	ck_assert(go(&a));
	s1 = step_address(S1, 3);
	s2 = step_address(S2, 3);
	*rig_word(&rig, s1) = IPA | PAGE | AF;
	*rig_word(&rig, s2) = PA | PAGE | AF;
	ck_assert(!go(&a));
	a.any_rights = true;
	ck_assert(go(&a));
	ck_assert_uint_eq(w.pa.v, PA | 4);
	*rig_word(&rig, s2) = 0;
	ck_assert(!go(&a));
}
END_TEST

START_TEST(cache_maintenance)
{
	static const struct {
		bool privileged, invalidate;
		unsigned ap, s2ap;
		bool ok, s2;
	} rows[] = {
		{ true, false, 2, 0, true, false },   /* DC CVAC at EL1 asks for nothing */
		{ false, false, 0, 3, false, false }, /* at EL0 for reading */
		{ false, false, 3, 1, true, false },  { false, false, 3, 2, false, true },
		{ true, true, 2, 3, false, false }, /* DC IVAC for writing, at both stages */
		{ true, true, 0, 1, false, true },    { true, true, 0, 2, true, false },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mmu_access a = rig_access(VA, ACCESS_CACHE, rows[i].privileged);
		u64 s1, s2;

		a.also_write = rows[i].invalidate;
		rig_init(&rig);
		rig_nested(&rig, VA, IPA, PA);
		ck_assert(go_read(VA));
		s1 = step_address(S1, 3);
		s2 = step_address(S2, 3);
		*rig_word(&rig, s1) = IPA | PAGE | AF | AP(rows[i].ap);
		*rig_word(&rig, s2) = PA | PAGE | AF | S2ATTR(15) | S2AP(rows[i].s2ap);
		ck_assert_msg(go(&a) == rows[i].ok, "row %u", i);
		if (!rows[i].ok)
			ck_assert(w.fault.s2 == rows[i].s2 && w.fault.write && w.fault.kind == FAULT_PERMISSION);
	}
}
END_TEST

START_TEST(hierarchy_off_and_nv1)
{
	struct mmu_access user = rig_access(VA, ACCESS_READ, false), run = rig_access(VA, ACCESS_FETCH, true);
	struct rig_map m;

	rig_init(&rig);
	rig.r.s1.enabled = true;
	m = rig_s1(&rig);
	m.table_bits = 3ull << 61 | 3ull << 59;
	rig_put(&rig, &m, VA, PA | PAGE | S1_RW);
	ck_assert(!go(&user));
	rig.r.s1.half[0].hpd = true;
	ck_assert(go(&user));
	rig.r.s1.half[0].hpd = false;
	/* NV1: AP[1] and APTable[0] read as 0, bit 54 is PXN, bit 60 PXNTable, PAN has no effect */
	rig_init(&rig);
	rig.r.s1.enabled = rig.r.s1.nv1 = true;
	m = rig_s1(&rig);
	m.table_bits = 1ull << 61 | 1ull << 59;
	rig_put(&rig, &m, VA, PA | PAGE | S1_RW | PXN);
	ck_assert(!go(&user) && go(&run));
	run.kind = ACCESS_READ;
	run.pan = true;
	ck_assert(go(&run));
	*rig_word(&rig, w.step[3].at) |= UXN;
	run.kind = ACCESS_FETCH;
	ck_assert(!go(&run));
}
END_TEST

/* ---- attributes ---- */

START_TEST(mair_decode)
{
	static const struct {
		u8 mair, type, par, sh_in, sh;
		bool inner, outer;
	} rows[] = {
		{ 0x00, MEM_DEVICE_nGnRnE, 0x00, 3, 2, false, false },
		{ 0x04, MEM_DEVICE_nGnRE, 0x04, 0, 2, false, false },
		{ 0x08, MEM_DEVICE_nGRE, 0x08, 0, 2, false, false },
		{ 0x0c, MEM_DEVICE_GRE, 0x0c, 0, 2, false, false },
		{ 0x44, MEM_NORMAL, 0x44, 3, 2, false, false },
		{ 0xff, MEM_NORMAL, 0xff, 3, 3, true, true },
		{ 0xff, MEM_NORMAL, 0xff, 0, 0, true, true },
		{ 0xbb, MEM_NORMAL, 0xbb, 2, 2, false, false },
		{ 0x4f, MEM_NORMAL, 0x4f, 3, 3, true, false },
		{ 0xf4, MEM_NORMAL, 0xf4, 3, 3, false, true },
		{ 0x77, MEM_NORMAL, 0x77, 3, 3, true, true },
		{ 0x11, MEM_NORMAL, 0x11, 3, 3, false, false },
		{ 0x40, MEM_NORMAL, 0x44, 3, 2, false, false },
	};
	struct rig_map m;

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		rig_init(&rig);
		rig.r.s1.enabled = true;
		rig.r.s1.mair = (u64)rows[i].mair << 40;
		m = rig_s1(&rig);
		rig_put(&rig, &m, VA, PA | PAGE | AF | ATTR(5) | SH(rows[i].sh_in));
		ck_assert(go_read(VA));
		ck_assert_msg(w.attrs.type == rows[i].type && w.attrs.mair == rows[i].par && w.attrs.sh == rows[i].sh &&
				      w.attrs.inner_wb == rows[i].inner && w.attrs.outer_wb == rows[i].outer,
			      "MAIR %02x: %02x sh %u", rows[i].mair, w.attrs.mair, w.attrs.sh);
	}
	rig.r.s1.mair = 0xffull << 40;
	rig.r.s1.cacheable = false;
	ck_assert(go_read(VA));
	ck_assert_uint_eq(w.attrs.mair, 0x44);
}
END_TEST

static const struct attr_case {
	u8 mair, s2;
	bool fwb, cd;
	u8 par;
} combos[] = {
	/* plain: the weaker cacheability, the stronger device */
	{ 0xff, 15, false, false, 0xff },
	{ 0xff, 5, false, false, 0x44 },
	{ 0xff, 10, false, false, 0xbb },
	{ 0xff, 1, false, false, 0x04 },
	{ 0x04, 15, false, false, 0x04 },
	{ 0x0c, 1, false, false, 0x04 },
	{ 0x04, 3, false, false, 0x04 },
	{ 0x00, 3, false, false, 0x00 },
	{ 0x44, 15, false, false, 0x44 },
	{ 0xbb, 15, false, false, 0xbb },
	{ 0xff, 7, false, false, 0x4f },
	{ 0xff, 13, false, false, 0xf4 },
	{ 0x77, 10, false, false, 0x33 },
	{ 0xee, 15, false, false, 0xee },
	{ 0xff, 15, false, true, 0x44 },
	{ 0xff, 1, false, true, 0x04 },
	/* FWB: 7 as stage 1, 6 Write-Back, 5 Normal Non-cacheable unless Device, 0-3 Device */
	{ 0x44, 7, true, false, 0x44 },
	{ 0x04, 7, true, false, 0x04 },
	{ 0xbb, 7, true, false, 0xbb },
	{ 0x44, 6, true, false, 0xff },
	{ 0x04, 6, true, false, 0xff },
	{ 0xbb, 6, true, false, 0xff },
	{ 0xaa, 6, true, false, 0xee },
	{ 0xff, 5, true, false, 0x44 },
	{ 0x08, 5, true, false, 0x08 },
	{ 0xff, 1, true, false, 0x04 },
	{ 0x00, 2, true, false, 0x00 },
	{ 0x0c, 0, true, false, 0x00 },
	{ 0x44, 6, true, true, 0x44 },
};

START_TEST(stage2_attributes)
{
	for (unsigned i = 0; i < ARRAY_SIZE(combos); i++) {
		const struct attr_case *c = &combos[i];
		u64 leaf;

		rig_init(&rig);
		rig_nested(&rig, VA, IPA, PA);
		ck_assert(go_read(VA));
		leaf = step_address(S2, 3);
		rig.r.s1.mair = c->mair;
		rig.r.s2.fwb = c->fwb;
		rig.r.s2.cd = c->cd;
		*rig_word(&rig, step_address(S2N, 2)) |= S2ATTR(15);
		*rig_word(&rig, leaf) = PA | PAGE | AF | S2AP(3) | S2ATTR(c->s2);
		ck_assert(go_read(VA));
		ck_assert_msg(w.attrs.mair == c->par, "MAIR %02x MemAttr %x FWB %d: %02x, want %02x", c->mair, c->s2,
			      c->fwb, w.attrs.mair, c->par);
	}
}
END_TEST

START_TEST(shareability)
{
	static const u8 want[4][4] = { { 0, 0, 2, 3 }, { 0, 0, 0, 0 }, { 2, 0, 2, 2 }, { 3, 0, 2, 3 } };

	for (unsigned s1 = 0; s1 < 4; s1++)
		for (unsigned s2 = 0; s2 < 4; s2++) {
			if (s1 == 1 || s2 == 1)
				continue; /* reserved */
			rig_init(&rig);
			rig_nested(&rig, VA, IPA, PA);
			ck_assert(go_read(VA));
			*rig_word(&rig, step_address(S1, 3)) = IPA | PAGE | AF | AP(1) | SH(s1);
			*rig_word(&rig, step_address(S2, 3)) = PA | PAGE | AF | S2AP(3) | S2ATTR(15) | SH(s2);
			ck_assert(go_read(VA));
			ck_assert_uint_eq(w.attrs.sh, want[s1][s2]);
		}
}
END_TEST

START_TEST(protected_table_walk)
{
	for (unsigned fwb = 0; fwb < 2; fwb++) {
		u64 *table;

		rig_init(&rig);
		rig_nested(&rig, VA, IPA, PA);
		rig.r.s2.fwb = fwb;
		ck_assert(go_read(VA));
		table = rig_word(&rig, step_address(S2N, 2));
		*table = (*table & ~S2ATTR(15)) | S2ATTR(1);
		ck_assert(go_read(VA)); /* Device, but PTW=0 */
		rig.r.s2.ptw = true;
		ck_assert(!go_read(VA));
		ck_assert(w.fault.kind == FAULT_PERMISSION && w.fault.level == 2 && w.fault.s2 && w.fault.s1ptw);
		*table |= S2ATTR(fwb ? 7 : 15);
		ck_assert(go_read(VA));
	}
}
END_TEST

START_TEST(device_alignment)
{
	struct mmu_access a = rig_access(VA | 1, ACCESS_READ, false);
	u64 s1, s2;

	a.unaligned = true;
	rig_init(&rig);
	rig_nested(&rig, VA, IPA, PA);
	ck_assert(go(&a));
	s1 = step_address(S1, 3);
	s2 = step_address(S2, 3);
	*rig_word(&rig, s2) = PA | PAGE | AF | S2ATTR(1); /* Device, and no access: alignment goes first */
	ck_assert(!go(&a));
	ck_assert(w.fault.kind == FAULT_ALIGNMENT && w.fault.s2 && !w.fault.ipa_valid);
	*rig_word(&rig, s1) = IPA | PAGE | AF | ATTR(2); /* and no access from EL0 */
	ck_assert(!go(&a));
	ck_assert(w.fault.kind == FAULT_ALIGNMENT && !w.fault.s2);
	a.unaligned = false;
	ck_assert(!go(&a));
	ck_assert(w.fault.kind == FAULT_PERMISSION && !w.fault.s2);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		stage1_permissions, stage2_permissions, any_rights,   cache_maintenance,    hierarchy_off_and_nv1,
		mair_decode,	    stage2_attributes,	shareability, protected_table_walk, device_alignment,
	};

	return run_tests("mmu_perm", tests, ARRAY_SIZE(tests));
}
