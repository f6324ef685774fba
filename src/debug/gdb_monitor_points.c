/* `monitor break`, `watch`, `delete`: points that the debugger's own commands cannot say. */
#include <string.h>

#include "debug/gdb_internal.h"

/* The words that both have: false: none of them, or a bad one. */
static bool place(const struct gdb_words *w, unsigned i, struct point *p)
{
	const struct {
		const char *name;
		s32 *field;
		u64 end;
	} names[] = { { "core", &p->core, w->g->cores },
		      { "el", &p->el, 4 },
		      { "vmid", &p->vmid, 1 << 16 },
		      { "asid", &p->asid, 1 << 16 } };
	bool ok;
	u64 value;

	for (unsigned k = 0; k < ARRAY_SIZE(names); k++)
		if (gdb_named(w, i, names[k].name, &value, &ok)) {
			if (ok && value >= names[k].end)
				fprintf(w->out, "%s: there are 0 to %llu\n", names[k].name,
					(unsigned long long)names[k].end - 1);
			*names[k].field = (s32)value;
			return ok && value < names[k].end;
		}
	fprintf(w->out, "'%s' is not known here: `monitor help` says what is\n", w->word[i]);
	return false;
}

static void add(const struct gdb_words *w, const struct point *p)
{
	int n = hyp_point_add(w->g->m, p);

	if (n < 0) {
		fprintf(w->out, "there are %u points already: delete one\n", POINTS_MAX);
		return;
	}
	w->g->point[n].owner = OWNER_MONITOR;
	gdb_point_words(w->out, (unsigned)n, p);
}

void gdb_monitor_break(const struct gdb_words *w)
{
	struct point p = {
		.what = POINT_EXECUTE, .core = POINT_ANY, .el = POINT_ANY, .vmid = POINT_ANY, .asid = POINT_ANY
	};

	if (!w->count) {
		fputs("break needs an address\n", w->out);
		return;
	}
	if (!gdb_value(w, w->word[0], &p.at))
		return;
	for (unsigned i = 1; i < w->count; i++)
		if (!place(w, i, &p))
			return;
	add(w, &p);
}

static bool how(const char *word, struct point *p)
{
	static const struct {
		const char *name;
		bool is_space;
		u8 value;
	} words[] = {
		{ "r", false, POINT_READ }, { "w", false, POINT_WRITE }, { "rw", false, POINT_READ | POINT_WRITE },
		{ "va", true, POINT_VA },   { "ipa", true, POINT_IPA },	 { "pa", true, POINT_PA },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].name, word)) {
			*(words[i].is_space ? &p->space : &p->what) = words[i].value;
			return true;
		}
	return false;
}

void gdb_monitor_watch(const struct gdb_words *w)
{
	struct point p = {
		.what = POINT_WRITE, .size = 8, .core = POINT_ANY, .el = POINT_ANY, .vmid = POINT_ANY, .asid = POINT_ANY
	};

	if (!w->count) {
		fputs("watch needs an address\n", w->out);
		return;
	}
	if (!gdb_value(w, w->word[0], &p.at))
		return;
	for (unsigned i = 1; i < w->count; i++) {
		bool is_size = i == 1 && w->word[i][0] >= '0' && w->word[i][0] <= '9';

		if (is_size ? !gdb_value(w, w->word[i], &p.size) : !how(w->word[i], &p) && !place(w, i, &p))
			return;
	}
	if (!p.size)
		fputs("a watchpoint has at least one byte\n", w->out);
	else
		add(w, &p);
}

void gdb_monitor_delete(const struct gdb_words *w)
{
	u64 n;

	if (!w->count) {
		fputs("delete needs a number: `monitor info points` lists them\n", w->out);
		return;
	}
	if (!gdb_value(w, w->word[0], &n))
		return;
	if (n >= POINTS_MAX || w->g->point[n].owner != OWNER_MONITOR) {
		fputs("the monitor has no such point: `monitor info points` lists them\n", w->out);
		return;
	}
	hyp_point_remove(w->g->m, (unsigned)n);
	w->g->point[n].owner = OWNER_NOBODY;
}
