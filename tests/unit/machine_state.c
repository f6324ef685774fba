/*
 * Nothing is missing from the machine's state (machine/state.h): a run that is continued from a copy, in the same
 * machine or in another one, ends in the same state as the run that was copied, to the cycle and to the bit.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "machine/pages.h"
#include "machine/state.h"
#include "run_suite.h"

struct copy {
	u8 *bytes;
	size_t size, room, at;
	u8 *memory[4];
};

static void put(void *ctx, const char *name, unsigned index, void *data, size_t size)
{
	struct copy *c = ctx;

	if (c->size + size > c->room) {
		c->room = 2 * (c->size + size);
		c->bytes = realloc(c->bytes, c->room);
	}
	memcpy(c->bytes + c->size, data, size);
	c->size += size;
}

static void get(void *ctx, const char *name, unsigned index, void *data, size_t size)
{
	struct copy *c = ctx;

	ck_assert_msg(size <= c->size - c->at, "%s %u", name, index);
	memcpy(data, c->bytes + c->at, size);
	c->at += size;
}

static void compare(void *ctx, const char *name, unsigned index, void *data, size_t size)
{
	struct copy *c = ctx;

	ck_assert_msg(size <= c->size - c->at, "%s %u", name, index);
	for (size_t i = 0; i < size; i++)
		ck_assert_msg(c->bytes[c->at + i] == ((u8 *)data)[i], "%s %u: byte %zu of %zu differs", name, index, i,
			      size);
	c->at += size;
}

/* The pages that hold something in `by`. */
static void copy_pages(u8 *to, const u8 *from, u64 size, const u8 *by)
{
	struct pages pages;

	pages_open(&pages, by, size);
	for (u64 at = 0; pages_next(&pages, &at); at += PAGE)
		memcpy(to + at, from + at, PAGE);
	pages_close(&pages);
}

static bool is_equal(const u8 *a, const u8 *b, u64 size, const u8 *by)
{
	struct pages pages;
	bool equal = true;

	pages_open(&pages, by, size);
	for (u64 at = 0; equal && pages_next(&pages, &at); at += PAGE)
		equal = !memcmp(a + at, b + at, PAGE);
	pages_close(&pages);
	return equal;
}

static void take(struct machine *m, struct copy *c)
{
	struct state_memory mem;

	*c = (struct copy){ 0 };
	machine_state_visit(m, &(struct state_visitor){ .range = put, .ctx = c });
	for (unsigned n = 0; machine_memory(m, n, &mem); n++) {
		c->memory[n] = calloc(1, mem.size);
		copy_pages(c->memory[n], mem.bytes, mem.size, mem.bytes);
	}
}

static void give(struct machine *m, struct copy *c)
{
	struct state_memory mem;

	c->at = 0;
	machine_state_visit(m, &(struct state_visitor){ .range = get, .ctx = c, .restores = true });
	ck_assert_uint_eq(c->at, c->size);
	for (unsigned n = 0; machine_memory(m, n, &mem); n++) {
		copy_pages(mem.bytes, c->memory[n], mem.size, mem.bytes);
		copy_pages(mem.bytes, c->memory[n], mem.size, c->memory[n]);
	}
	machine_state_restored(m);
}

static void ck_assert_state(struct machine *m, struct copy *c)
{
	struct state_memory mem;

	c->at = 0;
	machine_state_visit(m, &(struct state_visitor){ .range = compare, .ctx = c });
	ck_assert_uint_eq(c->at, c->size);
	for (unsigned n = 0; machine_memory(m, n, &mem); n++)
		ck_assert_msg(is_equal(mem.bytes, c->memory[n], mem.size, mem.bytes) &&
				      is_equal(mem.bytes, c->memory[n], mem.size, c->memory[n]),
			      "%s", mem.name);
}

static void drop(struct copy *c)
{
	free(c->bytes);
	for (unsigned n = 0; n < 4; n++)
		free(c->memory[n]);
}

static u64 random_next(u64 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static struct machine *make(const struct hyp_config *config)
{
	struct error e = { 0 };
	struct machine *m = hyp_create(config, &e);

	ck_assert_msg(m != NULL, "%s", e.text);
	return m;
}

static void run_on(struct machine *m, struct copy *from, u64 insns, struct copy *want, u64 hash)
{
	give(m, from);
	ck_assert_state(m, from);
	hyp_run(m, insns);
	ck_assert_state(m, want);
	ck_assert_uint_eq(hyp_state_hash(m), hash);
}

/* In pieces of random lengths: most begin in the midst of a straight-line run. */
static void check_pieces(const struct hyp_config *config, unsigned pieces, u64 length)
{
	struct machine *m = make(config), *other = make(config);
	struct copy from, to;
	u64 seed = 88172645463325252ull;

	for (unsigned i = 0; i < pieces; i++) {
		u64 insns = random_next(&seed) % length + 1, hash;

		hyp_run(m, random_next(&seed) % length + 1);
		take(m, &from);
		hyp_run(m, insns);
		take(m, &to);
		hash = hyp_state_hash(m);
		run_on(m, &from, insns, &to, hash);
		run_on(other, &from, insns, &to, hash);
		drop(&from);
		drop(&to);
	}
	hyp_destroy(m);
	hyp_destroy(other);
}

static const struct {
	const char *rom, *cpu;
	unsigned smp, pieces;
	u64 length;
} roms[] = {
	{ "demo", "max", 1, 5, 300000 },
	{ "demo", "cortex-a72", 4, 3, 100000 },
	{ "dma-attack", "max", 1, 3, 60000 },
	{ "hello", "neoverse-n1", 1, 3, 1000 },
	{ "errata-v7", "max", 1, 2, 5000 },
	{ "errata-h3-h4", "max", 2, 3, 5000 },
	{ "exitcost", "neoverse-v1", 1, 2, 50000 },
};

START_TEST(rom_goes_on)
{
	check_pieces(&(struct hyp_config){ .image = roms[_i].rom,
					   .cpu = roms[_i].cpu,
					   .smp = roms[_i].smp,
					   .mem = 64 << 20,
					   .smmu = true },
		     roms[_i].pieces, roms[_i].length);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("machine_state");
	TCase *c = tcase_create("machine_state");

	tcase_set_timeout(c, 0);
	tcase_add_loop_test(c, rom_goes_on, 0, ARRAY_SIZE(roms));
	suite_add_tcase(suite, c);
	return run_suite(suite);
}
