/*
 * The benchmark image, all rows scaled down: the fast engine, the step engine, and both in turns end in the same state.
 * And a binary trace gives the text that the same events gave.
 */
#include <check.h>
#include <string.h>
#include <unistd.h>

#include "cli/bench.h"
#include "debug/trace_bin.h"
#include "debug/trace_text.h"
#include "machine/machine.h"
#include "run_suite.h"

#define SCALE 14

struct result {
	u64 hash, insns, cycles, events;
	enum hyp_end end;
};

enum how { FAST, STEPPED, MIXED };

static void on_event(void *ctx, const struct event *e)
{
	(*(u64 *)ctx)++;
}

/* What is attached, in turns: nothing between any two of them. */
enum { TURN_INSN, TURN_OFF, TURN_MEM, TURN_OFF_2, TURN_BIN, TURN_OFF_3, TURNS };

static struct hyp_status run_turn(struct machine *m, struct observer *o, unsigned turn, u64 n)
{
	struct bin_writer *w = NULL;
	struct hyp_status s;
	FILE *null = NULL;

	o->mask = turn == TURN_MEM ? 1u << EV_MEM | 1u << EV_WALK : 1u << EV_INSN;
	if (turn == TURN_BIN) {
		null = fopen("/dev/null", "w");
		w = bin_writer_start(hyp_tracer(m), null, (1u << EV_KINDS) - 1);
	} else if (turn % 2 == 0) {
		trace_attach(hyp_tracer(m), o);
	}
	s = hyp_run(m, n);
	if (w) {
		ck_assert(bin_writer_end(w, hyp_tracer(m)));
		fclose(null);
	} else if (turn % 2 == 0) {
		trace_detach(hyp_tracer(m), o);
	}
	return s;
}

/* Observers are on for a while and off for longer, at instructions that fall anywhere. */
static struct hyp_status run_mixed(struct machine *m, struct observer *o)
{
	u64 left = BENCH_INSNS, seed = 88172645463325252ull;
	struct hyp_status s;

	for (unsigned turn = 0;; turn++) {
		u64 n;

		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		n = 1 + (seed >> 33) % (turn % 2 ? 240000 : 16000);
		n = n < left ? n : left;
		s = run_turn(m, o, turn % TURNS, n);
		left -= n;
		if (s.end != HYP_LIMIT || !left)
			return s;
	}
}

static struct result run(const char *image, enum how how)
{
	struct hyp_config config = { .image = image, .el = 2 };
	struct result r = { 0 };
	struct observer o = { .mask = 1u << EV_INSN, .event = on_event, .ctx = &r.events };
	struct error e = { 0 };
	struct machine *m = hyp_create(&config, &e);
	struct hyp_status s;

	ck_assert_msg(m != NULL, "%s", e.text);
	if (how == STEPPED)
		trace_attach(hyp_tracer(m), &o);
	s = how == MIXED ? run_mixed(m, &o) : hyp_run(m, BENCH_INSNS);
	r.hash = hyp_state_hash(m);
	r.insns = s.insns;
	r.cycles = s.cycles;
	r.end = s.end;
	hyp_destroy(m);
	return r;
}

START_TEST(engines)
{
	struct error e = { 0 };
	struct result fast, other;
	char path[64];

	ck_assert_msg(bench_image_write(SCALE, ~0ull, path, &e), "%s", e.text);
	fast = run(path, FAST);
	other = run(path, _i ? MIXED : STEPPED);
	unlink(path);
	ck_assert_uint_eq(fast.events, 0);
	ck_assert(other.events > 0);
	ck_assert_int_eq(fast.end, BENCH_WHOLE ? HYP_POWER_OFF : HYP_LIMIT);
	ck_assert_int_eq(other.end, fast.end);
	ck_assert_uint_eq(other.insns, fast.insns);
	ck_assert_uint_eq(other.cycles, fast.cycles);
	ck_assert_uint_eq(other.hash, fast.hash);
}
END_TEST

/* ---- lossless ---- */

/* The rows that move and compute in every kind of register, and touch every kind of event. */
#define KINDS_ROWS "fmadd,fmla4s,simdint,lse,exclusive,rewrite,hvc,virq,tlbi_ipa,trap"
#define BOOT_INSNS 4250000 /* less than come before the first row */
#define TEXT_INSNS 200000

static void trace_both(const char *image, FILE *text, FILE *bin)
{
	struct hyp_config config = { .image = image, .el = 2 };
	u32 mask = (1u << EV_KINDS) - 1;
	struct trace_text t;
	struct bin_writer *w;
	struct error e = { 0 };
	struct machine *m = hyp_create(&config, &e);

	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert_int_eq(hyp_run(m, BOOT_INSNS).end, HYP_LIMIT);
	w = bin_writer_start(hyp_tracer(m), bin, mask);
	trace_text_start(&t, hyp_tracer(m), text, mask);
	hyp_run(m, TEXT_INSNS);
	trace_text_end(&t, hyp_tracer(m));
	ck_assert(bin_writer_end(w, hyp_tracer(m)));
	hyp_destroy(m);
}

static void print(FILE *bin, FILE *text)
{
	struct tracer tracer = { 0 };
	struct trace_text t;
	struct error e = { 0 };
	struct bin_reader *r;

	rewind(bin);
	r = bin_reader_open(bin, "trace", &e);
	ck_assert_msg(r != NULL, "%s", e.text);
	trace_text_start(&t, &tracer, text, bin_reader_mask(r));
	ck_assert_msg(bin_reader_run(r, &tracer, &e), "%s", e.text);
	trace_text_end(&t, &tracer);
	bin_reader_close(r);
}

static u64 same_lines(FILE *a, FILE *b)
{
	static char line[2][4096];
	u64 vectors = 0;

	rewind(a);
	rewind(b);
	while (fgets(line[0], sizeof(line[0]), a)) {
		ck_assert(fgets(line[1], sizeof(line[1]), b) != NULL);
		ck_assert_str_eq(line[0], line[1]);
		vectors += strstr(line[0], " v1=0x") != NULL;
	}
	ck_assert(!fgets(line[1], sizeof(line[1]), b));
	return vectors;
}

START_TEST(lossless)
{
	FILE *text = tmpfile(), *again = tmpfile(), *bin = tmpfile();
	struct error e = { 0 };
	char path[64];
	u64 mask;

	ck_assert(text && again && bin);
	ck_assert(bench_rows_parse(KINDS_ROWS, &mask, &e));
	ck_assert_msg(bench_image_write(SCALE, mask, path, &e), "%s", e.text);
	trace_both(path, text, bin);
	unlink(path);
	print(bin, again);
	ck_assert_uint_gt(same_lines(text, again), 0);
	fclose(text);
	fclose(again);
	fclose(bin);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bench_equal");
	TCase *t = tcase_create("engines");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, engines, 0, 2);
	tcase_add_test(t, lossless);
	suite_add_tcase(s, t);
	return run_suite(s);
}
