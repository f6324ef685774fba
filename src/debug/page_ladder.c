/* The ladder of a translation as HTML: first its descriptor reads as a grid, in which the nesting shows, then each. */
#include <string.h>

#include "base/bits.h"
#include "debug/page.h"
#include "debug/paint.h"

typedef unsigned long long ull;

/* ---- the grid: a row for each address that stage 2 had to find, and what was read there ---- */

/* Steps i to the end of the row: those of stage 2, then the one of stage 1 that they were for. */
static unsigned row_end(const struct walk *w, unsigned i)
{
	while (i < w->count && w->step[i].stage == 2 && w->step[i].nested)
		i++;
	if (i < w->count && w->step[i].stage == 1)
		return i + 1;
	while (i < w->count && w->step[i].stage == 2)
		i++;
	return i;
}

static bool has_level(const struct walk *w, int level)
{
	for (unsigned i = 0; i < w->count; i++)
		if (w->step[i].stage == 2 && w->step[i].level == level)
			return true;
	return false;
}

static void cell(FILE *out, const struct walk *w, const struct regime *r, unsigned i, unsigned first)
{
	struct ladder_step s;
	bool failed;

	ladder_step(&s, w, r, i);
	failed = !s.output_space;
	fprintf(out, "<td class=\"%s\"><a href=\"#step-%u\">%u</a> ",
		failed	       ? "bad"
		: s.stage == 1 ? "s1"
			       : "s2",
		first + i, first + i);
	if (s.output_space)
		fprintf(out, "%s &rarr; <span class=\"%s\">0x%llx</span></td>", s.kind, s.output_space, (ull)s.output);
	else
		fprintf(out, "%s</td>", s.kind);
}

static bool reads_stage1(const struct walk *w)
{
	for (unsigned i = 0; i < w->count; i++)
		if (w->step[i].stage == 1)
			return true;
	return false;
}

static void grid_row(FILE *out, const struct walk *w, const struct regime *r, unsigned i, unsigned first)
{
	unsigned end = row_end(w, i);
	const struct walk_step *last = &w->step[end - 1];
	bool under_stage2 = walk_is_under_stage2(w);
	bool is_table = w->step[i].nested || last->stage == 1;

	if (!is_table)
		fprintf(out, "<tr><th>output: IPA <span class=\"ipa\">0x%llx</span></th>", (ull)w->step[i].input);
	else if (last->stage == 1)
		fprintf(out, "<tr><th>stage 1 L%d: descriptor at %s <span class=\"%s\">0x%llx</span></th>", last->level,
			under_stage2 ? "IPA" : "PA", under_stage2 ? "ipa" : "pa",
			(ull)(under_stage2 ? last->at_ipa : last->at));
	else
		fprintf(out, "<tr><th>stage 1: descriptor at IPA <span class=\"ipa\">0x%llx</span></th>",
			(ull)w->step[i].input);
	for (int level = -1; level <= 3; level++) {
		unsigned n = i;

		if (!has_level(w, level))
			continue;
		while (n < end && (w->step[n].stage != 2 || w->step[n].level != level))
			n++;
		if (n < end)
			cell(out, w, r, n, first);
		else
			fputs("<td></td>", out);
	}
	if (last->stage == 1)
		cell(out, w, r, end - 1, first);
	else if (reads_stage1(w))
		fputs("<td></td>", out);
	fputs("</tr>\n", out);
}

static void grid(FILE *out, const struct walk *w, const struct regime *r, unsigned first)
{
	fputs("<table class=\"grid\">\n<thead><tr><th>what is looked for</th>", out);
	for (int level = -1; level <= 3; level++)
		if (has_level(w, level))
			fprintf(out, "<th>stage 2 L%d</th>", level);
	if (reads_stage1(w))
		fputs("<th>stage 1 reads</th>", out);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (unsigned i = 0; i < w->count; i = row_end(w, i))
		grid_row(out, w, r, i, first);
	fputs("</tbody>\n</table>\n", out);
}

/* ---- the steps ---- */

static void fields(FILE *out, const struct ladder_step *s)
{
	fputs("<table>\n<thead><tr><th>bits</th><th>field</th><th>value</th><th>meaning</th></tr></thead>\n<tbody>\n",
	      out);
	for (unsigned i = 0; i < s->fields; i++) {
		const struct desc_field *f = &s->field[i];

		fputs("<tr><td>", out);
		if (f->lo >= 0)
			fprintf(out, f->hi == f->lo ? "%d" : "%d:%d", f->hi, f->lo);
		fputs("</td><td>", out);
		html_text(out, f->name, strlen(f->name));
		fprintf(out, "</td><td>0x%llx</td><td>", (ull)f->value);
		html_text(out, f->words, strlen(f->words));
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n", out);
}

static void step(FILE *out, const struct walk *w, const struct regime *r, unsigned i, unsigned first, unsigned nested)
{
	char line[LADDER_WORDS_MAX + 8];
	struct ladder_step s;

	ladder_step(&s, w, r, i);
	fprintf(out, "<details id=\"step-%u\" class=\"%s\" data-stage=\"%u\" data-level=\"%d\">\n<summary>", first + i,
		s.output_space ? s.stage == 1 ? "s1" : "s2" : "bad", s.stage, s.level);
	snprintf(line, sizeof(line), "%3u  %s", first + i, s.words);
	paint_html(out, line, strlen(line));
	fputs("</summary>\n", out);
	if (s.fields)
		fields(out, &s);
	if (nested < i) {
		fputs("<div>how stage 2 found the descriptor:\n", out);
		for (unsigned n = nested; n < i; n++)
			step(out, w, r, n, first, n);
		fputs("</div>\n", out);
	}
	fputs("</details>\n", out);
}

/* A stage-1 step holds those of stage 2 that were made for it; without it (they failed) they stand alone. */
static void steps(FILE *out, const struct walk *w, const struct regime *r, unsigned first)
{
	for (unsigned i = 0, end; i < w->count; i = end) {
		end = row_end(w, i);
		if (w->step[end - 1].stage == 1) {
			step(out, w, r, end - 1, first, i);
			continue;
		}
		for (unsigned n = i; n < end; n++)
			step(out, w, r, n, first, n);
	}
}

unsigned page_ladder(FILE *out, const struct walk *w, const struct regime *r, unsigned first)
{
	if (!w->count)
		return first;
	grid(out, w, r, first);
	fputs("<h2>each read</h2>\n", out);
	steps(out, w, r, first);
	return first + w->count;
}

/* ---- the end ---- */

static void size_cell(FILE *out, const struct ladder_size *s)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };

	if (!s || !s->is_known)
		fputs("<td></td>", out);
	else if (s->log2 >= 60)
		fputs("<td>everything</td>", out);
	else
		fprintf(out, "<td>%u %s, level %d</td>", 1u << s->log2 % 10, units[s->log2 / 10], s->level);
}

static void part_row(FILE *out, const struct ladder_end *e, unsigned part)
{
	static const char *const names[] = { "stage 1", "stage 2", "together" };
	const struct ladder_memory *m = &e->memory[part];
	const struct ladder_rights *r = &e->rights[part];

	fprintf(out, "<tr><th>%s</th>", names[part]);
	if (!m->is_known) {
		fputs("<td colspan=\"5\">off</td></tr>\n", out);
		return;
	}
	fputs("<td>", out);
	html_text(out, m->words, strlen(m->words));
	fprintf(out, "</td><td>%s</td><td>%s</td><td>%s</td>", m->shareability, r->privileged, r->el0);
	size_cell(out, part < LADDER_BOTH ? &e->size[part] : NULL);
	fputs("</tr>\n", out);
}

static void result(FILE *out, const struct ladder_end *e)
{
	fputs("<table class=\"parts\">\n<thead><tr><th></th><th>memory</th><th>shareability</th><th>privileged</th>"
	      "<th>EL0</th><th>mapped by</th></tr></thead>\n<tbody>\n",
	      out);
	for (unsigned part = 0; part < LADDER_PARTS; part++)
		part_row(out, e, part);
	fputs("</tbody>\n</table>\n", out);
}

void page_parts(FILE *out, const struct walk *w, const struct regime *r)
{
	struct ladder_end e;

	ladder_end(&e, w, r, 0);
	result(out, &e);
}

static void fault(FILE *out, const struct ladder_end *e)
{
	char line[LADDER_WORDS_MAX];

	snprintf(line, sizeof(line), "taken to     EL%u\nESR_EL%u      0x%llx  %s\nFAR_EL%u      0x%llx\n",
		 e->target_el, e->target_el, (ull)e->esr, e->esr_words, e->target_el, (ull)e->far);
	page_lines(out, line);
	if (!e->has_hpfar)
		return;
	snprintf(line, sizeof(line), "HPFAR_EL2    0x%llx  IPA page 0x%llx\n", (ull)e->hpfar,
		 (ull)(e->fault_ipa & ~0xfffull));
	page_lines(out, line);
}

void page_end_of_walk(FILE *out, const struct walk *w, const struct regime *r, unsigned el)
{
	char line[LADDER_WORDS_MAX + 16];
	struct ladder_end e;

	ladder_end(&e, w, r, el);
	fprintf(out, "<h2>%s</h2>\n<div id=\"end\">\n", e.faulted ? "the fault" : "the result");
	snprintf(line, sizeof(line), "%-12s %s\n", e.faulted ? "fault" : "result", e.words);
	page_lines(out, line);
	if (e.faulted)
		fault(out, &e);
	else
		result(out, &e);
	fputs("</div>\n", out);
}
