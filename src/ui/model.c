#include "ui/model.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 32

/* Room for one more; false: there is no memory. */
static bool grow(void **array, u32 *room, u32 needed, size_t size)
{
	u32 wanted = *room ? *room : 64;
	void *bigger;

	if (needed <= *room)
		return true;
	while (wanted < needed)
		wanted *= 2;
	bigger = realloc(*array, wanted * size);
	if (!bigger)
		return false;
	*array = bigger;
	*room = wanted;
	return true;
}

void model_clear(struct model *m)
{
	m->rows_before = m->rows;
	m->rows = m->cells = m->used = 0;
	m->failed = false;
}

void model_free(struct model *m)
{
	free(m->row);
	free(m->cell);
	free(m->words);
	memset(m, 0, sizeof(*m));
}

struct row *model_row(struct model *m, enum row_kind kind)
{
	if (!grow((void **)&m->row, &m->rows_room, m->rows + 1, sizeof(*m->row))) {
		m->failed = true;
		return m->rows ? &m->row[m->rows - 1] : &m->spare;
	}
	m->row[m->rows] = (struct row){ .first = m->cells, .kind = (u8)kind };
	return &m->row[m->rows++];
}

static void add_cell(struct model *m, unsigned tone, const char *format, va_list args)
{
	char text[512];
	int n = vsnprintf(text, sizeof(text), format, args);
	u32 size = n < 0 ? 1 : n < (int)sizeof(text) ? (u32)n + 1 : sizeof(text);

	if (n < 0)
		text[0] = 0;
	if (!m->rows || !grow((void **)&m->cell, &m->cells_room, m->cells + 1, sizeof(*m->cell)) ||
	    !grow((void **)&m->words, &m->words_room, m->used + size, 1)) {
		m->failed = true;
		return;
	}
	memcpy(m->words + m->used, text, size);
	m->cell[m->cells++] = (struct cell){ .text = m->used, .tone = (u8)tone };
	m->row[m->rows - 1].count++;
	m->used += size;
}

void model_cell(struct model *m, unsigned tone, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_cell(m, tone, format, args);
	va_end(args);
}

void model_line(struct model *m, enum row_kind kind, unsigned tone, const char *format, ...)
{
	va_list args;

	model_row(m, kind);
	va_start(args, format);
	add_cell(m, tone, format, args);
	va_end(args);
}

static struct cell *last_cell(struct model *m)
{
	return m->rows && m->row[m->rows - 1].count ? &m->cell[m->cells - 1] : NULL;
}

void model_link(struct model *m, struct link link)
{
	struct cell *c = last_cell(m);

	if (c)
		c->link = link;
}

void model_right(struct model *m)
{
	struct cell *c = last_cell(m);

	if (c)
		c->right = true;
}

FILE *model_lines_open(struct model *m, char **text, size_t *size)
{
	FILE *f = open_memstream(text, size);

	if (!f)
		m->failed = true;
	return f;
}

void model_lines_close(struct model *m, FILE *f, char **text, unsigned tone)
{
	char *rest;

	if (!f)
		return;
	fclose(f);
	rest = *text;
	for (char *line; (line = strsep(&rest, "\n"));)
		if (*line || rest)
			model_line(m, ROW_CELLS, tone, "%s", line);
	free(*text);
}

const struct link *model_row_link(const struct model *m, const struct row *r, unsigned kind)
{
	for (u32 i = 0; i < r->count; i++)
		if (m->cell[r->first + i].link.kind == kind)
			return &m->cell[r->first + i].link;
	return NULL;
}

unsigned text_width(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += ((u8)*text & 0xc0) != 0x80;
	return n;
}

/* ---- as text ---- */

static unsigned level_of(const struct row *r)
{
	return r->indent < INDENTS_MAX ? r->indent : INDENTS_MAX - 1;
}

/* Columns are as wide as their widest cell from one heading to the next, of each level of indentation. */
static u32 measure(const struct model *m, u32 at, unsigned width[INDENTS_MAX][COLUMNS_MAX])
{
	memset(width, 0, INDENTS_MAX * sizeof(*width));
	for (; at < m->rows; at++) {
		const struct row *r = &m->row[at];

		if (r->kind == ROW_HEAD || r->kind == ROW_GAP)
			return at + 1;
		if (r->kind == ROW_NOTE || r->kind == ROW_CARD)
			continue;
		for (u32 i = 0; i < r->count && i < COLUMNS_MAX; i++) {
			const struct cell *c = &m->cell[r->first + i];
			unsigned n = text_width(model_text(m, c)) + (c->tone == TONE_CHANGED);

			if (n > width[level_of(r)][i] && i + 1 < r->count)
				width[level_of(r)][i] = n;
		}
	}
	return at;
}

static void dump_cell(FILE *out, const struct model *m, const struct cell *c, unsigned width, bool last)
{
	const char *text = model_text(m, c);
	unsigned n = text_width(text) + (c->tone == TONE_CHANGED);
	int pad = width > n ? (int)(width - n) : 0;

	fprintf(out, "%*s%s%s", c->right ? pad : 0, "", text, c->tone == TONE_CHANGED ? "!" : "");
	if (!last)
		fprintf(out, "%*s", (c->right ? 0 : pad) + 1, "");
}

static void dump_row(FILE *out, const struct model *m, const struct row *r, const unsigned *width)
{
	static const char *const heads[] = { [ROW_HEAD] = "-- ", [ROW_CARD] = "[ ", [ROW_NOTE] = "" };
	bool plain = r->kind == ROW_CELLS || r->kind == ROW_COLUMNS || r->kind == ROW_FIGURE;

	fprintf(out, "%*s%s", 2 * r->indent, "", !plain && heads[r->kind] ? heads[r->kind] : "");
	for (u32 i = 0; i < r->count; i++)
		dump_cell(out, m, &m->cell[r->first + i], plain && i < COLUMNS_MAX ? width[i] : 0, i + 1 == r->count);
}

void model_dump(FILE *out, const struct model *m, s32 selected)
{
	unsigned width[INDENTS_MAX][COLUMNS_MAX];
	u32 until = 0;

	for (u32 i = 0; i < m->rows; i++) {
		const struct row *r = &m->row[i];

		if (i >= until)
			until = measure(m, i + (r->kind == ROW_HEAD || r->kind == ROW_GAP), width);
		fprintf(out, "%c%c%c ", r->current ? '>' : ' ', (s32)i == selected ? '*' : ' ', r->marked ? '!' : ' ');
		dump_row(out, m, r, width[level_of(r)]);
		fputc('\n', out);
	}
}
