/*
 * Differential tests against qemu-system-aarch64: random instructions of every row of the instruction table. What
 * differs must be explained by a rule (rules.c); anything else fails.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cpu/decode.h"
#include "debug/disasm.h"
#include "diff.h"

enum { EXIT_SKIP = 77, ROWS_MAX = 4096 };

struct options {
	const char *qemu, *harness, *row;
	u64 seed;
	unsigned count, show;
	bool simd, verbose;
};

struct totals {
	unsigned run[ROWS_MAX];
	u64 tests, same, explained, unexplained;
	u64 by_rule[64];
};

struct driver {
	struct options o;
	struct batch b;
	struct cpu_features feat;
	u64 ids[ID_COUNT];
	struct totals totals;
};

/* ---- one pair of results ---- */

static const char *const field_names[] = { "SP_EL1", "SP_EL0", "SPSR",	 "ELR", "ESR",	"FAR",
					   "HPFAR",  "sum",    "vector", "PAR", "FPCR", "FPSR" };

enum { FIRST_V = offsetof(struct result, v) / 8 };

static void field_name(char *text, size_t room, unsigned i)
{
	if (i < 31)
		snprintf(text, room, "X%u", i);
	else if (i - 31 < ARRAY_SIZE(field_names))
		snprintf(text, room, "%s", field_names[i - 31]);
	else
		snprintf(text, room, "V%u.d[%u]", (i - FIRST_V) / 2, (i - FIRST_V) % 2);
}

static void show_fields(const struct pair *p, const struct result *q)
{
	const u64 *h = (const u64 *)p->hyp, *g = (const u64 *)p->qemu, *left = (const u64 *)q;

	for (unsigned i = 0; i < FIELDS; i++) {
		char name[32];

		if (h[i] == left[i])
			continue;
		field_name(name, sizeof(name), i);
		printf("    %-18s hypscope %016llx  QEMU %016llx\n", name, (unsigned long long)h[i],
		       (unsigned long long)g[i]);
	}
}

/* The registers that the word's fields name. */
static void show_registers(const struct pair *p)
{
	u32 used = 1u << (p->insn & 31) | 1u << (p->insn >> 5 & 31) | 1u << (p->insn >> 16 & 31) |
		   1u << (p->insn >> 10 & 31);

	for (unsigned i = 0; i < 31; i++)
		if (used >> i & 1)
			printf("X%u %llx ", i, (unsigned long long)p->t->x[i]);
	if (!is_simd_word(p->insn))
		return;
	printf("\n  CPACR %llx CPTR %llx FPCR %llx FPSR %llx", (unsigned long long)p->t->cpacr,
	       (unsigned long long)p->t->cptr, (unsigned long long)p->t->fpcr, (unsigned long long)p->t->fpsr);
	for (unsigned i = 0; i < 32; i++)
		if (used >> i & 1)
			printf(" V%u %016llx:%016llx", i, (unsigned long long)p->t->v[i][1],
			       (unsigned long long)p->t->v[i][0]);
}

static void show(const struct batch *b, const struct pair *p, const struct result *q, unsigned index)
{
	const struct test *t = p->t;
	char text[DISASM_MAX];

	disasm(text, t->pc, p->insn);
	printf("test %u, %s: %08x %s\n", index, p->row, p->insn, text);
	if (t->pc % (SLOT_WORDS * 4) == 31 * 4) {
		u32 before = *(const u32 *)batch_at(b, t->code - 4);

		disasm(text, t->pc, before);
		printf("  after %08x %s\n", before, text);
	}
	printf("  PC %llx SPSR %llx SCTLR %llx TCR %llx TTBR0 %llx MAIR %llx HCR %llx VTCR %llx VTTBR %llx\n",
	       (unsigned long long)t->pc, (unsigned long long)t->spsr, (unsigned long long)t->sctlr,
	       (unsigned long long)t->tcr, (unsigned long long)t->ttbr0, (unsigned long long)t->mair,
	       (unsigned long long)t->hcr, (unsigned long long)t->vtcr, (unsigned long long)t->vttbr);
	printf("  SP_EL0 %llx SP_EL1 %llx SPSR_EL1 %llx ELR_EL1 %llx\n  ", (unsigned long long)t->sp_el0,
	       (unsigned long long)t->sp_el1, (unsigned long long)t->spsr_el1, (unsigned long long)t->elr_el1);
	show_registers(p);
	printf("\n  hypscope: vector %llu ESR %llx ELR %llx FAR %llx\n", (unsigned long long)p->hyp->vector,
	       (unsigned long long)p->hyp->esr, (unsigned long long)p->hyp->elr, (unsigned long long)p->hyp->far);
	show_fields(p, q);
}

/* Whether the rules explain all that differs; counts those that do. */
static bool explain(struct totals *n, const struct pair *p, struct result *q)
{
	*q = *p->qemu;
	for (unsigned i = 0; i < rule_count; i++) {
		struct result before = *q;

		rules[i].explain(p, q);
		if (memcmp(&before, q, sizeof(before)))
			n->by_rule[i]++;
	}
	return !memcmp(p->hyp, q, FIELDS * 8);
}

static struct pair make_pair(const struct driver *d, unsigned i, const u8 *hyp, const u8 *qemu)
{
	const u64 at = AT_RESULTS - RAM_BASE + (u64)i * sizeof(struct result);
	const struct test *t = batch_test(&d->b, i);

	return (struct pair){ .t = t,
			      .hyp = (const struct result *)(hyp + at),
			      .qemu = (const struct result *)(qemu + at),
			      .insn = *(const u32 *)batch_at(&d->b, t->code),
			      .row = insn_rows[t->row].name };
}

static void compare(struct driver *d, struct totals *n, const u8 *hyp, const u8 *qemu)
{
	for (unsigned i = 0; i < d->b.count; i++) {
		struct pair p = make_pair(d, i, hyp, qemu);
		struct result q;

		n->tests++;
		n->run[p.t->row]++;
		if (!memcmp(p.hyp, p.qemu, FIELDS * 8)) {
			n->same++;
		} else if (explain(n, &p, &q)) {
			n->explained++;
		} else {
			if (n->unexplained++ < d->o.show)
				show(&d->b, &p, &q, i);
		}
	}
}

/* hypscope's two engines must agree in everything. */
static void compare_engines(struct driver *d, struct totals *n, const u8 *fast, const u8 *step)
{
	for (unsigned i = 0; i < d->b.count; i++) {
		struct pair p = make_pair(d, i, fast, step);

		if (memcmp(p.hyp, p.qemu, FIELDS * 8) && n->unexplained++ < d->o.show) {
			printf("the fast engine (hypscope) and the step engine (QEMU) differ:\n");
			show(&d->b, &p, p.qemu, i);
		}
	}
}

/* ---- batches ---- */

static bool run_batch(struct driver *d, struct totals *n)
{
	struct side qemu, fast, step;
	bool ok = qemu_start(&qemu, &d->b, d->o.qemu) && hypscope_run(&fast, &d->b, d->ids, false);

	if (!ok)
		return false;
	ok = hypscope_run(&step, &d->b, d->ids, true) && qemu_wait(&qemu, 120);
	if (ok) {
		compare_engines(d, n, fast.ram, step.ram);
		compare(d, n, fast.ram, qemu.ram);
	}
	side_close(&step);
	side_close(&fast);
	side_close(&qemu);
	return ok;
}

/* The image without tests: QEMU's core tells what it has. */
static bool ask_ids(struct driver *d)
{
	struct side qemu;
	bool ok;

	d->b.count = 0;
	ok = qemu_start(&qemu, &d->b, d->o.qemu) && qemu_wait(&qemu, 60);
	if (ok)
		memcpy(d->ids, qemu.ram + (AT_HEAD + 128 - RAM_BASE), sizeof(d->ids));
	side_close(&qemu);
	return ok && core_features(d->ids, &d->feat);
}

static bool load_harness(struct driver *d)
{
	FILE *f = fopen(d->o.harness, "rb");
	size_t n = f ? fread(batch_at(&d->b, AT_HARNESS), 1, AT_HEAD - AT_HARNESS, f) : 0;

	if (f)
		fclose(f);
	if (!n)
		fprintf(stderr, "cannot read the harness '%s'\n", d->o.harness);
	return n;
}

static bool run_all(struct driver *d)
{
	for (unsigned done = 0; done < d->o.count; done += d->b.count) {
		d->b.count = d->o.count - done < BATCH ? d->o.count - done : BATCH;
		poke64(&d->b, AT_HEAD, d->b.count);
		gen_insn(&d->b);
		if (!run_batch(d, &d->totals))
			return false;
	}
	return true;
}

/* ---- the summary ---- */

static void summary_rows(const struct driver *d)
{
	unsigned rows = 0, least = ~0u, never = 0, absent = 0;

	for (unsigned i = 0; i < insn_row_count; i++) {
		const struct insn_row *row = &insn_rows[i];

		if (!is_chosen(&d->b, i))
			continue;
		rows++;
		if (d->totals.run[i] < least)
			least = d->totals.run[i];
		if (!d->totals.run[i] && ++never)
			printf("  never run: %s\n", row->name);
		if (row->feature != FEATURE_BASE && !*((const bool *)&d->feat + row->feature) && ++absent)
			printf("  UNDEFINED on both, for QEMU's core has it not: %s\n", row->name);
		if (d->o.verbose)
			printf("  %-16s %u\n", row->name, d->totals.run[i]);
	}
	printf("  %u rows, each run at least %u times; %u never, %u of absent features\n", rows, least, never, absent);
}

static int summary(const struct driver *d)
{
	const struct totals *n = &d->totals;

	printf("%llu instructions compared: %llu the same, %llu explained by rules, %llu unexplained\n",
	       (unsigned long long)n->tests, (unsigned long long)n->same, (unsigned long long)n->explained,
	       (unsigned long long)n->unexplained);
	for (unsigned i = 0; i < rule_count; i++)
		if (n->by_rule[i])
			printf("  %-20s %8llu  %s\n", rules[i].name, (unsigned long long)n->by_rule[i],
			       rules[i].verdict);
	if (d->b.only_row < 0)
		summary_rows(d);
	return n->unexplained != 0;
}

/* ---- options ---- */

static void usage(void)
{
	puts("diff [--qemu PROGRAM] [--harness FILE] [--count N] [--seed N] [--row NAME] [--show N] "
	     "[--simd] [--verbose]\n"
	     "Compare hypscope (both engines) with QEMU: N random instructions of every row of the table,\n"
	     "with --simd of those that use SIMD&FP registers.");
}

static bool parse(struct options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "--verbose")) {
			o->verbose = true;
			continue;
		}
		if (!strcmp(argv[i], "--simd")) {
			o->simd = true;
			continue;
		}
		if (!strcmp(argv[i], "--qemu"))
			o->qemu = value;
		else if (!strcmp(argv[i], "--harness"))
			o->harness = value;
		else if (!strcmp(argv[i], "--row"))
			o->row = value;
		else if (!strcmp(argv[i], "--seed"))
			o->seed = strtoull(value, NULL, 0);
		else if (!strcmp(argv[i], "--count"))
			o->count = (unsigned)strtoul(value, NULL, 0);
		else if (!strcmp(argv[i], "--show"))
			o->show = (unsigned)strtoul(value, NULL, 0);
		else
			return false;
		i++;
	}
	return true;
}

static bool prepare(struct driver *d)
{
	d->b.rng.s = d->o.seed;
	d->b.simd = d->o.simd;
	d->b.feat = &d->feat;
	d->b.ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	d->b.only_row = -1;
	for (unsigned i = 0; d->o.row && i < insn_row_count; i++)
		if (!strcmp(insn_rows[i].name, d->o.row))
			d->b.only_row = (int)i;
	if (d->o.row && d->b.only_row < 0)
		fprintf(stderr, "there is no row '%s'\n", d->o.row);
	return d->b.ram != MAP_FAILED && (!d->o.row || d->b.only_row >= 0) && load_harness(d);
}

static bool have_qemu(const char *qemu)
{
	char command[300];

	snprintf(command, sizeof(command), "%s --version >/dev/null 2>&1", qemu);
	return system(command) == 0;
}

int main(int argc, char **argv)
{
	static struct driver d = {
		.o = { .qemu = "qemu-system-aarch64", .harness = HARNESS, .seed = 1, .count = 20000, .show = 20 }
	};
	int result;

	if (!parse(&d.o, argc, argv)) {
		usage();
		return 2;
	}
	if (!have_qemu(d.o.qemu)) {
		printf("skipped: %s does not run here\n", d.o.qemu);
		return EXIT_SKIP;
	}
	if (!prepare(&d) || !ask_ids(&d) || !run_all(&d))
		return 1;
	result = summary(&d);
	munmap(d.b.ram, RAM_SIZE);
	return result;
}
