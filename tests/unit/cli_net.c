/* --net: what is well formed. */
#include <check.h>

#include "cli/net.h"
#include "run_suite.h"

static const struct {
	const char *text;
	bool ok, wanted;
} cases[] = {
	{ "none", true, false },
	{ "user", true, true },
	{ "user,hostfwd=tcp::2222-:22", true, true },
	{ "user,hostfwd=udp:0.0.0.0:53-10.0.2.16:53,hostfwd=tcp::1-:65535", true, true },
	{ "", false, false },
	{ "users", false, false },
	{ "tap", false, false },
	{ "none,", false, false },
	{ "user,hostfwd", false, false },
	{ "user,hostfwd=", false, false },
	{ "user,hostfwd=sctp::1-:2", false, false },
	{ "user,hostfwd=tcp::0-:22", false, false },
	{ "user,hostfwd=tcp::65536-:22", false, false },
	{ "user,hostfwd=tcp::2222", false, false },
	{ "user,hostfwd=tcp::2222-22", false, false },
	{ "user,hostfwd=tcp::2222-:22x", false, false },
	{ "user,hostfwd=tcp:1.2.3:x:2222-:22", false, false },
	{ "user,hostfwd=tcp:300.0.0.1:2222-:22", false, false },
	{ "user,hostfwd=tcp:much.too.long.a.name:2222-:22", false, false },
	{ "user,hostfwd=tcp::2222-:22,restrict=on", false, false },
};

START_TEST(spelling)
{
	struct error e = { 0 };
	bool wanted;

	ck_assert_int_eq(net_check(cases[_i].text, &wanted, &e), cases[_i].ok);
	if (cases[_i].ok)
		ck_assert_int_eq(wanted, cases[_i].wanted);
	else
		ck_assert_int_eq(e.kind, ERROR_USAGE);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cli_net");
	TCase *c = tcase_create("spelling");

	tcase_add_loop_test(c, spelling, 0, ARRAY_SIZE(cases));
	suite_add_tcase(s, c);
	return run_suite(s);
}
