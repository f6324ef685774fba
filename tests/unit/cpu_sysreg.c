/* System registers: the table itself, reserved bits, identification, E2H redirection, PSTATE by name. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "sysreg_rig.h"
#include "run_suite.h"

#define KEY(name) sysreg_key(SR_##name)

static struct sysreg_rig rig;
static struct cpu *c;

static void setup(void)
{
	rig_make(&rig, "max", true, true);
	c = rig.cpu;
	rig_open(c);
	c->s.p.el = 2;
}

static void teardown(void)
{
	rig_free(&rig);
}

static u64 read_at(unsigned el, u32 key)
{
	u64 value;

	c->s.p.el = (u8)el;
	c->s.exc.kind = EXC_NONE;
	ck_assert_msg(sysreg_read(c, key, 3, &value), "key %x: refused at EL%u, esr %lx", key, el, (long)c->s.exc.esr);
	return value;
}

static void write_at(unsigned el, u32 key, u64 value)
{
	c->s.p.el = (u8)el;
	c->s.exc.kind = EXC_NONE;
	ck_assert_msg(sysreg_write(c, key, 3, value), "key %x: refused at EL%u, esr %lx", key, el, (long)c->s.exc.esr);
}

static void undefined_at(unsigned el, u32 key, bool is_write)
{
	u64 value;
	bool ok;

	c->s.p.el = (u8)el;
	c->s.exc.kind = EXC_NONE;
	ok = is_write ? sysreg_write(c, key, 3, 0) : sysreg_read(c, key, 3, &value);
	ck_assert_msg(!ok && c->s.exc.kind == EXC_SYNC && c->s.exc.esr >> 26 == 0, "key %x at EL%u is not UNDEFINED",
		      key, el);
}

/* ---- the table ---- */

START_TEST(fields_are_complete_and_in_order)
{
	for (unsigned r = 0; r < SR_COUNT; r++) {
		unsigned count, at = 0;
		const struct sysreg_field *f = sysreg_fields(r, &count);

		for (unsigned i = 0; i < count && f[i].kind != FIELD_ALSO; i++) {
			ck_assert_msg(f[i].lsb == at, "%s: bit %u comes after bit %u", sysreg_name(r), f[i].lsb, at);
			ck_assert_msg(f[i].width >= 1, "%s bit %u", sysreg_name(r), at);
			ck_assert_msg((f[i].kind == FIELD_NAMED) == (f[i].name != NULL), "%s bit %u", sysreg_name(r),
				      at);
			at += f[i].width;
		}
		ck_assert_msg(at == 64, "%s ends at bit %u", sysreg_name(r), at);
	}
}
END_TEST

START_TEST(field_names_are_unique_within_a_register)
{
	for (unsigned r = 0; r < SR_COUNT; r++) {
		unsigned count;
		const struct sysreg_field *f = sysreg_fields(r, &count);

		for (unsigned i = 0; i < count; i++)
			for (unsigned j = 0; j < i; j++)
				ck_assert_msg(!f[i].name || !f[j].name || strcmp(f[i].name, f[j].name), "%s.%s",
					      sysreg_name(r), f[i].name);
	}
}
END_TEST

START_TEST(names_and_encodings_find_each_other)
{
	for (unsigned r = 0; r < SR_COUNT; r++) {
		u32 k = sysreg_key(r);
		char generic[32];

		ck_assert_uint_eq(sysreg_by_key(k), r);
		ck_assert_uint_eq(sysreg_find(sysreg_name(r)), r);
		snprintf(generic, sizeof(generic), "s%u_%u_c%u_c%u_%u", k >> 14, k >> 11 & 7, k >> 7 & 15, k >> 3 & 15,
			 k & 7);
		ck_assert_msg(sysreg_find(generic) == r, "%s is not %s", generic, sysreg_name(r));
	}
	ck_assert_uint_eq(sysreg_find("hcr_el2"), SR_HCR_EL2);
	ck_assert_uint_eq(sysreg_find("S3_4_C1_C1_0"), SR_HCR_EL2);
	ck_assert_uint_eq(sysreg_find("S3_4_C1_C1_0x"), SR_COUNT);
	ck_assert_uint_eq(sysreg_find("S9_4_C1_C1_0"), SR_COUNT);
	ck_assert_uint_eq(sysreg_find(""), SR_COUNT);
	ck_assert_uint_eq(sysreg_find("HCR"), SR_COUNT);
}
END_TEST

/* Encodings by hand, from the Arm ARM: the table was not made from this. */
START_TEST(encodings)
{
	static const struct {
		const char *name;
		u8 op0, op1, crn, crm, op2;
	} rows[] = {
		{ "HCR_EL2", 3, 4, 1, 1, 0 },	       { "VTTBR_EL2", 3, 4, 2, 1, 0 },
		{ "ICH_LR15_EL2", 3, 4, 12, 13, 7 },   { "PMEVCNTR30_EL0", 3, 3, 14, 11, 6 },
		{ "PMEVTYPER8_EL0", 3, 3, 14, 13, 0 }, { "DBGWCR15_EL1", 2, 0, 0, 15, 7 },
		{ "CNTHVS_CVAL_EL2", 3, 4, 14, 4, 2 }, { "CNTPS_TVAL_EL1", 3, 7, 14, 2, 0 },
		{ "SCTLR_EL12", 3, 5, 1, 0, 0 },       { "HDFGWTR_EL2", 3, 4, 3, 1, 5 },
		{ "RNDRRS", 3, 3, 2, 4, 1 },	       { "ICC_SGI1R_EL1", 3, 0, 12, 11, 5 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(sysreg_key(sysreg_find(rows[i].name)) ==
				      (u32)SYSREG_KEY(rows[i].op0, rows[i].op1, rows[i].crn, rows[i].crm, rows[i].op2),
			      "%s", rows[i].name);
	ck_assert_uint_eq(sysinsn_by_key(SYSREG_KEY(1, 0, 8, 7, 1)), SI_TLBI_VAE1);
	ck_assert_uint_eq(sysinsn_by_key(SYSREG_KEY(1, 4, 8, 4, 1)), SI_TLBI_IPAS2E1);
	ck_assert_uint_eq(sysinsn_by_key(SYSREG_KEY(1, 4, 9, 3, 6)), SI_TLBI_VMALLS12E1ISNXS);
	ck_assert_uint_eq(sysinsn_by_key(SYSREG_KEY(1, 3, 7, 14, 1)), SI_DC_CIVAC);
	ck_assert_uint_eq(sysinsn_by_key(SYSREG_KEY(3, 3, 7, 14, 1)), SI_COUNT);
}
END_TEST

/* ---- reserved bits: all ones written, what stays ---- */

static const struct reserved_row {
	const char *model;
	enum sysreg reg;
	u8 el;
	u64 ones, zeros; /* what reads back after writing all ones, and all zeros */
} reserved_rows[] = {
	/* a Cortex-A72 has none of the extensions after Armv8.0: RW is RAO (no AArch32) */
	{ "cortex-a72", SR_HCR_EL2, 2, 0x3dfff7fff, 0x80000000 },
	{ "cortex-a72", SR_SCTLR_EL1, 1, 0x34dddb9f, 0x30d00980 },
	{ "cortex-a72", SR_SCTLR_EL2, 2, 0x30cd183f, 0x30c50830 },
	{ "cortex-a72", SR_VTCR_EL2, 2, 0x8007ffff, 0x80000000 },
	{ "cortex-a72", SR_TTBR0_EL2, 2, 0x0000fffffffffffe, 0 },
	{ "cortex-a72", SR_CNTHCTL_EL2, 2, 0xff, 0 },
	{ "neoverse-n1", SR_VTCR_EL2, 2, 0x9e6fffff, 0x80000000 },
	{ "max", SR_VBAR_EL2, 2, ~0x7ffull, 0 },
	{ "max", SR_TTBR1_EL1, 1, ~0ull, 0 },
	{ "max", SR_CONTEXTIDR_EL1, 1, 0xffffffff, 0 },
	{ "max", SR_CPACR_EL1, 1, 3u << 20, 0 },
	{ "max", SR_SPSR_EL2, 2, 0xf1f01fdf | 0x0100000, 0 },
	{ "max", SR_HPFAR_EL2, 2, 0x80000ffffffffff0, 0 },
	{ "max", SR_CNTKCTL_EL1, 1, 0x203ff, 0 },
	{ "max", SR_SCR_EL3, 3, 0, 0x430 },
	{ "max", SR_AMAIR_EL1, 1, 0, 0 },
};

START_TEST(reserved_bits)
{
	const struct reserved_row *row = &reserved_rows[_i];
	u64 ones_read, zeros_read;

	rig_free(&rig);
	rig_make(&rig, row->model, true, true);
	c = rig.cpu;
	rig_open(c);
	write_at(row->el, sysreg_key(row->reg), ~0ull);
	ones_read = sysreg_peek(c, row->reg);
	rig_open(c);
	write_at(row->el, sysreg_key(row->reg), 0);
	zeros_read = sysreg_peek(c, row->reg);
	if (row->ones)
		ck_assert_msg(ones_read == row->ones, "%s %s: %lx, not %lx", row->model, sysreg_name(row->reg),
			      (long)ones_read, (long)row->ones);
	ck_assert_msg(zeros_read == row->zeros, "%s %s: %lx, not %lx", row->model, sysreg_name(row->reg),
		      (long)zeros_read, (long)row->zeros);
}
END_TEST

START_TEST(read_only_fields_stay)
{
	u64 pmcr = read_at(2, KEY(PMCR_EL0));

	ck_assert_uint_eq(GET(pmcr, PMCR_EL0, N), 6);
	write_at(2, KEY(PMCR_EL0), 0);
	ck_assert_uint_eq(GET(read_at(2, KEY(PMCR_EL0)), PMCR_EL0, N), 6);
}
END_TEST

/* ---- identification ---- */

static const struct id_row {
	const char *model;
	enum sysreg reg;
	u64 value;
} id_rows[] = {
	/* no AArch32, no SVE, AMU, MPAM, RAS 1; GICv3 */
	{ "max", SR_ID_AA64PFR0_EL1, 0x1201001011111111 },
	{ "max", SR_ID_AA64PFR1_EL1, 0x21 },
	{ "max", SR_ID_AA64ISAR0_EL1, 0x1221111110212120 },
	{ "max", SR_ID_AA64ISAR1_EL1, 0x0111111101211052 },
	{ "max", SR_ID_AA64MMFR0_EL1, 0x2100032310201026 },
	{ "max", SR_ID_AA64MMFR1_EL1, 0x0010011010312122 },
	{ "max", SR_ID_AA64MMFR2_EL1, 0x1221011110011011 },
	{ "max", SR_ID_AA64DFR0_EL1, 0x0000000010305609 },
	{ "max", SR_MIDR_EL1, 0xf0510 },
	{ "cortex-a53", SR_MIDR_EL1, 0x410fd034 },
	{ "cortex-a53", SR_CTR_EL0, 0x84448004 },
	{ "cortex-a53", SR_ID_AA64MMFR0_EL1, 0x1022 },
	{ "cortex-a53", SR_ID_AA64ISAR0_EL1, 0x11120 },
	{ "cortex-a57", SR_MIDR_EL1, 0x411fd070 },
	{ "cortex-a57", SR_ID_AA64MMFR0_EL1, 0x1024 },
	{ "cortex-a57", SR_ID_AA64MMFR1_EL1, 0 },
	{ "cortex-a76", SR_MIDR_EL1, 0x414fd0b1 },
	{ "cortex-a76", SR_ID_AA64PFR0_EL1, 0x1100000011111111 },
	{ "cortex-a76", SR_ID_AA64MMFR0_EL1, 0x101022 },
	{ "cortex-a76", SR_ID_AA64MMFR1_EL1, 0x10212122 },
	{ "cortex-a76", SR_ID_AA64ISAR1_EL1, 0x100001 },
	{ "cortex-a72", SR_MIDR_EL1, 0x410fd083 },
	{ "cortex-a72", SR_ID_AA64PFR0_EL1, 0x0000000001001111 },
	{ "cortex-a72", SR_ID_AA64MMFR0_EL1, 0x1024 },
	{ "cortex-a72", SR_ID_AA64MMFR1_EL1, 0 },
	{ "cortex-a72", SR_ID_AA64ISAR0_EL1, 0x11120 },
	{ "cortex-a72", SR_ID_PFR0_EL1, 0 },
	{ "neoverse-n1", SR_ID_AA64PFR0_EL1, 0x1100000011111111 },
	{ "neoverse-n1", SR_ID_AA64MMFR2_EL1, 0x1011 },
	{ "neoverse-n1", SR_CTR_EL0, 0xb444c004 },
	{ "neoverse-v1", SR_ID_AA64MMFR2_EL1, 0x0220011100101011 },
	{ "neoverse-v1", SR_CCSIDR_EL1, 0xff0000001a },
	{ "neoverse-v2", SR_ID_AA64MMFR1_EL1, 0x1000000010312122 },
	{ "neoverse-v2", SR_DCZID_EL0, 4 },
};

START_TEST(identification)
{
	const struct id_row *row = &id_rows[_i];
	u64 value;

	rig_free(&rig);
	rig_make(&rig, row->model, true, true);
	c = rig.cpu;
	value = read_at(3, sysreg_key(row->reg));
	ck_assert_msg(value == row->value, "%s %s: %lx, not %lx", row->model, sysreg_name(row->reg), (long)value,
		      (long)row->value);
}
END_TEST

START_TEST(levels_that_are_not_there)
{
	rig_free(&rig);
	rig_make(&rig, "max", false, true);
	c = rig.cpu;
	ck_assert_uint_eq(read_at(3, KEY(ID_AA64PFR0_EL1)) >> 8 & 0xff, 0x10);
	/* without EL2 its registers are RES0 at EL3, and nothing answers at EL1 */
	write_at(3, KEY(VBAR_EL2), ~0ull);
	ck_assert_uint_eq(read_at(3, KEY(VBAR_EL2)), 0);
	undefined_at(1, KEY(VBAR_EL2), false);
	undefined_at(3, KEY(CNTHV_CTL_EL2), false);
	rig_free(&rig);
	rig_make(&rig, "max", true, false);
	c = rig.cpu;
	ck_assert_uint_eq(read_at(2, KEY(ID_AA64PFR0_EL1)) >> 8 & 0xff, 1);
	undefined_at(2, KEY(SCR_EL3), false);
	ck_assert_uint_eq(read_at(2, KEY(RVBAR_EL2)), 0);
	write_at(2, KEY(CNTFRQ_EL0), 1000);
	ck_assert_uint_eq(read_at(2, KEY(CNTFRQ_EL0)), 1000);
}
END_TEST

START_TEST(virtual_identification)
{
	write_at(2, KEY(VPIDR_EL2), 0x12345678);
	write_at(2, KEY(VMPIDR_EL2), 0x80000005);
	ck_assert_uint_eq(read_at(1, KEY(MIDR_EL1)), 0x12345678);
	ck_assert_uint_eq(read_at(1, KEY(MPIDR_EL1)), 0x80000005);
	ck_assert_uint_eq(read_at(2, KEY(MIDR_EL1)), 0xf0510);
	ck_assert_uint_eq(read_at(2, KEY(MPIDR_EL1)), 0x80000000);
	/* Secure EL1 without Secure EL2 sees the physical one */
	SYS(c, SCR_EL3) &= ~1ull;
	ck_assert_uint_eq(read_at(1, KEY(MIDR_EL1)), 0xf0510);
}
END_TEST

START_TEST(reserved_identification_space_reads_as_zero)
{
	for (unsigned crm = 1; crm < 8; crm++)
		for (unsigned op2 = 0; op2 < 8; op2++)
			read_at(1, SYSREG_KEY(3, 0, 0, crm, op2));
	ck_assert_uint_eq(read_at(1, SYSREG_KEY(3, 0, 0, 7, 6)), 0);
	undefined_at(1, SYSREG_KEY(3, 0, 0, 7, 6), true);
	undefined_at(1, SYSREG_KEY(3, 0, 0, 8, 0), false);
}
END_TEST

START_TEST(caches_by_selection)
{
	static const u64 want[] = { 0x701fe00a, 0x201fe012, 0x70ffe07a, 0 };

	for (unsigned sel = 0; sel < ARRAY_SIZE(want); sel++) {
		write_at(1, KEY(CSSELR_EL1), sel);
		ck_assert_uint_eq(read_at(1, KEY(CCSIDR_EL1)), want[sel]);
	}
}
END_TEST

START_TEST(zero_prohibited)
{
	ck_assert_uint_eq(read_at(0, KEY(DCZID_EL0)), 4);
	SYS(c, SCTLR_EL1) = 0;
	ck_assert_uint_eq(read_at(0, KEY(DCZID_EL0)), 0x14);
	ck_assert_uint_eq(read_at(1, KEY(DCZID_EL0)), 4);
	SYS(c, HCR_EL2) |= 1u << HCR_EL2_TDZ_LSB;
	ck_assert_uint_eq(read_at(1, KEY(DCZID_EL0)), 0x14);
	ck_assert_uint_eq(read_at(2, KEY(DCZID_EL0)), 4);
}
END_TEST

/* ---- E2H ---- */

static const struct e2h_row {
	enum sysreg el1, el2, el12;
} e2h_rows[] = {
#define E2H(a, b, d) { SR_##a, SR_##b, SR_##d },
#include "cpu/e2h.def"
};

/* A value that both registers of every pair hold in full. */
#define E2H_VALUE 0x0000000000100000ull

START_TEST(e2h_redirects_el1_names)
{
	const struct e2h_row *row = &e2h_rows[_i];

	SYS(c, HCR_EL2) |= 1ull << HCR_EL2_E2H_LSB;
	c->s.sr[row->el1] = c->s.sr[row->el2] = 0;
	write_at(2, sysreg_key(row->el1), E2H_VALUE);
	ck_assert_msg(c->s.sr[row->el1] == 0, "%s was written", sysreg_name(row->el1));
	ck_assert_uint_eq(c->s.sr[row->el2], sysreg_peek(c, row->el2));
	write_at(2, sysreg_key(row->el12), ~0ull);
	ck_assert_uint_eq(read_at(2, sysreg_key(row->el12)), c->s.sr[row->el1]);
	ck_assert_uint_eq(read_at(2, sysreg_key(row->el1)), c->s.sr[row->el2]);
	ck_assert_uint_eq(read_at(3, sysreg_key(row->el1)), c->s.sr[row->el1]);
	undefined_at(1, sysreg_key(row->el12), false);
	SYS(c, HCR_EL2) &= ~(1ull << HCR_EL2_E2H_LSB);
	undefined_at(2, sysreg_key(row->el12), false);
	undefined_at(3, sysreg_key(row->el12), true);
}
END_TEST

START_TEST(e2h_redirects_timers_at_el0)
{
	SYS(c, HCR_EL2) |= 1ull << HCR_EL2_E2H_LSB | 1ull << HCR_EL2_TGE_LSB;
	SYS(c, CNTHCTL_EL2) = 0x303;
	write_at(0, KEY(CNTV_CVAL_EL0), 123);
	write_at(0, KEY(CNTP_CVAL_EL0), 456);
	ck_assert_uint_eq(SYS(c, CNTHV_CVAL_EL2), 123);
	ck_assert_uint_eq(SYS(c, CNTHP_CVAL_EL2), 456);
	write_at(2, KEY(CNTP_CVAL_EL02), 789);
	ck_assert_uint_eq(SYS(c, CNTP_CVAL_EL0), 789);
	ck_assert_uint_eq(SYS(c, CNTV_CVAL_EL0), 0);
}
END_TEST

/* ---- PSTATE and other registers with behaviour ---- */

START_TEST(pstate_by_name)
{
	write_at(1, KEY(NZCV), 0xa0000000);
	ck_assert_uint_eq(cpu_nzcv(c), 0xa0000000);
	ck_assert_uint_eq(read_at(0, KEY(NZCV)), 0xa0000000);
	write_at(1, KEY(DAIF), 0x240);
	ck_assert_uint_eq(c->s.p.daif, 9);
	ck_assert_uint_eq(read_at(1, KEY(DAIF)), 0x240);
	ck_assert_uint_eq(read_at(2, KEY(CurrentEL)), 8);
	write_at(1, KEY(PAN), ~0ull);
	ck_assert_uint_eq(c->s.p.pan, 1);
	ck_assert_uint_eq(read_at(1, KEY(PAN)), 1u << 22);
	write_at(1, KEY(UAO), 1u << 23);
	ck_assert_uint_eq(c->s.p.uao, 1);
	undefined_at(0, KEY(PAN), false);
	undefined_at(0, KEY(CurrentEL), false);
	undefined_at(1, KEY(CurrentEL), true);
	undefined_at(3, KEY(TCO), false);
}
END_TEST

static const struct immediate_row {
	u8 op1, op2, crm, el;
	bool ok;
	u32 key;   /* the register that shows the effect */
	u64 value; /* … and its value after */
} immediate_rows[] = {
	{ 0, 4, 1, 1, true, SYSREG_KEY(3, 0, 4, 2, 3), 1u << 22 },
	{ 0, 3, 1, 2, true, SYSREG_KEY(3, 0, 4, 2, 4), 1u << 23 },
	{ 0, 5, 0, 1, true, SYSREG_KEY(3, 0, 4, 2, 0), 0 },
	{ 3, 6, 3, 1, true, SYSREG_KEY(3, 3, 4, 2, 1), 0xc0 },
	{ 3, 6, 0xf, 0, true, SYSREG_KEY(3, 3, 4, 2, 1), 0x3c0 },
	{ 3, 7, 0xf, 1, true, SYSREG_KEY(3, 3, 4, 2, 1), 0 },
	{ 3, 2, 1, 0, true, SYSREG_KEY(3, 3, 4, 2, 5), 1u << 24 },
	{ 3, 1, 1, 0, true, SYSREG_KEY(3, 3, 4, 2, 6), 1u << 12 },
	{ 0, 4, 1, 0, false, 0, 0 }, /* PAN at EL0 */
	{ 3, 4, 1, 3, false, 0, 0 }, /* TCO: no MTE */
	{ 1, 0, 1, 3, false, 0, 0 }, /* ALLINT: no NMI */
	{ 0, 0, 0, 3, false, 0, 0 }, /* nothing there */
};

START_TEST(msr_immediate)
{
	const struct immediate_row *row = &immediate_rows[_i];

	c->s.p.el = row->el;
	ck_assert_uint_eq(sysreg_write_immediate(c, row->op1, row->op2, row->crm), row->ok);
	if (row->ok)
		ck_assert_uint_eq(read_at(row->el ? row->el : 1, row->key), row->value);
	else
		ck_assert_uint_eq(c->s.exc.esr >> 26, 0);
}
END_TEST

/* FEAT_IDST: every exception of a read of the feature ID space has EC 0x18, and goes where UNDEFINED would. */
static const struct {
	u8 el, target, ec;
	bool is_write;
	u32 key;
} id_space_rows[] = {
	{ 0, 1, 0x18, false, SYSREG_KEY(3, 0, 0, 4, 0) }, /* a register */
	{ 0, 1, 0x18, false, SYSREG_KEY(3, 3, 0, 7, 3) }, /* none */
	{ 1, 1, 0x18, false, SYSREG_KEY(3, 0, 0, 0, 1) },
	{ 1, 1, 0x18, false, SYSREG_KEY(3, 1, 0, 2, 2) }, /* none, at EL1 and EL2 */
	{ 2, 2, 0x18, false, SYSREG_KEY(3, 1, 0, 2, 2) },
	{ 1, 1, 0, true, SYSREG_KEY(3, 1, 0, 2, 2) },  /* writes are UNDEFINED */
	{ 1, 1, 0, false, SYSREG_KEY(3, 1, 0, 8, 2) }, /* outside */
	{ 1, 1, 0, false, SYSREG_KEY(3, 2, 0, 2, 2) },
};

START_TEST(id_space)
{
	u64 value = 0;
	bool ok;

	c->s.p.el = id_space_rows[_i].el;
	if (id_space_rows[_i].is_write)
		ok = sysreg_write(c, id_space_rows[_i].key, 3, 0);
	else
		ok = sysreg_read(c, id_space_rows[_i].key, 3, &value);
	ck_assert(!ok);
	ck_assert_uint_eq(c->s.exc.esr >> 26, id_space_rows[_i].ec);
	ck_assert_uint_eq(c->s.exc.target_el, id_space_rows[_i].target);
}
END_TEST

START_TEST(stack_pointers_by_name)
{
	write_at(1, KEY(SP_EL0), 0x1000);
	write_at(2, KEY(SP_EL1), 0x2000);
	write_at(3, KEY(SP_EL2), 0x3000);
	ck_assert_uint_eq(c->s.sp_el[0], 0x1000);
	ck_assert_uint_eq(c->s.sp_el[1], 0x2000);
	ck_assert_uint_eq(c->s.sp_el[2], 0x3000);
	undefined_at(1, KEY(SP_EL1), false);
	c->s.p.sp = 0;
	undefined_at(1, KEY(SP_EL0), false);
}
END_TEST

START_TEST(pending_interrupts)
{
	c->s.line[LINE_IRQ] = true;
	ck_assert_uint_eq(read_at(1, KEY(ISR_EL1)), 0x80);
	SYS(c, HCR_EL2) |= 1u << HCR_EL2_IMO_LSB | 1u << HCR_EL2_FMO_LSB;
	ck_assert_uint_eq(read_at(1, KEY(ISR_EL1)), 0);
	ck_assert_uint_eq(read_at(2, KEY(ISR_EL1)), 0x80);
	SYS(c, HCR_EL2) |= 1u << HCR_EL2_VF_LSB;
	ck_assert_uint_eq(read_at(1, KEY(ISR_EL1)), 0x40);
}
END_TEST

START_TEST(deferred_errors_of_a_guest)
{
	SYS(c, HCR_EL2) |= 1u << HCR_EL2_AMO_LSB;
	write_at(1, KEY(DISR_EL1), 1u << 31);
	ck_assert_uint_eq(SYS(c, VDISR_EL2), 1u << 31);
	ck_assert_uint_eq(SYS(c, DISR_EL1), 0);
	SYS(c, SCR_EL3) |= 1u << SCR_EL3_EA_LSB;
	write_at(2, KEY(DISR_EL1), 1u << 31);
	ck_assert_uint_eq(read_at(2, KEY(DISR_EL1)), 0);
}
END_TEST

START_TEST(os_lock_and_claim_tags)
{
	ck_assert_uint_eq(read_at(1, KEY(OSLSR_EL1)), 0xa);
	write_at(1, KEY(OSLAR_EL1), 0);
	ck_assert_uint_eq(read_at(1, KEY(OSLSR_EL1)), 8);
	undefined_at(1, KEY(OSLAR_EL1), false);
	write_at(1, KEY(DBGCLAIMSET_EL1), 0x15);
	ck_assert_uint_eq(read_at(1, KEY(DBGCLAIMCLR_EL1)), 0x15);
	write_at(1, KEY(DBGCLAIMCLR_EL1), 0x05);
	ck_assert_uint_eq(read_at(1, KEY(DBGCLAIMCLR_EL1)), 0x10);
	ck_assert_uint_eq(read_at(1, KEY(DBGCLAIMSET_EL1)), 0xff);
}
END_TEST

START_TEST(random_numbers_are_repeatable)
{
	u64 first, second;

	cpu_set_nzcv(c, 0x40000000);
	first = read_at(0, KEY(RNDR));
	ck_assert_uint_eq(cpu_nzcv(c), 0);
	second = read_at(0, KEY(RNDRRS));
	ck_assert(first != second);
	sysreg_peek(c, SR_RNDR);
	SYS(c, RNDR) = 0;
	ck_assert_uint_eq(read_at(0, KEY(RNDR)), first);
}
END_TEST

START_TEST(trap_values_follow_the_event)
{
	SYS(c, VTTBR_EL2) = 0x100001000;
	ck_assert_uint_eq(sysreg_peek(c, SR_VTTBR_EL2), 0x100001000);
	sysreg_poke(c, SR_VTTBR_EL2, 0x2000000002000);
	ck_assert_uint_eq(read_at(2, KEY(VTTBR_EL2)), 0x2000000002000);
}
END_TEST

static void seen(void *ctx, const struct event *e)
{
	*(struct event *)ctx = *e;
}

START_TEST(writes_are_events)
{
	struct event last = { 0 };
	struct observer o = { .mask = 1u << EV_SYSREG | 1u << EV_HYP, .event = seen, .ctx = &last };

	trace_attach(&rig.trace, &o);
	write_at(2, KEY(HCR_EL2), 1);
	ck_assert_int_eq(last.kind, EV_SYSREG);
	ck_assert_str_eq(last.sysreg.name, "HCR_EL2");
	ck_assert(last.sysreg.is_write);
	ck_assert_uint_eq(last.sysreg.value, 0x80000001);
	write_at(2, KEY(VTTBR_EL2), 0x1000);
	ck_assert_int_eq(last.kind, EV_HYP);
	ck_assert_uint_eq(last.hyp.detail[1], 0x1000);
}
END_TEST

/* ---- nothing that a program can encode does harm ---- */

START_TEST(every_encoding_at_every_level)
{
	for (unsigned el = 0; el < 4; el++) {
		for (u32 key = 0x4000; key < 0x10000; key++) {
			u64 value;

			c->s.p.el = (u8)el;
			c->s.exc.kind = EXC_NONE;
			if (!sysreg_read(c, key, 0, &value))
				ck_assert_int_eq(c->s.exc.kind, EXC_SYNC);
			c->s.p.el = (u8)el;
			c->s.exc.kind = EXC_NONE;
			if (!sysreg_write(c, key, 0, ~0ull))
				ck_assert_msg(c->s.exc.kind == EXC_SYNC && c->s.exc.target_el >= el, "key %x", key);
			rig_open(c);
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu_sysreg");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, fields_are_complete_and_in_order);
	tcase_add_test(t, field_names_are_unique_within_a_register);
	tcase_add_test(t, names_and_encodings_find_each_other);
	tcase_add_test(t, encodings);
	tcase_add_loop_test(t, reserved_bits, 0, ARRAY_SIZE(reserved_rows));
	tcase_add_test(t, read_only_fields_stay);
	tcase_add_loop_test(t, identification, 0, ARRAY_SIZE(id_rows));
	tcase_add_test(t, levels_that_are_not_there);
	tcase_add_test(t, virtual_identification);
	tcase_add_test(t, reserved_identification_space_reads_as_zero);
	tcase_add_test(t, caches_by_selection);
	tcase_add_test(t, zero_prohibited);
	tcase_add_loop_test(t, e2h_redirects_el1_names, 0, ARRAY_SIZE(e2h_rows));
	tcase_add_test(t, e2h_redirects_timers_at_el0);
	tcase_add_test(t, pstate_by_name);
	tcase_add_loop_test(t, msr_immediate, 0, ARRAY_SIZE(immediate_rows));
	tcase_add_test(t, stack_pointers_by_name);
	tcase_add_test(t, pending_interrupts);
	tcase_add_test(t, deferred_errors_of_a_guest);
	tcase_add_test(t, os_lock_and_claim_tags);
	tcase_add_test(t, random_numbers_are_repeatable);
	tcase_add_loop_test(t, id_space, 0, ARRAY_SIZE(id_space_rows));
	tcase_add_test(t, trap_values_follow_the_event);
	tcase_add_test(t, writes_are_events);
	tcase_add_test(t, every_encoding_at_every_level);
	suite_add_tcase(s, t);
	return run_suite(s);
}
