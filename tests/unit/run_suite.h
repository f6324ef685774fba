/* How a unit test's main() ends. */
#ifndef RUN_SUITE_H
#define RUN_SUITE_H

#include <check.h>

static inline int run_suite_as(Suite *s, enum fork_status fork)
{
	SRunner *r = srunner_create(s);
	int failed;

	srunner_set_fork_status(r, fork);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}

/* Each test in a process of its own; as CK_FORK says. The result is main()'s. */
static inline int run_suite(Suite *s)
{
	return run_suite_as(s, CK_FORK_GETENV);
}

/* All in this process: many small tests, which crash the lot when one does. */
static inline int run_suite_here(Suite *s)
{
	return run_suite_as(s, CK_NOFORK);
}

/* A suite of tests that need nothing made before. */
static inline int run_tests(const char *name, const TTest *const *tests, unsigned count)
{
	Suite *s = suite_create(name);
	TCase *t = tcase_create(name);

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	for (unsigned i = 0; i < count; i++)
		tcase_add_test(t, tests[i]);
	return run_suite(s);
}

#endif
