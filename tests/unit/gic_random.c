/* A fuzz target (TARGET) with inputs of a fixed generator, so that its properties hold in every build's tests. */
#include <check.h>

#include "run_suite.h"

#include TARGET

static u64 next(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

START_TEST(random_accesses)
{
	u64 state = 0x9e3779b97f4a7c15ull + (u64)_i;
	u8 data[2000];

	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (u8)(next(&state) >> 24);
	ck_assert_int_eq(LLVMFuzzerTestOneInput(data, sizeof(data)), 0);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("random");
	Suite *s = suite_create("gic_random");

	tcase_add_loop_test(c, random_accesses, 0, 40);
	suite_add_tcase(s, c);
	return run_suite(s);
}
