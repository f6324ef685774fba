/* PSCI SYSTEM_RESET: the machine begins anew as from power-on, with its images, and alike in every run. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/machine.h"
#include "machine/map.h"
#include "run_suite.h"

/*
 * Counts in RAM, says the count on the UART, starts core 1, and asks for a reset. A raw image: starts at RAM + 0x80000.
 * Words 20 and 21 are the counter's address and the UART's.
 */
static const u32 program[] = {
	0x58000281,		/* ldr x1, word 20 */
	0x580002a2,		/* ldr x2, word 22 */
	0xb9400023,		/* ldr w3, [x1] */
	0x11000463,		/* add w3, w3, #1 */
	0xb9000023,		/* str w3, [x1] */
	0x1100c063,		/* add w3, w3, #'0' */
	0xb9000043,		/* str w3, [x2] */
	0xd2800060,		/* mov x0, #3 */
	0xf2b88000,		/* movk x0, #0xc400, lsl #16: CPU_ON */
	0xd2800021,		/* mov x1, #1 */
	0x10000162,		/* adr x2, word 21 - 4 */
	0xd2800003,		/* mov x3, #0 */
	0xd4000003,		/* smc #0 */
	0x91010003,		/* add x3, x0, #64: '@' when it was off */
	0x58000102,		/* ldr x2, word 22 */
	0xb9000043,		/* str w3, [x2] */
	0xd2800120,		/* mov x0, #9 */
	0xf2b08000,		/* movk x0, #0x8400, lsl #16: SYSTEM_RESET */
	0xd4000003,		/* smc #0 */
	0x14000000,		/* b . */
	0x40200000, 0x00000000, /* word 20: zero in the file */
	0x09000000, 0x00000000, /* word 22 */
};

static struct said {
	char text[64];
	size_t n;
} said;

static void console(void *ctx, unsigned uart, u8 byte)
{
	if (said.n < sizeof(said.text) - 1)
		said.text[said.n++] = (char)byte;
}

static struct machine *make(bool no_reboot, const u32 *words, size_t size)
{
	char path[] = "/tmp/hypscope-reset-XXXXXX";
	struct hyp_config c = { .cpu = "cortex-a72",
				.smp = 2,
				.mem = 64 << 20,
				.image = path,
				.no_reboot = no_reboot,
				.console_out = console };
	struct error e = { 0 };
	struct machine *m;
	int f = mkstemp(path);

	memset(&said, 0, sizeof(said));
	ck_assert_int_eq(write(f, words, size), size);
	close(f);
	m = hyp_create(&c, &e);
	unlink(path);
	ck_assert_msg(m != NULL, "%s", e.text);
	return m;
}

START_TEST(begins_anew)
{
	struct machine *m = make(false, program, sizeof(program));
	struct hyp_status status;

	m->flash_data[1].bytes[0x1234] = 0x5a;
	m->uart[0].s.imsc = 0x10;
	m->gpio[0].s.data = 1;
	status = hyp_run(m, 100);
	ck_assert_int_eq(status.end, HYP_LIMIT);
	ck_assert_uint_eq(status.insns, 100);
	/* RAM was cleared, core 1 was off, four times. */
	ck_assert_msg(!strncmp(said.text, "1@1@1@1@", 8), "%s", said.text);
	ck_assert_uint_eq(m->flash_data[1].bytes[0x1234], 0x5a);
	ck_assert_uint_eq(m->uart[0].s.imsc, 0);
	ck_assert_uint_eq(m->gpio[0].s.data, 0);
	hyp_destroy(m);
}
END_TEST

/* In pieces or at once, the same run. */
START_TEST(alike)
{
	struct machine *whole = make(false, program, sizeof(program));
	struct machine *pieces = make(false, program, sizeof(program));

	hyp_run(whole, 1000);
	for (unsigned i = 0; i < 100; i++)
		hyp_run(pieces, 10);
	ck_assert_uint_eq(hyp_insns(whole), hyp_insns(pieces));
	ck_assert_uint_eq(hyp_state_hash(whole), hyp_state_hash(pieces));
	hyp_destroy(whole);
	hyp_destroy(pieces);
}
END_TEST

START_TEST(ends_the_run)
{
	struct machine *m = make(true, program, sizeof(program));

	ck_assert_int_eq(hyp_run(m, 0).end, HYP_RESET);
	ck_assert_str_eq(said.text, "1@");
	hyp_destroy(m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("machine_reset");
	TCase *t = tcase_create("reset");

	tcase_add_test(t, begins_anew);
	tcase_add_test(t, alike);
	tcase_add_test(t, ends_the_run);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return run_suite(s);
}
