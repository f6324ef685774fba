/*
 * The fast engine, the step engine, and both in turns give the same machine, to the cycle: on every built-in ROM, with
 * traces switched on and off at arbitrary instruction counts, and with the host-side caches thrown away in between.
 */
#include <check.h>
#include <string.h>

#include "hypscope.h"
#include "machine/machine.h"
#include "run_suite.h"

/* Long ROMs are compared over their beginning. */
#define INSNS_MAX 3000000ull

struct result {
	u64 hash, insns, cycles, console;
	enum hyp_end end;
};

static void on_byte(void *ctx, unsigned uart, u8 byte)
{
	u64 *hash = ctx;

	*hash = (*hash ^ byte ^ uart << 8) * 0x100000001b3ull;
}

static void on_event(void *ctx, const struct event *e)
{
	(*(u64 *)ctx)++;
}

enum how { FAST, STEPPED, MIXED, FLUSHED };

static u64 random_next(u64 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static struct hyp_status run_mixed(struct machine *m, struct observer *o, bool flush)
{
	u64 seed = 88172645463325252ull, left = INSNS_MAX;
	struct hyp_status s = { 0 };
	bool tracing = false;

	do {
		u64 n = random_next(&seed) % (flush ? 20000 : 5000) + 1;

		n = n < left ? n : left;
		if (flush)
			for (unsigned i = 0; i < m->smp; i++)
				cpu_flush_host(m->core[i]);
		else if (tracing)
			trace_detach(hyp_tracer(m), o);
		else
			trace_attach(hyp_tracer(m), o);
		tracing = !tracing;
		s = hyp_run(m, n);
		left -= n;
	} while (s.end == HYP_LIMIT && left);
	return s;
}

static struct result run(const char *rom, enum how how, unsigned smp)
{
	u64 console = 0xcbf29ce484222325ull, events = 0;
	struct hyp_config config = { .image = rom, .smp = smp, .console_out = on_byte, .host_ctx = &console };
	struct observer o = { .mask = 1u << EV_INSN | 1u << EV_MEM, .event = on_event, .ctx = &events };
	struct error e = { 0 };
	struct machine *m = hyp_create(&config, &e);
	struct hyp_status s;
	struct result r;

	ck_assert_msg(m != NULL, "%s", e.text);
	if (how == STEPPED)
		trace_attach(hyp_tracer(m), &o);
	s = how >= MIXED ? run_mixed(m, &o, how == FLUSHED) : hyp_run(m, INSNS_MAX);
	ck_assert(how == FAST || how == FLUSHED || events > 0);
	r = (struct result){ hyp_state_hash(m), s.insns, s.cycles, console, s.end };
	hyp_destroy(m);
	return r;
}

static void same(const char *rom, const char *how, const struct result *a, const struct result *b)
{
	ck_assert_msg(a->end == b->end, "%s, %s: end %d, not %d", rom, how, b->end, a->end);
	ck_assert_msg(a->insns == b->insns, "%s, %s: %llu instructions, not %llu", rom, how,
		      (unsigned long long)b->insns, (unsigned long long)a->insns);
	ck_assert_msg(a->cycles == b->cycles, "%s, %s: %llu cycles, not %llu", rom, how, (unsigned long long)b->cycles,
		      (unsigned long long)a->cycles);
	ck_assert_msg(a->console == b->console, "%s, %s: another console output", rom, how);
	ck_assert_msg(a->hash == b->hash, "%s, %s: another state", rom, how);
}

START_TEST(engines_agree)
{
	unsigned count;
	const struct hyp_rom *rom = &hyp_roms(&count)[_i];
	struct result fast = run(rom->name, FAST, 1), stepped = run(rom->name, STEPPED, 1),
		      mixed = run(rom->name, MIXED, 1), flushed = run(rom->name, FLUSHED, 1);

	ck_assert_uint_gt(fast.insns, 1000);
	same(rom->name, "stepped", &fast, &stepped);
	same(rom->name, "in turns", &fast, &mixed);
	/* Without its caches the engine asks the TLB more often, but what executes is the same. */
	ck_assert_msg(flushed.end == fast.end && flushed.insns == fast.insns && flushed.console == fast.console,
		      "%s: flushing host caches changed the run", rom->name);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine_equal");
	TCase *t = tcase_create("roms");
	unsigned count;

	hyp_roms(&count);
	tcase_set_timeout(t, 240);
	tcase_add_loop_test(t, engines_agree, 0, (int)count);
	suite_add_tcase(s, t);
	return run_suite(s);
}
