/* A machine, and a view's model of it as text: for the tests of views. */
#ifndef UI_RIG_H
#define UI_RIG_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"
#include "ui/model.h"

static struct machine *m;
static struct model model;

static inline void make(const struct hyp_config *c)
{
	struct error e = { 0 };

	m = hyp_create(c, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
}

static inline const char *rows_text(void)
{
	static char text[65536];
	FILE *out = fmemopen(text, sizeof(text), "w");

	ck_assert(!model.failed);
	model_dump(out, &model, -1);
	fclose(out);
	return text;
}

static inline void put(u64 at, u64 value)
{
	ck_assert(bus_copy_in(&m->bus, (pa_t){ at, true }, &value, sizeof(value)));
}

#endif
