/*
 * Going back in time (include/hypscope.h): wherever the machine goes, back or forth, it is in the state that it had
 * when it was there first; and it goes on as it did, whatever came from outside meanwhile.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/history.h"
#include "machine/map.h"
#include "run_suite.h"

#define MIB (1ull << 20)
#define PLACES 40

static u64 least_of(u64 a, u64 b)
{
	return a < b ? a : b;
}

static u64 random_next(u64 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

struct said {
	char text[65536];
	unsigned count;
};

static void hear(void *ctx, unsigned uart, u8 byte)
{
	struct said *s = ctx;

	if (s->count < sizeof(s->text))
		s->text[s->count++] = (char)byte;
}

static struct machine *make(const struct hyp_config *config, u64 limit)
{
	struct error e = { 0 };
	struct machine *m = hyp_create(config, &e);

	ck_assert_msg(m != NULL, "%s", e.text);
	if (!limit)
		return m;
	ck_assert_msg(hyp_history_start(m, limit, &e), "%s", e.text);
	m->history->interval = 3000; /* so that short runs have many snapshots */
	m->history->next_at = hyp_insns(m) + 1;
	m->history->interval_max = 24000;
	return m;
}

/* Where the machine was, and in what state. */
struct place {
	u64 insns, hash;
};

static struct place here(struct machine *m)
{
	return (struct place){ hyp_insns(m), hyp_state_hash(m) };
}

static unsigned record(struct machine *m, struct place *place, unsigned most, u64 length, u64 *seed)
{
	unsigned n = 0;

	place[n++] = here(m);
	while (n < most && hyp_run(m, random_next(seed) % length + 1).end == HYP_LIMIT)
		place[n++] = here(m);
	return n;
}

static void ck_goto(struct machine *m, const struct place *p)
{
	struct hyp_status s = hyp_goto(m, p->insns);

	ck_assert_int_eq(s.end, HYP_LIMIT);
	ck_assert_uint_eq(s.insns, p->insns);
	ck_assert_msg(hyp_state_hash(m) == p->hash, "another state at %llu", (unsigned long long)p->insns);
}

static void ck_limit(const struct machine *m)
{
	struct hyp_history h;

	ck_assert(hyp_history(m, &h));
	ck_assert_msg(h.bytes <= h.limit, "%llu of %llu", (unsigned long long)h.bytes, (unsigned long long)h.limit);
}

static const struct {
	const char *rom, *cpu;
	unsigned smp;
	u64 length;
} roms[] = {
	{ "demo", "max", 1, 1000 },
	{ "demo", "cortex-a72", 4, 1000 },
	{ "dma-attack", "max", 1, 20000 },
	{ "hello", "neoverse-n1", 1, 300 },
	{ "errata-h3-h4", "max", 2, 2000 },
	{ "errata-s2-s3", "max", 4, 2000 },
	{ "exitcost", "neoverse-v1", 1, 20000 },
};

static struct hyp_config config_of(int i)
{
	return (struct hyp_config){
		.image = roms[i].rom, .cpu = roms[i].cpu, .smp = roms[i].smp, .mem = 64 * MIB, .smmu = true
	};
}

START_TEST(goes_to_any_place)
{
	struct hyp_config config = config_of(_i);
	struct place place[PLACES], end;
	u64 seed = 88172645463325252ull;
	struct machine *m = make(&config, 128 * MIB);
	unsigned n = record(m, place, PLACES, roms[_i].length, &seed);

	end = here(m);
	for (unsigned i = 0; i < 60; i++) {
		ck_goto(m, &place[random_next(&seed) % n]);
		ck_limit(m);
		if (i % 4 == 0) {
			hyp_run(m, random_next(&seed) % roms[_i].length + 1); /* on from there */
			ck_limit(m);
		}
	}
	hyp_goto(m, end.insns);
	ck_assert_uint_eq(hyp_state_hash(m), end.hash);
	hyp_destroy(m);
}
END_TEST

/* With history, without, and after coming back from the past: the same end, and nothing said twice. */
START_TEST(goes_on_as_it_did)
{
	static struct said plain, with;
	struct hyp_config config = config_of(_i);
	struct machine *a, *b;
	u64 seed = 362436069;
	struct hyp_status s;

	plain.count = with.count = 0;
	config.console_out = hear;
	config.host_ctx = &plain;
	a = make(&config, 0);
	hyp_run(a, 5000000);
	config.host_ctx = &with;
	b = make(&config, 128 * MIB);
	while (hyp_insns(b) < 5000000) {
		s = hyp_run(b, least_of(300000, 5000000 - hyp_insns(b)));
		if (s.end != HYP_LIMIT)
			break;
		hyp_goto(b, random_next(&seed) % (hyp_insns(b) + 1));
		hyp_goto(b, s.insns);
	}
	ck_assert_uint_eq(hyp_insns(a), hyp_insns(b));
	ck_assert_uint_eq(hyp_state_hash(a), hyp_state_hash(b));
	ck_assert_uint_eq(plain.count, with.count);
	ck_assert_mem_eq(plain.text, with.text, plain.count);
	hyp_destroy(a);
	hyp_destroy(b);
}
END_TEST

static u64 insns_of(struct machine *m, unsigned core)
{
	return hyp_core_work(m, core).insns;
}

/* A step back, and the same step again; others may have their turns in it, or not. */
START_TEST(steps_back)
{
	struct hyp_config config = config_of(_i);
	struct machine *m = make(&config, 128 * MIB);
	u64 seed = 521288629;

	hyp_run(m, 900000);
	for (unsigned i = 0; i < 40; i++) {
		unsigned core = (unsigned)(random_next(&seed) % roms[_i].smp);
		u64 insns = insns_of(m, core), before = hyp_insns(m);
		enum hyp_end end = hyp_reverse_step(m, core).end;

		if (!insns) {
			ck_assert_int_eq(end, HYP_BEGINNING);
			hyp_goto(m, before);
			continue;
		}
		ck_assert_int_eq(end, HYP_LIMIT);
		ck_assert_uint_eq(insns_of(m, core), insns - 1);
		ck_assert_uint_lt(hyp_insns(m), before);
		if (i % 4 == 0) {
			end = hyp_run(m, 1).end;
			ck_assert(end == HYP_LIMIT || end == HYP_POWER_OFF || end == HYP_EXIT);
			ck_assert_uint_eq(insns_of(m, core), insns);
			hyp_reverse_step(m, core);
			hyp_goto(m, hyp_insns(m) / 2 + random_next(&seed) % 100000);
		}
	}
	hyp_destroy(m);
}
END_TEST

#define HITS 300
#define ANYWHERE .space = POINT_VA, .el = POINT_ANY, .vmid = POINT_ANY, .asid = POINT_ANY, .core = POINT_ANY

/* Every point that was met on the way is met on the way back, in the other order. */
static void check_points(struct machine *m, const struct point *p, u64 insns)
{
	static struct place met[HITS];
	static struct point_hit hit[HITS];
	unsigned n = 0;

	int number = hyp_point_add(m, p);

	ck_assert_int_ge(number, 0);
	while (n < HITS && hyp_insns(m) < insns && hyp_run(m, insns - hyp_insns(m)).end == HYP_POINT) {
		hit[n] = *hyp_hit(m);
		met[n++] = here(m);
	}
	ck_assert(n || p->what != POINT_EXECUTE);
	n -= n && hyp_insns(m) == met[n - 1].insns; /* it is there */
	while (n--) {
		struct hyp_status s = hyp_reverse_run(m);

		ck_assert_int_eq(s.end, HYP_POINT);
		ck_assert_uint_eq(s.insns, met[n].insns);
		ck_assert_uint_eq(hyp_state_hash(m), met[n].hash);
		ck_assert_uint_eq(hyp_hit(m)->pc, hit[n].pc);
		ck_assert_uint_eq(hyp_hit(m)->core, hit[n].core);
	}
	ck_assert_int_eq(hyp_reverse_run(m).end, HYP_BEGINNING);
	ck_assert_int_eq(hyp_reverse_run(m).end, HYP_BEGINNING);
	hyp_point_remove(m, (unsigned)number);
}

START_TEST(runs_back_to_points)
{
	struct hyp_config config = config_of(_i);
	struct machine *m = make(&config, 128 * MIB);
	struct hyp_core core;

	hyp_run(m, roms[_i].length / 3);
	hyp_core_view(m, 0, &core);
	hyp_goto(m, 0);
	check_points(m, &(struct point){ ANYWHERE, .what = POINT_EXECUTE, .at = core.pc, .size = 4 },
		     20 * roms[_i].length);
	hyp_goto(m, 0);
	check_points(m, &(struct point){ ANYWHERE, .what = POINT_WRITE, .at = core.sp - 64, .size = 64 },
		     20 * roms[_i].length);
	hyp_destroy(m);
}
END_TEST

/* With little room older snapshots lie farther apart, then the oldest go; what is left is right. */
START_TEST(keeps_to_its_limit)
{
	struct hyp_config config = config_of(_i);
	struct machine *m = make(&config, 128 * MIB);
	struct place place[PLACES];
	u64 seed = 77777;
	struct hyp_history h;
	unsigned n;

	m->history->interval = 20;
	m->history->interval_max = 500;
	hyp_run(m, 5 * roms[_i].length); /* then there is what compression needs, and the image is as large as it
					    becomes */
	hyp_goto(m, 0);
	history_change(m);
	ck_assert(hyp_history(m, &h));
	/* An image twice, what is overwritten meanwhile, and not much else. */
	m->history->limit = (h.bytes + image_size(&m->history->image) + 4000) * 8 / 7;
	n = record(m, place, PLACES, roms[_i].length / 8, &seed);
	for (unsigned i = 0; i < 60; i++) {
		const struct place *p = &place[random_next(&seed) % n];

		hyp_goto(
			m,
			hyp_insns(
				m)); /* before it goes away, the present is kept, for which the oldest may have to go */
		ck_limit(m);
		ck_assert(hyp_history(m, &h));
		if (p->insns >= h.oldest.insns && p->insns <= h.newest.insns) {
			ck_goto(m, p);
		} else if (p->insns < h.oldest.insns) {
			ck_assert_int_eq(hyp_goto(m, p->insns).end, HYP_BEGINNING);
			ck_assert_uint_eq(hyp_insns(m), h.oldest.insns);
		}
	}
	hyp_destroy(m);
}
END_TEST

/* ---- what comes from outside ---- */

#define PROGRAM (MAP_RAM_BASE + 0x1000)
/* Polls the UART: every byte goes to memory, and back; counts meanwhile. */
static const u32 echo[] = {
	0xd2a12001, /* mov x1, #0x9000000 */
	0xd2a80103, /* mov x3, #0x40080000 */
	0x91000484, /* 1: add x4, x4, #1 */
	0xb9401822, /* ldr w2, [x1, #0x18] (FR) */
	0x3727ffc2, /* tbnz w2, #4, 1b */
	0xb9400022, /* ldr w2, [x1] */
	0x38001462, /* strb w2, [x3], #1 */
	0x39000022, /* strb w2, [x1] */
	0x17fffffa, /* b 1b */
};

static struct machine *make_echo(struct said *said, unsigned smp)
{
	struct hyp_config config = { .smp = smp, .mem = 32 * MIB, .bare = true, .console_out = hear, .host_ctx = said };
	struct error e = { 0 };
	struct machine *m = machine_create(&config, &e);
	struct boot boot = { .pc = PROGRAM };

	ck_assert_msg(m != NULL, "%s", e.text);
	bus_copy_in(&m->bus, (pa_t){ PROGRAM, true }, echo, sizeof(echo));
	machine_reset(m, &boot);
	ck_assert_msg(hyp_history_start(m, 64 * MIB, &e), "%s", e.text);
	m->history->interval = 20000;
	return m;
}

START_TEST(input_comes_again)
{
	static struct said said;
	struct machine *m = make_echo(&said, 1);
	struct place place[32];
	u64 seed = 123456789;
	unsigned n = 0;

	said.count = 0;
	for (const char *p = "what was typed"; *p; p++) {
		ck_assert(hyp_console_in(m, 0, (u8)*p));
		hyp_run(m, 1000 + random_next(&seed) % 50000);
		place[n++] = here(m);
		hyp_run(m, 10); /* at one position there is what follows what came from outside */
	}
	ck_assert_uint_eq(said.count, 14);
	ck_assert_mem_eq(said.text, "what was typed", 14);
	for (unsigned i = 0; i < 100; i++) {
		ck_goto(m, &place[random_next(&seed) % n]);
		if (history_repeats(m))
			ck_assert(!hyp_console_in(m, 0, 'x'));
		hyp_run(m, random_next(&seed) % 30000);
	}
	hyp_goto(m, place[n - 1].insns);
	ck_assert_uint_eq(hyp_state_hash(m), place[n - 1].hash);
	ck_assert_uint_ge(said.count, 14);
	ck_assert_mem_eq(said.text, "what was typed", 14);
	hyp_destroy(m);
}
END_TEST

/* A debugger's changes stay where they were made; one in the past makes that the present. */
START_TEST(changes_are_kept)
{
	static struct said said;
	struct machine *m = make_echo(&said, 1);
	struct place place[8];
	struct hyp_history h;
	struct hyp_core core;
	u64 word = 0x1122334455667788;

	for (unsigned i = 0; i < 8; i++) {
		hyp_core_view(m, 0, &core);
		core.x[10] = i + 1;
		hyp_core_set(m, 0, &core);
		word += i;
		ck_assert_uint_eq(hyp_memory_write(m, 0, HYP_SPACE_PA, MAP_RAM_BASE + 0x90000 + 8 * i, &word, 8), 8);
		hyp_step(m, 0, true);
		hyp_run(m, 30000);
		place[i] = here(m);
		hyp_run(m, 10);
	}
	for (unsigned i = 0; i < 30; i++) {
		unsigned n = i * 5 % 8;

		ck_goto(m, &place[n]);
		hyp_core_view(m, 0, &core);
		ck_assert_uint_eq(core.x[10], n + 1);
		ck_assert_uint_eq(hyp_memory_read(m, 0, HYP_SPACE_PA, MAP_RAM_BASE + 0x90000 + 8 * n, &word, 8), 8);
		ck_assert_uint_ne(word, 0);
	}
	ck_goto(m, &place[3]);
	hyp_core_view(m, 0, &core);
	core.x[10] = 99;
	hyp_core_set(m, 0, &core);
	ck_assert(hyp_history(m, &h) && !h.in_past);
	ck_assert_uint_eq(h.newest.insns, place[3].insns);
	hyp_run(m, 100000);
	place[4] = here(m);
	ck_goto(m, &place[2]);
	ck_goto(m, &place[4]);
	hyp_core_view(m, 0, &core);
	ck_assert_uint_eq(core.x[10], 99);
	hyp_destroy(m);
}
END_TEST

START_TEST(restart_begins_anew)
{
	struct hyp_config config = { .image = "hello", .mem = 32 * MIB };
	struct machine *m = make(&config, 64 * MIB);
	struct hyp_history h;
	struct place place;

	hyp_run(m, 5000);
	ck_assert(hyp_restart(m));
	hyp_run(m, 100);
	ck_assert(hyp_history(m, &h));
	ck_assert_uint_eq(h.oldest.insns, 5000);
	place = here(m);
	hyp_run(m, 3000);
	ck_goto(m, &place);
	ck_assert_int_eq(hyp_goto(m, 0).end, HYP_BEGINNING);
	ck_assert_uint_eq(hyp_insns(m), 5000);
	ck_goto(m, &place);
	hyp_history_stop(m);
	ck_assert(!hyp_history(m, &h));
	ck_assert_int_eq(hyp_reverse_step(m, 0).end, HYP_BEGINNING);
	hyp_destroy(m);
}
END_TEST

/* What is overwritten at once, and cannot be kept, is where history begins. */
START_TEST(too_much_at_once)
{
	struct hyp_config config = { .image = "hello", .mem = 32 * MIB };
	struct machine *m = make(&config, 64 * MIB);
	static u8 bytes[100 * 4096];
	struct hyp_history h;
	struct place place;
	u64 before;

	hyp_run(m, 1000);
	m->history->live.most = 10;
	memset(bytes, 0x5a, sizeof(bytes));
	before = hyp_insns(m);
	ck_assert_uint_eq(hyp_memory_write(m, 0, HYP_SPACE_PA, MAP_RAM_BASE + 16 * MIB, bytes, sizeof(bytes)),
			  sizeof(bytes));
	hyp_run(m, 1000);
	ck_assert(hyp_history(m, &h));
	ck_assert_uint_eq(h.oldest.insns, before);
	place = here(m);
	hyp_run(m, 1000);
	ck_goto(m, &place);
	ck_assert_int_eq(hyp_goto(m, 0).end, HYP_BEGINNING);
	ck_assert_uint_eq(hyp_memory_read(m, 0, HYP_SPACE_PA, MAP_RAM_BASE + 16 * MIB, bytes, 1), 1);
	ck_assert_uint_eq(bytes[0], 0x5a);
	ck_goto(m, &place);
	hyp_destroy(m);
}
END_TEST

/* A core's cycle is found to the instruction; and what is beyond the present is run to. */
START_TEST(goes_to_cycles)
{
	struct hyp_config config = config_of(_i);
	struct machine *m = make(&config, 128 * MIB);
	u64 seed = 4242, last, insns;

	hyp_run(m, 3 * roms[_i].length);
	insns = hyp_insns(m);
	last = m->core[0]->s.time >> 4;
	for (unsigned i = 0; i < 20; i++) {
		u64 cycle = random_next(&seed) % last + 1;
		const struct cpu *c = m->core[0];

		ck_assert_int_eq(hyp_goto_cycle(m, 0, cycle).end, HYP_LIMIT);
		ck_assert(c->s.time >> 4 >= cycle || m->time >= cycle);
		if (hyp_reverse_step(m, 0).end == HYP_LIMIT)
			ck_assert_uint_lt(c->s.time >> 4, cycle);
	}
	hyp_goto(m, insns + 10);
	ck_assert_uint_le(hyp_insns(m), insns + 10);
	hyp_destroy(m);
}
END_TEST

/* ---- disks ---- */

static void fill(struct machine *m, u64 at, u8 value, u64 n)
{
	u8 bytes[8192];

	memset(bytes, value, sizeof(bytes));
	ck_assert(disk_write(&m->disk[0], at, bytes, n));
	history_change(m);
}

static u8 byte_at(struct machine *m, u64 at)
{
	u8 byte = 0xaa;

	ck_assert(disk_read(&m->disk[0], at, &byte, 1));
	return byte;
}

/* _i: the file itself, or a snapshot of it. */
START_TEST(disks_go_back)
{
	char path[] = "/tmp/hypscope-history-XXXXXX";
	int fd = mkstemp(path);
	struct hyp_disk disk = { .file = path, .snapshot = _i };
	struct hyp_config config = { .image = "hello", .mem = 32 * MIB, .disk = &disk, .disks = 1 };
	struct machine *m;
	u64 at[5];

	ck_assert_int_eq(ftruncate(fd, 1000 * 512), 0);
	m = make(&config, 64 * MIB);
	at[0] = hyp_insns(m);
	for (unsigned i = 1; i < 5; i++) {
		hyp_run(m, 50);
		fill(m, 4096 * i - 512, (u8)i, 1024);
		fill(m, 999 * 512, (u8)(0x10 + i), 512);
		if (i == 3)
			ck_assert(disk_zero(&m->disk[0], 0, 1000 * 512, true));
		at[i] = hyp_insns(m);
	}
	hyp_run(m, 50);
	for (unsigned i = 0; i < 40; i++) {
		unsigned n = i * 7 % 5;

		ck_assert_uint_eq(hyp_goto(m, at[n]).insns, at[n]);
		for (unsigned k = 1; k < 5; k++) {
			u8 want = k > n || (n >= 3 && k <= 3) ? 0 : (u8)k;

			ck_assert_uint_eq(byte_at(m, 4096 * k - 512), want);
			ck_assert_uint_eq(byte_at(m, 4096 * k), want);
		}
		ck_assert_uint_eq(byte_at(m, 1000 * 512 - 1), n == 3 || !n ? 0 : 0x10 + n);
	}
	hyp_destroy(m);
	close(fd);
	unlink(path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("machine_history");
	TCase *c = tcase_create("machine_history");

	tcase_set_timeout(c, 0);
	tcase_add_loop_test(c, goes_to_any_place, 0, ARRAY_SIZE(roms));
	tcase_add_loop_test(c, goes_on_as_it_did, 0, ARRAY_SIZE(roms));
	tcase_add_loop_test(c, steps_back, 0, ARRAY_SIZE(roms));
	tcase_add_loop_test(c, runs_back_to_points, 0, ARRAY_SIZE(roms));
	tcase_add_loop_test(c, keeps_to_its_limit, 0, ARRAY_SIZE(roms));
	tcase_add_test(c, input_comes_again);
	tcase_add_test(c, changes_are_kept);
	tcase_add_test(c, restart_begins_anew);
	tcase_add_test(c, too_much_at_once);
	tcase_add_loop_test(c, goes_to_cycles, 0, ARRAY_SIZE(roms));
	tcase_add_loop_test(c, disks_go_back, 0, 2);
	suite_add_tcase(suite, c);
	return run_suite(suite);
}
