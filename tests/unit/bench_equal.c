/*
 * The benchmark image, all rows scaled down: the fast engine, the step engine, and both in turns end in the same state.
 */
#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/bench.h"
#include "machine/machine.h"

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

/* The observer goes on for a while and off for longer, at instructions that fall anywhere. */
static struct hyp_status run_mixed(struct machine *m, struct observer *o)
{
	u64 left = BENCH_INSNS;
	struct hyp_status s;

	for (unsigned turn = 0;; turn++) {
		u64 n = turn % 2 ? 15 * 7919 : 7919;

		if (turn % 2)
			trace_detach(hyp_tracer(m), o);
		else
			trace_attach(hyp_tracer(m), o);
		s = hyp_run(m, n < left ? n : left);
		left -= n < left ? n : left;
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

int main(void)
{
	Suite *s = suite_create("bench_equal");
	TCase *t = tcase_create("engines");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, engines, 0, 2);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
