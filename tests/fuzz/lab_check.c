/* The parser of a lab's check on arbitrary text: a check, or one sentence that names the line. */
#include <stdlib.h>
#include <string.h>

#include "lab/check.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void check_node(const struct lab_check *c, s16 node)
{
	if (node != LAB_NONE && (node < 0 || (unsigned)node >= c->nodes))
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct error e = { 0 };
	struct lab_check *c = lab_check_parse((const char *)data, size, "fuzz", &e);

	if (!c) {
		if (e.kind != ERROR_FILE || strncmp(e.text, "fuzz:", 5))
			abort();
		return 0;
	}
	/* Operands stand before what uses them, so that a value always ends. */
	for (unsigned i = 0; i < c->nodes; i++) {
		check_node(c, c->node[i].a);
		check_node(c, c->node[i].b);
		if (c->node[i].kind == NODE_OP && (c->node[i].a >= (int)i || c->node[i].b >= (int)i))
			abort();
	}
	for (unsigned i = 0; i < c->facts; i++) {
		check_node(c, c->fact[i].a);
		check_node(c, c->fact[i].b);
		check_node(c, c->fact[i].to);
		if (!c->fact[i].name || !c->fact[i].text)
			abort();
	}
	free(c);
	return 0;
}
