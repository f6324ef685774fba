#include "diff.h"
void gen_walk(struct batch *b)
{
}
const struct walk_code walk_codes[] = { { "none", 0 } };
const unsigned walk_code_count = 1;
