/*
 * The firmware tables: the test does what firmware does (places the files, applies the table loader's commands), and
 * then finds its way from the root pointer to every table. With a folder as argument the program writes the tables
 * there instead, for tests/acpi_iasl.py.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "dev/fw_cfg.h"
#include "machine/map.h"
#include "machine/tables.h"
#include "run_suite.h"

#define COMMAND 128u
#define RSDP_AT 0x5f000010ull
#define TABLES_AT 0x5e000040ull

static const struct dt_config boards[] = {
	{ .mem = 512 << 20,
	  .smp = 1,
	  .gic_version = 3,
	  .conduit = CONDUIT_SMC,
	  .virtualization = true,
	  .compatible = "arm,cortex-a72" },
	{ .mem = 1ull << 35,
	  .smp = 8,
	  .gic_version = 3,
	  .conduit = CONDUIT_HVC,
	  .smmu = true,
	  .compatible = "arm,neoverse-n1" },
	{ .mem = 64 << 20,
	  .smp = 64,
	  .gic_version = 4,
	  .conduit = CONDUIT_NONE,
	  .its = true,
	  .compatible = "arm,cortex-a57" },
	{ .mem = 4ull << 30,
	  .smp = 3,
	  .gic_version = 3,
	  .conduit = CONDUIT_SMC,
	  .its = true,
	  .smmu = true,
	  .compatible = "arm,neoverse-v2" },
};

static struct acpi acpi;
static struct smbios smbios;

static u64 get(const void *from, unsigned size)
{
	u64 v = 0;

	memcpy(&v, from, size);
	return v;
}

static u8 sum(const u8 *from, u64 size)
{
	u8 s = 0;

	while (size--)
		s = (u8)(s + *from++);
	return s;
}

/* ---- firmware's part ---- */

struct file {
	const char *name;
	u8 *bytes;
	u32 size;
	u64 at, align;
	bool allocated;
};
static struct file files[2];

static struct file *find(const u8 *name)
{
	for (unsigned i = 0; i < 2; i++)
		if (!strncmp((const char *)name, files[i].name, 56))
			return &files[i];
	ck_abort_msg("no file %.56s", name);
}

static void allocate(const u8 *c)
{
	struct file *f = find(c + 4);

	ck_assert(!f->allocated && is_aligned(f->at, get(c + 60, 4)));
	f->allocated = true;
}

static void add_pointer(const u8 *c)
{
	struct file *to = find(c + 4), *from = find(c + 60);
	u32 at = (u32)get(c + 116, 4), size = c[120];
	u64 v;

	ck_assert(to->allocated && from->allocated && (size == 4 || size == 8) && at + size <= to->size);
	v = get(to->bytes + at, size);
	ck_assert_uint_lt(v, from->size);
	v += from->at;
	memcpy(to->bytes + at, &v, size);
}

static void add_checksum(const u8 *c)
{
	struct file *f = find(c + 4);
	u32 at = (u32)get(c + 60, 4), start = (u32)get(c + 64, 4), size = (u32)get(c + 68, 4);

	ck_assert(at < f->size && start + size <= f->size && at >= start && at < start + size);
	f->bytes[at] = 0;
	f->bytes[at] = (u8)-sum(f->bytes + start, size);
}

static void apply(void)
{
	files[0] = (struct file){ "etc/acpi/rsdp", acpi.rsdp, sizeof(acpi.rsdp), RSDP_AT, 0, false };
	files[1] = (struct file){ "etc/acpi/tables", acpi.tables, acpi.tables_size, TABLES_AT, 0, false };
	ck_assert_uint_eq(acpi.loader_size % COMMAND, 0);
	for (const u8 *c = acpi.loader; c < acpi.loader + acpi.loader_size; c += COMMAND)
		switch (get(c, 4)) {
		case 1: allocate(c); break;
		case 2: add_pointer(c); break;
		case 3: add_checksum(c); break;
		default: ck_abort_msg("unknown command");
		}
}

/* ---- the system's part ---- */

static const u8 *table_at(u64 address)
{
	const u8 *t = acpi.tables + (address - TABLES_AT);

	ck_assert(address >= TABLES_AT && address + 36 <= TABLES_AT + acpi.tables_size);
	ck_assert_uint_le(address - TABLES_AT + get(t + 4, 4), acpi.tables_size);
	ck_assert_uint_eq(sum(t, get(t + 4, 4)), 0);
	return t;
}

static const u8 *find_table(const char *signature)
{
	const u8 *xsdt = table_at(get(acpi.rsdp + 24, 8));

	ck_assert(!memcmp(xsdt, "XSDT", 4));
	for (u64 at = 36; at < get(xsdt + 4, 4); at += 8)
		if (!memcmp(table_at(get(xsdt + at, 8)), signature, 4))
			return table_at(get(xsdt + at, 8));
	return NULL;
}

static void build(int i)
{
	memset(&acpi, 0, sizeof(acpi));
	acpi_build(&boards[i], &acpi);
	apply();
}

START_TEST(roots)
{
	static const char *const always[] = { "FACP", "APIC", "PPTT", "GTDT", "MCFG", "SPCR", "DBG2" };
	const u8 *fadt;

	build(_i);
	ck_assert(!memcmp(acpi.rsdp, "RSD PTR ", 8));
	ck_assert_uint_eq(sum(acpi.rsdp, 20), 0);
	ck_assert_uint_eq(sum(acpi.rsdp, 36), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(always); i++)
		ck_assert_msg(find_table(always[i]), "%s", always[i]);
	fadt = find_table("FACP");
	ck_assert(!memcmp(table_at(get(fadt + 140, 8)), "DSDT", 4));
	ck_assert_uint_eq(get(fadt + 112, 4), 1 << 20); /* hardware-reduced */
	ck_assert_uint_eq(get(fadt + 129, 2), boards[_i].conduit == CONDUIT_NONE  ? 0
					      : boards[_i].conduit == CONDUIT_HVC ? 3
										  : 1);
	ck_assert_int_eq(find_table("IORT") != NULL, boards[_i].its || boards[_i].smmu);
}
END_TEST

/* Structures of the MADT: type and length, then the rest. */
START_TEST(interrupt_controllers)
{
	unsigned count[256] = { 0 };
	const u8 *madt;

	build(_i);
	madt = find_table("APIC");
	for (u64 at = 44; at < get(madt + 4, 4); at += madt[at + 1]) {
		const u8 *s = madt + at;

		ck_assert_uint_ge(s[1], 8);
		if (s[0] == 0xb) {
			ck_assert_uint_eq(get(s + 4, 4), count[0xb]);
			ck_assert_uint_eq(get(s + 8, 4), count[0xb]);
			ck_assert_uint_eq(get(s + 20, 4), PPI_PMU);
			ck_assert_uint_eq(get(s + 56, 4), boards[_i].virtualization ? PPI_GIC_MAINTENANCE : 0);
			ck_assert_uint_eq(get(s + 68, 8), map_affinity(count[0xb]));
		}
		if (s[0] == 0xc)
			ck_assert(get(s + 8, 8) == MAP_GICD_BASE && s[20] == boards[_i].gic_version);
		if (s[0] == 0xe)
			ck_assert(get(s + 4, 8) == MAP_GICR_BASE && get(s + 12, 4) == MAP_GICR_SIZE);
		count[s[0]]++;
	}
	ck_assert_uint_eq(count[0xb], boards[_i].smp);
	ck_assert(count[0xc] == 1 && count[0xe] == 1 && count[0xf] == boards[_i].its);
}
END_TEST

/* Every mapping of the IORT leads to a node; the root complex reaches the SMMU where there is one, else the ITS. */
START_TEST(remapping)
{
	const u8 *iort;
	u64 at;
	u8 type_at[512];

	build(_i);
	iort = find_table("IORT");
	if (!iort)
		return;
	memset(type_at, 0xff, sizeof(type_at));
	at = get(iort + 40, 4);
	for (u64 i = 0; i < get(iort + 36, 4); i++, at += get(iort + at + 1, 2)) {
		const u8 *n = iort + at;

		type_at[at] = n[0];
		for (u64 k = 0; k < get(n + 8, 4); k++) {
			const u8 *map = n + get(n + 12, 4) + 20 * k;

			ck_assert_uint_le((u64)(map + 20 - n), get(n + 1, 2));
			ck_assert_uint_eq(get(map + 4, 4), 0xffff);
			ck_assert_uint_eq(type_at[get(map + 12, 4)], n[0] == 2 && boards[_i].smmu ? 4 : 0);
		}
	}
	ck_assert_uint_eq(at, get(iort + 4, 4));
}
END_TEST

/* Every structure of the SMBIOS table, to its end; the anchor's sum. */
START_TEST(inventory)
{
	static const u8 types[] = { 0, 1, 3, 4, 16, 17, 19, 32, 127 };
	const u8 *at = smbios.tables, *end;

	memset(&smbios, 0, sizeof(smbios));
	smbios_build(&boards[_i], &smbios);
	end = smbios.tables + smbios.tables_size;
	ck_assert(!memcmp(smbios.anchor, "_SM3_", 5));
	ck_assert_uint_eq(sum(smbios.anchor, smbios.anchor[6]), 0);
	ck_assert_uint_eq(get(smbios.anchor + 12, 4), smbios.tables_size);
	for (unsigned i = 0; i < ARRAY_SIZE(types); i++) {
		ck_assert(at + 4 < end);
		ck_assert_uint_eq(at[0], types[i]);
		if (at[0] == 4)
			ck_assert(at[35] == boards[_i].smp && get(at + 42, 2) == boards[_i].smp);
		if (at[0] == 17)
			ck_assert_uint_eq(get(at + 12, 2) == 0x7fff ? get(at + 28, 4) : get(at + 12, 2),
					  boards[_i].mem >> 20);
		for (at += at[1]; at[0] || at[1]; at++)
			ck_assert(at + 2 < end);
		at += 2;
	}
	ck_assert_ptr_eq(at, end);
}
END_TEST

/* Without ACPI there is no table loader: by that firmware decides to pass the device tree on. */
START_TEST(acpi_off)
{
	static struct firmware_tables t;
	static struct fw_cfg f;

	for (unsigned on = 0; on < 2; on++) {
		fw_cfg_init(&f, NULL);
		tables_offer(&boards[0], on, &t, &f);
		ck_assert_int_eq(!!memmem(f.dir, sizeof(f.dir), "etc/table-loader", 17), on);
		ck_assert(memmem(f.dir, sizeof(f.dir), "etc/smbios/smbios-anchor", 25));
	}
}
END_TEST

/* ---- for iasl ---- */

static const char *folder;

START_TEST(write_tables)
{
	build(_i);
	for (u32 at = 0; at < acpi.tables_size; at += align_up(get(acpi.tables + at + 4, 4), 16)) {
		char path[512];
		FILE *f;

		snprintf(path, sizeof(path), "%s/%u-%.4s.aml", folder, _i, (const char *)acpi.tables + at);
		f = fopen(path, "wb");
		ck_assert(f && fwrite(acpi.tables + at, get(acpi.tables + at + 4, 4), 1, f) == 1 && !fclose(f));
	}
}
END_TEST

int main(int argc, char **argv)
{
	TCase *c = tcase_create("acpi");
	Suite *s = suite_create("machine_acpi");

	folder = argc > 1 ? argv[1] : NULL;
	if (folder)
		tcase_add_loop_test(c, write_tables, 0, ARRAY_SIZE(boards));
	tcase_add_loop_test(c, roots, 0, ARRAY_SIZE(boards));
	tcase_add_loop_test(c, interrupt_controllers, 0, ARRAY_SIZE(boards));
	tcase_add_loop_test(c, remapping, 0, ARRAY_SIZE(boards));
	tcase_add_loop_test(c, inventory, 0, ARRAY_SIZE(boards));
	tcase_add_test(c, acpi_off);
	suite_add_tcase(s, c);
	return run_suite(s);
}
