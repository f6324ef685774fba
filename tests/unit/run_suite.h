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

#endif
