#include "debug/paint.h"

#include <string.h>

#include "base/bits.h"
#include "debug/lines.h"

/* What a piece of a line is. */
enum paint {
	PLAIN,
	NAME,
	DIM,
	STAGE1,
	STAGE2,
	VA,
	IPA,
	PA,
	GOOD,
	WARNING,
	BAD,
};

/* ---- how it looks ---- */

struct canvas {
	FILE *out;
	bool is_html;
	const char *at; /* so far it is painted */
};

void html_text(FILE *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		switch (text[i]) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default: fputc(text[i], out);
		}
	}
}

static void put(struct canvas *c, enum paint paint, const char *at, size_t size)
{
	static const struct {
		const char *terminal, *html;
	} looks[] = {
		[PLAIN] = { "", "" },	      [NAME] = { "1", "name" },	 [DIM] = { "2", "dim" },
		[STAGE1] = { "34", "s1" },    [STAGE2] = { "35", "s2" }, [VA] = { "36", "va" },
		[IPA] = { "33", "ipa" },      [PA] = { "32", "pa" },	 [GOOD] = { "1;32", "good" },
		[WARNING] = { "33", "warn" }, [BAD] = { "1;31", "bad" },
	};

	if (!size)
		return;
	if (paint != PLAIN)
		fprintf(c->out, c->is_html ? "<span class=\"%s\">" : "\033[%sm",
			c->is_html ? looks[paint].html : looks[paint].terminal);
	if (c->is_html)
		html_text(c->out, at, size);
	else
		fwrite(at, 1, size, c->out);
	if (paint != PLAIN)
		fputs(c->is_html ? "</span>" : "\033[0m", c->out);
}

/* What stands before the piece is plain. */
static void piece(struct canvas *c, enum paint paint, struct span s)
{
	if (!s.size)
		return;
	put(c, PLAIN, c->at, (size_t)(s.at - c->at));
	put(c, paint, s.at, s.size);
	c->at = s.at + s.size;
}

/* ---- words ---- */

static bool starts(const char *p, const char *end, const char *with)
{
	size_t n = strlen(with);

	return (size_t)(end - p) >= n && !memcmp(p, with, n);
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static size_t number_size(const char *p, const char *end)
{
	size_t n = 2;

	while (p + n < end && strchr("0123456789abcdef", p[n]) && p[n])
		n++;
	return n;
}

/* "IPA 0x40000000": which address space, by the word before the number. */
static bool address(struct canvas *c, const char *p, const char *end, enum paint arrow)
{
	const struct {
		const char *word;
		enum paint paint;
	} words[] = { { "IOVA ", VA }, { "IPA ", IPA },	 { "IPA page ", IPA }, { "VA ", VA },
		      { "PA ", PA },   { "input ", VA }, { "-> ", arrow } };

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
		const char *number = p + strlen(words[i].word);

		if (!starts(p, end, words[i].word) || !starts(number, end, "0x"))
			continue;
		piece(c, words[i].paint, (struct span){ number, number_size(number, end) });
		return true;
	}
	return false;
}

/* In a step: the stage that it is of, and what is wrong. */
static bool step_word(struct canvas *c, const char *p, const char *end)
{
	static const struct {
		const char *word;
		u8 paint;
	} words[] = { { "stage 1", STAGE1 }, { "stage 2", STAGE2 },    { "invalid", BAD },
		      { "reserved", BAD },   { "no access", WARNING }, { "the read aborts", BAD } };

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
		size_t n = strlen(words[i].word);

		if (!starts(p, end, words[i].word))
			continue;
		/* "stage 1 L2" is one thing. */
		if (i < 2 && starts(p + n, end, " L"))
			n += starts(p + n, end, " L-") ? 4 : 3;
		piece(c, (enum paint)words[i].paint, (struct span){ p, n });
		return true;
	}
	return false;
}

static void words(struct canvas *c, struct span s, bool is_step)
{
	const char *end = s.at + s.size, *p = s.at;
	/* A stage-1 descriptor under stage 2 leads to an IPA. */
	bool to_ipa = is_step && memmem(s.at, s.size, "at IPA ", 7);
	char before = ' ';

	while (p < end) {
		bool fresh = !is_letter(before);

		if (fresh && starts(p, end, "warning: ")) {
			piece(c, WARNING, (struct span){ p, (size_t)(end - p) });
			return;
		}
		if (fresh && (address(c, p, end, to_ipa ? IPA : PA) || (is_step && step_word(c, p, end))))
			p = c->at;
		else
			p++;
		before = *(p - 1);
	}
}

/* ---- lines ---- */

static enum paint label_paint(struct span name)
{
	static const struct {
		const char *name;
		u8 paint;
	} labels[] = { { "fault", BAD }, { "result", GOOD }, { "stale", WARNING }, { "afterwards", WARNING } };

	for (unsigned i = 0; i < ARRAY_SIZE(labels); i++)
		if (name.size == strlen(labels[i].name) && !memcmp(name.at, labels[i].name, name.size))
			return labels[i].paint;
	return NAME;
}

static void remark(struct canvas *c, const struct text_line *l)
{
	if (!l->name.size)
		words(c, l->words, false);
	else if (starts(l->name.at, l->name.at + l->name.size, "warning"))
		piece(c, WARNING, (struct span){ l->name.at, (size_t)(l->words.at + l->words.size - l->name.at) });
	else {
		piece(c, starts(l->name.at, l->name.at + l->name.size, "remedy") ? GOOD : NAME, l->name);
		words(c, l->words, false);
	}
}

/* "HCR_EL2 = 0x…" */
static void head(struct canvas *c, const struct text_line *l)
{
	const char *equals = memmem(l->words.at, l->words.size, " = 0x", 5);

	if (equals)
		piece(c, NAME, (struct span){ l->words.at, (size_t)(equals - l->words.at) });
	else
		words(c, l->words, false);
}

static void paint_line(struct canvas *c, const struct text_line *l)
{
	switch ((enum line_kind)l->kind) {
	case LINE_HEAD: head(c, l); break;
	case LINE_STEP:
		piece(c, DIM, l->place);
		words(c, l->words, true);
		break;
	case LINE_LABELLED:
		piece(c, label_paint(l->name), l->name);
		words(c, l->words, false);
		break;
	case LINE_FIELD:
		piece(c, DIM, l->place);
		piece(c, NAME, l->name);
		words(c, l->words, false);
		break;
	case LINE_ZERO: piece(c, DIM, l->whole); break;
	case LINE_REMARK: remark(c, l); break;
	}
}

static void paint(struct canvas *c, const char *text, const char *end)
{
	struct text_line l;

	c->at = text;
	while (text < end && text_line_next(&text, &l))
		paint_line(c, &l);
	put(c, PLAIN, c->at, (size_t)(end - c->at));
}

void paint_terminal(FILE *out, const char *text)
{
	struct canvas c = { .out = out };

	paint(&c, text, text + strlen(text));
}

void paint_html(FILE *out, const char *text, size_t size)
{
	struct canvas c = { .out = out, .is_html = true };

	paint(&c, text, text + size);
}
