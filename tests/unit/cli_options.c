/* Options: what each spelling stores, and that nothing wrong passes. */
#include <check.h>
#include <string.h>

#include "cli/options.h"
#include "run_suite.h"

#define MACHINE (VERB_RUN | VERB_WALK)

/* One command line, at most four words. */
struct line {
	char *word[5];
};

static int words(const struct line *l)
{
	int n = 0;

	while (l->word[n])
		n++;
	return n;
}

static const struct {
	struct line line;
	size_t field;
	u64 want;
} numbers[] = {
#define AT(f) offsetof(struct options, f)
	{ { { "--smp", "4" } }, AT(smp), 4 },
	{ { { "--smp=4", "image" } }, AT(smp), 4 },
	{ { { "image", "--el", "2" } }, AT(el), 2 },
	{ { { "--mem", "512M" } }, AT(mem), 512ull << 20 },
	{ { { "--mem", "4G" } }, AT(mem), 4ull << 30 },
	{ { { "--mem", "2048K" } }, AT(mem), 2 << 20 },
	{ { { "--mem", "4g" } }, AT(mem), 4ull << 30 },
	{ { { "--mem", "256" } }, AT(mem), 256 << 20 }, /* a bare small number: MiB */
	{ { { "--mem", "0x20000000" } }, AT(mem), 0x20000000 },
	{ { { "--cpu", "max" } }, AT(cpu), 0 },
	{ { { "--cpu", "neoverse-v2" } }, AT(cpu), 7 },
	{ { { "--timing", "functional" } }, AT(timing), 1 },
	{ { { "--iommu", "smmuv3" } }, AT(iommu), 1 },
	{ { { "--max-insns", "0x100" } }, AT(max_insns), 256 },
	{ { { "--max-insns", "18446744073709551615" } }, AT(max_insns), ~0ull },
	{ { { "--gdb" } }, AT(gdb_port), 1235 }, /* 1 + the port */
	{ { { "--gdb", "image" } }, AT(gdb_port), 1235 },
	{ { { "--gdb", "0", "image" } }, AT(gdb_port), 1 },
	{ { { "--gdb=65535" } }, AT(gdb_port), 65536 },
	{ { { "--smp", "2", "--smp", "3" } }, AT(smp), 3 }, /* the last one counts */
};

START_TEST(number)
{
	struct options o;
	struct error e = { 0 };

	ck_assert_msg(options_parse(&o, MACHINE, words(&numbers[_i].line), numbers[_i].line.word, &e), "%s", e.text);
	ck_assert_uint_eq(*(u64 *)((char *)&o + numbers[_i].field), numbers[_i].want);
}
END_TEST

static const struct {
	char *word;
	const char *file;
	bool ro, snapshot;
} disks[] = {
	{ "a.img", "a.img", false, false },
	{ "a.img,ro", "a.img", true, false },
	{ "a.img,if=virtio,snapshot", "a.img", false, true },
	{ "a,,b.img,snapshot,ro", "a,b.img", true, true }, /* a comma of the name's own */
};

START_TEST(disk)
{
	struct options o;
	struct error e = { 0 };
	char *words[] = { "--disk", "first", "--disk", disks[_i].word };

	ck_assert_msg(options_parse(&o, MACHINE, 4, words, &e), "%s", e.text);
	ck_assert_uint_eq(o.disks, 2);
	ck_assert_str_eq(o.disk[0].file, "first");
	ck_assert_str_eq(o.disk[1].file, disks[_i].file);
	ck_assert_int_eq(o.disk[1].ro, disks[_i].ro);
	ck_assert_int_eq(o.disk[1].snapshot, disks[_i].snapshot);
}
END_TEST

START_TEST(too_many_disks)
{
	struct options o;
	struct error e = { 0 };
	char *words[2 * (DISKS_MAX + 1)];

	for (unsigned i = 0; i < ARRAY_SIZE(words); i += 2) {
		words[i] = "--disk";
		words[i + 1] = "f";
	}
	ck_assert(options_parse(&o, MACHINE, 2 * DISKS_MAX, words, &e));
	ck_assert(!options_parse(&o, MACHINE, ARRAY_SIZE(words), words, &e) && e.kind == ERROR_USAGE);
}
END_TEST

static const struct line wrong[] = {
	{ { "--smp" } },
	{ { "--smp", "" } },
	{ { "--smp", "-1" } },
	{ { "--smp", "65" } },
	{ { "--smp", "4x" } },
	{ { "--el", "4" } },
	{ { "--mem", "M" } },
	{ { "--mem", "17179869184G" } },
	{ { "--mem", "1M1" } },
	{ { "--mem", "1000K" } },
	{ { "--max-insns", "18446744073709551616" } },
	{ { "--cpu", "" } },
	{ { "--cpu", "Max" } },
	{ { "--quiet=1" } },
	{ { "--qui" } },
	{ { "--" } },
	{ { "-" } },
	{ { "-s" } },
	{ { "--gdb", "65536" } },
	{ { "--gdb=port" } },
	{ { "--wait" } },
	{ { "--disk", "f,if=scsi" } },
	{ { "--disk", "f,serial=x" } },
	{ { "--disk", "f,if=nvme,serial=" } },
	{ { "--disk", "f,if=nvme,serial=123456789012345678901" } },
	{ { "--disk", "f,rw" } },
	{ { "--disk", "f,ro,a-word-that-has-no-room-in-anything" } },
	{ { "--disk", ",ro" } },
	{ { "--disk", "" } },
	{ { "--trace-format", "bin" } },
	{ { "--access-el", "4" } },
	{ { "a", "b" } },
};

START_TEST(mistake)
{
	struct options o;
	struct error e = { 0 };

	ck_assert(!options_parse(&o, MACHINE, words(&wrong[_i]), wrong[_i].word, &e));
	ck_assert_int_eq(e.kind, ERROR_USAGE);
	ck_assert_uint_gt(strlen(e.text), 20);
}
END_TEST

START_TEST(texts_and_flags)
{
	struct line l = { { "--serial=file:a=b", "--quiet", "--cpu=cortex-a72", "image" } };
	struct options o;
	struct error e = { 0 };

	ck_assert(options_parse(&o, MACHINE, 4, l.word, &e));
	ck_assert_str_eq(o.serial, "file:a=b");
	ck_assert_str_eq(o.image, "image");
	ck_assert_str_eq(o.cpu_name, "cortex-a72");
	ck_assert(o.quiet && !o.json && !o.access_el_given);
}
END_TEST

/* An option of another verb is refused. */
START_TEST(verbs)
{
	struct line l = { { "--va", "0x1000" } };
	struct options o;
	struct error e = { 0 };

	ck_assert(options_parse(&o, VERB_WALK, 2, l.word, &e));
	ck_assert(!options_parse(&o, VERB_RUN, 2, l.word, &e));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli_options");
	TCase *t = tcase_create("parse");

	tcase_add_loop_test(t, number, 0, ARRAY_SIZE(numbers));
	tcase_add_loop_test(t, disk, 0, ARRAY_SIZE(disks));
	tcase_add_test(t, too_many_disks);
	tcase_add_loop_test(t, mistake, 0, ARRAY_SIZE(wrong));
	tcase_add_test(t, texts_and_flags);
	tcase_add_test(t, verbs);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
