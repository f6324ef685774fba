/* Z and z, and stops at what they, or `monitor break` and `monitor watch`, set. */
#include <stdlib.h>
#include <string.h>

#include "debug/gdb_internal.h"

enum { SIGNAL_TRAP = 5 };

static const u8 what_of_type[] = { POINT_EXECUTE, POINT_EXECUTE, POINT_WRITE, POINT_READ, POINT_READ | POINT_WRITE };

/* "type,address,kind"; conditions were not offered. */
static bool parse(const char *at, u8 *type, struct point *p)
{
	u64 number;

	if (!gdb_hex_number(&at, &number) || number >= ARRAY_SIZE(what_of_type))
		return false;
	*type = (u8)number;
	*p = (struct point){
		.what = what_of_type[number], .core = POINT_ANY, .el = POINT_ANY, .vmid = POINT_ANY, .asid = POINT_ANY
	};
	return gdb_char(&at, ',') && gdb_hex_number(&at, &p->at) && gdb_char(&at, ',') &&
	       gdb_hex_number(&at, &p->size) && !*at;
}

/* The debugger's own point of that type, place and size, or -1. */
static int find(const struct gdb *g, u8 type, const struct point *p)
{
	for (unsigned i = 0; i < POINTS_MAX; i++) {
		const struct point *q = hyp_point(g->m, i);

		if (q && g->point[i].owner == OWNER_GDB && g->point[i].type == type && q->at == p->at &&
		    q->size == p->size)
			return (int)i;
	}
	return -1;
}

void gdb_insert(struct gdb *g, const char *at)
{
	struct point p;
	u8 type;
	int n;

	if (!parse(at, &type, &p)) {
		gdb_put(g, "E22");
		return;
	}
	n = find(g, type, &p);
	if (n < 0) {
		n = hyp_point_add(g->m, &p);
		if (n >= 0)
			g->point[n] = (struct gdb_point){ OWNER_GDB, type };
	}
	gdb_put(g, n < 0 ? "E28" : "OK");
}

void gdb_remove(struct gdb *g, const char *at)
{
	struct point p;
	u8 type;
	int n;

	if (!parse(at, &type, &p)) {
		gdb_put(g, "E22");
		return;
	}
	n = find(g, type, &p);
	if (n >= 0) {
		hyp_point_remove(g->m, (unsigned)n);
		g->point[n].owner = OWNER_NOBODY;
	}
	gdb_put(g, "OK");
}

void gdb_remove_all(struct gdb *g)
{
	for (unsigned i = 0; i < POINTS_MAX; i++)
		if (g->point[i].owner != OWNER_NOBODY) {
			hyp_point_remove(g->m, i);
			g->point[i].owner = OWNER_NOBODY;
		}
}

/* ---- words ---- */

static const char *const spaces[] = { [POINT_VA] = "VA", [POINT_IPA] = "IPA", [POINT_PA] = "PA" };

void gdb_point_words(FILE *out, unsigned number, const struct point *p)
{
	static const char *const watched[] = { "", "", "reads", "", "writes", "", "reads and writes" };
	const struct {
		const char *name;
		s32 value;
	} where[] = { { "core", p->core }, { "EL", p->el }, { "VMID", p->vmid }, { "ASID", p->asid } };

	if (p->what == POINT_EXECUTE)
		fprintf(out, "%u: break at 0x%llx", number, (unsigned long long)p->at);
	else
		fprintf(out, "%u: watch %s of %s 0x%llx, %llu bytes", number, watched[p->what & 6], spaces[p->space],
			(unsigned long long)p->at, (unsigned long long)p->size);
	for (unsigned i = 0; i < ARRAY_SIZE(where); i++)
		if (where[i].value != POINT_ANY)
			fprintf(out, ", %s %d", where[i].name, where[i].value);
	fputc('\n', out);
}

/* The debugger does not know of this one: say what it was. */
static void say_hit(struct gdb *g, const struct point_hit *h)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	gdb_point_words(out, h->number, hyp_point(g->m, h->number));
	if (h->size) {
		fprintf(out, "core %u is about to %s %u bytes at VA 0x%llx", h->core, h->is_write ? "write" : "read",
			h->size, (unsigned long long)h->va);
		if (h->has_ipa)
			fprintf(out, ", IPA 0x%llx", (unsigned long long)h->ipa);
		fprintf(out, ", PA 0x%llx\n", (unsigned long long)h->pa);
	}
	fclose(out);
	gdb_say(g, text, size);
	free(text);
}

void gdb_report_point(struct gdb *g)
{
	gdb_report_hit(g, hyp_hit(g->m));
}

void gdb_report_hit(struct gdb *g, const struct point_hit *h)
{
	static const char *const names[] = { "", "", "watch", "rwatch", "awatch" };
	const struct gdb_point *p = &g->point[h->number];
	char detail[48] = "";

	g->core = h->core;
	if (p->owner != OWNER_GDB)
		say_hit(g, h);
	else if (p->type >= 2)
		snprintf(detail, sizeof(detail), "%s:%llx;", names[p->type],
			 (unsigned long long)hyp_point(g->m, h->number)->at);
	else if (p->type == 0 ? g->swbreak : g->hwbreak)
		snprintf(detail, sizeof(detail), "%s:;", p->type == 0 ? "swbreak" : "hwbreak");
	gdb_report(g, SIGNAL_TRAP, detail);
}
