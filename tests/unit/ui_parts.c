/* The window's parts that need no machine: keys, the command line's editing, the console, models as text. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ui/console.h"
#include "ui/key.h"
#include "ui/line.h"
#include "ui/model.h"
#include "run_suite.h"

/* ---- keys ---- */

START_TEST(keys_have_names)
{
	static const struct {
		const char *text;
		struct key key;
	} rows[] = { { "a", { 'a', 0 } },
		     { "A", { 'A', 0 } },
		     { "?", { '?', 0 } },
		     { "space", { ' ', 0 } },
		     { "F1", { KEY_F1, 0 } },
		     { "F12", { KEY_F12, 0 } },
		     { "shift+F10", { KEY_F1 + 9, MOD_SHIFT } },
		     { "ctrl+=", { '=', MOD_CTRL } },
		     { "ctrl+shift+Up", { KEY_UP, MOD_CTRL | MOD_SHIFT } },
		     { "+", { '+', 0 } },
		     { "PageDown", { KEY_PAGE_DOWN, 0 } } };
	struct key k;

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert_msg(key_parse(rows[i].text, &k), "%s", rows[i].text);
		ck_assert_msg(key_equal(k, rows[i].key), "%s: %x %x", rows[i].text, (unsigned)k.code, k.mods);
	}
	ck_assert(!key_parse("F13", &k));
	ck_assert(!key_parse("F0", &k));
	ck_assert(!key_parse("nokey", &k));
	ck_assert(!key_parse("", &k));
	ck_assert(!key_parse("F1x", &k));
	ck_assert(key_in("F5 space", (struct key){ ' ', 0 }));
	ck_assert(!key_in("F5 space", (struct key){ 's', 0 }));
	ck_assert(!key_in("", (struct key){ 's', 0 }));
}
END_TEST

/* ---- the command line ---- */

static void type(struct line *l, const char *text)
{
	for (; *text; text++)
		ck_assert(line_key(l, (struct key){ *text, 0 }));
}

static void press(struct line *l, int code, u8 mods)
{
	line_key(l, (struct key){ code, mods });
}

START_TEST(line_is_edited)
{
	struct line l = { 0 };

	line_open(&l, "");
	type(&l, "brak");
	press(&l, KEY_LEFT, 0);
	press(&l, KEY_LEFT, 0);
	type(&l, "e");
	ck_assert_str_eq(l.text, "break");
	press(&l, KEY_HOME, 0);
	press(&l, KEY_DELETE, 0);
	press(&l, KEY_BACKSPACE, 0); /* nothing before the caret */
	press(&l, KEY_END, 0);
	press(&l, KEY_RIGHT, 0); /* nothing after it */
	press(&l, KEY_BACKSPACE, 0);
	ck_assert_str_eq(l.text, "rea");
	press(&l, 'u', MOD_CTRL);
	ck_assert_str_eq(l.text, "");
	for (unsigned i = 0; i < 2 * LINE_MAX_BYTES; i++)
		type(&l, "x");
	ck_assert_uint_eq(strlen(l.text), LINE_MAX_BYTES - 1);
	ck_assert(!line_key(&l, (struct key){ KEY_F1, 0 }));
}
END_TEST

START_TEST(line_remembers)
{
	struct line l = { 0 };
	char text[16];

	for (unsigned i = 0; i < LINE_HISTORY + 3; i++) {
		snprintf(text, sizeof(text), "line %u", i);
		line_open(&l, text);
		line_remember(&l);
		line_remember(&l); /* the same again is kept once */
	}
	line_open(&l, "");
	press(&l, 'r', MOD_CTRL);
	ck_assert_str_eq(l.text, "line 34");
	for (unsigned i = 0; i < 2 * LINE_HISTORY; i++)
		press(&l, 'r', MOD_CTRL);
	ck_assert_str_eq(l.text, "line 3");
	press(&l, 'n', MOD_CTRL);
	ck_assert_str_eq(l.text, "line 4");
}
END_TEST

/* ---- the console ---- */

static void put(struct console *c, const char *text)
{
	for (; *text; text++)
		console_put(c, (u8)*text);
}

static const char *line_at(const struct console *c, u64 back)
{
	static char text[256];

	return console_line(c, back, text, sizeof(text)) ? text : NULL;
}

START_TEST(console_has_lines)
{
	struct console *c = calloc(1, sizeof(*c));

	put(c, "one\r\ntwo\n\tthree\x1b[1;31m red\x1b[0m\a");
	ck_assert_uint_eq(console_lines(c), 3);
	ck_assert_str_eq(line_at(c, 0), "        three red");
	ck_assert_str_eq(line_at(c, 1), "two");
	ck_assert_str_eq(line_at(c, 2), "one");
	ck_assert_ptr_null(line_at(c, 3));
	put(c, "\b\b\bx\rover");
	ck_assert_str_eq(line_at(c, 0), "over");
	put(c, "\b\b\b\b\b\b\b");
	ck_assert_str_eq(line_at(c, 0), "");
	ck_assert_str_eq(line_at(c, 1), "two");
	free(c);
}
END_TEST

START_TEST(console_forgets_the_oldest)
{
	struct console *c = calloc(1, sizeof(*c));

	for (unsigned i = 0; i < CONSOLE_BYTES / 8; i++)
		put(c, "0123456789abcde\n");
	put(c, "end");
	ck_assert_uint_eq(console_lines(c), CONSOLE_BYTES / 16 + 1);
	ck_assert_str_eq(line_at(c, 0), "end");
	ck_assert_str_eq(line_at(c, 1), "0123456789abcde");
	ck_assert_ptr_null(line_at(c, CONSOLE_BYTES));
	for (unsigned i = 0; i < 2 * CONSOLE_BYTES; i++)
		console_put(c, 'x');
	ck_assert_uint_eq(console_lines(c), 1);
	ck_assert_uint_le(strlen(line_at(c, 0)), 255);
	for (unsigned i = 0; i < CONSOLE_TYPED; i++)
		ck_assert(console_type(c, (u8)i));
	ck_assert(!console_type(c, 0));
	ck_assert_int_eq(console_typed(c), 0);
	console_taken(c);
	ck_assert_int_eq(console_typed(c), 1);
	ck_assert(console_type(c, 7));
	free(c);
}
END_TEST

/* ---- models ---- */

START_TEST(models_read_as_text)
{
	struct model m = { 0 };
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	model_line(&m, ROW_HEAD, TONE_TEXT, "Head");
	model_row(&m, ROW_CELLS)->current = true;
	model_cell(&m, TONE_NAME, "x");
	model_cell(&m, TONE_CHANGED, "%d", 5);
	model_right(&m);
	model_cell(&m, TONE_TEXT, "the end");
	model_row(&m, ROW_CELLS)->marked = true;
	model_cell(&m, TONE_NAME, "long");
	model_cell(&m, TONE_NUMBER, "1234");
	model_link(&m, (struct link){ .kind = LINK_ADDRESS, .value = 0x1234 });
	model_cell(&m, TONE_TEXT, "\u2191");
	model_row(&m, ROW_CELLS)->indent = 1;
	model_cell(&m, TONE_NAME, "own");
	model_cell(&m, TONE_NAME, "columns");
	model_dump(f, &m, 2);
	fclose(f);
	ck_assert_str_eq(text, "    -- Head\n"
			       ">   x      5! the end\n"
			       " *! long 1234 \u2191\n"
			       "      own columns\n");
	ck_assert_uint_eq(model_row_link(&m, &m.row[2], LINK_ADDRESS)->value, 0x1234);
	ck_assert_ptr_null(model_row_link(&m, &m.row[1], LINK_ADDRESS));
	model_clear(&m);
	ck_assert_uint_eq(m.rows, 0);
	ck_assert_uint_eq(m.rows_before, 4);
	model_cell(&m, TONE_TEXT, "a cell without a row is dropped");
	ck_assert_uint_eq(m.cells, 0);
	free(text);
	model_free(&m);
}
END_TEST

START_TEST(models_grow)
{
	struct model m = { 0 };

	for (unsigned i = 0; i < 10000; i++)
		model_line(&m, ROW_CELLS, TONE_TEXT, "row %u", i);
	ck_assert(!m.failed);
	ck_assert_uint_eq(m.rows, 10000);
	ck_assert_str_eq(model_text(&m, &m.cell[9999]), "row 9999");
	model_free(&m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ui_parts");
	TCase *t = tcase_create("all");

	tcase_add_test(t, keys_have_names);
	tcase_add_test(t, line_is_edited);
	tcase_add_test(t, line_remembers);
	tcase_add_test(t, console_has_lines);
	tcase_add_test(t, console_forgets_the_oldest);
	tcase_add_test(t, models_read_as_text);
	tcase_add_test(t, models_grow);
	suite_add_tcase(s, t);
	return run_suite(s);
}
