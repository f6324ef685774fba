/*
 * The generated device tree says what QEMU 7.2's tree for the same board says. Both are brought to one form, a sorted
 * list of lines "/node property = value" in which a phandle is written as the path of its node; seeds and phandle
 * numbers are left out. machine_dt/smp2.txt is that list for two cores with EL2; the other files say what differs:
 * lines that go (-) and come (+).
 *
 * `unit_machine_dt FILE.dtb` prints the list of any blob, with which the expectations were made.
 */
#include <check.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/dt.h"
#include "run_suite.h"

#define LINES_MAX 2000

struct lines {
	unsigned count;
	char *line[LINES_MAX];
};

static void add_line(struct lines *l, const char *text)
{
	BUG_ON(l->count == LINES_MAX);
	l->line[l->count++] = strdup(text);
}

static void free_lines(struct lines *l)
{
	while (l->count)
		free(l->line[--l->count]);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ---- the common form ---- */

static bool is_text(const char *v, int len)
{
	if (len < 2 || v[len - 1] || !v[0])
		return false;
	for (int i = 0; i < len; i++)
		if (v[i] ? v[i] < 0x20 || v[i] > 0x7e : i && !v[i - 1])
			return false;
	return true;
}

static bool holds_phandles(const char *name)
{
	static const char *const names[] = { "interrupt-parent", "clocks",    "cpu",	       "gpios",
					     "msi-map",		 "iommu-map", "interrupt-map", "iommus" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void put_cells(const void *blob, const char *name, const fdt32_t *v, int count, char *out, size_t room)
{
	for (int i = 0; i < count; i++) {
		u32 cell = fdt32_to_cpu(v[i]);
		int node = holds_phandles(name) && cell >= 0x8000 ? fdt_node_offset_by_phandle(blob, cell) : -1;
		char path[200];
		size_t n = strlen(out);

		if (node >= 0 && fdt_get_path(blob, node, path, sizeof(path)) == 0)
			snprintf(out + n, room - n, " &%s", path);
		else
			snprintf(out + n, room - n, " %x", cell);
	}
}

static void put_property(const void *blob, const char *path, const char *name, const char *v, int len, struct lines *l)
{
	char out[4000];
	size_t n;

	if (strcmp(name, "phandle") == 0)
		return;
	snprintf(out, sizeof(out), "%s %s =", path, name);
	n = strlen(out);
	if (strstr(name, "-seed"))
		snprintf(out + n, sizeof(out) - n, " %d bytes", len);
	else if (is_text(v, len))
		for (const char *s = v; s < v + len; s += strlen(s) + 1, n = strlen(out))
			snprintf(out + n, sizeof(out) - n, " \"%s\"", s);
	else
		put_cells(blob, name, (const fdt32_t *)(const void *)v, len / 4, out, sizeof(out));
	add_line(l, out);
}

static void normalise(const void *blob, struct lines *l)
{
	int node, prop;

	for (node = 0; node >= 0; node = fdt_next_node(blob, node, NULL)) {
		char path[200];

		BUG_ON(fdt_get_path(blob, node, path, sizeof(path)) != 0);
		fdt_for_each_property_offset(prop, blob, node)
		{
			int len;
			const char *name;
			const char *v = fdt_getprop_by_offset(blob, prop, &name, &len);

			put_property(blob, path, name, v, len, l);
		}
		if (fdt_first_property_offset(blob, node) < 0)
			add_line(l, path);
	}
	qsort(l->line, l->count, sizeof(l->line[0]), compare);
}

/* ---- expectations ---- */

static void expect_file(const char *name, struct lines *l)
{
	char path[600], text[4000];
	FILE *f;

	snprintf(path, sizeof(path), "%s/unit/machine_dt/%s.txt", TEST_SOURCE, name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s is missing", path);
	while (fgets(text, sizeof(text), f)) {
		text[strcspn(text, "\n")] = 0;
		if (text[0] == '-') {
			unsigned i = 0;

			while (i < l->count && strcmp(l->line[i], text + 1) != 0)
				i++;
			ck_assert_msg(i < l->count, "%s: no such line: %s", name, text);
			free(l->line[i]);
			l->line[i] = l->line[--l->count];
		} else {
			add_line(l, text[0] == '+' ? text + 1 : text);
		}
	}
	fclose(f);
}

static const struct dt_case {
	const char *name;
	const char *difference; /* NULL: as smp2 */
	struct dt_config c;
} cases[] = {
	{ "two cores, EL2", NULL, { .mem = 1ull << 30, .smp = 2, .conduit = CONDUIT_SMC, .virtualization = true } },
	{ "SMMU",
	  "smmu",
	  { .mem = 1ull << 30, .smp = 2, .conduit = CONDUIT_SMC, .virtualization = true, .smmu = true } },
	{ "EL3 is the software's",
	  "secure",
	  { .mem = 1ull << 30, .smp = 2, .conduit = CONDUIT_NONE, .virtualization = true, .secure = true } },
	{ "8 GiB, eight cores",
	  "m8g_smp8",
	  { .mem = 8ull << 30, .smp = 8, .conduit = CONDUIT_SMC, .virtualization = true } },
	{ "one core, no EL2", "el1", { .mem = 1ull << 30, .smp = 1, .conduit = CONDUIT_HVC } },
};

static u8 blob[DT_SIZE];

START_TEST(as_qemu)
{
	struct lines want = { 0 }, have = { 0 };
	struct dt_config c = cases[_i].c;

	c.compatible = "arm,cortex-a57";
	c.its = true;
	dt_build(&c, blob);
	ck_assert_int_eq(fdt_check_full(blob, DT_SIZE), 0);
	normalise(blob, &have);
	expect_file("smp2", &want);
	if (cases[_i].difference)
		expect_file(cases[_i].difference, &want);
	qsort(want.line, want.count, sizeof(want.line[0]), compare);
	for (unsigned i = 0; i < want.count && i < have.count; i++)
		ck_assert_msg(strcmp(want.line[i], have.line[i]) == 0, "%s:\nwant %s\nhave %s", cases[_i].name,
			      want.line[i], have.line[i]);
	ck_assert_uint_eq(want.count, have.count);
	free_lines(&want);
	free_lines(&have);
}
END_TEST

static const void *prop_of(const char *path, const char *name, int *len)
{
	int node = fdt_path_offset(blob, path);

	return node < 0 ? NULL : fdt_getprop(blob, node, name, len);
}

START_TEST(our_own)
{
	struct dt_config c = { .mem = 512 << 20,
			       .smp = 1,
			       .compatible = "arm,cortex-a72",
			       .smmu = true,
			       .dma = true,
			       .bootargs = "console=ttyAMA0",
			       .initrd_start = 0x48000000,
			       .initrd_end = 0x48001234 };
	int len;
	const fdt32_t *v;
	static u8 again[DT_SIZE];

	dt_build(&c, blob);
	ck_assert_str_eq(prop_of("/chosen", "bootargs", &len), "console=ttyAMA0");
	v = prop_of("/chosen", "linux,initrd-end", &len);
	ck_assert_int_eq(len, 8);
	ck_assert_uint_eq(fdt32_to_cpu(v[1]), 0x48001234);
	v = prop_of("/dma@b000000", "iommus", &len);
	ck_assert_int_eq(len, 8);
	ck_assert_uint_eq(fdt32_to_cpu(v[1]), 0x100);
	ck_assert_ptr_null(prop_of("/intc@8000000/its@8080000", "reg", &len));
	ck_assert_ptr_null(prop_of("/pcie@10000000", "msi-map", &len));
	ck_assert_ptr_null(prop_of("/psci", "method", &len));
	/* Runs are deterministic, seeds included. */
	dt_build(&c, again);
	ck_assert_mem_eq(blob, again, DT_SIZE);
	ck_assert_ptr_nonnull(prop_of("/chosen", "rng-seed", &len));
	c.no_seeds = true;
	c.smp = 64;
	dt_build(&c, blob);
	ck_assert_ptr_null(prop_of("/chosen", "rng-seed", &len));
	ck_assert_ptr_null(prop_of("/chosen", "kaslr-seed", &len));
	/* Clusters of 16. */
	v = prop_of("/cpus/cpu@30f", "reg", &len);
	ck_assert_uint_eq(fdt32_to_cpu(v[0]), 0x30f);
	ck_assert_int_lt(fdt_path_offset(blob, "/cpus/cpu@10"), 0);
}
END_TEST

START_TEST(adopted)
{
	struct dt_config c = { .mem = 1 << 30, .smp = 1, .compatible = "arm,cortex-a72" };
	static u8 users[DT_SIZE];
	struct error e = { 0 };
	int len;
	const fdt32_t *v;

	dt_build(&c, users);
	fdt_pack(users);
	c.mem = 2ull << 30;
	c.bootargs = "quiet";
	c.initrd_start = 0x44000000;
	c.initrd_end = 0x44000400;
	ck_assert(dt_adopt(&c, users, fdt_totalsize(users), "my.dtb", blob, &e));
	v = prop_of("/memory@40000000", "reg", &len);
	ck_assert_uint_eq(fdt32_to_cpu(v[3]), 0x80000000);
	ck_assert_str_eq(prop_of("/chosen", "bootargs", &len), "quiet");
	v = prop_of("/chosen", "linux,initrd-start", &len);
	ck_assert_uint_eq(fdt32_to_cpu(v[1]), 0x44000000);
	/* Not a blob, and a blob cut short. */
	ck_assert(!dt_adopt(&c, "no tree", 8, "my.dtb", blob, &e));
	ck_assert_int_eq(e.kind, ERROR_FILE);
	ck_assert_ptr_nonnull(strstr(e.text, "my.dtb"));
	ck_assert(!dt_adopt(&c, users, fdt_totalsize(users) - 100, "my.dtb", blob, &e));
}
END_TEST

static int print_blob(const char *path)
{
	static u8 file[DT_SIZE];
	struct lines l = { 0 };
	FILE *f = fopen(path, "rb");

	if (!f || fread(file, 1, sizeof(file), f) == 0)
		return EXIT_FAILURE;
	fclose(f);
	normalise(file, &l);
	for (unsigned i = 0; i < l.count; i++)
		puts(l.line[i]);
	free_lines(&l);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	Suite *s = suite_create("device tree");
	TCase *t = tcase_create("device tree");

	if (argc > 1)
		return print_blob(argv[1]);
	tcase_add_loop_test(t, as_qemu, 0, (int)ARRAY_SIZE(cases));
	tcase_add_test(t, our_own);
	tcase_add_test(t, adopted);
	suite_add_tcase(s, t);
	return run_suite(s);
}
